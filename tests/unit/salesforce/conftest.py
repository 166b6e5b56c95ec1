"""The real client pieces, pointed at a scripted org on loopback."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import settings as hypothesis_settings

from console.salesforce.http import make_http_client
from console.salesforce.keys import PrivateKey, load_private_key
from console.salesforce.login import TokenKeeper
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import LoginKeys, load_login_keys
from console.salesforce.types import LimitHeader, LoginObservation
from console.secrets import Secret
from console.settings import OrgSettings
from tests.unit.salesforce.scripted_org import Console, HandClock, ScriptedOrg, serving

# A busy machine is no failure of the code under test.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def pem(rsa_key: rsa.RSAPrivateKey) -> str:
    return rsa_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def settings(pem: str) -> OrgSettings:
    return OrgSettings(
        alias="prod",
        instance_url="http://127.0.0.1:1",
        login_url="http://127.0.0.1:1",
        audience="https://login.salesforce.com",
        consumer_key="3MVG9.consumer",
        username="orgwatch@acme.example",
        private_key=Secret(pem),
    )


@pytest.fixture
def key(settings: OrgSettings) -> PrivateKey:
    return load_private_key(settings, {})


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def org(rsa_key: rsa.RSAPrivateKey, clock: HandClock) -> AsyncIterator[ScriptedOrg]:
    scripted = ScriptedOrg(rsa_key.public_key(), clock)
    async with serving(scripted.handle) as url:
        scripted.url = url
        yield scripted


def keys_of(settings: OrgSettings) -> LoginKeys:
    """The keys in force; reading one and the same PEM takes 50 ms, so it is read once."""
    secrets = (settings.private_key, settings.private_key_next)
    if settings.private_key_file or settings.private_key_file_next:
        return load_login_keys(settings, {})
    place = (
        *(secret and secret.reveal() for secret in secrets),
        settings.consumer_key,
        settings.consumer_key_next,
    )
    if place not in _KEYS:
        _KEYS[place] = load_login_keys(settings, {})
    return _KEYS[place]


_KEYS: dict[tuple[str | None, ...], LoginKeys] = {}

MakeConsole = Callable[..., contextlib.AbstractAsyncContextManager[Console]]


@pytest.fixture
def connect(org: ScriptedOrg, clock: HandClock, settings: OrgSettings) -> MakeConsole:
    """Makes a client for the scripted org; keyword arguments change its settings."""

    @contextlib.asynccontextmanager
    async def connected(
        remembered: LoginObservation | None = None, deadlines: Any = None, **changes: Any
    ) -> AsyncIterator[Console]:
        ours = replace(settings, **{"instance_url": org.url, "login_url": org.url, **changes})
        observations: list[LoginObservation] = []
        limits: list[LimitHeader] = []
        calls: list[tuple[str, int]] = []

        def counted(purpose: str, cost: int) -> None:
            calls.append((purpose, cost))

        async with make_http_client(ours) as http:
            tokens = TokenKeeper(
                ours,
                http,
                clock,
                keys_of(ours),
                observations.append,
                remembered,
                deadlines=deadlines,
            )
            told = Console(org, clock, ours, tokens, observations, limits, calls)
            told.rest = RestClient(
                ours,
                tokens,
                http,
                clock,
                limits.append,
                counted,
                on_reach=told.reaches.append,
                on_ageing=told.ageing.append,
                deadlines=deadlines,
            )
            yield told
            await tokens.close()

    return connected


@pytest.fixture
async def console(connect: MakeConsole) -> AsyncIterator[Console]:
    async with connect() as connected:
        yield connected


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
