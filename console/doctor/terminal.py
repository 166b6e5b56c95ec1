"""Whether the console can be shown here."""

import locale
import os
import shutil
import sys

from console.doctor.check import TERMINAL, Check, Result

_EASY = (80, 24)
_LEAST = (60, 16)


def check_terminal() -> list[Check]:
    """Size, type and characters of the terminal that the command runs in."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return [
            Check(
                "terminal",
                TERMINAL,
                "Terminal",
                Result.NOTE,
                "this is not a terminal, so the console could not be drawn here; commands can",
            )
        ]
    return [_type(), _size(), _characters(), _colors()]


def _type() -> Check:
    name = os.environ.get("TERM", "")
    if name in ("", "dumb", "unknown"):
        return Check(
            "terminal.type", TERMINAL, "Type", Result.FAULT,
            f"TERM is {name!r}, which promises nothing but plain lines",
            "Set TERM to what the terminal is; xterm-256color fits most.",
        )  # fmt: skip
    return Check("terminal.type", TERMINAL, "Type", Result.OK, f"TERM is {name}")


def _size() -> Check:
    size = shutil.get_terminal_size()
    found = f"{size.columns} columns by {size.lines} rows"
    if size.columns < _LEAST[0] or size.lines < _LEAST[1]:
        return Check(
            "terminal.size", TERMINAL, "Size", Result.FAULT,
            f"{found}; the console needs {_LEAST[0]} by {_LEAST[1]}", "Enlarge it.",
        )  # fmt: skip
    if size.columns < _EASY[0] or size.lines < _EASY[1]:
        return Check(
            "terminal.size", TERMINAL, "Size", Result.NOTE,
            f"{found}; the console is at ease from {_EASY[0]} by {_EASY[1]}",
        )  # fmt: skip
    return Check("terminal.size", TERMINAL, "Size", Result.OK, found)


def _characters() -> Check:
    encoding = sys.stdout.encoding or locale.getpreferredencoding(False)
    if encoding.lower().replace("-", "") != "utf8":
        return Check(
            "terminal.characters", TERMINAL, "Characters", Result.FAULT,
            f"the encoding is {encoding}, which has no gauge and plot characters",
            "Set LANG to a UTF-8 locale such as C.UTF-8, also on the far side of ssh.",
        )  # fmt: skip
    return Check("terminal.characters", TERMINAL, "Characters", Result.OK, "UTF-8")


def _colors() -> Check:
    if os.environ.get("NO_COLOR"):
        said = "NO_COLOR is set: everything is said by words and signs as well"
    else:
        said = f"COLORTERM is {os.environ.get('COLORTERM') or 'not set'}; the screens need none"
    return Check("terminal.colors", TERMINAL, "Colours", Result.OK, said)
