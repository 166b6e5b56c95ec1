import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from store.database import open_reader, size_bytes
from store.errors import StoreError, StoreTooNew, StoreUnusable
from store.schema import MIGRATION_SET
from store.writer import open_writer


def make_store(path: Path) -> None:
    open_writer(path).close()


def sentences(problem: StoreError) -> str:
    assert problem.title
    assert problem.meaning
    assert problem.next_step
    return f"{problem.title} {problem.meaning} {problem.next_step}"


def test_only_the_owner_may_read_the_store_and_its_log(store_file: Path) -> None:
    with open_writer(store_file) as writer:
        writer.submit(lambda c: c.execute("INSERT INTO heartbeat VALUES (1, 5)")).result(10)
        found = sorted(store_file.parent.iterdir())
        assert [path.name for path in found] == [
            "acme.db",
            "acme.db-shm",
            "acme.db-wal",
            "acme.db.lock",
        ]
        assert [stat.S_IMODE(path.stat().st_mode) for path in found] == [0o600] * 4


def test_a_store_that_others_could_read_is_closed_to_them(store_file: Path) -> None:
    make_store(store_file)
    store_file.chmod(0o644)

    make_store(store_file)

    assert stat.S_IMODE(store_file.stat().st_mode) == 0o600


def test_a_reader_cannot_write(store_file: Path) -> None:
    make_store(store_file)

    with (
        open_reader(store_file) as reader,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        reader.connection.execute("INSERT INTO heartbeat VALUES (1, 5)")


def test_a_reader_notices_what_others_commit(store_file: Path) -> None:
    with open_writer(store_file) as writer, open_reader(store_file) as reader:
        before = reader.data_version()
        assert reader.data_version() == before
        writer.submit(lambda c: c.execute("INSERT INTO heartbeat VALUES (1, 5)")).result(10)

        assert reader.data_version() != before
        assert reader.connection.execute("SELECT at_ms FROM heartbeat").fetchone() == (5,)


def test_a_reader_may_move_between_threads(store_file: Path) -> None:
    make_store(store_file)
    seen: list[int] = []
    with open_reader(store_file) as reader:
        thread = threading.Thread(target=lambda: seen.append(reader.data_version()))
        thread.start()
        thread.join(10)

    assert len(seen) == 1


def test_a_path_with_odd_characters_is_a_path(tmp_path: Path) -> None:
    path = tmp_path / "50% #1?mode=rw ü.db"
    make_store(path)

    with open_reader(path) as reader:
        assert reader.connection.execute("SELECT COUNT(*) FROM api_call").fetchone() == (0,)
    assert path.exists()


def test_the_size_counts_the_log_too(store_file: Path) -> None:
    assert size_bytes(store_file) == 0
    with open_writer(store_file) as writer:
        writer.submit(lambda c: c.execute("INSERT INTO heartbeat VALUES (1, 5)")).result(10)
        parts = [
            store_file,
            store_file.with_name("acme.db-wal"),
            store_file.with_name("acme.db-shm"),
        ]
        assert size_bytes(store_file) == sum(path.stat().st_size for path in parts)
    assert size_bytes(store_file) == store_file.stat().st_size


def test_reading_where_nothing_was_collected(store_file: Path) -> None:
    with pytest.raises(StoreUnusable) as caught:
        open_reader(store_file)

    assert str(store_file) in sentences(caught.value)
    assert not store_file.exists()


def test_a_file_that_is_no_database(store_file: Path) -> None:
    store_file.write_bytes(b"EVENT_TYPE,TIMESTAMP\n" * 100)
    before = store_file.read_bytes()

    for open_it in (open_reader, open_writer):
        with pytest.raises(StoreUnusable) as caught:
            open_it(store_file)
        assert "not a store of orgwatch" in sentences(caught.value)
    assert store_file.read_bytes() == before


def test_a_database_of_another_program_is_left_alone(store_file: Path) -> None:
    foreign = sqlite3.connect(store_file)
    foreign.execute("CREATE TABLE photos (name TEXT)")
    foreign.commit()
    foreign.close()
    store_file.chmod(0o644)
    before = store_file.read_bytes()

    for open_it in (open_reader, open_writer):
        with pytest.raises(StoreUnusable) as caught:
            open_it(store_file)
        assert "another program" in sentences(caught.value)
    assert store_file.read_bytes() == before
    assert stat.S_IMODE(store_file.stat().st_mode) == 0o644


def test_a_directory_in_place_of_the_file(tmp_path: Path) -> None:
    for open_it in (open_reader, open_writer):
        with pytest.raises(StoreUnusable) as caught:
            open_it(tmp_path)
        assert str(tmp_path) in sentences(caught.value)


def test_a_directory_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "no" / "such" / "acme.db"

    with pytest.raises(StoreUnusable) as caught:
        open_writer(path)

    assert "mkdir" in sentences(caught.value)
    assert not (tmp_path / "no").exists()


def test_a_store_of_a_later_version_is_not_touched(store_file: Path) -> None:
    make_store(store_file)
    later = sqlite3.connect(store_file)
    later.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)",
        (MIGRATION_SET, "of_next_year", "2027-01-01"),
    )
    later.commit()
    later.close()

    for open_it in (open_reader, open_writer):
        with pytest.raises(StoreTooNew) as caught:
            open_it(store_file)
        assert "of_next_year" in caught.value.detail
        assert "later version" in sentences(caught.value)


def test_a_store_that_was_never_finished_is_finished_by_the_next_writer(store_file: Path) -> None:
    make_store(store_file)
    unfinished = sqlite3.connect(store_file)
    unfinished.execute("DELETE FROM _sqlite_migrations")
    for (name,) in unfinished.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlite_%'"
    ).fetchall():
        unfinished.execute(f"DROP TABLE {name}")
    unfinished.commit()
    unfinished.close()

    with pytest.raises(StoreUnusable, match="earlier format"):
        open_reader(store_file)
    make_store(store_file)

    with open_reader(store_file) as reader:
        assert reader.connection.execute("SELECT COUNT(*) FROM api_call").fetchone() == (0,)


def test_opening_again_changes_no_schema(store_file: Path) -> None:
    make_store(store_file)
    with open_reader(store_file) as reader:
        before = reader.connection.execute("SELECT sql FROM sqlite_master").fetchall()
    make_store(store_file)

    with open_reader(store_file) as reader:
        assert reader.connection.execute("SELECT sql FROM sqlite_master").fetchall() == before
        assert reader.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
