"""A small scripted org on loopback: real HTTP, real signatures, answers as the test says."""

import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from yarl import URL

from console.salesforce.circuit import OrgReach
from console.salesforce.login import TokenKeeper
from console.salesforce.rest import RestClient
from console.salesforce.types import LimitHeader, LoginObservation
from console.settings import OrgSettings

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORG_ID = "00Dxx0000000001EAA"
OWN_USER_ID = "005xx0000000009AAA"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class HandClock:
    """An org clock that the test moves; waits take a thousandth of their time."""

    moment: datetime = START
    waited_s: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    def advance(self, **parts: float) -> None:
        self.moment += timedelta(**parts)

    def real_delay_s(self, org_delay_s: float) -> float:
        self.waited_s.append(org_delay_s)
        return org_delay_s / 1000


@dataclass
class ScriptedOrg:
    """What the org on loopback answers, and what it was asked."""

    public_key: rsa.RSAPublicKey
    clock: HandClock
    url: str = ""
    routes: dict[str, Handler] = field(default_factory=dict)
    token_answers: deque[Handler] = field(default_factory=deque)
    """Answers of the token endpoint before it begins to verify and grant."""
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    assertions: list[str] = field(default_factory=list)
    granted: list[str] = field(default_factory=list)
    valid_tokens: set[str] = field(default_factory=set)
    grant_extra: dict[str, Any] = field(default_factory=dict)
    used_calls: int = 100
    clock_ahead: timedelta = timedelta()
    """The org's clock minus this machine's."""

    @property
    def token_requests(self) -> int:
        return sum(path == "POST /services/oauth2/token" for path in self.asked)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        self.headers.append(dict(request.headers))
        if request.path == "/services/oauth2/token":
            form = await request.post()
            self.assertions.append(str(form["assertion"]))
            if self.token_answers:
                return await self.token_answers.popleft()(request)
            return self.grant()
        if request.path.startswith("/services/oauth2/") and request.path in self.routes:
            return await self.routes[request.path](request)
        if request.path == "/services/data":
            return web.json_response(
                [
                    {
                        "label": "Winter",
                        "url": f"/services/data/v{number}.0",
                        "version": f"{number}.0",
                    }
                    for number in range(31, 72)
                ]
            )
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.valid_tokens:
            return web.json_response(
                [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}],
                status=401,
                headers={"WWW-Authenticate": "Token"},
            )
        handler = self.routes.get(request.path)
        if handler is None:
            return self.error(404, "NOT_FOUND", "The requested resource does not exist")
        return await handler(request)

    def grant(self) -> web.Response:
        claims = jwt.decode(
            self.assertions[-1],
            self.public_key,
            algorithms=["RS256"],
            audience="https://login.salesforce.com",
            options={"verify_exp": False},
        )
        if claims["exp"] <= (self.clock.moment + self.clock_ahead).timestamp():
            return web.json_response(
                {"error": "invalid_grant", "error_description": "expired authorization code"},
                status=400,
                headers=self._date(),
            )
        token = f"00Dxx0000000001!AQ4secret.{len(self.granted)}"
        self.granted.append(token)
        self.valid_tokens.add(token)
        body = {
            "access_token": token,
            "scope": "web api",
            "instance_url": self.url,
            "id": f"https://login.salesforce.com/id/{ORG_ID}/{OWN_USER_ID}",
            "token_type": "Bearer",
            **self.grant_extra,
        }
        return web.json_response(
            {key: value for key, value in body.items() if value is not None},
            headers=self._date(),
        )

    def _date(self) -> dict[str, str]:
        return {"Date": format_datetime(self.clock.moment + self.clock_ahead, usegmt=True)}

    def limit_header(self) -> dict[str, str]:
        self.used_calls += 1
        return {"Sforce-Limit-Info": f"api-usage={self.used_calls}/115000"}

    def error(self, status: int, code: str, message: str = "", **headers: str) -> web.Response:
        return web.json_response(
            [{"message": message, "errorCode": code}],
            status=status,
            headers={**self.limit_header(), **headers},
        )

    def json(self, body: object) -> web.Response:
        return web.json_response(body, headers=self.limit_header())

    def serve(self, path: str, *bodies: object) -> None:
        """Answers ``path`` (under v68.0) with each of ``bodies`` in turn, the last for ever."""
        waiting = deque(bodies)

        async def handler(request: web.Request) -> web.StreamResponse:
            body = waiting[0] if len(waiting) == 1 else waiting.popleft()
            if callable(body):
                return await body(request)
            if isinstance(body, web.Response):
                # A response object serves one request only.
                return web.Response(body=body.body, status=body.status, headers=body.headers)
            return self.json(body)

        full = path if path.startswith("/services/") else f"/services/data/v68.0{path}"
        self.routes[full] = handler

    def serve_tables(
        self, tables: dict[str, list[dict[str, Any]] | str], tooling: tuple[str, ...] = ()
    ) -> None:
        """Answers queries and composites by the object named after FROM; text is an error code."""

        def outcome(soql: str, by_tooling: bool) -> tuple[int, object]:
            sobject = soql.split(" FROM ")[1].split()[0]
            table = tables.get(sobject, "INVALID_TYPE")
            if sobject in tooling and not by_tooling:
                table = "INVALID_TYPE"
            if isinstance(table, str):
                return 400, [{"errorCode": table, "message": f"sObject type '{sobject}'"}]
            return 200, {"totalSize": len(table), "done": True, "records": table}

        async def query(request: web.Request) -> web.StreamResponse:
            status, body = outcome(request.query["q"], "tooling" in request.path)
            return web.json_response(body, status=status, headers=self.limit_header())

        async def composite(request: web.Request) -> web.StreamResponse:
            answers = []
            for part in (await request.json())["compositeRequest"]:
                status, body = outcome(URL(part["url"]).query["q"], by_tooling=False)
                answers.append(
                    {
                        "body": body,
                        "httpHeaders": {},
                        "httpStatusCode": status,
                        "referenceId": part["referenceId"],
                    }
                )
            return self.json({"compositeResponse": answers})

        self.serve("/query", query)
        self.serve("/tooling/query", query)
        self.serve("/composite", composite)


@dataclass
class Console:
    """The real client pieces, pointed at a scripted org."""

    org: ScriptedOrg
    clock: HandClock
    settings: OrgSettings
    tokens: TokenKeeper
    observations: list[LoginObservation]
    limits: list[LimitHeader]
    calls: list[tuple[str, int]]
    reaches: list[OrgReach] = field(default_factory=list)
    ageing: list[str] = field(default_factory=list)
    rest: RestClient = field(init=False)


def refusing(error: str, description: str, status: int = 400, **headers: str) -> Handler:
    """A token endpoint's refusal."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response(
            {"error": error, "error_description": description}, status=status, headers=headers
        )

    return handler


def answering(body: str, status: int = 200, **headers: str) -> Handler:
    """Any answer at all."""

    async def handler(request: web.Request) -> web.StreamResponse:
        kind = headers.pop("content_type", "text/html")
        return web.Response(text=body, status=status, content_type=kind, headers=headers)

    return handler


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, ssl_context: Any = None, host: str = "127.0.0.1"
) -> AsyncIterator[str]:
    """``handler`` on a free port of loopback; gives its URL."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, host, 0, ssl_context=ssl_context)
    await site.start()
    port = runner.addresses[0][1]
    try:
        name = f"[{host}]" if ":" in host else host
        yield f"{'https' if ssl_context else 'http'}://{name}:{port}"
    finally:
        await runner.cleanup()
