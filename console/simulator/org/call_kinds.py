"""What the chance in a call's number decides, looked up instead of computed.

`traffic.Call` says what each call is. Log files ask that of every call of a month, where working
it out again takes most of the time; so the answers are laid out in tables, one set for each
integration and shape, filled by asking `Call` itself. A test compares the two.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from console.simulator.life.traffic import SOAP_LOGIN, Call
from console.simulator.org.integration import CallShape, SimIntegration

STATUS_SHIFT, STATUS_MASK = 22, 0xFFF
ORIGIN_SHIFT, ORIGIN_MASK = 34, 0xFF
VARIANT_SHIFT, VARIANT_MASK = 42, 0x3FF
"""Which bits of a number choose the status, user and address, and the record named."""


@dataclass(frozen=True, slots=True)
class CallKind:
    """The calls of one integration with one shape."""

    outcomes: tuple[Call, ...]
    """A call for every combination of status, user and address that there is."""
    by_status: tuple[int, ...]
    """For the bits that choose the status: the first outcome with it."""
    by_origin: tuple[int, ...]
    """For the bits that choose user and address: how many outcomes further."""
    resources: tuple[str, ...]
    """API_RESOURCE for the bits that choose the record."""

    def outcome(self, number: int) -> int:
        """Which of the outcomes a call with this number has."""
        return (
            self.by_status[number >> STATUS_SHIFT & STATUS_MASK]
            + self.by_origin[number >> ORIGIN_SHIFT & ORIGIN_MASK]
        )


@lru_cache(maxsize=1024)
def kind_of(integration: SimIntegration, shape: CallShape) -> CallKind:
    """The tables of an integration's calls with a shape."""
    statuses, origins = _statuses(integration, shape), _origins(integration)
    status_bits, origin_bits = _first_places(statuses), _first_places(origins)
    first = {status: n * len(origin_bits) for n, status in enumerate(status_bits)}
    further = {origin: n for n, origin in enumerate(origin_bits)}
    return CallKind(
        outcomes=tuple(
            Call(0, status << STATUS_SHIFT | origin << ORIGIN_SHIFT, integration, shape)
            for status in status_bits.values()
            for origin in origin_bits.values()
        ),
        by_status=tuple(first[status] for status in statuses),
        by_origin=tuple(further[origin] for origin in origins),
        resources=_resources(integration, shape),
    )


def _statuses(integration: SimIntegration, shape: CallShape) -> tuple[int, ...]:
    """The status for each value of its bits: one table for all shapes that succeed alike."""
    return _statuses_with(integration, shape.success, shape is SOAP_LOGIN)


@lru_cache(maxsize=512)
def _statuses_with(integration: SimIntegration, success: int, is_login: bool) -> tuple[int, ...]:
    shape = SOAP_LOGIN if is_login else replace(integration.shapes[0], success=success)
    return tuple(
        Call(0, bits << STATUS_SHIFT, integration, shape).status for bits in range(STATUS_MASK + 1)
    )


@lru_cache(maxsize=256)
def _origins(integration: SimIntegration) -> tuple[tuple[int, str], ...]:
    """User and address for each value of their bits."""
    shape = integration.shapes[0]
    calls = (Call(0, n << ORIGIN_SHIFT, integration, shape) for n in range(ORIGIN_MASK + 1))
    return tuple((call.user_index, call.client_ip) for call in calls)


Told = TypeVar("Told")


def _first_places(table: tuple[Told, ...]) -> dict[Told, int]:
    """Where each entry of a table stands first."""
    places: dict[Told, int] = {}
    for n, entry in enumerate(table):
        places.setdefault(entry, n)
    return places


def _resources(integration: SimIntegration, shape: CallShape) -> tuple[str, ...]:
    variants = range(min(shape.records, VARIANT_MASK + 1))
    named = [Call(0, bits << VARIANT_SHIFT, integration, shape).resource for bits in variants]
    return tuple(named[bits % len(named)] for bits in range(VARIANT_MASK + 1))
