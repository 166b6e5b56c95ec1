"""The access room: integration users, sources, credentials, API versions."""

from dataclasses import dataclass
from datetime import datetime

from console.analysis.api_versions import VersionStanding
from console.analysis.posture import PostureCheck, Verdict
from console.answers.access import AccessAnswer, CredentialUse, UserAccess, VersionUse
from console.presenters import formats
from console.presenters.integrations import KIND_TITLES
from console.presenters.withheld import needed
from console.safe_text import visible
from store.access_records import Readable, SourceAccess
from widgets.row_types import Cell, Column, RecordView, Row, Tone

VIEWS = ("users", "sources", "credentials", "versions")
"""What the list can show, in the order in which the key visits them."""

VIEW_TITLES = {
    "users": "Users",
    "sources": "Sources",
    "credentials": "Credentials",
    "versions": "API versions",
}

VERDICTS = {
    Verdict.PASS: ("✓", Tone.GOOD),
    Verdict.FAIL: ("✖", Tone.BAD),
    Verdict.UNKNOWN: ("?", Tone.MUTED),
}
READABLE = {
    Readable.YES: ("✓ yes", Tone.GOOD),
    Readable.NO: ("✖ no", Tone.BAD),
    Readable.UNKNOWN: ("? unknown", Tone.MUTED),
}
STANDINGS = {
    VersionStanding.CURRENT: ("✓", Tone.GOOD),
    VersionStanding.RETIRING: ("▲", Tone.WARNING),
    VersionStanding.DEPRECATED: ("▲", Tone.WARNING),
    VersionStanding.RETIRED: ("✖", Tone.BAD),
    VersionStanding.UNKNOWN: ("?", Tone.MUTED),
}
_TEXT_LIMIT = 200
_SENTENCES_LIMIT = 300
_MOST_NAMED = 3
_SOON_DAYS = 30

_COLUMNS = {
    "users": (
        Column("user", "User", 24, widest=44),
        Column("fail", "Fail", 4, right=True),
        Column("unknown", "?", 3, right=True, priority=2),
        Column("pass", "Pass", 4, right=True, priority=1),
        Column("worst", "First finding", 30, widest=70),
        Column("last_login", "Last login", 11, right=True, priority=3),
        Column("versions", "API versions", 12, widest=20, priority=4),
        Column("breaks", "Breaks if it rotates", 20, widest=44, priority=5),
    ),
    "sources": (
        Column("source", "Source", 24, widest=34),
        Column("readable", "Readable", 9),
        Column("missing", "Needs", 30, widest=60, priority=1),
        Column("evidence", "The org's answer", 24, widest=60, priority=2),
    ),
    "credentials": (
        Column("app", "Credential of", 22, widest=40),
        Column("kind", "Kind", 13, priority=1),
        Column("calls", "Calls 30 d", 10, right=True),
        Column("last_used", "Last used", 11, right=True, priority=2),
        Column("users", "Users", 5, right=True, priority=3),
        Column("breaks", "Breaks if it rotates", 24, widest=70),
    ),
    "versions": (
        Column("version", "Version", 7, widest=12),
        Column("fate", "End", 23, widest=30),
        Column("days", "Days left", 9, right=True),
        Column("calls", "Calls 30 d", 10, right=True),
        Column("integrations", "Integrations", 18, widest=80),
    ),
}


@dataclass(frozen=True, slots=True)
class AccessView:
    """What the access screen draws."""

    summary: tuple[Cell, ...]
    views: tuple[Cell, ...]
    """Which list is shown, which others there are, and how old what they say is."""
    records: RecordView
    remarks: tuple[Cell, ...]


def present_access(answer: AccessAnswer, view: str) -> AccessView:
    """The list ``view`` with what stands above and below it."""
    rows = {
        "users": lambda: tuple(_user_row(user, answer.as_of) for user in answer.users),
        "sources": lambda: tuple(map(_source_row, answer.sources.sources)),
        "credentials": lambda: tuple(
            _credential_row(one, answer.as_of) for one in answer.credentials
        ),
        "versions": lambda: tuple(map(_version_row, answer.versions)),
    }[view]()
    return AccessView(
        summary=_summary(answer),
        views=_views(answer, view),
        records=RecordView(_COLUMNS[view], rows, empty=_why_empty(answer, view)),
        remarks=_remarks(answer, view),
    )


def credential_key(one: CredentialUse) -> str:
    """What finds a credential again in a later answer."""
    return "\x1f".join((one.kind or "", one.app))


def credential_kind(one: CredentialUse) -> str:
    """What holds the credential, as far as it can be told."""
    if one.kind:
        return KIND_TITLES.get(one.kind, visible(one.kind, _TEXT_LIMIT))
    return "shares a name" if one.shares_name else "not listed"


def credential_calls(one: CredentialUse) -> int | None:
    """Its calls; None where they can only be told for the other apps of its name."""
    return None if one.shares_name and not one.calls else one.calls


def verdict_text(check: PostureCheck) -> str:
    """``✖ fail``: a sign and a word, for eyes without colour."""
    return f"{VERDICTS[check.verdict][0]} {check.verdict.value}"


def named(names: tuple[str, ...]) -> str:
    """The first few names and how many more there are."""
    shown = visible(", ".join(names[:_MOST_NAMED]), _TEXT_LIMIT)
    return f"{shown} and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else shown


def _summary(answer: AccessAnswer) -> tuple[Cell, ...]:
    if answer.taken_at is None:
        return (Cell("The org's users have not been read yet", Tone.WARNING),)
    failing = sum(1 for user in answer.users if user.count(Verdict.FAIL))
    cells = [
        Cell(formats.plural(len(answer.users), "user"), Tone.STRONG),
        Cell(f", {failing} with findings" if failing else ", none with a finding",
             Tone.WARNING if failing else Tone.GOOD),
    ]  # fmt: skip
    refused = sum(1 for one in answer.sources.sources if one.readable is Readable.NO)
    if answer.sources.sources:
        readable = sum(1 for one in answer.sources.sources if one.readable is Readable.YES)
        text = f"   {readable} of {len(answer.sources.sources)} sources readable"
        cells.append(Cell(text, Tone.WARNING if refused else Tone.MUTED))
    ending = [
        one for one in answer.versions if one.fate.standing not in (
            VersionStanding.CURRENT, VersionStanding.UNKNOWN)
    ]  # fmt: skip
    if ending:
        text = f"   {formats.plural(len(ending), 'version ends', 'versions end')}"
        cells.append(Cell(text, Tone.WARNING))
    return tuple(cells)


def _views(answer: AccessAnswer, view: str) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for name in VIEWS:
        title = VIEW_TITLES[name]
        cells.append(
            Cell(f"[{title}] ", Tone.STRONG) if name == view else Cell(f" {title}  ", Tone.MUTED)
        )
    asked = answer.sources.taken_at if view == "sources" else answer.taken_at
    if asked is not None:
        cells.append(Cell(f"  read {formats.minute_near(asked, answer.as_of)}", Tone.MUTED))
    return tuple(cells)


def _user_row(user: UserAccess, as_of: datetime) -> Row:
    failed, unknown = user.count(Verdict.FAIL), user.count(Verdict.UNKNOWN)
    worst = user.worst
    finding = (
        Cell(visible(f"{worst.title}: {worst.evidence}", _TEXT_LIMIT), Tone.WARNING)
        if worst
        else Cell("none known" if unknown else "none", Tone.MUTED)
    )
    return Row(
        user.user_id,
        (
            Cell(visible(user.username, _TEXT_LIMIT), Tone.STRONG),
            Cell(str(failed), Tone.BAD if failed else Tone.MUTED),
            Cell(str(unknown), Tone.MUTED),
            Cell(str(user.count(Verdict.PASS)), Tone.GOOD),
            finding,
            Cell(formats.time_near(user.last_login_at, as_of), Tone.MUTED),
            Cell(visible(", ".join(user.api_versions)) or formats.UNKNOWN),
            Cell(named(user.integrations) or formats.UNKNOWN),
        ),
    )


def _source_row(source: SourceAccess) -> Row:
    text, tone = READABLE[source.readable]
    return Row(
        source.source,
        (
            Cell(visible(source.title), Tone.STRONG),
            Cell(text, tone),
            Cell(needed(source)),
            Cell(visible(source.evidence, _TEXT_LIMIT), Tone.MUTED),
        ),
    )


def _credential_row(one: CredentialUse, as_of: datetime) -> Row:
    return Row(
        credential_key(one),
        (
            Cell(visible(one.app, _TEXT_LIMIT), Tone.STRONG),
            Cell(credential_kind(one), Tone.MUTED),
            Cell(formats.count(credential_calls(one))),
            Cell(formats.time_near(one.last_used_at, as_of), Tone.MUTED),
            Cell(formats.count(len(one.users))),
            Cell(named(one.integrations) or _no_use(one)),
        ),
    )


def _no_use(one: CredentialUse) -> str:
    if one.calls is None:
        return "no log is stored"
    return "see those of this name" if one.shares_name else "nothing seen in the logs"


def _version_row(one: VersionUse) -> Row:
    sign, tone = STANDINGS[one.fate.standing]
    return Row(
        one.fate.version,
        (
            Cell(visible(one.fate.version), Tone.STRONG),
            Cell(f"{sign} {one.fate.words}", tone),
            Cell(formats.count(one.fate.days_left)),
            Cell(formats.count(one.calls)),
            Cell(named(one.integrations)),
        ),
    )


def _remarks(answer: AccessAnswer, view: str) -> tuple[Cell, ...]:
    cells = []
    if view == "credentials":
        rests = f"Use since {formats.day(answer.since)}, by logs, logins and tokens; "
        cells.append(Cell(rests, Tone.MUTED))
        known = answer.completeness.state != "blind"
        logs = f"the logs are {answer.completeness.state}" if known else "there are no logs"
        cells.append(Cell(f"{logs}.  ", Tone.MUTED))
        cells += [
            Cell(f"▲ certificate {visible(one.name)} {days_text(one.days_left)}  ", Tone.WARNING)
            for one in answer.certificates
            if one.days_left is not None and one.days_left < _SOON_DAYS
        ]
    if answer.not_visible and view == "users":
        # Fields are named behind their object, which is enough here; the detail has them all.
        objects = dict.fromkeys(what.partition(":")[0] for what, _ in answer.not_visible)
        names = [visible(name, _TEXT_LIMIT) for name in objects]
        cells.append(Cell("? could not be seen: ", Tone.MUTED))
        cells += [Cell(f"{name}, ", Tone.MUTED) for name in names[:-1]]
        cells.append(Cell(names[-1], Tone.MUTED))
    return tuple(cells)


def days_text(days_left: int) -> str:
    """``ends in 12 days``, ``ended 1 day ago``."""
    if days_left < 0:
        return f"ended {formats.plural(-days_left, 'day')} ago"
    return f"ends in {formats.plural(days_left, 'day')}" if days_left else "ends within a day"


def _why_empty(answer: AccessAnswer, view: str) -> str:
    asked = answer.sources.taken_at if view == "sources" else answer.taken_at
    if asked is None and answer.login is not None and answer.login.error:
        step = answer.login.error_next_step or "The detail of the login says more."
        return visible(f"The org lets nobody in. What to do: {step}", _SENTENCES_LIMIT)
    if view == "sources":
        return "The collector asks what may be read when it has logged in, and daily."
    if asked is None:
        return "The collector reads users and tokens when it has logged in, and every six hours."
    if view == "versions" and answer.completeness.state == "blind":
        return "Not known: no log of API calls is stored."
    if view == "versions":
        return "No call with an API version is in the logs of the last 30 days."
    if view == "credentials":
        return "No app is known to be used: logs, logins and tokens that may be read name none."
    return "No integration user is known: none is API only, and no log names a caller."
