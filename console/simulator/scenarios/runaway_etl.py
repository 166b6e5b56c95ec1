"""A load that repeats itself by day until the API pool is empty."""

from types import MappingProxyType

from console.simulator.life.rolling_window import RollingWindow
from console.simulator.life.traffic import Traffic
from console.simulator.moments import DAY_MS, HOUR_MIN, MINUTE_MS, iso_ms
from console.simulator.org.integration import RhythmChange
from console.simulator.scenarios.calm_week import CALM_FACTS, CALM_INTEGRATIONS, calm
from console.simulator.scenarios.scenario import Incident, Opening, Plot, Scenario

_LOADER = calm("dwh")
_EXTRA_PER_MINUTE = 160.0
_LASTS_MIN = 6 * HOUR_MIN


def _plot(opening: Opening) -> Plot:
    first = opening.begin_ms // MINUTE_MS
    end = first + _LASTS_MIN
    change = RhythmChange(_LOADER, first, end, extra_per_minute=_EXTRA_PER_MINUTE)
    usual = Traffic(opening.seed, (_LOADER,), scale=opening.scale)
    changed = Traffic(opening.seed, (_LOADER,), (change,), scale=opening.scale)
    minutes = range(first, end)
    calls, usual_calls = (sum(map(one.count, minutes)) for one in (changed, usual))
    incident = Incident(
        kind="runaway_consumption",
        subject=_LOADER.name,
        since_ms=opening.begin_ms,
        until_ms=end * MINUTE_MS,
        must_find=(
            "The warehouse loader makes a multiple of its usual calls by day and will use up the"
            " API pool within hours."
        ),
        users=(_LOADER.users[0].username,),
        addresses=_LOADER.addresses,
        figures=MappingProxyType(
            {
                "calls": calls,
                "usual_calls": usual_calls,
                "pool_exhausted_at": _exhausted_at(opening, change),
            }
        ),
    )
    return Plot(changes=(change,), incidents=(incident,))


def _exhausted_at(opening: Opening, change: RhythmChange) -> str:
    """The minute at whose end the pool is used up, without real clients' calls; empty if never."""
    traffic = Traffic(opening.seed, CALM_INTEGRATIONS, (change,), scale=opening.scale)
    pool_max = round(CALM_FACTS.pool_max * opening.scale)
    first_ms = change.first_minute * MINUTE_MS
    window = RollingWindow(traffic.count, traffic.counted_times)
    used = window.used(first_ms)
    for minute in range(change.first_minute, change.end_minute):
        used += traffic.count(minute) - traffic.count(minute - DAY_MS // MINUTE_MS)
        if used >= pool_max:
            return iso_ms((minute + 1) * MINUTE_MS)
    return ""


RUNAWAY_ETL = Scenario(
    name="runaway-etl",
    title="A load that will drain the pool",
    description=(
        "The data warehouse loader, which works at night, begins to load everything again by day:"
        " 160 calls a minute on top of the usual few. The pool runs dry within a few hours;"
        " after six hours somebody stops the load. Nothing fails until the pool is empty."
    ),
    facts=CALM_FACTS,
    integrations=CALM_INTEGRATIONS,
    dead_credentials=False,
    plot=_plot,
)
