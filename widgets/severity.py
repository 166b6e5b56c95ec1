"""One sign, one word and one colour for each severity, so that none depends on colour alone."""

from typing import Final

from widgets.types import Severity

SIGN: Final = {
    Severity.OK: "●",
    Severity.WARNING: "▲",
    Severity.CRITICAL: "■",
    Severity.EXCEEDED: "✖",
    Severity.UNKNOWN: "○",
}
"""Different shapes: they tell apart without colour, each one cell wide."""

WORD: Final = {
    Severity.OK: "ok",
    Severity.WARNING: "warning",
    Severity.CRITICAL: "critical",
    Severity.EXCEEDED: "exceeded",
    Severity.UNKNOWN: "unknown",
}

STYLE: Final = {
    Severity.OK: "$text-success",
    Severity.WARNING: "$text-warning",
    Severity.CRITICAL: "bold $text-error",
    Severity.EXCEEDED: "bold reverse $text-error",
    Severity.UNKNOWN: "$text-muted",
}
"""Styles for text that carries the severity, in terms of the theme's variables."""

FILL: Final = {
    Severity.OK: "$primary",
    Severity.WARNING: "$warning",
    Severity.CRITICAL: "$error",
    Severity.EXCEEDED: "$error",
    Severity.UNKNOWN: "$text-muted",
}
"""Styles for bars: what is well has the accent, so that a screen of green does not shout."""
