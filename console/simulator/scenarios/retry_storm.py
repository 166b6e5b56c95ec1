"""An integration that repeats every refused call at once, again and again."""

from datetime import timedelta
from types import MappingProxyType

from console.simulator.dice import mixed
from console.simulator.life.traffic import Call
from console.simulator.org.integration import CallShape
from console.simulator.scenarios.calm_week import CALM_FACTS, CALM_INTEGRATIONS, calm
from console.simulator.scenarios.planting import planted_call
from console.simulator.scenarios.scenario import (
    Incident,
    Opening,
    Plot,
    Scenario,
    ScriptedFault,
)

_ORDERS = calm("orders")
_REFUSED = CallShape(
    1, "REST", "PATCH", "/v{v}/sobjects/Order/{id}", "Order", success=503, records=1024
)
_OPERATIONS = 1_000
_EVERY_MS = 1_800
_ATTEMPTS = 12
_PAUSE_MS, _PAUSE_SPREAD_MS = 60, 60


def _plot(opening: Opening) -> Plot:
    calls: list[Call] = []
    for operation in range(_OPERATIONS):
        at_ms = opening.begin_ms + operation * _EVERY_MS
        for attempt in range(_ATTEMPTS):
            chance = mixed(opening.seed, operation * _ATTEMPTS + attempt)
            at_ms += _PAUSE_MS + chance % _PAUSE_SPREAD_MS
            calls.append(planted_call(_ORDERS, _REFUSED, at_ms, len(calls), operation))
    incident = Incident(
        kind="retry_storm",
        subject=_ORDERS.name,
        since_ms=opening.begin_ms,
        until_ms=calls[-1].at_ms + 1,
        must_find=(
            "Order Sync repeats refused calls within a tenth of a second, without backing off."
        ),
        users=(_ORDERS.users[0].username,),
        addresses=_ORDERS.addresses,
        figures=MappingProxyType(
            {
                "calls": len(calls),
                "failed_calls": len(calls),
                "operations": _OPERATIONS,
                "attempts_per_operation": _ATTEMPTS,
                "wasted_calls": len(calls) - _OPERATIONS,
                "longest_pause_ms": _PAUSE_MS + _PAUSE_SPREAD_MS,
                "status": _REFUSED.success,
            }
        ),
    )
    return Plot(calls=tuple(calls), incidents=(incident,))


_REFUSAL = ScriptedFault(
    after=timedelta(0),
    document=MappingProxyType(
        {
            "kind": "http_503",
            "path": "*/sobjects/Order/*",
            "times": None,
            "for_s": _OPERATIONS * _EVERY_MS / 1_000,
        }
    ),
)
"""A real client that asks for an order while the storm lasts is refused as well."""

RETRY_STORM = Scenario(
    name="retry-storm",
    title="Refused calls, repeated without back-off",
    description=(
        "For half an hour a thousand updates of orders are refused with 503, and Order Sync"
        " repeats each of them eleven times within seconds. The storm costs a tenth of the day's"
        " pool and changes nothing in the org."
    ),
    facts=CALM_FACTS,
    integrations=CALM_INTEGRATIONS,
    dead_credentials=False,
    plot=_plot,
    faults=(_REFUSAL,),
)
