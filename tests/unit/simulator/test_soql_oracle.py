"""Queries made up by the machine, answered by the simulated org and by SQLite, which must agree.

SQLite knows nothing of our parser or plan. Where SOQL differs from SQL, the SQL says so in full:
null is a value that equals null, an empty text is null, comparisons of text ignore case (ASCII
here, where both mean the same), and a comparison that is not known is false before NOT sees it.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.simulator.objects.tables import Field, Table, Value
from console.simulator.soql.records import Record, records_of
from console.simulator.soql.run import run

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
ALPHABET = "aAbB%_' "


@dataclass(frozen=True)
class Clause:
    """The same thing said in both languages."""

    soql: str
    sql: str


def quoted_soql(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quoted_sql(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def moment_soql(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def moment_sql(moment: datetime) -> str:
    return f"'{moment:%Y-%m-%d %H:%M:%S}'"


TEXTS = st.text(ALPHABET, max_size=3)
MOMENTS = st.integers(0, 24 * 800).map(lambda hours: EPOCH + timedelta(hours=hours))
QUARTERS = st.integers(-8, 8).map(lambda n: n / 4)
SMALL = st.integers(-3, 3)

TEXT_FIELDS = {"Name": "t.Name", "Parent.Label": "p.Label"}
NUMBER_FIELDS = {"Whole": "t.Whole", "Parent.Level": "p.Level", "Part": "t.Part"}
DATE_PARTS = {
    "CALENDAR_YEAR": "CAST(strftime('%Y', t.Moment) AS INT)",
    "CALENDAR_MONTH": "CAST(strftime('%m', t.Moment) AS INT)",
    "CALENDAR_QUARTER": "(CAST(strftime('%m', t.Moment) AS INT) + 2) / 3",
    "DAY_IN_MONTH": "CAST(strftime('%d', t.Moment) AS INT)",
    "DAY_IN_WEEK": "CAST(strftime('%w', t.Moment) AS INT) + 1",
    "DAY_IN_YEAR": "CAST(strftime('%j', t.Moment) AS INT)",
    "HOUR_IN_DAY": "CAST(strftime('%H', t.Moment) AS INT)",
    "WEEK_IN_MONTH": "(CAST(strftime('%d', t.Moment) AS INT) + 6) / 7",
    "WEEK_IN_YEAR": "(CAST(strftime('%j', t.Moment) AS INT) + 6) / 7",
}
RANGES = ("<", "<=", ">", ">=")


@st.composite
def text_comparisons(draw: st.DrawFn) -> Clause:
    soql, sql = draw(st.sampled_from(sorted(TEXT_FIELDS.items())))
    text = draw(TEXTS)
    kind = draw(st.sampled_from(["=", "!=", "LIKE", *RANGES, "null"]))
    if kind == "null":
        return Clause(f"{soql} = null", f"{sql} IS NULL")
    if kind == "LIKE":
        return Clause(
            f"{soql} LIKE {quoted_soql(text)}", f"COALESCE({sql} LIKE {quoted_sql(text)}, 0)"
        )
    said = quoted_sql(text) if text else "NULL"
    if kind in RANGES:
        text = text or "a"
        said = quoted_sql(text)
        return Clause(
            f"{soql} {kind} {quoted_soql(text)}",
            f"COALESCE({sql} {kind} {said} COLLATE NOCASE, 0)",
        )
    verb = "IS" if kind == "=" else "IS NOT"
    return Clause(f"{soql} {kind} {quoted_soql(text)}", f"{sql} {verb} {said}")


@st.composite
def number_comparisons(draw: st.DrawFn) -> Clause:
    soql, sql = draw(st.sampled_from(sorted(NUMBER_FIELDS.items())))
    number = draw(SMALL if soql != "Part" else QUARTERS)
    kind = draw(st.sampled_from(["=", "!=", *RANGES, "IN", "NOT IN"]))
    if kind in RANGES:
        return Clause(f"{soql} {kind} {number}", f"COALESCE({sql} {kind} {number}, 0)")
    if kind in ("IN", "NOT IN"):
        other = draw(SMALL)
        either = f"({sql} IS {number} OR {sql} IS {other} OR {sql} IS NULL)"
        sign = "" if kind == "IN" else "NOT "
        return Clause(f"{soql} {kind} ({number}, {other}, null)", sign + either)
    verb = "IS" if kind == "=" else "IS NOT"
    return Clause(f"{soql} {kind} {number}", f"{sql} {verb} {number}")


@st.composite
def time_comparisons(draw: st.DrawFn) -> Clause:
    if draw(st.booleans()):
        name, sql = draw(st.sampled_from(sorted(DATE_PARTS.items())))
        number = draw(st.integers(0, 60))
        inner = draw(st.sampled_from(["Moment", "convertTimezone(Moment)"]))
        return Clause(f"{name}({inner}) >= {number}", f"COALESCE({sql} >= {number}, 0)")
    moment, kind = draw(MOMENTS), draw(st.sampled_from(RANGES))
    if draw(st.booleans()):
        return Clause(
            f"DAY_ONLY(Moment) {kind} {moment:%Y-%m-%d}",
            f"COALESCE(date(t.Moment) {kind} '{moment:%Y-%m-%d}', 0)",
        )
    return Clause(
        f"Moment {kind} {moment_soql(moment)}", f"COALESCE(t.Moment {kind} {moment_sql(moment)}, 0)"
    )


COMPARISONS = st.one_of(text_comparisons(), number_comparisons(), time_comparisons())


def joined(parts: list[Clause], word: str) -> Clause:
    return Clause(
        "(" + f" {word} ".join(part.soql for part in parts) + ")",
        "(" + f" {word} ".join(f"({part.sql})" for part in parts) + ")",
    )


CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.tuples(st.lists(inner, min_size=2, max_size=3), st.sampled_from(["AND", "OR"])).map(
            lambda drawn: joined(*drawn)
        ),
        inner.map(lambda one: Clause(f"(NOT {one.soql})", f"NOT ({one.sql})")),
    ),
    max_leaves=5,
)
JOINS = st.one_of(
    st.just(Clause("", "")),
    st.tuples(SMALL, st.booleans()).map(
        lambda drawn: Clause(
            f" AND ParentId {'NOT ' * drawn[1]}IN (SELECT Id FROM Parent WHERE Level > {drawn[0]})",
            f" AND {'NOT ' * drawn[1]}COALESCE("
            f"t.ParentId IN (SELECT Id FROM Parent WHERE Level > {drawn[0]}), 0)",
        )
    ),
)
SORTED = {
    "Name": "t.Name COLLATE NOCASE",
    "Whole": "t.Whole",
    "Moment": "t.Moment",
    "Parent.Label": "p.Label COLLATE NOCASE",
}


@st.composite
def orders(draw: st.DrawFn) -> Clause:
    said, meant = [], []
    for soql in draw(st.lists(st.sampled_from(sorted(SORTED)), max_size=2, unique=True)):
        direction = draw(st.sampled_from(["ASC", "DESC"]))
        nulls = draw(st.sampled_from(["FIRST", "LAST"]))
        said.append(f"{soql} {direction} NULLS {nulls}")
        meant.append(f"{SORTED[soql]} {direction} NULLS {nulls}")
    cut = ""
    if draw(st.booleans()):
        cut = f" LIMIT {draw(st.integers(0, 6))} OFFSET {draw(st.integers(0, 4))}"
    return Clause(
        f"ORDER BY {', '.join([*said, 'Id'])}{cut}", f"ORDER BY {', '.join([*meant, 't.Id'])}{cut}"
    )


PARENT_IDS = [f"00P00000000000{n}" for n in "1aA"]
PARENTS = st.tuples(*[st.tuples(st.none() | TEXTS, SMALL) for _ in PARENT_IDS])
ROWS = st.lists(
    st.tuples(
        st.none() | TEXTS,
        st.none() | SMALL,
        st.none() | QUARTERS,
        st.none() | MOMENTS,
        st.none() | st.sampled_from(PARENT_IDS),
    ),
    max_size=12,
)
Drawn = tuple[str | None, int | None, float | None, datetime | None, str | None]


class Both:
    """The same records in both worlds."""

    def __init__(self, rows: list[Drawn], parents: tuple[tuple[str | None, int], ...]) -> None:
        self._tables = {"thing": _things(rows), "parent": _parents(parents)}
        self._sqlite = sqlite3.connect(":memory:")
        self._sqlite.execute("CREATE TABLE Parent (Id, Label COLLATE NOCASE, Level)")
        self._sqlite.execute(
            "CREATE TABLE Thing (Id, Name COLLATE NOCASE, Whole, Part, Moment, ParentId)"
        )
        self._sqlite.executemany(
            "INSERT INTO Parent VALUES (?, ?, ?)",
            [(pid, label or None, level) for pid, (label, level) in _named(parents)],
        )
        self._sqlite.executemany(
            "INSERT INTO Thing VALUES (?, ?, ?, ?, ?, ?)",
            [
                (_id(n), name or None, whole, part, moment and moment_sql(moment)[1:-1], parent)
                for n, (name, whole, part, moment, parent) in enumerate(rows)
            ],
        )

    def soql(self, text: str) -> list[Record]:
        answer = run(text, lambda name: self._tables.get(name.lower()), NOW)
        return records_of(answer, 0, 10_000, "")

    def sql(self, select: str, clauses: str) -> list[tuple[object, ...]]:
        source = "Thing t LEFT JOIN Parent p ON p.Id = t.ParentId"
        return self._sqlite.execute(f"SELECT {select} FROM {source} {clauses}").fetchall()

    def close(self) -> None:
        self._sqlite.close()


def _id(number: int) -> str:
    return f"00T{number:012d}"


def _named(
    parents: tuple[tuple[str | None, int], ...],
) -> Iterator[tuple[str, tuple[str | None, int]]]:
    return zip(PARENT_IDS, parents, strict=True)


def _things(rows: list[Drawn]) -> Table:
    fields = [
        Field("Id", "id"),
        Field("Name"),
        Field("Whole", "int"),
        Field("Part", "double"),
        Field("Moment", "datetime"),
        Field("ParentId", "reference"),
    ]
    kept: list[dict[str, Value]] = [
        dict(zip([field.name for field in fields], (_id(n), *row), strict=True))
        for n, row in enumerate(rows)
    ]
    named = {field.name: field for field in fields}
    return Table("Thing", named, lambda: kept, "00T", {"Parent": ("Parent", "ParentId")})


def _parents(parents: tuple[tuple[str | None, int], ...]) -> Table:
    kept: list[dict[str, Value]] = [
        {"Id": pid, "Label": label, "Level": level} for pid, (label, level) in _named(parents)
    ]
    fields = {"Id": Field("Id", "id"), "Label": Field("Label"), "Level": Field("Level", "int")}
    children = {"Things": ("Thing", "ParentId")}
    return Table("Parent", fields, lambda: kept, "00P", children=children)


@settings(max_examples=120, deadline=None)
@given(ROWS, PARENTS, CONDITIONS, JOINS, orders())
def test_records_are_those_that_sql_finds_in_the_same_order(
    rows: list[Drawn],
    parents: tuple[tuple[str | None, int], ...],
    condition: Clause,
    join: Clause,
    order: Clause,
) -> None:
    both = Both(rows, parents)
    found = both.soql(f"SELECT Id FROM Thing WHERE {condition.soql}{join.soql} {order.soql}")
    wanted = both.sql("t.Id", f"WHERE {condition.sql}{join.sql} {order.sql}")
    counted = both.soql(f"SELECT COUNT(Id) n FROM Thing WHERE {condition.soql}{join.soql}")
    all_of_them = both.sql("COUNT(*)", f"WHERE {condition.sql}{join.sql}")
    both.close()
    assert [record["Id"] for record in found] == [row[0] for row in wanted]
    assert counted[0]["n"] == all_of_them[0][0]


KEYS = {
    "Name": "lower(t.Name)",
    "Whole": "t.Whole",
    "CALENDAR_YEAR(Moment)": DATE_PARTS["CALENDAR_YEAR"],
    "Parent.Level": "p.Level",
}
AGGREGATES = {
    "COUNT(Whole)": "COUNT(t.Whole)",
    "COUNT_DISTINCT(Name)": "COUNT(DISTINCT t.Name)",
    "SUM(Part)": "SUM(t.Part)",
    "AVG(Whole)": "AVG(t.Whole)",
    "MIN(Parent.Level)": "MIN(p.Level)",
    "MAX(Part)": "MAX(t.Part)",
}


def grouping_sets(keys: list[str], totals: str) -> list[tuple[str, ...]]:
    if totals == "ROLLUP":
        return [tuple(keys[:n]) for n in range(len(keys), -1, -1)]
    if totals == "CUBE":
        return [kept for n in range(len(keys) + 1) for kept in combinations(keys, n)]
    return [tuple(keys)]


def sql_groups(both: Both, keys: list[str], totals: str, most: str) -> list[tuple[object, ...]]:
    """One SELECT for each grouping set; without rows there is not even a grand total."""
    found: list[tuple[object, ...]] = []
    for kept in grouping_sets(keys, totals):
        shown = [KEYS[key] if key in kept else "NULL" for key in keys]
        grouped = f"GROUP BY {', '.join(KEYS[key] for key in kept)}" if kept else ""
        having = f"HAVING COUNT(t.Id) > {most}" + ("" if kept else " AND COUNT(t.Id) > 0")
        found += both.sql(", ".join([*shown, *AGGREGATES.values()]), f"{grouped} {having}")
    return found


def lowered(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(value.lower() if isinstance(value, str) else value for value in row)


@settings(max_examples=60, deadline=None)
@given(
    ROWS,
    PARENTS,
    st.lists(st.sampled_from(sorted(KEYS)), min_size=1, max_size=3, unique=True),
    st.sampled_from(["", "ROLLUP", "CUBE"]),
    st.integers(0, 2),
)
def test_groups_are_those_of_sql(
    rows: list[Drawn],
    parents: tuple[tuple[str | None, int], ...],
    keys: list[str],
    totals: str,
    most: int,
) -> None:
    both = Both(rows, parents)
    aliases = [f"k{n}" for n in range(len(keys))]
    named = [f"{key} {alias}" for key, alias in zip(keys, aliases, strict=True)]
    grouped = f"{totals}({', '.join(keys)})" if totals else ", ".join(keys)
    found = both.soql(
        f"SELECT {', '.join([*named, *AGGREGATES])} FROM Thing "
        f"GROUP BY {grouped} HAVING COUNT(Id) > {most}"
    )
    wanted = sql_groups(both, keys, totals, str(most))
    both.close()
    names = [*aliases, *[f"expr{n}" for n in range(len(AGGREGATES))]]
    mine = [lowered(tuple(record[name] or None for name in names)) for record in found]
    theirs = [lowered(tuple(value or None for value in row)) for row in wanted]
    assert sorted(mine, key=repr) == sorted(theirs, key=repr)


@settings(max_examples=30, deadline=None)
@given(ROWS, PARENTS, SMALL, st.integers(0, 3))
def test_children_are_those_that_sql_joins(
    rows: list[Drawn],
    parents: tuple[tuple[str | None, int], ...],
    low: int,
    most: int,
) -> None:
    both = Both(rows, parents)
    found = both.soql(
        f"SELECT Id, (SELECT Id FROM Things WHERE Whole >= {low} ORDER BY Part, Id LIMIT {most})"
        " FROM Parent ORDER BY Id"
    )
    wanted = {
        parent: [
            row[0]
            for row in both.sql(
                "t.Id",
                f"WHERE t.ParentId = '{parent}' AND t.Whole >= {low} "
                f"ORDER BY t.Part NULLS FIRST, t.Id LIMIT {most}",
            )
        ]
        for parent in PARENT_IDS
    }
    both.close()
    for record in found:
        nested = record["Things"]
        kept = wanted[str(record["Id"])]
        assert (nested is None) is (not kept)
        if isinstance(nested, dict):
            assert nested["totalSize"] == len(kept)
            assert [child["Id"] for child in nested["records"]] == kept


def test_ids_that_differ_only_in_case_are_different_records() -> None:
    rows: list[Drawn] = [(None, None, None, None, parent) for parent in PARENT_IDS]
    both = Both(rows, (("x", 1), ("y", 2), ("z", 3)))
    found = both.soql(f"SELECT Parent.Label FROM Thing WHERE ParentId = '{PARENT_IDS[1]}AAA'")
    both.close()
    (record,) = found
    assert isinstance(record["Parent"], dict)
    assert record["Parent"]["Label"] == "y"


@pytest.mark.parametrize("text", ["SELECT Id FROM Thing LIMIT 0", "SELECT Id FROM Thing OFFSET 9"])
def test_nothing_is_found_past_the_end(text: str) -> None:
    both = Both([(None, None, None, None, None)], ((None, 0),) * 3)
    assert both.soql(text) == []
    both.close()
