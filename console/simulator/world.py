"""The simulated org itself: one clock, one story, and everything that follows from the two.

The wire (HTTP, OAuth, SOQL, CometD) asks this class and tells it what clients did; it holds no
state of its own about the org. Nothing here does I/O, and nothing reads the time but `World.now`.
A world belongs to one thread.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from console.clock import Clock
from console.simulator.dice import number_from
from console.simulator.events.monitoring import Monitoring
from console.simulator.events.publisher import (
    API_CHANNEL,
    CHANNELS,
    FREE_CHANNELS,
    LOGIN_CHANNEL,
    Publisher,
    content_of,
)
from console.simulator.events.stream_faults import StreamFaults
from console.simulator.events.stream_log import RETENTION_MS, PublishedEvent, StreamLog
from console.simulator.life.client_acts import ApiRequest, LoginAttempt
from console.simulator.life.logins import Login
from console.simulator.life.own_acts import OwnActs, own_call
from console.simulator.life.recent_logins import RecentLogins
from console.simulator.life.rolling_window import RollingWindow
from console.simulator.life.stage import set_stage
from console.simulator.life.truth import Ledger, span_hours
from console.simulator.logs.app_columns import EcaLogId
from console.simulator.logs.files import LogFileChange, SimLogFile
from console.simulator.logs.sources import LogSources
from console.simulator.logs.truth import told_file
from console.simulator.moments import DAY_MS, from_ms, iso_ms, to_ms
from console.simulator.objects.catalogue import standard_tables, tooling_tables
from console.simulator.objects.sources import OrgSources
from console.simulator.objects.tables import BigObjectRules, Field, Table
from console.simulator.org import story_people
from console.simulator.org.access import Access
from console.simulator.org.permissions import Feature
from console.simulator.org.story import OrgFacts, SimApp, SimUser
from console.simulator.rest.limits_table import PERMISSION_SETS_CREATE_CUSTOM, limits_at
from console.simulator.scenarios.scenario import Scenario
from console.simulator.world_options import HISTORY, WorldOptions

__all__ = [
    "HISTORY",
    "ApiRequest",
    "BigObjectRules",
    "EcaLogId",
    "Field",
    "LoginAttempt",
    "OrgFacts",
    "PublishedEvent",
    "SimApp",
    "SimLogFile",
    "SimUser",
    "Table",
    "World",
    "WorldOptions",
]


class World:
    """The org of one story at the time of ``clock``.

    Raises ConfigurationError for a story that nobody knows.
    """

    def __init__(self, clock: Clock, options: WorldOptions | None = None) -> None:
        self._clock = clock
        self.options = options or WorldOptions()
        self._latest_ms = to_ms(clock.now())
        self._stage = set_stage(
            self.options.scenario,
            self.options.seed,
            self._latest_ms,
            self.options.episode_at,
            self.options.scale,
        )
        self.scenario: Scenario = self._stage.scenario
        self.facts: OrgFacts = self.scenario.facts
        self.event_monitoring = self.options.event_monitoring and self.scenario.event_monitoring
        self.access = Access(
            self.facts, story_people.GRANTS, self.options.withheld, self._missing_features()
        )
        self.pool_max: int = round(self.facts.pool_max * self.options.scale)
        self.channels: tuple[str, ...] = CHANNELS if self.event_monitoring else FREE_CHANNELS
        self._traffic = self._stage.traffic
        self._logins = self._stage.logins
        self._acts = self._stage.acts
        self._own = OwnActs()
        self._lost = 0
        self._sessions: dict[str, int] = {}
        self._listeners: list[Callable[[], None]] = []
        self._pool = RollingWindow(self._traffic.count, self._traffic.counted_times)
        self._ledger = Ledger(
            self._traffic, self._logins, self._acts, self._own, self.options.eca_log_id
        )
        history_ms = to_ms(from_ms(self._latest_ms) - self.options.history)
        day_ms = min(history_ms, self._latest_ms - DAY_MS) // DAY_MS * DAY_MS
        self._monitoring = self._make_monitoring(day_ms, history_ms)
        self._log_files = self._monitoring.files
        self._tables, self._tooling_tables = self._make_tables(day_ms)
        streamed_ms = max(history_ms, self._latest_ms - RETENTION_MS)
        self.stream_faults = StreamFaults()
        self._stream = StreamLog(
            self.channels, streamed_ms, partial(content_of, eca_log_id=self.options.eca_log_id)
        )
        self._publisher = Publisher(
            self._traffic, self._logins, self._acts, self._stream, streamed_ms
        )
        self.advance()

    # -- time ---------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The org's time in UTC, in whole milliseconds. It never goes back."""
        self._latest_ms = max(self._latest_ms, to_ms(self._clock.now()))
        return from_ms(self._latest_ms)

    @property
    def episode_began_at(self) -> datetime:
        """When the story's episode begins or began, in UTC."""
        return from_ms(self._stage.began_ms)

    def advance(self) -> None:
        """Publish the events that are due by now and wake the listeners."""
        now_ms = to_ms(self.now())
        self._lose_permissions(now_ms)
        published = self._publisher.publish_until(now_ms)
        self._stream.trim(now_ms)
        if published:
            self._wake()

    def _lose_permissions(self, now_ms: int) -> None:
        """Take from orgwatch's user what the story takes by now, each permission once."""
        due = self._stage.permissions_lost(now_ms)
        for permission in due[self._lost :]:
            self.access.withhold(permission)
        self._lost = len(due)

    # -- pool and limits ----------------------------------------------------------------------

    def pool_used(self, at: datetime | None = None) -> int:
        """Calls that count against the API pool in the 24 hours up to ``at``, default now."""
        return self._pool.used(to_ms(at or self.now()))

    def limits(self, at: datetime | None = None) -> dict[str, tuple[int, int]]:
        """Every limit as (Max, Remaining) at ``at``, default now, as ``/limits`` names them."""
        moment = at or self.now()
        used, fullest = self.pool_used(moment), self.facts.fullest_limit_share
        return limits_at(to_ms(moment), self.pool_max, used, fullest)

    def nested_limits(self) -> dict[str, dict[str, tuple[int, int]]]:
        """The limits that ``/limits`` shows inside another, by the outer one's name."""
        return {"PermissionSets": {"CreateCustom": PERMISSION_SETS_CREATE_CUSTOM}}

    # -- what clients do ----------------------------------------------------------------------

    def add_request(self, request: ApiRequest) -> None:
        """Record a request that a client just made: pool, log files, read events, truth."""
        self.advance()
        session = self._sessions.get(request.username) or number_from("session", request.username)
        call = own_call(request, session)
        self._own.add_call(call)
        if request.counted:
            self._pool.add(call.at_ms)
        if call.is_streamed:
            self._stream.append(API_CHANNEL, self._latest_ms, call)
            self._wake()

    def add_login(self, login: LoginAttempt) -> None:
        """Record a request to the token endpoint: LoginHistory, Login log, login events, truth.

        An attempt that names no user of the org leaves no trace, as in a real org.
        """
        self.advance()
        user = self.user_by_username(login.username)
        if user is None:
            return
        at_ms = to_ms(login.at)
        count = len(self._own.logins(at_ms, at_ms + 1))
        record = Login(
            at_ms=at_ms,
            number=number_from("own login", user.username, at_ms, count),
            user=user,
            application=login.app_name,
            source_ip=login.source_ip,
            status=login.status_text,
            login_type=login.login_type,
            sub_type=login.login_sub_type,
            user_agent=login.user_agent,
            is_real=True,
        )
        self._own.add_login(record)
        if record.succeeded:
            self._sessions[user.username] = record.number
        self._stream.append(LOGIN_CHANNEL, self._latest_ms, record)
        self._wake()

    def user_by_username(self, username: str) -> SimUser | None:
        """The user of that login name, whatever its case."""
        wanted = username.lower()
        return next((u for u in self.facts.users if u.username.lower() == wanted), None)

    def app_by_consumer_key(self, key: str) -> SimApp | None:
        """The app of that consumer key; the External Client App where a connected app was moved."""
        found = [app for app in self.facts.apps if app.consumer_key == key]
        return next(
            (app for app in found if app.kind == "external_client_app"), found[0] if found else None
        )

    # -- stream -------------------------------------------------------------------------------

    def subscribe_listener(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called after events were published; returns how to stop that."""
        self._listeners.append(wake)

        def stop() -> None:
            if wake in self._listeners:
                self._listeners.remove(wake)

        return stop

    def events_after(self, channel: str, replay_id: int, limit: int) -> list[PublishedEvent]:
        """At most ``limit`` retained events of a channel with a greater replay id, in order.

        Where `stream_faults` stand, without those that are lost or not due yet.
        """
        fetch = partial(self._stream.after, channel)
        return self.stream_faults.delivered(channel, fetch, replay_id, limit, self.now())

    def oldest_replay_id(self, channel: str) -> int | None:
        """The first replay id that a channel still retains; None when it retains nothing."""
        return self._stream.oldest(channel)

    def newest_replay_id(self, channel: str) -> int | None:
        """The last replay id published on a channel; None when it retains nothing."""
        return self._stream.newest(channel)

    # -- log files and tables -----------------------------------------------------------------

    def log_files(self) -> list[SimLogFile]:
        """The EventLogFile records that exist now, oldest creation first."""
        return self._log_files.existing(self.now())

    def log_file_body(self, file_id: str) -> Iterator[bytes] | None:
        """A log file's CSV in chunks, the same bytes every time; None for an unknown id."""
        file = self._log_files.find(file_id, self.now())
        return None if file is None else self._log_files.body(file)

    def query_prepare(self, soql: str) -> Iterator[None]:
        """Do in short steps most of the work of a query, so that others get their turn between."""
        return self._monitoring.preparing(soql)

    def change_log_file(self, file_id: str, how: LogFileChange) -> SimLogFile | None:
        """Let something happen to a log file, as between its listing and its download."""
        return self._log_files.change(file_id, how, self.now())

    def table(self, sobject: str, tooling: bool = False) -> Table | None:
        """What SOQL sees under that name (any case); None for an unknown or unavailable type."""
        tables = self._tooling_tables if tooling else self._tables
        return tables.get(sobject.lower())

    def sobject_names(self, tooling: bool = False) -> tuple[str, ...]:
        """The names of the objects that an API of this org has, in alphabetical order."""
        tables = self._tooling_tables if tooling else self._tables
        return tuple(sorted(table.name for table in tables.values()))

    def table_for(
        self, user: SimUser, sobject: str, *, tooling: bool = False, version: int = 0
    ) -> Table | None:
        """`table` as ``user`` sees it in that API version, 0 being the newest."""
        table = self.table(sobject, tooling)
        return self.access.seen_by(user, table, tooling=tooling, version=version)

    # -- truth --------------------------------------------------------------------------------

    def truth_prepare(
        self, since: datetime, until: datetime, *, with_log_files: bool = True
    ) -> Iterator[None]:
        """Do in short steps most of the work of `truth`, so that others get their turn between."""
        now = self.now()
        yield from self._ledger.preparing(to_ms(since), min(to_ms(until), to_ms(now)))
        if with_log_files:
            yield from self._log_files.listing(now)
            yield from self._log_files.measuring(self._files_within(since, until, now))

    def _files_within(self, since: datetime, until: datetime, now: datetime) -> list[SimLogFile]:
        """The log files that exist and cover any part of the span."""
        return [
            file
            for file in self._log_files.existing(now)
            if file.log_date < until and since < file.log_date + file.covers
        ]

    def truth(
        self, since: datetime, until: datetime, *, with_log_files: bool = True
    ) -> dict[str, object]:
        """What really happened at ``since <= t < until``, the present moment included, as JSON.

        ``log_files`` are those that exist now and cover any part of the span; to measure them for
        the first time takes seconds, which ``with_log_files=False`` saves.
        """
        self.advance()
        now_ms = self._latest_ms
        since_ms, until_ms = _ceil_ms(since), _ceil_ms(until)
        if until_ms >= now_ms:
            until_ms = now_ms + 1
        entries = self._ledger.integrations(since_ms, until_ms)
        return {
            "as_of": iso_ms(now_ms),
            "since": iso_ms(since_ms),
            "until": iso_ms(min(until_ms, now_ms)),
            **self._stage.standing(since_ms, until_ms),
            "pool_used": self._pool.used(now_ms),
            "pool_max": self.pool_max,
            "calls": _total(entries, "calls"),
            "counted_calls": _total(entries, "counted_calls"),
            "errors": _total(entries, "errors"),
            "hours": span_hours(since_ms, until_ms),
            "integrations": entries,
            "events": {
                channel: self._stream.count(channel, since_ms, until_ms)
                for channel in self.channels
            },
            "logins": self._ledger.logins(since_ms, until_ms),
            "acts": self._ledger.acts(since_ms, until_ms),
            "apps": dict(Counter(app.kind for app in self.facts.apps)),
            "log_files": [
                told_file(file, self._log_files.size(file))
                for file in self._files_within(since, until, from_ms(now_ms))
                if with_log_files
            ],
            "own_requests": self._ledger.own_requests(since_ms, until_ms),
        }

    # -- making -------------------------------------------------------------------------------

    def _make_monitoring(self, day_ms: int, history_ms: int) -> Monitoring:
        sources = LogSources(
            self._traffic,
            self._logins,
            self._own,
            self._acts,
            self.facts.org_id,
            self.options.eca_log_id,
        )
        return Monitoring(
            sources,
            self.options.log_quirks,
            self.now,
            event_monitoring=self.event_monitoring,
            day_ms=day_ms,
            history_ms=history_ms,
            creator_id=story_people.AUTOMATED_PROCESS.user_id,
        )

    def _make_tables(self, since_ms: int) -> tuple[dict[str, Table], dict[str, Table]]:
        sources = OrgSources(
            facts=self.facts,
            seed=self.options.seed,
            now=self.now,
            access=self.access,
            last_used=self._last_used,
            recent_logins=RecentLogins(self._logins, self._own),
            acts=self._acts,
            since=from_ms(since_ms),
            tables=lambda tooling: (self._tooling_tables if tooling else self._tables).values(),
        )
        tables = [*standard_tables(sources), *self._monitoring.tables()]
        return (
            {table.name.lower(): table for table in tables},
            {table.name.lower(): table for table in tooling_tables(sources)},
        )

    def _missing_features(self) -> frozenset[Feature]:
        """Everything that the org does not have."""
        missing = self.options.missing_features
        return missing if self.event_monitoring else missing | {Feature.EVENT_MONITORING}

    def _last_used(self, app: SimApp, username: str) -> datetime | None:
        return self._stage.last_used(app, username, self.now())

    def _wake(self) -> None:
        for wake in tuple(self._listeners):
            wake()


def _ceil_ms(moment: datetime) -> int:
    floor = to_ms(moment)
    return floor if from_ms(floor) == moment else floor + 1


def _total(entries: list[dict[str, object]], name: str) -> int:
    return sum(value for entry in entries if isinstance(value := entry[name], int))
