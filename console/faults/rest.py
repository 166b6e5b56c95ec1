"""Refusals of the REST API.

Codes, statuses and texts as in the REST API guide ("Status Codes and Error Responses"), and as
captured from real orgs in the issue threads of restforce, jsforce, nango and simple-salesforce.
The first row that fits the code and a part of the message wins, then the status alone.
"""

from console.faults.row import FaultRow, Retry

POOL_RETRY_S = 300.0
"""The pool is a rolling window: some calls leave it every few minutes."""

_STATUS_PAGE = "Nothing is to be done when this passes; see status.salesforce.com."
_OURS = "This is a fault of orgwatch; report it with the words below."
_COMPARE = "Compare the user's permission set with the one in the README."
_VERSION_STEP = "Remove api_version from the settings, so that the newest shared one is used."

_TOKEN_REFUSED = FaultRow(
    "The org does not accept the token",
    "The session expired or was revoked, and a new one was refused as well.",
    "Look into Setup, Session Management and Login History of the user.",
    Retry.NEW_TOKEN,
    "INVALID_SESSION_ID",
)
_MAY_NOT_READ = FaultRow(
    "The user may not read this",
    "The user lacks a permission for this resource.",
    _COMPARE,
    Retry.FINAL,
)
_RETIRED = FaultRow(
    "The API version is retired",
    "Salesforce has switched off the version that was asked for.",
    _VERSION_STEP,
    Retry.FINAL,
)

SERVER_TROUBLE = FaultRow(
    "The org has trouble",
    "Salesforce failed to handle the request; the request itself is not the cause.",
    _STATUS_PAGE,
    Retry.BACK_OFF,
    "UNKNOWN_EXCEPTION",
)

_SESSION_ROWS = (
    FaultRow(
        "The session may not use the API",
        "The org accepts the login but not API requests with it: IP lock, session level, or no "
        "API access.",
        "Give the user the permission API Enabled and check the app's session and IP policies.",
        Retry.NEW_TOKEN,
        "INVALID_SESSION_ID",
        "not valid for use",
    ),
    _TOKEN_REFUSED,
    FaultRow(
        "The org cannot read the token",
        "The token is one in JWT format, and this resource refused its form.",
        "In the app's settings switch off Issue JWT-based access tokens, or report it.",
        Retry.NEW_TOKEN,
        "INVALID_JWT_FORMAT",
    ),
    FaultRow(
        "The org cannot read the token",
        "The Authorization header was not understood; a proxy may have changed it.",
        "Check proxies on the way, and the app's token format.",
        Retry.NEW_TOKEN,
        "INVALID_AUTH_HEADER",
    ),
    FaultRow(
        "The user's password has expired",
        "Salesforce refuses the API to users whose password has expired.",
        "Set a new password, or Password Never Expires in the user's permissions.",
        Retry.FINAL,
        "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
    ),
)

_LIMIT_ROWS = (
    FaultRow(
        "Too many long requests run at once",
        "The org has as many requests running for 20 seconds or more as it allows (25 in "
        "production and sandboxes, 5 in Developer Edition).",
        "Nothing is to be done here; find which integration runs long requests.",
        Retry.BACK_OFF,
        "REQUEST_LIMIT_EXCEEDED",
        "concurrent",
    ),
    FaultRow(
        "The org has no API calls left",
        "The calls of the last 24 hours reached the org's allocation; every integration is "
        "refused now.",
        "See the Integrations screen for who used them. Calls become free as the oldest leave "
        "the 24-hour window.",
        Retry.WAIT,
        "REQUEST_LIMIT_EXCEEDED",
        wait_s=POOL_RETRY_S,
    ),
)

_ACCESS_ROWS = (
    FaultRow(
        "The API is not enabled",
        "The org's edition has no API, or the user lacks it.",
        "Give the user the permission API Enabled; Professional Edition needs API access added.",
        Retry.FINAL,
        "API_DISABLED_FOR_ORG",
    ),
    FaultRow(
        "The API is switched off for now",
        "The org refuses API requests at the moment.",
        "See status.salesforce.com for maintenance of the instance.",
        Retry.WAIT,
        "API_CURRENTLY_DISABLED",
        wait_s=POOL_RETRY_S,
    ),
    *(
        FaultRow(
            "A transaction security policy blocks this",
            f"The org has a policy that {what}.",
            "Ask the org's administrator to exempt the integration user in the policy (Setup, "
            "Transaction Security Policies).",
            Retry.FINAL,
            code,
        )
        for code, what in (
            ("TXN_SECURITY_NO_ACCESS", "forbids this request to the user"),
            ("TXN_SECURITY_END_A_SESSION", "wants another session of the user ended first"),
            ("TXN_SECURITY_TWO_FA_REQUIRED", "wants a second factor, which no API user can give"),
        )
    ),
    *(
        FaultRow(
            _MAY_NOT_READ.title, _MAY_NOT_READ.meaning, _MAY_NOT_READ.next_step, Retry.FINAL, code
        )
        for code in ("INSUFFICIENT_ACCESS", "FORBIDDEN")
    ),
)

_QUERY_ROWS = (
    FaultRow(
        "The object is not there for this user",
        "The org does not have the object, or the user may not read it; Salesforce answers "
        "both alike.",
        "Give the user access to the object, or check that the org has the feature.",
        Retry.FINAL,
        "INVALID_TYPE",
    ),
    FaultRow(
        "A field is not there for this user",
        "The org does not have the field in this API version, or the user may not read it.",
        "Give the user read access to the field, or set another api_version.",
        Retry.FINAL,
        "INVALID_FIELD",
    ),
    FaultRow(
        "The org could not read the query",
        "The query asks for something that this object does not support.",
        _OURS,
        Retry.FINAL,
        "MALFORMED_QUERY",
    ),
    FaultRow(
        "The org could not read an id",
        "The request names a record by something that is no id of this org.",
        _OURS,
        Retry.FINAL,
        "MALFORMED_ID",
    ),
    FaultRow(
        "The org could not read the request",
        "What was sent is not the JSON that the resource takes; a proxy may have changed it.",
        _OURS,
        Retry.FINAL,
        "JSON_PARSER_ERROR",
    ),
    FaultRow(
        "The query ran too long",
        "The org stopped the query after two minutes or more.",
        "Nothing is to be done when this passes; else collect less at a time.",
        Retry.WAIT,
        "QUERY_TIMEOUT",
        wait_s=POOL_RETRY_S,
    ),
    FaultRow(
        "The rest of the query is gone",
        "The org dropped the cursor of a query whose pages were not all read.",
        "Nothing is to be done; the query is asked again.",
        Retry.WAIT,
        "INVALID_QUERY_LOCATOR",
        wait_s=POOL_RETRY_S,
    ),
    *(
        FaultRow(
            "The composite request was stopped",
            "Another part of the same request failed, and the org left the rest undone.",
            "Nothing is to be done; the part that failed says why.",
            Retry.ONCE,
            code,
        )
        for code in ("PROCESSING_HALTED", "BATCH_PROCESSING_HALTED")
    ),
)

_PLACE_ROWS = (
    FaultRow(
        "The API version is not supported",
        "The org no longer speaks, or does not yet speak, the version that was asked for.",
        _VERSION_STEP,
        Retry.FINAL,
        "UNSUPPORTED_API_VERSION",
    ),
    FaultRow(
        "The org has no such resource",
        "The address does not exist in this API version, or the user may not know of it.",
        "Check api_version in the settings, and that the org has the feature.",
        Retry.FINAL,
        "NOT_FOUND",
    ),
    FaultRow(
        "The org does not take this kind of request here",
        "The resource exists but is not read in this way.",
        _OURS,
        Retry.FINAL,
        "METHOD_NOT_ALLOWED",
    ),
    FaultRow(
        "The org is too busy or under maintenance",
        "Salesforce could not serve the request now.",
        _STATUS_PAGE,
        Retry.BACK_OFF,
        "SERVER_UNAVAILABLE",
    ),
    SERVER_TROUBLE,
)

REST_FAULTS = (*_SESSION_ROWS, *_LIMIT_ROWS, *_ACCESS_ROWS, *_QUERY_ROWS, *_PLACE_ROWS)
"""Rows found by ``errorCode`` and a part of ``message``, the first that fits."""

_TOO_LONG = FaultRow(
    "The request was too long",
    "The address and headers together are over 16,384 bytes.",
    "This is a fault of orgwatch; report it.",
    Retry.FINAL,
)

REST_STATUSES = {
    401: _TOKEN_REFUSED,
    403: FaultRow(_MAY_NOT_READ.title, "The org refused the request.", _COMPARE, Retry.FINAL),
    404: _PLACE_ROWS[1],
    405: _PLACE_ROWS[2],
    410: _RETIRED,
    414: _TOO_LONG,
    431: _TOO_LONG,
    420: FaultRow(
        "The org's instance cannot be reached from Salesforce's edge",
        "Salesforce could not route the request to the org.",
        _STATUS_PAGE,
        Retry.BACK_OFF,
    ),
    429: FaultRow(
        "The org asks for fewer requests",
        "Too many requests were sent in a short time.",
        "Nothing is to be done; requests are spaced further apart.",
        Retry.BACK_OFF,
    ),
}
"""Rows for answers without a code that is known."""

UNKNOWN = FaultRow(
    "The org refused the request",
    "Salesforce answered with a code that this version of orgwatch does not know.",
    "The org's own words are below.",
    Retry.ONCE,
)


def rest_row(status: int, code: str, message: str) -> FaultRow:
    """The row for an answer of ``status`` 400 or above with this ``errorCode`` and ``message``.

    A retired version's 410 outranks its code, because the body of that answer is published
    nowhere.
    """
    if status == 410:
        return _RETIRED
    lowered = message.lower()
    for row in REST_FAULTS:
        if row.fits(code, lowered):
            return row
    if status in REST_STATUSES:
        return REST_STATUSES[status]
    return SERVER_TROUBLE if status >= 500 else UNKNOWN
