"""Refusals of the Streaming API (CometD).

The texts are those of the Streaming API Developer Guide, "Streaming API Error Codes" and "Handling
Streaming API Errors", of "Platform Event Allocations", and of the issue threads of EMP-Connector,
aiosfstream and Camel that the project's facts name. ``ext.sfdc.failureReason`` holds the true
cause where it is there, and outranks ``error``.
"""

import re

from console.faults.row import FaultRow, Retry

_CODE = re.compile(r"^(\d{3})(?!\d)")
_NOTHING = "Nothing is to be done when this passes."
_OURS = "This is a fault of orgwatch; report it with the words below."
_LISTEN = (
    "Check that the org has Event Monitoring and streams this event (Setup, Event Manager), and "
    "give the user View Real-Time Event Monitoring Data."
)


def _row(text: str, retry: Retry, title: str, meaning: str, next_step: str = _NOTHING) -> FaultRow:
    return FaultRow(title, meaning, next_step, retry, text=text)


COMETD_FAULTS = (
    _row(
        "server is too busy",
        Retry.BACK_OFF,
        "The org is too busy to stream",
        "The streaming server asks for patience.",
    ),
    _row(
        "simultaneous connections per server",
        Retry.BACK_OFF,
        "Too many clients on the org's server",
        "The streaming server protects itself: too many clients are connected to it.",
    ),
    _row(
        "concurrent user limit exceeded",
        Retry.BACK_OFF,
        "The org's limit of streaming clients is used up",
        "An org may have 2,000 streaming clients in Performance and Unlimited Edition, 1,000 in "
        "Enterprise, 20 in others.",
        "Find which clients stream (Setup, Event Manager), and stop one that is not needed.",
    ),
    _row(
        "total events daily limit exceeded",
        Retry.BACK_OFF,
        "The org's daily event allocation is used up",
        "Events delivered to all clients in the last 24 hours reached the allocation.",
        "See DailyDeliveredPlatformEvents on the Limits screen for what is left.",
    ),
    _row(
        "unknown client",
        Retry.NEW_SESSION,
        "The org forgot the session",
        "A streaming server was taken away or the session was silent too long.",
    ),
    _row(
        "has not completed handshake",
        Retry.NEW_SESSION,
        "The org forgot the session",
        "The org asks for a new handshake.",
    ),
    _row(
        "no bayeux_browser cookie",
        Retry.NEW_SESSION,
        "The org lost the session's cookie",
        "The cookie that leads to the session's server did not arrive.",
        "Nothing is to be done when this passes; else check proxies on the way.",
    ),
    _row(
        "does not match the session's user",
        Retry.NEW_SESSION,
        "The session belongs to another user",
        "The cookies of one login were sent with the token of another.",
    ),
    _row(
        "authentication invalid",
        Retry.NEW_TOKEN,
        "The org no longer accepts the token",
        "The session expired or was revoked.",
        "Nothing is to be done: a new token is asked for. If it stays, check the login.",
    ),
    _row(
        "requires authentication",
        Retry.NEW_TOKEN,
        "The org saw no token",
        "The request arrived without its Authorization header.",
        "If it stays, check proxies on the way: one may remove the header.",
    ),
    _row(
        "not enabled for streaming",
        Retry.FINAL,
        "The user may not use the Streaming API",
        "Streaming is not permitted to this user.",
        "Give the user API Enabled and View Real-Time Event Monitoring Data.",
    ),
    _row(
        "maximum request size exceeded",
        Retry.FINAL,
        "The streaming request was too large",
        "A request may have 32,768 bytes.",
        _OURS,
    ),
    _row(
        "the replayid for channel",
        Retry.ONCE,
        "The org did not find the place to go on from",
        "The replay id did not arrive for this channel.",
        "Nothing is to be done: the stream goes on from the oldest event kept, and the gap is "
        "recorded.",
    ),
    _row(
        "you provided was invalid",
        Retry.ONCE,
        "The place to go on from is no longer kept",
        "The replay id is older than what the org keeps (72 hours), or from another org.",
        "Nothing is to be done: the stream goes on from the oldest event kept, and the gap is "
        "recorded.",
    ),
    _row(
        "create_denied",
        Retry.FINAL,
        "The org has no such channel, or the user may not see it",
        "Salesforce answers both alike.",
        _LISTEN,
    ),
    _row(
        "subscribe_denied",
        Retry.FINAL,
        "The org refuses this channel",
        "The channel exists, but the user may not subscribe to it.",
        _LISTEN,
    ),
    *(
        _row(text, Retry.FINAL, "The org has no such channel", "The name is not known.", _LISTEN)
        for text in ("doesn't exist", "unknown channel", "cannot create channel")
    ),
    _row(
        "restricted channel",
        Retry.FINAL,
        "The channel is restricted",
        "The user may not subscribe to it.",
        _LISTEN,
    ),
    _row(
        "subscription limit exceeded",
        Retry.BACK_OFF,
        "The channel has as many subscribers as it may",
        "The limit concerns PushTopic and generic channels only.",
    ),
    *(
        _row(text, Retry.FINAL, "The channel's name is not valid", "The name is malformed.", _OURS)
        for text in ("channel name not specified", "must start with", "vary only by case")
    ),
)
"""Rows found by a part of the text, the first that fits."""

_BY_CODE = {
    401: _row("", Retry.NEW_TOKEN, "The org refused the token", "The session no longer counts."),
    402: _row("", Retry.NEW_SESSION, "The org forgot the session", "A new handshake is needed."),
}
_TROUBLE = _row("", Retry.BACK_OFF, "The org cannot stream now", "The streaming server failed.")
_UNKNOWN = _row(
    "",
    Retry.ONCE,
    "The org refused to stream",
    "Salesforce answered with words that this version of orgwatch does not know.",
    "The org's own words are below.",
)


def cometd_row(error: str, failure_reason: str = "") -> FaultRow:
    """The row for a reply's ``error`` and, where it has one, ``ext.sfdc.failureReason``."""
    cause = failure_reason or error
    lowered = cause.lower()
    for row in COMETD_FAULTS:
        if row.text in lowered:
            return row
    code = error_code(cause) or error_code(error)
    if code is not None and code >= 500:
        return _TROUBLE
    return _BY_CODE.get(code or 0, _UNKNOWN)


def error_code(error: str) -> int | None:
    """The three digits that a Bayeux error starts with."""
    found = _CODE.match(error)
    return int(found[1]) if found else None
