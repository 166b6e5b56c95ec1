"""The token endpoint: who gets a token, and the exact words for those who do not."""

import re

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.unit.simulator.visitor import JWT_BEARER, NOW, OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

CAPTURED = {"Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private"}


def consumer_key_of(visitor: Visitor, name: str, kind: str) -> str:
    apps = visitor.org.world.facts.apps
    return next(app.consumer_key for app in apps if (app.name, app.kind) == (name, kind))


async def refusal(visitor: Visitor, **form: str) -> tuple[str, str]:
    answer = await visitor.ask_token(**form)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    body = answer.json()
    assert set(body) == {"error", "error_description"}
    return body["error"], body["error_description"]


async def test_a_good_assertion_gets_the_five_documented_fields(visitor: Visitor) -> None:
    answer = await visitor.ask_token(assertion=visitor.assertion())
    assert answer.status_code == 200
    assert answer.headers.items() >= {("cache-control", CAPTURED["Cache-Control"])}
    body = answer.json()
    assert set(body) == {"access_token", "scope", "instance_url", "id", "token_type"}
    org_id = visitor.org.world.facts.org_id
    assert re.fullmatch(rf"{org_id[:15]}![A-Za-z0-9._]{{80,}}", body["access_token"])
    assert body["instance_url"] == visitor.url
    user_id = visitor.org.world.facts.console_user.user_id
    assert body["id"] == f"https://login.salesforce.com/id/{org_id}/{user_id}"
    assert body["token_type"] == "Bearer"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://test.salesforce.com"},
        {"aud": ["https://login.salesforce.com"]},
        {"exp": 99_999_999_999},
        {"jti": "one", "sub": "ORGWATCH@acme.example"},
    ],
)
async def test_what_real_orgs_take_too(visitor: Visitor, claims: dict[str, object]) -> None:
    answer = await visitor.ask_token(assertion=visitor.assertion(**claims))
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("spelling", ["{}", "{}/", "https://{}", "https://{}/"])
@pytest.mark.parametrize("host", ["login.salesforce.com", "test.salesforce.com"])
async def test_audiences_as_clients_spell_them(visitor: Visitor, spelling: str, host: str) -> None:
    answer = await visitor.ask_token(assertion=visitor.assertion(aud=spelling.format(host)))
    assert answer.status_code == 200, answer.text


async def test_parameters_may_stand_in_the_address(visitor: Visitor) -> None:
    said = {"grant_type": JWT_BEARER, "assertion": visitor.assertion()}
    answer = await visitor.http.post("/services/oauth2/token", params=said)
    assert answer.status_code == 200, answer.text
    spoilt = await visitor.http.post("/services/oauth2/token", params=said, data={"assertion": "x"})
    assert spoilt.json()["error"] == "invalid_grant"


async def test_my_domain_is_an_audience(visitor: Visitor) -> None:
    bare = visitor.url.removeprefix("http://")
    for audience in (visitor.url, f"{visitor.url}/", bare):
        answer = await visitor.ask_token(assertion=visitor.assertion(aud=audience))
        assert answer.status_code == 200, audience


@pytest.mark.parametrize(
    ("claims", "error", "description"),
    [
        ({"iss": "3MVG9unknown"}, "invalid_client_id", "client identifier invalid"),
        ({"iss": None}, "invalid_client_id", "client identifier invalid"),
        ({"aud": "https://example.com"}, "invalid_grant", "audience is invalid"),
        ({"aud": "https://login.salesforce.com//"}, "invalid_grant", "audience is invalid"),
        ({"aud": None}, "invalid_grant", "audience is invalid"),
        ({"aud": 7}, "invalid_grant", "audience is invalid"),
        ({"exp": int(NOW.timestamp()) - 5}, "invalid_grant", "expired authorization code"),
        ({"exp": None}, "invalid_grant", "expired authorization code"),
        ({"sub": "nobody@acme.example"}, "invalid_grant", "inactive user"),
        ({"sub": "felix.brandt@acme.example"}, "invalid_grant", "inactive user"),
        (
            {"sub": "svc-erp@acme.example"},
            "invalid_app_access",
            "user is not admin approved to access this app",
        ),
    ],
)
async def test_refused_claims(
    visitor: Visitor, claims: dict[str, object], error: str, description: str
) -> None:
    assert await refusal(visitor, assertion=visitor.assertion(**claims)) == (error, description)


async def test_an_app_without_this_certificate_refuses_the_signature(visitor: Visitor) -> None:
    other_app = consumer_key_of(visitor, "MuleSoft ERP", "connected_app")
    assertion = visitor.assertion(iss=other_app, sub="svc-erp@acme.example")
    assert await refusal(visitor, assertion=assertion) == ("invalid_grant", "invalid assertion")


async def test_forged_and_unreadable_assertions(visitor: Visitor) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    header, payload, signature = visitor.assertion().split(".")
    unsigned = jwt.encode(visitor.claims(), None, algorithm="none")
    symmetric = jwt.encode(visitor.claims(), "x" * 64, algorithm="HS256")
    forged = [
        visitor.assertion(key=stranger.decode()),
        f"{header}.{payload}.{signature[:-4]}AAAA",
        unsigned,
        symmetric,
        "not.a.jwt",
        "",
    ]
    for assertion in forged:
        answer = await refusal(visitor, assertion=assertion)
        assert answer == ("invalid_grant", "invalid assertion"), assertion


async def test_the_wrong_grant_type(visitor: Visitor) -> None:
    assert await refusal(visitor, grant_type="password") == (
        "unsupported_grant_type",
        "grant type not supported",
    )
    assert await refusal(visitor, grant_type="") == (
        "invalid_request",
        "missing required parameter: grant_type",
    )


async def test_an_org_whose_clock_is_ahead_calls_the_assertion_expired(visitor: Visitor) -> None:
    await visitor.fault("clock_skew", seconds=3600)
    assert await refusal(visitor, assertion=visitor.assertion()) == (
        "invalid_grant",
        "expired authorization code",
    )
    answer = await visitor.http.get("/services/data")
    assert answer.headers["date"].startswith("Wed, 11 Mar 2026 10:3")
    await visitor.http.delete("/__sim__/faults")
    assert await visitor.token()


async def test_any_refusal_can_be_asked_for(visitor: Visitor) -> None:
    await visitor.fault(
        "login_refused", error="app_blocked", error_description="this app is blocked"
    )
    assert await refusal(visitor, assertion=visitor.assertion()) == (
        "app_blocked",
        "this app is blocked",
    )
    assert await visitor.token()


async def test_logins_are_in_the_login_history(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=100.0)
    await refusal(visitor, assertion=visitor.assertion(exp=1))
    await visitor.log_in()
    user_id = visitor.org.world.facts.console_user.user_id
    query = (
        "SELECT Status, Application, LoginType, LoginSubType, SourceIp FROM LoginHistory "
        f"WHERE LoginTime >= 2026-03-11T09:30:00Z AND UserId = '{user_id}' ORDER BY LoginTime"
    )
    answer = await visitor.http.get("/services/data/v66.0/query", params={"q": query})
    rows = [
        {name: value for name, value in record.items() if name != "attributes"}
        for record in answer.json()["records"]
    ]
    same = {
        "Application": "orgwatch",
        "LoginType": "Remote Access 2.0",
        "LoginSubType": None,
        "SourceIp": "127.0.0.1",
    }
    assert rows == [{"Status": "Failed: Invalid Token"} | same, {"Status": "Success"} | same]


async def test_introspection_needs_the_apps_own_signature(visitor: Visitor) -> None:
    token = await visitor.token()
    form = {
        "token": token,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": visitor.assertion(),
    }
    body = (await visitor.http.post("/services/oauth2/introspect", data=form)).json()
    assert body["active"] is True
    assert body["username"] == "orgwatch@acme.example"
    assert body["exp"] - body["iat"] == 7200
    gone = await visitor.http.post("/services/oauth2/introspect", data=form | {"token": "x"})
    assert gone.json() == {"active": False}
    bare = await visitor.http.post("/services/oauth2/introspect", data={"token": token})
    assert (bare.status_code, bare.json()["error"]) == (400, "invalid_client")


async def test_revoking_ends_a_token_once(member: Visitor) -> None:
    token = member.http.headers["Authorization"].removeprefix("Bearer ")
    first = await member.http.post("/services/oauth2/revoke", data={"token": token})
    assert (first.status_code, first.content) == (200, b"")
    assert (await member.http.get("/services/data/v66.0/limits")).status_code == 401
    second = await member.http.post("/services/oauth2/revoke", data={"token": token})
    assert (second.status_code, second.json()["error"]) == (400, "invalid_token")


async def test_identity_speaks_plain_text_to_a_bad_token(member: Visitor) -> None:
    facts = member.org.world.facts
    path = f"/id/{facts.org_id}/{facts.console_user.user_id}"
    for asked in (path, "/services/oauth2/userinfo"):
        body = (await member.http.get(asked)).json()
        assert body["user_id"] == facts.console_user.user_id
        assert body["organization_id"] == facts.org_id
        bad = await member.http.get(asked, headers={"Authorization": "Bearer x"})
        assert (bad.status_code, bad.text) == (403, "Bad_OAuth_Token")
        assert bad.headers["content-type"].startswith("text/plain")
