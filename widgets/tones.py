"""Text styles for each tone, in terms of the theme's variables."""

from typing import Final

from widgets.row_types import Tone

MUTED: Final = "$foreground 62%"
"""For words that explain others. Not ``$text-muted``, which content draws at full strength."""

STYLE: Final = {
    Tone.PLAIN: "",
    Tone.MUTED: MUTED,
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
