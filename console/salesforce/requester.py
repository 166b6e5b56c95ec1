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
from console.errors import OrgError
from console.faults.row import Retry
from console.salesforce import soap
from console.salesforce.ageing import deprecation
from console.salesforce.backoff import FullJitter
from console.salesforce.circuit import Circuit, OrgReach
from console.salesforce.deadlines import Deadlines
from console.salesforce.exchange import Answer, open_answer, read_answer, undecodable
from console.salesforce.limit_header import LIMIT_HEADER, parse_limit_info
from console.salesforce.login import TokenKeeper
from console.salesforce.outcome import (
    FAILURES,
    Refused,
    failure_of,
    refused_by_soap,
    refused_or_unreadable,
)
from console.salesforce.shown_certificate import with_shown_certificate
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
    """What to ask for, and for whom."""

    path: str
    purpose: str
    params: Mapping[str, str] | None = None
    json_body: Mapping[str, object] | None = None
    """Sent by POST, for composite reads."""
    soap_body: str | None = None
    """XML for the body of a SOAP envelope, sent by POST with the token within."""
    authenticated: bool = True
    is_read: bool = True
    """False for what may change something: it is never sent twice for a reason nobody knows."""

    @property
    def what(self) -> str:
        """The question in words: the query where it is one, else the path."""
        return (self.params or {}).get("q", self.path)


def ignored(_: object) -> None:
    """Listens, and does nothing."""


class BearerAuth(httpx.Auth):
    """Puts a token on the wire, so that no other place handles its text."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Adds the Authorization header."""
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


class _TokenRefused(Exception):
    """The org wants another token; ``fault`` is raised in case a new one is refused too."""

    def __init__(self, fault: OrgError) -> None:
        super().__init__(fault.title)
        self.fault = fault


class _TryAgain(Exception):
    """A fault that may be gone at the next attempt, unless ``attempts`` were made."""

    def __init__(self, fault: OrgError, attempts: int) -> None:
        super().__init__(fault.title)
        self.fault = fault
        self.attempts = attempts


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears what the answers say besides their content."""

    on_limit: Callable[[LimitHeader], None]
    """The API pool as each answer's header names it."""
    on_call: Callable[[str, int], None]
    """The purpose of each request, and what it cost in API calls."""
    on_reach: Callable[[OrgReach], None] = ignored
    """The org went down, is still down after a probe, or is back."""
    on_ageing: Callable[[str], None] = ignored
    """The org's words about the version of the API in use, when it is to be retired."""


class Requester:
    """Sends what `RestClient` asks, and turns every outcome into an answer or a fault.

    The table of faults says what is worth repeating: at most `MAX_ATTEMPTS` attempts, spaced with
    full jitter or as Retry-After says. A refused token is replaced once. What the token keeper
    raises is not repeated: it has waits of its own. While the circuit is open nothing is sent.
    """

    def __init__(
        self,
        tokens: TokenKeeper,
        http: httpx.AsyncClient,
        clock: Clock,
        listeners: Listeners,
        deadlines: Deadlines,
    ) -> None:
        self._tokens = tokens
        self._http = http
        self._clock = clock
        self._listeners = listeners
        self._deadlines = deadlines
        self._circuit = Circuit(clock, listeners.on_reach)
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)
        self._names_pool = False

    async def answer(self, ask: Ask) -> Answer:
        """The whole answer to ``ask``, of a status below 400."""

        async def asked(token: AccessToken) -> Answer:
            async with self._slots, asyncio.timeout(self._deadlines.whole_s):
                response = await self._opened(ask, token)
                try:
                    return await read_answer(response)
                finally:
                    await response.aclose()

        return await self._repeated(asked, is_read=ask.is_read)

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncIterator[AsyncIterator[bytes]]:
        """The decompressed bytes of the answer to ``ask``, as they come.

        The place among the concurrent requests is kept until the stream is left.
        """

        async def opened(token: AccessToken) -> httpx.Response:
            await self._slots.acquire()
            try:
                async with asyncio.timeout(self._deadlines.whole_s):
                    return await self._opened(ask, token)
            except BaseException:
                self._slots.release()
                raise

        response = await self._repeated(opened, is_read=ask.is_read)
        try:
            async with aclosing(self._pieces(response)) as pieces:
                yield pieces
        finally:
            self._slots.release()
            await response.aclose()

    async def own_user_id(self) -> str | None:
        """The user of the token; None when its identity URL does not tell."""
        match = _IDENTITY_USER.search((await self._tokens.token()).identity_url or "")
        return None if match is None else match[1]

    async def _repeated(
        self, operation: Callable[[AccessToken], Awaitable[_Outcome]], *, is_read: bool
    ) -> _Outcome:
        backoff = FullJitter(RETRY_FIRST_S, RETRY_CAP_S)
        made = 0

        def wait_s(error: Exception) -> float | bool:
            if not isinstance(error, _TryAgain) or made >= error.attempts:
                return False
            own_s = backoff.next_s()
            return self._clock.real_delay_s(max(own_s, error.fault.retry_after_s or 0.0))

        fault: OrgError
        try:
            async for attempt in stamina.retry_context(
                on=wait_s, attempts=MAX_ATTEMPTS, timeout=RETRY_WHOLE_S
            ):
                with attempt:
                    made += 1
                    return await self._with_token(operation, is_read=is_read)
            raise AssertionError("a retry loop ends by returning or raising")
        except _TryAgain as last:
            fault = last.fault
        raise fault

    async def _with_token(
        self, operation: Callable[[AccessToken], Awaitable[_Outcome]], *, is_read: bool
    ) -> _Outcome:
        """One attempt; a token that is refused is replaced once."""
        token = await self._tokens.token()
        try:
            return await self._judged(operation, token, is_read=is_read)
        except _TokenRefused:
            await self._tokens.refused(token)
        token = await self._tokens.token()
        try:
            return await self._judged(operation, token, is_read=is_read)
        except _TokenRefused as again:
            await self._tokens.refused(token)
            fault = again.fault
        raise fault

    async def _judged(
        self,
        operation: Callable[[AccessToken], Awaitable[_Outcome]],
        token: AccessToken,
        *,
        is_read: bool,
    ) -> _Outcome:
        """``operation``, its failure turned into a fault and sorted by whether it may pass."""
        with self._circuit.attempt() as attempt:
            try:
                outcome = await operation(token)
            except (Refused, *FAILURES) as error:
                failure = failure_of(error, token.instance_url)
            else:
                attempt.answered()
                return outcome
            if failure.org_is_there:
                attempt.answered()
            elif failure.org_is_there is False:
                attempt.failed(failure.fault)
        fault, retry = failure.fault, failure.retry
        if retry is Retry.NEW_TOKEN:
            raise _TokenRefused(fault)
        attempts = retry.attempts(MAX_ATTEMPTS, is_read=is_read)
        if attempts > 1 and (fault.retry_after_s or 0.0) <= MAX_RETRY_AFTER_S:
            raise _TryAgain(fault, attempts)
        raise await with_shown_certificate(fault, token.instance_url)

    async def _opened(self, ask: Ask, token: AccessToken) -> httpx.Response:
        """The head of an answer of a status below 400; its body is the caller's to close."""
        response = await self._sent(ask, token)
        if response.status_code < httpx.codes.BAD_REQUEST:
            return response
        try:
            judge = refused_or_unreadable if ask.soap_body is None else refused_by_soap
            raise judge(await read_answer(response), ask.what)
        finally:
            await response.aclose()

    async def _sent(self, ask: Ask, token: AccessToken) -> httpx.Response:
        """Sends and accounts; a request whose answer is lost counts, as the org may count it."""
        is_soap = ask.soap_body is not None
        request = self._http.build_request(
            "POST" if is_soap or ask.json_body is not None else "GET",
            f"{token.instance_url}{ask.path}",
            params=ask.params,
            json=ask.json_body,
            content=None if ask.soap_body is None else soap.envelope(ask.soap_body, token.value),
            headers={"Accept": "*/*", **(soap.HEADERS if is_soap else CALL_OPTIONS)},
            timeout=self._deadlines.as_httpx(),
        )
        auth = BearerAuth(token.value) if ask.authenticated and not is_soap else None
        try:
            response = await open_answer(self._http, request, auth)
        except _NOT_SENT:
            raise
        except (httpx.HTTPError, asyncio.CancelledError):
            self._listeners.on_call(ask.purpose, 1 if ask.authenticated else 0)
            raise
        self._account(ask, response)
        return response

    def _account(self, ask: Ask, response: httpx.Response) -> None:
        """Salesforce counts what carries the limit header: not 401, not ``/services/data``.

        Where no answer ever carries it, something on the way removes it: then every good answer
        that is no page counts. SOAP answers have no such header, so they and their faults count.
        """
        header = response.headers.get(LIMIT_HEADER)
        self._names_pool = self._names_pool or header is not None
        content_type = response.headers.get("Content-Type", "").lower()
        is_page = "html" in content_type
        is_soap = ask.soap_body is not None and "xml" in content_type and not is_page
        is_stripped = response.is_success and not is_page and not self._names_pool
        counted = ask.authenticated and (header is not None or is_stripped or is_soap)
        self._listeners.on_call(ask.purpose, 1 if counted else 0)
        pool = parse_limit_info(header) if header else None
        if pool is not None:
            used_calls, max_calls = pool
            self._listeners.on_limit(LimitHeader(used_calls, max_calls, self._clock.now()))
        ageing = deprecation(response.headers.get("Warning"))
        if ageing is not None:
            self._listeners.on_ageing(ageing)

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
