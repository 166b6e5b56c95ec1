"""Bulk API 2.0 query jobs: ``…/jobs/query``.

The same SOQL as everywhere, run when the job is made; its CSV is read in pages. Shapes: Bulk API
2.0 guide, query jobs. The error codes of a refused job are the SOQL's own, as real ones are not
known.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from functools import partial

from aiohttp import web

from console.simulator.rest.bulk_jobs import FINAL_STATES, BulkJob
from console.simulator.rest.call import CALL, RestCall, RestRefused, not_found
from console.simulator.rest.composite import json_object
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.records import records_of, total_of, written
from console.simulator.soql.run import Answer, run
from console.simulator.web.wire import WIRE, Wire

MOST_RESULT_ROWS = 50_000
"""Rows of one page of results where ``maxRecords`` does not ask for fewer."""

_DELIMITERS = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
_LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


def add_bulk_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve query jobs below ``base``."""
    here = f"{base}/jobs/query"
    for path in (here, f"{here}/"):
        router.add_post(path, create_job)
        router.add_get(path, list_jobs)
    for path in (f"{here}/{{job_id}}", f"{here}/{{job_id}}/"):
        router.add_get(path, read_job)
        router.add_patch(path, abort_job)
        router.add_delete(path, delete_job)
    router.add_get(f"{here}/{{job_id}}/results", results)


async def create_job(request: web.Request) -> web.Response:
    """Make a job for ``{"operation": "query", "query": …}``."""
    wire, call = _begun(request)
    document = await json_object(request)
    operation = _choice(document, "operation", ("query", "queryAll"), "")
    _choice(document, "contentType", ("CSV",), "CSV")
    delimiter = _choice(document, "columnDelimiter", tuple(_DELIMITERS), "COMMA")
    line_ending = _choice(document, "lineEnding", tuple(_LINE_ENDINGS), "LF")
    text = document.get("query")
    if not isinstance(text, str) or not text.strip():
        raise RestRefused(400, "INVALID_INPUT", "query must be given")
    answer = _answer(wire, call, text)
    call.entity, call.query = answer.table.name, text
    call.operation = "QueryAll" if operation == "queryAll" else "Query"
    call.rows = total_of(answer)
    job = wire.bulk_jobs.open(
        call.grant.user.user_id,
        operation,
        text,
        answer,
        (delimiter, line_ending),
        call.version,
        wire.world.now(),
    )
    return web.json_response(_job_body(job))


async def list_jobs(request: web.Request) -> web.Response:
    """The caller's jobs, newest first."""
    wire, call = _begun(request)
    jobs = wire.bulk_jobs.of_user(call.grant.user.user_id)
    records = [_job_body(job) | {"jobType": "V2Query"} for job in jobs]
    return web.json_response({"done": True, "records": records, "nextRecordsUrl": None})


async def read_job(request: web.Request) -> web.Response:
    """A job's state; asking moves it on."""
    job = _job(request)
    job.poll()
    return web.json_response(_progress_body(job))


async def abort_job(request: web.Request) -> web.Response:
    """``PATCH {"state": "Aborted"}``: stop a job that is not complete."""
    job = _job(request)
    document = await json_object(request)
    if document.get("state") != "Aborted":
        raise RestRefused(400, "INVALID_INPUT", "A query job can only be set to Aborted")
    if job.state in FINAL_STATES:
        raise RestRefused(400, "INVALIDJOBSTATE", f"The job is {job.state} already")
    job.state = "Aborted"
    return web.json_response(_job_body(job))


async def delete_job(request: web.Request) -> web.Response:
    """Forget a job that is complete: 204."""
    job = _job(request)
    if job.state not in FINAL_STATES:
        raise RestRefused(400, "INVALIDJOBSTATE", f"The job is {job.state}: abort it first")
    request.app[WIRE].bulk_jobs.remove(job)
    return web.Response(status=204)


async def results(request: web.Request) -> web.Response:
    """One page of CSV; ``Sforce-Locator`` names the next one, ``null`` after the last."""
    job = _job(request)
    if job.state != "JobComplete":
        raise RestRefused(400, "INVALIDJOBSTATE", f"The job is {job.state}, not JobComplete")
    start = _number(request.query.get("locator") or "0", "locator")
    most = _number(request.query.get("maxRecords") or str(MOST_RESULT_ROWS), "maxRecords")
    most = min(max(most, 1), MOST_RESULT_ROWS)
    total = total_of(job.answer)
    end = min(start + most, total)
    body = _csv_text(job, start, end)
    headers = {
        "Sforce-Locator": "null" if end >= total else str(end),
        "Sforce-NumberOfRecords": str(max(end - start, 0)),
    }
    return web.Response(text=body, content_type="text/csv", charset="UTF-8", headers=headers)


def _begun(request: web.Request) -> tuple[Wire, RestCall]:
    call = request[CALL]
    call.family = "Bulk"
    return request.app[WIRE], call


def _answer(wire: Wire, call: RestCall, text: str) -> Answer:
    find_table = partial(
        wire.world.table_for, call.grant.user, tooling=False, version=int(float(call.version))
    )
    try:
        return run(text, find_table, wire.world.now())
    except SoqlError as error:
        raise RestRefused(400, error.code, error.message(text)) from None


def _job(request: web.Request) -> BulkJob:
    wire, call = _begun(request)
    user_id = call.grant.user.user_id
    job = wire.bulk_jobs.find(request.match_info["job_id"], user_id, wire.world.now())
    if job is None:
        raise not_found()
    call.entity = job.answer.table.name
    return job


def _choice(
    document: Mapping[str, object], key: str, allowed: tuple[str, ...], default: str
) -> str:
    value = document.get(key, default)
    if not isinstance(value, str) or value not in allowed:
        raise RestRefused(400, "INVALID_INPUT", f"{key} must be one of: {', '.join(allowed)}")
    return value


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RestRefused(400, "INVALID_INPUT", f"{name} is not valid: {text}")
    return int(text)


def _job_body(job: BulkJob) -> dict[str, object]:
    return {
        "id": job.job_id,
        "operation": job.operation,
        "object": job.answer.table.name,
        "createdById": job.user_id,
        "createdDate": written(job.created_at),
        "systemModstamp": written(job.created_at),
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job.version),
        "lineEnding": job.line_ending,
        "columnDelimiter": job.delimiter,
    }


def _progress_body(job: BulkJob) -> dict[str, object]:
    is_done = job.state == "JobComplete"
    return {
        **_job_body(job),
        "jobType": "V2Query",
        "numberRecordsProcessed": total_of(job.answer) if is_done else 0,
        "retries": 0,
        "totalProcessingTime": 0,
    }


def _csv_text(job: BulkJob, start: int, end: int) -> str:
    """Rows ``start`` to ``end`` with their header, every value quoted."""
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=_DELIMITERS[job.delimiter],
        lineterminator=_LINE_ENDINGS[job.line_ending],
        quoting=csv.QUOTE_ALL,
    )
    records = records_of(job.answer, start, max(end - start, 0), f"/services/data/v{job.version}")
    flat = [dict(_flat(record, "")) for record in records]
    header = list(dict.fromkeys(name for row in flat for name in row))
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] for row in flat)
    return text.getvalue()


def _flat(record: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    """Columns by their path: ``Profile.Name``."""
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif value is None:
            yield prefix + name, ""
        elif isinstance(value, bool):
            yield prefix + name, str(value).lower()
        else:
            yield prefix + name, str(value)
