"""The doctor against a simulated org: what works, what does not, and that it harms nothing."""

import asyncio
import json
import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import keyring
import pytest
import pytest_asyncio
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from console.commands import cli
from console.salesforce.signing_keys import load_login_keys, login_fingerprint
from console.settings_file import load
from console.simulator.launch import RunningOrg, SimulateOptions, serve
from console.simulator.org.permissions import Permission
from store import console_state, source_access
from store.access_records import AccessProbe, Readable, SourceAccess
from store.database import open_reader
from store.records import LoginState, OrgIdentity
from store.writer import open_writer

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def org() -> AsyncIterator[RunningOrg]:
    running = await serve(SimulateOptions(now=NOW, speed=0))
    yield running
    await running.stop()


async def run(org: RunningOrg, store: Path, *options: str, config: Path | None = None) -> Result:
    """The command in a thread of its own: the org answers in this one."""
    file = config or Path(org.announcement["config_file"])
    arguments = ["doctor", "--config", str(file), "--store", str(store), *options]
    return await asyncio.to_thread(
        lambda: CliRunner().invoke(cli, arguments, standalone_mode=False)
    )


async def examined(org: RunningOrg, store: Path, config: Path | None = None) -> dict[str, Any]:
    result = await run(org, store, "--json", config=config)
    assert result.exception is None, result.exception
    document: dict[str, Any] = json.loads(result.stdout)
    assert document["schema"] == "orgwatch/doctor/1"
    assert result.return_value == (0 if document["data"]["passed"] else 1)
    return document["data"]


def of(data: dict[str, Any], id_: str) -> dict[str, Any]:
    return next(check for check in data["checks"] if check["id"] == id_)


async def token_requests(org: RunningOrg) -> int:
    async with httpx.AsyncClient(trust_env=False) as http:
        counts = (await http.get(f"{org.announcement['control_url']}/requests")).json()
    return int(counts["by_path"].get("/services/oauth2/token", 0))


async def fault(org: RunningOrg, **document: object) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        url = f"{org.announcement['control_url']}/faults"
        (await http.post(url, json=document)).raise_for_status()


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def no_faults(org: RunningOrg) -> AsyncIterator[None]:
    yield
    async with httpx.AsyncClient(trust_env=False) as http:
        await http.delete(f"{org.announcement['control_url']}/faults")


def changed(org: RunningOrg, tmp_path: Path, **settings: str) -> Path:
    """A copy of the org's settings with some of them replaced."""
    text = Path(org.announcement["config_file"]).read_text()
    for key, value in settings.items():
        lines = [line for line in text.splitlines() if not line.startswith(f"{key} =")]
        place = next(n for n, line in enumerate(lines) if line.startswith("[org.")) + 1
        text = "\n".join([*lines[:place], f'{key} = "{value}"', *lines[place:]])
    file = tmp_path / "changed.toml"
    file.write_text(text)
    return file


async def test_an_org_in_order_passes_within_fifteen_seconds(
    org: RunningOrg, tmp_path: Path
) -> None:
    before = await token_requests(org)
    data = await examined(org, tmp_path / "acme.db")
    assert data["passed"] is True
    assert data["took_s"] < 15
    assert of(data, "login")["result"] == "ok"
    assert of(data, "org.reach")["result"] == "ok"
    assert of(data, "config.certificate")["result"] == "ok"
    assert of(data, "source.log_files")["result"] == "ok"
    assert await token_requests(org) == before + 1
    assert not (tmp_path / "acme.db").exists()


async def test_the_report_for_people_says_the_same(org: RunningOrg, tmp_path: Path) -> None:
    result = await run(org, tmp_path / "acme.db", "--no-color")
    assert result.return_value == 0
    assert "\x1b" not in result.stdout
    assert "What may be read" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("acme: ")


async def test_a_missing_permission_is_a_fault_with_its_name(
    org: RunningOrg, tmp_path: Path
) -> None:
    org.world.access.withhold(Permission.VIEW_EVENT_LOG_FILES)
    try:
        data = await examined(org, tmp_path / "acme.db")
    finally:
        org.world.access.grant(Permission.VIEW_EVENT_LOG_FILES)
    assert data["passed"] is False
    check = of(data, "source.log_files")
    assert check["result"] == "fault"
    assert "View Event Log Files" in check["next_step"]


@pytest.mark.parametrize(
    ("error", "description"),
    [
        ("invalid_grant", "user hasn't approved this consumer"),
        ("invalid_client_id", "client identifier invalid"),
        ("invalid_grant", "audience is invalid"),
        ("brand_new_code", "nobody has seen this one"),
    ],
)
async def test_a_refused_login_is_explained_with_the_words_of_the_org(
    org: RunningOrg, tmp_path: Path, error: str, description: str
) -> None:
    await fault(org, kind="login_refused", error=error, error_description=description)
    data = await examined(org, tmp_path / "acme.db")
    check = of(data, "login")
    assert check["result"] == "fault"
    assert check["next_step"]
    assert description in check["detail"]
    assert of(data, "sources")["result"] == "unknown"


async def test_beside_a_running_collector_nobody_logs_in_a_second_time(
    org: RunningOrg, tmp_path: Path
) -> None:
    store = tmp_path / "acme.db"
    now = org.clock.now()
    state = LoginState(
        username="orgwatch@acme.example",
        last_request_at=now - timedelta(minutes=7),
        obtained_at=now - timedelta(minutes=7),
        expires_at=now + timedelta(minutes=113),
        expiry_source="introspection",
        error=None,
    )
    writer = open_writer(store)
    await writer.write(lambda connection: console_state.record_login(connection, state))
    await writer.write(lambda connection: console_state.record_heartbeat(connection, now))
    limits = SourceAccess("limits", "Limits of the org", Readable.YES, None, "the org answered")
    probe = AccessProbe(now - timedelta(hours=2), "orgwatch@acme.example", (limits,), (), ())
    await writer.write(lambda connection: source_access.record_probe(connection, probe))
    writer.close()
    before = await token_requests(org)
    data = await examined(org, store)
    assert await token_requests(org) == before
    assert of(data, "sources.asked")["evidence"] == "2026-03-11 07:30 UTC, by an earlier probe"
    assert of(data, "source.limits")["evidence"] == "the org answered"
    assert "7 min ago" in of(data, "login")["evidence"]
    assert of(data, "store.collector")["result"] == "ok"


async def test_a_store_that_is_being_written_is_left_alone_and_nobody_logs_in(
    org: RunningOrg, tmp_path: Path
) -> None:
    store = tmp_path / "acme.db"
    before = await token_requests(org)
    with open_writer(store):
        data = await examined(org, store)
    assert await token_requests(org) == before
    assert of(data, "login")["result"] == "unknown"
    assert "another process" in of(data, "login")["evidence"]


async def test_a_loop_around_the_doctor_logs_in_once_although_there_is_no_store(
    org: RunningOrg, tmp_path: Path
) -> None:
    before = await token_requests(org)
    runs = [await examined(org, tmp_path / "acme.db") for _ in range(3)]
    assert await token_requests(org) == before + 1
    assert [of(data, "login")["result"] for data in runs] == ["ok"] * 3
    assert "granted 0 min ago" in of(runs[2], "login")["evidence"]
    assert of(runs[2], "sources")["result"] == "unknown"


async def test_a_refused_login_is_not_tried_again_at_once_and_its_fault_stays_a_fault(
    org: RunningOrg, tmp_path: Path
) -> None:
    await fault(org, kind="login_refused", error="invalid_grant", error_description="inactive user")
    before = await token_requests(org)
    runs = [await examined(org, tmp_path / "acme.db") for _ in range(2)]
    assert await token_requests(org) == before + 1
    assert [of(data, "login")["result"] for data in runs] == ["fault"] * 2
    assert "Run it again in" in of(runs[1], "login")["next_step"]


async def test_where_only_time_helps_the_doctor_does_not_ask_sooner(
    org: RunningOrg, tmp_path: Path
) -> None:
    store, now = tmp_path / "acme.db", org.clock.now()
    settings = load(Path(org.announcement["config_file"]), {}).orgs[0]
    state = LoginState(
        username=settings.username,
        last_request_at=now - timedelta(minutes=25),
        obtained_at=None,
        expires_at=None,
        expiry_source=None,
        error="The user logged in too often",
        error_code="invalid_grant",
        error_retryable=True,
        next_attempt_at=now + timedelta(minutes=35),
        refusals=1,
        fingerprint=login_fingerprint(settings, load_login_keys(settings)),
    )
    for retryable, requests in ((True, 0), (False, 1)):
        changed = replace(state, error_retryable=retryable)
        with open_writer(store) as writer:
            await writer.write(lambda c, s=changed: console_state.record_login(c, s))
        before = await token_requests(org)
        data = await examined(org, store)
        assert await token_requests(org) == before + requests
        assert of(data, "login")["result"] == ("fault" if retryable else "ok")


async def test_the_store_of_another_org_is_a_fault_and_is_not_written_to(
    org: RunningOrg, tmp_path: Path
) -> None:
    store = tmp_path / "other.db"
    other = OrgIdentity("other", "00DZZ0000000001", None, None, "https://other.example", None)
    with open_writer(store) as writer:
        await writer.write(lambda c: console_state.record_identity(c, other))
    data = await examined(org, store)
    assert of(data, "store.org")["result"] == "fault"
    with open_reader(store) as reader:
        assert console_state.login(reader.connection) is None
        assert source_access.latest_probe(reader.connection, NOW + timedelta(days=9)) is None
    again = await examined(org, store)
    assert "no other was made so soon" in of(again, "login")["evidence"]


async def test_what_was_found_and_what_it_cost_is_stored(org: RunningOrg, tmp_path: Path) -> None:
    store = tmp_path / "acme.db"
    open_writer(store).close()
    await examined(org, store)
    with open_reader(store) as reader:
        login = console_state.login(reader.connection)
        assert login is not None
        assert len(login.requests) == 1
        assert source_access.latest_probe(reader.connection, NOW + timedelta(days=9)) is not None
        calls = console_state.own_calls_by_minute(
            reader.connection, NOW - timedelta(days=9), NOW + timedelta(days=9)
        )
    assert sum(one.calls for one in calls) > 5


@pytest.mark.parametrize("silent", ["host", "name server"])
async def test_silence_is_a_fault_and_ends_in_time(
    org: RunningOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent: str
) -> None:
    monkeypatch.setattr("console.doctor.org.ORG_S", 0.4)
    over = threading.Event()
    look_up = socket.getaddrinfo

    def no_answer(host: Any, *rest: Any, **more: Any) -> Any:
        if host == "silent.example":
            over.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", no_answer)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        url = address if silent == "host" else "https://silent.example"
        began = time.monotonic()
        try:
            data = await examined(
                org, tmp_path / "acme.db", changed(org, tmp_path, instance_url=url, login_url=url)
            )
        finally:
            over.set()
        assert time.monotonic() - began < 10
    assert of(data, "org.reach")["result"] == "fault"


async def test_a_keyring_that_waits_for_somebody_is_not_waited_for(
    org: RunningOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    monkeypatch.setattr("console.doctor.configuration.KEYS_S", 0.2)
    monkeypatch.setattr(keyring, "get_password", lambda *_: over.wait(20))
    config = changed(org, tmp_path, private_key_keyring="orgwatch")
    config.write_text(config.read_text().replace("private_key_file =", "certificate_file_next ="))
    try:
        data = await examined(org, tmp_path / "acme.db", config)
    finally:
        over.set()
    assert "keyring" in of(data, "config.login")["evidence"]
    assert of(data, "sources")["result"] == "unknown"


async def test_an_unreachable_org_is_said_and_nothing_is_made_up(
    org: RunningOrg, tmp_path: Path
) -> None:
    config = changed(
        org, tmp_path, instance_url="http://localhost:9", login_url="http://localhost:9"
    )
    data = await examined(org, tmp_path / "acme.db", config)
    assert of(data, "org.reach")["result"] == "fault"
    assert not [check for check in data["checks"] if check["id"].startswith("source.")]


async def test_a_sandbox_with_the_audience_of_production_is_told_which_is_which(
    org: RunningOrg, tmp_path: Path
) -> None:
    host = "https://acme--dev.sandbox.my.salesforce.com.invalid"
    config = changed(org, tmp_path, instance_url=host.removesuffix(".invalid"))
    config.write_text(config.read_text())
    data = await examined(org, tmp_path / "acme.db", config)
    check = of(data, "config.audience")
    assert check["result"] == "fault"
    assert "https://test.salesforce.com" in check["next_step"]


async def test_a_key_that_others_may_read_is_a_fault(org: RunningOrg, tmp_path: Path) -> None:
    key = tmp_path / "open.key"
    shutil.copyfile(org.announcement["private_key_file"], key)
    key.chmod(0o644)
    data = await examined(
        org, tmp_path / "acme.db", changed(org, tmp_path, private_key_file=str(key))
    )
    check = of(data, "config.login")
    assert check["result"] == "fault"
    assert "644" in check["evidence"]


def certificate(org: RunningOrg, days_left: int, file: Path) -> Path:
    key = serialization.load_pem_private_key(
        Path(org.announcement["private_key_file"]).read_bytes(), None
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "orgwatch")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=400))
        .not_valid_after(NOW + timedelta(days=days_left, hours=1))
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.parametrize(
    ("days_left", "result", "words"),
    [(90, "ok", "90 days left"), (12, "fault", "in 12 days"), (-3, "fault", "ended on 2026-03-08")],
)
async def test_a_certificate_is_told_before_it_ends(
    org: RunningOrg, tmp_path: Path, days_left: int, result: str, words: str
) -> None:
    file = certificate(org, days_left, tmp_path / "mine.crt")
    data = await examined(
        org, tmp_path / "acme.db", changed(org, tmp_path, certificate_file=str(file))
    )
    check = of(data, "config.certificate")
    assert check["result"] == result
    assert words in check["evidence"]


async def test_a_damaged_store_is_found(org: RunningOrg, tmp_path: Path) -> None:
    store = tmp_path / "acme.db"
    open_writer(store).close()
    content = bytearray(store.read_bytes())
    content[8192:] = b"\x5a" * (len(content) - 8192)
    store.write_bytes(content)
    data = await examined(org, store)
    assert data["passed"] is False
    assert any(check["id"].startswith("store.") and check["result"] == "fault"
               for check in data["checks"])  # fmt: skip


async def test_without_any_settings_it_says_where_to_begin(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        cli, ["doctor", "--store", str(tmp_path / "none.db"), "--json"], standalone_mode=False
    )
    data = json.loads(result.stdout)["data"]
    assert result.return_value == 1
    assert "orgwatch config init" in of(data, "config.org")["next_step"]
