"""Reads how integration users log in, with which tokens, and who is pre-authorized for what."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from console.errors import OrgRefused
from console.salesforce.app_certificates import read_app_certificates
from console.salesforce.hidden import note_hidden
from console.salesforce.posture_types import (
    AppGrantFact,
    CertificateFact,
    LoginSumFact,
    PostureFacts,
    TokenSumFact,
)
from console.salesforce.posture_users import read_integration_users
from console.salesforce.rest import RestClient
from console.salesforce.soql import datetime_literal, quoted_list
from console.salesforce.values import Record, child_of, flag_of, integer_of, moment_of, text_of

PURPOSE = "access"

LOGIN_DAYS = 30
MOST_GROUPS = 2_000
"""Groups in an answer: an aggregate query has one page (SOQL reference, GROUP BY)."""
MOST_TOKENS = 2_500
"""OauthToken ends there, whatever is asked for (object reference, OauthToken)."""
_USERS_IN_ONE_QUERY = 200

_GRANTS = (
    "SELECT SetupEntityId, Parent.Label, Parent.IsOwnedByProfile, Parent.Profile.Name "
    "FROM SetupEntityAccess "
    "WHERE SetupEntityType IN ('ConnectedApplication', 'ExternalClientApplication')"
)
_CERTIFICATES = (
    "SELECT DeveloperName, MasterLabel, ExpirationDate, KeySize, OptionsIsCaSigned FROM Certificate"
)

_Rows = list[Record]


async def read_posture(client: RestClient, callers: Iterable[str], now: datetime) -> PostureFacts:
    """Everything about the access of integration users; ``callers`` are user ids from the logs.

    Costs about six calls, two more for each 200 integration users, and one for each ten apps.
    """
    not_visible: dict[str, str] = {}
    # First, because SOAP answers carry no limit header: the pool is to be known when it is over.
    app_certificates = await read_app_certificates(client, PURPOSE, not_visible)
    users = await read_integration_users(client, callers, PURPOSE, not_visible)
    ids = [user.user_id for user in users]
    since = now - timedelta(days=LOGIN_DAYS)
    logins = await _logins(client, ids, since, not_visible)
    tokens = await _tokens(client, ids, not_visible)
    grants = await _rows(client, "SetupEntityAccess", _GRANTS, not_visible)
    certificates = await _rows(client, "Certificate", _CERTIFICATES, not_visible, tooling=True)
    return PostureFacts(
        users=users,
        logins=logins,
        logins_since=None if "LoginHistory" in not_visible and not logins else since,
        tokens=tokens,
        grants=tuple(filter(None, map(_grant, grants))),
        certificates=tuple(filter(None, map(_certificate, certificates))),
        app_certificates=app_certificates,
        not_visible=not_visible,
    )


async def _rows(
    client: RestClient,
    sobject: str,
    soql: str,
    not_visible: dict[str, str],
    *,
    tooling: bool = False,
) -> _Rows:
    try:
        return await client.query(soql, purpose=PURPOSE, tooling=tooling)
    except OrgRefused as refused:
        note_hidden(refused, sobject, not_visible)
        return []


async def _logins(
    client: RestClient, ids: Sequence[str], since: datetime, not_visible: dict[str, str]
) -> tuple[LoginSumFact, ...]:
    found: list[LoginSumFact] = []
    for part in _parts(ids):
        rows = await _rows(
            client,
            "LoginHistory",
            "SELECT UserId, Application, LoginType, LoginSubType, SourceIp, Status, "  # noqa: S608
            "COUNT(Id) logins, MAX(LoginTime) newest FROM LoginHistory "
            f"WHERE LoginTime >= {datetime_literal(since)} AND UserId IN {quoted_list(part)} "
            "GROUP BY UserId, Application, LoginType, LoginSubType, SourceIp, Status "
            f"ORDER BY COUNT(Id) DESC LIMIT {MOST_GROUPS}",
            not_visible,
        )
        if len(rows) == MOST_GROUPS:
            not_visible["LoginHistory"] = f"only the {MOST_GROUPS:,} commonest ways to log in"
        found += filter(None, map(_login, rows))
    return tuple(found)


async def _tokens(
    client: RestClient, ids: Sequence[str], not_visible: dict[str, str]
) -> tuple[TokenSumFact, ...]:
    sums: dict[tuple[str, str], list[Record]] = {}
    for part in _parts(ids):
        rows = await _rows(
            client,
            "OauthToken",
            "SELECT AppName, UserId, UseCount, LastUsedDate FROM OauthToken "  # noqa: S608
            f"WHERE UserId IN {quoted_list(part)}",
            not_visible,
        )
        if len(rows) >= MOST_TOKENS:
            not_visible["OauthToken"] = f"Salesforce lists no more than {MOST_TOKENS:,} tokens"
        for row in rows:
            user_id, app = text_of(row, "UserId"), text_of(row, "AppName")
            if user_id and app:
                sums.setdefault((user_id, app), []).append(row)
    return tuple(_token_sum(user_id, app, rows) for (user_id, app), rows in sums.items())


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (
        ids[first : first + _USERS_IN_ONE_QUERY]
        for first in range(0, len(ids), _USERS_IN_ONE_QUERY)
    )


def _token_sum(user_id: str, app: str, rows: Sequence[Record]) -> TokenSumFact:
    uses = [count for row in rows if (count := integer_of(row, "UseCount")) is not None]
    used = [at for row in rows if (at := moment_of(row, "LastUsedDate")) is not None]
    return TokenSumFact(
        user_id=user_id,
        app_name=app,
        tokens=len(rows),
        uses=sum(uses) if len(uses) == len(rows) else None,
        last_used_at=max(used, default=None),
        oldest_use_at=min(used, default=None),
    )


def _login(row: Record) -> LoginSumFact | None:
    user_id, logins = text_of(row, "UserId"), integer_of(row, "logins")
    if user_id is None or logins is None:
        return None
    return LoginSumFact(
        user_id=user_id,
        application=text_of(row, "Application") or "",
        login_type=text_of(row, "LoginType") or "",
        login_sub_type=text_of(row, "LoginSubType") or "",
        source_ip=text_of(row, "SourceIp") or "",
        status=text_of(row, "Status") or "",
        logins=logins,
        last_at=moment_of(row, "newest"),
    )


def _grant(row: Record) -> AppGrantFact | None:
    app_id, parent = text_of(row, "SetupEntityId"), child_of(row, "Parent")
    if app_id is None:
        return None
    if flag_of(parent, "IsOwnedByProfile"):
        name = text_of(child_of(parent, "Profile"), "Name")
        return AppGrantFact(app_id, f"profile {name}" if name else "a profile")
    return AppGrantFact(app_id, f"permission set {text_of(parent, 'Label') or 'without a name'}")


def _certificate(row: Record) -> CertificateFact | None:
    name = text_of(row, "MasterLabel") or text_of(row, "DeveloperName")
    if name is None:
        return None
    return CertificateFact(
        name,
        moment_of(row, "ExpirationDate"),
        integer_of(row, "KeySize"),
        flag_of(row, "OptionsIsCaSigned"),
    )
