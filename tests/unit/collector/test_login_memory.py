"""What the next process knows of the logins of the one before: by the store, or by a file."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from console import paths
from console.collector.first_login import MAX_FILES, FirstLoginMemory
from console.collector.login import LoginRecorder, as_state, remembered
from console.salesforce.keys import PrivateKey, fingerprint_of
from console.salesforce.signing_keys import Credential, LoginKeys, login_fingerprint
from console.salesforce.types import LoginObservation
from console.settings import OrgSettings
from store import console_state
from store.writer import Writer, open_writer

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SEEN = LoginObservation(
    username="u@acme.example",
    last_request_at=NOW,
    obtained_at=NOW - MINUTE,
    expires_at=NOW + 2 * MINUTE,
    expiry_source="introspection",
    error="The user is inactive",
    next_attempt_at=NOW + 3 * MINUTE,
    clock_skew_s=61.0,
    error_code="invalid_grant",
    error_meaning="It is.",
    error_next_step="Activate it.",
    error_detail="invalid_grant: inactive user",
    error_retryable=True,
    requests=(NOW - MINUTE, NOW),
    refusals=3,
    token_refusals=2,
    learned_lifetime_s=3_600.0,
    refused_age_s=3_500.0,
    introspection="invalid_client",
    introspection_refused_at=NOW - 4 * MINUTE,
    key_in_use="next",
    key_switched_at=NOW - 5 * MINUTE,
    fingerprint="abc",
)
SETTINGS = OrgSettings(
    alias="prod",
    instance_url="https://acme.my.salesforce.com",
    login_url="https://acme.my.salesforce.com",
    audience="https://login.salesforce.com",
    consumer_key="3MVG9.consumer",
    username="u@acme.example",
)


@pytest.fixture(scope="module")
def keys() -> LoginKeys:
    signer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key = PrivateKey(signer, "a test", 2048, fingerprint_of(signer.public_key()))
    return LoginKeys(Credential("first", "3MVG9.consumer", key))


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with open_writer(tmp_path / "acme.db") as opened:
        yield opened


async def test_everything_that_was_seen_comes_back_from_the_store(writer: Writer) -> None:
    for field in fields(SEEN):
        assert getattr(SEEN, field.name), f"{field.name} would not show that it was lost"
    state = as_state(SEEN, certificate_until=NOW + timedelta(days=9))
    await writer.write(lambda connection: console_state.record_login(connection, state))

    def read(connection: Connection) -> object:
        return console_state.login(connection)

    stored = await writer.write(read)
    assert stored == state
    assert remembered(state) == SEEN
    assert state.requests_since(NOW - MINUTE) == 1


def test_nothing_is_remembered_of_nothing() -> None:
    assert remembered(None) is None


async def test_a_refused_first_login_is_remembered_until_there_is_a_store(
    keys: LoginKeys, writer: Writer
) -> None:
    told: list[str] = []
    fingerprint = login_fingerprint(SETTINGS, keys)
    first = LoginRecorder(told.append)
    assert first.prepare(SETTINGS, keys, None, NOW) is None
    refused = replace(SEEN, fingerprint=fingerprint, clock_skew_s=None, key_switched_at=None)
    first.see(refused)
    second = LoginRecorder(told.append)
    assert second.prepare(SETTINGS, keys, None, NOW + MINUTE) == refused
    second.see(replace(refused, error=None, refusals=0))
    await second.flush(writer)
    third = LoginRecorder(told.append)
    assert third.prepare(SETTINGS, keys, None, NOW + MINUTE) is None
    assert list(paths.refused_logins().iterdir()) == []


def test_another_configuration_has_a_memory_of_its_own(keys: LoginKeys) -> None:
    recorder = LoginRecorder(print)
    recorder.prepare(SETTINGS, keys, None, NOW)
    recorder.see(replace(SEEN, clock_skew_s=None, key_switched_at=None))
    other = replace(SETTINGS, audience="https://test.salesforce.com")
    assert LoginRecorder(print).prepare(other, keys, None, NOW) is None
    assert LoginRecorder(print).prepare(SETTINGS, keys, None, NOW) is not None


def test_files_of_refused_logins_are_few_private_and_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "refused"
    for number in range(MAX_FILES + 20):
        FirstLoginMemory(folder, f"{number:032x}").write(SEEN)
    assert len(list(folder.iterdir())) <= MAX_FILES
    assert folder.stat().st_mode & 0o077 == 0
    last = FirstLoginMemory(folder, f"{MAX_FILES + 19:032x}")
    assert last.read(NOW + MINUTE) == SEEN
    assert last.read(NOW + timedelta(days=2)) is None
    assert last.read(NOW - MINUTE) is None, "a clock that was set back"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"username": 5}'])
def test_a_damaged_file_is_no_memory(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    assert FirstLoginMemory(tmp_path, "x").read(NOW) is None


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = FirstLoginMemory(tmp_path / "file" / "deeper", "x")
    memory.write(SEEN)
    assert memory.read(NOW) is None
    memory.forget()


def test_a_change_of_keys_is_told_once_and_again_when_it_goes_back(keys: LoginKeys) -> None:
    told: list[str] = []
    recorder = LoginRecorder(told.append)
    recorder.prepare(SETTINGS, keys, None, NOW)
    calm = replace(SEEN, clock_skew_s=None)
    recorder.see(replace(calm, key_in_use="first", key_switched_at=None))
    assert told == []
    for _ in range(2):
        recorder.see(calm)
    recorder.see(replace(calm, key_in_use="first"))
    assert [sentences.splitlines()[0] for sentences in told] == [
        "The org refused the first key and accepted the next one",
        "The org refused the next key and accepted the first one",
    ]
    assert all("What to do: " in sentences for sentences in told)
    again = LoginRecorder(told.append)
    again.prepare(SETTINGS, keys, as_state(calm), NOW)
    again.see(calm)
    assert len(told) == 2, "a restart does not tell it again"


def test_a_certificate_that_cannot_be_read_is_told_and_stops_nothing(
    keys: LoginKeys, tmp_path: Path
) -> None:
    told: list[str] = []
    ours = replace(SETTINGS, certificate_file=tmp_path / "none.crt")
    LoginRecorder(told.append).prepare(ours, keys, None, NOW)
    (sentences,) = told
    assert sentences.startswith("The certificate file cannot be read")
