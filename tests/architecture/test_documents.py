"""What the documents say is true of the program."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from console import __version__
from console.commands import COMMANDS, cli
from console.settings_file import ENVIRONMENT, PRIVATE_KEY_VARIABLE

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_readme_and_shows_an_example(name: str) -> None:
    assert f"`orgwatch {name}" in README
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0
    assert "Example: orgwatch" in shown.output


def test_every_key_of_the_console_is_in_the_readme() -> None:
    from textual.binding import Binding

    from console.app import OrgwatchApp
    from console.screens.event_detail import EventDetailScreen
    from console.screens.events import EventsScreen
    from console.screens.integrations import IntegrationsScreen
    from console.screens.limits import LimitsScreen
    from console.screens.migration import MigrationScreen
    from console.screens.welcome import WelcomeApp
    from widgets.event_tail import EventTail
    from widgets.record_list import RecordList

    names = {
        "question_mark": "?", "ctrl+p": "Ctrl+P", "slash": "/", "escape": "Esc", "space": "Space",
        "enter": "Enter", "end": "End", "home": "Home", "up": "↑", "down": "↓", "pageup": "PgUp",
        "pagedown": "PgDn", "backspace": "Backspace",
    }  # fmt: skip
    for owner in (
        OrgwatchApp, EventDetailScreen, EventsScreen, IntegrationsScreen, LimitsScreen,
        MigrationScreen, WelcomeApp, EventTail, RecordList,
    ):  # fmt: skip
        for binding in owner.BINDINGS:
            assert isinstance(binding, Binding)
            for key in binding.key.split(","):
                assert f"`{names.get(key, key)}`" in README, f"{owner.__name__}: {key}"


@pytest.mark.parametrize("variable", [*ENVIRONMENT, PRIVATE_KEY_VARIABLE, "ORGWATCH_CONFIG"])
def test_every_environment_variable_is_in_the_readme(variable: str) -> None:
    assert variable in README


def test_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    assert "## [" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_picture_that_a_document_shows_exists() -> None:
    for document in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name} shows {target}"


def test_the_shipped_settings_template_is_read_without_a_warning(tmp_path: Path) -> None:
    from console.settings_file import load

    text = (ROOT / "console/config_template.toml").read_text("utf-8")
    everything = re.sub(r"(?m)^# (?=[\[a-z_]+ ?=|\[)", "", text).replace('"…"', '"/tmp/x"')
    for number, variant in enumerate((text, everything)):
        file = tmp_path / f"{number}.toml"
        file.write_text(variant, "utf-8")
        settings = load(file, {})
        assert settings.warnings == ()
        assert settings.orgs[0].alias == "prod"
