"""An integration's account calls at hours in which it never calls."""

from types import MappingProxyType

from console.simulator.moments import DAY_MIN, HOUR_MS, MINUTE_MS
from console.simulator.org.integration import SimIntegration
from console.simulator.scenarios.calm_week import CALM_FACTS, CALM_INTEGRATIONS, calm
from console.simulator.scenarios.planting import planted_call
from console.simulator.scenarios.scenario import Incident, Opening, Plot, Scenario

_SUSPECTS = (calm("backup"), calm("bi"))
"""One of them rests at nearly every hour of the day."""
_LASTS_MIN = 45
_CALLS = 340
_EVERY_MS = _LASTS_MIN * MINUTE_MS // _CALLS


def _rests(integration: SimIntegration, first_minute: int) -> bool:
    """Whether the integration never calls in the episode's hours and the one around them."""
    hours = integration.rhythm.hours
    ends = (first_minute - 15, first_minute + _LASTS_MIN + 15)
    return not any(hours[minute % DAY_MIN // 60] for minute in ends)


def _who_and_when(begin_ms: int) -> tuple[SimIntegration, int]:
    """The first integration that rests, and the minute; some hours from then at the latest."""
    first = begin_ms // MINUTE_MS
    return next(
        (integration, minute)
        for minute in range(first, first + DAY_MIN)
        for integration in _SUSPECTS
        if _rests(integration, minute)
    )


def _plot(opening: Opening) -> Plot:
    suspect, minute = _who_and_when(opening.begin_ms)
    begin_ms = minute * MINUTE_MS
    shapes = suspect.shapes
    calls = tuple(
        planted_call(suspect, shapes[n % len(shapes)], begin_ms + 500 + n * _EVERY_MS, n)
        for n in range(_CALLS)
    )
    hour = begin_ms % (24 * HOUR_MS) // HOUR_MS
    incident = Incident(
        kind="off_hours",
        subject=suspect.name,
        since_ms=begin_ms,
        until_ms=calls[-1].at_ms + 1,
        must_find=f"{suspect.name} calls at {hour:02d}:00 UTC, an hour in which it always rests.",
        users=(suspect.users[0].username,),
        addresses=suspect.addresses,
        figures=MappingProxyType({"calls": len(calls), "usual_calls": 0}),
    )
    return Plot(calls=calls, incidents=(incident,))


OFF_HOURS = Scenario(
    name="off-hours",
    title="An account outside its hours",
    description=(
        "An integration that keeps strict hours calls outside of them for three quarters of an"
        " hour: the nightly backup by day, or, where the episode falls into the night, the"
        " dashboards that only run between morning and evening. App, client and addresses are the"
        " usual ones; only the time is wrong. Between two hours that suit, the episode waits."
    ),
    facts=CALM_FACTS,
    integrations=CALM_INTEGRATIONS,
    dead_credentials=False,
    plot=_plot,
)
