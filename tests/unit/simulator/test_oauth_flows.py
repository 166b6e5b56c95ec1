"""The flows besides JWT bearer, and every refusal of the token endpoint by a cause of its own."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
import pytest_asyncio

from console.simulator.launch import RunningOrg, SimulateOptions, serve
from console.simulator.oauth.codes import challenge_of
from console.simulator.oauth.login_desk import OTHER_ORGS_APP_KEY
from console.simulator.oauth.options import AppPolicy, OauthOptions
from console.simulator.web.wire import Wire, WireOptions
from tests.unit.simulator.conftest import client_of
from tests.unit.simulator.visitor import NOW, OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = "/services/oauth2/token"
BACK = "http://localhost:1717/callback"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_org() -> Any:
    """An org that stands still, where every flow is on and one certificate serves all apps."""
    oauth = OauthOptions(shared_certificate=True, password_flow=True)
    wire = WireOptions(oauth=oauth)
    org = await serve(SimulateOptions(now=NOW, speed=0, history=timedelta(0), wire=wire))
    yield org
    await org.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(shared_org: RunningOrg) -> Any:
    async with client_of(shared_org) as client:
        yield Visitor(shared_org, client)


def wire_of(visitor: Visitor) -> Wire:
    return visitor.org.server._wire


def set_options(visitor: Visitor, **changed: Any) -> None:
    """Change the org's switches in the middle of a run."""
    wire = wire_of(visitor)
    wire.options = replace(wire.options, oauth=replace(wire.options.oauth, **changed))


@pytest.fixture(autouse=True)
def same_options(request: pytest.FixtureRequest) -> Any:
    """Every test finds the shared org's switches as they were."""
    wire = wire_of(request.getfixturevalue("visitor"))
    before = wire.options
    yield
    wire.options = before


async def app_of(visitor: Visitor, name: str, kind: str = "connected_app") -> dict[str, Any]:
    apps = (await visitor.http.get("/__sim__/logins")).json()["apps"]
    return next(app for app in apps if (app["name"], app["kind"]) == (name, kind))


def client(app: dict[str, Any], **form: str) -> dict[str, str]:
    return {"client_id": app["consumer_key"], "client_secret": app["consumer_secret"]} | form


async def post(visitor: Visitor, form: dict[str, str], **options: Any) -> httpx.Response:
    return await visitor.http.post(TOKEN, data=form, **options)


async def refusal(visitor: Visitor, form: dict[str, str], **options: Any) -> tuple[str, str]:
    answer = await post(visitor, form, **options)
    assert answer.status_code == 400, answer.text
    body = answer.json()
    return body["error"], body["error_description"]


def signature_of(body: dict[str, str], secret: str) -> str:
    text = (body["id"] + body["issued_at"]).encode()
    return base64.b64encode(hmac.digest(secret.encode(), text, hashlib.sha256)).decode()


@pytest.mark.parametrize("by_header", [False, True])
async def test_client_credentials_run_as_the_apps_user(visitor: Visitor, by_header: bool) -> None:
    app = await app_of(visitor, "Support Portal", "external_client_app")
    form = {"grant_type": "client_credentials"}
    if by_header:
        answer = await post(visitor, form, auth=(app["consumer_key"], app["consumer_secret"]))
    else:
        answer = await post(visitor, client(app, **form))
    body = answer.json()
    named = "access_token scope signature instance_url id token_type issued_at api_instance_url"
    assert set(body) == set(named.split())
    assert body["issued_at"] == str(int(NOW.timestamp() * 1000))
    assert body["signature"] == signature_of(body, app["consumer_secret"])
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    who = (await visitor.http.get("/services/oauth2/userinfo", headers=headers)).json()
    assert who["preferred_username"] == app["usernames"][0]


async def approve(visitor: Visitor, app: dict[str, Any], **query: str) -> httpx.Response:
    asked = {"response_type": "code", "client_id": app["consumer_key"], "redirect_uri": BACK}
    return await visitor.http.get("/services/oauth2/authorize", params=asked | query)


def returned(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


async def web_login(visitor: Visitor, app: dict[str, Any]) -> dict[str, Any]:
    code = returned(await approve(visitor, app))["code"]
    form = client(app, grant_type="authorization_code", code=code, redirect_uri=BACK)
    answer = await post(visitor, form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_web_server_flow_with_a_challenge(visitor: Visitor) -> None:
    app = await app_of(visitor, "Billing Sync")
    verifier = "v" * 43
    back = returned(await approve(visitor, app, code_challenge=challenge_of(verifier), state="s 1"))
    assert back["state"] == "s 1"
    form = {
        "grant_type": "authorization_code",
        "client_id": app["consumer_key"],
        "code": back["code"],
        "redirect_uri": BACK,
        "code_verifier": verifier,
    }
    body = (await post(visitor, form)).json()
    assert set(body) >= {"access_token", "refresh_token", "signature", "issued_at", "scope"}
    assert await refusal(visitor, form) == ("invalid_grant", "invalid authorization code")


async def test_a_code_is_good_for_its_own_client_only(visitor: Visitor) -> None:
    app = await app_of(visitor, "Billing Sync")
    code = returned(await approve(visitor, app, code_challenge=challenge_of("right")))["code"]
    wrong = client(app, grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert (await refusal(visitor, wrong | {"code_verifier": "wrong"}))[0] == "invalid_grant"
    code = returned(await approve(visitor, app))["code"]
    other = wrong | {"code": code, "redirect_uri": "http://localhost/other"}
    assert (await refusal(visitor, other))[0] == "redirect_uri_mismatch"


async def test_a_code_grows_old(visitor: Visitor) -> None:
    app = await app_of(visitor, "Billing Sync")
    code = returned(await approve(visitor, app))["code"]
    promises = wire_of(visitor).codes._promises
    promises[code] = replace(promises[code], made_at=NOW - timedelta(hours=1))
    form = client(app, grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert await refusal(visitor, form) == ("invalid_grant", "expired authorization code")


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({"client_id": ""}, 400, "invalid_request"),
        ({"client_id": "3MVG9unknown"}, 400, "invalid_client_id"),
        ({"redirect_uri": ""}, 400, "redirect_uri_missing"),
        ({"redirect_uri": "https://evil.example/"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://["}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://localhost/\r\nSet-Cookie: a=b"}, 400, "redirect_uri_mismatch"),
        ({"response_type": "token"}, 302, "unsupported_response_type"),
        ({"scope": "full"}, 302, "invalid_scope"),
        ({"login_hint": "nobody@acme.example"}, 302, "access_denied"),
    ],
)
async def test_what_the_approval_page_refuses(
    visitor: Visitor, query: dict[str, str], status: int, error: str
) -> None:
    answer = await approve(visitor, await app_of(visitor, "Billing Sync"), **query)
    assert answer.status_code == status
    found = answer.json() if status == 400 else returned(answer)
    assert found["error"] == error


async def test_a_refresh_token_outlives_sessions_until_it_is_revoked(visitor: Visitor) -> None:
    app = await app_of(visitor, "Billing Sync")
    refresh_token = (await web_login(visitor, app))["refresh_token"]
    form = client(app, grant_type="refresh_token", refresh_token=refresh_token)
    body = (await post(visitor, form)).json()
    assert "refresh_token" not in body
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    data = "/services/data/v66.0/"
    assert (await visitor.http.get(data, headers=headers)).status_code == 200
    await visitor.http.post("/services/oauth2/revoke", data={"token": refresh_token})
    assert (await visitor.http.get(data, headers=headers)).status_code == 401
    assert await refusal(visitor, form) == ("invalid_grant", "expired access/refresh token")


async def test_refresh_tokens_can_be_told_to_rotate(visitor: Visitor) -> None:
    set_options(visitor, rotates_refresh_tokens=True)
    app = await app_of(visitor, "Billing Sync")
    old = (await web_login(visitor, app))["refresh_token"]
    form = client(app, grant_type="refresh_token", refresh_token=old)
    new = (await post(visitor, form)).json()["refresh_token"]
    assert new != old
    assert (await refusal(visitor, form))[0] == "invalid_grant"


async def test_a_sixth_approval_evicts_the_first(visitor: Visitor) -> None:
    app = await app_of(visitor, "Backup Vault")
    tokens = [(await web_login(visitor, app))["refresh_token"] for _ in range(6)]
    answers = [
        await post(visitor, client(app, grant_type="refresh_token", refresh_token=token))
        for token in tokens
    ]
    assert [answer.status_code for answer in answers] == [400] + [200] * 5


async def test_the_password_flow_and_how_it_fails(visitor: Visitor) -> None:
    app = await app_of(visitor, "BI Dashboards")
    users = (await visitor.http.get("/__sim__/logins")).json()["users"]
    user = next(user for user in users if user["username"] == app["usernames"][0])
    form = client(app, grant_type="password", username=user["username"])
    good = await post(visitor, form | {"password": user["password"] + user["security_token"]})
    assert "refresh_token" not in good.json()
    assert await refusal(visitor, form | {"password": "guess"}) == (
        "invalid_grant",
        "authentication failure",
    )
    set_options(visitor, password_flow=False)
    assert (await refusal(visitor, form | {"password": user["password"]}))[0] == (
        "unsupported_grant_type"
    )


async def test_a_device_waits_for_its_user(visitor: Visitor) -> None:
    app = await app_of(visitor, "Billing Sync")
    begin = {"response_type": "device_code", "client_id": app["consumer_key"]}
    begun = (await post(visitor, begin)).json()
    form = {"grant_type": "device", "client_id": app["consumer_key"], "code": begun["device_code"]}
    assert (await refusal(visitor, form))[0] == "authorization_pending"
    assert (await refusal(visitor, form))[0] == "slow_down"
    page = urlsplit(begun["verification_uri"]).path
    await visitor.http.get(page, params={"user_code": begun["user_code"]})
    assert "refresh_token" in (await post(visitor, form)).json()
    assert (await refusal(visitor, form))[0] == "invalid_grant"
    denied = (await post(visitor, begin)).json()
    await visitor.http.get(page, params={"user_code": denied["user_code"], "deny": "true"})
    assert (await refusal(visitor, form | {"code": denied["device_code"]}))[0] == "access_denied"


ERP, BILLING = (
    ("MuleSoft ERP", "svc-erp@acme.example"),
    ("Billing Sync", "svc-billing@acme.example"),
)


@pytest.mark.parametrize(
    ("options", "claims", "expected"),
    [
        ({}, {"iss": OTHER_ORGS_APP_KEY}, "app_not_found External client app is not installed"),
        ({}, {"sub": "svc-erp@acme.example"}, "invalid_app_access user is not admin approved"),
        ({"unassigned_code": "invalid_grant"}, {"sub": "svc-erp@acme.example"}, "invalid_grant user hasn't approved this consumer"),
        ({}, {"app": "Billing Sync", "sub": "svc-erp@acme.example"}, "invalid_grant user hasn't approved this consumer"),
        ({"approval_text": "user hasn’t approved this consumer"}, {"app": "Billing Sync", "sub": "svc-erp@acme.example"}, "invalid_grant user hasn’t approved"),
        ({"audience_text": "Audience validation failed"}, {"aud": "https://example.com"}, "invalid_grant Audience validation failed"),
        ({"most_assertion_life": timedelta(minutes=3)}, {"exp": int(NOW.timestamp()) + 400}, "invalid_grant invalid assertion"),
        ({"legacy_codes": True}, {"sub": "felix.brandt@acme.example"}, "inactive_user User is inactive"),
        ({"org_is_active": False}, {}, "invalid_grant inactive organization"),
        ({"org_is_active": False, "legacy_codes": True}, {}, "inactive_org inactive organization"),
        ({"login_ranges": ("192.0.2.0/24",)}, {}, "invalid_grant ip restricted"),
    ],
)  # fmt: skip
async def test_refused_assertions_of_every_cause(
    visitor: Visitor, options: dict[str, Any], claims: dict[str, Any], expected: str
) -> None:
    set_options(visitor, **options)
    if "app" in claims:
        claims = claims | {"iss": (await app_of(visitor, claims["app"]))["consumer_key"]}
    answer = await visitor.ask_token(assertion=visitor.assertion(**claims | {"app": None}))
    body = answer.json()
    assert answer.status_code == 400
    assert f"{body['error']} {body['error_description']}".startswith(expected)


async def test_an_app_that_its_administrator_closed(visitor: Visitor) -> None:
    facts = visitor.org.world.facts
    erp = await app_of(visitor, "MuleSoft ERP")
    assertion = visitor.assertion(iss=erp["consumer_key"], sub="svc-erp@acme.example")
    assert (await visitor.ask_token(assertion=assertion)).status_code == 200
    apps = tuple(
        replace(app, enabled=app.name not in ("MuleSoft ERP", "Support Portal"))
        for app in facts.apps
    )
    try:
        visitor.org.world.facts = replace(facts, apps=apps)
        assert (await visitor.ask_token(assertion=assertion)).json()["error"] == "app_blocked"
        portal = await app_of(visitor, "Support Portal", "external_client_app")
        form = client(portal, grant_type="client_credentials")
        assert (await refusal(visitor, form))[0] == "app_not_found"
    finally:
        visitor.org.world.facts = facts


async def test_an_assertion_id_is_good_once_where_the_org_is_strict(visitor: Visitor) -> None:
    set_options(visitor, refuses_repeated_jti=True)
    assertion = visitor.assertion(jti="strict")
    assert (await visitor.ask_token(assertion=assertion)).status_code == 200
    assert (await visitor.ask_token(assertion=assertion)).json()["error"] == "bad_jti_claim"


@pytest.mark.parametrize("expires", [str(int(NOW.timestamp()) + 60), int(NOW.timestamp())])
async def test_an_expiry_may_be_a_text_or_this_very_second(
    visitor: Visitor, expires: object
) -> None:
    """As two widely used client libraries send it."""
    assertion = visitor.assertion(exp=expires)
    assert (await visitor.ask_token(assertion=assertion)).status_code == 200


async def test_refused_clients_of_every_cause(visitor: Visitor) -> None:
    portal = await app_of(visitor, "Support Portal", "external_client_app")
    erp = await app_of(visitor, "MuleSoft ERP")
    form = client(portal, grant_type="client_credentials")
    assert (await refusal(visitor, form | {"client_secret": "x"}))[0] == "invalid_client"
    assert (await refusal(visitor, form | {"client_id": "x"}))[0] == "invalid_client_id"
    assert await refusal(visitor, {"grant_type": "client_credentials"}) == (
        "invalid_request",
        "missing required parameter: client_id",
    )
    assert await refusal(visitor, client(erp, grant_type="client_credentials")) == (
        "invalid_grant",
        "no client credentials user enabled",
    )
    generic = {"Host": "login.salesforce.com"}
    assert await refusal(visitor, form, headers=generic) == (
        "invalid_request",
        "request not supported on this domain",
    )
    for header in ("Basic !", "Basic eA=="):
        answer = await refusal(
            visitor, {"grant_type": "client_credentials"}, headers={"Authorization": header}
        )
        assert answer[0] == "invalid_basic_auth_header"
    signed = {"client_assertion": visitor.assertion(), "client_assertion_type": "other"}
    form = {"grant_type": "client_credentials"} | signed
    assert (await refusal(visitor, form))[0] == "invalid_assertion_type"
    policy = AppPolicy(disabled_flows=frozenset({"client_credentials"}))
    set_options(visitor, app_policies={portal["consumer_key"]: policy})
    form = client(portal, grant_type="client_credentials")
    assert (await refusal(visitor, form))[0] == "oauth_flow_disabled"


async def test_too_many_logins_in_an_hour(open_org: OpenOrg) -> None:
    wire = WireOptions(oauth=OauthOptions(logins_per_hour=2))
    visitor = await open_org(speed=0, history=timedelta(0), wire=wire)
    answers = [await visitor.ask_token(assertion=visitor.assertion()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 400]
    assert answers[2].json() == {
        "error": "invalid_grant",
        "error_description": "login rate exceeded",
    }


async def test_the_login_history_names_the_flow(visitor: Visitor) -> None:
    app = await app_of(visitor, "Support Portal", "external_client_app")
    body = (await post(visitor, client(app, grant_type="client_credentials"))).json()
    query = (
        "SELECT Status, Application, LoginType, LoginSubType FROM LoginHistory "
        "WHERE LoginTime >= 2026-03-11T09:30:00Z ORDER BY LoginTime DESC LIMIT 1"
    )
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    path = "/services/data/v66.0/query"
    found = (await visitor.http.get(path, params={"q": query}, headers=headers)).json()
    (record,) = found["records"]
    del record["attributes"]
    assert record == {
        "Status": "Success",
        "Application": "Support Portal",
        "LoginType": "Remote Access 2.0",
        "LoginSubType": "OAuth Client Credentials",
    }


async def test_jwt_access_tokens_can_be_verified_by_anybody(visitor: Visitor) -> None:
    said = visitor.org.announcement
    policy = AppPolicy(issues_jwts=True, session_timeout=timedelta(minutes=10))
    set_options(visitor, app_policies={said["consumer_key"]: policy}, complete_jwt_answers=True)
    body = (await visitor.ask_token(assertion=visitor.assertion())).json()
    token = body["access_token"]
    assert body["token_format"] == "jwt"
    keys = jwt.PyJWKSet.from_dict((await visitor.http.get("/id/keys")).json())
    header = jwt.get_unverified_header(token)
    assert (header["tty"], header["ver"]) == ("sfdc-core-token", "1.0")
    claims = jwt.decode(
        token,
        keys[header["kid"]].key,
        algorithms=["RS256"],
        audience=visitor.url,
        issuer=visitor.url,
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    assert claims["sub"] == f"uid:{visitor.org.world.facts.console_user.user_id}"
    assert claims["client_id"] == said["consumer_key"]
    assert claims["exp"] - claims["iat"] == 600
    bearer = {"Authorization": f"Bearer {token}"}
    data = "/services/data/v66.0/"
    assert (await visitor.http.get(data, headers=bearer)).status_code == 200
    tokens = wire_of(visitor).tokens
    assert tokens.find(token, NOW + timedelta(minutes=9)) is not None
    grant = tokens.find(token, NOW)
    assert grant is not None
    tokens.use(grant, NOW + timedelta(minutes=9))
    assert tokens.find(token, NOW + timedelta(minutes=10)) is None
    broken = {"Authorization": "Bearer eyJhbGciOiJub25lIn0"}
    answer = await visitor.http.get(data, headers=broken)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_JWT_FORMAT")


async def test_what_introspection_tells_to_whom(visitor: Visitor) -> None:
    billing, erp = await app_of(visitor, "Billing Sync"), await app_of(visitor, "MuleSoft ERP")
    body = await web_login(visitor, billing)

    async def ask(app: dict[str, Any], token: str, **more: str) -> dict[str, Any]:
        form = client(app, token=token) | more
        return dict((await visitor.http.post("/services/oauth2/introspect", data=form)).json())

    access, refresh = body["access_token"], body["refresh_token"]
    own = await ask(billing, access)
    assert (own["active"], own["token_type"]) == (True, "access_token")
    assert (await ask(billing, refresh))["token_type"] == "refresh_token"
    assert await ask(erp, access) == {"active": False}
    set_options(visitor, app_policies={erp["consumer_key"]: AppPolicy(introspects_all=True)})
    assert (await ask(erp, access))["active"] is True
    assert (await ask(erp, access, token_type_hint="x"))["error"] == "unsupported_token_type"
    assert (await ask(erp, ""))["error"] == "invalid_request"


async def test_the_end_moves_with_every_use(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0, history=timedelta(0))
    token = await visitor.token()
    tokens = wire_of(visitor).tokens
    grant = tokens.find(token, NOW)
    assert grant is not None
    before = grant.expires_at
    tokens.use(grant, NOW + timedelta(minutes=30))
    assert grant.expires_at == before + timedelta(minutes=30)


async def test_revoking_by_every_way(visitor: Visitor) -> None:
    path = "/services/oauth2/revoke"
    by_query = await visitor.http.get(path, params={"token": await visitor.token()})
    assert by_query.status_code == 200
    token = await visitor.token()
    script = await visitor.http.get(path, params={"token": token, "callback": "done.it"})
    assert (script.status_code, script.text) == (200, "done.it({});")
    again = await visitor.http.get(path, params={"token": token, "callback": "f"})
    assert again.text == 'f({"error": "invalid_token"});'
    odd = await visitor.http.post(path, data={"token": token, "token_type_hint": "x"})
    assert (odd.status_code, odd.json()["error"]) == (400, "unsupported_token_type")


async def test_the_same_session_again_where_the_org_repeats_tokens(visitor: Visitor) -> None:
    assert await visitor.token() != await visitor.token()
    set_options(visitor, repeats_tokens=True)
    assert await visitor.token() == await visitor.token()


async def test_discovery_names_addresses_that_answer(visitor: Visitor) -> None:
    found = (await visitor.http.get("/.well-known/openid-configuration")).json()
    assert found["issuer"] == visitor.url
    assert len(found["scopes_supported"]) == 36
    await visitor.log_in()
    for name in ("userinfo_endpoint", "jwks_uri"):
        assert (await visitor.http.get(found[name])).status_code == 200
    body = (await web_login(visitor, await app_of(visitor, "Billing Sync")))["scope"]
    assert set(body.split()) <= set(found["scopes_supported"])


async def test_the_identity_urls_versions_and_other_refusals(visitor: Visitor) -> None:
    await visitor.log_in()
    facts = visitor.org.world.facts
    path = f"/id/{facts.org_id}/{facts.console_user.user_id}"
    plain = (await visitor.http.get(path)).json()
    assert plain["urls"]["query"] == f"{visitor.url}/services/data/v{{version}}/query/"
    latest = (await visitor.http.get(path, params={"version": "latest"})).json()
    assert latest["urls"]["query"] == f"{visitor.url}/services/data/v68.0/query/"
    other_org = await visitor.http.get(f"/id/00D000000000000EAA/{facts.console_user.user_id}")
    assert (other_org.status_code, other_org.text) == (403, "Wrong_Org")
    door = (await visitor.http.get("/services/oauth2/singleaccess")).json()
    assert door["frontdoor_uri"].startswith(visitor.url)
    del visitor.http.headers["Authorization"]
    for asked in (path, "/services/oauth2/userinfo", "/services/oauth2/singleaccess"):
        answer = await visitor.http.get(asked)
        assert (answer.status_code, answer.text) == (403, "Missing_OAuth_Token")
