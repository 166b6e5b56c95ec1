"""Every key that works where the person is, made from the live bindings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from console.presenters.formats import UNKNOWN
from widgets.severity import SIGN, STYLE, WORD
from widgets.types import Severity

_EVERYWHERE = "Everywhere"
_HERE = "On this screen"
_LISTS = "In the list"
_KEYS_WIDTH = 8
_NAME_WIDTH = 12
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
        with Vertical(id="help"):
            with VerticalScroll(id="help-groups"):
                for title, keys in _groups(self.app, self._active):
                    yield Static(_drawn(title, keys), classes="help-group")
            yield Static(_signs(), id="help-signs")


@dataclass
class _Key:
    """The keys of one binding, and what they do."""

    keys: list[str]
    name: str
    meaning: str


def _groups(
    app: App[object], bindings: Iterable[ActiveBinding]
) -> Iterator[tuple[str, Sequence[_Key]]]:
    """Keys by where they work, those of one binding together; without id is Textual's own."""
    groups: dict[str, dict[str, _Key]] = {title: {} for title in _ORDER}
    for active in bindings:
        binding = active.binding
        if binding.id is None:
            continue
        group = groups[_where(active)]
        key = _Key([], binding.description, binding.tooltip)
        group.setdefault(binding.id, key).keys.append(app.get_key_display(binding))
    return ((title, tuple(group.values())) for title, group in groups.items() if group)


def _where(active: ActiveBinding) -> str:
    if isinstance(active.node, App):
        return _EVERYWHERE
    return _HERE if isinstance(active.node, Screen) else _LISTS


def _drawn(title: str, keys: Sequence[_Key]) -> Content:
    lines = [Content.styled(title, "bold $text-primary")]
    for key in keys:
        shown = " ".join(key.keys).rjust(_KEYS_WIDTH)
        meaning = (key.meaning, "$text-muted")
        lines.append(
            Content.assemble((shown, "bold"), "  ", key.name.ljust(_NAME_WIDTH), "  ", meaning)
        )
    return Content("\n").join(lines)


def _signs() -> Content:
    """The legend: each sign with its word, as they are used on every screen."""
    parts = [
        Content.assemble((SIGN[severity], STYLE[severity]), f" {WORD[severity]}")
        for severity in Severity
    ]
    return Content("   ").join([*parts, Content.styled(f"{UNKNOWN} not known", "$text-muted")])
