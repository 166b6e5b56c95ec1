"""A collector that is killed in the middle of a file leaves all of it or nothing."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from store.database import open_reader
from store.log_files import is_stored
from store.usage import usage
from store.writer import open_writer
from tests.unit.store.elf import DAY, Call, hourly, usage_csv

NINE = DAY + timedelta(hours=9)
ROWS = 30_000

SCRIPT = """
import io, sys, time
from pathlib import Path
from store.log_ingest import ingest
from store.writer import open_writer
from tests.unit.store.elf import hourly

class Stalling(io.BytesIO):
    def read(self, size=-1):
        block = super().read(size if len(self.getbuffer()) < 2_000_000 else 1_000_000)
        if stall and self.tell() >= 2_000_000:
            print("in the middle", flush=True)
            time.sleep(600)
        return block

stall = sys.argv[2] == "stall"
body = Stalling(Path(sys.argv[1] + ".csv").read_bytes())
writer = open_writer(Path(sys.argv[1]), commit_interval_s=0)
writer.submit(lambda c: ingest(c, hourly(9), body)).result()
print("acknowledged", flush=True)
time.sleep(600)
"""


@contextmanager
def collector(store_file: Path, mode: str) -> Iterator[str]:
    """A process that ingests; gives its first word, and kills it in the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(store_file), mode],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        process.stdout.close()


@pytest.fixture
def body(store_file: Path) -> Path:
    path = store_file.with_name(store_file.name + ".csv")
    calls = [Call(NINE + timedelta(milliseconds=n * 100), number=n) for n in range(ROWS)]
    path.write_bytes(usage_csv(calls))
    return path


def stored_calls(store_file: Path) -> int:
    with open_reader(store_file) as reader:
        rows = reader.connection.execute("SELECT COUNT(*) FROM api_call").fetchone()[0]
        sums = sum(row.calls for row in usage(reader.connection, DAY, DAY + timedelta(days=1)))
        assert rows == sums
        assert is_stored(reader.connection, hourly(9)) is (rows > 0)
        return int(rows)


@pytest.mark.usefixtures("body")
def test_killed_in_the_middle_of_a_file(store_file: Path) -> None:
    with collector(store_file, "stall") as said:
        assert said == "in the middle"

    # The lock died with the process, and the next writer begins where nothing was promised.
    open_writer(store_file).close()
    assert stored_calls(store_file) == 0


@pytest.mark.usefixtures("body")
def test_killed_after_it_was_acknowledged(store_file: Path) -> None:
    with collector(store_file, "go on") as said:
        assert said == "acknowledged"

    assert stored_calls(store_file) == ROWS
    open_writer(store_file).close()
    assert stored_calls(store_file) == ROWS
