"""Text styles for each tone, in terms of the theme's variables."""

from typing import Final

from widgets.row_types import Tone

STYLE: Final = {
    Tone.PLAIN: "",
    Tone.MUTED: "$text-muted",
    Tone.STRONG: "bold",
    Tone.ACCENT: "$text-primary",
    Tone.GOOD: "$text-success",
    Tone.WARNING: "$text-warning",
    Tone.BAD: "bold $text-error",
}
"""For text."""

FILL: Final = {
    Tone.PLAIN: "$primary",
    Tone.MUTED: "$secondary",
    Tone.STRONG: "$primary",
    Tone.ACCENT: "$primary",
    Tone.GOOD: "$success",
    Tone.WARNING: "$warning",
    Tone.BAD: "$error",
}
"""For bars and areas."""
