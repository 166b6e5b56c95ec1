"""Whether the store can be used, is whole, and is being filled."""

import os
import shutil
import sqlite3
import stat
import time
from datetime import timedelta
from pathlib import Path

import humanize

from console.answers.health import HealthAnswer
from console.doctor.check import STORE, Check, Result, fault_from
from store.database import Reader, is_present, open_reader, size_bytes
from store.errors import StoreError
from store.records import TaskPhase

CHECK_S = 3.0
"""The longest that the integrity check may take, in real seconds."""
_LEAST_FREE_BYTES = 1 << 30
_STEPS_BETWEEN_LOOKS = 100_000


def check_store(path: Path) -> list[Check]:
    """The store's file: there, private, room left, whole."""
    try:
        if not is_present(path):
            return [
                Check(
                    "store.file", STORE, "Store", Result.NOTE,
                    f"{path} does not exist yet; collecting makes it", "Start `orgwatch collect`.",
                ),
                *_room(path),
            ]  # fmt: skip
        with open_reader(path) as reader:
            return [_file(path), *_private(path), *_room(path), _integrity(reader)]
    except StoreError as error:
        return [fault_from("store.file", STORE, "Store", error)]


def check_collecting(health: HealthAnswer, pause_after: timedelta) -> list[Check]:
    """Whether a collector is alive and each of its tasks works, as the store tells."""
    if health.collector_alive is None:
        return [
            Check(
                "store.collector", STORE, "Collector", Result.NOTE, "none ever wrote to this store",
                "Start `orgwatch collect`, or the console, which starts one.",
            )
        ]  # fmt: skip
    if not health.collector_alive:
        return [
            Check(
                "store.collector", STORE, "Collector", Result.NOTE,
                f"none is running: no sign of life for more than {pause_after.seconds} s",
                "Start `orgwatch collect` to go on collecting; streamed events live three days.",
            )
        ]  # fmt: skip
    failing = [
        task for task in health.tasks if task.phase in (TaskPhase.BACKING_OFF, TaskPhase.FAILED)
    ]
    running = Check("store.collector", STORE, "Collector", Result.OK, "running")
    return [
        running,
        *(
            Check(
                f"task.{task.task}", STORE, f"Task {task.task}", Result.FAULT,
                f"{task.message} (since {task.since:%Y-%m-%d %H:%M} UTC)",
                "See the checks of the login and of what may be read; it tries again by itself.",
            )
            for task in failing
        ),
    ]  # fmt: skip


def _file(path: Path) -> Check:
    said = f"{path}, {humanize.naturalsize(size_bytes(path), binary=True)}"
    return Check("store.file", STORE, "Store", Result.OK, said)


def _private(path: Path) -> list[Check]:
    if os.name != "posix":
        return []
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [
            Check(
                "store.private", STORE, "Privacy", Result.FAULT,
                f"the file has permissions {mode:03o}: others of this machine may read it",
                f"chmod 600 {path}",
            )
        ]  # fmt: skip
    return [Check("store.private", STORE, "Privacy", Result.OK, f"permissions {mode:03o}")]


def _room(path: Path) -> list[Check]:
    folder = next((parent for parent in path.absolute().parents if parent.is_dir()), None)
    if folder is None:
        return []
    free = shutil.disk_usage(folder).free
    said = f"{humanize.naturalsize(free, binary=True)} free on the disk"
    if free < _LEAST_FREE_BYTES:
        return [
            Check(
                "store.room", STORE, "Room", Result.FAULT, said,
                "Free some, or set store_file to another disk: a full one ends the collecting.",
            )
        ]  # fmt: skip
    return [Check("store.room", STORE, "Room", Result.OK, said)]


def _integrity(reader: Reader) -> Check:
    """SQLite's own check, ended after `CHECK_S`: a large store takes minutes to read whole."""
    connection = reader.connection
    deadline = time.monotonic() + CHECK_S
    connection.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS_BETWEEN_LOOKS)
    try:
        said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as problem:
        if "interrupt" not in str(problem):
            return _broken(reader.path, str(problem))
        said = f"no damage found in {CHECK_S:g} s; the store is too large to be read whole here"
        return Check("store.integrity", STORE, "Integrity", Result.UNKNOWN, said)
    except sqlite3.DatabaseError as problem:
        return _broken(reader.path, str(problem))
    finally:
        connection.set_progress_handler(None, 0)
    if said != "ok":
        return _broken(reader.path, said)
    return Check("store.integrity", STORE, "Integrity", Result.OK, "SQLite finds no damage")


def _broken(path: Path, said: str) -> Check:
    return Check(
        "store.integrity", STORE, "Integrity", Result.FAULT, f"{path} is damaged",
        "Move the file away and collect anew, or restore a copy.", said,
    )  # fmt: skip
