"""All about one row of the access room."""

from console.analysis.posture import Verdict
from console.answers.access import AccessAnswer, CredentialUse, UserAccess
from console.presenters import formats
from console.presenters.access import (
    READABLE,
    STANDINGS,
    VERDICTS,
    VIEW_TITLES,
    credential_calls,
    credential_key,
    credential_kind,
    days_text,
    verdict_text,
)
from console.presenters.login_line import login_fields
from console.safe_text import visible
from widgets.row_types import Cell, Field, FieldGroup, Tone

_TEXT_LIMIT = 300
_GONE = FieldGroup("No longer there", (), empty="The newest reading does not hold this one.")


def present_access_detail(
    answer: AccessAnswer, view: str, key: str | None
) -> tuple[FieldGroup, ...]:
    """Everything known about the row ``key`` of the list ``view``, the own login beneath."""
    groups = {
        "users": _user,
        "sources": _source,
        "credentials": _credential,
        "versions": _version,
    }[view](answer, key)
    return (*(groups or (_GONE,)), login_fields(answer.login, answer.as_of))


def present_access_title(answer: AccessAnswer, view: str, key: str | None) -> tuple[Cell, ...]:
    """The heading of the detail."""
    name = {
        "users": next((one.username for one in answer.users if one.user_id == key), ""),
        "sources": next((one.title for one in answer.sources.sources if one.source == key), ""),
        "credentials": next(
            (one.app for one in answer.credentials if credential_key(one) == key), ""
        ),
        "versions": key or "",
    }[view]
    return (
        Cell(visible(name, _TEXT_LIMIT) or formats.UNKNOWN, Tone.STRONG),
        Cell(f"  {VIEW_TITLES[view]}", Tone.MUTED),
    )


def _user(answer: AccessAnswer, key: str | None) -> tuple[FieldGroup, ...]:
    user = next((one for one in answer.users if one.user_id == key), None)
    if user is None:
        return ()
    order = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS)
    fields: list[Field] = []
    for check in sorted(user.checks, key=lambda one: order.index(one.verdict)):
        tone = VERDICTS[check.verdict][1]
        said = f"{verdict_text(check)}: {visible(check.evidence, _TEXT_LIMIT)}"
        fields.append(Field(check.title, said, tone))
        if check.next_step:
            fields.append(Field("  What to do", visible(check.next_step, _TEXT_LIMIT)))
    return (
        FieldGroup("Checks", tuple(fields)),
        _who(user),
        FieldGroup(
            "Breaks if it rotates",
            _numbered(user.integrations),
            empty="nothing seen in the logs of 30 days",
        ),
        FieldGroup("Apps", _numbered(user.apps), empty="none seen"),
        FieldGroup("Addresses", _numbered(user.sources), empty="none seen"),
        FieldGroup("API versions", _numbered(user.api_versions), empty="none seen in the logs"),
        _tokens(user, answer),
        *_unseen(answer),
    )


def _who(user: UserAccess) -> FieldGroup:
    active = {True: "active", False: "inactive", None: formats.UNKNOWN}[user.is_active]
    frozen = {True: ", frozen", False: "", None: ""}[user.is_frozen]
    return FieldGroup(
        "User",
        (
            Field("Name", visible(user.name or formats.UNKNOWN)),
            Field("Id", visible(user.user_id)),
            Field("State", active + frozen),
            Field("Profile", visible(user.profile or formats.UNKNOWN)),
            Field("Licence", visible(user.licence or formats.UNKNOWN)),
            Field("Last login", formats.day_time(user.last_login_at)),
            Field("Calls in 30 d", formats.count(user.calls)),
        ),
    )


def _tokens(user: UserAccess, answer: AccessAnswer) -> FieldGroup:
    fields = tuple(
        Field(
            visible(token.app_name),
            f"{formats.plural(token.tokens, 'token')}, used {formats.count(token.uses)} times, "
            f"last {formats.time_near(token.last_used_at, answer.as_of)}",
        )
        for token in user.tokens
    )
    nothing = "none listed" if _sees_tokens(answer) else "those of others are not visible"
    return FieldGroup("Tokens", fields, empty=nothing)


def _sees_tokens(answer: AccessAnswer) -> bool:
    """Whether tokens of other users are listed at all."""
    unseen = dict(answer.not_visible)
    return "OauthToken" not in unseen and answer.sources.is_readable("oauth_tokens")


def _unseen(answer: AccessAnswer) -> tuple[FieldGroup, ...]:
    fields = tuple(
        Field(visible(what), visible(reason, _TEXT_LIMIT)) for what, reason in answer.not_visible
    )
    return (FieldGroup("Could not be seen", fields),) if fields else ()


def _source(answer: AccessAnswer, key: str | None) -> tuple[FieldGroup, ...]:
    source = answer.sources.of(key) if key is not None else None
    if source is None:
        return ()
    text, tone = READABLE[source.readable]
    permissions = tuple(
        Field("✓ held" if held else "✖ not held", visible(label), Tone.GOOD if held else Tone.MUTED)
        for label, held in answer.sources.permissions
    )
    return (
        FieldGroup(
            "Source",
            (
                Field("Readable", text, tone),
                Field("Needs", visible(source.missing or "nothing more", _TEXT_LIMIT)),
                Field("The org's answer", visible(source.evidence, _TEXT_LIMIT)),
                Field("Asked", formats.day_time(answer.sources.taken_at)),
                Field("As", visible(answer.sources.username or formats.UNKNOWN)),
            ),
        ),
        FieldGroup("Permissions of that user", permissions, empty="not visible"),
    )


def _credential(answer: AccessAnswer, key: str | None) -> tuple[FieldGroup, ...]:
    one = next((each for each in answer.credentials if credential_key(each) == key), None)
    if one is None:
        return ()
    logs = f"{answer.completeness.state}: {answer.completeness.summary}"
    return (
        FieldGroup(
            "Breaks if its key, certificate or secret changes",
            _numbered(one.integrations),
            empty="nothing seen in the logs of 30 days",
        ),
        FieldGroup("Users", _numbered(one.users), empty="none seen"),
        FieldGroup("Addresses", _numbered(one.addresses), empty="none seen"),
        FieldGroup("Use", (*_use(one), Field("Logs of 30 d", visible(logs)))),
    )


def _use(one: CredentialUse) -> tuple[Field, ...]:
    return (
        Field("Kind", _kind(one)),
        Field("Calls in 30 d", formats.count(credential_calls(one))),
        Field("Tokens", formats.count(one.tokens)),
        Field("Last used", formats.day_time(one.last_used_at)),
        Field("Certificate until", _until(one)),
    )


def _until(one: CredentialUse) -> str:
    if one.certificate_until is None:
        return "none is visible"
    return f"{formats.day(one.certificate_until)}, {days_text(one.certificate_days_left or 0)}"


def _kind(one: CredentialUse) -> str:
    if one.shares_name:
        return "several apps have this name, and logins and tokens carry no more than it"
    return credential_kind(one)


def _version(answer: AccessAnswer, key: str | None) -> tuple[FieldGroup, ...]:
    one = next((each for each in answer.versions if each.fate.version == key), None)
    if one is None:
        return ()
    sign, tone = STANDINGS[one.fate.standing]
    return (
        FieldGroup(
            "API version",
            (
                Field("Stands", f"{sign} {one.fate.words}", tone),
                Field("Days left", formats.count(one.fate.days_left)),
                Field("Calls in 30 d", formats.count(one.calls)),
            ),
        ),
        FieldGroup("Integrations on it", _numbered(one.integrations), empty="none"),
    )


def _numbered(values: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(Field(str(place), visible(value)) for place, value in enumerate(values, start=1))
