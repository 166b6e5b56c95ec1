"""The posture of the org's access: integration users, credentials, certificates, API versions."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.analysis.api_versions import VersionFate, fate_of, version_number
from console.analysis.attribution import Attribution, CallerIdentity, KnownNames
from console.analysis.posture import PostureCheck, UserFacts, Verdict, checks_of
from console.answers.access_use import AccessUse, SeenApp, Use, access_use
from console.answers.coverage import USAGE_SOURCES, Completeness, completeness_of
from console.answers.moment import Moment
from console.answers.names import names_in_store
from console.answers.sources import SourcesAnswer, answer_sources
from console.settings import Expectation, IntegrationSettings
from store import console_state, posture, usage
from store.posture_records import IntegrationUser, PostureSnapshot, TokenSum
from store.records import LoginState

LOOK_BACK = timedelta(days=30)
"""What counts as used lately: the life of event log files where the org has the add-on."""
_MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class UserAccess:
    """One integration user with its checks and its use."""

    user_id: str
    username: str
    name: str | None
    is_active: bool | None
    is_frozen: bool | None
    profile: str | None
    licence: str | None
    checks: tuple[PostureCheck, ...]
    apps: tuple[str, ...]
    last_login_at: datetime | None
    sources: tuple[str, ...]
    api_versions: tuple[str, ...]
    tokens: tuple[TokenSum, ...]
    calls: int | None
    """In the window; None where no log says."""
    integrations: tuple[str, ...]
    """Those that would break if this user's credential changed."""

    def count(self, verdict: Verdict) -> int:
        """How many checks ended so."""
        return sum(1 for check in self.checks if check.verdict is verdict)

    @property
    def worst(self) -> PostureCheck | None:
        """The first check that failed; None where none did."""
        return next((check for check in self.checks if check.verdict is Verdict.FAIL), None)


@dataclass(frozen=True, slots=True)
class CredentialUse:
    """Who would break if the key, the certificate or the secret of an app changed."""

    app: str
    kind: str | None
    """As the inventory calls it; None for an app that is not in it, or not the only one there of
    its name."""
    shares_name: bool
    """Whether it is only known by a name that several apps have: one of them was used."""
    integrations: tuple[str, ...]
    users: tuple[str, ...]
    addresses: tuple[str, ...]
    calls: int | None
    """In the window; None where no log says."""
    tokens: int | None
    """None where those of other users are not visible and none of the reader's own is for it."""
    last_used_at: datetime | None
    certificate_until: datetime | None
    """The end of the certificate that signs its logins; None where it has none, or none that is
    visible."""
    certificate_days_left: int | None


@dataclass(frozen=True, slots=True)
class CertificateLife:
    """A certificate of the org's key store, or of an app."""

    name: str
    app: str | None
    """The app whose logins it signs; None for one of the org's own."""
    expires_at: datetime | None
    days_left: int | None
    key_bits: int | None


@dataclass(frozen=True, slots=True)
class VersionUse:
    """An API version in use, with its end."""

    fate: VersionFate
    calls: int
    integrations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """The access screen and ``orgwatch access``."""

    as_of: datetime
    since: datetime
    taken_at: datetime | None
    """When the org was last asked about its users; None when never."""
    login: LoginState | None
    sources: SourcesAnswer
    users: tuple[UserAccess, ...]
    """Most failed checks first."""
    credentials: tuple[CredentialUse, ...]
    """Most calls first."""
    certificates: tuple[CertificateLife, ...]
    """Those that end first, first."""
    versions: tuple[VersionUse, ...]
    """Oldest first."""
    not_visible: tuple[tuple[str, str], ...]
    completeness: Completeness
    """Of the logs within the window, on which every statement of use rests."""


def answer_access(
    connection: sqlite3.Connection, as_of: datetime, configured: Sequence[IntegrationSettings]
) -> AccessAnswer:
    """Everything about access as it was known at ``as_of``."""
    moment = Moment.rolling(as_of, LOOK_BACK)
    snapshot = posture.latest_posture(connection, as_of)
    completeness = completeness_of(connection, moment, USAGE_SOURCES)
    login, sources = console_state.login(connection), answer_sources(connection, as_of)
    if snapshot is None:
        return AccessAnswer(
            as_of, moment.since, None, login, sources, (), (), (), (), (), completeness
        )
    names = names_in_store(connection, as_of)
    use = access_use(connection, moment, names, configured, snapshot)
    judging = _Judging(
        snapshot,
        sources,
        use,
        names,
        _expectations(connection, moment, names, configured),
        usage.logs_until(connection, as_of) is not None,
        as_of,
    )
    users = [judging.user(user) for user in snapshot.users]
    return AccessAnswer(
        as_of=as_of,
        since=moment.since,
        taken_at=snapshot.taken_at,
        login=login,
        sources=sources,
        users=tuple(sorted(users, key=_worst_first)),
        credentials=_credentials(use, judging),
        certificates=_certificates(snapshot, as_of),
        versions=_versions(use, as_of),
        not_visible=tuple(sorted(snapshot.not_visible.items())),
        completeness=completeness,
    )


def _worst_first(user: UserAccess) -> tuple[int, int, int, str]:
    return (
        -user.count(Verdict.FAIL),
        -user.count(Verdict.UNKNOWN),
        -(user.calls or 0),
        user.username.casefold(),
    )


class _Judging:
    """Turns what is stored about each user into checks."""

    def __init__(
        self,
        snapshot: PostureSnapshot,
        sources: SourcesAnswer,
        use: AccessUse,
        names: KnownNames,
        expectations: Mapping[str, Expectation],
        logs_known: bool,
        now: datetime,
    ) -> None:
        self._snapshot = snapshot
        # Without the permission the org lists one's own tokens and logins, and says nothing: that
        # others have none is only true where the probe saw some of theirs.
        self.tokens_known = "OauthToken" not in snapshot.not_visible and sources.is_readable(
            "oauth_tokens"
        )
        self._logins_known = (
            snapshot.logins_since is not None
            and "LoginHistory" not in snapshot.not_visible
            and sources.is_readable("login_history")
        )
        self._use = use
        self._expectations = expectations
        self.logs_known = logs_known
        self.now = now
        self._usernames = {key: user.username for key, user in names.users.items()}
        self._usernames |= {user.user_id[:15]: user.username for user in snapshot.users}

    def user(self, user: IntegrationUser) -> UserAccess:
        key = user.user_id[:15]
        use = self._use.by_user.get(key, Use())
        tokens = tuple(token for token in self._snapshot.tokens if token.user_id[:15] == key)
        apps = tuple(self._use.apps[key] for key, _ in use.apps.most_common())
        facts = UserFacts(
            user=user,
            apps=tuple((app.name, app.record) for app in apps),
            logins=tuple(each for each in self._snapshot.logins if each.user_id[:15] == key),
            logins_known=self._logins_known,
            tokens=tokens,
            tokens_known=self.tokens_known,
            api_versions=tuple(use.versions),
            logs_known=self.logs_known,
            expect=self._expectations.get(key),
        )
        return UserAccess(
            user_id=user.user_id,
            username=user.username,
            name=user.name,
            is_active=user.is_active,
            is_frozen=user.is_frozen,
            profile=user.profile,
            licence=user.licence,
            checks=checks_of(facts, self.now),
            apps=tuple(dict.fromkeys(app.name for app in apps)),
            last_login_at=user.last_login_at,
            sources=_commonest(use.addresses),
            api_versions=tuple(sorted(use.versions, key=lambda v: version_number(v) or 0.0)),
            tokens=tokens,
            calls=use.calls if self.logs_known else None,
            integrations=_commonest(use.integrations),
        )

    def certificate_until(self, app: SeenApp) -> datetime | None:
        """When the certificate that signs the app's logins ends; None where nobody knows."""
        if app.record is None:
            return None
        names = {app.record.name, app.record.developer_name}
        ends = [
            one.expires_at
            for one in self._snapshot.app_certificates
            if one.kind == str(app.record.kind) and one.app in names and one.expires_at is not None
        ]
        return min(ends, default=None)

    def username(self, key: str) -> str:
        """The login name of a user id; the id itself where nobody knows it."""
        return self._usernames.get(key, key)


def _expectations(
    connection: sqlite3.Connection,
    moment: Moment,
    names: KnownNames,
    configured: Sequence[IntegrationSettings],
) -> dict[str, Expectation]:
    """What was agreed for each user, by id: the contract of the integration that it calls for."""
    agreed = {one.name: one.expect for one in configured if one.expect.source}
    if not agreed:
        return {}
    attribution = Attribution(configured, names)
    found: dict[str, Expectation] = {}
    for row in usage.usage(connection, moment.since, moment.until):
        caller = CallerIdentity(row.app_id, row.app_name, row.client, row.user_id, row.username)
        name = attribution.integration_of(caller).name
        if row.user_id and name in agreed:
            found.setdefault(row.user_id[:15], agreed[name])
    return found


def _credentials(use: AccessUse, judging: _Judging) -> tuple[CredentialUse, ...]:
    found = []
    for key, app_use in use.by_app.items():
        app = use.apps[key]
        found.append(
            CredentialUse(
                app=app.name,
                kind=str(app.record.kind) if app.record else None,
                shares_name=app.shares_name,
                integrations=_commonest(app_use.integrations),
                users=tuple(judging.username(user) for user in _commonest(app_use.users)),
                addresses=_commonest(app_use.addresses),
                calls=app_use.calls if judging.logs_known else None,
                tokens=app_use.tokens if judging.tokens_known else app_use.tokens or None,
                last_used_at=app_use.last_at,
                certificate_until=(until := judging.certificate_until(app)),
                certificate_days_left=None if until is None else (until - judging.now).days,
            )
        )
    return tuple(
        sorted(found, key=lambda one: (-(one.calls or 0), -(one.tokens or 0), one.app.casefold()))
    )


def _certificates(snapshot: PostureSnapshot, now: datetime) -> tuple[CertificateLife, ...]:
    """The org's own and the apps', those that end first, first; those of no known end last."""
    lives = [
        CertificateLife(one.name, None, one.expires_at, _days(one.expires_at, now), one.key_bits)
        for one in snapshot.certificates
    ]
    lives += [
        CertificateLife(f"of {one.app}", one.app, one.expires_at, _days(one.expires_at, now), None)
        for one in snapshot.app_certificates
    ]
    return tuple(
        sorted(lives, key=lambda one: (one.days_left is None, one.days_left or 0, one.name))
    )


def _days(until: datetime | None, now: datetime) -> int | None:
    return None if until is None else (until - now).days


def _versions(use: AccessUse, now: datetime) -> tuple[VersionUse, ...]:
    return tuple(
        VersionUse(fate_of(version, now.date()), found.calls, _commonest(found.integrations))
        for version, found in sorted(
            use.by_version.items(), key=lambda item: version_number(item[0]) or 0.0
        )
    )


def _commonest(values: Counter[str]) -> tuple[str, ...]:
    return tuple(value for value, _ in values.most_common(_MOST_VALUES))
