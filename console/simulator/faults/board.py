"""Troubles that a test, a scenario or a demonstration asks the simulated org for.

A standing fault is counted down each time it strikes and is gone after ``times``, or when its
span of the org's time is over. What happens at once and needs no standing (revoking tokens,
dropping streaming sessions) is done by `console.simulator.faults.acts`.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from console.simulator.faults.kinds import FaultKind, FaultNotUnderstood

__all__ = ["MAX_STANDING", "Fault", "FaultBoard", "FaultKind", "FaultNotUnderstood"]

MAX_STANDING = 100


@dataclass(slots=True)
class Fault:
    """One trouble; ``remaining`` counts down."""

    kind: FaultKind
    said: Mapping[str, object]
    """The kind's own keys with their values, defaults filled in."""
    remaining: int | None = 1
    """None: until it is taken down or its time is over."""
    passing: int = 0
    """How many requests that it concerns it still lets pass."""
    path: str = ""
    """Only requests whose path begins so, or matches it as a glob; empty strikes every path."""
    probability: float = 1.0
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    """The org's time between which it stands; None: no bound."""
    number: int = 0
    struck: int = 0

    def text(self, key: str) -> str:
        """The value of a key that takes a string; empty when left out."""
        value = self.said.get(key)
        return value if isinstance(value, str) else ""

    def count(self, key: str) -> int:
        """The value of a key that takes a whole number; 0 when left out."""
        return int(self.seconds(key))

    def seconds(self, key: str) -> float:
        """The value of a key that takes a number; 0 when left out."""
        value = self.said.get(key)
        return value if isinstance(value, int | float) else 0.0

    def has(self, key: str) -> bool:
        """Whether a key has a value."""
        return self.said.get(key) is not None

    @property
    def error(self) -> str:
        """What the token endpoint says, of `FaultKind.LOGIN_REFUSED`."""
        return self.text("error")

    @property
    def error_description(self) -> str:
        """How the token endpoint explains it, of `FaultKind.LOGIN_REFUSED`."""
        return self.text("error_description")

    def concerns(self, path: str) -> bool:
        """Whether a request for ``path`` is one that the fault may strike."""
        if any(sign in self.path for sign in "*?["):
            return fnmatchcase(path, self.path)
        return path.startswith(self.path)

    def as_document(self) -> dict[str, object]:
        """The fault as the control endpoint lists it."""
        said = {key: value for key, value in self.said.items() if value is not None}
        document: dict[str, object] = {
            "id": self.number,
            "kind": self.kind.value,
            "remaining": self.remaining,
            "path": self.path,
            "struck": self.struck,
            **said,
        }
        if self.passing:
            document["after"] = self.passing
        if self.probability < 1:
            document["probability"] = self.probability
        for key, moment in (("begins_at", self.begins_at), ("ends_at", self.ends_at)):
            if moment is not None:
                document[key] = moment.isoformat().replace("+00:00", "Z")
        return document


class FaultBoard:
    """The faults that stand, oldest first, and how often each kind has struck."""

    def __init__(self, now: Callable[[], datetime], seed: int = 0) -> None:
        self._now = now
        self._dice = random.Random(seed)
        self._standing: list[Fault] = []
        self._asked = 0
        self.struck: Counter[str] = Counter()
        self.clock_skew = timedelta()
        """How far the servers' idea of the time is off."""

    @property
    def standing(self) -> tuple[Fault, ...]:
        """What has been asked for and has not struck often enough yet."""
        self._forget_the_past()
        return tuple(self._standing)

    def stand(self, fault: Fault) -> None:
        """Put up one fault; raises FaultNotUnderstood when too many stand already."""
        self._forget_the_past()
        if len(self._standing) >= MAX_STANDING:
            raise FaultNotUnderstood(f"{MAX_STANDING} faults stand already")
        self._asked += 1
        fault.number = self._asked
        self._standing.append(fault)

    def strike(self, kind: FaultKind, path: str = "") -> Fault | None:
        """The oldest fault of ``kind`` that strikes a request for ``path``; None if none does."""
        return self.strike_one_of((kind,), path)

    def strike_one_of(
        self,
        kinds: Collection[FaultKind],
        path: str = "",
        fits: Callable[[Fault], bool] | None = None,
    ) -> Fault | None:
        """The oldest fault of any of ``kinds`` that strikes, used up by one; None if none does.

        ``fits`` says which of them may strike here at all; default: all.
        """
        if not self._standing:
            return None
        now = self._now()
        for fault in tuple(self._standing):
            if fault.kind in kinds and fault.concerns(path) and (fits is None or fits(fault)):
                if fault.ends_at is not None and now >= fault.ends_at:
                    self._standing.remove(fault)
                elif (fault.begins_at is None or fault.begins_at <= now) and self._hits(fault):
                    return fault
        return None

    def _hits(self, fault: Fault) -> bool:
        if fault.passing > 0:
            fault.passing -= 1
            return False
        if fault.probability < 1 and self._dice.random() >= fault.probability:
            return False
        self.note(fault)
        if fault.remaining is not None:
            fault.remaining -= 1
            if fault.remaining == 0:
                self._standing.remove(fault)
        return True

    def note(self, fault: Fault) -> None:
        """Count that a fault has struck."""
        fault.struck += 1
        self.struck[fault.kind.value] += 1

    def take_down(self, number: int) -> bool:
        """Take one fault down by its number; False when none of that number stands."""
        for fault in self._standing:
            if fault.number == number:
                self._standing.remove(fault)
                return True
        return False

    def clear(self) -> None:
        """Take every fault down and set the clock right."""
        self._standing.clear()
        self.clock_skew = timedelta()

    def _forget_the_past(self) -> None:
        now = self._now()
        self._standing = [
            fault for fault in self._standing if fault.ends_at is None or now < fault.ends_at
        ]
