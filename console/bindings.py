"""The rooms and the keys that work everywhere: one source for tabs, footer, help and palette."""

from textual.binding import Binding

from widgets.types import TabView

TABS: tuple[TabView, ...] = (
    TabView("overview", "1", "Overview"),
    TabView("limits", "2", "Limits"),
    TabView("integrations", "3", "Integrations"),
    TabView("events", "4", "Events"),
    TabView("migration", "5", "Migration"),
    TabView("access", "6", "Access"),
)
"""The rooms in the order of their number keys; ``name`` is the app's mode."""

TAB_HELP = {
    "overview": "The pool, who uses it, and what needs a look",
    "limits": "Every limit of the org, most endangered first",
    "integrations": "Who used how many calls of the pool",
    "events": "What is happening now, and what happened",
    "migration": "Every app on its way to an External Client App",
    "access": "Integration users, credentials, what may be read",
}
"""What each room answers, in a few words."""

GLOBAL_BINDINGS: list[Binding] = [
    *(
        Binding(
            tab.key,
            f"room('{tab.name}')",
            tab.title,
            id=f"room.{tab.name}",
            tooltip=TAB_HELP[tab.name],
            show=False,
        )
        for tab in TABS
    ),
    Binding("question_mark", "help", "Help", id="app.help", tooltip="Every key that works here"),
    Binding(
        "ctrl+p",
        "command_palette",
        "Commands",
        id="app.palette",
        tooltip="Find a screen, a theme or an action by name",
        priority=True,
    ),
    Binding("t", "switch_theme", "Theme", id="app.theme", tooltip="Dark or light", show=False),
    Binding("q", "quit", "Quit", id="app.quit", tooltip="Leave the console"),
]
"""Keys of every screen; a screen adds its own."""
