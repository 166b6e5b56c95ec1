"""Takes one event log file into the store: all of it or nothing, and never twice.

What replaces what is decided in `store.log_supersession` by key and content, and for files from
disk in `store.log_overlap` by their rows. Reading is by the row, so memory stays
bounded whatever the size of the file.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from store.console_state import identity, same_org
from store.errors import LogOfAnotherOrg
from store.log_blocks import LogBlocks, Readable
from store.log_csv import LogCsv
from store.log_overlap import drop_repeated_rows
from store.log_sink import LogSink
from store.log_supersession import (
    Twin,
    adopt,
    find_cover,
    find_replaced,
    find_twin,
    supersede,
)
from store.log_types import UNKNOWN_TYPE, type_in_name
from store.moments import from_ms_or_none, to_ms_or_none
from store.records import IngestResult, LogFile
from store.stored_span import StoredSpan


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of a file once all of it was read."""

    columns: tuple[str, ...]
    sha256: str
    length_bytes: int


def ingest(connection: sqlite3.Connection, file: LogFile, body: Readable) -> IngestResult:
    """Store the rows of ``file``, read from ``body`` (CSV, plain or gzip).

    Raises `store.errors.UnreadableLog` when ``body`` is no event log, and
    `store.errors.LogOfAnotherOrg` when it names another org; nothing is stored then.
    """
    blocks = LogBlocks(body, file.name)
    return ingest_text(connection, file, blocks, blocks.texts())


def ingest_text(
    connection: sqlite3.Connection, file: LogFile, blocks: LogBlocks, texts: Iterable[str]
) -> IngestResult:
    """As `ingest`, for a body that is being read: ``texts`` are all those of ``blocks``."""

    def fill(sink: LogSink) -> Content:
        log = LogCsv(texts, file.name)
        for chunk in log.chunks():
            sink.add(log.columns, chunk.lines, chunk.rows)
            sink.set_aside(log.take_bad_rows())
        return Content(log.columns, blocks.sha256, blocks.length_bytes)

    return ingest_rows(connection, file, fill)


def ingest_rows(
    connection: sqlite3.Connection, file: LogFile, fill: Callable[[LogSink], Content]
) -> IngestResult:
    """Store as ``file`` what ``fill`` puts into the sink, by the rules of this module."""
    if file.origin == "org":
        cover = find_cover(connection, file)
        if cover is not None:
            _note_needless(connection, file, cover)
            return IngestResult(file, "superseded", 0, 0, None, None)
    connection.execute("SAVEPOINT log_file")
    try:
        file_id = _begin(connection, file)
        sink = LogSink(connection, file_id, file.event_type or type_in_name(file.name))
        content = fill(sink)
        span = sink.finish()
        _check_org(connection, file, sink.org_id)
        file = _completed(file, sink, content)
        has_rows = span.rows > 0 or sink.malformed > 0
        twin = find_twin(connection, file, file_id, content.sha256) if has_rows else None
        if twin is not None:
            connection.execute("ROLLBACK TO log_file")
            result = _repeated(connection, file, twin)
        else:
            supersede(connection, find_replaced(connection, file, file_id), file_id)
            _finish(connection, file_id, file, sink, content, span)
            left = drop_repeated_rows(connection, file, file_id, span)
            result = _result(file, sink, span, left)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK TO log_file")
            connection.execute("RELEASE log_file")
        raise
    connection.execute("RELEASE log_file")
    return result


def _begin(connection: sqlite3.Connection, file: LogFile) -> int:
    row = connection.execute(
        "INSERT INTO log_file (event_type, interval, log_date_ms, sequence, org_file_id, origin,"
        " name, created_ms, length_bytes, state, row_count, malformed_count, columns, org_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'reading', 0, 0, '[]', '') RETURNING id",
        (
            file.event_type,
            file.interval,
            to_ms_or_none(file.log_date),
            file.sequence,
            file.org_file_id,
            file.origin,
            file.name,
            to_ms_or_none(file.created_at),
            file.length_bytes,
        ),
    ).fetchone()
    return int(row[0])


def _note_needless(connection: sqlite3.Connection, file: LogFile, cover: int) -> None:
    """Note that ``file`` came and brought nothing that the file ``cover`` does not hold."""
    connection.execute(
        "UPDATE log_file SET state = 'superseded', superseded_by = ? WHERE id = ?",
        (cover, _begin(connection, file)),
    )


def _check_org(connection: sqlite3.Connection, file: LogFile, org_id: str) -> None:
    known = identity(connection)
    if known is None or not known.org_id or not org_id or same_org(known.org_id, org_id):
        return
    raise LogOfAnotherOrg(
        "The log belongs to another org",
        f"{file.name} holds rows of the org {org_id}, but this store is that of "
        f"{known.name or known.alias} ({known.org_id}).",
        "Ingest it into a store of its own, named with --store.",
    )


def _completed(file: LogFile, sink: LogSink, content: Content) -> LogFile:
    """``file`` with what its content said: the type of most rows, and its length."""
    event_type = file.event_type
    if not event_type:
        common = sink.types.most_common(1)
        event_type = common[0][0] if common else type_in_name(file.name)
    return replace(
        file,
        event_type=event_type or UNKNOWN_TYPE,
        length_bytes=content.length_bytes if file.length_bytes is None else file.length_bytes,
    )


def _finish(
    connection: sqlite3.Connection,
    file_id: int,
    file: LogFile,
    sink: LogSink,
    content: Content,
    span: StoredSpan,
) -> None:
    connection.execute(
        "UPDATE log_file SET event_type = ?, length_bytes = ?, sha256 = ?, state = ?,"
        " row_count = ?, malformed_count = ?, first_ms = ?, last_ms = ?, first_row_id = ?,"
        " last_row_id = ?, columns = ?, org_id = ? WHERE id = ?",
        (
            file.event_type,
            file.length_bytes,
            content.sha256,
            "stored" if span.rows or sink.malformed else "empty",
            span.rows,
            sink.malformed,
            span.first_ms,
            span.last_ms,
            span.first_id,
            span.last_id,
            json.dumps(content.columns),
            sink.org_id,
            file_id,
        ),
    )


def _repeated(connection: sqlite3.Connection, file: LogFile, twin: Twin) -> IngestResult:
    """The outcome for a file whose content went through the store before."""
    if file.origin == "org" and twin.state == "stored":
        if twin.origin == "disk" or _same_place(connection, file, twin):
            adopt(connection, twin, file)
            supersede(connection, find_replaced(connection, file, twin.file_id), twin.file_id)
        else:
            _note_needless(connection, file, twin.file_id)
    return IngestResult(
        replace(file, event_type=twin.event_type),
        "already_stored" if twin.state == "stored" else "superseded",
        twin.rows,
        twin.malformed_rows,
        from_ms_or_none(twin.first_ms),
        from_ms_or_none(twin.last_ms),
    )


def _same_place(connection: sqlite3.Connection, file: LogFile, twin: Twin) -> bool:
    row = connection.execute(
        "SELECT 1 FROM log_file WHERE id = ? AND interval = ? AND log_date_ms IS ?"
        " AND sequence = ?",
        (twin.file_id, file.interval, to_ms_or_none(file.log_date), file.sequence),
    ).fetchone()
    return row is not None


def _result(file: LogFile, sink: LogSink, span: StoredSpan, left: StoredSpan) -> IngestResult:
    """The outcome for a file that brought ``span``, of which ``left`` was new."""
    if span.rows == 0 and sink.malformed == 0:
        outcome = "empty"
    else:
        outcome = "stored" if left.rows or not span.rows else "already_stored"
    shown = left if left.rows else span
    return IngestResult(
        file=file,
        outcome=outcome,
        rows=shown.rows,
        malformed_rows=sink.malformed,
        first_at=from_ms_or_none(shown.first_ms),
        last_at=from_ms_or_none(shown.last_ms),
    )
