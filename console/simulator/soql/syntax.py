"""What a query says, as plain values: the parser makes them, the plan gives them a meaning."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


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
class FunctionCall:
    """``COUNT()``, ``MAX(CreatedDate)``, ``CALENDAR_YEAR(convertTimezone(LoginTime))``.

    ``name`` is in capitals; ``argument`` is None for ``COUNT()``.
    """

    name: str
    argument: "Expression | None"
    offset: int


Expression = FieldPath | FunctionCall


@dataclass(frozen=True, slots=True)
class SelectedExpression:
    """One column of the result."""

    expression: Expression
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class SelectedGroup:
    """``FIELDS(ALL)``, ``FIELDS(STANDARD)`` or ``FIELDS(CUSTOM)``; ``name`` is in capitals."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class SelectedChildren:
    """``(SELECT Id FROM Users)``: a query whose source is a child relationship."""

    query: "Query"
    offset: int


Selected = SelectedExpression | SelectedGroup | SelectedChildren


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
    """``left operator value``; IN, NOT IN, INCLUDES and EXCLUDES have several values."""

    left: Expression
    operator: str
    values: tuple[Operand, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class SemiJoin:
    """``left IN (SELECT …)``, or with ``negated`` an anti-join, ``left NOT IN (SELECT …)``."""

    left: Expression
    negated: bool
    query: "Query"
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


Condition = Comparison | SemiJoin | Negation | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Ordering:
    """One sort key."""

    key: Expression
    descending: bool = False
    nulls_last: bool = False
    """Null records come first unless the query says otherwise (SOQL reference, ORDER BY)."""


@dataclass(frozen=True, slots=True)
class GroupBy:
    """``GROUP BY a, b``, ``GROUP BY ROLLUP(a, b)`` or ``GROUP BY CUBE(a, b)``."""

    keys: tuple[Expression, ...]
    totals: Literal["", "ROLLUP", "CUBE"] = ""


@dataclass(frozen=True, slots=True)
class OtherSource:
    """A parent relationship named in FROM beside the object: ``FROM User u, u.Profile p``."""

    path: FieldPath
    alias: str


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT statement."""

    select: tuple[Selected, ...]
    source: FieldPath
    """The sObject; in a child query the relationship, perhaps after the parent's own name."""
    alias: str | None
    other_sources: tuple[OtherSource, ...] = ()
    where: Condition | None = None
    group_by: GroupBy | None = None
    having: Condition | None = None
    order_by: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int = 0
    offset_at: int = 0
    """Where in the text OFFSET's number stands."""

    @property
    def counts_only(self) -> bool:
        """Whether this is ``SELECT COUNT()``, which answers with a number alone."""
        match self.select:
            case (SelectedExpression(FunctionCall("COUNT", None)),):
                return True
        return False


def conjuncts(condition: Condition | None) -> list[Condition]:
    """The conditions that must all hold: ``AND`` taken apart through parentheses."""
    match condition:
        case None:
            return []
        case AllOf(conditions):
            return [part for each in conditions for part in conjuncts(each)]
        case _:
            return [condition]
