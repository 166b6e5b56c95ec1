"""Who logs in and out, when, and from where: a pure function of the minute, like the calls."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from console.simulator.dice import fraction, mixed, number_from
from console.simulator.life.schedule import (
    address_of,
    episode_session,
    login_minutes,
    login_offset_ms,
    session_number,
)
from console.simulator.moments import DAY_MIN, HOUR_MIN, MINUTE_MS, weekday
from console.simulator.org import story_people as people
from console.simulator.org.integration import RhythmChange, SimIntegration, is_silenced
from console.simulator.org.story import SimUser

SUCCESS = "Success"
BROWSER_LOGIN = "Application"
"""LoginType of a login with user name and password in a browser."""
OAUTH_LOGIN = "Remote Access 2.0"
"""LoginType of every OAuth 2 flow."""


@dataclass(frozen=True, slots=True)
class Login:
    """One login attempt of a known user."""

    at_ms: int
    number: int
    """64 bits of chance; also names the session that a successful login opens."""
    user: SimUser
    application: str
    source_ip: str
    status: str
    """LoginHistory's text: ``Success``, ``Invalid password`` …"""
    login_type: str = OAUTH_LOGIN
    sub_type: str | None = None
    api_type: str = "N/A"
    api_version: str = "N/A"
    user_agent: str = ""
    browser: str = "Unknown"
    platform: str = "Unknown"
    is_real: bool = False
    """Whether a client of the simulated org really made it."""

    @property
    def succeeded(self) -> bool:
        """Whether a session was opened."""
        return self.status == SUCCESS


@dataclass(frozen=True, slots=True)
class Logout:
    """Somebody clicked on Log Out."""

    at_ms: int
    number: int
    """The session's, equal to its login's."""
    user: SimUser
    source_ip: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A person's workplace."""

    user: SimUser
    address: str
    browser: str
    platform: str


DESKS: tuple[Desk, ...] = (
    Desk(people.ADMIN, "192.0.2.5", "Firefox 145", "Linux"),
    Desk(people.RELEASE_ENGINEER, "192.0.2.6", "Chrome 142", "Mac OSX"),
    Desk(people.ANALYST, "192.0.2.88", "Chrome 142", "Mac OSX"),
    Desk(people.SALES[0], "192.0.2.101", "Chrome 142", "Windows 11"),
    Desk(people.SALES[1], "192.0.2.102", "Edge 142", "Windows 11"),
    Desk(people.SALES[2], "192.0.2.103", "Chrome 141", "Windows 10"),
    Desk(people.AGENTS[0], "192.0.2.111", "Edge 142", "Windows 11"),
    Desk(people.AGENTS[1], "192.0.2.112", "Edge 142", "Windows 11"),
    Desk(people.AGENTS[2], "192.0.2.113", "Chrome 142", "Windows 11"),
)
_KEPT_HOURS = 100
_MORNING = (390, 540)
_NOON = (690, 780)
_EVENING = (900, 1050)
"""Minutes of the UTC day between which people log in, log in again, and log out."""


class Logins:
    """Logins and logouts under one seed.

    ``planted`` logins come on top of those of integrations and desks. ``dead_credentials`` says
    whether programs with dead credentials keep knocking. Memory: the planted logins, and what
    happened in the last `_KEPT_HOURS` hours and 64 days asked about.
    """

    def __init__(
        self,
        seed: int,
        integrations: tuple[SimIntegration, ...],
        desks: tuple[Desk, ...] = DESKS,
        planted: Iterable[Login] = (),
        changes: tuple[RhythmChange, ...] = (),
        *,
        dead_credentials: bool = True,
    ) -> None:
        self._salt = number_from("logins", seed)
        self._integrations = integrations
        self._desks = desks
        self._changes = changes
        self._dead_credentials = dead_credentials
        self._planted: dict[int, list[Login]] = {}
        for login in planted:
            self._planted.setdefault(login.at_ms // MINUTE_MS, []).append(login)
        self._hour = lru_cache(maxsize=_KEPT_HOURS)(self._plan_hour)
        self._desk_day = lru_cache(maxsize=64)(self._plan_desks)

    def of_minute(self, minute: int) -> tuple[Login, ...]:
        """All login attempts of a minute since 1970, in order of time."""
        return self._hour(minute // HOUR_MIN).get(minute, ())

    def logouts_of_minute(self, minute: int) -> tuple[Logout, ...]:
        """All clicks on Log Out in a minute since 1970, in order of time."""
        _, logouts = self._desk_day(minute // DAY_MIN)
        found = [logout for logout in logouts if logout.at_ms // MINUTE_MS == minute]
        return tuple(sorted(found, key=lambda logout: (logout.at_ms, logout.user.username)))

    def desk_logins(self, day: int) -> tuple[Login, ...]:
        """The logins of people at their desks on a day since 1970, in no order."""
        return self._desk_day(day)[0]

    def _plan_hour(self, hour: int) -> dict[int, tuple[Login, ...]]:
        """The login attempts of an hour since 1970 by minute, each minute's in order of time."""
        first, end = hour * HOUR_MIN, (hour + 1) * HOUR_MIN
        found: dict[int, list[Login]] = {}
        for integration in self._integrations:
            for user_index in range(len(integration.users)):
                for minute in login_minutes(integration, user_index, first, end):
                    if is_silenced(self._changes, integration, minute):
                        continue
                    login = _program_login(integration, user_index, minute)
                    found.setdefault(minute, []).append(login)
        for login in self.desk_logins(hour * HOUR_MIN // DAY_MIN):
            if first <= login.at_ms // MINUTE_MS < end:
                found.setdefault(login.at_ms // MINUTE_MS, []).append(login)
        for minute in range(first, end):
            for login in (*self._failures(minute), *self._planted.get(minute, ())):
                found.setdefault(minute, []).append(login)
        return {minute: tuple(sorted(logins, key=_order)) for minute, logins in found.items()}

    def _plan_desks(self, day: int) -> tuple[tuple[Login, ...], tuple[Logout, ...]]:
        logins: list[Login] = []
        logouts: list[Logout] = []
        for n, desk in enumerate(self._desks):
            base = mixed(self._salt, day * len(self._desks) + n)
            if weekday(day) >= 5 and (desk.user is not people.ADMIN or base % 3):
                continue
            login = browser_login(desk, _moment(base, 1, day, _MORNING))
            logins.append(login)
            if fraction(mixed(base, 3)) < 0.3:
                login = browser_login(desk, _moment(base, 4, day, _NOON))
                logins.append(login)
            if fraction(mixed(base, 5)) < 0.6:
                at_ms = _moment(base, 6, day, _EVENING)
                logouts.append(Logout(at_ms, login.number, desk.user, desk.address))
        return tuple(logins), tuple(logouts)

    def _failures(self, minute: int) -> Iterator[Login]:
        number = mixed(self._salt, -minute)
        at_ms = minute * MINUTE_MS + 1 + number % (MINUTE_MS - 1)
        if self._dead_credentials and minute % 173 == 31:
            yield Login(
                at_ms,
                number,
                people.FORMER,
                "Fax Gateway",
                "198.51.100.77",
                "User is inactive",
                sub_type="OAuth Refresh Token",
                user_agent="FaxGW/2.0",
            )
        if fraction(mixed(number, 1)) < 3 / DAY_MIN:
            desk = self._desks[3 + number % 6]
            yield browser_login(desk, at_ms, "Invalid password")
        if self._dead_credentials and fraction(mixed(number, 2)) < 2 / DAY_MIN:
            yield Login(
                at_ms,
                number,
                people.SCANNER,
                "N/A",
                "192.0.2.79",
                "Invalid password",
                login_type="Other Apex API",
                api_type="SOAP Partner",
                api_version="35.0",
                user_agent="Mozilla/4.0 (compatible; MS Web Services Client Protocol)",
            )


def _order(login: Login) -> tuple[int, str]:
    return login.at_ms, login.user.username


def planted_program_login(
    integration: SimIntegration, at_ms: int, user_index: int = 0, status: str = SUCCESS
) -> Login:
    """A login of an integration that exists for an episode only, at an exact moment.

    A successful one opens the session in which the user's planted calls are made.
    """
    if status == SUCCESS:
        number = episode_session(integration, user_index)
    else:
        number = number_from("planted login", integration.key, user_index, at_ms)
    return _login(integration, user_index, at_ms, number, status)


def _program_login(integration: SimIntegration, user_index: int, minute: int) -> Login:
    at_ms = minute * MINUTE_MS + login_offset_ms(integration, user_index, minute)
    number = session_number(integration, user_index, at_ms)
    return _login(integration, user_index, at_ms, number, SUCCESS)


def _login(
    integration: SimIntegration, user_index: int, at_ms: int, number: int, status: str
) -> Login:
    habit = integration.login
    app = integration.app
    return Login(
        at_ms=at_ms,
        number=number,
        user=integration.users[user_index],
        application=habit.application or (app.name if app else "N/A"),
        source_ip=address_of(integration, number),
        status=status,
        login_type=habit.login_type,
        sub_type=habit.sub_type,
        api_type=habit.api_type,
        api_version=integration.api_version if habit.is_api_call else "N/A",
        user_agent=integration.user_agent,
    )


def browser_login(desk: Desk, at_ms: int, status: str = SUCCESS) -> Login:
    """A login of a person with user name and password."""
    return Login(
        at_ms=at_ms,
        number=number_from("desk", desk.user.username, at_ms),
        user=desk.user,
        application="Browser",
        source_ip=desk.address,
        status=status,
        login_type=BROWSER_LOGIN,
        user_agent=desk.browser,
        browser=desk.browser,
        platform=desk.platform,
    )


def _moment(base: int, step: int, day: int, span: tuple[int, int]) -> int:
    first, end = span
    minute = day * DAY_MIN + first + mixed(base, step) % (end - first)
    return minute * MINUTE_MS + 1 + mixed(base, step + 100) % (MINUTE_MS - 1)
