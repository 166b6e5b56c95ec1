"""Every key that works where the person is, made from the live bindings."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Grid, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from console.presenters.formats import UNKNOWN
from widgets.severity import SIGN, STYLE, WORD
from widgets.tones import MUTED
from widgets.types import Severity

_EVERYWHERE = "Everywhere"
_HERE = "On this screen"
_LISTS = "In the list"
_ORDER = (_HERE, _LISTS, _EVERYWHERE)


class HelpScreen(ModalScreen[None]):
    """A panel over the open screen; Escape, ``?`` or ``q`` takes it away."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "Close", id="help.close"),
    ]

    def __init__(self, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._active = tuple(bindings)

    def compose(self) -> ComposeResult:
        """Keys by where they work, then how to read the signs."""
        groups = _groups(self.app, self._active)
        with Vertical(id="help"):
            yield Static("Keys that work here", id="help-title", markup=False)
            with VerticalScroll(), Grid(id="help-groups"):
                for title in _ORDER:
                    if groups.get(title):
                        yield Static(_drawn(title, groups[title]), classes="help-group")
            yield Static(_signs(), id="help-signs")


def _groups(app: App[object], bindings: Iterable[ActiveBinding]) -> dict[str, dict[str, list[str]]]:
    """Descriptions and their keys, by where they work; several keys of one action stay together."""
    groups: dict[str, dict[str, list[str]]] = {}
    for active in bindings:
        binding = active.binding
        if binding.id is None:
            continue
        if isinstance(active.node, App):
            title = _EVERYWHERE
        else:
            title = _HERE if isinstance(active.node, Screen) else _LISTS
        text = binding.tooltip or binding.description
        groups.setdefault(title, {}).setdefault(text, []).append(app.get_key_display(binding))
    return groups


def _drawn(title: str, keys_by_text: dict[str, list[str]]) -> Content:
    keys = {text: " ".join(keys) for text, keys in keys_by_text.items()}
    width = max(map(len, keys.values()))
    lines = [Content.styled(title, "bold")]
    for text, shown in keys.items():
        lines.append(Content.assemble((shown.rjust(width), "bold $text-primary"), "  ", text))
    return Content("\n").join(lines)


def _signs() -> Content:
    """The legend: each sign with its word, as they are used on every screen."""
    parts = [
        Content.assemble((SIGN[severity], STYLE[severity]), f" {WORD[severity]}")
        for severity in Severity
    ]
    return Content("   ").join(
        [*parts, Content.styled(f"{UNKNOWN} not known   times are UTC", MUTED)]
    )
