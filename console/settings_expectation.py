"""What an integration's owner agreed to, checked as it is read from the settings."""

import re
from ipaddress import ip_network
from pathlib import Path

import msgspec

from console.errors import ConfigurationError
from console.settings import Expectation

_HOURS = re.compile(r"([01]\d|2[0-4])-([01]\d|2[0-4])")
_VERSION = re.compile(r"\d{1,3}\.0")


class ExpectTable(msgspec.Struct):
    """The keys of ``expect`` in an ``[[org.….integration]]`` table."""

    source: list[str] = []
    client: list[str] = []
    api_version_min: str | None = None
    hours: str | None = None


def read_expectation(table: ExpectTable, where: str, file: Path) -> Expectation:
    """The expectation of the table ``where``; `ConfigurationError` naming what cannot be meant."""
    for network in table.source:
        try:
            ip_network(network, strict=False)
        except ValueError:
            raise _wrong(
                file, where, "expect.source", network, 'networks such as "203.0.113.0/24"'
            ) from None
    version, hours = table.api_version_min, table.hours
    if version is not None and not _VERSION.fullmatch(version):
        raise _wrong(file, where, "expect.api_version_min", version, '"60.0"')
    if hours is not None and not _HOURS.fullmatch(hours):
        raise _wrong(file, where, "expect.hours", hours, '"00-06", in UTC')
    return Expectation(tuple(table.source), tuple(table.client), version, hours)


def _wrong(file: Path, where: str, key: str, value: str, right: str) -> ConfigurationError:
    return ConfigurationError(
        f"{key} cannot be read",
        f"{file}: {where} has {key} = {value!r}.",
        f"Write {right}.",
    )
