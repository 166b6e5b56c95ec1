"""Severities of answers as the signs, words and tones that widgets draw."""

from typing import Final

from widgets.row_types import Cell, Tone
from widgets.severity import SIGN, WORD
from widgets.types import Severity

TONE: Final = {
    Severity.OK: Tone.PLAIN,
    Severity.WARNING: Tone.WARNING,
    Severity.CRITICAL: Tone.BAD,
    Severity.EXCEEDED: Tone.BAD,
    Severity.UNKNOWN: Tone.MUTED,
}
"""What is well is plain: a screen full of green hides the one row that is not."""

_BY_NAME: Final = {level.value: level for level in Severity}


def severity(name: str) -> Severity:
    """An answer's severity; a word that is none of them is unknown."""
    return _BY_NAME.get(name, Severity.UNKNOWN)


def sign(level: Severity) -> Cell:
    """The sign alone, quiet where all is well."""
    return Cell(SIGN[level], Tone.GOOD if level is Severity.OK else TONE[level])


def word(level: Severity) -> Cell:
    """Sign and word."""
    return Cell(f"{SIGN[level]} {WORD[level]}", sign(level).tone)
