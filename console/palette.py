"""The commands of the palette: rooms, looks, and the actions of the open screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from console.bindings import TAB_HELP, TABS
from console.themes import THEMES


@dataclass(frozen=True)
class _Command:
    name: str
    help: str
    run: IgnoreReturnCallbackType


class ConsoleCommands(Provider):
    """Rooms first, then what the open screen can do, then themes."""

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for command in self._commands():
            yield DiscoveryHit(command.name, command.run, help=command.help)

    async def search(self, query: str) -> Hits:
        """What matches, the best first."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.name)
            if score > 0:
                yield Hit(score, matcher.highlight(command.name), command.run, help=command.help)

    def _commands(self) -> Iterator[_Command]:
        for tab in TABS:
            run = partial(self.app.run_action, f"app.room('{tab.name}')")
            yield _Command(f"Go to {tab.title}", TAB_HELP[tab.name], run)
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.tooltip and active.enabled and not _is_elsewhere(binding.id):
                run = partial(self.app.run_action, binding.action, active.node)
                yield _Command(binding.description, binding.tooltip, run)
        for theme in THEMES:
            name = theme.name.removeprefix("orgwatch-")
            wear = partial(setattr, self.app, "theme", theme.name)
            yield _Command(f"Theme: {name}", f"Change to the {name} look", wear)


def _is_elsewhere(binding_id: str | None) -> bool:
    """Rooms are listed by name already, and the palette itself is open."""
    return binding_id is None or binding_id.startswith("room.") or binding_id == "app.palette"
