"""One writer per store: an advisory lock on a file beside it, held as long as the process lives."""

import fcntl
import os
from pathlib import Path

from store.errors import StoreBusy, StoreUnusable


class WriterLock:
    """The right to write to one store.

    The operating system gives the lock back when the process ends, however it ends. The file
    stays, empty of meaning without the lock; it holds the process id of the last writer. It is
    removed only where no store came of it.
    """

    def __init__(self, store_path: Path) -> None:
        self.path = store_path.with_name(store_path.name + ".lock")
        self._store_path = store_path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock or raise `StoreBusy` at once, naming the process that holds it."""
        descriptor = self._locked()
        while not _is_in_place(descriptor, self.path):
            # Its last holder removed it after it was opened here: that lock keeps nobody out.
            os.close(descriptor)
            descriptor = self._locked()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        self._descriptor = descriptor

    def release(self, *, remove: bool = False) -> None:
        """Give the lock back, with ``remove`` leaving no file behind; twice does nothing."""
        if self._descriptor is not None:
            if remove:
                self.path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None

    def _locked(self) -> int:
        """The descriptor of the lock file, locked."""
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise _no_lock_file(self._store_path, problem) from problem
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise StoreBusy(
                "Another collector already writes to this store",
                f"{self._store_path} has one writer at a time, and process "
                f"{holder or 'of unknown id'} is it.",
                "Attach to it with `orgwatch console --attach`, stop the other process, "
                "or name another store with --store.",
            ) from problem
        return descriptor


def _is_in_place(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _no_lock_file(store_path: Path, problem: OSError) -> StoreUnusable:
    directory = store_path.parent
    blocking = next((part for part in (directory, *directory.parents) if part.exists()), directory)
    if blocking.is_file():
        return StoreUnusable(
            "The store cannot be created there",
            f"{store_path} lies below {blocking}, which is a file and no directory.",
            "Name another store with --store.",
            problem.strerror or "",
        )
    if not directory.exists():
        return StoreUnusable(
            "The store's directory is missing",
            f"{directory} does not exist, so the store cannot be created in it.",
            f"Create it (mkdir -p {directory}) or name another store with --store.",
            str(problem),
        )
    return StoreUnusable(
        "The store cannot be written",
        f"This user may not create files in {directory}.",
        "Give this user write permission on that directory, or name another store with --store.",
        str(problem),
    )
