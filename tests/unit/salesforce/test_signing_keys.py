"""A second key: tried when the first is refused, kept when it is accepted, told and remembered."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from console.errors import ConfigurationError, LoginRefused
from console.salesforce.keys import NEXT_PASSPHRASE_VARIABLE, PASSPHRASE_VARIABLE
from console.salesforce.signing_keys import load_login_keys
from console.secrets import Secret
from console.settings import OrgSettings
from tests.unit.salesforce.scripted_org import ScriptedOrg


@pytest.fixture(scope="module")
def next_rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def as_pem(key: rsa.RSAPrivateKey, passphrase: str | None = None) -> str:
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    return pem.decode()


@pytest.fixture
def next_key(next_rsa_key: rsa.RSAPrivateKey) -> dict[str, Any]:
    return {"private_key_next": Secret(as_pem(next_rsa_key))}


def only_accepting(org: ScriptedOrg, key: rsa.RSAPrivateKey, code: str = "invalid_grant") -> None:
    """The org's app holds the certificate of ``key`` from now on."""
    org.public_key = key.public_key()

    async def judge(request: web.Request) -> web.StreamResponse:
        try:
            jwt.decode(
                org.assertions[-1],
                org.public_key,
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_aud": False},
            )
        except jwt.InvalidSignatureError:
            return web.json_response(
                {"error": code, "error_description": "invalid assertion"}, status=400
            )
        return org.grant()

    org.token_answers.clear()
    org.token_answers.extend([judge] * 20)


async def test_the_next_key_takes_over_when_the_org_changes_sides(
    org: ScriptedOrg,
    connect: Any,
    next_key: dict[str, Any],
    next_rsa_key: rsa.RSAPrivateKey,
) -> None:
    async with connect(**next_key) as console:
        first = await console.tokens.token()
        assert console.observations[-1].key_in_use == "first"
        assert console.observations[-1].key_switched_at is None
        only_accepting(org, next_rsa_key)
        console.clock.advance(minutes=30)
        await console.tokens.refused(first)
        await console.tokens.token()
        assert org.token_requests == 3, "the refused one, and at once the other"
        remembered = console.observations[-1]
        assert remembered.key_in_use == "next"
        assert remembered.key_switched_at == console.clock.moment
        console.clock.advance(minutes=30)
    async with connect(remembered, **next_key) as console:
        await console.tokens.token()
        assert org.token_requests == 4, "it begins with the key that was accepted"


async def test_it_goes_back_when_the_next_key_is_refused(
    org: ScriptedOrg,
    connect: Any,
    next_key: dict[str, Any],
    rsa_key: rsa.RSAPrivateKey,
    next_rsa_key: rsa.RSAPrivateKey,
) -> None:
    async with connect(**next_key) as console:
        for key, name in ((next_rsa_key, "next"), (rsa_key, "first")):
            only_accepting(org, key)
            token = await console.tokens.token()
            assert console.observations[-1].key_in_use == name
            console.clock.advance(minutes=30)
            await console.tokens.refused(token)


@pytest.mark.parametrize("code", ["invalid_client_id", "app_not_found"])
async def test_the_consumer_key_changes_with_the_key(
    org: ScriptedOrg,
    connect: Any,
    next_key: dict[str, Any],
    next_rsa_key: rsa.RSAPrivateKey,
    code: str,
) -> None:
    only_accepting(org, next_rsa_key, code)
    async with connect(**next_key, consumer_key_next="3MVG9.next") as console:
        await console.tokens.token()
    issuers = [
        jwt.decode(one, options={"verify_signature": False})["iss"] for one in org.assertions
    ]
    assert issuers == ["3MVG9.consumer", "3MVG9.next"]


async def test_both_refused_is_said_of_both(
    org: ScriptedOrg, connect: Any, next_key: dict[str, Any]
) -> None:
    only_accepting(org, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    async with connect(**next_key) as console:
        with pytest.raises(LoginRefused) as caught:
            await console.tokens.token()
    assert caught.value.title == "The private key does not match the app's certificate"
    assert "next key was tried too" in caught.value.meaning
    assert caught.value.detail.count("invalid assertion") == 2


@pytest.mark.parametrize(
    ("error", "description"),
    [("invalid_grant", "inactive user"), ("invalid_app_access", ""), ("server_error", "")],
)
async def test_a_refusal_that_no_key_would_mend_costs_one_request(
    org: ScriptedOrg, connect: Any, next_key: dict[str, Any], error: str, description: str
) -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        body = {"error": error, "error_description": description}
        return web.json_response(body, status=400)

    org.token_answers.append(refuse)
    async with connect(**next_key) as console:
        with pytest.raises(LoginRefused):
            await console.tokens.token()
    assert org.token_requests == 1


def test_the_next_key_has_its_own_passphrase_or_shares_the_first(
    settings: OrgSettings, next_rsa_key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    file = tmp_path / "next.key"
    file.touch(mode=0o600)
    file.write_text(as_pem(next_rsa_key, "open sesame"))
    from dataclasses import replace

    ours = replace(settings, private_key_file_next=file)
    with pytest.raises(ConfigurationError) as caught:
        load_login_keys(ours, {})
    assert NEXT_PASSPHRASE_VARIABLE in caught.value.next_step
    for variable in (NEXT_PASSPHRASE_VARIABLE, PASSPHRASE_VARIABLE):
        keys = load_login_keys(ours, {variable: "open sesame"})
        assert keys.next is not None
        assert keys.next.key.fingerprint != keys.first.key.fingerprint
    file.chmod(0o640)
    with pytest.raises(ConfigurationError) as caught:
        load_login_keys(ours, {PASSPHRASE_VARIABLE: "open sesame"})
    assert "private_key_file_next" in caught.value.meaning or "chmod" in caught.value.next_step


async def test_a_finished_change_begins_with_the_new_first_key(
    org: ScriptedOrg,
    connect: Any,
    next_key: dict[str, Any],
    next_rsa_key: rsa.RSAPrivateKey,
) -> None:
    only_accepting(org, next_rsa_key)
    async with connect(**next_key) as console:
        await console.tokens.token()
        remembered = console.observations[-1]
        console.clock.advance(minutes=30)
    async with connect(remembered, private_key=next_key["private_key_next"]) as console:
        await console.tokens.token()
        assert console.observations[-1].key_in_use == "first"
        assert org.token_requests == 3
        assert console.clock.moment - remembered.requests[-1] == timedelta(minutes=30)
