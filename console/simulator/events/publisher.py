"""Turns what happens in the org into published events, a moment after it happened."""

from collections.abc import Iterator
from operator import itemgetter

from console.simulator.dice import mixed
from console.simulator.events import payloads
from console.simulator.events.act_payloads import ToldAct, event_name, event_number, of_act
from console.simulator.events.stream_log import Act, Content, StreamLog
from console.simulator.life.acts import AnomalyFound, BulkJobStep, SetupChange
from console.simulator.life.logins import Login, Logins, Logout
from console.simulator.life.org_acts import OrgActs, bulk_step_of
from console.simulator.life.own_acts import OwnCall
from console.simulator.life.traffic import Call, Traffic
from console.simulator.logs.app_columns import EcaLogId
from console.simulator.moments import MINUTE_MS

API_CHANNEL = "/event/ApiEventStream"
LOGIN_CHANNEL = "/event/LoginEventStream"
LOGOUT_CHANNEL = "/event/LogoutEventStream"
CHANNELS = (
    LOGIN_CHANNEL,
    API_CHANNEL,
    LOGOUT_CHANNEL,
    "/event/LoginAsEventStream",
    "/event/ReportEventStream",
    "/event/BulkApiResultEvent",
    "/event/PermissionSetEvent",
    "/event/ApiAnomalyEvent",
    "/event/ReportAnomalyEvent",
    "/event/SessionHijackingEvent",
    "/event/CredentialStuffingEvent",
    "/event/LoginAnomalyEvent",
)
"""What an org with Event Monitoring streams here, of all the channels that Salesforce has."""
FREE_CHANNELS = (LOGOUT_CHANNEL,)
"""What every org streams (securityImplGuide/real-time-event-monitoring-data-streaming)."""
MAX_DELAY_MS = 6_000
"""The longest time from a call, login or logout to its event; samples show 2 to 12 seconds."""
MAX_ACT_DELAY_MS = 26 * MINUTE_MS
"""The same for other acts: threat detection takes its time."""
_Due = tuple[int, int, str, Act]
"""Published at, tie breaker, channel, act."""


class Publisher:
    """Publishes what happens up to any moment, each act once and in order.

    Whether it is asked every second or once a day makes no difference to what is published, nor
    to its order and its replay ids.
    """

    def __init__(
        self, traffic: Traffic, logins: Logins, acts: OrgActs, log: StreamLog, opened_ms: int
    ) -> None:
        self._traffic = traffic
        self._logins = logins
        self._acts = acts
        self._log = log
        self._until_ms = opened_ms

    def publish_until(self, now_ms: int) -> bool:
        """Publish what is due in (last time, ``now_ms``]; returns whether anything was."""
        if now_ms <= self._until_ms:
            return False
        last = now_ms // MINUTE_MS
        due = [
            item
            for longest_ms, of_minute in (
                (MAX_DELAY_MS, self._frequent),
                (MAX_ACT_DELAY_MS, self._rare),
            )
            for minute in range((self._until_ms - longest_ms) // MINUTE_MS, last + 1)
            for item in of_minute(minute)
            if self._until_ms < item[0] <= now_ms
        ]
        due.sort(key=itemgetter(0, 1, 2))
        for published_ms, _, channel, act in due:
            self._log.append(channel, published_ms, act)
        self._until_ms = now_ms
        return bool(due)

    def _frequent(self, minute: int) -> Iterator[_Due]:
        """The events about a minute's calls, logins and logouts."""
        for raw in self._traffic.raw_calls(minute):
            if not raw[3].read and raw[3].family != "Bulk":
                continue
            call = Call(*raw)
            if call.is_streamed:
                yield created_ms_of(call), call.number, API_CHANNEL, call
            if call.shape.family == "Bulk":
                step = bulk_step_of(call)
                if step is not None and step.step == "results_read":
                    yield created_ms_of(step), step.number, channel_of(step), step
        for login in self._logins.of_minute(minute):
            yield created_ms_of(login), login.number, LOGIN_CHANNEL, login
        for logout in self._logins.logouts_of_minute(minute):
            yield created_ms_of(logout), logout.number, LOGOUT_CHANNEL, logout

    def _rare(self, minute: int) -> Iterator[_Due]:
        """The events about what else is done in a minute."""
        for act in told_acts(self._acts, minute):
            yield created_ms_of(act), act.number, channel_of(act), act


def told_acts(acts: OrgActs, minute: int) -> list[ToldAct]:
    """The acts of a minute of which events tell, but for the steps of bulk jobs."""
    return [act for act in acts.of_minute(minute) if not isinstance(act, SetupChange)]


def channel_of(act: ToldAct) -> str:
    """The channel of the events about acts of that kind."""
    return f"/event/{event_name(act)}"


def created_ms_of(act: Act) -> int:
    """When the event about an act is made and published; for real clients' acts, at once."""
    if isinstance(act, OwnCall) or (isinstance(act, Login) and act.is_real):
        return act.at_ms
    if isinstance(act, AnomalyFound):
        return act.at_ms + 8 * MINUTE_MS + mixed(act.number, 61) % (17 * MINUTE_MS)
    if isinstance(act, Call):
        least_ms, spread_ms = 600, 2_800
    else:
        least_ms, spread_ms = 1_500, 4_500
    return act.at_ms + least_ms + mixed(act.number, 61) % spread_ms


def content_of(act: Act, created_ms: int, eca_log_id: EcaLogId) -> Content:
    """What the event about an act says."""
    name, payload = told(act, created_ms, eca_log_id)
    number = event_number(act) if isinstance(act, BulkJobStep) else act.number
    uuid = payloads.event_uuid(number ^ created_ms)
    return Content(uuid, payloads.schema_id(name, tuple(payload)), payload)


def told(act: Act, created_ms: int, eca_log_id: EcaLogId) -> tuple[str, payloads.Payload]:
    """The name of the event about an act, and its payload."""
    if isinstance(act, Call):
        return "ApiEventStream", payloads.of_call(act, created_ms, eca_log_id)
    if isinstance(act, OwnCall):
        return "ApiEventStream", payloads.of_own_call(act, created_ms, eca_log_id)
    if isinstance(act, Login):
        return "LoginEventStream", payloads.of_login(act, created_ms)
    if isinstance(act, Logout):
        return "LogoutEventStream", payloads.of_logout(act, created_ms)
    return event_name(act), of_act(act, created_ms)
