"""Asks what the console's user may read and what the org has: about a dozen calls, all reads.

Every source gets yes, no with what is missing, or unknown with the reason. A no comes only from
the org's own refusal; that something is empty proves nothing unless the org says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from console.errors import OrgRefused
from console.salesforce.metadata_access import METADATA, METADATA_TITLE, ask_metadata
from console.salesforce.own_permissions import OwnPermissions, read_own_permissions
from console.salesforce.rest import RestClient
from console.salesforce.soql import quote
from console.salesforce.source_finding import SourceFinding
from console.salesforce.source_questions import (
    API_ENABLED,
    EVENT_MONITORING,
    ME,
    QUESTIONS,
    VIEW_EVENTS,
    VIEW_SETUP,
    Api,
    Question,
)
from console.salesforce.streams_offered import (
    FREE_STREAMS,
    StreamsOffered,
    is_monitoring,
    read_streams_offered,
    stream_of,
)
from console.salesforce.values import Record, integer_of, text_of

PURPOSE = "permissions"

_HIDDEN = frozenset(
    {
        "INVALID_TYPE",
        "INSUFFICIENT_ACCESS",
        "FORBIDDEN",
        "NOT_FOUND",
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "FUNCTIONALITY_NOT_ENABLED",
    }
)
"""Codes by which the org hides what the user may not see or what it does not have."""
_NO_API = "API_DISABLED_FOR_ORG"
"""Code by which the org refuses every request of a user who may not use the API."""
_OF_ONE = frozenset({"QUERY_TIMEOUT", "UNKNOWN_EXCEPTION"})
"""Codes by which the org fails at one question, perhaps each time, and answers the others."""
_LICENCES_KEY = "licences"
_LICENCES = "SELECT Name, TotalLicenses, UsedLicenses FROM UserLicense"

Outcome = list[Record] | OrgRefused


@dataclass(frozen=True, slots=True)
class Findings:
    """What one probe found."""

    sources: tuple[SourceFinding, ...]
    permissions: tuple[tuple[str, bool], ...]
    """Label and whether the console's user holds it; empty where that is not visible."""
    licences: tuple[tuple[str, int | None, int | None], ...]
    """User licences: name, how many, how many in use."""


async def probe(client: RestClient, channels: Sequence[str]) -> Findings:
    """Everything that can be found out about ``channels`` and the sources of the console.

    Raises `OrgRefused` where the org refuses requests for another reason than the permission for
    any of them.
    """
    try:
        return await _asked(client, channels)
    except OrgRefused as refused:
        if refused.code != _NO_API:
            raise
        return _without_api(refused, channels)


async def _asked(client: RestClient, channels: Sequence[str]) -> Findings:
    me = await client.own_user_id()
    own = await read_own_permissions(client, me, PURPOSE)
    outcomes = await _ask_all(client, me)
    licences = outcomes.pop(_LICENCES_KEY)
    found = [_judged(question, outcomes.get(question.source), own) for question in QUESTIONS]
    found = _with_hourly_files(found)
    # Before the last question, because SOAP answers carry no limit header: the pool is to be known
    # when it is over.
    metadata = await ask_metadata(client, own, PURPOSE)
    offered = await read_streams_offered(client, PURPOSE)
    stored = {finding.source: finding for finding in found}
    found.extend(
        _stream(stream_of(channel), offered, own, stored["stored_events:LoginEvent"])
        if is_monitoring(channel)
        else _other_stream(stream_of(channel))
        for channel in channels
    )
    found.append(metadata)
    return Findings(tuple(found), tuple(sorted(own.held.items())), _licences(licences))


def _without_api(refused: OrgRefused, channels: Sequence[str]) -> Findings:
    """Nothing may be asked; of streams, which are no REST requests, that proves nothing."""
    missing, words = f"the permission {API_ENABLED}", f"{refused.title} ({refused.code})"
    stored = [
        SourceFinding(question.source, question.title, False, missing, words)
        for question in QUESTIONS
    ]
    streams = [
        SourceFinding(f"stream:{stream}", f"Stream {stream}", None, None, words)
        for stream in map(stream_of, channels)
    ]
    metadata = SourceFinding(METADATA, METADATA_TITLE, False, missing, words)
    return Findings((*stored, *streams, metadata), (), ())


async def _ask_all(client: RestClient, me: str | None) -> dict[str, Outcome]:
    """Every question's outcome; plain queries share composite calls, five in each.

    What leaves out the own user is not asked where nobody knows who that is: the own records
    would be taken for those of others. A refusal that may pass is raised, unless it is about one
    query alone: then only its source is unknown.
    """
    asked = [question for question in QUESTIONS if me is not None or ME not in question.ask]
    together = {
        question.source: question.ask.replace(ME, quote(me or ""))
        for question in asked
        if question.api is Api.QUERY
    }
    together[_LICENCES_KEY] = _LICENCES
    outcomes = dict(await client.query_many(together, purpose=PURPOSE))
    for question in asked:
        if question.api is not Api.QUERY:
            outcomes[question.source] = await _ask_alone(client, question)
    for outcome in outcomes.values():
        if isinstance(outcome, OrgRefused) and outcome.retryable and outcome.code not in _OF_ONE:
            raise outcome
    return outcomes


async def _ask_alone(client: RestClient, question: Question) -> Outcome:
    try:
        if question.api is Api.TOOLING:
            return await client.query(question.ask, purpose=PURPOSE, tooling=True)
        answer = await client.get(question.ask, purpose=PURPOSE)
    except OrgRefused as refused:
        return refused
    return [answer] if isinstance(answer, dict) else []


def _judged(question: Question, outcome: Outcome | None, own: OwnPermissions) -> SourceFinding:
    if outcome is None:
        return SourceFinding(
            question.source, question.title, None, None, own.why_unknown or "it was not asked"
        )
    if isinstance(outcome, OrgRefused):
        return _refused(question, outcome, own)
    if outcome or question.empty_means is None:
        answered = "the org answered" if outcome else "the org answered; nothing is there yet"
        return SourceFinding(question.source, question.title, True, None, answered)
    if question.licence is None and own.lacks(question.permission):
        return SourceFinding(
            question.source, question.title, False, _missing(question, own), question.empty_means
        )
    return SourceFinding(question.source, question.title, None, None, question.empty_means)


def _refused(question: Question, refused: OrgRefused, own: OwnPermissions) -> SourceFinding:
    words = f"{refused.title} ({refused.code})" if refused.code else refused.title
    if refused.code not in _HIDDEN:
        return SourceFinding(question.source, question.title, None, None, words)
    if question.licence is None and own.holds(question.permission):
        words += f", although the user holds {question.permission}"
        return SourceFinding(question.source, question.title, None, None, words)
    return SourceFinding(question.source, question.title, False, _missing(question, own), words)


def _missing(question: Question, own: OwnPermissions) -> str:
    """What a refusal is for: the org says the same for a permission and for a licence."""
    permission = f"the permission {question.permission}"
    if question.licence is None or own.lacks(question.permission):
        return permission
    if own.holds(question.permission):
        return question.licence
    return f"{permission}, or {question.licence}"


def _with_hourly_files(found: Sequence[SourceFinding]) -> list[SourceFinding]:
    """No hourly file where there are daily ones is what an org without the add-on shows."""
    by_source = {finding.source: finding for finding in found}
    files, hourly = by_source["log_files"], by_source["hourly_log_files"]
    if hourly.readable is None and files.readable and files.evidence == "the org answered":
        hourly = SourceFinding(
            hourly.source,
            hourly.title,
            False,
            EVENT_MONITORING,
            "daily files are listed, and no hourly one",
        )
    return [hourly if finding.source == hourly.source else finding for finding in found]


def _stream(
    stream: str, offered: StreamsOffered, own: OwnPermissions, stored: SourceFinding
) -> SourceFinding:
    source, title = f"stream:{stream}", f"Stream {stream}"
    if stream in FREE_STREAMS:
        return SourceFinding(source, title, True, None, "every org streams it")
    if own.lacks(VIEW_EVENTS):
        return SourceFinding(
            source, title, False, f"the permission {VIEW_EVENTS}", "the user does not hold it"
        )
    switched_on = offered.switched_on.get(stream)
    if stored.missing == EVENT_MONITORING and switched_on is not True:
        # Setup offers no switch for what was not bought.
        return SourceFinding(source, title, False, EVENT_MONITORING, stored.evidence)
    if switched_on is False:
        missing = f"{stream} switched on in Setup, Event Manager"
        return SourceFinding(source, title, False, missing, "the event settings say it is off")
    if switched_on and own.holds(VIEW_EVENTS):
        return SourceFinding(source, title, True, None, "the event settings say it is on")
    reason = offered.why_unknown or own.why_unknown or f"the event settings do not name {stream}"
    if offered.why_unknown and own.holds(VIEW_EVENTS):
        reason += f"; the permission {VIEW_SETUP} shows them"
    return SourceFinding(source, title, None, None, reason)


def _other_stream(stream: str) -> SourceFinding:
    reason = "it is no event of the org's monitoring, and nothing else was asked about"
    return SourceFinding(f"stream:{stream}", f"Stream {stream}", None, None, reason)


def _licences(outcome: Outcome) -> tuple[tuple[str, int | None, int | None], ...]:
    if isinstance(outcome, OrgRefused):
        return ()
    return tuple(
        (name, integer_of(row, "TotalLicenses"), integer_of(row, "UsedLicenses"))
        for row in outcome
        if (name := text_of(row, "Name")) is not None
    )
