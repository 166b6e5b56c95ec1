"""Turns what happens in the org into published events, a moment after it happened."""

from console.simulator import event_payloads as payloads
from console.simulator.app_columns import EcaLogId
from console.simulator.dice import mixed
from console.simulator.logins import Login, Logins
from console.simulator.moments import MINUTE_MS
from console.simulator.own_acts import OwnCall
from console.simulator.stream_log import Act, Content, StreamLog
from console.simulator.traffic import Call, Traffic

API_CHANNEL = "/event/ApiEventStream"
LOGIN_CHANNEL = "/event/LoginEventStream"
LOGOUT_CHANNEL = "/event/LogoutEventStream"
MAX_DELAY_MS = 6_000
"""The longest time from an act to its event; samples show 2 to 12 seconds."""


class Publisher:
    """Publishes traffic, logins and logouts up to any moment, each once and in order.

    Whether it is asked every second or once a day makes no difference to what is published, nor
    to its order and its replay ids.
    """

    def __init__(
        self,
        traffic: Traffic,
        logins: Logins,
        log: StreamLog,
        opened_ms: int,
    ) -> None:
        self._traffic = traffic
        self._logins = logins
        self._log = log
        self._until_ms = opened_ms

    def publish_until(self, now_ms: int) -> bool:
        """Publish what is due in (last time, ``now_ms``]; returns whether anything was."""
        if now_ms <= self._until_ms:
            return False
        due: list[tuple[int, int, str, Act]] = []
        first = (self._until_ms - MAX_DELAY_MS) // MINUTE_MS
        for minute in range(first, now_ms // MINUTE_MS + 1):
            due.extend(
                item for item in self._of_minute(minute) if self._until_ms < item[0] <= now_ms
            )
        due.sort(key=lambda item: item[:3])
        for published_ms, _, channel, act in due:
            self._log.append(channel, published_ms, act)
        self._until_ms = now_ms
        return bool(due)

    def _of_minute(self, minute: int) -> list[tuple[int, int, str, Act]]:
        """(published at, tie breaker, channel, act) of everything that happens in a minute."""
        items: list[tuple[int, int, str, Act]] = [
            (created_ms_of(call), call.number, API_CHANNEL, call)
            for call in self._traffic.calls(minute)
            if call.is_streamed
        ]
        items.extend(
            (created_ms_of(login), login.number, LOGIN_CHANNEL, login)
            for login in self._logins.of_minute(minute)
        )
        items.extend(
            (created_ms_of(logout), logout.number, LOGOUT_CHANNEL, logout)
            for logout in self._logins.logouts_of_minute(minute)
        )
        return items


def created_ms_of(act: Act) -> int:
    """When the event about an act is made and published; for real clients' acts, at once."""
    if isinstance(act, OwnCall) or (isinstance(act, Login) and act.is_real):
        return act.at_ms
    if isinstance(act, Call):
        least_ms, spread_ms = 600, 2_800
    else:
        least_ms, spread_ms = 1_500, 4_500
    return act.at_ms + least_ms + mixed(act.number, 61) % spread_ms


def content_of(act: Act, created_ms: int, eca_log_id: EcaLogId) -> Content:
    """What the event about an act says."""
    if isinstance(act, Call):
        name, payload = "ApiEventStream", payloads.of_call(act, created_ms, eca_log_id)
    elif isinstance(act, OwnCall):
        name, payload = "ApiEventStream", payloads.of_own_call(act, created_ms, eca_log_id)
    elif isinstance(act, Login):
        name, payload = "LoginEventStream", payloads.of_login(act, created_ms)
    else:
        name, payload = "LogoutEventStream", payloads.of_logout(act, created_ms)
    uuid = payloads.event_uuid(act.number ^ created_ms)
    return Content(uuid, payloads.schema_id(name, tuple(payload)), payload)
