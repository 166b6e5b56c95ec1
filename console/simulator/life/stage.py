"""The stage of a simulated org: its story with everything that the story makes happen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from console.simulator.life.logins import Logins
from console.simulator.life.org_acts import OrgActs
from console.simulator.life.schedule import session_start_ms
from console.simulator.life.traffic import Traffic
from console.simulator.moments import MINUTE_MS, from_ms, iso_ms, to_ms
from console.simulator.org.integration import SimIntegration
from console.simulator.org.permissions import Permission
from console.simulator.org.story import SimApp
from console.simulator.scenarios.catalogue import scenario_named
from console.simulator.scenarios.scenario import Opening, Plot, Scenario

_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Stage:
    """One story under one seed, opened at one moment."""

    scenario: Scenario
    plot: Plot
    began_ms: int
    """When the episode begins or began: a whole minute."""
    traffic: Traffic
    logins: Logins
    acts: OrgActs

    def last_used(self, app: SimApp, username: str, now: datetime) -> datetime | None:
        """When a user last got a token through an app, by ``now``; None when never."""
        now_ms = to_ms(now)
        for integration in self.scenario.integrations:
            names = [user.username for user in integration.users]
            if integration.app is app and username in names and integration.logs_in_by_itself:
                awake_ms = self._last_awake(integration, now_ms)
                return from_ms(session_start_ms(integration, names.index(username), awake_ms))
        planted = (
            from_ms(login.at_ms)
            for login in self.plot.logins
            if login.application == app.name
            and login.user.username == username
            and login.succeeded
            and login.at_ms <= now_ms
        )
        return max(planted, default=app.last_used_at)

    def _last_awake(self, integration: SimIntegration, now_ms: int) -> int:
        """The last moment up to now at which the integration was not silenced."""
        starts = (
            change.first_minute * MINUTE_MS - 1
            for change in self.plot.changes
            if change.integration is integration
            and change.is_silence
            and change.covers(now_ms // MINUTE_MS)
        )
        return min(starts, default=now_ms)

    def permissions_lost(self, now_ms: int) -> list[Permission]:
        """What orgwatch's user has lost by then, in the order of the story."""
        return [
            Permission(step.permission)
            for step in self.scenario.permission_steps
            if self.began_ms + step.after // _MS <= now_ms
        ]

    def standing(self, since_ms: int, until_ms: int) -> dict[str, object]:
        """The story as truth tells it: what it planted into a span, and what it means."""
        lost = self.permissions_lost(until_ms)
        return {
            "scenario": self.scenario.name,
            "episode_began": iso_ms(self.began_ms),
            "planted": [
                incident.as_document()
                for incident in self.plot.incidents
                if incident.since_ms < until_ms and since_ms < incident.until_ms
            ],
            "permissions_lost": [permission.value for permission in lost],
            "app_states": [standing.as_document() for standing in self.scenario.standings],
        }


def set_stage(
    name: str, seed: int, opened_ms: int, episode_at: timedelta | None, scale: float
) -> Stage:
    """Plant the story of that name; raises ConfigurationError when there is none.

    ``episode_at`` is from the opening on; None leaves it to the story.
    """
    scenario = scenario_named(name)
    wanted = scenario.begins if episode_at is None else episode_at
    began_ms = -(-(opened_ms + wanted // _MS) // MINUTE_MS) * MINUTE_MS
    plot = scenario.plot(Opening(seed, opened_ms, began_ms, scale))
    traffic = Traffic(seed, scenario.integrations, plot.changes, plot.calls, scale)
    logins = Logins(
        seed,
        scenario.integrations,
        scenario.desks,
        plot.logins,
        plot.changes,
        dead_credentials=scenario.dead_credentials,
    )
    return Stage(
        scenario, plot, began_ms, traffic, logins, OrgActs(seed, traffic, logins, plot.acts)
    )
