"""What a query says, as plain values: the parser makes them, the plan gives them a meaning."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A field, or a field of a parent record: ``Id``, ``User.Profile.Name``."""

    parts: tuple[str, ...]
    offset: int

    @property
    def text(self) -> str:
        """The path as it was written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class SelectedField:
    """One plain column of the result."""

    path: FieldPath
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class SelectedAggregate:
    """``COUNT()``, ``COUNT(Id)``, ``MAX(CreatedDate) newest``; ``path`` is None for ``COUNT()``."""

    function: str
    path: FieldPath | None
    alias: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class SelectedGroup:
    """``FIELDS(ALL)``, ``FIELDS(STANDARD)`` or ``FIELDS(CUSTOM)``; ``name`` is in capitals."""

    name: str
    offset: int


Selected = SelectedField | SelectedAggregate | SelectedGroup


@dataclass(frozen=True, slots=True)
class DateLiteral:
    """``TODAY`` or ``LAST_N_DAYS:7``; ``count`` is None for those without a number."""

    name: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class LikePattern:
    """The right side of ``LIKE`` as a regular expression for the whole value."""

    expression: str


Operand = str | LikePattern | int | float | bool | datetime | date | DateLiteral | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """``path operator value``; with ``IN`` and ``NOT IN`` several values, otherwise one."""

    path: FieldPath
    operator: str
    values: tuple[Operand, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Negation:
    """``NOT condition``."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Conditions joined by ``AND``."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Conditions joined by ``OR``."""

    conditions: tuple["Condition", ...]


Condition = Comparison | Negation | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Ordering:
    """One sort key, a field or an aggregate."""

    key: FieldPath | SelectedAggregate
    descending: bool = False
    nulls_last: bool = False
    """Null records come first unless the query says otherwise (SOQL reference, ORDER BY)."""


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT statement."""

    select: tuple[Selected, ...]
    object_name: str
    object_alias: str | None
    object_offset: int
    where: Condition | None = None
    group_by: tuple[FieldPath, ...] = ()
    order_by: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int = 0
