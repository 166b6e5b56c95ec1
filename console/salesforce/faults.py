"""Refusals of REST and SOAP resources as faults that a person can act on.

What each means stands in `console.faults`. A refusal's body is a JSON array of ``message`` and
``errorCode`` (REST API guide, "Status Codes and Error Responses"); some resources answer with a
single object.
"""

from console.errors import OrgRefused
from console.faults.rest import rest_row
from console.faults.row import DETAIL_CHARACTERS, FaultRow
from console.faults.soap import soap_row
from console.salesforce.values import Record, text_of
from console.secrets import redact

_ASKED_CHARACTERS = 300
"""Of a query that lists two hundred ids, its beginning says enough."""
_CODE_CHARACTERS = 100


def refusal(status: int, body: object, what: str, retry_after_s: float | None = None) -> OrgRefused:
    """The sentences for an answer of ``status`` 400 or above with the parsed ``body``.

    ``what`` names what was asked for, in words; ``retry_after_s`` is the server's own wish.
    """
    code, message = first_error(body)
    words = f"{code}: {message}" if code or message else f"status {status}"
    return _refused(row_of(status, body), what, words, code or str(status), retry_after_s)


def row_of(status: int, body: object) -> FaultRow:
    """The row of the table of faults for such an answer."""
    return rest_row(status, *first_error(body))


def soap_refusal(fault_code: str, fault_string: str, what: str) -> OrgRefused:
    """The sentences for a SOAP fault, such as ``sf:INVALID_SESSION_ID``, asked for ``what``."""
    words = f"{fault_code}: {fault_string}" if fault_code or fault_string else "a fault of no words"
    code = fault_code.rpartition(":")[2].strip()
    return _refused(soap_row(fault_code, fault_string), what, words, code, None)


def first_error(body: object) -> tuple[str, str]:
    """``errorCode`` and ``message`` of a refusal's body, each empty when it is not there."""
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return "", ""
    record: Record = first
    return text_of(record, "errorCode") or "", text_of(record, "message") or ""


def _refused(
    row: FaultRow, what: str, words: str, code: str, retry_after_s: float | None
) -> OrgRefused:
    asked = what if len(what) <= _ASKED_CHARACTERS else f"{what[:_ASKED_CHARACTERS]}…"
    return OrgRefused(
        row.title,
        f"{row.meaning} Asked for: {asked}.",
        row.next_step,
        redact(words)[:DETAIL_CHARACTERS],
        retryable=row.retry.passes,
        retry_after_s=retry_after_s if retry_after_s is not None else row.wait_s,
        code=redact(code)[:_CODE_CHARACTERS],
    )
