"""The diagnostic log: a small rotating file, never the terminal, never a secret.

Secrets do not print by their type; the filter here is the second net, for text of other
libraries that might quote a request.
"""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from console import paths
from console.secrets import redact

_MOST_BYTES = 1_000_000
_KEPT_FILES = 3


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, with everything that looks like a token removed."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line with tokens, JWTs and private keys replaced by ``[hidden]``."""
        return redact(super().format(record))


def start_logging(level: int = logging.WARNING) -> Path | str:
    """Send the program's log to its file; returns where that is.

    A log that cannot be written is no reason to stop: the place is then said to be unavailable.
    """
    target = paths.log_file()
    root = logging.getLogger()
    if any(isinstance(handler, RotatingFileHandler) for handler in root.handlers):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(target, maxBytes=_MOST_BYTES, backupCount=_KEPT_FILES)
        target.chmod(0o600)
    except OSError as error:
        root.addHandler(logging.NullHandler())
        return f"nowhere ({target} cannot be written: {error.strerror})"
    handler.setFormatter(
        RedactingFormatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s")
    )
    root.addHandler(handler)
    root.setLevel(level)
    return target
