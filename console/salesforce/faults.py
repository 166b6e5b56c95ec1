"""What each refusal of a REST resource means, and what to do about it.

Codes, statuses and texts as in the REST API guide ("Status Codes and Error Responses") and as
captured from real orgs. A refusal's body is a JSON array of ``message`` and ``errorCode``; some
resources answer with a single object.
"""

from dataclasses import dataclass

from console.errors import OrgRefused
from console.salesforce.values import Record, text_of

POOL_RETRY_S = 300.0
"""The pool is a rolling window: some calls leave it every few minutes."""

_DETAIL_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    text: str
    """A part of the message in lower case; empty fits every message."""
    title: str
    meaning: str
    next_step: str
    retryable: bool = False
    wait_s: float | None = None


_ROWS = (
    _Row(
        "INVALID_SESSION_ID",
        "not valid for use",
        "The session may not use the API",
        "The org accepts the login but not API requests with it: IP lock, session level, or no "
        "API access.",
        "Give the user the permission API Enabled and check the app's session and IP policies.",
    ),
    _Row(
        "INVALID_SESSION_ID",
        "",
        "The org does not accept the token",
        "The session expired or was revoked, and a new one was refused as well.",
        "Look into Setup, Session Management and Login History of the user.",
    ),
    _Row(
        "REQUEST_LIMIT_EXCEEDED",
        "concurrent",
        "Too many long requests run at once",
        "The org has as many requests running for 20 seconds or more as it allows (25 in "
        "production and sandboxes, 5 in Developer Edition).",
        "Nothing is to be done here; find which integration runs long requests.",
        retryable=True,
    ),
    _Row(
        "REQUEST_LIMIT_EXCEEDED",
        "",
        "The org has no API calls left",
        "The calls of the last 24 hours reached the org's allocation; every integration is "
        "refused now.",
        "See the Integrations screen for who used them. Calls become free as the oldest leave "
        "the 24-hour window.",
        retryable=True,
        wait_s=POOL_RETRY_S,
    ),
    _Row(
        "API_DISABLED_FOR_ORG",
        "",
        "The API is not enabled",
        "The org's edition has no API, or the user lacks it.",
        "Give the user the permission API Enabled; Professional Edition needs API access added.",
    ),
    _Row(
        "API_CURRENTLY_DISABLED",
        "",
        "The API is switched off for now",
        "The org refuses API requests at the moment.",
        "See status.salesforce.com for maintenance of the instance.",
        retryable=True,
        wait_s=POOL_RETRY_S,
    ),
    _Row(
        "TXN_SECURITY_NO_ACCESS",
        "",
        "A transaction security policy blocks this",
        "The org has a policy that forbids this request to the user.",
        "Ask the org's administrator to exempt the integration user in the policy.",
    ),
    _Row(
        "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
        "",
        "The user's password has expired",
        "Salesforce refuses the API to users whose password has expired.",
        "Set a new password, or Password Never Expires in the user's permissions.",
    ),
    _Row(
        "INSUFFICIENT_ACCESS",
        "",
        "The user may not read this",
        "The user lacks a permission for this resource.",
        "Compare the user's permission set with the one in the README.",
    ),
    _Row(
        "FORBIDDEN",
        "",
        "The user may not read this",
        "The user lacks a permission for this resource.",
        "Compare the user's permission set with the one in the README.",
    ),
    _Row(
        "INVALID_TYPE",
        "",
        "The object is not there for this user",
        "The org does not have the object, or the user may not read it; Salesforce answers "
        "both alike.",
        "Give the user access to the object, or check that the org has the feature.",
    ),
    _Row(
        "INVALID_FIELD",
        "",
        "A field is not there for this user",
        "The org does not have the field in this API version, or the user may not read it.",
        "Give the user read access to the field, or set another api_version.",
    ),
    _Row(
        "MALFORMED_QUERY",
        "",
        "The org could not read the query",
        "The query asks for something that this object does not support.",
        "This is a fault of orgwatch; report it with the words below.",
    ),
    _Row(
        "QUERY_TIMEOUT",
        "",
        "The query ran too long",
        "The org stopped the query after two minutes or more.",
        "Nothing is to be done when this passes; else collect less at a time.",
        retryable=True,
        wait_s=POOL_RETRY_S,
    ),
    _Row(
        "INVALID_QUERY_LOCATOR",
        "",
        "The rest of the query is gone",
        "The org dropped the cursor of a query whose pages were not all read.",
        "Nothing is to be done; the query is asked again.",
        retryable=True,
        wait_s=POOL_RETRY_S,
    ),
    _Row(
        "UNSUPPORTED_API_VERSION",
        "",
        "The API version is not supported",
        "The org no longer speaks, or does not yet speak, the version that was asked for.",
        "Remove api_version from the settings, so that the newest shared one is used.",
    ),
    _Row(
        "SERVER_UNAVAILABLE",
        "",
        "The org is too busy or under maintenance",
        "Salesforce could not serve the request now.",
        "Nothing is to be done when this passes; see status.salesforce.com.",
        retryable=True,
    ),
)

_BY_STATUS = {
    401: _ROWS[1],
    403: _Row(
        "",
        "",
        "The user may not read this",
        "The org refused the request.",
        "Compare the user's permission set with the one in the README.",
    ),
    404: _Row(
        "NOT_FOUND",
        "",
        "The org has no such resource",
        "The address does not exist in this API version, or the user may not know of it.",
        "Check api_version in the settings, and that the org has the feature.",
    ),
    405: _Row(
        "METHOD_NOT_ALLOWED",
        "",
        "The org does not take this kind of request here",
        "The resource exists but is not read in this way.",
        "This is a fault of orgwatch; report it with the words below.",
    ),
    410: _Row(
        "GONE",
        "",
        "The API version is retired",
        "Salesforce has switched off the version that was asked for.",
        "Remove api_version from the settings, so that the newest shared one is used.",
    ),
    414: _Row(
        "URI_TOO_LONG",
        "",
        "The request was too long",
        "The address and headers together are over 16,384 bytes.",
        "This is a fault of orgwatch; report it.",
    ),
    420: _Row(
        "",
        "",
        "The org's instance cannot be reached from Salesforce's edge",
        "Salesforce could not route the request to the org.",
        "Nothing is to be done when this passes; see status.salesforce.com.",
        retryable=True,
    ),
    429: _Row(
        "",
        "",
        "The org asks for fewer requests",
        "Too many requests were sent in a short time.",
        "Nothing is to be done; requests are spaced further apart.",
        retryable=True,
    ),
}
_SERVER_TROUBLE = _Row(
    "",
    "",
    "The org has trouble",
    "Salesforce failed to handle the request; the request itself is not the cause.",
    "Nothing is to be done when this passes; see status.salesforce.com.",
    retryable=True,
)
_UNKNOWN = _Row(
    "",
    "",
    "The org refused the request",
    "Salesforce answered with a code that this version of orgwatch does not know.",
    "The org's own words are below.",
)


def refusal(status: int, body: object, what: str, retry_after_s: float | None = None) -> OrgRefused:
    """The sentences for an answer of ``status`` 400 or above with the parsed ``body``.

    ``what`` names what was asked for, in words; ``retry_after_s`` is the server's own wish.
    """
    code, message = first_error(body)
    row = _row_for(status, code, message)
    return OrgRefused(
        row.title,
        f"{row.meaning} Asked for: {what}.",
        row.next_step,
        f"{code}: {message}"[:_DETAIL_CHARACTERS] if code or message else f"status {status}",
        retryable=row.retryable,
        retry_after_s=retry_after_s if retry_after_s is not None else row.wait_s,
        code=code or str(status),
    )


def first_error(body: object) -> tuple[str, str]:
    """``errorCode`` and ``message`` of a refusal's body, each empty when it is not there."""
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return "", ""
    record: Record = first
    return text_of(record, "errorCode") or "", text_of(record, "message") or ""


def _row_for(status: int, code: str, message: str) -> _Row:
    lowered = message.lower()
    for row in _ROWS:
        if code == row.code and row.text in lowered:
            return row
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return _SERVER_TROUBLE if status >= 500 else _UNKNOWN
