"""One REST call from its first header to its last: who calls, what it costs, what it is told.

The frame around every handler below ``/services/data/vXX.0``: the token, the version, the pool,
the error array, the limit header, and the row that the call leaves in the org's own logs.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from aiohttp import web

from console.simulator.oauth.tokens import Grant
from console.simulator.rest.concurrency import MOST_LONG_RUNNING, MOST_LONG_RUNNING_DEVELOPER
from console.simulator.rest.options import VersionRules
from console.simulator.web.wire import WIRE, Wire
from console.simulator.world import ApiRequest

DEVELOPER_EDITION = "Developer Edition"

_VERSIONED = re.compile(r"/services/data/(?:v(\d{1,3})\.0|latest)(/.*)?")
_TOKEN_SCHEMES = ("bearer ", "oauth ")
_CALL_OPTION_CLIENT = re.compile(r"(?:^|[,;])\s*client=([^,;]*)")
_REQUEST_ID = re.compile(r"[0-9a-fA-F]{32}|[0-9A-Za-z]{22}")
_MOST_CLIENT_CHARACTERS = 255
_AGEING = (
    "299 - \"This API is deprecated and will be removed by Summer '28. "
    'Please see https://help.salesforce.com/ for details."'
)
"""REST API guide, warning header; the season is that of the end of 31.0 to 40.0."""


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


@dataclass(frozen=True, slots=True)
class Subrequest:
    """A part of a batch: a call of its own in the pool and in the logs."""

    method: str
    resource: str
    """Without ``/services/data``: ``/v66.0/limits``."""
    version: str
    status: int
    entity: str = ""


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
    family: str = "REST"
    """API_FAMILY of the logs: ``REST`` or ``Bulk``."""
    subrequests: list[Subrequest] = field(default_factory=list)
    """The parts of a batch, which are counted in its place."""

    @property
    def base(self) -> str:
        """The path that this version's resources begin with."""
        return f"/services/data/v{self.version}"


CALL: web.RequestKey[RestCall] = web.RequestKey("rest call", RestCall)


def version_and_resource(path: str, rules: VersionRules) -> tuple[int, str] | None:
    """A REST path as its version's number and what follows; None outside the REST API."""
    match = _VERSIONED.fullmatch(path)
    if match is None or (match.group(1) is None and not rules.latest_alias):
        return None
    number = rules.newest if match.group(1) is None else int(match.group(1))
    return number, match.group(2) or "/"


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
    unknown, 403 for a user without API access, when too many long requests run, and when the pool
    and its overrun are used up.
    """
    wire = request.app[WIRE]
    now = wire.world.now()
    token = bearer_token(request)
    grant = None if token is None else wire.tokens.find(token, now)
    if grant is None:
        raise _no_session(wire, token)
    found = version_and_resource(request.path, wire.versions)
    version = wire.versions.newest if found is None else found[0]
    call = RestCall(grant, f"{version}.0", _request_id(request))
    request[CALL] = call
    if found is None:
        raise not_found()
    check_version(version, wire.versions)
    if not wire.world.access.may_call_api(grant.user):
        raise RestRefused(
            403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization."
        )
    _check_long_running(wire)
    check_pool(wire)
    wire.tokens.use(grant, now)
    return call


def _no_session(wire: Wire, token: str | None) -> RestRefused:
    """401. Of the codes for a malformed JWT only the name is known, not the text."""
    code, message = "INVALID_SESSION_ID", "Session expired or invalid"
    if token is None:
        code = wire.options.oauth.no_header_code
        if code == "INVALID_AUTH_HEADER":
            message = code
    elif token.startswith("eyJ") and token.count(".") != 2:
        code = message = "INVALID_JWT_FORMAT"
    return RestRefused(401, code, message, {"WWW-Authenticate": "Token"})


def finish_call(request: web.Request, response: web.StreamResponse, call: RestCall) -> None:
    """Record the call in the world and put the pool's state on the answer's header."""
    wire = request.app[WIRE]
    whole = ApiRequest(
        at=wire.world.now(),
        user_id=call.grant.user.user_id,
        username=call.grant.user.username,
        app=call.grant.app,
        client_ip=request.remote or "",
        method=request.method,
        resource=request.path.removeprefix("/services/data"),
        api_family=call.family,
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
    for each in _parts(whole, call) or [whole]:
        wire.world.add_request(each)
    response.headers["Sforce-Limit-Info"] = limit_info(wire, call)
    response.headers["X-Request-Id"] = call.request_id
    response.headers["X-SFDC-Request-Id"] = call.request_id
    if int(float(call.version)) < wire.versions.warned_below:
        response.headers["Warning"] = _AGEING


def _parts(whole: ApiRequest, call: RestCall) -> list[ApiRequest]:
    return [
        _part_of(whole, part, f"{call.request_id}-{n}") for n, part in enumerate(call.subrequests)
    ]


def _part_of(whole: ApiRequest, part: Subrequest, request_id: str) -> ApiRequest:
    """The log's row for one part of a batch."""
    return replace(
        whole,
        method=part.method,
        resource=part.resource,
        api_version=part.version,
        status=part.status,
        entity=part.entity,
        request_id=request_id,
    )


def limit_info(wire: Wire, call: RestCall) -> str:
    """``Sforce-Limit-Info``, in the form that the org's options ask for."""
    used_calls, most = wire.world.pool_used(), wire.world.pool_max
    text = f"api-usage={used_calls}/{most}"
    if wire.options.rest.limit_header == "bursts":
        return f"{text}; api-bursts={int(used_calls > most)}/750"
    app = call.grant.app
    if wire.options.rest.limit_header == "per_app" and app is not None:
        return f"{text}; per-app-api-usage={used_calls}/{most}(appName={app.developer_name})"
    return text


def not_found() -> RestRefused:
    """The refusal of a resource that does not exist."""
    return RestRefused(404, "NOT_FOUND", "The requested resource does not exist")


def not_allowed(method: str, *allowed: str) -> RestRefused:
    """The refusal of a method that the resource does not have."""
    listed = ",".join(allowed)
    return RestRefused(
        405,
        "METHOD_NOT_ALLOWED",
        f"HTTP Method '{method}' not allowed. Allowed are {listed}",
        {"Allow": listed},
    )


def check_version(version: int, rules: VersionRules) -> None:
    """Raise RestRefused 404 for a version that does not exist yet, 410 for a retired one."""
    if version > rules.newest:
        raise not_found()
    if version < rules.oldest:
        # The body of a retired version's 410 is published nowhere; its status is.
        raise RestRefused(
            410, "UNSUPPORTED_API_VERSION", f"API version {version}.0 is retired: use a later one"
        )


def _is_developer_org(wire: Wire) -> bool:
    return wire.world.facts.edition == DEVELOPER_EDITION


def check_pool(wire: Wire) -> None:
    """Production may overrun the daily limit; Developer Edition stops at it."""
    overrun = wire.options.overrun_fraction
    if _is_developer_org(wire):
        overrun = min(overrun, 0.0)
    if wire.world.pool_used() >= wire.world.pool_max * (1 + overrun):
        raise RestRefused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def _check_long_running(wire: Wire) -> None:
    most = wire.options.rest.most_long_running
    if most is None:
        most = MOST_LONG_RUNNING_DEVELOPER if _is_developer_org(wire) else MOST_LONG_RUNNING
    if wire.running.long_running() >= most:
        raise RestRefused(
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
        )


def _request_id(request: web.Request) -> str:
    """The caller's own ``X-SFDC-REQUEST-ID`` where it has the documented form, else a new one."""
    wished = request.headers.get("X-SFDC-REQUEST-ID", "")
    return wished if _REQUEST_ID.fullmatch(wished) else secrets.token_hex(16)
