"""Starting and ending a simulated org: announcement, files, port, signals."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from console.errors import ConfigurationError, PortTaken
from console.simulator.launch import SimulateOptions, serve
from console.simulator.web.config_text import MARK
from console.simulator.web.wire import WireOptions
from tests.unit.simulator.visitor import NOW, SHORT_HISTORY, Visitor

ROOT = Path(__file__).parents[3]
PROGRAM = """
import json, sys
from datetime import timedelta
from console.simulator.launch import SimulateOptions, run
run(SimulateOptions(history=timedelta(hours=1)), lambda said: print(json.dumps(said), flush=True))
"""


def mode(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def content(path: str) -> str:
    return Path(path).read_text("utf-8")


async def test_the_announcement_and_the_files_it_names(tmp_path: Path) -> None:
    directory = tmp_path / "sim"
    org = await serve(
        SimulateOptions(now=NOW, history=SHORT_HISTORY, speed=60.0, directory=directory)
    )
    try:
        said = org.announcement
        assert list(said) == [
            "schema",
            "instance_url",
            "login_url",
            "audience",
            "consumer_key",
            "username",
            "private_key_file",
            "certificate_file",
            "api_version",
            "control_url",
            "config_file",
            "scenario",
        ]
        assert said["schema"] == "orgwatch/simulate/1"
        assert said["scenario"] == "acme"
        assert said["instance_url"].startswith("http://localhost:")
        assert said["control_url"] == f"{said['instance_url']}/__sim__"
        assert mode(str(directory)) == 0o700
        for name in ("private_key_file", "config_file"):
            assert mode(said[name]) == 0o600
        settings = tomllib.loads(content(said["config_file"]))["org"]["acme"]
        for name in ("instance_url", "login_url", "audience", "consumer_key", "username"):
            assert settings[name] == said[name]
        assert settings["stream_start"] == "retained"
        assert settings["simulated_time"]["org_origin"] == NOW
        assert settings["simulated_time"]["speed"] == 60.0
        assert len(settings["integration"]) >= 3
        assert all(entry["budget_calls_24h"] > 0 for entry in settings["integration"])
    finally:
        await org.stop()
    assert content(said["config_file"]).startswith(MARK)


async def test_a_directory_of_its_own_disappears_at_the_end() -> None:
    org = await serve(SimulateOptions(now=NOW, history=SHORT_HISTORY))
    directory = Path(org.announcement["config_file"]).parent
    assert directory.is_dir()
    await org.stop()
    assert not directory.exists()


async def test_a_second_run_replaces_the_first_ones_files(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        org = await serve(SimulateOptions(now=NOW, history=SHORT_HISTORY, directory=tmp_path))
        keys.append(content(org.announcement["private_key_file"]))
        await org.stop()
    assert keys[0] != keys[1]


async def test_somebody_elses_settings_are_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "config.toml"
    own.write_text("[org.prod]\n")
    with pytest.raises(ConfigurationError, match="was not written by orgwatch simulate"):
        await serve(SimulateOptions(directory=tmp_path))
    assert own.read_text() == "[org.prod]\n"
    assert not own.read_text().startswith(MARK)


async def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError) as caught:
        await serve(SimulateOptions(directory=tmp_path / "file" / "below"))
    assert "--dir" in caught.value.next_step


@pytest.mark.parametrize(
    "options",
    [
        SimulateOptions(speed=-1.0),
        SimulateOptions(speed=float("nan")),
        SimulateOptions(history=timedelta(days=32)),
        SimulateOptions(history=timedelta(seconds=-1)),
        SimulateOptions(scenario="acne"),
        SimulateOptions(now=datetime(2026, 3, 11)),  # noqa: DTZ001
    ],
)
async def test_options_that_make_no_sense(options: SimulateOptions) -> None:
    with pytest.raises(ConfigurationError):
        await serve(options)


async def test_a_port_in_use_and_a_port_that_does_not_exist() -> None:
    org = await serve(SimulateOptions(now=NOW, history=SHORT_HISTORY))
    port = int(org.announcement["instance_url"].rpartition(":")[2])
    try:
        with pytest.raises(PortTaken, match=f"Port {port} is taken"):
            await serve(SimulateOptions(port=port))
    finally:
        await org.stop()
    again = await serve(SimulateOptions(now=NOW, history=SHORT_HISTORY, port=port))
    await again.stop()
    with pytest.raises(ConfigurationError, match="There is no port 70000"):
        await serve(SimulateOptions(port=70_000))


async def test_it_stops_within_a_second_while_connects_are_held() -> None:
    org = await serve(
        SimulateOptions(now=NOW, history=SHORT_HISTORY, wire=WireOptions(connect_hold_s=60))
    )
    url = org.announcement["instance_url"]
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        visitor = Visitor(org, client)
        await visitor.log_in()
        handshake = {"channel": "/meta/handshake", "supportedConnectionTypes": ["long-polling"]}
        answer = await client.post("/cometd/66.0", json=[handshake])
        client_id = answer.json()[0]["clientId"]
        pairs = [c.split(";")[0] for c in answer.headers.get_list("set-cookie")]
        client.cookies.clear()
        connect = {"channel": "/meta/connect", "clientId": client_id}
        headers = {"Cookie": "; ".join(pairs)}
        await client.post("/cometd/66.0", json=[connect], headers=headers)
        held = asyncio.create_task(client.post("/cometd/66.0", json=[connect], headers=headers))
        session = org.server._book.find(client_id)
        assert session is not None
        async with asyncio.timeout(10):
            while session.holding == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        began = time.monotonic()
        await org.stop()
        assert time.monotonic() - began < 1.0
        assert (await held).json()[0]["successful"] is True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_cleanly(number: signal.Signals) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert program.stdout is not None
    said = json.loads(program.stdout.readline())
    versions = httpx.get(f"{said['instance_url']}/services/data")
    assert versions.status_code == 200
    program.send_signal(number)
    out, err = program.communicate(timeout=10)
    assert (program.returncode, out, err) == (0, b"", b"")
    assert not Path(said["config_file"]).exists()


def test_the_control_endpoint_ends_the_program_too() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as program:
        assert program.stdout is not None
        said = json.loads(program.stdout.readline())
        assert httpx.post(f"{said['control_url']}/stop").json() == {"stopping": True}
        assert program.wait(timeout=10) == 0


async def test_the_clock_runs_at_its_speed_from_its_time() -> None:
    org = await serve(SimulateOptions(now=NOW, history=SHORT_HISTORY, speed=0.0))
    assert org.clock.now() == NOW
    await org.stop()
    org = await serve(SimulateOptions(history=SHORT_HISTORY))
    assert abs((org.clock.now() - datetime.now(UTC)).total_seconds()) < 5
    await org.stop()
