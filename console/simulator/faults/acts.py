"""Faults that happen when they are asked for, and the one door through which every fault comes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from aiohttp import web

from console.simulator.cometd.exchange import BOOK
from console.simulator.events.stream_faults import StreamFault, StreamFaultKind
from console.simulator.faults.board import Fault
from console.simulator.faults.documents import fault_from
from console.simulator.faults.kinds import AT_ONCE, FaultKind, FaultNotUnderstood
from console.simulator.org.permissions import Permission
from console.simulator.web.wire import WIRE


def cause(app: web.Application, document: object) -> dict[str, object]:
    """Do what a fault document asks for, and say what came of it as JSON.

    ``struck`` is how many tokens, sessions or connections were met at once, null for a fault that
    stands; ``id`` is its number then. Raises FaultNotUnderstood.
    """
    wire = app[WIRE]
    fault = fault_from(document, wire.world.now())
    if fault.kind not in AT_ONCE:
        wire.faults.stand(fault)
        return {"kind": fault.kind.value, "struck": None, "id": fault.number}
    struck = _ACTS[fault.kind](app, fault)
    wire.faults.note(fault)
    return {"kind": fault.kind.value, "struck": struck}


def clear(app: web.Application) -> None:
    """Take down what stands, set the clock right and bring retired versions back."""
    wire = app[WIRE]
    wire.faults.clear()
    wire.world.stream_faults.clear()
    wire.versions.oldest = wire.options.rest.oldest_version


def permission_named(name: str) -> Permission:
    """The permission of that API name; raises FaultNotUnderstood."""
    try:
        return Permission(name)
    except ValueError:
        names = ", ".join(Permission)
        raise FaultNotUnderstood(f"permission must be one of: {names}") from None


def _revoke_tokens(app: web.Application, fault: Fault) -> int:
    return app[WIRE].tokens.revoke_all()


def _skew_clock(app: web.Application, fault: Fault) -> None:
    app[WIRE].faults.clock_skew = timedelta(seconds=fault.seconds("seconds"))


def _drop_sessions(app: web.Application, fault: Fault) -> int:
    return app[BOOK].drop_all()


def _expire_sticky(app: web.Application, fault: Fault) -> int:
    return app[BOOK].expire_sticky()


def _push_disconnect(app: web.Application, fault: Fault) -> int:
    return app[BOOK].disconnect_all()


def _reset_polls(app: web.Application, fault: Fault) -> int:
    return app[BOOK].reset_polls()


def _vanish_locators(app: web.Application, fault: Fault) -> int:
    return app[WIRE].cursors.clear()


def _retire_versions(app: web.Application, fault: Fault) -> None:
    wire = app[WIRE]
    wire.versions.oldest = max(fault.count("below"), wire.options.rest.oldest_version)


def _withhold(app: web.Application, fault: Fault) -> None:
    app[WIRE].world.access.withhold(permission_named(fault.text("permission")))


def _grant(app: web.Application, fault: Fault) -> None:
    app[WIRE].world.access.grant(permission_named(fault.text("permission")))


def _spoil_stream(app: web.Application, fault: Fault) -> None:
    world = app[WIRE].world
    channel = fault.text("channel") or None
    if channel is not None and channel not in world.channels:
        raise FaultNotUnderstood(f"channel must be one of: {', '.join(world.channels)}")
    world.stream_faults.begin(
        StreamFault(
            kind=_STREAM_FAULTS[fault.kind],
            channel=channel,
            one_in=max(fault.count("one_in"), 1),
            delay=timedelta(seconds=fault.seconds("delay_s")),
            seed=fault.count("seed"),
        )
    )


_STREAM_FAULTS: Mapping[FaultKind, StreamFaultKind] = MappingProxyType(
    {
        FaultKind.DUPLICATE_EVENTS: "duplicate",
        FaultKind.REORDER_EVENTS: "reorder",
        FaultKind.LOSE_EVENTS: "lose",
        FaultKind.DELAY_EVENTS: "delay",
    }
)
_ACTS: Mapping[FaultKind, Callable[[web.Application, Fault], int | None]] = MappingProxyType(
    {
        FaultKind.REVOKE_TOKENS: _revoke_tokens,
        FaultKind.CLOCK_SKEW: _skew_clock,
        FaultKind.DROP_SESSIONS: _drop_sessions,
        FaultKind.EXPIRE_STICKY: _expire_sticky,
        FaultKind.PUSH_DISCONNECT: _push_disconnect,
        FaultKind.RESET_POLLS: _reset_polls,
        FaultKind.VANISH_LOCATORS: _vanish_locators,
        FaultKind.RETIRE_VERSIONS: _retire_versions,
        FaultKind.WITHHOLD_PERMISSION: _withhold,
        FaultKind.GRANT_PERMISSION: _grant,
        **dict.fromkeys(_STREAM_FAULTS, _spoil_stream),
    }
)
