"""Whatever a server answers, each question ends with a value or with sentences, never a traceback.

The server speaks raw bytes, so that it can say what no library would let it say.
"""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from console.errors import OrgError
from console.salesforce.apps import read_inventory
from console.salesforce.deadlines import Deadlines
from console.salesforce.http import make_http_client
from console.salesforce.limits import read_limits
from console.salesforce.log_files import list_log_files
from console.salesforce.login import TokenKeeper
from console.salesforce.org import read_org
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import LoginKeys, load_login_keys
from console.salesforce.users import read_users
from console.secrets import Secret
from console.settings import OrgSettings

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
VERSION_LIST = [{"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}]


@dataclass
class HandClock:
    """A clock that the test moves; waits take a thousandth of their time."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def real_delay_s(self, org_delay_s: float) -> float:
        return org_delay_s / 1000


def http(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    head = [f"HTTP/1.1 {status}", *(headers or ("Content-Type: application/json",))]
    head += [f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def js(document: object, status: str = "200 OK") -> bytes:
    return http(json.dumps(document).encode(), status)


def page(**changes: object) -> bytes:
    return js({"totalSize": 1, "done": True, "records": [{"Id": "005x"}]} | changes)


def part(body: object, status: object = 200, reference: object = "q0") -> bytes:
    answer = {"body": body, "httpStatusCode": status, "referenceId": reference}
    return js({"compositeResponse": [answer]})


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIPPED = ("Content-Type: application/json", "Content-Encoding: gzip")
PACKED = gzip.compress(b'{"a": 1}' * 100)

ANSWERS: dict[str, bytes] = {
    "nothing at all": b"",
    "half a status line": b"HTTP/1.1 20",
    "no HTTP": b"220 mail.example ESMTP ready\r\n",
    "HTTP of another century": b"HTTP/9.9 200 OK\r\n\r\n{}",
    "an unknown status": http(b"{}", "799 Odd"),
    "a status of letters": b"HTTP/1.1 abc OK\r\n\r\n",
    "an interim answer only": b"HTTP/1.1 100 Continue\r\n\r\n",
    "switching protocols": http(b"", "101 Switching Protocols"),
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "multiple choices": http(b"[]", "300 Multiple Choices"),
    "not modified": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "a redirect to nowhere": http(b"", "302 Found"),
    "a redirect to a bad address": http(b"", "302 Found", "Location: http://[::bad"),
    "a redirect to another host": http(b"", "302 Found", "Location: https://evil.example/"),
    "a redirect to a script": http(b"", "301 Moved", "Location: javascript:alert(1)"),
    "a proxy's 407": http(b"<h1>Who are you</h1>", "407 Proxy Authentication Required"),
    "a teapot": http(b"short and stout", "418 I'm a teapot", "Content-Type: text/plain"),
    "too early": http(b"", "425 Too Early"),
    "an empty body": http(b""),
    "blanks": http(b"  \r\n\t "),
    "HTML": http(b"<!DOCTYPE html><title>Login</title>", "200 OK", "Content-Type: text/html"),
    "HTML called JSON": http(b"<html><body>hello</body></html>"),
    "HTML with 403": http(b"<html>denied</html>", "403 Forbidden", "Content-Type: text/html"),
    "HTML with 500": http(b"<html>boom</html>", "500 Oops", "Content-Type: text/html"),
    "XML": http(b'<?xml version="1.0"?><Errors/>', "200 OK", "Content-Type: application/xml"),
    "XML with 400": http(b"<Errors><Error/></Errors>", "400 Bad", "Content-Type: text/xml"),
    "text": http(b"Bad_OAuth_Token", "403 Forbidden", "Content-Type: text/plain"),
    "JSON with a BOM": http(b'\xef\xbb\xbf{"records": []}'),
    "UTF-16": http('{"records": []}'.encode("utf-16")),
    "latin-1": http('{"records": [{"Name": "Müller"}]}'.encode("latin-1")),
    "a lone surrogate": http(b'{"records": [{"Id": "\\ud800"}], "done": true}'),
    "a null byte": http(b'{"records": [{"Id": "\\u0000"}], "done": true}'),
    "cut off JSON": http(b'{"records": [{"Id": "00'),
    "two documents": http(b"{}{}"),
    "JSON with a comma too much": http(b'{"records": [],}'),
    "NaN": http(b'{"records": [], "totalSize": NaN, "done": true}'),
    "a number beyond all bounds": http(b'{"records": [], "totalSize": 1e999, "done": true}'),
    "a number of 5,000 digits": http(b'{"totalSize": ' + b"9" * 5_000 + b', "records": []}'),
    "nesting without end": http(b"[" * 100_000 + b"]" * 100_000),
    "deep objects": http(b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "null": js(None),
    "true": js(True),
    "a number": js(42),
    "a string": js("records"),
    "an empty list": js([]),
    "an empty object": js({}),
    "a list of lists": js([[[]]]),
    "an object that should be a list": js({"version": "68.0"}),
    "keys twice": http(b'{"records": [], "records": null, "done": true}'),
    "limits of strings": js({"DailyApiRequests": {"Max": "15000", "Remaining": "1"}}),
    "limits of nulls": js({"DailyApiRequests": {"Max": None, "Remaining": None}}),
    "limits of lists": js({"DailyApiRequests": [15000, 1]}),
    "limits of floats": js({"DailyApiRequests": {"Max": 15000.5, "Remaining": -0.0}}),
    "records that are null": page(records=None),
    "records that are an object": page(records={"Id": "005x"}),
    "records of nulls": page(records=[None, None]),
    "records of numbers as text": page(totalSize="1", done="true"),
    "records with lists for values": page(records=[{"Id": ["005x"], "Username": {"a": 1}}]),
    "records with wrong parents": page(records=[{"Id": "1", "Username": "u", "Profile": "P"}]),
    "not done without a next page": page(done=False),
    "a next page elsewhere": page(done=False, nextRecordsUrl="https://evil.example/q"),
    "a next page that is a number": page(done=False, nextRecordsUrl=7),
    "a next page with a line break": page(done=False, nextRecordsUrl="/services/data/\r\nX: 1"),
    "a next page that never ends": page(
        done=False, nextRecordsUrl="/services/data/v68.0/query/01gx-2000"
    ),
    "a composite of nulls": js({"compositeResponse": None}),
    "a composite of strings": js({"compositeResponse": ["a", "b"]}),
    "a composite of the wrong ones": part({"records": [], "done": True}, 200, "x9"),
    "a composite without a body": part(None),
    "a composite with odd statuses": part({"records": []}, "200"),
    "a composite whose part fails oddly": part("no", 500),
    "versions without numbers": js([{"version": None}, {"version": "new"}, {}]),
    "versions of tomorrow": js([{"version": "999.0"}]),
    "a token without an instance": js({"access_token": "00Dx!secret", "token_type": "Bearer"}),
    "a token that is a list": js({"access_token": ["00Dx!secret"], "instance_url": "https://x"}),
    "a token for another scheme": js(
        {"access_token": "00Dx!secret", "instance_url": "file:///etc/passwd", "id": 7}
    ),
    "an error of nulls": js([{"errorCode": None, "message": None}], "400 Bad Request"),
    "an error of lists": js([[{"errorCode": "X"}]], "400 Bad Request"),
    "an error of control characters": js(
        [{"errorCode": "X\x1b[2J", "message": "\x07\u202e" * 50}], "400 Bad Request"
    ),
    "an error as long as a book": js([{"errorCode": "X", "message": "m" * 500_000}], "400 Bad"),
    "an OAuth error of numbers": js({"error": 5, "error_description": [1]}, "400 Bad Request"),
    "gzip that is none": http(b'{"records": []}', "200 OK", *GZIPPED),
    "gzip cut off": http(PACKED[:20], "200 OK", *GZIPPED),
    "gzip of nothing": http(b"", "200 OK", *GZIPPED),
    "brotli that nobody asked for": http(
        b"\x8b\x00\x80", "200 OK", "Content-Type: application/json", "Content-Encoding: br"
    ),
    "an unknown compression": http(b"{}", "200 OK", "Content-Encoding: rot13"),
    "fewer bytes than said": http(b'{"records"', length=5_000),
    "more bytes than said": http(b'{"records": []}', length=2),
    "a length below nothing": http(b"{}", length=-5),
    "a length of letters": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}",
    "a chunk of nonsense": CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "a chunk without an end": CHUNKED + b"2\r\n{}\r\n",
    "a chunk beyond all bounds": CHUNKED + b"FFFFFFFFFFFFFFFF\r\n{}",
    "a header with a line break": b"HTTP/1.1 200 OK\r\nX: a\n\rSet-Cookie: b\r\n\r\n{}",
    "a header without a colon": b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n{}",
    "a header of 300 kB": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000 + b"\r\n\r\n{}",
    "headers that are not text": b"HTTP/1.1 200 OK\r\nDate: \xff\xfe\r\n\r\n{}",
    "an odd limit header": http(
        b"{}", "200 OK", "Sforce-Limit-Info: api-usage=many/none; api-usage=-1/5"
    ),
    "an odd wish to wait": http(b"[]", "503 Busy", "Retry-After: soon", "Date: yesterday"),
    "a wish to wait for ever": http(b"[]", "503 Busy", "Retry-After: 99999999999999999999"),
    "an odd warning": http(b"{}", "200 OK", 'Warning: 299 - "unterminated'),
}  # fmt: skip

Question = Callable[[RestClient], Awaitable[object]]


async def downloaded(rest: RestClient) -> int:
    async with rest.stream("/services/data/v68.0/x", purpose="x") as pieces:
        return sum([len(piece) async for piece in pieces])


QUESTIONS: tuple[Question, ...] = (
    lambda rest: rest.query("SELECT Id FROM User", purpose="x", max_records=50),
    lambda rest: rest.count("SELECT COUNT() FROM User", purpose="x"),
    lambda rest: rest.query_together({"one": "SELECT Id FROM User"}, purpose="x", max_records=50),
    downloaded,
    read_limits,
    read_org,
    read_users,
    read_inventory,
    lambda rest: list_log_files(rest, ("Login",), NOW),
)


@dataclass
class OddServer:
    """Answers what the test puts up; grants tokens and lists versions unless told otherwise."""

    answer: bytes = b""
    url: str = ""
    is_odd_from_the_start: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            for line in head.split(b"\r\n"):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    await reader.readexactly(int(value))
            writer.write(self.answer_to(head.split(b" ")[1].decode()))
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def answer_to(self, path: str) -> bytes:
        if self.is_odd_from_the_start:
            return self.answer
        if path == "/services/oauth2/token":
            return js({"access_token": "00Dx!secret", "instance_url": self.url})
        return js(VERSION_LIST) if path == "/services/data" else self.answer


@dataclass
class Side:
    """The server, and what a client for it is made of."""

    server: OddServer
    settings: OrgSettings
    http: httpx.AsyncClient
    keys: LoginKeys
    clock: HandClock
    tokens: TokenKeeper
    rest_clock: HandClock = field(default_factory=HandClock)
    """Of its own, so that hours may pass for a circuit and none for the login."""

    def keeper(self) -> TokenKeeper:
        return TokenKeeper(self.settings, self.http, self.clock, self.keys, lambda _: None)

    def rest(self, tokens: TokenKeeper) -> RestClient:
        return RestClient(
            self.settings,
            tokens,
            self.http,
            self.rest_clock,
            lambda _: None,
            lambda _purpose, _cost: None,
            deadlines=Deadlines(read_s=2, whole_s=5, download_s=5, login_s=5),
        )


@asynccontextmanager
async def listening(server: OddServer) -> AsyncIterator[None]:
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**20)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with listener:
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def side() -> AsyncIterator[Side]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    server = OddServer()
    async with listening(server):
        settings = OrgSettings(
            alias="odd",
            instance_url=server.url,
            login_url=server.url,
            audience="https://login.salesforce.com",
            consumer_key="3MVG9.consumer",
            username="orgwatch@acme.example",
            private_key=Secret(pem),
        )
        async with make_http_client(settings) as http_client:
            keys = load_login_keys(settings, {})
            clock = HandClock()
            tokens = TokenKeeper(settings, http_client, clock, keys, lambda _: None)
            await tokens.token()
            yield Side(server, settings, http_client, keys, clock, tokens)


async def ended_well(question: Awaitable[object]) -> bool:
    """Whether it came to a value; a fault must have its sentences and keep the token to itself."""
    try:
        await asyncio.wait_for(question, 20)
    except OrgError as fault:
        assert fault.title
        assert fault.meaning
        assert fault.next_step
        assert "secret" not in f"{fault.title}{fault.meaning}{fault.next_step}{fault.detail}"
        assert len(fault.detail) <= 1_000
        assert fault.__cause__ is None
        assert fault.__context__ is None or isinstance(fault.__context__, OrgError)
        return False
    return True


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_every_question_survives_it(side: Side, answer: bytes) -> None:
    side.server.answer, side.server.is_odd_from_the_start = answer, False
    rest = side.rest(side.tokens)
    await rest.api_version()
    for question in QUESTIONS:
        await ended_well(question(rest))
        side.rest_clock.moment += timedelta(hours=1)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_the_first_questions_survive_it_too(side: Side, answer: bytes) -> None:
    side.server.answer, side.server.is_odd_from_the_start = answer, True
    await ended_well(side.rest(side.tokens).api_version())
    await ended_well(side.keeper().token())


def test_there_are_enough_of_them() -> None:
    assert len(ANSWERS) >= 60


@pytest.mark.asyncio(loop_scope="module")
async def test_the_server_can_also_answer_well(side: Side) -> None:
    side.server.answer, side.server.is_odd_from_the_start = page(), False
    assert await ended_well(side.rest(side.tokens).query("SELECT Id FROM User", purpose="x"))
