"""Every refusal of a REST resource gets its own title, cause and cure."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.salesforce.faults import first_error, refusal

ROWS = [
    (401, "INVALID_SESSION_ID", "Session expired or invalid", "does not accept the token", False),
    (
        401,
        "INVALID_SESSION_ID",
        "This session is not valid for use with the REST API",
        "may not use the API",
        False,
    ),
    (
        403,
        "REQUEST_LIMIT_EXCEEDED",
        "TotalRequests Limit exceeded.",
        "no API calls left",
        True,
    ),
    (
        403,
        "REQUEST_LIMIT_EXCEEDED",
        "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
        "long requests",
        True,
    ),
    (403, "API_DISABLED_FOR_ORG", "The REST API is not enabled", "not enabled", False),
    (403, "TXN_SECURITY_NO_ACCESS", "not allowed by policy", "security policy", False),
    (403, "INSUFFICIENT_ACCESS", "", "may not read this", False),
    (403, "FORBIDDEN", "", "may not read this", False),
    (403, "SOMETHING_NEW", "", "may not read this", False),
    (403, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", "", "password has expired", False),
    (400, "INVALID_TYPE", "sObject type 'X' is not supported.", "not there for this user", False),
    (400, "INVALID_FIELD", "No such column 'X__c'", "field is not there", False),
    (400, "MALFORMED_QUERY", "unexpected token: 'FROM'", "could not read the query", False),
    (400, "QUERY_TIMEOUT", "Your query request was running for too long.", "too long", True),
    (404, "NOT_FOUND", "The requested resource does not exist", "no such resource", False),
    (404, "INVALID_QUERY_LOCATOR", "Invalid query locator", "rest of the query is gone", True),
    (405, "METHOD_NOT_ALLOWED", "HTTP Method 'DELETE' not allowed.", "kind of request", False),
    (410, "", "", "version is retired", False),
    (404, "UNSUPPORTED_API_VERSION", "Invalid Api version", "not supported", False),
    (414, "", "", "too long", False),
    (420, "", "", "edge", True),
    (429, "", "", "fewer requests", True),
    (500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.", "org has trouble", True),
    (502, "", "", "org has trouble", True),
    (503, "SERVER_UNAVAILABLE", "Server Unavailable", "too busy", True),
    (400, "A_NEW_CODE", "new words", "refused the request", False),
]


@pytest.mark.parametrize(("status", "code", "message", "title", "retryable"), ROWS)
def test_a_refusal_is_explained(
    status: int, code: str, message: str, title: str, retryable: bool
) -> None:
    fault = refusal(status, [{"errorCode": code, "message": message}], "/limits")
    assert title in fault.title
    assert fault.retryable is retryable
    assert "/limits" in fault.meaning
    assert fault.next_step
    assert message in fault.detail
    assert fault.code == (code or str(status))


def test_an_exhausted_pool_is_not_hammered() -> None:
    body = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    fault = refusal(403, body, "/limits")
    assert fault.retry_after_s is not None
    assert fault.retry_after_s >= 60


@pytest.mark.parametrize(
    "body",
    [
        [{"errorCode": "NOT_FOUND", "message": "gone"}],
        {"errorCode": "NOT_FOUND", "message": "gone"},
        [{"errorCode": "NOT_FOUND", "message": "gone"}, {"errorCode": "OTHER"}],
    ],
)
def test_arrays_and_single_objects_are_read(body: Any) -> None:
    assert first_error(body) == ("NOT_FOUND", "gone")


@given(
    st.integers(400, 599),
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("errorCode"), inner),
        max_leaves=6,
    ),
)
def test_any_refusal_has_sentences(status: int, body: object) -> None:
    fault = refusal(status, body, "a question")
    assert fault.title
    assert fault.next_step
    assert len(fault.detail) <= 1_000


def test_a_token_that_the_org_repeats_and_a_query_without_end_stay_out_of_the_sentences() -> None:
    token = "00Dxx0000000001!AQ4secret.part"
    body = [
        {"errorCode": f"X_{token}", "message": f"no session {token} (or 00Dxx0000000001%21AQ4)"}
    ]
    fault = refusal(400, body, "SELECT Id FROM User WHERE Id IN (" + "'005'," * 200)
    assert "AQ4" not in f"{fault.detail}{fault.code}{fault.meaning}"
    assert len(fault.meaning) < 600
