"""Who is in the org and from where: AuthSession, LoginGeo, LoginIp.

Columns and field properties: object reference, and the description of a v64 org.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from console.simulator.ids import record_id
from console.simulator.keys import login_history_id
from console.simulator.life.logins import BROWSER_LOGIN, Login
from console.simulator.moments import HOUR_MS, from_ms, to_ms
from console.simulator.objects.declared import AUDIT, audited, declared
from console.simulator.objects.sources import OrgSources
from console.simulator.objects.tables import Row, Table
from console.simulator.org import story_people as people
from console.simulator.org.places import place_of

SESSION_S = 7_200
"""How long a session lives unused unless the app says otherwise: the org's default."""

_SESSION = (
    "Id:id UsersId:reference CreatedDate:datetime LastModifiedDate:datetime NumSecondsValid:int"
    " UserType:picklist SourceIp LoginType:picklist SessionType:picklist"
    " SessionSecurityLevel:picklist LogoutUrl:string/FS ParentId:reference"
    " LoginHistoryId:reference LoginGeoId:reference IsCurrent:boolean"
    " IsAssociatedWithJwtAccessToken:boolean"
)
_GEO = (
    f"Id:id IsDeleted:boolean {AUDIT} LoginTime:datetime CountryIso Country Latitude:double"
    " Longitude:double City PostalCode Subdivision"
)
_IP = (
    "Id:id UsersId:reference SourceIp CreatedDate:datetime IsAuthenticated:boolean"
    " ChallengeSentDate:datetime ChallengeMethod:picklist"
)
_LONGEST_WORK_H = 5
"""How long people go on working after they have logged in, at most."""


def session_tables(sources: OrgSources) -> tuple[Table, ...]:
    """AuthSession, LoginGeo and LoginIp."""
    users = {"Users": ("User", "UsersId")}
    session_parents = {**users, "LoginGeo": ("LoginGeo", "LoginGeoId")}
    return (
        declared("AuthSession", "0Ak", _SESSION, lambda: _sessions(sources), session_parents),
        declared("LoginGeo", "04F", _GEO, lambda: _places(sources)),
        declared("LoginIp", "710", _IP, lambda: _addresses(sources), users),
    )


def login_geo_id(address: str) -> str:
    """The id of the LoginGeo record of an address."""
    return record_id("04F", address)


def _sessions(sources: OrgSources) -> Iterator[Row]:
    """Sessions that have not run out. Programs use theirs all the time, people for some hours."""
    now_ms = to_ms(sources.now())
    apps = {app.name: app.details for app in sources.facts.apps}
    for login in sources.recent_logins.all(now_ms).values():
        details = apps.get(login.application)
        own_s = details.session_timeout_min if details else None
        valid_s = own_s * 60 if own_s else SESSION_S
        used_ms = _last_used_ms(login, now_ms)
        if used_ms + valid_s * 1000 <= now_ms:
            continue
        is_browser = login.login_type == BROWSER_LOGIN
        yield {
            "Id": record_id("0Ak", login.number),
            "UsersId": login.user.user_id,
            "CreatedDate": _second(login.at_ms),
            "LastModifiedDate": _second(used_ms),
            "NumSecondsValid": valid_s,
            "UserType": "Standard",
            "SourceIp": login.source_ip,
            "LoginType": login.login_type,
            "SessionType": "UI" if is_browser else "API",
            "SessionSecurityLevel": "STANDARD",
            "LoginHistoryId": login_history_id(login.number),
            "LoginGeoId": login_geo_id(login.source_ip),
            "IsAssociatedWithJwtAccessToken": bool(details and details.issues_jwt_access_tokens),
        }


def _last_used_ms(login: Login, now_ms: int) -> int:
    if login.login_type != BROWSER_LOGIN:
        return now_ms
    worked_ms = login.number % (_LONGEST_WORK_H * HOUR_MS)
    return min(now_ms, login.at_ms + worked_ms)


def _places(sources: OrgSources) -> Iterator[Row]:
    for address, login in sources.recent_logins.by_address(to_ms(sources.now())).items():
        place = place_of(address)
        at = _second(login.at_ms)
        yield {
            "Id": login_geo_id(address),
            **audited(at, people.AUTOMATED_PROCESS.user_id),
            "LoginTime": at,
            "CountryIso": place.country_iso,
            "Country": place.country,
            "Latitude": place.latitude,
            "Longitude": place.longitude,
            "City": place.city,
            "PostalCode": place.postal_code,
            "Subdivision": place.subdivision,
        }


def _addresses(sources: OrgSources) -> Iterator[Row]:
    """The addresses that each user has logged in from."""
    seen: set[tuple[str, str]] = set()
    for login in sources.recent_logins.all(to_ms(sources.now())).values():
        key = (login.user.user_id, login.source_ip)
        if key in seen:
            continue
        seen.add(key)
        yield {
            "Id": record_id("710", *key),
            "UsersId": login.user.user_id,
            "SourceIp": login.source_ip,
            "CreatedDate": _second(login.at_ms) - timedelta(days=login.number % 300),
            "IsAuthenticated": True,
        }


def _second(at_ms: int) -> datetime:
    return from_ms(at_ms - at_ms % 1000)
