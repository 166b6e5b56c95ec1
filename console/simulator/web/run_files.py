"""The files of one run: a directory, a key, a certificate, and settings that lead to the org."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from console.errors import ConfigurationError
from console.simulator.oauth.assertion import AUDIENCES
from console.simulator.oauth.credentials import Credentials, make_credentials, write_private
from console.simulator.web.config_text import MARK, SimulatedClock, config_text
from console.simulator.web.org_clock import OrgClock
from console.simulator.web.wire import NEWEST_VERSION
from console.simulator.world import World

CONFIG_FILE = "config.toml"
STORE_FILE = "acme.db"

_PRIVATE_DIRECTORY = 0o700
_SETTINGS = (
    "instance_url",
    "login_url",
    "audience",
    "consumer_key",
    "username",
    "private_key_file",
    "certificate_file",
)


@dataclass(frozen=True, slots=True)
class RunFiles:
    """What was written for a run, and the line that tells of it."""

    credentials: Credentials
    announcement: dict[str, str]
    """Schema ``orgwatch/simulate/1``."""


def choose_directory(wished: Path | None) -> tuple[Path, bool]:
    """Where the run's files go, and whether the directory was made for this run alone.

    Raises ConfigurationError for one that cannot be used, or holds somebody's own settings.
    """
    if wished is None:
        return Path(tempfile.mkdtemp(prefix="orgwatch-sim-")), True
    directory = wished.expanduser().absolute()
    config_file = directory / CONFIG_FILE
    try:
        directory.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        is_foreign = config_file.exists() and not config_file.read_text("utf-8").startswith(MARK)
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(directory, error) from None
    if is_foreign:
        raise ConfigurationError(
            f"{config_file} was not written by orgwatch simulate",
            "It may be your own settings file, so it is left alone.",
            "Give --dir another directory, or leave it out.",
        )
    return directory, False


def write_files(url: str, world: World, clock: OrgClock, directory: Path) -> RunFiles:
    """Key, certificate and settings file; raises ConfigurationError when they cannot be written."""
    try:
        credentials = make_credentials(directory, clock.org_origin)
        announcement = _announcement(url, world, credentials, directory / CONFIG_FILE)
        write_config(announcement, clock)
    except OSError as error:
        raise _unusable(directory, error) from None
    return RunFiles(credentials, announcement)


def write_config(announcement: Mapping[str, str], clock: OrgClock) -> None:
    """The settings file, with the clock as it runs now; raises OSError."""
    file = Path(announcement["config_file"])
    settings = {name: announcement[name] for name in _SETTINGS}
    settings["stream_start"] = "retained"
    settings["store_file"] = str(file.parent / STORE_FILE)
    text = config_text(settings, SimulatedClock(clock.real_origin, clock.org_origin, clock.speed))
    write_private(file, text.encode())


def _announcement(
    url: str, world: World, credentials: Credentials, config_file: Path
) -> dict[str, str]:
    return {
        "schema": "orgwatch/simulate/1",
        "instance_url": url,
        "login_url": url,
        "audience": AUDIENCES[0],
        "consumer_key": world.facts.console_app.consumer_key,
        "username": world.facts.console_user.username,
        "private_key_file": str(credentials.private_key_file),
        "certificate_file": str(credentials.certificate_file),
        "api_version": f"{NEWEST_VERSION}.0",
        "control_url": f"{url}/__sim__",
        "config_file": str(config_file),
        "scenario": world.scenario.name,
    }


def _unusable(directory: Path, error: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"{directory} cannot be used for the simulated org's files",
        "Its key, certificate and settings file have to be written there.",
        "Give --dir a directory that you may write to, or leave it out.",
        str(error),
    )
