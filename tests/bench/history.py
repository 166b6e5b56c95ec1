"""A month of ApiTotalUsage made and streamed by the simulated org, beside csv.writer's own speed.

The files are downloaded over HTTP, uncompressed, one after the other, while another client keeps
asking for the version list: how long it waits tells whether a download holds up the others.
"""

import asyncio
import csv
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt

from tests.bench.measuring import Measured, milliseconds, timed, times_as_fast

NOW = "2026-11-16T09:30:00Z"
_HISTORY = "30d"
_ASK_EVERY_S = 0.02
_DEADLINE_S = 300.0
_FEW = 5
_LINE = (
    "ApiTotalUsage|20261115091407.412|4Ytkf2EWK_jMHK0fHw1yR-|00DHs000000abcD|005Hs00000BAlWS|REST"
    "|62.0|/v62.0/query|acme-orders/5|GET|203.0.113.20|1|0H4Hs0000008QxK|Order|200|Order Sync"
    "|svc.orders@acme.example|2026-11-15T09:14:07.412Z"
)


@dataclass
class _Streamed:
    """What the downloads were like."""

    rows: int
    took_s: float
    waits_s: list[float]
    """How long each request of the other client took meanwhile."""
    memory_before_mib: float
    memory_peak_mib: float


def measure(folder: Path) -> Iterator[Measured]:
    """Rows a second, the other client's waiting, and the org's memory."""
    with _simulated_org() as (announcement, pid):
        key = Path(announcement["private_key_file"]).read_text("utf-8")
        streamed = asyncio.run(_stream_month(announcement, key, pid))
    written_s = timed(lambda: _write(folder / "rows.csv", streamed.rows))
    yield times_as_fast(
        "a month of usage, made and streamed",
        streamed.rows,
        "rows",
        streamed.took_s,
        "csv.writer, one row over and over",
        written_s,
    )
    waits = sorted(streamed.waits_s)
    usual_s, longest_s = waits[len(waits) // 2], waits[-1]
    yield Measured(
        "longest wait of another client meanwhile",
        milliseconds(longest_s),
        f"its median wait: {milliseconds(usual_s)}",
        longest_s / usual_s,
        more_is_better=False,
    )
    yield Measured(
        "the org's peak memory",
        f"{streamed.memory_peak_mib:,.0f} MiB",
        f"after {_FEW} of the files: {streamed.memory_before_mib:,.0f} MiB",
        streamed.memory_peak_mib / streamed.memory_before_mib,
        more_is_better=False,
    )


@contextmanager
def _simulated_org() -> Iterator[tuple[dict[str, Any], int]]:
    command = [sys.executable, "-m", "console", "simulate", "--history", _HISTORY]
    command += ["--now", NOW, "--speed", "0", "--log-quirks", "none"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as org:
        try:
            assert org.stdout is not None
            yield json.loads(org.stdout.readline()), org.pid
        finally:
            org.terminate()


async def _stream_month(announcement: dict[str, Any], key: str, pid: int) -> _Streamed:
    async with httpx.AsyncClient(
        base_url=announcement["instance_url"], timeout=_DEADLINE_S, trust_env=False
    ) as http:
        await _log_in(http, announcement, key)
        paths = await _daily_files(http)
        for path in paths[:_FEW]:
            await _count_rows(http, path)
        before_mib = _peak_memory_mib(pid)
        waits: list[float] = []
        other = asyncio.create_task(_keep_asking(http, waits))
        start = time.perf_counter()
        rows = 0
        for path in paths:
            rows += await _count_rows(http, path)
        took_s = time.perf_counter() - start
        other.cancel()
    return _Streamed(rows, took_s, waits, before_mib, _peak_memory_mib(pid))


async def _log_in(http: httpx.AsyncClient, announcement: dict[str, Any], key: str) -> None:
    claims = {
        "iss": announcement["consumer_key"],
        "sub": announcement["username"],
        "aud": announcement["audience"],
        "exp": int(_org_time(await http.get("/services/data")) + 180),
    }
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": jwt.encode(claims, key, algorithm="RS256"),
    }
    answer = await http.post("/services/oauth2/token", data=form)
    http.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"


def _org_time(answer: httpx.Response) -> float:
    date = answer.headers["Date"]
    return time.mktime(time.strptime(date, "%a, %d %b %Y %H:%M:%S %Z")) - time.timezone


async def _daily_files(http: httpx.AsyncClient) -> list[str]:
    """The paths of the month's daily files; their lengths would have to be counted first."""
    soql = (
        "SELECT Id, LogFile FROM EventLogFile WHERE EventType = 'ApiTotalUsage'"
        " AND Interval = 'Daily' ORDER BY LogDate"
    )
    answer = await http.get("/services/data/v66.0/query", params={"q": soql})
    return [record["LogFile"] for record in answer.raise_for_status().json()["records"]]


async def _count_rows(http: httpx.AsyncClient, path: str) -> int:
    lines = 0
    headers = {"Accept-Encoding": "identity"}
    async with http.stream("GET", path, headers=headers) as answer:
        async for piece in answer.raise_for_status().aiter_raw():
            lines += piece.count(b"\n")
    return lines - 1


async def _keep_asking(http: httpx.AsyncClient, waits: list[float]) -> None:
    while True:
        start = time.perf_counter()
        await http.get("/services/data")
        waits.append(time.perf_counter() - start)
        await asyncio.sleep(_ASK_EVERY_S)


def _peak_memory_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found.group(1)) / 1024


def _write(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
        row = _LINE.split("|")
        for _ in range(rows):
            write(row)
