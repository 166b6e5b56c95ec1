"""Where orgwatch keeps its files, by each platform's own convention."""

import os
from pathlib import Path

import platformdirs

_APP = "orgwatch"


def config_file() -> Path:
    """The settings file: ``ORGWATCH_CONFIG``, else the platform's configuration directory."""
    named = os.environ.get("ORGWATCH_CONFIG")
    if named:
        return Path(named).expanduser()
    return Path(platformdirs.user_config_dir(_APP, appauthor=False)) / "config.toml"


def default_store_file(org_alias: str) -> Path:
    """The SQLite store of one org, in the platform's data directory."""
    return Path(platformdirs.user_data_dir(_APP, appauthor=False)) / f"{org_alias}.db"


def log_file() -> Path:
    """The rotating diagnostic log, in the platform's state directory."""
    return Path(platformdirs.user_log_dir(_APP, appauthor=False)) / "orgwatch.log"


def refused_logins() -> Path:
    """Where logins are remembered while an org has no store yet, refused ones above all."""
    return Path(platformdirs.user_state_dir(_APP, appauthor=False)) / "refused-logins"
