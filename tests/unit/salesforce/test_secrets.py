"""No key, assertion or token in any repr, log line, sentence or traceback, locals included."""

import asyncio
import logging
import traceback
from typing import Any

import pytest
from aiohttp import web

from console.errors import OrgError, OrgwatchError
from console.salesforce.keys import PrivateKey
from console.salesforce.requester import BearerAuth
from console.secrets import Secret
from tests.unit.salesforce.scripted_org import Console, answering, refusing

HEAD = 8
"""This many characters of a secret are already too many to show."""


def shown_by(error: BaseException) -> str:
    """Everything that a debugging traceback of ``error`` would print of frames beyond the test."""
    parts = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is None:
            continue
        captured = traceback.TracebackException.from_exception(current, capture_locals=True)
        parts.extend(captured.format_exception_only())
        for frame in captured.stack:
            if "/tests/" not in frame.filename:
                parts += [frame.name, repr(frame.locals)]
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, OrgwatchError):
            parts += [current.meaning, current.next_step, current.detail]
    return "\n".join(parts)


def secrets_of(console: Console, pem: str) -> list[str]:
    key_lines = [line for line in pem.splitlines() if not line.startswith("-----")]
    signatures = [assertion.split(".")[2] for assertion in console.org.assertions]
    tokens = [token.partition("!")[2] for token in console.org.granted]
    return [*key_lines, *signatures, *tokens]


def assert_hidden(shown: str, secrets: list[str]) -> None:
    assert secrets
    for secret in secrets:
        assert secret[:HEAD] not in shown


FAILURES: dict[str, Any] = {
    "refused": refusing("invalid_grant", "inactive user"),
    "page": answering("<html>"),
    "moved": answering("", 302, Location="https://elsewhere.example/"),
    "down": answering("down", 503),
    "odd": answering('{"access_token": 1}', content_type="application/json"),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_failed_logins_show_nothing(
    console: Console, pem: str, failure: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    console.org.token_answers.append(FAILURES[failure])
    with pytest.raises(OrgError) as caught:
        await console.tokens.token()
    assert_hidden(shown_by(caught.value) + caplog.text, secrets_of(console, pem))


@pytest.mark.parametrize(
    "grant_extra", [{"instance_url": "ftp://x"}, {"token_type": "DPoP"}, {"token_type": 5}]
)
async def test_grants_that_cannot_be_used_show_nothing(
    console: Console, pem: str, grant_extra: dict[str, Any]
) -> None:
    console.org.grant_extra = grant_extra
    try:
        await console.tokens.token()
    except OrgError as error:
        assert_hidden(shown_by(error), secrets_of(console, pem))


@pytest.mark.parametrize("kind", ["abort", "refuse", "page", "401", "garbage", "hang up later"])
async def test_failed_requests_show_nothing(
    console: Console, pem: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def fail(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        if kind == "abort":
            request.transport.abort()
        elif kind == "refuse":
            return console.org.error(403, "INSUFFICIENT_ACCESS", "no")
        elif kind == "page":
            return web.Response(text="<html>", content_type="text/html")
        elif kind == "401":
            return console.org.error(401, "INVALID_SESSION_ID")
        elif kind == "garbage":
            return web.Response(body=b"\x00", headers={"Content-Encoding": "gzip"})
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"[")
        request.transport.abort()
        return response

    console.org.serve("/limits", fail)
    with pytest.raises(OrgError) as caught:
        await console.rest.get("/limits", purpose="limits")
    assert_hidden(shown_by(caught.value) + caplog.text, secrets_of(console, pem))


async def test_no_object_shows_its_secret(console: Console, key: PrivateKey, pem: str) -> None:
    token = await console.tokens.token()
    objects = [token, console.tokens, console.rest, key, console.settings, BearerAuth(token.value)]
    objects += [vars(console.tokens), vars(console.rest), console.observations]
    assert_hidden("\n".join(map(repr, objects)), secrets_of(console, pem))


async def test_a_cancelled_login_shows_nothing(console: Console, pem: str) -> None:
    asked, release = asyncio.Event(), asyncio.Event()

    async def held(request: web.Request) -> web.StreamResponse:
        asked.set()
        await release.wait()
        return console.org.grant()

    console.org.token_answers.append(held)
    waiting = asyncio.create_task(console.tokens.token())
    await asyncio.wait_for(asked.wait(), 5)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await waiting
    release.set()
    assert_hidden(shown_by(caught.value), secrets_of(console, pem))


def test_the_check_itself_finds_a_secret(pem: str) -> None:
    with pytest.raises(AttributeError) as caught:
        traceback.walk_tb(pem.splitlines()[1]).send(None)  # type: ignore[arg-type,attr-defined]
    with pytest.raises(AssertionError):
        assert_hidden(shown_by(caught.value), [pem.splitlines()[1]])
    assert repr(Secret(pem)) == "Secret(hidden)"
