"""What is remembered of logins while there is no store yet.

A collector whose very first login is refused leaves no store behind, nor does a doctor on a
machine that collects nothing. Without a memory, whatever starts them over and over would log in
each time, until Salesforce blocks the user; so what was seen goes into a small file of its own,
which ends when a store remembers instead.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from console.salesforce.types import LoginObservation

MAX_FILES = 50
"""One for each configuration that logged in lately; older ones make room."""

_KEPT_FOR = timedelta(days=1)
_log = logging.getLogger(__name__)


class FirstLoginMemory:
    """The file of one login configuration, named by its fingerprint, in ``folder``."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._file = folder / f"{fingerprint}.json"

    def read(self, now: datetime) -> LoginObservation | None:
        """What an earlier process left; None when nothing, or nothing that still matters."""
        try:
            left = msgspec.json.decode(self._file.read_bytes(), type=LoginObservation)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None
        asked_at = left.last_request_at
        if asked_at is None or not timedelta() <= now - asked_at < _KEPT_FOR:
            return None
        return left

    def write(self, seen: LoginObservation) -> None:
        """Keep what was seen; where that cannot be done it is logged, and the login goes on."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._make_room()
            fresh = self._file.with_suffix(".new")
            fresh.write_bytes(msgspec.json.encode(seen))
            fresh.replace(self._file)
        except OSError as problem:
            _log.warning("the login cannot be remembered: %s", problem.strerror)

    def forget(self) -> None:
        """The store remembers from now on."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _make_room(self) -> None:
        others = [file for file in self._folder.glob("*.json") if file != self._file]
        others.sort(key=lambda file: file.stat().st_mtime)
        for file in others[: max(len(others) - MAX_FILES + 1, 0)]:
            file.unlink(missing_ok=True)
