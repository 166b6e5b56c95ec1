import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest

from store.database import Reader, open_reader
from store.errors import StoreBusy, StoreUnusable
from store.writer import Writer, open_writer

Write = Callable[[sqlite3.Connection], object]


def put(name: str) -> Write:
    return lambda c: c.execute("INSERT INTO term (text) VALUES (?)", (name,)).rowcount


def names(reader: Reader) -> list[str]:
    return [row[0] for row in reader.connection.execute("SELECT text FROM term ORDER BY id")]


@pytest.fixture
def writer(store_file: Path) -> Iterator[Writer]:
    with open_writer(store_file, commit_interval_s=0.01) as opened:
        yield opened


@pytest.fixture
def reader(writer: Writer) -> Iterator[Reader]:
    with open_reader(writer.path) as opened:
        yield opened


class Gate:
    """A write that waits until it is let through."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, connection: sqlite3.Connection) -> None:
        self.reached.set()
        assert self.open.wait(20)


def test_done_means_committed(writer: Writer, reader: Reader) -> None:
    assert writer.submit(put("one")).result(10) == 1

    assert names(reader) == ["one"]


def test_nobody_is_told_before_the_commit(store_file: Path) -> None:
    gate = Gate()
    with (
        open_writer(store_file, commit_interval_s=0.05) as writer,
        open_reader(store_file) as reader,
    ):
        first = writer.submit(put("one"))
        blocked = writer.submit(gate)
        assert gate.reached.wait(10)
        assert not first.done()
        assert names(reader) == []
        gate.open.set()
        blocked.result(10)

        assert first.done()
        assert names(reader) == ["one"]


def test_what_comes_within_an_interval_is_one_commit(store_file: Path) -> None:
    with (
        open_writer(store_file, commit_interval_s=0.3) as writer,
        open_reader(store_file) as reader,
    ):
        before = reader.data_version()
        seen: set[int] = set()
        futures = [writer.submit(put(str(n))) for n in range(500)]
        while not all(future.done() for future in futures):
            seen.add(reader.data_version())
            wait(futures, timeout=0.01)
        seen.add(reader.data_version())

        assert len(names(reader)) == 500
        assert len(seen - {before}) < 20


def test_a_failing_write_undoes_only_itself(writer: Writer, reader: Reader) -> None:
    def half(connection: sqlite3.Connection) -> None:
        put("half")(connection)
        raise LookupError("changed my mind")

    futures = [writer.submit(write) for write in (put("one"), half, put("two"), put("one"))]

    assert isinstance(futures[1].exception(10), LookupError)
    assert isinstance(futures[3].exception(10), sqlite3.IntegrityError)
    assert (futures[0].result(10), futures[2].result(10)) == (1, 1)
    assert names(reader) == ["one", "two"]


def test_a_write_that_ends_the_transaction_fails_with_its_batch(
    writer: Writer, reader: Reader
) -> None:
    def rude(connection: sqlite3.Connection) -> None:
        connection.execute("ROLLBACK")
        raise LookupError("rude")

    with pytest.raises(StoreUnusable):
        writer.submit(rude).result(10)
    writer.submit(put("after")).result(10)

    assert names(reader) == ["after"]


def test_a_full_disk_is_told_and_survived(writer: Writer, reader: Reader) -> None:
    writer.submit(put("before")).result(10)
    pages = writer.submit(lambda c: c.execute("PRAGMA page_count").fetchone()[0]).result(10)
    writer.submit(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone()).result(10)

    with pytest.raises(StoreUnusable, match="disk is full") as caught:
        writer.submit(put("x" * 200_000)).result(10)
    writer.submit(lambda c: c.execute("PRAGMA max_page_count = 1000000").fetchone()).result(10)
    writer.submit(put("after")).result(10)

    assert str(writer.path) in caught.value.meaning
    assert names(reader) == ["before", "after"]


def test_a_second_writer_is_told_who_the_first_is(writer: Writer) -> None:
    script = (
        "import sys; from pathlib import Path; from store.errors import StoreBusy\n"
        "from store.writer import open_writer\n"
        "try: open_writer(Path(sys.argv[1]))\n"
        "except StoreBusy as busy: print(busy.meaning, '|', busy.next_step)\n"
    )

    other = subprocess.run(
        [sys.executable, "-c", script, str(writer.path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert f"process {os.getpid()} " in other.stdout
    assert "--attach" in other.stdout


def test_the_same_process_cannot_open_two_writers(writer: Writer) -> None:
    with pytest.raises(StoreBusy):
        open_writer(writer.path)


def test_closing_lets_the_next_writer_in_and_folds_the_log(store_file: Path) -> None:
    with open_writer(store_file) as first:
        future = first.submit(put("one"))
    assert future.result(0) == 1
    assert not store_file.with_name("acme.db-wal").exists()

    with open_writer(store_file) as second, open_reader(store_file) as reader:
        second.submit(put("two")).result(10)
        assert names(reader) == ["one", "two"]


def test_everything_queued_is_written_when_closing(store_file: Path) -> None:
    writer = open_writer(store_file, commit_interval_s=30)
    futures = [writer.submit(put(str(n))) for n in range(100)]
    writer.close()
    writer.close()

    assert all(future.result(0) == 1 for future in futures)
    with pytest.raises(StoreUnusable, match="closed"):
        writer.submit(put("late"))


def test_closing_says_so_when_it_takes_too_long(store_file: Path) -> None:
    writer = open_writer(store_file)
    gate = Gate()
    writer.submit(gate)
    assert gate.reached.wait(10)

    with pytest.raises(StoreUnusable, match="still being written"):
        writer.close(timeout_s=0.05)
    gate.open.set()
    writer.close()


def test_a_full_queue_makes_callers_wait(store_file: Path) -> None:
    gate = Gate()
    with open_writer(store_file, commit_interval_s=0, queue_bound=2) as writer:
        writer.submit(gate)
        assert gate.reached.wait(10)
        writer.submit(put("one"))
        writer.submit(put("two"))
        assert writer.queued == 2
        third = threading.Thread(target=lambda: writer.submit(put("three")))
        third.start()
        third.join(0.1)
        assert third.is_alive()
        gate.open.set()
        third.join(10)
        assert not third.is_alive()
    with open_reader(store_file) as reader:
        assert names(reader) == ["one", "two", "three"]


async def test_a_full_queue_does_not_stop_the_event_loop(store_file: Path) -> None:
    gate = Gate()
    with open_writer(store_file, commit_interval_s=0, queue_bound=1) as writer:
        writer.submit(gate)
        assert await asyncio.to_thread(gate.reached.wait, 10)
        writer.submit(put("one"))
        waiting = asyncio.ensure_future(writer.write(put("two")))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        gate.open.set()
        assert await asyncio.wait_for(waiting, 10) == 1


async def test_an_awaited_write_gives_its_result_or_its_failure(writer: Writer) -> None:
    assert await writer.write(put("one")) == 1
    with pytest.raises(sqlite3.IntegrityError):
        await writer.write(put("one"))


async def test_cancelling_the_caller_does_not_lose_the_write(store_file: Path) -> None:
    gate = Gate()
    with open_writer(store_file, commit_interval_s=0) as writer:
        writer.submit(gate)
        assert await asyncio.to_thread(gate.reached.wait, 10)
        waiting = asyncio.ensure_future(writer.write(put("kept")))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        gate.open.set()
    with open_reader(store_file) as reader:
        assert names(reader) == ["kept"]


async def test_cancelling_a_caller_that_waits_for_room_does_not_lose_the_write(
    store_file: Path,
) -> None:
    gate = Gate()
    with open_writer(store_file, commit_interval_s=0, queue_bound=1) as writer:
        writer.submit(gate)
        assert await asyncio.to_thread(gate.reached.wait, 10)
        writer.submit(put("one"))
        waiting = asyncio.ensure_future(writer.write(put("kept")))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        gate.open.set()
        await asyncio.to_thread(writer.submit(put("last")).result, 10)
    with open_reader(store_file) as reader:
        assert set(names(reader)) == {"one", "kept", "last"}


def test_readers_are_not_held_up_by_a_long_write(writer: Writer, reader: Reader) -> None:
    writer.submit(put("one")).result(10)
    gate = Gate()

    def long_write(connection: sqlite3.Connection) -> None:
        put("two")(connection)
        gate(connection)

    future = writer.submit(long_write)
    assert gate.reached.wait(10)
    assert names(reader) == ["one"]
    gate.open.set()
    future.result(10)
    assert names(reader) == ["one", "two"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_for_a_writer_that_has_ended(store_file: Path) -> None:
    writer = open_writer(store_file, commit_interval_s=0.2)

    def end(connection: sqlite3.Connection) -> None:
        raise SystemExit

    futures = [writer.submit(put("one")), writer.submit(end), writer.submit(put("two"))]

    for future in futures:
        with pytest.raises(StoreUnusable, match="closed"):
            future.result(10)
    with pytest.raises(StoreUnusable, match="closed"):
        writer.submit(put("late"))
    writer.close()
    with open_writer(store_file), open_reader(store_file) as reader:
        assert names(reader) == []
