"""Rows of ApiTotalUsage logs going into the store: typed, compact, and summed on the way.

Columns and their meaning: salesforce-event-monitoring facts, section 3.5. What the typed columns
could not give back to the letter goes into ``extra`` as JSON; `store.api_call_text` writes a row
out again.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from itertools import compress, repeat
from typing import Final

import msgspec

from store.field_codes import CountedDecoder, StampDecoder, Status, StatusDecoder
from store.resources import ResourceIds
from store.sequence import reserve_ids
from store.stored_span import StoredSpan
from store.terms import CallerIds, TermIds
from store.usage_rollup import UsageRollup

EVENT_TYPE: Final = "ApiTotalUsage"

TYPED_COLUMNS: Final = (
    "TIMESTAMP",
    "TIMESTAMP_DERIVED",
    "REQUEST_ID",
    "CONNECTED_APP_ID",
    "CONNECTED_APP_NAME",
    "CLIENT_NAME",
    "USER_ID",
    "USER_NAME",
    "CLIENT_IP",
    "API_FAMILY",
    "API_VERSION",
    "API_RESOURCE",
    "ENTITY_NAME",
    "HTTP_METHOD",
    "STATUS_CODE",
    "COUNTS_AGAINST_API_LIMIT",
)

_INSERT = (
    "INSERT INTO api_call (id, file_id, occurred_ms, caller_id, address_id, family_id, version_id,"
    " resource_id, entity_id, method_id, status, counted, resource_parts, request_id, extra)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CALLER_COLUMNS = ("CONNECTED_APP_ID", "CONNECTED_APP_NAME", "CLIENT_NAME", "USER_ID", "USER_NAME")
_COUNTS = "COUNTS_AGAINST_API_LIMIT"


class ApiCallTable:
    """Takes the rows of one log file, chunk by chunk; `flush` when there are no more."""

    def __init__(self, connection: sqlite3.Connection, file_id: int, org_id: str) -> None:
        self.span = StoredSpan()
        self._connection = connection
        self._file_id = file_id
        self._org_id = org_id
        self._terms = TermIds(connection)
        self._callers = CallerIds(connection)
        self._resources = ResourceIds(connection, self._terms)
        self._statuses = StatusDecoder(self._terms)
        self._counted = CountedDecoder()
        self._stamps = StampDecoder()
        self._rollup = UsageRollup(connection, file_id)

    def add(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
        """Store ``rows``, all of the width of ``columns``.

        Returns the places in ``rows`` of those that name no time that can be read; they are not
        stored.
        """
        texts = dict(zip(columns, zip(*rows, strict=True), strict=True))
        times, odd_times = self._stamps.decode(
            texts.get("TIMESTAMP"), texts.get("TIMESTAMP_DERIVED"), len(rows)
        )
        unreadable = [place for place, time_ms in enumerate(times) if time_ms is None]
        if unreadable:
            readable = [time_ms is not None for time_ms in times]
            texts = {name: tuple(compress(values, readable)) for name, values in texts.items()}
            odd_times = list(compress(odd_times, readable)) if odd_times else []
        times_ms = [time_ms for time_ms in times if time_ms is not None]
        if times_ms:
            self._store(texts, times_ms, odd_times)
        return unreadable

    def flush(self) -> None:
        """Write the sums that are still in memory."""
        self._rollup.flush()

    def _store(
        self,
        texts: Mapping[str, Sequence[str]],
        times_ms: list[int],
        odd_times: Sequence[bool],
    ) -> None:
        """Store rows given as columns; ``odd_times`` is empty when all time texts are regular."""
        blank = ("",) * len(times_ms)

        def term_ids(name: str) -> list[int]:
            return list(map(self._terms.__getitem__, texts.get(name, blank)))

        named = zip(*(texts.get(name, blank) for name in _CALLER_COLUMNS), strict=True)
        callers = list(map(self._callers.__getitem__, named))
        statuses = list(map(self._statuses.__getitem__, texts.get("STATUS_CODE", blank)))
        resources = list(map(self._resources.__getitem__, texts.get("API_RESOURCE", blank)))
        counts = list(map(self._counted.__getitem__, texts.get(_COUNTS, blank)))
        counted = [known for known, _ in counts]
        terms = (
            term_ids("CLIENT_IP"),
            term_ids("API_FAMILY"),
            term_ids("API_VERSION"),
            [resource_id for resource_id, _ in resources],
            term_ids("ENTITY_NAME"),
        )
        self._insert(
            times_ms,
            callers,
            *terms,
            term_ids("HTTP_METHOD"),
            [status.code for status in statuses],
            counted,
            [parts for _, parts in resources],
            texts.get("REQUEST_ID", blank),
            self._extras(texts, odd_times, statuses, counts),
        )
        is_error = [status.is_error for status in statuses]
        status_terms = [status.term_id for status in statuses]
        self._rollup.add(times_ms, callers, counted, is_error, (*terms, status_terms))

    def _insert(self, times_ms: list[int], *columns: Sequence[object]) -> None:
        """Insert rows given as the columns of `_INSERT` from ``occurred_ms`` on."""
        count = len(times_ms)
        first_id = reserve_ids(self._connection, count)
        ids = range(first_id, first_id + count)
        self._connection.executemany(
            _INSERT, zip(ids, repeat(self._file_id, count), times_ms, *columns, strict=True)
        )
        self.span.include(first_id, times_ms)

    def _extras(
        self,
        texts: Mapping[str, Sequence[str]],
        odd_times: Sequence[bool],
        statuses: Sequence[Status],
        counts: Sequence[tuple[int | None, bool]],
    ) -> Sequence[str | None]:
        """What the typed columns do not hold of each row, as JSON; None where they hold all."""
        count = len(statuses)
        others = [name for name in texts if name not in TYPED_COLUMNS]
        others = [name for name in others if not self._is_constant(name, texts[name])]
        extras: list[str | None] = [None] * count
        if others:
            remembered = _ExtraTexts(others)
            rows = zip(*(texts[name] for name in others), strict=True)
            extras = list(map(remembered.__getitem__, rows))
        regular = all(s.regular for s in statuses) and all(plain for _, plain in counts)
        if odd_times or not regular:
            for place in range(count):
                odd = {
                    "TIMESTAMP": bool(odd_times) and odd_times[place],
                    "TIMESTAMP_DERIVED": bool(odd_times) and odd_times[place],
                    "STATUS_CODE": not statuses[place].regular,
                    _COUNTS: not counts[place][1],
                }
                names = [name for name, is_odd in odd.items() if is_odd and name in texts]
                if names:
                    known = json.loads(extras[place] or "{}")
                    extras[place] = _json(known | {name: texts[name][place] for name in names})
        return extras

    def _is_constant(self, name: str, values: Sequence[str]) -> bool:
        if name == "EVENT_TYPE":
            return True
        return name == "ORGANIZATION_ID" and set(values) == {self._org_id}


class _ExtraTexts(dict[tuple[str, ...], str | None]):
    """The JSON of the columns ``names`` by their values; None when all are empty."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, values: tuple[str, ...]) -> str | None:
        filled = {name: text for name, text in zip(self._names, values, strict=True) if text}
        self[values] = _json(filled) if filled else None
        return self[values]


def _json(fields: Mapping[str, str]) -> str:
    return msgspec.json.encode(fields).decode()
