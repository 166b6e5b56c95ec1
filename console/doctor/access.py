"""How integration users, certificates and API versions stand, as the store last saw them.

What is found here is the org's to mend and stops nothing of orgwatch: notes, not faults. The whole
of it is `orgwatch access`.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from console.analysis.api_versions import VersionStanding
from console.analysis.posture import Verdict
from console.answers.access import AccessAnswer, answer_access
from console.doctor.check import Check, Result
from console.doctor.deadline import within
from console.settings import IntegrationSettings
from store.database import is_present, open_reader
from store.errors import StoreError

ACCESS = "Access to the org"
ACCESS_S = 1.0
"""The longest that summing up thirty days of use may take, in real seconds."""

_SOON_DAYS = 30
_MOST_NAMED = 3
_WHERE = "See `orgwatch access`, or the Access screen."


def check_access(
    store_file: Path, now: datetime, configured: Sequence[IntegrationSettings]
) -> list[Check]:
    """Users with findings, certificates and API versions that end; nothing without a store."""
    try:
        if not is_present(store_file):
            return []
        answer = within(ACCESS_S, lambda: _asked(store_file, now, configured))
    except TimeoutError:
        said = f"summing up thirty days takes more than {ACCESS_S:g} s here"
        return [Check("access", ACCESS, "Access", Result.UNKNOWN, said, _WHERE)]
    except (StoreError, sqlite3.Error):
        # The store's own check has said it already.
        return []
    if answer.taken_at is None:
        said = "integration users have not been read yet; the collector does it"
        return [Check("access", ACCESS, "Access", Result.UNKNOWN, said)]
    when = f" (read {answer.taken_at:%Y-%m-%d %H:%M} UTC)"
    return [_users(answer, when), *_certificates(answer, when), *_versions(answer)]


def _asked(
    store_file: Path, now: datetime, configured: Sequence[IntegrationSettings]
) -> AccessAnswer:
    with open_reader(store_file) as reader:
        return answer_access(reader.connection, now, configured)


def _users(answer: AccessAnswer, when: str) -> Check:
    failing = [user.username for user in answer.users if user.count(Verdict.FAIL)]
    unknown = sum(1 for user in answer.users if user.count(Verdict.UNKNOWN))
    said = f"{len(answer.users):,} known, {len(failing):,} with findings"
    if failing:
        said += f": {_named(failing)}"
        return Check("access.users", ACCESS, "Integration users", Result.NOTE, said + when, _WHERE)
    if unknown or not answer.users:
        said += f", {unknown:,} of which not everything is known"
        return Check(
            "access.users", ACCESS, "Integration users", Result.UNKNOWN, said + when, _WHERE
        )
    return Check("access.users", ACCESS, "Integration users", Result.OK, said + when)


def _certificates(answer: AccessAnswer, when: str) -> Iterator[Check]:
    if not answer.certificates:
        said = "none is visible"
        yield Check("access.certificates", ACCESS, "Certificates", Result.UNKNOWN, said + when)
        return
    ending = [
        f"{one.name} {_end(one.days_left)}"
        for one in answer.certificates
        if one.days_left is not None and one.days_left < _SOON_DAYS
    ]
    said = f"{len(answer.certificates):,} of the org and its apps"
    if ending:
        said += f": {_named(ending)}"
        yield Check("access.certificates", ACCESS, "Certificates", Result.NOTE, said + when, _WHERE)
    elif any(one.days_left is None for one in answer.certificates):
        said += "; the end of some is not known"
        yield Check(
            "access.certificates", ACCESS, "Certificates", Result.UNKNOWN, said + when, _WHERE
        )
    else:
        said += f"; the first ends in {answer.certificates[0].days_left:,} days"
        yield Check("access.certificates", ACCESS, "Certificates", Result.OK, said + when)


def _end(days_left: int) -> str:
    return f"ends in {days_left} days" if days_left >= 0 else f"ended {-days_left} days ago"


def _versions(answer: AccessAnswer) -> Iterator[Check]:
    known = [one for one in answer.versions if one.fate.standing is not VersionStanding.UNKNOWN]
    if not known:
        said = "no call with an API version is in the logs of the last 30 days"
        yield Check("access.versions", ACCESS, "API versions", Result.UNKNOWN, said)
        return
    ending = [
        f"{one.fate.version} {one.fate.words}"
        for one in known
        if one.fate.standing is not VersionStanding.CURRENT
    ]
    if ending:
        said = f"{len(known):,} in use: {_named(ending)}"
        yield Check("access.versions", ACCESS, "API versions", Result.NOTE, said, _WHERE)
        return
    said = f"{len(known):,} in use, the oldest {known[0].fate.version}; no end is announced"
    yield Check("access.versions", ACCESS, "API versions", Result.OK, said)


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    return f"{shown} and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else shown
