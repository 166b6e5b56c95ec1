"""A store that cannot be used, and files that are no logs: sentences, and nothing written."""

import contextlib
import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.companion import Companion
from console.exit_codes import ExitCode
from store.console_state import record_identity
from store.database import open_reader
from store.records import OrgIdentity
from store.schema import MIGRATION_SET
from store.writer import open_writer
from tests.integration.installed import ORGWATCH, assert_said, files_in, orgwatch, outcome_of

LOG = (
    b'"EVENT_TYPE","TIMESTAMP","REQUEST_ID","ORGANIZATION_ID","USER_ID","TIMESTAMP_DERIVED"\n'
    b'"Logout","20261116093000.000","4exA","00DHs000000abcD","005Hs00000erp01",'
    b'"2026-11-16T09:30:00.000Z"\n'
)
OF_ANOTHER_ORG = LOG.replace(b"00DHs000000abcD", b"00DXX000000other")
not_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    file = tmp_path / "Logout.csv"
    file.write_bytes(LOG)
    return file


@pytest.fixture
def store_file(tmp_path: Path, log_file: Path) -> Path:
    """A store with one row."""
    file = tmp_path / "one.db"
    assert orgwatch("ingest", log_file, "--store", file).exit_code == ExitCode.OK
    return file


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The settings of a simulated org that runs as a process of its own."""
    directory = tmp_path_factory.mktemp("simulated")
    with Companion(["simulate", "--dir", str(directory)], read_stdout=True) as simulated:
        line = simulated.first_line(60)
        assert line is not None, simulated.said()
        yield Path(json.loads(line)["config_file"])


def commands_on(store: Path, config: Path, log_file: Path) -> list[tuple[object, ...]]:
    """The two commands that write to a store."""
    return [
        ("collect", "--config", config, "--store", store),
        ("ingest", log_file, "--store", store),
    ]


# Places where no store can be.


def test_a_store_below_a_file(tmp_path: Path, config: Path, log_file: Path) -> None:
    store = log_file / "deeper" / "new.db"
    before = files_in(tmp_path)
    for command in commands_on(store, config, log_file):
        title = "The store cannot be created there"
        parts = (str(store), f"{log_file}, which is a file", "--store")
        assert_said(orgwatch(*command), ExitCode.STORE_UNUSABLE, title, *parts)
    assert files_in(tmp_path) == before
    reading = orgwatch("limits", "--store", store)
    assert_said(reading, ExitCode.STORE_UNUSABLE, "There is no store yet", str(store))


def test_a_store_that_is_a_directory(tmp_path: Path, config: Path, log_file: Path) -> None:
    (tmp_path / "folder").mkdir()
    before = files_in(tmp_path)
    commands = commands_on(tmp_path / "folder", config, log_file)
    for command in (*commands, ("usage", "--store", tmp_path / "folder")):
        parts = (str(tmp_path / "folder"), "one file", "folder/orgwatch.db")
        outcome = orgwatch(*command)
        assert_said(outcome, ExitCode.STORE_UNUSABLE, "The store is a directory", *parts)
    assert files_in(tmp_path) == before


def test_a_store_whose_name_is_too_long(tmp_path: Path, config: Path, log_file: Path) -> None:
    store = tmp_path / ("x" * 300)
    for command in (*commands_on(store, config, log_file), ("limits", "--store", store)):
        outcome = orgwatch(*command)
        assert_said(outcome, ExitCode.STORE_UNUSABLE, "The store cannot be reached", "--store")
        assert "It said: File name too long" in outcome.stderr


def test_a_file_that_is_no_database(tmp_path: Path, config: Path, log_file: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear reader, this is not a database at all.\n" * 50)
    before = files_in(tmp_path)
    commands = commands_on(letter, config, log_file)
    for command in (*commands, ("events", "--store", letter)):
        title = "The store cannot be read"
        parts = (f"{letter} is not a store of orgwatch", "Name another file with --store")
        assert_said(orgwatch(*command), ExitCode.STORE_UNUSABLE, title, *parts)
    assert letter.read_text().startswith("Dear reader")
    assert files_in(tmp_path) == before


def test_a_database_of_another_program(tmp_path: Path, config: Path, log_file: Path) -> None:
    other = tmp_path / "photos.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE photo (name TEXT)")
    connection.close()
    content, before = other.read_bytes(), files_in(tmp_path)
    commands = commands_on(other, config, log_file)
    for command in (*commands, ("apps", "--store", other)):
        title = "This is not a store of orgwatch"
        parts = (f"{other} is a database of another program", "--store")
        assert_said(orgwatch(*command), ExitCode.STORE_UNUSABLE, title, *parts)
    assert other.read_bytes() == content
    assert files_in(tmp_path) == before


def test_a_store_of_a_later_version(store_file: Path, config: Path, log_file: Path) -> None:
    connection = sqlite3.connect(store_file)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)",
        (MIGRATION_SET, "of_next_year", "2027-01-01"),
    )
    connection.commit()
    connection.close()
    content = store_file.read_bytes()
    commands = commands_on(store_file, config, log_file)
    for command in (*commands, ("coverage", "--store", store_file)):
        outcome = orgwatch(*command)
        title = "The store is newer than this orgwatch"
        parts = (str(store_file), "later version", "Install the later version")
        assert_said(outcome, ExitCode.STORE_UNUSABLE, title, *parts)
        assert "of_next_year" in outcome.stderr
    assert store_file.read_bytes() == content


@not_root
def test_a_folder_that_may_not_be_written_to(tmp_path: Path, config: Path, log_file: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    for command in commands_on(folder / "new.db", config, log_file):
        title = "The store cannot be written"
        parts = (str(folder), "write permission", "--store")
        assert_said(orgwatch(*command), ExitCode.STORE_UNUSABLE, title, *parts)
    assert files_in(folder) == set()


@not_root
def test_a_store_that_may_not_be_written_to(store_file: Path, config: Path, log_file: Path) -> None:
    store_file.chmod(0o400)
    for command in commands_on(store_file, config, log_file):
        title = "The store cannot be written"
        parts = (str(store_file), "write permission", "--store")
        assert_said(orgwatch(*command), ExitCode.STORE_UNUSABLE, title, *parts)


@not_root
def test_a_folder_that_may_not_be_entered(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0)
    outcome = orgwatch("limits", "--store", folder / "a.db")
    folder.chmod(0o700)
    assert_said(outcome, ExitCode.STORE_UNUSABLE, "The store cannot be reached", "permissions")


# Two at once.


def test_two_collectors_on_one_store(tmp_path: Path, config: Path, log_file: Path) -> None:
    store = tmp_path / "shared.db"
    with Companion(["collect", "--config", str(config), "--store", str(store)]) as first:
        holder = wait_for_holder(store, first)
        for command in commands_on(store, config, log_file):
            title = "Another collector already writes to this store"
            parts = (str(store), f"process {holder}", "orgwatch console --attach", "--store")
            assert_said(orgwatch(*command), ExitCode.STORE_UNUSABLE, title, *parts)
        assert first.running
        first.stop()
        assert first.exit_code == ExitCode.OK


def wait_for_holder(store: Path, collector: Companion) -> int:
    """The id of the process that writes to ``store``, once it does."""
    lock = store.with_name(f"{store.name}.lock")
    deadline = time.monotonic() + 60
    while not (lock.exists() and lock.read_text().strip()):
        assert collector.running, collector.said()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return int(lock.read_text())


# A full disk.


def on_small_disk(
    mount: Path, size: str, *arguments: object
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command with a file system of ``size`` at ``mount``; what is left there goes to stdout.

    It is mounted in a namespace of the command's own and is gone with it.
    """
    script = (
        'mount -t tmpfs -o size="$2" none "$1" || exit 99; folder=$1; shift 2; "$@" >&2; code=$?; '
        'ls "$folder"; exit $code'
    )
    words = ["sh", "-c", script, "sh", str(mount), size, *map(str, arguments)]
    done = subprocess.run(["unshare", "--map-root-user", "--mount", *words], capture_output=True)
    if done.returncode == 99 or b"unshare:" in done.stderr:
        pytest.skip(f"no file system may be mounted here: {done.stderr.decode().strip()}")
    return done


needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs, as Linux does")


@needs_linux
def test_a_full_disk_makes_no_store(tmp_path: Path, config: Path, log_file: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    for command in commands_on(disk / "new.db", config, log_file):
        done = on_small_disk(disk, "32k", ORGWATCH, *command)
        outcome = outcome_of(done.returncode, b"", done.stderr)
        parts = (str(disk / "new.db"), "no room left", "Free some space")
        assert_said(outcome, ExitCode.STORE_UNUSABLE, "The disk is full", *parts)
        assert done.stdout == b""


@needs_linux
def test_a_disk_that_fills_up_takes_the_file_or_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    head, row = LOG.splitlines(keepends=True)
    rows = (row.replace(b"4exA", b"4ex%08d" % number) for number in range(40_000))
    (tmp_path / "large.csv").write_bytes(head + b"".join(rows))
    done = on_small_disk(
        disk, "1m", ORGWATCH, "ingest", tmp_path / "large.csv", "--store", disk / "new.db"
    )
    outcome = outcome_of(done.returncode, b"", done.stderr)
    title = "The disk is full"
    assert_said(outcome, ExitCode.STORE_UNUSABLE, title, "not stored", "Free some space")
    assert done.stdout == b""


# Files that are no logs.


def assert_no_store(folder: Path) -> None:
    assert not [name for name in files_in(folder) if ".db" in name]


NO_LOGS: dict[str, tuple[str, Callable[[], bytes | None], str, tuple[str, ...]]] = {
    "missing": ("none.csv", lambda: None, "{path} cannot be read", ("No such file",)),
    "binary": (
        "noise.csv",
        lambda: bytes(range(256)) * 20,
        "This is not a log file",
        ("noise.csv holds binary data", "CSV or JSON"),
    ),
    "empty": ("empty.csv", lambda: b"", "The file is empty", ("empty.csv has no header line",)),
    "prose": (
        "letter.csv",
        lambda: b"Dear reader,\nthis is no log.\n",
        "This is not an event log file",
        ("letter.csv", "TIMESTAMP"),
    ),
    "cut-off gzip": (
        "cut.csv.gz",
        lambda: gzip.compress(LOG * 100)[:60],
        "The compressed file is damaged",
        ("cut.csv.gz", "Fetch the file again"),
    ),
    "gzip of nothing": (
        "nothing.csv.gz",
        lambda: gzip.compress(b""),
        "The file is empty",
        ("nothing.csv.gz",),
    ),
    "broken JSON": (
        "rows.json",
        lambda: b'[{"EVENT_TYPE": "Logout"',
        "This is neither a log nor an event",
        ("rows.json", "begins as JSON, but is none"),
    ),
}


@pytest.mark.parametrize("what", NO_LOGS)
def test_what_is_no_log_is_refused_and_makes_no_store(tmp_path: Path, what: str) -> None:
    name, content, title, parts = NO_LOGS[what]
    body = content()
    if body is not None:
        (tmp_path / name).write_bytes(body)
    outcome = orgwatch("ingest", tmp_path / name, "--store", tmp_path / "new.db")
    title = title.format(path=tmp_path / name)
    assert_said(outcome, ExitCode.ANSWER_IS_NO, title, *parts)
    assert "not taken in: 1 of 1 files" in outcome.stderr
    assert_no_store(tmp_path)


def test_a_folder_without_logs(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "notes.txt").write_text("none here")
    outcome = orgwatch("ingest", tmp_path / "docs", "--store", tmp_path / "new.db")
    title = "There is no log file in what was named"
    assert_said(outcome, ExitCode.WRONG_USAGE, title, ".csv", ".json", "Name another folder")
    assert_no_store(tmp_path)


def test_standard_input_without_a_byte(tmp_path: Path) -> None:
    outcome = orgwatch("ingest", "-", "--store", tmp_path / "new.db", stdin=b"")
    assert_said(outcome, ExitCode.ANSWER_IS_NO, "The file is empty", "stdin has no header line")
    assert_no_store(tmp_path)


def test_standard_input_with_a_log(tmp_path: Path) -> None:
    outcome = orgwatch("ingest", "-", "--json", "--store", tmp_path / "new.db", stdin=LOG)
    assert (outcome.exit_code, outcome.stderr) == (ExitCode.OK, "")
    (file,) = json.loads(outcome.stdout)["data"]["files"]
    assert (file["event_type"], file["outcome"], file["rows"]) == ("Logout", "stored", 1)


def test_a_header_alone_is_an_empty_log(tmp_path: Path) -> None:
    (tmp_path / "2026-11-16_Logout.csv").write_bytes(LOG.splitlines(keepends=True)[0])
    outcome = orgwatch("ingest", tmp_path, "--json", "--store", tmp_path / "new.db")
    assert (outcome.exit_code, outcome.stderr) == (ExitCode.OK, "")
    (file,) = json.loads(outcome.stdout)["data"]["files"]
    assert (file["event_type"], file["outcome"], file["rows"]) == ("Logout", "empty", 0)


def test_one_bad_file_does_not_keep_the_others_out(tmp_path: Path, log_file: Path) -> None:
    (tmp_path / "noise.csv").write_bytes(b"\0" * 100)
    outcome = orgwatch(
        "ingest", tmp_path / "noise.csv", tmp_path / "none.csv", log_file, "--json",
        "--store", tmp_path / "new.db",
    )  # fmt: skip
    assert outcome.exit_code == ExitCode.ANSWER_IS_NO
    assert "not taken in: 2 of 3 files" in outcome.stderr
    data = json.loads(outcome.stdout)["data"]
    assert data["refused"] == 2
    assert [file["file"] for file in data["files"]] == ["Logout.csv"]


def test_a_log_of_another_org_stays_out_and_the_next_goes_in(
    tmp_path: Path, log_file: Path
) -> None:
    store = tmp_path / "acme.db"
    acme = OrgIdentity("acme", "00DHs000000abcDEAQ", "Acme", None, None, None)
    with open_writer(store) as writer:
        writer.submit(lambda connection: record_identity(connection, acme)).result()
    (tmp_path / "foreign.csv").write_bytes(OF_ANOTHER_ORG)
    outcome = orgwatch("ingest", tmp_path / "foreign.csv", log_file, "--json", "--store", store)
    assert outcome.exit_code == ExitCode.ANSWER_IS_NO
    assert "orgwatch: The log belongs to another org" in outcome.stderr
    assert "00DXX000000other" in outcome.sentences
    assert "a store of its own, named with --store" in outcome.sentences
    files = json.loads(outcome.stdout)["data"]["files"]
    assert [file["file"] for file in files] == ["Logout.csv"]


def test_an_interrupted_ingest_ends_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    """The log never ends by itself, so only the interrupt can end the reading."""
    store = tmp_path / "new.db"
    with subprocess.Popen(
        [ORGWATCH, "ingest", "-", "--store", store],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as ingest:
        is_read = threading.Event()
        feeding = threading.Thread(target=feed, args=(ingest, is_read))
        feeding.start()
        assert is_read.wait(30)
        ingest.send_signal(signal.SIGINT)
        assert ingest.wait(timeout=25) == ExitCode.INTERRUPTED
        feeding.join()
        assert ingest.stderr is not None
        assert ingest.stderr.read().strip() == b""
    assert_no_store(tmp_path)


def feed(ingest: "subprocess.Popen[bytes]", is_read: threading.Event) -> None:
    """Rows without end, until nobody reads them; more than a pipe holds shows that they are."""
    assert ingest.stdin is not None
    head, row = LOG.splitlines(keepends=True)
    with contextlib.suppress(BrokenPipeError):
        ingest.stdin.write(head)
        while True:
            ingest.stdin.write(row * 10_000)
            is_read.set()
    with contextlib.suppress(BrokenPipeError):
        ingest.stdin.close()


def test_nothing_that_was_stored_before_is_lost_by_a_bad_file(
    tmp_path: Path, store_file: Path
) -> None:
    (tmp_path / "noise.csv").write_bytes(b"\0" * 100)
    outcome = orgwatch("ingest", tmp_path / "noise.csv", "--store", store_file)
    assert outcome.exit_code == ExitCode.ANSWER_IS_NO
    with open_reader(store_file) as reader:
        assert reader.connection.execute("SELECT COUNT(*) FROM log_row").fetchone() == (1,)
