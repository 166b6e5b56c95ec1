"""Rows of ApiTotalUsage logs going into the store: typed, compact, and summed on the way.

Columns and their meaning: salesforce-event-monitoring facts, section 3.5. What the typed columns
could not give back to the letter goes into ``extra`` as JSON; `store.api_call_text` writes a row
out again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, Final

from store.field_codes import CountedDecoder, StampDecoder, StatusDecoder
from store.moments import HOUR_MS
from store.resources import ResourceIds
from store.sequence import reserve_ids
from store.stored_span import StoredSpan
from store.terms import CallerIds, TermIds
from store.usage_rollup import UsageRollup

EVENT_TYPE: Final = "ApiTotalUsage"

CONSTANT_COLUMNS: Final = ("EVENT_TYPE", "ORGANIZATION_ID")
"""Columns with one value in the whole file; kept with the file."""

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
_ERROR_STATUS = 400


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
        self._extras: dict[tuple[str, ...], str | None] = {}
        self._rollup = UsageRollup(connection, file_id)

    def add(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
        """Store ``rows``, all of the width of ``columns``.

        Returns the places in ``rows`` of those that name no time that can be read; they are not
        stored.
        """
        by_name = dict(zip(columns, zip(*rows, strict=True), strict=True))
        records, unreadable = self._decoded(by_name, len(rows))
        if records:
            self._store(list(zip(*records, strict=True)))
        return unreadable

    def flush(self) -> None:
        """Write the sums that are still in memory."""
        self._rollup.flush()

    def _decoded(
        self, by_name: Mapping[str, Sequence[str]], count: int
    ) -> tuple[list[tuple[object, ...]], list[int]]:
        """Rows as the values that `_INSERT` wants behind the ids, then the term of the status."""
        decode_stamp = self._stamps.decode
        callers, terms, resources = self._callers, self._terms, self._resources
        statuses, counts = self._statuses, self._counted
        records: list[tuple[object, ...]] = []
        unreadable: list[int] = []
        for place, (stamp, derived, request_id, app_id, app_name, client, user_id, username,
                    address, family, version, resource, entity, method, status_text, counts_text,
                    others) in enumerate(self._fields(by_name, count)):  # fmt: skip
            time_ms, regular = decode_stamp(stamp, derived)
            if time_ms is None:
                unreadable.append(place)
                continue
            status = statuses[status_text]
            counted, plain = counts[counts_text]
            extra = others
            if not (regular and plain and status.regular):
                odd = {
                    "TIMESTAMP": stamp,
                    "TIMESTAMP_DERIVED": derived,
                    "STATUS_CODE": status_text,
                    "COUNTS_AGAINST_API_LIMIT": counts_text,
                }
                extra = _with_odd(extra, {name: odd[name] for name in odd if name in by_name})
            resource_id, parts = resources[resource]
            records.append(
                (
                    time_ms,
                    callers[app_id, app_name, client, user_id, username],
                    terms[address],
                    terms[family],
                    terms[version],
                    resource_id,
                    terms[entity],
                    terms[method],
                    status.code,
                    counted,
                    parts,
                    request_id or None,
                    extra,
                    status.term_id,
                )
            )
        return records, unreadable

    def _fields(
        self, by_name: Mapping[str, Sequence[str]], count: int
    ) -> Iterator[tuple[Any, ...]]:
        """The typed columns of each row in their order, then its other columns as JSON or None."""
        typed: list[Iterable[str | None]] = [
            by_name.get(name) or repeat(None if name == "TIMESTAMP_DERIVED" else "", count)
            for name in TYPED_COLUMNS
        ]
        others = [name for name in by_name if name not in TYPED_COLUMNS]
        others = [name for name in others if not self._is_constant(name, by_name[name])]
        if not others:
            return zip(*typed, repeat(None, count), strict=True)
        self._extras.clear()
        values = zip(*(by_name[name] for name in others), strict=True)
        return zip(*typed, (self._extra(others, row) for row in values), strict=True)

    def _is_constant(self, name: str, values: Sequence[str]) -> bool:
        if name == "EVENT_TYPE":
            return True
        return name == "ORGANIZATION_ID" and set(values) == {self._org_id}

    def _extra(self, names: Sequence[str], values: tuple[str, ...]) -> str | None:
        if values not in self._extras:
            filled = {name: text for name, text in zip(names, values, strict=True) if text}
            self._extras[values] = _json(filled) if filled else None
        return self._extras[values]

    def _store(self, columns: Sequence[Sequence[Any]]) -> None:
        times_ms: Sequence[int] = columns[0]
        count = len(times_ms)
        first_id = reserve_ids(self._connection, count)
        self._connection.executemany(
            _INSERT,
            zip(range(first_id, first_id + count), repeat(self._file_id), *columns[:13]),
        )
        self.span.include(first_id, times_ms)
        callers, address, family, version, resource, entity = columns[1:7]
        status, counted, status_term = columns[8], columns[9], columns[13]
        self._rollup.add(
            hours_ms=[time_ms - time_ms % HOUR_MS for time_ms in times_ms],
            callers=callers,
            counted=counted,
            times_ms=times_ms,
            is_error=[code is not None and code >= _ERROR_STATUS for code in status],
            terms=(address, family, version, resource, entity, status_term),
        )


def _with_odd(extra: str | None, odd: Mapping[str, str]) -> str:
    """``extra`` with texts that the typed columns cannot give back."""
    return _json({**(json.loads(extra) if extra else {}), **odd})


def _json(fields: Mapping[str, str]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
