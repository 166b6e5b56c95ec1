"""Whether the store can be used, is whole, and is being filled."""

import os
import shutil
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import humanize

from console.answers.health import HealthAnswer
from console.doctor.check import STORE, Check, Result, fault_from
from console.doctor.deadline import within
from store.database import is_present, open_reader, size_bytes
from store.errors import StoreError
from store.records import TaskPhase

CHECK_S = 2.5
"""The longest that the integrity check may take, in real seconds."""
LOOK_S = 1.5
"""The longest that the disk may take to show the file."""
_LEAST_FREE_BYTES = 1 << 30


def check_store(path: Path) -> list[Check]:
    """The store's file: there, private, room left, whole."""
    try:
        checks = within(LOOK_S, lambda: _file_checks(path))
        return [*checks, _integrity(path)] if is_present(path) else checks
    except StoreError as error:
        return [fault_from("store.file", STORE, "Store", error)]
    except TimeoutError:
        return [
            Check(
                "store.file", STORE, "Store", Result.FAULT,
                f"{path} did not answer within {LOOK_S:g} s",
                "See whether its disk is there, or name another store with --store.",
            )
        ]  # fmt: skip


def _file_checks(path: Path) -> list[Check]:
    if not is_present(path):
        return [
            Check(
                "store.file", STORE, "Store", Result.NOTE,
                f"{path} does not exist yet; collecting makes it", "Start `orgwatch collect`.",
            ),
            *_room(path),
        ]  # fmt: skip
    open_reader(path).close()
    return [_file(path), *_private(path), *_room(path)]


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


def _integrity(path: Path) -> Check:
    """SQLite's own check, left alone after `CHECK_S`: a large store takes minutes to read whole.

    SQLite before 3.42 does not stop this check when it is told to, hence the thread.
    """
    try:
        said = within(CHECK_S, lambda: _quick_check(path))
    except TimeoutError:
        said = f"no damage found in {CHECK_S:g} s; the store is too large to be read whole here"
        return Check("store.integrity", STORE, "Integrity", Result.UNKNOWN, said)
    except sqlite3.Error as problem:
        return _broken(path, str(problem))
    if said != "ok":
        return _broken(path, said)
    return Check("store.integrity", STORE, "Integrity", Result.OK, "SQLite finds no damage")


def _quick_check(path: Path) -> str:
    with open_reader(path) as reader:
        return str(reader.connection.execute("PRAGMA quick_check(1)").fetchone()[0])


def _broken(path: Path, said: str) -> Check:
    return Check(
        "store.integrity", STORE, "Integrity", Result.FAULT, f"{path} is damaged",
        "Move the file away and collect anew, or restore a copy.", said,
    )  # fmt: skip
