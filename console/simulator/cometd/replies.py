"""Every message that the simulated org's streaming server sends, in Salesforce's own words.

Texts: Streaming API guide, error codes and handling errors; captured replies of real orgs where
the guide is silent. Errors travel with HTTP 200.
"""

from collections.abc import Mapping

from console.simulator.world import PublishedEvent

Message = dict[str, object]

FIRST_VERSION_WITH_EVENT_UUID = 52
AUTHENTICATION_INVALID = "401::Authentication invalid"
AUTHENTICATION_MISSING = "401::Request requires authentication"
SERVER_BUSY = "503::Server is too busy.  Please try your request again later."
TOO_MANY_CLIENTS = "403::Organization concurrent user limit exceeded"
REQUEST_TOO_LARGE = "413::Maximum Request Size Exceeded"
INVALID_CONNECTION_TYPE = "400::Invalid connection type"
NO_HANDSHAKE = "403::Client has not completed handshake"
USER_NOT_ENABLED = "403::User not enabled for streaming"
UNKNOWN_CLIENT = "403::Unknown client"
WRONG_USER = "400::Authenticated user id does not match the session's user id"
CHANNEL_MISSING = "400::Channel name not specified"
CHANNEL_WITHOUT_SLASH = "400::Channel subscriptions must start with a leading '/'"
CHANNEL_DENIED = "403:denied_by_security_policy:create_denied"
PUBLISH_DENIED = "403:denied_by_security_policy:publish_denied"
VERSION_MISSING = "400::API version in the URI is mandatory. URI format: '/cometd/43.0'"
VERSION_UNSUPPORTED = "400::API version in the URI is not supported"

_EXTENSIONS = {"replay": True, "payload.format": True}
_SHARED_BROWSER_TIMEOUT_MS = 110_000
_SHARED_BROWSER = {
    "interval": 2000,
    "multiple-clients": True,
    "reconnect": "retry",
    "timeout": _SHARED_BROWSER_TIMEOUT_MS,
}
_NONE = {"reconnect": "none", "interval": 0}
_HANDSHAKE = {"interval": 0, "reconnect": "handshake"}


def _reply(request: Mapping[str, object], **fields: object) -> Message:
    """The frame of every answer: the channel asked on, and the id in the type it was sent."""
    message: Message = {"channel": request.get("channel"), **fields}
    if "id" in request:
        message["id"] = request["id"]
    return message


def handshake_accepted(request: Mapping[str, object], client_id: str) -> Message:
    """A new client id. There is no advice in this reply."""
    return _reply(
        request,
        ext=_EXTENSIONS,
        minimumVersion="1.0",
        version="1.0",
        clientId=client_id,
        supportedConnectionTypes=["long-polling"],
        successful=True,
    )


def handshake_denied(request: Mapping[str, object], reason: str) -> Message:
    """A refusal; the true cause is only in ``ext.sfdc.failureReason``."""
    return _reply(
        request,
        ext={"sfdc": {"failureReason": reason}, **_EXTENSIONS},
        advice={"reconnect": "none"},
        error="403::Handshake denied",
        successful=False,
    )


def connected(
    request: Mapping[str, object],
    client_id: str,
    timeout_ms: int | None,
    *,
    shared_browser: bool,
) -> Message:
    """The end of a connect; only the first one and one that shares its cookie carry advice.

    ``timeout_ms`` is the first one's, None for the others.
    """
    message = _reply(request, clientId=client_id, successful=True)
    if shared_browser:
        message["advice"] = _SHARED_BROWSER
    elif timeout_ms is not None:
        message["advice"] = {"interval": 0, "timeout": timeout_ms, "reconnect": "retry"}
    return message


def done(request: Mapping[str, object], client_id: str) -> Message:
    """A subscribe, unsubscribe or disconnect that succeeded."""
    message = _reply(request, clientId=client_id, successful=True)
    if "subscription" in request:
        message["subscription"] = request["subscription"]
    return message


def refused(request: Mapping[str, object], error: str, client_id: str | None = None) -> Message:
    """A request that failed while the session lives on."""
    message = _reply(request, error=error, successful=False)
    if client_id is not None:
        message["clientId"] = client_id
    if "subscription" in request:
        message["subscription"] = request["subscription"]
    return message


def unauthenticated(request: Mapping[str, object], error: str) -> Message:
    """A request whose token is missing or no longer in force."""
    client_id = request.get("clientId")
    known = client_id if isinstance(client_id, str) else None
    return {**refused(request, error, known), "advice": _NONE}


def unknown_client(request: Mapping[str, object], *, was_disconnected: bool) -> Message:
    """A request of a session that is no more; without a client id.

    The client shall begin again with a handshake, but after a pushed disconnect it gets the
    advice ``none``.
    """
    advice = _NONE if was_disconnected else _HANDSHAKE
    return {**refused(request, UNKNOWN_CLIENT), "advice": advice}


def failed(
    request: Mapping[str, object], error: str, failure_reason: str, reconnect: str
) -> Message:
    """A message refused by a fault, with the advice that real orgs give with that error.

    ``reconnect`` puts another advice in its place; ``failure_reason`` goes into ``ext.sfdc``.
    """
    client_id = request.get("clientId")
    has_id = isinstance(client_id, str) and error != UNKNOWN_CLIENT
    message = refused(request, error, str(client_id) if has_id else None)
    if failure_reason:
        message["ext"] = {"sfdc": {"failureReason": failure_reason}, **_EXTENSIONS}
    if reconnect:
        message["advice"] = {"reconnect": reconnect, "interval": 0}
    elif request.get("channel") == "/meta/handshake":
        message["advice"] = {"reconnect": "none"}
    elif error == UNKNOWN_CLIENT:
        message["advice"] = _HANDSHAKE
    elif error.startswith("401::"):
        message["advice"] = _NONE
    return message


def pushed_disconnect() -> Message:
    """The unsolicited end that API 64.0 and later may send."""
    return {"channel": "/meta/disconnect"}


def event(published: PublishedEvent, version: int) -> Message:
    """One event; its EventUuid is only there from 52.0 on."""
    about: dict[str, object] = {"replayId": published.replay_id}
    if version >= FIRST_VERSION_WITH_EVENT_UUID:
        about["EventUuid"] = published.event_uuid
    data = {"schema": published.schema, "payload": published.payload, "event": about}
    return {"data": data, "channel": published.channel}


def cookie_missing(client_id: str) -> str:
    """The error of a request that did not bring the session's cookie."""
    return (
        f"400::Client {client_id} has established a session, but no BAYEUX_BROWSER cookie present"
    )


def invalid_replay_id(replay_id: object) -> str:
    """The error of a subscribe from a replay id that is no longer retained, or never was."""
    return (
        f"400::The replayId {{{replay_id}}} you provided was invalid.  Please provide a valid ID, "
        "-2 to replay all events, or -1 to replay only new events."
    )


def channel_not_in_replay_map(channel: str, replay: Mapping[str, object]) -> str:
    """The error of a subscribe whose replay map lacks the channel, or holds null for it."""
    shown = ", ".join(f"{name}={value}" for name, value in replay.items())
    return (
        f"400::The replayId for channel {{{channel}}} wasn't found using the provided replay ID "
        f"map {{{{{shown}}}}}. Ensure that the channel name you provided in the replay map is "
        "valid and matches the channel name used for subscribing."
    )
