"""The retirement schedule of Salesforce API versions, and where a version stands on a day.

Sources: Salesforce help 000354473 (versions 7.0 to 20.0 retired in Summer '22, 21.0 to 30.0 in
Summer '25) and 005321531 (31.0 to 40.0 deprecated in Summer '27, retired in Summer '28). Salesforce
names seasons, not days: a Summer release reaches production between late May and mid June, and the
first of June stands for it here.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class VersionStanding(StrEnum):
    """How long a version has to live."""

    CURRENT = "current"
    RETIRING = "retiring"
    """It works, and the season of its end is announced."""
    DEPRECATED = "deprecated"
    """It works, is no longer supported, and the season of its end is announced."""
    RETIRED = "retired"
    UNKNOWN = "unknown"
    """Not a version that can be read."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """When a stretch of versions goes."""

    first: int
    last: int
    deprecated_from: date | None
    """When support ended or ends; None where nobody published it."""
    retired_season: str
    retired_from: date


SCHEDULE = (
    Retirement(7, 20, None, "Summer '22", date(2022, 6, 1)),
    Retirement(21, 30, date(2022, 6, 1), "Summer '25", date(2025, 6, 1)),
    Retirement(31, 40, date(2027, 6, 1), "Summer '28", date(2028, 6, 1)),
)


@dataclass(frozen=True, slots=True)
class VersionFate:
    """Where one version stands."""

    version: str
    standing: VersionStanding
    retires: str | None
    """The season in which it goes or went."""
    days_left: int | None
    """Until then; negative after it."""

    @property
    def words(self) -> str:
        """For a list: ``retires in Summer '28``."""
        if self.retires is None:
            return self.standing.value
        verb = "retired" if self.standing is VersionStanding.RETIRED else "retires"
        return f"{verb} in {self.retires}"


def version_number(version: str) -> float | None:
    """``66.0`` as a number; None for what is none."""
    try:
        number = float(version)
    except ValueError:
        return None
    return number if 0 < number < 1000 else None


def fate_of(version: str, today: date) -> VersionFate:
    """Where ``version`` stands on ``today``."""
    number = version_number(version)
    if number is None:
        return VersionFate(version, VersionStanding.UNKNOWN, None, None)
    for step in SCHEDULE:
        if number < step.last + 1:
            left = (step.retired_from - today).days
            if today >= step.retired_from:
                standing = VersionStanding.RETIRED
            elif step.deprecated_from is not None and today >= step.deprecated_from:
                standing = VersionStanding.DEPRECATED
            else:
                standing = VersionStanding.RETIRING
            return VersionFate(version, standing, step.retired_season, left)
    return VersionFate(version, VersionStanding.CURRENT, None, None)
