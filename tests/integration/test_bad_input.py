"""What is configured wrongly, and an org that cannot be reached: sentences, and nothing written."""

import json
import os
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from console.companion import Companion
from console.exit_codes import ExitCode
from tests.integration.installed import (
    ORGWATCH,
    assert_said,
    assert_usage,
    files_in,
    orgwatch,
    outcome_of,
)
from tests.terminal.pseudo_terminal import PseudoTerminal

READERS = ("limits", "usage", "events", "apps", "coverage")


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The announcement of a simulated org that runs as a process of its own."""
    directory = tmp_path_factory.mktemp("simulated")
    with Companion(["simulate", "--dir", str(directory)], read_stdout=True) as simulated:
        line = simulated.first_line(60)
        assert line is not None, simulated.said()
        yield json.loads(line)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for settings and key; the store would be made in a folder below."""
    return tmp_path


def settings(folder: Path, org: dict[str, str], **changes: str | None) -> Path:
    """A copy of the org's settings file with some settings replaced, or left out (None)."""
    text = Path(org["config_file"]).read_text()
    for name, value in changes.items():
        line = "" if value is None else f"{name} = {json.dumps(value)}"
        text, count = re.subn(rf"(?m)^{name} = .*$", line.replace("\\", r"\\"), text)
        assert count == 1
    file = folder / "config.toml"
    file.write_text(text)
    return file


def collect(folder: Path, config: Path, **environ: str) -> Any:
    """``orgwatch collect`` on a store that does not exist; asserts that it stays so."""
    before = files_in(folder)
    outcome = orgwatch(
        "collect", "--config", config, "--store", folder / "stores" / "new.db", **environ
    )
    assert files_in(folder) == before
    return outcome


# Without settings.


@pytest.mark.parametrize("command", READERS)
def test_without_configuration_nothing_can_be_read(own_home: Path, command: str) -> None:
    outcome = orgwatch(command)
    title = "No org is configured, and no log files are loaded"
    parts = ("config.toml does not exist", "orgwatch config init", "orgwatch demo", "ingest")
    assert_said(outcome, ExitCode.WRONG_USAGE, title, *parts)
    assert files_in(own_home) == set()


def test_without_configuration_nothing_can_be_collected(own_home: Path) -> None:
    outcome = orgwatch("collect")
    parts = (str(own_home), "config.toml does not exist", "orgwatch config init", "orgwatch demo")
    assert_said(outcome, ExitCode.WRONG_USAGE, "No org is configured", *parts)
    assert files_in(own_home) == set()


@pytest.mark.parametrize("command", ["collect", "limits", "console"])
def test_a_settings_file_that_was_named_must_exist(folder: Path, command: str) -> None:
    outcome = orgwatch(command, "--config", folder / "none.toml")
    title = "The settings file does not exist"
    assert_said(outcome, ExitCode.WRONG_USAGE, title, "none.toml", "orgwatch config init")
    assert files_in(folder) == set()


def test_a_settings_file_that_is_a_directory(folder: Path) -> None:
    outcome = orgwatch("limits", ORGWATCH_CONFIG=str(folder))
    title = "The settings file cannot be read"
    assert_said(outcome, ExitCode.WRONG_USAGE, title, str(folder), "Is a directory")


# Wrong settings.


def test_a_slip_in_toml_is_shown_with_its_line(folder: Path) -> None:
    (folder / "config.toml").write_text('[org.acme]\ninstance_url = "https://acme.example\n')
    outcome = collect(folder, folder / "config.toml")
    title = "The settings file is not valid TOML"
    assert_said(outcome, ExitCode.WRONG_USAGE, title, "config.toml", "line 2", "Mend")


def test_a_setting_of_the_wrong_type_is_named(folder: Path) -> None:
    (folder / "config.toml").write_text("[org.acme]\nusername = 5\n")
    outcome = collect(folder, folder / "config.toml")
    parts = ("config.toml", "[org.acme] username", "expected str, got int")
    assert_said(outcome, ExitCode.WRONG_USAGE, "A setting has the wrong type", *parts)


def test_an_unknown_setting_is_named_with_the_one_that_was_meant(folder: Path) -> None:
    (folder / "config.toml").write_text('[org.acme]\nuser_name = "u@acme.example"\n')
    outcome = collect(folder, folder / "config.toml")
    assert "[org.acme]: no setting 'user_name'; did you mean username?" in outcome.sentences
    title = "The setting instance_url is missing"
    assert_said(outcome, ExitCode.WRONG_USAGE, title, "config.toml", "ORGWATCH_INSTANCE_URL")


@pytest.mark.parametrize("setting", ["instance_url", "consumer_key", "username"])
def test_a_missing_setting_is_named(folder: Path, org: dict[str, str], setting: str) -> None:
    changes: dict[str, str | None] = {setting: None}
    outcome = collect(folder, settings(folder, org, **changes))
    title = f"The setting {setting} is missing"
    assert_said(outcome, ExitCode.WRONG_USAGE, title, f"ORGWATCH_{setting.upper()}")


@pytest.mark.parametrize("command", ["collect", "limits"])
def test_an_unknown_alias_is_told_the_known_ones(
    folder: Path, org: dict[str, str], command: str
) -> None:
    outcome = orgwatch(command, "--config", org["config_file"], "--org", "production")
    parts = (org["config_file"], "these orgs: acme", "[org.production]")
    assert_said(outcome, ExitCode.WRONG_USAGE, "There is no org named 'production'", *parts)


@pytest.mark.parametrize("url", ["http://acme.my.salesforce.com", "acme.my.salesforce.com"])
def test_an_address_without_tls_is_refused(folder: Path, org: dict[str, str], url: str) -> None:
    outcome = collect(folder, settings(folder, org, instance_url=url))
    title = "instance_url is not an https address"
    assert_said(outcome, ExitCode.WRONG_USAGE, title, url, "https://", "config.toml")


# The key.


def pem(bits: int) -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


BAD_KEYS: dict[str, tuple[Callable[[dict[str, str]], bytes | None], int, str, tuple[str, ...]]] = {
    "missing": (
        lambda org: None,
        0o600,
        "The private key file does not exist",
        ("private_key_file in [org.acme]", "permissions 600"),
    ),
    "readable by others": (
        lambda org: Path(org["private_key_file"]).read_bytes(),
        0o644,
        "The private key can be read by others",
        ("permissions 644", "chmod 600"),
    ),
    "no PEM": (
        lambda org: b"\x30\x82 binary",
        0o600,
        "The private key is not in PEM form",
        ("BEGIN PRIVATE KEY", "openssl"),
    ),
    "damaged": (
        lambda org: Path(org["private_key_file"]).read_bytes()[:400],
        0o600,
        "The private key is damaged",
        ("Copy the key again",),
    ),
    "the certificate": (
        lambda org: Path(org["certificate_file"]).read_bytes(),
        0o600,
        "This is not the private key",
        ("certificate", "BEGIN PRIVATE KEY"),
    ),
    "too short": (
        lambda org: pem(1_024),
        0o600,
        "The private key is too short",
        ("1024 bits", "2048"),
    ),
}


@pytest.mark.parametrize("what", BAD_KEYS)
def test_a_key_that_will_not_do(folder: Path, org: dict[str, str], what: str) -> None:
    content, mode, title, parts = BAD_KEYS[what]
    key = folder / "own.key"
    text = content(org)
    if text is not None:
        key.write_bytes(text)
        key.chmod(mode)
    outcome = collect(folder, settings(folder, org, private_key_file=str(key)))
    assert_said(outcome, ExitCode.WRONG_USAGE, title, str(key), *parts)


def test_a_key_that_the_app_does_not_know(folder: Path, org: dict[str, str]) -> None:
    (folder / "other.key").write_bytes(pem(2_048))
    (folder / "other.key").chmod(0o600)
    outcome = collect(folder, settings(folder, org, private_key_file=str(folder / "other.key")))
    title = "The private key does not match the app's certificate"
    assert_said(outcome, ExitCode.ORG_REFUSED, title, "certificate", "Upload the certificate")
    assert "It said: invalid_grant: invalid assertion" in outcome.stderr


# What the org says no to.

REFUSED: dict[str, tuple[dict[str, str | None], str, tuple[str, ...]]] = {
    "consumer key": (
        {"consumer_key": "3MVG9.of.another.org"},
        "The org does not know this consumer key",
        ("Copy the Consumer Key again", "login_url"),
    ),
    "audience": (
        {"audience": "https://acme.example"},
        "The audience of the login is wrong",
        ("https://acme.example", "https://login.salesforce.com", "https://test.salesforce.com"),
    ),
    "user": (
        {"username": "nobody@acme.example"},
        "The user is inactive",
        ("nobody@acme.example", "no user of the org", "correct username"),
    ),
    "inactive user": (
        {"username": "felix.brandt@acme.example"},
        "The user is inactive",
        ("felix.brandt@acme.example is deactivated", "Activate the user"),
    ),
    "not pre-authorized": (
        {"username": "svc-erp@acme.example"},
        "The user is not approved for the app",
        ("svc-erp@acme.example", "permission set", "pre-authorized"),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_the_org_refuses(folder: Path, org: dict[str, str], what: str) -> None:
    changes, title, parts = REFUSED[what]
    outcome = collect(folder, settings(folder, org, **changes))
    assert_said(outcome, ExitCode.ORG_REFUSED, title, *parts)
    assert "\n  It said: " in outcome.stderr


@pytest.mark.parametrize(
    ("changes", "exit_code", "said"),
    [
        ({"audience": "https://acme.example"}, 3, "The audience of the login is wrong"),
        ({"private_key_file": "/none.key"}, 2, "The private key file does not exist"),
    ],
)
def test_the_console_passes_on_what_its_collector_was_told(
    folder: Path, org: dict[str, str], changes: dict[str, str | None], exit_code: int, said: str
) -> None:
    config, store = settings(folder, org, **changes), folder / "stores" / "new.db"
    command = [ORGWATCH, "console", "--config", str(config), "--store", str(store)]
    surroundings = {**os.environ, "TERM": "xterm-256color"}
    with PseudoTerminal(command, 160, 40, surroundings) as console:
        assert console.exit_code() == exit_code
        lines = console.text.splitlines()
    assert lines[0] == f"orgwatch: {said}"
    assert any(line.startswith("  What to do: ") for line in lines)
    assert "Traceback" not in console.text
    assert not store.exists()


# The way to the org.


def test_a_port_where_nobody_listens(folder: Path, org: dict[str, str]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        outcome = collect(folder, settings(folder, org, instance_url=url, login_url=url))
    parts = (url, "instance_url and login_url")
    assert_said(outcome, ExitCode.ORG_REFUSED, "The connection was refused", *parts)


def test_a_host_that_has_no_address(folder: Path, org: dict[str, str]) -> None:
    url = "https://no-such-org.invalid"
    outcome = collect(folder, settings(folder, org, instance_url=url, login_url=url))
    title = "The name of the host was not found"
    assert_said(outcome, ExitCode.ORG_REFUSED, title, url, "spelling", "DNS")


class Page(BaseHTTPRequestHandler):
    """Answers every question with a page for people."""

    def do_POST(self) -> None:
        body = b"<!doctype html><title>Down for maintenance</title>"
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Keeps stderr for what is asserted."""


@contextmanager
def pages(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server of pages on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def test_a_server_that_answers_with_a_page(folder: Path, org: dict[str, str]) -> None:
    with pages() as port:
        url = f"http://127.0.0.1:{port}"
        outcome = collect(folder, settings(folder, org, instance_url=url, login_url=url))
    title = "A web page came instead of an answer"
    assert_said(outcome, ExitCode.ORG_REFUSED, title, url, "in a browser", "My Domain")


def test_a_certificate_that_nobody_vouches_for(folder: Path, org: dict[str, str]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with pages(context) as port:
        url = f"https://127.0.0.1:{port}"
        outcome = collect(folder, settings(folder, org, instance_url=url, login_url=url))
    title = "The certificate of the host is not trusted"
    assert_said(outcome, ExitCode.ORG_REFUSED, title, url, "Nothing was sent", "SSL_CERT_FILE")


# A wrong clock.


def set_org_clock(org: dict[str, str], seconds: float) -> None:
    body = json.dumps({"kind": "clock_skew", "seconds": seconds}).encode()
    request = Request(f"{org['control_url']}/faults", body, {"Content-Type": "application/json"})
    with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
        assert answer.status < 300


@pytest.mark.parametrize(
    ("org_ahead_s", "said"), [(3_600, "60 min behind the org's"), (-3_600, "60 min ahead of")]
)
def test_a_clock_that_is_off_by_an_hour_logs_in_and_says_so(
    folder: Path, org: dict[str, str], org_ahead_s: float, said: str
) -> None:
    config, store = settings(folder, org), folder / "new.db"
    set_org_clock(org, org_ahead_s)
    try:
        with subprocess.Popen(
            [ORGWATCH, "collect", "--config", config, "--store", store],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as collector:
            assert collector.stderr is not None
            words = read_until(collector, "What to do: set this machine's clock (NTP).")
            collector.terminate()
            stdout, rest = collector.communicate(timeout=30)
    finally:
        set_org_clock(org, 0)
    outcome = outcome_of(collector.returncode, stdout, words + rest)
    assert outcome.exit_code == ExitCode.OK
    assert f"orgwatch: This machine's clock is {said}" in outcome.sentences
    assert store.exists()


def read_until(process: "subprocess.Popen[bytes]", words: str) -> bytes:
    """What it writes to stderr up to the line with ``words``; at most until it ends."""
    assert process.stderr is not None
    read = b""
    for line in process.stderr:
        read += line
        if words in line.decode():
            return read
    raise AssertionError(f"it ended without {words!r}: {read.decode()}")


def test_a_clock_that_is_off_by_hours_is_named(folder: Path, org: dict[str, str]) -> None:
    set_org_clock(org, 5 * 3_600)
    try:
        outcome = collect(folder, settings(folder, org))
    finally:
        set_org_clock(org, 0)
    parts = ("This machine's clock is 300 min behind the org's.", "Set this machine's clock")
    assert_said(outcome, ExitCode.ORG_REFUSED, "The login came too late for the org", *parts)


# The command line.


@pytest.mark.parametrize("arguments", [("console",), ("demo",), ()])
def test_what_is_no_terminal_gets_no_screen(own_home: Path, arguments: tuple[str, ...]) -> None:
    outcome = orgwatch(*arguments)
    parts = ("file or a pipe", "orgwatch limits --json")
    assert_said(outcome, ExitCode.WRONG_USAGE, "This is not a terminal", *parts)
    assert files_in(own_home) == set()


def test_a_port_that_is_taken(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        outcome = orgwatch("simulate", "--port", port, "--dir", folder / "org")
    assert_said(outcome, ExitCode.WRONG_USAGE, f"Port {port} is taken", "Choose another", "--port")
    assert files_in(folder) == set()


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("limit",), ("No such command 'limit'",)),
        (("limits", "--json", "--csv"), ("--json and --csv exclude each other",)),
        (("usage", "--since", "yesterday"), ("--since", "'yesterday' is not a time", "2026-11-16")),
        (("events", "--until", "24"), ("--until", "'24' is not a time")),
        (("limits", "--as-of", "1-1-1"), ("--as-of", "is not a time")),
        (("usage", "--since", "0001-01-01T00:00+14:00"), ("--since", "is not a time")),
        (("usage", "--until", "0001-01-01"), ("--until", "outside the years 1970 to 9000")),
        (("usage", "--since", "999999w"), ("--since", "reaches too far back")),
        (("limits", "--store", ""), ("--store", "names no file")),
        (("limits", "--colour"), ("No such option '--colour'",)),
        (("ingest",), ("Missing argument 'PATH…'",)),
        (("simulate", "--port", "99999"), ("--port", "65535")),
        (("simulate", "--now", "noon"), ("--now", "'noon' is not a time")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_a_command_line_that_makes_no_sense(
    own_home: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    assert_usage(orgwatch(*arguments), *parts)
    assert files_in(own_home) == set()
