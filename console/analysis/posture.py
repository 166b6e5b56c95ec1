"""How an integration user stands: one check each for what may go wrong with it.

A pass needs evidence. What could not be read is unknown, with what would show it; missing data
never turns into a pass, nor a failure into an unknown. Bad values follow the governance signals of
the migration facts: full licences and administrator's permissions on a program's account, apps that
anybody may authorize, broad scopes, tokens idle for more than 90 days, flows and API versions that
end (help on integration users; release notes Winter '27; Salesforce help 005321531).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from console.analysis.api_versions import VersionStanding, fate_of, version_number
from console.analysis.migration import broad_scopes_of
from console.settings import Expectation
from store.posture_records import HeldPermission, IntegrationUser, LoginSum, TokenSum
from store.records import AppRecord

API_ONLY = "API Only User"
INTEGRATION_LICENCE = "Salesforce Integration"
INTEGRATION_LICENCE_SET = "SalesforceAPIIntegrationPsl"
"""A permission set licence that comes with the integration licence."""
IDLE_TOKEN = timedelta(days=90)
_MOST_NAMED = 5


class Verdict(StrEnum):
    """What a check found."""

    PASS = "pass"  # noqa: S105  (a verdict)
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PostureCheck:
    """One check of one user."""

    id: str
    title: str
    verdict: Verdict
    evidence: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class UserFacts:
    """Everything known of one integration user on the day of the judgement."""

    user: IntegrationUser
    apps: tuple[tuple[str, AppRecord | None], ...]
    """Apps by which it came in the window: name, and the inventory's record where it is known."""
    logins: tuple[LoginSum, ...]
    logins_known: bool
    """Whether the login history could be read whole; where not, what was read still counts."""
    tokens: tuple[TokenSum, ...]
    tokens_known: bool
    """The same of tokens."""
    api_versions: tuple[str, ...]
    """In the log rows of the window."""
    logs_known: bool
    expect: Expectation | None
    """The contract of its integration, where one is configured."""


def checks_of(facts: UserFacts, now: datetime) -> tuple[PostureCheck, ...]:
    """Every check, in the order in which a person would put them right."""
    return (
        _api_only(facts.user),
        _licence(facts.user),
        _privileges(facts.user),
        _pre_authorized(facts),
        _scopes(facts),
        _flows(facts),
        _versions(facts, now.date()),
        _tokens(facts, now),
        _sources(facts),
    )


def _api_only(user: IntegrationUser) -> PostureCheck:
    title = "API only"
    if user.permissions is None:
        return _unknown("api_only", title, "its permission sets are not visible")
    through = [held.through for held in user.permissions if held.name == API_ONLY]
    if through:
        return _pass("api_only", title, f"{API_ONLY} through {through[0]}")
    if API_ONLY in user.permissions_not_visible:
        return _unknown("api_only", title, f"the org does not show who holds {API_ONLY}")
    return _fail(
        "api_only",
        title,
        f"neither its profile nor a permission set holds {API_ONLY}: it may use the browser too",
        f"Give it a permission set with {API_ONLY}, after no person logs in with it any more.",
    )


def _licence(user: IntegrationUser) -> PostureCheck:
    title = "Integration licence"
    if user.licence == INTEGRATION_LICENCE:
        return _pass("licence", title, f"user licence {user.licence}")
    if user.licence is None:
        return _unknown("licence", title, "its user licence is not visible")
    if user.permission_set_licences and INTEGRATION_LICENCE_SET in user.permission_set_licences:
        return _pass("licence", title, f"{user.licence}, with {INTEGRATION_LICENCE_SET}")
    return _fail(
        "licence",
        title,
        f"it holds a full user licence: {user.licence}",
        f"Move it to the user licence {INTEGRATION_LICENCE}, which cannot open the interface.",
    )


def _privileges(user: IntegrationUser) -> PostureCheck:
    title = "Least privilege"
    if user.permissions is None:
        return _unknown("privileges", title, "its permission sets are not visible")
    broad = [held for held in user.permissions if held.name != API_ONLY]
    if not broad and user.permissions_not_visible:
        hidden = _joined(user.permissions_not_visible)
        return _unknown("privileges", title, f"the org does not show who holds {hidden}")
    if not broad:
        return _pass("privileges", title, "it holds none of the administrator's permissions")
    return _fail(
        "privileges",
        title,
        "; ".join(f"{_joined(names)} through {through}" for through, names in _by_holder(broad)),
        "Give it the objects and fields that it needs by a permission set of its own.",
    )


_ONLY_SOME_APPS = "neither logs nor logins are visible, so other apps may be in use"


def _pre_authorized(facts: UserFacts) -> PostureCheck:
    id_, title = "pre_authorized", "Apps pre-authorized"
    if not facts.apps:
        return _unknown(id_, title, _no_app(facts))
    open_to_all = [name for name, app in facts.apps if app and app.pre_authorized_only is False]
    if open_to_all:
        return _fail(
            id_,
            title,
            f"every user may authorize: {_joined(open_to_all)}",
            "Set the app's Permitted Users to Admin approved users are pre-authorized.",
        )
    if not (facts.logs_known or facts.logins_known):
        return _unknown(id_, title, _ONLY_SOME_APPS)
    unclear = [name for name, app in facts.apps if app is None or app.pre_authorized_only is None]
    if unclear:
        return _unknown(id_, title, f"the policy is not visible of: {_joined(unclear)}")
    return _pass(id_, title, f"admin approved users only: {_joined(n for n, _ in facts.apps)}")


def _scopes(facts: UserFacts) -> PostureCheck:
    id_, title = "scopes", "Narrow scopes"
    if not facts.apps:
        return _unknown(id_, title, _no_app(facts))
    broad = [
        f"{name}: {', '.join(scopes)}"
        for name, app in facts.apps
        if app and (scopes := broad_scopes_of(app.scopes))
    ]
    if broad:
        return _fail(
            id_,
            title,
            _joined(broad),
            "Leave the app only the scopes that it uses; a server needs no refresh token.",
        )
    if not (facts.logs_known or facts.logins_known):
        return _unknown(id_, title, _ONLY_SOME_APPS)
    unclear = [name for name, app in facts.apps if app is None or app.scopes is None]
    if unclear:
        return _unknown(id_, title, f"the scopes are not visible of: {_joined(unclear)}")
    return _pass(
        id_, title, f"none of full, web, refresh_token: {_joined(n for n, _ in facts.apps)}"
    )


_ENDING_FLOWS = {
    "oauthusernamepassword": "username-password",
    "oauthuseragent": "user-agent",
    "oauthuseragentidtoken": "user-agent",
    "oauthhybriduseragent": "user-agent",
}
"""LoginSubType without blanks and case: the flows that end in February 2027."""
_LASTING_KINDS = (
    "oauth", "remoteaccess", "saml", "certificate", "application", "partner",
    "uipasswordreset", "usernamepasswordui", "internalsalesforce",
)  # fmt: skip
"""How the other values of LoginSubType and LoginType begin, in the same form. An org that answers
in another language, or with what came later, matches none: then nothing is claimed."""


def _flows(facts: UserFacts) -> PostureCheck:
    id_, title = "flows", "Login flow"
    logins = [login for login in facts.logins if succeeded(login)]
    ending = sorted({flow for login in logins if (flow := ending_flow(login))})
    if ending:
        return _fail(
            id_,
            title,
            f"it logs in by {_joined(ending)}, which Salesforce ends",
            "Move it to the JWT bearer or the client credentials flow of an External Client App.",
        )
    if not facts.logins_known:
        return _unknown(id_, title, "the login history is not visible, or only a part of it")
    if not logins:
        return _unknown(id_, title, "no successful login in the history that was read")
    kinds = sorted({login.login_sub_type or login.login_type for login in logins})
    strange = [kind for kind in kinds if not _plain(kind).startswith(_LASTING_KINDS)]
    if strange:
        return _unknown(id_, title, f"not known to last or to end: {_joined(strange)}")
    return _pass(id_, title, f"seen: {_joined(kinds)}")


def succeeded(login: LoginSum) -> bool:
    """Whether these logins let the user in; the others are attempts, by whomever.

    ``Success`` is what the login history says (object reference, LoginHistory).
    """
    return login.status.strip().casefold() == "success"


def _plain(kind: str) -> str:
    return "".join(filter(str.isalnum, kind)).lower()


def ending_flow(login: LoginSum) -> str | None:
    """The way to log in that Salesforce ends, in words; None for every other.

    The label and the API value of LoginSubType differ by blanks and hyphens only.
    """
    sub_type = _plain(login.login_sub_type)
    if sub_type.startswith("soapapilogin"):
        return "SOAP login()"
    if sub_type in _ENDING_FLOWS:
        return _ENDING_FLOWS[sub_type]
    kind = _plain(login.login_type)
    # SOAP login() is listed as Other Apex API (object reference, LoginHistory).
    return "SOAP login()" if kind in ("otherapexapi", "otherapi") else None


def _versions(facts: UserFacts, today: date) -> PostureCheck:
    id_, title = "api_versions", "API versions"
    if not facts.logs_known:
        return _unknown(id_, title, "no log of API calls is stored")
    numbered = sorted(
        (v for v in facts.api_versions if version_number(v) is not None),
        key=lambda v: version_number(v) or 0.0,
    )
    if not numbered:
        return _unknown(id_, title, "no call with a version in the logs that are stored")
    fates = [fate_of(version, today) for version in numbered]
    ending = [fate for fate in fates if fate.standing is not VersionStanding.CURRENT]
    if ending:
        return _fail(
            id_,
            title,
            _joined(f"{fate.version} {fate.words}" for fate in ending),
            "Have its owner raise the API version in the program or its connector.",
        )
    return _pass(id_, title, f"{_joined(numbered)}; no end is announced")


def _tokens(facts: UserFacts, now: datetime) -> PostureCheck:
    id_, title = "tokens", "Tokens in use"
    idle = [
        (token.app_name, used)
        for token in facts.tokens
        if (used := token.oldest_use_at or token.last_used_at) and now - used > IDLE_TOKEN
    ]
    if idle:
        return _fail(
            id_,
            title,
            _joined(f"{app} last used {used:%Y-%m-%d}" for app, used in idle),
            "Revoke what nobody uses: Setup, Connected Apps OAuth Usage.",
        )
    if not facts.tokens_known:
        return _unknown(id_, title, "tokens of other users are not visible, or only some")
    if not facts.tokens:
        return _pass(id_, title, "it holds no token that the org lists")
    if any(token.last_used_at is None for token in facts.tokens):
        return _unknown(id_, title, "the org does not say when some of its tokens were last used")
    return _pass(
        id_, title, _joined(f"{token.app_name} ({token.tokens})" for token in facts.tokens)
    )


def _sources(facts: UserFacts) -> PostureCheck:
    id_, title = "sources", "Source addresses"
    networks = facts.expect.source if facts.expect else ()
    if not networks:
        return _unknown(id_, title, "no addresses are agreed with its owner (expect.source)")
    seen = sorted({each.source_ip for each in facts.logins if each.source_ip and succeeded(each)})
    foreign = [address for address in seen if not _is_within(address, networks)]
    if foreign:
        return _fail(
            id_,
            title,
            f"outside {', '.join(networks)}: {_joined(foreign)}",
            "Ask its owner; where it is meant, add the network to expect.source.",
        )
    if not facts.logins_known:
        return _unknown(id_, title, "the login history is not visible, or only a part of it")
    if not seen:
        return _unknown(id_, title, "no login with an address in the history that was read")
    return _pass(id_, title, f"all of {len(seen)} within {', '.join(networks)}")


def _is_within(address: str, networks: Sequence[str]) -> bool:
    """Whether ``address`` is in one of ``networks``; what is no address is in none."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network, strict=False) for network in networks)


def _no_app(facts: UserFacts) -> str:
    if facts.logs_known or facts.logins_known:
        return "logs and logins name no app that the inventory knows"
    return "neither logs nor logins are visible"


def _by_holder(held: Sequence[HeldPermission]) -> list[tuple[str, list[str]]]:
    """What gives which permissions: each permission once, under the first that gives it."""
    seen: set[str] = set()
    holders: dict[str, list[str]] = {}
    for each in held:
        if each.name not in seen:
            seen.add(each.name)
            holders.setdefault(each.through, []).append(each.name)
    return list(holders.items())


def _joined(parts: Iterable[str]) -> str:
    listed = list(parts)
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more


def _pass(id_: str, title: str, evidence: str) -> PostureCheck:
    return PostureCheck(id_, title, Verdict.PASS, evidence)


def _fail(id_: str, title: str, evidence: str, next_step: str) -> PostureCheck:
    return PostureCheck(id_, title, Verdict.FAIL, evidence, next_step)


def _unknown(id_: str, title: str, evidence: str) -> PostureCheck:
    return PostureCheck(id_, title, Verdict.UNKNOWN, evidence)
