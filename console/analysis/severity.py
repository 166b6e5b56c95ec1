"""How worrying a used share is, by thresholds in percent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Fractions of a limit at which its severity rises."""

    warning: float = 0.75
    critical: float = 0.90
    exceeded: float = 1.00


DEFAULT_THRESHOLDS = Thresholds()


def severity_of(used_fraction: float | None, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> str:
    """``ok``, ``warning``, ``critical`` or ``exceeded``; ``unknown`` for an unknown share."""
    if used_fraction is None:
        return "unknown"
    if used_fraction >= thresholds.exceeded:
        return "exceeded"
    if used_fraction >= thresholds.critical:
        return "critical"
    if used_fraction >= thresholds.warning:
        return "warning"
    return "ok"
