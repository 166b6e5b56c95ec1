"""The two looks of the console; every colour on screen comes from one of these."""

from textual.theme import Theme

DARK = Theme(
    name="orgwatch-dark",
    dark=True,
    primary="#6cb2eb",
    secondary="#7f93a8",
    accent="#6cb2eb",
    success="#7fc08a",
    warning="#e3b25f",
    error="#ec7184",
    foreground="#d7dee6",
    background="#10151b",
    surface="#161d25",
    panel="#1d2630",
    variables={
        "footer-background": "#10151b",
        "text-muted": "#8b98a6",
        "text-disabled": "#5c6874",
        "block-cursor-background": "#2b4257",
        "block-cursor-foreground": "#f2f6fa",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#1f2c39",
    },
)
"""Soft light on blue-black; the default.

Quiet text has a colour of its own here: Textual's ``auto 60%`` comes out at full strength wherever
a widget draws its own text.
"""

LIGHT = Theme(
    name="orgwatch-light",
    dark=False,
    primary="#1b6cae",
    secondary="#5b6b7c",
    accent="#1b6cae",
    success="#2c7a3f",
    warning="#9a5b00",
    error="#b8283f",
    foreground="#1c2630",
    background="#fafbfc",
    surface="#f0f3f6",
    panel="#e6ebf0",
    variables={
        "footer-background": "#fafbfc",
        "text-muted": "#5a6774",
        "text-disabled": "#98a3ae",
        "block-cursor-background": "#cfe3f5",
        "block-cursor-foreground": "#0f1a24",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e2edf7",
    },
)
"""Ink on paper, for bright rooms."""

THEMES = (DARK, LIGHT)


def other(theme_name: str) -> str:
    """The theme that a switch leads to; from a theme of somebody else, the dark one."""
    return LIGHT.name if theme_name == DARK.name else DARK.name
