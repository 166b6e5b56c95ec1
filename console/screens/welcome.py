"""The first screen of a console without any org: what orgwatch is, and the two ways on."""

from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Static

from console.themes import DARK, THEMES, other

DEMO = "demo"
"""What the app returns when the person chose the demo."""

_EXAMPLE = """\
[org.prod]
instance_url = "https://acme.my.salesforce.com"
consumer_key = "3MVG9…"
username = "orgwatch@acme.example"
private_key_file = "~/.orgwatch/prod.key"
"""


class WelcomeApp(App[str]):
    """Says that no org is configured; returns `DEMO` or None."""

    TITLE = "orgwatch"
    CSS_PATH = "welcome.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "demo", "Demo", id="welcome.demo", tooltip="See it all on a simulated org"),
        Binding("t", "switch_theme", "Theme", id="welcome.theme", tooltip="Dark or light"),
        Binding("q,escape", "quit", "Quit", id="welcome.quit", tooltip="Leave"),
    ]

    def __init__(self, config_file: Path) -> None:
        super().__init__()
        self._config_file = config_file
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        """What is missing, and the two ways on."""
        with Vertical(id="welcome"):
            yield Static("orgwatch", id="welcome-title", markup=False)
            yield Static(
                "Watches the API side of a Salesforce org: limits, who uses them, logins and API "
                "events as they happen, and the way from connected apps to External Client Apps.",
                markup=False,
            )
            yield Static("No org is configured yet", classes="heading", markup=False)
            yield Static(_way("d", "See it on a simulated org, with nothing to set up"))
            yield Static(_way("or", "write this file, with your org's values, and start again:"))
            yield Static(Content(str(self._config_file)), id="welcome-file")
            yield Static(Content(_EXAMPLE.rstrip()), id="welcome-example")
            yield Static("The README says how to get each value, step by step.", markup=False)
        yield Footer(show_command_palette=False)

    def action_demo(self) -> None:
        """Leave for the demo."""
        self.exit(DEMO)

    def action_switch_theme(self) -> None:
        """Change between the dark and the light look."""
        self.theme = other(self.theme)


def _way(sign: str, text: str) -> Content:
    return Content.assemble((sign.rjust(3), "bold $text-primary"), f"  {text}")
