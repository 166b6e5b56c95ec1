"""No answer, or not Salesforce's: each way in which the road can be blocked has its sentences."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from console.errors import ConfigurationError, OrgError, OrgUnreachable, UnreadableAnswer
from console.exit_codes import ExitCode
from console.salesforce.deadlines import Deadlines
from console.salesforce.http import make_http_client
from console.settings import OrgSettings
from tests.unit.salesforce.scripted_org import Console, answering, serving


async def fault_of(connect: Any, **changes: Any) -> OrgError:
    async with connect(**changes) as console:
        with pytest.raises(OrgError) as caught:
            await console.tokens.token()
        assert caught.value.exit_code == ExitCode.ORG_REFUSED
        return caught.value


async def test_a_name_that_nobody_knows(connect: Any) -> None:
    fault = await fault_of(connect, login_url="https://no-such-host.invalid")
    assert isinstance(fault, OrgUnreachable)
    assert fault.title == "The name of the host was not found"
    assert "https://no-such-host.invalid" in fault.meaning


async def test_a_port_where_nobody_listens(connect: Any) -> None:
    fault = await fault_of(connect, login_url="http://127.0.0.1:9")
    assert fault.title == "The connection was refused"
    assert fault.retryable


async def test_an_ipv6_address_is_an_address(connect: Any) -> None:
    fault = await fault_of(connect, login_url="http://[::1]:9")
    assert isinstance(fault, OrgUnreachable)
    assert "http://[::1]:9" in fault.meaning


def tls(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


async def test_a_certificate_of_an_unknown_issuer(connect: Any) -> None:
    async with serving(answering("{}"), tls(trustme.CA(), "127.0.0.1")) as url:
        fault = await fault_of(connect, login_url=url)
    assert fault.title == "The certificate of the host is not trusted"
    assert "does not know who issued it" in fault.meaning
    assert "SSL_CERT_FILE" in fault.next_step


async def test_a_private_issuer_is_trusted_by_the_usual_variable(
    connect: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    async with serving(answering("<html>"), tls(authority, "127.0.0.1")) as url:
        fault = await fault_of(connect, login_url=url, instance_url="https://acme.example")
        assert fault.title == "A web page came instead of an answer"


async def test_a_token_got_over_tls_is_not_sent_without_it(
    connect: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    grant = '{"access_token": "00Dxx!secret", "instance_url": "http://acme.example"}'
    server = serving(answering(grant, content_type="application/json"), tls(authority, "127.0.0.1"))
    async with server as url:
        fault = await fault_of(connect, login_url=url, instance_url="https://acme.example")
    assert fault.title == "The org named no usable address for its API"


async def test_a_certificate_of_another_name(
    connect: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    async with serving(answering("{}"), tls(authority, "other.example")) as url:
        fault = await fault_of(connect, login_url=url, instance_url="https://acme.example")
    assert "belongs to another name" in fault.meaning


async def test_plain_http_where_tls_is_expected(connect: Any) -> None:
    async with serving(answering("{}")) as url:
        fault = await fault_of(connect, login_url=url.replace("http:", "https:"))
    assert fault.title == "No secure connection could be agreed"


async def test_a_server_that_takes_the_request_and_never_answers(connect: Any) -> None:
    release = asyncio.Event()

    async def silent(request: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response()

    async with serving(silent) as url:
        fault = await fault_of(connect, login_url=url, deadlines=Deadlines(login_s=0.2))
        release.set()
    assert fault.title == "The org did not answer in time"


async def test_a_server_that_hangs_up(connect: Any) -> None:
    async def rude(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with serving(rude) as url:
        fault = await fault_of(connect, login_url=url)
    assert fault.title == "The connection broke off"


async def test_a_redirect_is_not_followed_and_nothing_is_sent_there(connect: Any) -> None:
    reached: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        reached.append(request.path)
        return web.Response()

    async with serving(elsewhere) as other:
        location = f"{other}/services/oauth2/token?assertion=stolen"
        async with serving(answering("", 302, Location=location)) as url:
            fault = await fault_of(connect, login_url=url)
        assert isinstance(fault, UnreadableAnswer)
        assert other in fault.meaning
        assert "stolen" not in fault.meaning + fault.detail
    assert reached == []


async def test_a_redirect_of_a_data_request_does_not_carry_the_token_away(
    console: Console,
) -> None:
    reached: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        reached.append(request.headers.get("Authorization", ""))
        return web.json_response({})

    async with serving(elsewhere) as other:
        console.org.serve("/limits", answering("", 307, Location=f"{other}/limits"))
        with pytest.raises(UnreadableAnswer) as caught:
            await console.rest.get("/limits", purpose="limits")
    assert caught.value.title == "The host sends requests elsewhere"
    assert reached == []


@asynccontextmanager
async def refusing_proxy() -> AsyncIterator[str]:
    """Answers 407 to whatever comes, CONNECT included."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_proxy_that_wants_a_login(connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with refusing_proxy() as proxy:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(variable, proxy)
        for login_url in ("http://acme.example", "https://acme.example"):
            fault = await fault_of(connect, login_url=login_url, instance_url=login_url)
            assert fault.title == "The proxy wants a login"
            assert "HTTPS_PROXY" in fault.next_step


async def test_an_org_on_loopback_is_asked_without_the_proxy(
    connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with connect() as console:
        await console.tokens.token()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SSL_CERT_FILE", "/no/such/file.pem"),
        ("HTTPS_PROXY", "gopher://proxy:1"),
        ("ALL_PROXY", "socks5://127.0.0.1:1"),
    ],
)
def test_an_environment_that_cannot_be_used_is_named(
    settings: OrgSettings, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as caught:
        make_http_client(replace(settings, instance_url="https://acme.example"))
    assert variable in caught.value.meaning


@pytest.mark.parametrize("login_url", ["acme.my.salesforce.com", "ftp://acme", "", "https://"])
async def test_an_address_that_is_none_is_a_configuration_fault(
    connect: Any, login_url: str
) -> None:
    async with connect(login_url=login_url) as console:
        with pytest.raises(ConfigurationError) as caught:
            await console.tokens.token()
    assert "login_url" in caught.value.meaning
