"""The troubles on offer, and what each can be told.

Every kind has a rule for each of its keys; `console.simulator.faults.documents` checks a document
by these rules, and the page ``docs/simulated-org.md`` lists the same keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

MAX_DELAY_S = 300.0
MAX_BYTES = 1_000_000_000


class FaultKind(StrEnum):
    """The troubles on offer."""

    # in place of the answer
    HTTP_ERROR = "http_error"
    """An error ``status`` with the body that the REST API has for it, or ``error_code`` and
    ``message``; ``retry_after_s`` puts Retry-After on it, as seconds or as a ``date``."""
    HTTP_503 = "http_503"
    """`HTTP_ERROR` with status 503."""
    HTTP_HTML = "http_html"
    """An HTML ``page`` instead of JSON: ``maintenance``, ``login``, ``proxy`` or ``edge``."""
    LIMIT_EXCEEDED = "limit_exceeded"
    """403 REQUEST_LIMIT_EXCEEDED for ``which``: the ``total`` of a day, or ``concurrent``."""
    REDIRECT = "redirect"
    """A redirect to ``location``; ``itself`` leads back to the same address for ever."""
    INVALID_JSON = "invalid_json"
    """200 and ``body``, announced as JSON and none."""
    EMPTY_BODY = "empty_body"
    """200, announced as JSON, and not a byte."""
    MAINTENANCE = "maintenance"
    """Every request gets 503 for ``for_s`` seconds of the org's time."""

    # to the answer
    SLOW = "slow"
    """The answer waits ``delay_s`` real seconds before its first byte."""
    DRIP = "drip"
    """The answer comes in pieces of ``bytes`` with ``pause_s`` real seconds between them."""
    STALL = "stall"
    """The answer stops after ``at_byte`` bytes; ``delay_s`` real seconds later the line is cut."""
    TRUNCATE = "truncate"
    """The body ends after ``at_byte`` bytes. With ``length`` ``true`` the headers still tell of
    the rest; with ``lie`` everything says that the answer is whole."""
    RESET = "reset"
    """The connection is reset after ``at_byte`` bytes, status line and headers counted."""
    WRONG_CONTENT_TYPE = "wrong_content_type"
    """The right answer under another ``content_type``."""
    WRONG_GZIP = "wrong_gzip"
    """The right answer, announced as gzip and not compressed; a log file that is compressed is
    not announced as such."""

    # tokens and logins
    EXPIRE_TOKEN = "expire_token"  # noqa: S105 - the name of a trouble
    """The request's own token dies just before the request is answered."""
    REVOKE_TOKENS = "revoke_tokens"
    """Every access token stops working at once; held connects end with 401."""
    LOGIN_REFUSED = "login_refused"
    """The token endpoint answers with ``error`` and ``error_description``."""
    CLOCK_SKEW = "clock_skew"
    """The org's servers believe it is ``seconds`` later (or, negative, earlier) than it is."""

    # the stream
    BAYEUX_ERROR = "bayeux_error"
    """A message on the meta channel ``on`` is refused with ``error``; ``failure_reason`` goes
    into ``ext.sfdc``, and ``reconnect`` into the advice."""
    STALE_REPLAY = "stale_replay"
    """A subscribe that names a replay id is told that it is not valid."""
    STREAMING_BUSY = "streaming_busy"
    """A handshake is denied with a 503 as the failure reason."""
    MULTIPLE_CLIENTS = "multiple_clients"
    """A connect is told that another client shares its cookie, and returns at once."""
    DUPLICATE_EVENTS = "duplicate_events"
    """Until faults are cleared, one event in ``one_in`` comes twice, on ``channel`` or on all."""
    REORDER_EVENTS = "reorder_events"
    """Until faults are cleared, one event in ``one_in`` comes after the one that follows it."""
    LOSE_EVENTS = "lose_events"
    """Until faults are cleared, one event in ``one_in`` never comes: a hole in the replay ids."""
    DELAY_EVENTS = "delay_events"
    """Until faults are cleared, events come ``delay_s`` seconds of the org's time late."""
    DROP_SESSIONS = "drop_sessions"
    """Every streaming session is forgotten, as when a server is taken away: 403 Unknown client."""
    EXPIRE_STICKY = "expire_sticky"
    """Every ``sfdc-stream`` cookie has run out: the next request reaches another server."""
    PUSH_DISCONNECT = "push_disconnect"
    """Streaming clients are sent an unsolicited ``/meta/disconnect`` (API 64.0 and later)."""
    RESET_POLLS = "reset_polls"
    """The connections of all held connects are reset."""

    # the org
    CHANGE_LOG_FILE = "change_log_file"
    """A log file is not what its listing said when it is downloaded: ``how`` is ``grown``,
    ``replaced`` or ``gone``."""
    VANISH_LOCATORS = "vanish_locators"
    """Every open query locator is gone: 404 INVALID_QUERY_LOCATOR."""
    RETIRE_VERSIONS = "retire_versions"
    """API versions lower than ``below`` are retired from now on; 0 takes that back."""
    WITHHOLD_PERMISSION = "withhold_permission"
    """Users lose ``permission``."""
    GRANT_PERMISSION = "grant_permission"
    """Users have ``permission`` again."""


AT_ONCE = frozenset(
    {
        FaultKind.REVOKE_TOKENS,
        FaultKind.CLOCK_SKEW,
        FaultKind.DUPLICATE_EVENTS,
        FaultKind.REORDER_EVENTS,
        FaultKind.LOSE_EVENTS,
        FaultKind.DELAY_EVENTS,
        FaultKind.DROP_SESSIONS,
        FaultKind.EXPIRE_STICKY,
        FaultKind.PUSH_DISCONNECT,
        FaultKind.RESET_POLLS,
        FaultKind.VANISH_LOCATORS,
        FaultKind.RETIRE_VERSIONS,
        FaultKind.WITHHOLD_PERMISSION,
        FaultKind.GRANT_PERMISSION,
    }
)
"""Faults that happen when they are asked for and strike no single request."""


class FaultNotUnderstood(Exception):
    """A fault document that names no known kind or holds a value that will not do."""


@dataclass(frozen=True, slots=True)
class Number:
    """A key that takes a number; None as default means that it may be left out."""

    low: float
    high: float
    default: float | None = None
    is_whole: bool = False
    is_required: bool = False

    def check(self, key: str, value: object) -> object:
        """The value, or FaultNotUnderstood with a sentence."""
        kinds: tuple[type, ...] = (int,) if self.is_whole else (int, float)
        if (
            isinstance(value, bool)
            or not isinstance(value, kinds)
            or not isinstance(value, int | float)
            or not self.low <= value <= self.high
        ):
            article = "a whole number" if self.is_whole else "a number"
            raise FaultNotUnderstood(f"{key} must be {article} from {self.low:g} to {self.high:g}")
        return value


@dataclass(frozen=True, slots=True)
class Text:
    """A key that takes a string, any or one of ``choices``."""

    default: str | None = None
    choices: tuple[str, ...] = ()
    is_required: bool = False

    def check(self, key: str, value: object) -> object:
        """The value, or FaultNotUnderstood with a sentence."""
        if not isinstance(value, str):
            raise FaultNotUnderstood(f"{key} must be a string")
        if self.choices and value not in self.choices:
            raise FaultNotUnderstood(f"{key} must be one of: {', '.join(self.choices)}")
        if not value.isprintable():
            raise FaultNotUnderstood(f"{key} must not hold control characters")
        return value


Rule = Number | Text

_ERROR_KEYS: dict[str, Rule] = {
    "error_code": Text(),
    "message": Text(),
    "retry_after_s": Number(0, 86_400, is_whole=True),
    "retry_after": Text("seconds", ("seconds", "date")),
}
_SOME_EVENTS: dict[str, Rule] = {
    "channel": Text(),
    "one_in": Number(1, 1_000_000, 10, is_whole=True),
    "seed": Number(0, 65_535, 1, is_whole=True),
}
_AT_BYTE = Number(0, MAX_BYTES, 0, is_whole=True)
META_CHANNELS = ("/meta/handshake", "/meta/connect", "/meta/subscribe", "/meta/unsubscribe")

KEYS: Mapping[FaultKind, Mapping[str, Rule]] = MappingProxyType(
    {
        FaultKind.HTTP_ERROR: {"status": Number(400, 599, 500, is_whole=True)} | _ERROR_KEYS,
        FaultKind.HTTP_503: {"status": Number(503, 503, 503, is_whole=True)} | _ERROR_KEYS,
        FaultKind.HTTP_HTML: {
            "status": Number(200, 599, is_whole=True),
            "page": Text("maintenance", ("maintenance", "login", "proxy", "edge")),
        },
        FaultKind.LIMIT_EXCEEDED: {"which": Text("total", ("total", "concurrent"))},
        FaultKind.REDIRECT: {
            "location": Text("itself"),
            "status": Number(301, 308, 302, is_whole=True),
        },
        FaultKind.INVALID_JSON: {"body": Text('{"totalSize": 1, "done": tru')},
        FaultKind.SLOW: {"delay_s": Number(0, MAX_DELAY_S, 1.0)},
        FaultKind.DRIP: {
            "bytes": Number(1, MAX_BYTES, 16, is_whole=True),
            "pause_s": Number(0, 60, 0.1),
        },
        FaultKind.STALL: {"at_byte": _AT_BYTE, "delay_s": Number(0, MAX_DELAY_S, MAX_DELAY_S)},
        FaultKind.TRUNCATE: {"at_byte": _AT_BYTE, "length": Text("true", ("true", "lie"))},
        FaultKind.RESET: {"at_byte": _AT_BYTE},
        FaultKind.WRONG_CONTENT_TYPE: {"content_type": Text("text/html")},
        FaultKind.LOGIN_REFUSED: {
            "error": Text("invalid_grant"),
            "error_description": Text("authentication failure"),
        },
        FaultKind.CLOCK_SKEW: {"seconds": Number(-1e9, 1e9, 0.0)},
        FaultKind.BAYEUX_ERROR: {
            "on": Text("/meta/connect", META_CHANNELS),
            "error": Text("401::Authentication invalid"),
            "failure_reason": Text(),
            "reconnect": Text(choices=("none", "retry", "handshake")),
        },
        FaultKind.DUPLICATE_EVENTS: _SOME_EVENTS,
        FaultKind.REORDER_EVENTS: _SOME_EVENTS,
        FaultKind.LOSE_EVENTS: _SOME_EVENTS,
        FaultKind.DELAY_EVENTS: {"channel": Text(), "delay_s": Number(0, 86_400, 60.0)},
        FaultKind.CHANGE_LOG_FILE: {"how": Text("grown", ("grown", "replaced", "gone"))},
        FaultKind.RETIRE_VERSIONS: {"below": Number(0, 1000, is_whole=True, is_required=True)},
        FaultKind.WITHHOLD_PERMISSION: {"permission": Text(is_required=True)},
        FaultKind.GRANT_PERMISSION: {"permission": Text(is_required=True)},
    }
)
"""The keys that a kind has of its own; kinds that are not here have none."""
