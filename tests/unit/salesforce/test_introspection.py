"""Asking the org when a token ends: where it may, and never again for a day where it may not."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web

from console.secrets import Secret
from tests.unit.salesforce.scripted_org import START, ScriptedOrg

PATH = "/services/oauth2/introspect"


class Desk:
    """The introspection endpoint: keeps the forms that it was sent."""

    def __init__(self, org: ScriptedOrg, *answers: tuple[int, Any]) -> None:
        self.forms: list[dict[str, str]] = []
        self._answers = answers
        org.routes[PATH] = self.answer

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.forms.append({key: str(value) for key, value in (await request.post()).items()})
        status, body = self._answers[min(len(self.forms), len(self._answers)) - 1]
        return web.json_response(body, status=status)


def ending(minutes: float) -> tuple[int, Any]:
    return 200, {"active": True, "exp": int((START + timedelta(minutes=minutes)).timestamp())}


async def test_the_org_says_when_the_token_ends(org: ScriptedOrg, connect: Any) -> None:
    desk = Desk(org, ending(45))
    async with connect() as console:
        token = await console.tokens.token()
    assert token.expires_at == START + timedelta(minutes=45)
    assert token.expiry_source == "introspection"
    (form,) = desk.forms
    assert form["token"] == org.granted[0]
    claims = jwt.decode(
        form["client_assertion"],
        org.public_key,
        algorithms=["RS256"],
        audience=f"{org.url}/services/oauth2/token",
        options={"verify_exp": False},
    )
    assert (claims["iss"], claims["sub"]) == ("3MVG9.consumer", "3MVG9.consumer")
    assert "client_secret" not in form


async def test_a_configured_secret_is_sent_to_this_endpoint_alone(
    org: ScriptedOrg, connect: Any
) -> None:
    desk = Desk(org, ending(45))
    async with connect(client_secret=Secret("hush")) as console:
        await console.tokens.token()
    assert desk.forms[0]["client_secret"] == "hush"
    assert "client_assertion" not in desk.forms[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((400, {"error": "invalid_client", "error_description": "no"}), "invalid_client no"),
        ((401, {}), "status 401"),
        ((200, {"active": False}), "the org calls its own new token inactive"),
        ((200, {"active": True}), "status 200"),
        ((200, [1]), "status 200"),
        ((200, {"active": True, "exp": "soon"}), "status 200"),
    ],
)
async def test_a_no_is_remembered_for_a_day(
    org: ScriptedOrg, connect: Any, answer: tuple[int, Any], words: str
) -> None:
    desk = Desk(org, answer)
    async with connect() as console:
        token = await console.tokens.token()
        assert token.expiry_source == "session timeout setting"
        assert console.observations[-1].introspection == words
        console.clock.advance(hours=2)
        await console.tokens.token()
        remembered = console.observations[-1]
        console.clock.advance(hours=2)
        assert len(desk.forms) == 1
    async with connect(remembered) as console:
        await console.tokens.token()
        assert len(desk.forms) == 1
        console.clock.advance(hours=24)
        await console.tokens.token()
        assert len(desk.forms) == 2


async def test_trouble_on_the_way_is_no_refusal(org: ScriptedOrg, connect: Any) -> None:
    async def redirect(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("https://elsewhere.example/")

    org.routes[PATH] = redirect
    async with connect() as console:
        token = await console.tokens.token()
        assert token.expiry_source == "session timeout setting"
        assert console.observations[-1].introspection is None


async def test_off_never_asks(org: ScriptedOrg, connect: Any) -> None:
    desk = Desk(org, ending(45))
    async with connect(introspection="off") as console:
        await console.tokens.token()
    assert desk.forms == []
