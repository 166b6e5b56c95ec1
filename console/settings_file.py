"""Reads the settings from ``config.toml`` and the environment into `console.settings`.

A key that is not a setting is a warning that names the nearest valid one; a value of the wrong
type, or a file that is not TOML, is a `ConfigurationError` that names file and key. The
environment wins over the file, so that a pipeline needs no file at all.
"""

import difflib
import ipaddress
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from console.errors import ConfigurationError
from console.secrets import Secret
from console.settings import (
    DEFAULT_CHANNELS,
    PRODUCTION_AUDIENCE,
    IntegrationMatch,
    IntegrationSettings,
    OrgSettings,
    Settings,
    SimulatedTime,
)
from console.settings_expectation import ExpectTable, read_expectation

ENVIRONMENT = {
    "ORGWATCH_INSTANCE_URL": "instance_url",
    "ORGWATCH_LOGIN_URL": "login_url",
    "ORGWATCH_AUDIENCE": "audience",
    "ORGWATCH_CONSUMER_KEY": "consumer_key",
    "ORGWATCH_USERNAME": "username",
    "ORGWATCH_PRIVATE_KEY_FILE": "private_key_file",
    "ORGWATCH_CONSUMER_KEY_NEXT": "consumer_key_next",
    "ORGWATCH_PRIVATE_KEY_FILE_NEXT": "private_key_file_next",
    "ORGWATCH_API_VERSION": "api_version",
}
"""Environment variables and the settings that they replace."""

PRIVATE_KEY_VARIABLE = "ORGWATCH_PRIVATE_KEY"
SECRET_VARIABLES = {
    PRIVATE_KEY_VARIABLE: "private_key",
    "ORGWATCH_PRIVATE_KEY_NEXT": "private_key_next",
    "ORGWATCH_CLIENT_SECRET": "client_secret",
}
"""Environment variables of settings that no file may hold."""
ENVIRONMENT_ORG = "env"
"""The alias of an org that only the environment describes."""


class _SimulatedTimeTable(msgspec.Struct):
    real_origin: datetime
    org_origin: datetime
    speed: float


class _MatchTable(msgspec.Struct):
    app: str | None = None
    user: str | None = None
    client: str | None = None


class _IntegrationTable(msgspec.Struct):
    name: str
    match: dict[str, Any]
    owner: str | None = None
    budget_calls_24h: int | None = None
    expect: dict[str, Any] = {}


class _OrgTable(msgspec.Struct):
    instance_url: str = ""
    login_url: str = ""
    audience: str = PRODUCTION_AUDIENCE
    consumer_key: str = ""
    username: str = ""
    private_key_file: str | None = None
    private_key_keyring: str | None = None
    certificate_file: str | None = None
    private_key_passphrase_keyring: str | None = None
    consumer_key_next: str | None = None
    private_key_file_next: str | None = None
    certificate_file_next: str | None = None
    introspection: str = "auto"
    api_version: str | None = None
    stream_channels: list[str] = msgspec.field(default_factory=lambda: list(DEFAULT_CHANNELS))
    stream_start: str = "new"
    session_timeout_minutes: int = 120
    own_calls_fraction: float = 0.01
    store_file: str | None = None
    integration: list[dict[str, Any]] = []
    simulated_time: dict[str, Any] | None = None


class _FileTable(msgspec.Struct):
    default_org: str | None = None
    org: dict[str, dict[str, Any]] = {}


_Table = TypeVar(
    "_Table",
    _SimulatedTimeTable,
    _MatchTable,
    ExpectTable,
    _IntegrationTable,
    _OrgTable,
    _FileTable,
)


def load(config_file: Path, environ: Mapping[str, str], *, must_exist: bool = False) -> Settings:
    """The settings of ``config_file`` with the environment on top.

    Raises `ConfigurationError` when the file is named on purpose and missing, is not TOML, or
    holds a value of the wrong type.
    """
    tables = _read_toml(config_file, must_exist)
    reading = _Reading(config_file)
    top = reading.table(tables or {}, _FileTable, "")
    orgs = [reading.org(alias, raw) for alias, raw in top.org.items()]
    origins = dict(reading.origins)
    if _environment_values(environ) and not orgs:
        orgs = [reading.org(ENVIRONMENT_ORG, {})]
    default = top.default_org or (orgs[0].alias if len(orgs) == 1 else None)
    if default and default not in {org.alias for org in orgs}:
        raise ConfigurationError(
            f"There is no org named {default!r}",
            f"{config_file} sets default_org, but has no [org.{default}] table.",
            "Correct default_org, or add the table.",
        )
    applied = tuple(
        _with_environment(org, environ, origins) if org.alias == (default or org.alias) else org
        for org in orgs
    )
    return Settings(
        config_file=config_file,
        config_file_exists=tables is not None,
        orgs=applied,
        default_org=default,
        origins=origins,
        warnings=tuple(reading.warnings),
    )


def choose_org(settings: Settings, alias: str | None) -> OrgSettings | None:
    """The org named, else the default one, else None when nothing is configured.

    Raises `ConfigurationError` when the name is unknown, or when several orgs are configured and
    neither ``--org`` nor ``default_org`` says which.
    """
    known = {org.alias: org for org in settings.orgs}
    wanted = alias or settings.default_org
    if wanted in known:
        return known[wanted]
    if alias:
        names = ", ".join(sorted(known)) or "none is configured"
        raise ConfigurationError(
            f"There is no org named {alias!r}",
            f"{settings.config_file} knows these orgs: {names}.",
            f"Use one of them, or add a table [org.{alias}].",
        )
    if known:
        raise ConfigurationError(
            "Which org?",
            f"{settings.config_file} describes {len(known)} orgs: {', '.join(sorted(known))}.",
            "Name one with --org, or set default_org at the top of the file.",
        )
    return None


def require_login_settings(org: OrgSettings, config_file: Path) -> None:
    """Raise `ConfigurationError`, naming the key, when something that a login needs is missing."""
    for key in ("instance_url", "consumer_key", "username"):
        if not getattr(org, key):
            variable = next(name for name, setting in ENVIRONMENT.items() if setting == key)
            raise ConfigurationError(
                f"The setting {key} is missing",
                f"A login to the org {org.alias!r} needs it.",
                f"Set {key} in [org.{org.alias}] of {config_file}, or {variable}.",
            )
    for key in ("instance_url", "login_url"):
        _check_url(getattr(org, key), key, org.alias, config_file)
    if not (org.private_key_file or org.private_key or org.private_key_keyring):
        raise ConfigurationError(
            "No private key is configured",
            "The JWT bearer login signs with the key whose certificate the app holds.",
            f"Set private_key_file in [org.{org.alias}] of {config_file}, "
            f"ORGWATCH_PRIVATE_KEY_FILE, or {PRIVATE_KEY_VARIABLE} (the PEM text itself).",
        )


def _check_url(url: str, key: str, alias: str, config_file: Path) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname and _is_loopback(parts.hostname):
        return
    raise ConfigurationError(
        f"{key} is not an https address",
        f"[org.{alias}] {key} is {url!r}; a token would travel unprotected, or nowhere.",
        f"Write the address as https://….my.salesforce.com in {config_file}.",
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read_toml(config_file: Path, must_exist: bool) -> dict[str, Any] | None:
    try:
        with config_file.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        if not must_exist:
            return None
        raise ConfigurationError(
            "The settings file does not exist",
            f"{config_file} was named, but is not there.",
            "Correct the path, or write the file with: orgwatch config init",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            "The settings file is not valid TOML",
            f"{config_file}: {error}.",
            "Mend it at that place; `orgwatch config init --config FILE` writes a sound example.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigurationError(
            "The settings file cannot be read",
            f"{config_file}: {why}.",
            "Check that it is a UTF-8 text file that you may read.",
        ) from None


class _Reading:
    """One pass over the file: collects warnings and origins while it builds the settings."""

    def __init__(self, config_file: Path) -> None:
        self._file = config_file
        self.warnings: list[str] = []
        self.origins: dict[str, str] = {}

    def table(self, raw: Mapping[str, Any], kind: type[_Table], where: str) -> _Table:
        """``raw`` as ``kind``; unknown keys are left out with a warning."""
        valid = kind.__struct_fields__
        known = {key: value for key, value in raw.items() if key in valid}
        for key in raw.keys() - set(valid):
            near = difflib.get_close_matches(key, valid, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; valid: {', '.join(valid)}"
            self.warnings.append(f"{self._file}: {where or 'top level'}: no setting {key!r}{hint}")
        try:
            return msgspec.convert(known, kind)
        except msgspec.ValidationError as error:
            what, _, key = str(error).replace("`", "").partition(" - at $.")
            place = f"{where or 'top level'} {key}".rstrip()
            raise ConfigurationError(
                "A setting has the wrong type",
                f"{self._file}: {place}: {what.lower()}.",
                "Correct that value; the README lists every setting with its type.",
            ) from None

    def org(self, alias: str, raw: Mapping[str, Any]) -> OrgSettings:
        """One ``[org.<alias>]`` table."""
        where = f"[org.{alias}]"
        table = self.table(raw, _OrgTable, where)
        if table.stream_start not in ("new", "retained"):
            raise ConfigurationError(
                "stream_start is neither 'new' nor 'retained'",
                f"{self._file}: {where} stream_start is {table.stream_start!r}.",
                "Use new (only what comes from now on) or retained (also the last three days).",
            )
        if table.introspection not in ("auto", "off"):
            raise ConfigurationError(
                "introspection is neither 'auto' nor 'off'",
                f"{self._file}: {where} introspection is {table.introspection!r}.",
                "Use auto (ask the org when a token ends, where the app may) or off.",
            )
        for key in raw:
            self.origins[f"org.{alias}.{key}"] = str(self._file)
        return OrgSettings(
            alias=alias,
            instance_url=table.instance_url.rstrip("/"),
            login_url=(table.login_url or table.instance_url).rstrip("/"),
            audience=table.audience,
            consumer_key=table.consumer_key,
            username=table.username,
            private_key_file=_path(table.private_key_file),
            private_key_keyring=table.private_key_keyring,
            certificate_file=_path(table.certificate_file),
            private_key_passphrase_keyring=table.private_key_passphrase_keyring,
            consumer_key_next=table.consumer_key_next,
            private_key_file_next=_path(table.private_key_file_next),
            certificate_file_next=_path(table.certificate_file_next),
            introspection=table.introspection,
            api_version=table.api_version,
            stream_channels=tuple(table.stream_channels),
            stream_start=table.stream_start,
            session_timeout_minutes=table.session_timeout_minutes,
            own_calls_fraction=table.own_calls_fraction,
            store_file=_path(table.store_file),
            integrations=tuple(
                self._integration(item, f"[[org.{alias}.integration]] number {number}")
                for number, item in enumerate(table.integration, start=1)
            ),
            simulated_time=self._simulated_time(table.simulated_time, where),
        )

    def _integration(self, raw: Mapping[str, Any], where: str) -> IntegrationSettings:
        table = self.table(raw, _IntegrationTable, where)
        match = self.table(table.match, _MatchTable, f"{where}, match")
        if not (match.app or match.user or match.client):
            raise ConfigurationError(
                "An integration matches nothing",
                f"{self._file}: {where} ({table.name}) has an empty match.",
                "Give at least one of match.app, match.user and match.client.",
            )
        expect = self.table(table.expect, ExpectTable, f"{where}, expect")
        return IntegrationSettings(
            name=table.name,
            match=IntegrationMatch(match.app, match.user, match.client),
            owner=table.owner,
            budget_calls_24h=table.budget_calls_24h,
            expect=read_expectation(expect, where, self._file),
        )

    def _simulated_time(self, raw: dict[str, Any] | None, where: str) -> SimulatedTime | None:
        if raw is None:
            return None
        table = self.table(raw, _SimulatedTimeTable, f"{where} simulated_time")
        if table.real_origin.tzinfo is None or table.org_origin.tzinfo is None:
            raise ConfigurationError(
                "simulated_time has no time zone",
                f"{self._file}: {where} simulated_time needs times with an offset.",
                "Let `orgwatch simulate` write this table.",
            )
        return SimulatedTime(table.real_origin, table.org_origin, table.speed)


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None


def _environment_values(environ: Mapping[str, str]) -> dict[str, str]:
    return {key: environ[name] for name, key in ENVIRONMENT.items() if environ.get(name)}


def _with_environment(
    org: OrgSettings, environ: Mapping[str, str], origins: dict[str, str]
) -> OrgSettings:
    """``org`` with every setting that the environment names replaced."""
    values: dict[str, Any] = _environment_values(environ)
    for name, key in ENVIRONMENT.items():
        if key in values:
            origins[f"org.{org.alias}.{key}"] = f"environment variable {name}"
    for key in ("private_key_file", "private_key_file_next"):
        if key in values:
            values[key] = Path(values[key]).expanduser()
    for key in ("instance_url", "login_url"):
        if key in values:
            values[key] = values[key].rstrip("/")
    if (
        "instance_url" in values
        and "login_url" not in values
        and org.login_url
        in (
            "",
            org.instance_url,
        )
    ):
        values["login_url"] = values["instance_url"]
    for name, key in SECRET_VARIABLES.items():
        if environ.get(name):
            values[key] = Secret(environ[name])
            origins[f"org.{org.alias}.{key}"] = f"environment variable {name}"
    kept = {name: getattr(org, name) for name in OrgSettings.__dataclass_fields__}
    return OrgSettings(**{**kept, **values})
