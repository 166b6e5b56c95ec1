"""What became of one attempt: whether it may be repeated, and whether the org is there."""

from dataclasses import dataclass

import httpx

from console.errors import OrgError, OrgRefused, OrgUnreachable, UnreadableAnswer
from console.faults.row import Retry
from console.faults.soap import soap_row
from console.salesforce import soap
from console.salesforce.exchange import Answer, not_json, undecodable
from console.salesforce.faults import refusal, row_of, soap_refusal
from console.salesforce.retry_after import retry_after_s
from console.salesforce.unreachable import unreachable

_NO_INSTANCE = 420
"""Salesforce's edge cannot reach the org's instance (REST API guide, status codes)."""

FAILURES = (httpx.HTTPError, TimeoutError, OrgUnreachable, UnreadableAnswer)
"""What an attempt may end with besides `Refused`."""


class Refused(Exception):
    """An answer of status 400 or above, with its row's retry class."""

    def __init__(self, fault: OrgRefused, retry: Retry, *, is_trouble: bool) -> None:
        super().__init__(fault.title)
        self.fault = fault
        self.retry = retry
        self.is_trouble = is_trouble
        """Whether the org itself is the cause, and not the question."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed attempt."""

    fault: OrgError
    retry: Retry
    org_is_there: bool | None
    """None when the failure says nothing about the org, such as a proxy's page."""


def refused_or_unreadable(answer: Answer, what: str) -> Refused | UnreadableAnswer:
    """What an ``answer`` of status 400 or above is; a page for people is no refusal."""
    body = answer.json_or_none()
    is_page = answer.body.lstrip().startswith(b"<")
    is_trouble = answer.status >= httpx.codes.INTERNAL_SERVER_ERROR or answer.status == _NO_INSTANCE
    if body is None and is_page and not is_trouble:
        return not_json(answer)
    wish_s = retry_after_s(answer.headers.get("Retry-After"), answer.date())
    fault = refusal(answer.status, body, what, wish_s)
    return Refused(fault, row_of(answer.status, body).retry, is_trouble=is_trouble)


def refused_by_soap(answer: Answer, what: str) -> Refused | UnreadableAnswer:
    """What an ``answer`` of status 400 or above to a SOAP request is.

    A refused session is final here, in whichever form the answer comes: SOAP refuses tokens that
    REST takes (those in JWT format), and a new one of the same app would fare no better.
    """
    fault = soap.fault_of(answer)
    if fault is not None:
        retry = soap_row(*fault).retry
        refused = Refused(soap_refusal(*fault, what), retry, is_trouble=False)
    else:
        judged = refused_or_unreadable(answer, what)
        if not isinstance(judged, Refused):
            return judged
        refused = judged
    if refused.retry is Retry.NEW_TOKEN:
        refused.retry = Retry.FINAL
    return refused


def failure_of(error: Exception, address: str) -> Failure:
    """``error``, which ended a request to ``address`` and is `Refused` or one of `FAILURES`."""
    if isinstance(error, Refused):
        return Failure(error.fault, error.retry, not error.is_trouble)
    if isinstance(error, httpx.DecodingError):
        return Failure(undecodable(address), Retry.BACK_OFF, None)
    if isinstance(error, UnreadableAnswer):
        return Failure(error, Retry.BACK_OFF if error.retryable else Retry.FINAL, None)
    fault = error if isinstance(error, OrgUnreachable) else unreachable(error, address)
    if fault.retryable:
        return Failure(fault, Retry.BACK_OFF, False)
    return Failure(fault, Retry.FINAL, None)
