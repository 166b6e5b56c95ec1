"""After a run that meets every kind of failure, nothing that was written or said holds a secret."""

import asyncio
import logging
import re
import traceback
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from console.collector.login import LoginRecorder
from console.commands.boundary import error_lines
from console.errors import OrgError, OrgwatchError
from console.salesforce.http import make_http_client
from console.salesforce.limits import read_limits
from console.salesforce.login import TokenKeeper
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import LoginKeys, load_login_keys
from console.salesforce.types import AccessToken
from console.secrets import Secret
from console.settings import OrgSettings
from console.settings_file import load
from console.simulator.launch import RunningOrg, SimulateOptions, serve
from store.writer import open_writer
from tests.integration.installed import orgwatch

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
HEAD = 8
"""This many characters of a secret are already too many to show."""
PASSPHRASE = "correct-horse-battery"
CLIENT_SECRET = "9F1C77A0B2D34E58"

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "login_refused", "error": "invalid_grant", "error_description": "inactive user"},
    {"kind": "login_refused", "error": "invalid_client_id", "error_description": "unknown"},
    {"kind": "login_refused", "error": "server_error", "error_description": ""},
    {"kind": "http_html", "path": "/services/oauth2", "status": 200},
    {"kind": "http_503", "path": "/services/oauth2"},
    {"kind": "http_html", "path": "/services/data", "status": 200},
    {"kind": "http_503", "path": "/services/data", "times": 9, "retry_after_s": 0},
    {"kind": "revoke_tokens"},
    {"kind": "clock_skew", "seconds": 3_660},
)


@dataclass
class Run:
    """Real parts on a simulated org, and everything that came out of them."""

    org: RunningOrg
    settings: OrgSettings
    keys: LoginKeys
    folder: Path
    shown: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    """The bodies of requests to the OAuth endpoints."""

    async def meet(self, fault: dict[str, Any]) -> None:
        """One process that logs in and reads while ``fault`` stands."""
        control = f"{self.org.announcement['control_url']}/faults"
        recorder = LoginRecorder(self.shown.append)
        async with make_http_client(self.settings) as http, httpx.AsyncClient() as plain:
            http.event_hooks["request"].append(self._keep)
            keeper = TokenKeeper(self.settings, http, self.org.clock, self.keys, recorder.see)
            rest = RestClient(
                self.settings, keeper, http, self.org.clock, lambda limit: None, lambda p, c: None
            )
            if fault["kind"] == "revoke_tokens":
                await self._attempt(keeper, rest)
            await plain.post(control, json=fault)
            for _ in range(2):
                await self._attempt(keeper, rest)
            writer = open_writer(self.folder / "acme.db")
            await recorder.flush(writer)
            await asyncio.to_thread(writer.close)
            self.shown += map(repr, (keeper, rest, recorder, vars(keeper), vars(rest)))
            await keeper.close()
            await plain.delete(control)

    async def _keep(self, request: httpx.Request) -> None:
        if "/oauth2/" in request.url.path:
            self.sent.append(request.content.decode())

    async def _attempt(self, keeper: TokenKeeper, rest: RestClient) -> None:
        try:
            token = await keeper.token()
            self.tokens.append(token.value.reveal())
            self.shown.append(repr(token))
            await read_limits(rest)
        except OrgError as error:
            self.shown += [_everything_about(error), *error_lines(error), repr(error)]
            logging.getLogger("orgwatch.test").error("met", exc_info=error)

    def secrets(self) -> set[str]:
        """What must not be found anywhere: each in the part that is its own."""
        found = {PASSPHRASE, CLIENT_SECRET, *(token.partition("!")[2] for token in self.tokens)}
        for body in self.sent:
            for jwt in re.findall(r"eyJ[\w-]+\.eyJ[\w-]+\.([\w-]+)", body):
                found.add(jwt)
        signer = self.keys.first.key.signer
        assert isinstance(signer, RSAPrivateKey)
        numbers = signer.private_numbers()
        found |= {str(numbers.d), f"{numbers.d:x}", str(numbers.p), f"{numbers.p:x}"}
        for form in (
            serialization.PrivateFormat.PKCS8,
            serialization.PrivateFormat.TraditionalOpenSSL,
        ):
            pem = signer.private_bytes(
                serialization.Encoding.PEM, form, serialization.NoEncryption()
            )
            # The first line is the same for every key of this size.
            found |= {line for line in pem.decode().splitlines()[2:] if "-----" not in line}
        return {secret for secret in found if len(secret) >= HEAD}


def _everything_about(error: BaseException) -> str:
    """What a debugging traceback prints: every frame with its locals, causes too."""
    parts = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is None:
            continue
        captured = traceback.TracebackException.from_exception(current, capture_locals=True)
        frames = (frame for frame in captured.stack if "/tests/" not in frame.filename)
        parts += [repr(frame.locals) for frame in frames]
        parts += captured.format_exception_only()
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, OrgwatchError):
            parts += [current.meaning, current.next_step, current.detail]
    return "\n".join(parts)


@pytest_asyncio.fixture
async def run(tmp_path: Path, own_home: Path) -> AsyncIterator[Run]:
    options = SimulateOptions(
        speed=0, now=NOW, history=timedelta(hours=1), scale=0.01, directory=tmp_path / "org"
    )
    org = await serve(options)
    configured = load(Path(org.announcement["config_file"]), {}).orgs[0]
    plain = load_login_keys(configured, {}).first.key.signer
    locked = tmp_path / "locked.key"
    locked.touch(mode=0o600)
    locked.write_bytes(
        plain.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(PASSPHRASE.encode()),
        )
    )
    settings = replace(configured, private_key_file=locked, client_secret=Secret(CLIENT_SECRET))
    keys = load_login_keys(settings, {"ORGWATCH_PRIVATE_KEY_PASSPHRASE": PASSPHRASE})
    (tmp_path / "run").mkdir()
    yield Run(org, settings, keys, tmp_path / "run")
    await org.stop()


async def test_nothing_holds_a_secret_after_every_failure(
    run: Run, own_home: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for fault in FAULTS:
        await run.meet(fault)
    run.shown += [repr(run.settings), repr(run.keys)]
    exported = await asyncio.to_thread(
        orgwatch, "limits", "--json", "--store", run.folder / "acme.db"
    )
    run.shown += [exported.stdout, exported.stderr, caplog.text, *capfd.readouterr()]
    secrets = run.secrets()
    assert len(run.tokens) >= 3
    assert len(run.sent) >= len(FAULTS)
    assert len(secrets) > 40
    everything = "\n".join(run.shown)
    for secret in secrets:
        assert secret[:HEAD] not in everything
    assert files_that_hold(secrets, run.folder, own_home) == []


def files_that_hold(secrets: set[str], *folders: Path) -> list[str]:
    """The names of files below ``folders`` with the beginning of any of ``secrets`` in them."""
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    heads = {secret[:HEAD].encode() for secret in secrets}
    return [file.name for file in files if any(head in file.read_bytes() for head in heads)]


async def test_the_search_itself_finds_a_secret_that_was_let_out(run: Run) -> None:
    await run.meet({"kind": "revoke_tokens"})
    token = AccessToken(Secret(run.tokens[0]), "https://a.example", NOW, NOW, "", (), None)
    assert run.tokens[0].partition("!")[2] in run.secrets()
    leaked = f"{token} {token.value.reveal()}"
    assert any(secret[:HEAD] in leaked for secret in run.secrets())
    (run.folder / "leak.txt").write_text(leaked)
    assert files_that_hold(run.secrets(), run.folder) == ["leak.txt"]
