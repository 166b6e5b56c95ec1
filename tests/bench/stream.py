"""Events from the socket to the commit, beside the mere parsing of the same bytes."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from console.clock import SystemClock
from console.collector.event_fields import stream_event
from console.secrets import Secret
from console.streaming.supervisor import StreamSupervisor
from console.streaming.types import ReceivedEvent
from store import stream_events
from store.contents import counts_by_channel
from store.database import open_reader
from store.records import ReplayPosition
from store.writer import Writer, open_writer
from tests.bench.measuring import Measured, interleaved, timed, times_as_fast

CHANNEL = "/event/ApiEventStream"
BATCHES, EVENTS_A_BATCH = 40, 1_000
EVENTS = BATCHES * EVENTS_A_BATCH
ROUNDS = 3
_DEADLINE_S = 60.0


def measure(folder: Path) -> Iterator[Measured]:
    """The collector's stream and its store, against a server in another process."""
    file = folder / "events.ndjson"
    file.write_bytes(b"\n".join(_batch(number) for number in range(BATCHES)))
    bodies = file.read_bytes().splitlines()
    here_s, parsed_s = interleaved(
        ROUNDS,
        [
            lambda: _collect(file, folder / f"stream-{time.monotonic_ns()}.db"),
            lambda: timed(lambda: [json.loads(body) for body in bodies]),
        ],
    )
    size = len(bodies[0]) // EVENTS_A_BATCH
    yield times_as_fast(
        f"socket to commit, {size:,} bytes an event",
        EVENTS,
        "events",
        here_s,
        "json.loads",
        parsed_s,
    )


def _batch(number: int) -> bytes:
    first = number * EVENTS_A_BATCH
    return json.dumps([_event(n) for n in range(first, first + EVENTS_A_BATCH)]).encode()


def _event(number: int) -> dict[str, object]:
    records = {"records": [{"attributes": {"type": "Account"}, "Id": f"001Hs{number:010}AAA"}] * 4}
    payload = {
        "EventIdentifier": f"{number:08}-0000-4000-8000-000000000000",
        "EventDate": f"2026-11-16T09:{number // 60 % 60:02}:{number % 60:02}.000Z",
        "CreatedDate": "2026-11-16T09:30:00.000Z",
        "UserId": f"005000000000{number % 400:03}",
        "Username": f"svc-{number % 400}@acme.example",
        "SourceIp": f"203.0.113.{number % 61}",
        "Application": f"Application {number % 61}",
        "Client": "client/1.0",
        "ApiType": "REST",
        "ApiVersion": 62.0,
        "Operation": "Query",
        "QueriedEntities": "Account",
        "RowsProcessed": 4.0,
        "LoginKey": "BgW+3bQY7Y8cFNRQ",
        "SessionKey": "xyLvox1KKXCTfIEF",
        "RequestIdentifier": f"{number:032}",
        "Query": "SELECT Id, Name, Industry FROM Account WHERE LastModifiedDate > YESTERDAY",
        "Records": json.dumps(records),
    }
    event = {"EventUuid": f"{number:08}-1111-4000-8000-000000000000", "replayId": number + 1}
    return {"channel": CHANNEL, "data": {"schema": "s", "payload": payload, "event": event}}


def _collect(bodies: Path, path: Path) -> float:
    program = [sys.executable, str(Path(__file__).with_name("cometd_server.py")), str(bodies)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = f"http://localhost:{int(server.stdout.readline())}"
            with open_writer(path) as writer:
                taken_s = asyncio.run(_stream(url, writer))
        finally:
            server.terminate()
    with open_reader(path) as reader:
        assert counts_by_channel(reader.connection) == {CHANNEL: EVENTS}
    return taken_s


async def _stream(url: str, writer: Writer) -> float:
    """Seconds from the first request to the commit of the last event."""
    clock, stored, done = SystemClock(), 0, asyncio.Event()

    async def token() -> tuple[Secret, str]:
        return Secret("token"), url

    async def nothing(*_: object) -> None:
        return

    async def store(batch: Sequence[ReceivedEvent]) -> None:
        nonlocal stored
        events = [stream_event(received) for received in batch]
        position = ReplayPosition(CHANNEL, events[-1].replay_id or "", clock.now())
        await writer.write(lambda c: stream_events.record_events(c, events, [position]))
        stored += len(events)
        if stored >= EVENTS:
            done.set()

    supervisor = StreamSupervisor(
        channels=[CHANNEL], api_version="66.0", token=token, refused=nothing, clock=clock,
        positions={}, on_replay_lost=nothing,
    )  # fmt: skip
    start = time.perf_counter()
    running = asyncio.create_task(supervisor.run(store))
    try:
        async with asyncio.timeout(_DEADLINE_S):
            await done.wait()
        return time.perf_counter() - start
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
