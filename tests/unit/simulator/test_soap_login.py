"""SOAP login, logout and getUserInfo, read with the XML parser of the standard library."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import httpx
import pytest
import pytest_asyncio

from console.simulator.launch import RunningOrg, SimulateOptions, serve
from console.simulator.oauth.options import AppPolicy, OauthOptions
from console.simulator.web.wire import WireOptions
from tests.unit.simulator.visitor import NOW, OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

PARTNER = "urn:partner.soap.sforce.com"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_org() -> AsyncIterator[RunningOrg]:
    """An org with just enough of a past for these tests."""
    org = await serve(SimulateOptions(now=NOW, history=timedelta(0)))
    yield org
    await org.stop()


def envelope(operation: str, session: str = "", **values: str) -> str:
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in values.items())
    return (
        f'<e:Envelope xmlns:e="{SOAP}" xmlns="{PARTNER}"><e:Header><SessionHeader>'
        f"<sessionId>{session}</sessionId></SessionHeader></e:Header>"
        f"<e:Body><{operation}>{inner}</{operation}></e:Body></e:Envelope>"
    )


async def call(visitor: Visitor, body: str, path: str = "/services/Soap/u/60.0") -> httpx.Response:
    headers = {"Content-Type": "text/xml", "SOAPAction": '""'}
    return await visitor.http.post(path, content=body, headers=headers)


def texts(answer: httpx.Response) -> dict[str, str]:
    """Every element that has text, by its local name."""
    return {
        node.tag.rpartition("}")[2]: node.text
        for node in ET.fromstring(answer.text).iter()
        if node.text
    }


async def person(visitor: Visitor, username: str) -> dict[str, Any]:
    users = (await visitor.http.get("/__sim__/logins")).json()["users"]
    return next(user for user in users if user["username"] == username)


async def test_a_session_from_login_to_logout(visitor: Visitor) -> None:
    maya = await person(visitor, "maya.lindqvist@acme.example")
    password = maya["password"] + maya["security_token"]
    answer = await call(visitor, envelope("login", username=maya["username"], password=password))
    found = texts(answer)
    assert answer.status_code == 200
    org_id = visitor.org.world.facts.org_id
    assert found["serverUrl"] == f"{visitor.url}/services/Soap/u/60.0/{org_id}"
    assert found["sessionSecondsValid"] == "7200"
    session = found["sessionId"]
    about = await call(visitor, envelope("getUserInfo", session), f"/services/Soap/u/60/{org_id}")
    assert texts(about)["userName"] == maya["username"]
    bearer = {"Authorization": f"Bearer {session}"}
    data = "/services/data/v66.0/"
    assert (await visitor.http.get(data, headers=bearer)).status_code == 200
    assert (await call(visitor, envelope("logout", session))).status_code == 200
    assert (await visitor.http.get(data, headers=bearer)).status_code == 401
    gone = texts(await call(visitor, envelope("getUserInfo", session)))
    assert gone["exceptionCode"] == "INVALID_SESSION_ID"


@pytest.mark.parametrize(
    ("path", "username", "code"),
    [
        ("/services/Soap/u/60.0", "maya.lindqvist@acme.example", "INVALID_LOGIN"),
        ("/services/Soap/c/60.0", "nobody@acme.example", "INVALID_LOGIN"),
        ("/services/Soap/u/65.0", "maya.lindqvist@acme.example", "INVALID_OPERATION"),
        ("/services/Soap/u/30.0", "maya.lindqvist@acme.example", "UNSUPPORTED_API_VERSION"),
        ("/services/Soap/u/99.0", "maya.lindqvist@acme.example", "UNSUPPORTED_API_VERSION"),
    ],
)
async def test_refused_logins(visitor: Visitor, path: str, username: str, code: str) -> None:
    answer = await call(visitor, envelope("login", username=username, password="guess"), path)
    found = texts(answer)
    assert (answer.status_code, found["exceptionCode"]) == (500, code)
    assert found["faultcode"] == f"sf:{code}"
    assert found["faultstring"].startswith(f"{code}: ")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<x",
        "<x/>",
        f'<!DOCTYPE a [<!ENTITY b "c">]>{envelope("login", username="&b;")}',
        envelope("login", username="a", password="b").replace(SOAP, "urn:other"),
        f'<e:Envelope xmlns:e="{SOAP}"><e:Body/></e:Envelope>',
        envelope("query", queryString="SELECT Id FROM User"),
    ],
)
async def test_what_is_no_login_is_a_fault(visitor: Visitor, body: str) -> None:
    answer = await call(visitor, body)
    assert answer.status_code == 500
    assert texts(answer)["faultstring"]


async def test_an_org_without_soap_login_and_a_token_that_soap_does_not_take(
    open_org: OpenOrg,
) -> None:
    probe = await open_org(speed=0.0, history=timedelta(0))
    key = probe.org.announcement["consumer_key"]
    policy = {key: AppPolicy(issues_jwts=True)}
    oauth = OauthOptions(soap_login=False, app_policies=policy)
    visitor = await open_org(speed=0.0, history=timedelta(0), wire=WireOptions(oauth=oauth))
    maya = await person(visitor, "maya.lindqvist@acme.example")
    good = envelope("login", username=maya["username"], password=maya["password"])
    assert texts(await call(visitor, good))["exceptionCode"] == "INVALID_OPERATION"
    token = await visitor.token()
    refused = texts(await call(visitor, envelope("getUserInfo", token)))
    assert refused["exceptionCode"] == "INVALID_SESSION_ID"
