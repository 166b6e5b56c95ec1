"""Whether the terminal in front of us can show the console."""

import os
import shutil
import sys

from console.errors import TerminalError

LEAST_COLUMNS = 60
LEAST_ROWS = 16


def require_terminal() -> None:
    """Raise `TerminalError` when the console could not be drawn or driven here."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise TerminalError(
            "This is not a terminal",
            "The console draws on a terminal and reads keys from it; here one of them is a file "
            "or a pipe.",
            "Start it in a terminal, or use a command such as `orgwatch limits --json`.",
        )
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        raise TerminalError(
            "The terminal cannot move its cursor",
            f"TERM is {os.environ.get('TERM', '')!r}, which promises nothing but plain lines.",
            "Set TERM to what the terminal is (xterm-256color fits most), or use the commands "
            "without a screen.",
        )
    size = shutil.get_terminal_size()
    if size.columns < LEAST_COLUMNS or size.lines < LEAST_ROWS:
        raise TerminalError(
            "The terminal is too small",
            f"It has {size.columns} columns and {size.lines} rows; the console needs at least "
            f"{LEAST_COLUMNS} by {LEAST_ROWS} and is at ease from 80 by 24.",
            "Enlarge it, or use a command such as `orgwatch limits`.",
        )
