"""One request, one answer: bounded in time and size, never redirected, secrets never chained."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from console.errors import ConfigurationError, OrgError, UnreadableAnswer
from console.salesforce.shown_certificate import with_shown_certificate
from console.salesforce.unreachable import proxy_wants_login, unreachable

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A page of 2,000 records is a few megabytes; more than this is not an answer to our questions."""

_DETAIL_CHARACTERS = 300
_PROXY_WANTS_LOGIN = 407


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """An answer read to its end; it has no ``repr`` because a token may be inside."""

    status: int
    headers: httpx.Headers
    body: bytes
    address: str
    """Scheme and host that were asked."""

    def json(self) -> object:
        """The body as JSON; `UnreadableAnswer` when it is something else."""
        try:
            parsed: object = json.loads(self.body)
        except (ValueError, RecursionError):
            parsed = _NOT_JSON
        if parsed is _NOT_JSON:
            raise not_json(self)
        return parsed

    def json_or_none(self) -> object:
        """The body as JSON, None when it is something else; for bodies of refusals."""
        try:
            return self.json()
        except UnreadableAnswer:
            return None

    def date(self) -> datetime | None:
        """The server's time, from the Date header."""
        try:
            moment = parsedate_to_datetime(self.headers.get("Date", ""))
        except ValueError:
            return None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


_NOT_JSON = object()


async def exchange(
    http: httpx.AsyncClient, request: httpx.Request, auth: httpx.Auth | None, whole_s: float
) -> Answer:
    """The answer to ``request`` within ``whole_s`` seconds.

    Raises `OrgUnreachable` when none came and `UnreadableAnswer` for redirects and oversized
    answers; statuses of 400 and above are the caller's to judge.
    """
    fault: OrgError
    try:
        async with asyncio.timeout(whole_s):
            response = await open_answer(http, request, auth)
            try:
                return await read_answer(response)
            finally:
                await response.aclose()
    except httpx.DecodingError:
        fault = undecodable(address_of(request.url))
    except (httpx.HTTPError, TimeoutError) as error:
        fault = unreachable(error, address_of(request.url))
    raise await with_shown_certificate(fault, address_of(request.url))


async def open_answer(
    http: httpx.AsyncClient, request: httpx.Request, auth: httpx.Auth | None
) -> httpx.Response:
    """The head of the answer, its body still to be read; httpx's exceptions pass through.

    Redirects and a proxy's demand for a login are turned into faults here, for every caller.
    """
    fault: UnreadableAnswer | None = None
    try:
        response = await http.send(request, auth=auth, stream=True, follow_redirects=False)
    except httpx.InvalidURL:
        fault = _redirected(address_of(request.url), "an unreadable address", "3xx")
    if fault is not None:
        raise fault
    if response.has_redirect_location or response.status_code == _PROXY_WANTS_LOGIN:
        await response.aclose()
        if response.status_code == _PROXY_WANTS_LOGIN:
            raise proxy_wants_login(address_of(request.url))
        raise _redirected(address_of(request.url), _target_of(response), str(response.status_code))
    return response


async def read_answer(response: httpx.Response) -> Answer:
    """The whole answer, decompressed; `UnreadableAnswer` beyond `MAX_ANSWER_BYTES`."""
    address = address_of(response.request.url)
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise UnreadableAnswer(
                "The answer is too large",
                f"{address} sent more than {MAX_ANSWER_BYTES // 1024**2} MB for one question.",
                "Nothing was stored of it; narrow what is collected.",
            )
    return Answer(response.status_code, response.headers, bytes(body), address)


def address_of(url: httpx.URL) -> str:
    """Scheme, host and port of ``url``, for sentences: no path, no query."""
    return f"{url.scheme}://{url.netloc.decode('ascii', 'replace').rpartition('@')[2]}"


def check_web_address(url: str, setting: str) -> None:
    """Raises `ConfigurationError` naming ``setting`` when ``url`` is no http or https address."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in {"https", "http"} or not parsed.host:
        raise ConfigurationError(
            "The address of the org is not a web address",
            f"{setting} does not begin with https:// and a host name.",
            f"Correct {setting}; My Domain in Setup shows the right address.",
        )


def not_json(answer: Answer) -> UnreadableAnswer:
    """The sentences for an answer that should have been JSON."""
    start = answer.body[:_DETAIL_CHARACTERS].decode("utf-8", "replace").strip()
    content_type = answer.headers.get("Content-Type", "")
    if start.startswith("<") or "html" in content_type.lower():
        return UnreadableAnswer(
            "A web page came instead of an answer",
            f"{answer.address} answered with a page for people (status {answer.status}): a login "
            "page, a maintenance page, or the page of a proxy.",
            "Open the address in a browser to see it. Then check instance_url and login_url; My "
            "Domain in Setup shows the right ones.",
            content_type,
            retryable=answer.status >= 500,
            code=str(answer.status),
        )
    return UnreadableAnswer(
        "The answer could not be read",
        f"{answer.address} answered with status {answer.status} and something that is not JSON.",
        "Check that the address belongs to a Salesforce org and that no proxy changes answers.",
        content_type,
        retryable=answer.status >= 500,
        code=str(answer.status),
    )


def unexpected(answer_of: str, expected: str) -> UnreadableAnswer:
    """The sentences for JSON of another shape than documented."""
    return UnreadableAnswer(
        "The org's answer has another shape than documented",
        f"The answer of {answer_of} should hold {expected}.",
        "Nothing was stored of it. If it stays, report it with the org's release.",
    )


def _target_of(response: httpx.Response) -> str:
    try:
        return address_of(response.request.url.join(response.headers["Location"]))
    except (httpx.InvalidURL, ValueError):
        return "an unreadable address"


def _redirected(asked: str, target: str, status: str) -> UnreadableAnswer:
    where = "another page of its own" if target == asked else target
    return UnreadableAnswer(
        "The host sends requests elsewhere",
        f"{asked} answered with a redirect to {where}. It was not followed: a login must not "
        "reach a host that nobody configured.",
        "If My Domain was renamed, set instance_url and login_url to the new address.",
        f"status {status}, Location {target}",
        code=status,
    )


def undecodable(address: str) -> UnreadableAnswer:
    """The sentences for a body whose compression is damaged."""
    return UnreadableAnswer(
        "The answer could not be decompressed",
        f"{address} sent an answer whose compression is damaged.",
        "Nothing is to be done when this passes; if it stays, check proxies on the way.",
        retryable=True,
    )
