"""Aggregate functions as they see one row after the other, so that no group holds its rows."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from console.simulator.objects.tables import Field, FieldType, Value
from console.simulator.soql.errors import MALFORMED_QUERY, SoqlError
from console.simulator.soql.filter import Comparable, comparable
from console.simulator.soql.syntax import FunctionCall
from console.simulator.soql.terms import Term

_NUMBERS: frozenset[FieldType] = frozenset({"int", "double"})


class Tally(ABC):
    """What one aggregate knows of the rows of one group so far."""

    @abstractmethod
    def add(self, value: Value) -> None:
        """Take one row's value; null leaves every aggregate as it is."""

    @abstractmethod
    def result(self) -> Value:
        """The aggregate of all values taken."""


class _Count(Tally):
    def __init__(self) -> None:
        self._count = 0

    def add(self, value: Value) -> None:
        self._count += value is not None and value != ""

    def result(self) -> Value:
        return self._count


class _CountDistinct(Tally):
    def __init__(self, kind: FieldType) -> None:
        self._kind = kind
        self._seen: set[Comparable] = set()

    def add(self, value: Value) -> None:
        known = comparable(value, self._kind)
        if known is not None:
            self._seen.add(known)

    def result(self) -> Value:
        return len(self._seen)


class _Extreme(Tally):
    """The first of the largest or smallest values, as it was written."""

    def __init__(self, kind: FieldType, *, largest: bool) -> None:
        self._kind = kind
        self._largest = largest
        self._best: Comparable | None = None
        self._value: Value = None

    def add(self, value: Value) -> None:
        known = comparable(value, self._kind)
        if known is not None and (self._best is None or self._beats(known)):
            self._best, self._value = known, value

    def _beats(self, known: Comparable) -> bool:
        pair: tuple[object, object] = (known, self._best)
        if self._largest:
            pair = (self._best, known)
        return bool(pair[0] < pair[1])  # type: ignore[operator]

    def result(self) -> Value:
        return self._value


class _Total(Tally):
    def __init__(self, *, average: bool) -> None:
        self._average = average
        self._count = 0
        self._sum = 0.0

    def add(self, value: Value) -> None:
        if isinstance(value, int | float):
            self._count += 1
            self._sum += value

    def result(self) -> Value:
        if not self._count:
            return None
        return self._sum / self._count if self._average else self._sum


def aggregate_field(call: FunctionCall, term: Term) -> Field:
    """What the result of ``call`` over ``term`` is; raises SoqlError for types it does not take.

    Which types are taken: SOQL and SOSL reference, support for field types in aggregate functions.
    """
    wrong = call.name in ("SUM", "AVG") and term.field.type not in _NUMBERS
    if wrong or not term.field.aggregatable:
        raise SoqlError(
            MALFORMED_QUERY,
            f"field {term.field.name} does not support aggregate operator {call.name}",
            call.offset,
        )
    if call.name in ("COUNT", "COUNT_DISTINCT"):
        return Field(term.field.name, "int")
    return Field(term.field.name, term.field.type if call.name in ("MIN", "MAX") else "double")


def tally_maker(call: FunctionCall, term: Term) -> Callable[[], Tally]:
    """Makes the tallies of ``call``, one for each group."""
    kind = term.field.type
    match call.name:
        case "COUNT":
            return _Count
        case "COUNT_DISTINCT":
            return lambda: _CountDistinct(kind)
        case "MIN" | "MAX":
            return lambda: _Extreme(kind, largest=call.name == "MAX")
        case _:
            return lambda: _Total(average=call.name == "AVG")
