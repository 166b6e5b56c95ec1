"""Carries one request to the org: token, deadline, repetition, accounting."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx
import stamina

from console.clock import Clock
from console.errors import OrgError, OrgRefused, OrgUnreachable, UnreadableAnswer
from console.salesforce.backoff import FullJitter
from console.salesforce.deadlines import Deadlines
from console.salesforce.exchange import Answer, not_json, open_answer, read_answer, undecodable
from console.salesforce.faults import refusal
from console.salesforce.limit_header import LIMIT_HEADER, parse_limit_info
from console.salesforce.login import TokenKeeper
from console.salesforce.retry_after import retry_after_s
from console.salesforce.types import AccessToken, LimitHeader
from console.salesforce.unreachable import unreachable
from console.secrets import Secret

MAX_CONCURRENT = 4
"""Requests at a time; the console must never crowd out the integrations that it watches."""

MAX_ATTEMPTS = 4
RETRY_FIRST_S = 1.0
RETRY_CAP_S = 20.0
RETRY_WHOLE_S = 90.0
"""After this many real seconds no further attempt is begun."""

MAX_RETRY_AFTER_S = 30.0
"""A server that asks for more time is left alone, and the caller is told."""

CALL_OPTIONS = {"Sforce-Call-Options": "client=orgwatch"}
"""Names orgwatch in the org's own log files (REST API guide, "Call Options Header")."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_IDENTITY_USER = re.compile(r"/id/00D[A-Za-z0-9]{12,15}/(005[A-Za-z0-9]{12,15})$")
_Outcome = TypeVar("_Outcome")


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask for: a read, whatever its HTTP method, so that it may be repeated."""

    path: str
    purpose: str
    params: Mapping[str, str] | None = None
    json_body: Mapping[str, object] | None = None
    """Sent by POST, for composite reads."""
    authenticated: bool = True

    @property
    def what(self) -> str:
        """The question in words: the query where it is one, else the path."""
        return (self.params or {}).get("q", self.path)


class BearerAuth(httpx.Auth):
    """Puts a token on the wire, so that no other place handles its text."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Adds the Authorization header."""
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


class _TokenRefused(Exception):
    """Status 401; ``fault`` holds its sentences in case a new token is refused too."""

    def __init__(self, fault: OrgRefused) -> None:
        super().__init__(fault.title)
        self.fault = fault


class _TryAgain(Exception):
    """A fault that may be gone at the next attempt."""

    def __init__(self, fault: OrgError) -> None:
        super().__init__(fault.title)
        self.fault = fault


class Requester:
    """Sends what `RestClient` asks, and turns every outcome into an answer or a fault.

    A fault that may pass is met with up to `MAX_ATTEMPTS` attempts, spaced with full jitter or as
    Retry-After says. A refused token is replaced once. What the token keeper raises is not
    repeated: it has waits of its own.
    """

    def __init__(
        self,
        tokens: TokenKeeper,
        http: httpx.AsyncClient,
        clock: Clock,
        on_limit: Callable[[LimitHeader], None],
        on_call: Callable[[str, int], None],
        deadlines: Deadlines,
    ) -> None:
        self._tokens = tokens
        self._http = http
        self._clock = clock
        self._on_limit = on_limit
        self._on_call = on_call
        self._deadlines = deadlines
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)

    async def answer(self, ask: Ask) -> Answer:
        """The whole answer to ``ask``, of a status below 400."""

        async def asked(token: AccessToken) -> Answer:
            async with self._slots, asyncio.timeout(self._deadlines.whole_s):
                response = await self._opened(ask, token)
                try:
                    return await read_answer(response)
                finally:
                    await response.aclose()

        return await self._repeated(asked)

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncIterator[AsyncIterator[bytes]]:
        """The decompressed bytes of the answer to ``ask``, as they come.

        The place among the concurrent requests is kept until the stream is left.
        """

        async def opened(token: AccessToken) -> httpx.Response:
            async with asyncio.timeout(self._deadlines.whole_s):
                return await self._opened(ask, token)

        async with self._slots:
            response = await self._repeated(opened)
            try:
                async with aclosing(self._pieces(response)) as pieces:
                    yield pieces
            finally:
                await response.aclose()

    async def own_user_id(self) -> str | None:
        """The user of the token; None when its identity URL does not tell."""
        match = _IDENTITY_USER.search((await self._tokens.token()).identity_url or "")
        return None if match is None else match[1]

    async def _repeated(self, operation: Callable[[AccessToken], Awaitable[_Outcome]]) -> _Outcome:
        backoff = FullJitter(RETRY_FIRST_S, RETRY_CAP_S)

        def wait_s(error: Exception) -> float | bool:
            if not isinstance(error, _TryAgain):
                return False
            own_s = backoff.next_s()
            return self._clock.real_delay_s(max(own_s, error.fault.retry_after_s or 0.0))

        fault: OrgError
        try:
            async for attempt in stamina.retry_context(
                on=wait_s, attempts=MAX_ATTEMPTS, timeout=RETRY_WHOLE_S
            ):
                with attempt:
                    return await self._with_token(operation)
            raise AssertionError("a retry loop ends by returning or raising")
        except _TryAgain as last:
            fault = last.fault
        raise fault

    async def _with_token(
        self, operation: Callable[[AccessToken], Awaitable[_Outcome]]
    ) -> _Outcome:
        """One attempt; a token that is refused is replaced once."""
        token = await self._tokens.token()
        try:
            return await self._judged(operation, token)
        except _TokenRefused:
            await self._tokens.refused(token)
        token = await self._tokens.token()
        try:
            return await self._judged(operation, token)
        except _TokenRefused as again:
            await self._tokens.refused(token)
            fault = again.fault
        raise fault

    async def _judged(
        self, operation: Callable[[AccessToken], Awaitable[_Outcome]], token: AccessToken
    ) -> _Outcome:
        """``operation``, its failure turned into a fault and sorted by whether it may pass."""
        fault: OrgError
        try:
            return await operation(token)
        except httpx.DecodingError:
            fault = undecodable(token.instance_url)
        except (httpx.HTTPError, TimeoutError) as error:
            fault = unreachable(error, token.instance_url)
        except (OrgRefused, OrgUnreachable, UnreadableAnswer) as error:
            fault = error
        if fault.retryable and (fault.retry_after_s or 0.0) <= MAX_RETRY_AFTER_S:
            raise _TryAgain(fault)
        raise fault

    async def _opened(self, ask: Ask, token: AccessToken) -> httpx.Response:
        """The head of an answer of a status below 400; its body is the caller's to close."""
        response = await self._sent(ask, token)
        if response.status_code < httpx.codes.BAD_REQUEST:
            return response
        try:
            raise self._refused(ask, await read_answer(response))
        finally:
            await response.aclose()

    async def _sent(self, ask: Ask, token: AccessToken) -> httpx.Response:
        """Sends and accounts; a request whose answer is lost counts, as the org may count it."""
        request = self._http.build_request(
            "GET" if ask.json_body is None else "POST",
            f"{token.instance_url}{ask.path}",
            params=ask.params,
            json=ask.json_body,
            headers={"Accept": "*/*", **CALL_OPTIONS},
            timeout=self._deadlines.as_httpx(),
        )
        auth = BearerAuth(token.value) if ask.authenticated else None
        try:
            response = await open_answer(self._http, request, auth)
        except _NOT_SENT:
            raise
        except (httpx.HTTPError, asyncio.CancelledError):
            self._on_call(ask.purpose, 1 if ask.authenticated else 0)
            raise
        self._account(ask, response)
        return response

    def _account(self, ask: Ask, response: httpx.Response) -> None:
        """Salesforce counts what carries the limit header: not 401, not ``/services/data``."""
        header = response.headers.get(LIMIT_HEADER)
        pool = parse_limit_info(header) if header else None
        counted = ask.authenticated and (header is not None or response.is_success)
        self._on_call(ask.purpose, 1 if counted else 0)
        if pool is not None:
            used_calls, max_calls = pool
            self._on_limit(LimitHeader(used_calls, max_calls, self._clock.now()))

    def _refused(self, ask: Ask, answer: Answer) -> Exception:
        body = answer.json_or_none()
        is_page = answer.body.lstrip().startswith(b"<")
        if body is None and is_page and answer.status < httpx.codes.INTERNAL_SERVER_ERROR:
            return not_json(answer)
        wish_s = retry_after_s(answer.headers.get("Retry-After"), answer.date())
        fault = refusal(answer.status, body, ask.what, wish_s)
        return _TokenRefused(fault) if answer.status == httpx.codes.UNAUTHORIZED else fault

    async def _pieces(self, response: httpx.Response) -> AsyncGenerator[bytes, None]:
        address = f"{response.request.url.scheme}://{response.request.url.host}"
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._deadlines.download_s
        fault: OrgError | None = None
        try:
            async for piece in response.aiter_bytes():
                if loop.time() > ends_at:
                    fault = unreachable(TimeoutError(), address)
                    break
                yield piece
        except httpx.DecodingError:
            fault = undecodable(address)
        except httpx.HTTPError as error:
            fault = unreachable(error, address)
        if fault is not None:
            raise fault
