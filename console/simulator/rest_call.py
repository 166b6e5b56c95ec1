"""One REST call from its first header to its last: who calls, what it costs, what it is told.

The frame around every handler below ``/services/data/vXX.0``: the token, the version, the pool,
the error array, the limit header, and the row that the call leaves in the org's own logs.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from console.simulator.tokens import Grant
from console.simulator.wire import NEWEST_VERSION, OLDEST_VERSION, WIRE, Wire
from console.simulator.world import ApiRequest

_VERSIONED = re.compile(r"/services/data/v(\d{1,3})\.0(/.*)?")
_TOKEN_SCHEMES = ("bearer ", "oauth ")
_CALL_OPTION_CLIENT = re.compile(r"(?:^|[,;])\s*client=([^,;]*)")
_REQUEST_ID = re.compile(r"[0-9a-fA-F]{32}|[0-9A-Za-z]{22}")
_MOST_CLIENT_CHARACTERS = 255


class RestRefused(Exception):
    """A refusal by the REST API: ``[{"message": …, "errorCode": …}]`` with an HTTP status."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def body(self) -> list[dict[str, str]]:
        """The error array (REST API guide, status codes and error responses)."""
        return [{"message": self.message, "errorCode": self.code}]


@dataclass(slots=True)
class RestCall:
    """An authenticated call under way; its handler fills in what the logs will say of it."""

    grant: Grant
    version: str
    """``66.0``."""
    request_id: str
    entity: str = ""
    operation: str = ""
    query: str = ""
    rows: int = 0

    @property
    def base(self) -> str:
        """The path that this version's resources begin with."""
        return f"/services/data/v{self.version}"


CALL: web.RequestKey[RestCall] = web.RequestKey("rest call", RestCall)


def version_and_resource(path: str) -> tuple[int, str] | None:
    """A REST path as its version's number and what follows; None outside the REST API."""
    match = _VERSIONED.fullmatch(path)
    return None if match is None else (int(match.group(1)), match.group(2) or "/")


def bearer_token(request: web.Request) -> str | None:
    """The access token in the Authorization header, sent as ``Bearer`` or ``OAuth``."""
    header = request.headers.get("Authorization", "")
    for scheme in _TOKEN_SCHEMES:
        if header.lower().startswith(scheme):
            return header[len(scheme) :].strip()
    return None


def client_name(request: web.Request) -> str:
    """The client of ``Sforce-Call-Options: client=<id>``, as CLIENT_NAME logs it."""
    match = _CALL_OPTION_CLIENT.search(request.headers.get("Sforce-Call-Options", ""))
    return "" if match is None else match.group(1).strip()[:_MOST_CLIENT_CHARACTERS]


def begin_call(request: web.Request) -> RestCall:
    """Admit one call to the REST API.

    Raises RestRefused: 401 without a token in force, 410 or 404 for a version that is retired or
    unknown, 403 when the pool and its overrun are used up.
    """
    wire = request.app[WIRE]
    now = wire.world.now()
    token = bearer_token(request)
    grant = None if token is None else wire.tokens.find(token, now)
    if grant is None:
        raise RestRefused(
            401,
            "INVALID_SESSION_ID",
            "Session expired or invalid",
            {"WWW-Authenticate": "Token"},
        )
    found = version_and_resource(request.path)
    version = OLDEST_VERSION if found is None else found[0]
    call = RestCall(grant, f"{version}.0", _request_id(request))
    request[CALL] = call
    if found is None:
        raise not_found()
    check_version(version)
    _check_pool(wire)
    wire.tokens.use(grant, now)
    return call


def finish_call(request: web.Request, response: web.StreamResponse, call: RestCall) -> None:
    """Record the call in the world and put the pool's state on the answer's header."""
    wire = request.app[WIRE]
    wire.world.add_request(
        ApiRequest(
            at=wire.world.now(),
            user_id=call.grant.user.user_id,
            username=call.grant.user.username,
            app=call.grant.app,
            client_ip=request.remote or "",
            method=request.method,
            resource=request.path.removeprefix("/services/data"),
            api_family="REST",
            api_version=call.version,
            client_name=client_name(request),
            status=response.status,
            counted=True,
            entity=call.entity,
            request_id=call.request_id,
            operation=call.operation,
            query=call.query,
            rows=call.rows,
            user_agent=request.headers.get("User-Agent", ""),
        )
    )
    used_calls = wire.world.pool_used()
    response.headers["Sforce-Limit-Info"] = f"api-usage={used_calls}/{wire.world.pool_max}"
    response.headers["X-Request-Id"] = call.request_id
    response.headers["X-SFDC-Request-Id"] = call.request_id


def not_found() -> RestRefused:
    """The refusal of a resource that does not exist."""
    return RestRefused(404, "NOT_FOUND", "The requested resource does not exist")


def check_version(version: int) -> None:
    """Raise RestRefused 404 for a version that does not exist yet, 410 for a retired one."""
    if version > NEWEST_VERSION:
        raise not_found()
    if version < OLDEST_VERSION:
        # The body of a retired version's 410 is published nowhere; its status is.
        raise RestRefused(
            410, "UNSUPPORTED_API_VERSION", f"API version {version}.0 is retired: use a later one"
        )


def _check_pool(wire: Wire) -> None:
    cap = wire.world.pool_max * (1 + wire.options.overrun_fraction)
    if wire.world.pool_used() >= cap:
        raise RestRefused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def _request_id(request: web.Request) -> str:
    """The caller's own ``X-SFDC-REQUEST-ID`` where it has the documented form, else a new one."""
    wished = request.headers.get("X-SFDC-REQUEST-ID", "")
    return wished if _REQUEST_ID.fullmatch(wished) else secrets.token_hex(16)
