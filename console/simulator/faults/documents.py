"""From a JSON object to a fault: every key is checked, and every refusal is a sentence.

Keys that every standing fault takes: ``times`` (default 1; null: until taken down), ``after``
(how many requests it lets pass first), ``path`` (a prefix, or a glob when it holds ``*`` or
``?``), ``probability`` (of striking each time), ``in_s`` and ``for_s`` (when it begins to stand
and how long, in seconds of the org's time).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from console.simulator.faults.board import Fault
from console.simulator.faults.kinds import (
    AT_ONCE,
    KEYS,
    FaultKind,
    FaultNotUnderstood,
    Number,
    Text,
)

MAX_TIMES = 1_000_000
_YEAR_S = 366 * 86_400.0

COMMON_KEYS: Mapping[str, Number | Text] = {
    "times": Number(1, MAX_TIMES, 1, is_whole=True),
    "after": Number(0, MAX_TIMES, 0, is_whole=True),
    "path": Text(""),
    "probability": Number(0, 1, 1.0),
    "in_s": Number(0, _YEAR_S, 0.0),
    "for_s": Number(0, _YEAR_S),
}
"""What every standing fault takes."""


def fault_from(document: object, now: datetime) -> Fault:
    """The fault that a JSON object asks for at ``now``; raises FaultNotUnderstood."""
    if not isinstance(document, Mapping):
        raise FaultNotUnderstood("the body must be a JSON object")
    kind = _kind(document.get("kind"))
    own = KEYS.get(kind, {})
    common = {} if kind in AT_ONCE else COMMON_KEYS
    unknown = sorted(str(key) for key in set(document) - {"kind", *own, *common})
    if unknown:
        known = ", ".join([*own, *common]) or "none"
        raise FaultNotUnderstood(
            f"unknown key: {', '.join(unknown)}; {kind.value} takes: kind, {known}"
        )
    said = {key: _checked(document, kind, key, rule) for key, rule in own.items()}
    if kind in AT_ONCE:
        return Fault(kind, said)
    shared = {key: _checked(document, kind, key, rule) for key, rule in COMMON_KEYS.items()}
    always = "times" in document and document["times"] is None
    return _standing(kind, said, shared, now, always=always or kind is FaultKind.MAINTENANCE)


def _kind(name: object) -> FaultKind:
    try:
        return FaultKind(str(name))
    except ValueError:
        kinds = ", ".join(FaultKind)
        raise FaultNotUnderstood(f"kind must be one of: {kinds}") from None


def _checked(
    document: Mapping[str, object], kind: FaultKind, key: str, rule: Number | Text
) -> object:
    value = document.get(key)
    if value is not None:
        return rule.check(key, value)
    if rule.is_required:
        raise FaultNotUnderstood(f"{kind.value} needs {key}")
    return rule.default


def _standing(
    kind: FaultKind,
    said: dict[str, object],
    shared: dict[str, object],
    now: datetime,
    *,
    always: bool,
) -> Fault:
    fault = Fault(kind, said)
    fault.remaining = None if always else int(_number(shared["times"]))
    fault.passing = int(_number(shared["after"]))
    fault.path = str(shared["path"])
    fault.probability = _number(shared["probability"])
    fault.begins_at = now + timedelta(seconds=_number(shared["in_s"]))
    if shared["for_s"] is not None:
        fault.ends_at = fault.begins_at + timedelta(seconds=_number(shared["for_s"]))
    elif kind is FaultKind.MAINTENANCE:
        raise FaultNotUnderstood("maintenance needs for_s")
    return fault


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0.0
