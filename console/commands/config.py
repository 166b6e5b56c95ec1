"""``orgwatch config``: the settings in force, their file, and a first version of it."""

import os
from importlib import resources
from pathlib import Path

import click

from console.errors import ConfigurationError


@click.group(epilog="Example: orgwatch config show")
def command() -> None:
    """Show the settings in force, name their file, or write a first one."""


@command.command(epilog="Example: orgwatch config path")
def path() -> None:
    """Print where the settings file is, or would be."""
    from console import paths

    click.echo(paths.config_file())


@command.command(epilog="Example: orgwatch config show --config ./config.toml")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file to use.")
def show(config: Path | None) -> None:
    """Print every setting in force and where it came from; secrets are masked."""
    from console import paths, settings_file
    from console.secrets import Secret

    loaded = settings_file.load(
        config or paths.config_file(), os.environ, must_exist=config is not None
    )
    found = "" if loaded.config_file_exists else " (does not exist)"
    click.echo(f"settings file: {loaded.config_file}{found}")
    for warning in loaded.warnings:
        click.echo(f"orgwatch: {warning}", err=True)
    for org in loaded.orgs:
        click.echo(f"\n[org.{org.alias}]")
        for name in org.__dataclass_fields__:
            if name in ("alias", "integrations"):
                continue
            value = getattr(org, name)
            shown = "set, hidden" if isinstance(value, Secret) else value
            if name.startswith("consumer_key") and value:
                shown = f"{value[:5]}… ({len(value)} characters)"
            origin = loaded.origins.get(f"org.{org.alias}.{name}", "default")
            click.echo(f"{name} = {shown}  ({origin})")
        for one in org.integrations:
            budget = "no budget" if one.budget_calls_24h is None else f"{one.budget_calls_24h:,}"
            click.echo(f"integration {one.name}: owner {one.owner or 'unknown'}, {budget}")


@command.command(epilog="Example: orgwatch config init")
@click.option("--config", type=click.Path(path_type=Path), help="Where to write it.")
def init(config: Path | None) -> None:
    """Write a commented settings file to fill in; an existing one is left as it is."""
    from console import paths

    target = config or paths.config_file()
    template = resources.files("console").joinpath("config_template.toml").read_text("utf-8")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), 0o600)
            stream.write(template)
    except FileExistsError:
        raise ConfigurationError(
            "The settings file is already there",
            f"{target} exists and was not touched.",
            "Edit it, or name another with --config.",
        ) from None
    except OSError as error:
        raise ConfigurationError(
            "The settings file cannot be written",
            f"{target}: {error.strerror}.",
            "Check the folder, or name another file with --config.",
        ) from None
    click.echo(f"wrote {target}: fill in the four settings of [org.prod]")
