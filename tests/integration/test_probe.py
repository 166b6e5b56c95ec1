"""What the console's user may read: found out from an org that withholds permissions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from console.clock import Clock
from console.errors import OrgRefused
from console.salesforce.http import make_http_client
from console.salesforce.login import TokenKeeper
from console.salesforce.posture import read_posture
from console.salesforce.probe import Findings, probe
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import load_login_keys
from console.settings_file import load
from console.simulator.launch import RunningOrg, SimulateOptions, serve
from console.simulator.org.permissions import Permission

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
CHANNELS = ("/event/LoginEventStream", "/event/ApiEventStream", "/event/LogoutEventStream")


@asynccontextmanager
async def client_of(org: RunningOrg) -> AsyncIterator[RestClient]:
    settings = load(Path(org.announcement["config_file"]), {}).orgs[0]
    clock: Clock = org.clock
    async with make_http_client(settings) as http:
        tokens = TokenKeeper(settings, http, clock, load_login_keys(settings), lambda _: None)
        yield RestClient(settings, tokens, http, clock, lambda _: None, lambda _p, _c: None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def org() -> AsyncIterator[RunningOrg]:
    running = await serve(SimulateOptions(now=NOW, speed=0))
    yield running
    await running.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(org: RunningOrg) -> AsyncIterator[RestClient]:
    async with client_of(org) as client:
        yield client


def by_source(found: Findings) -> dict[str, bool | None]:
    return {one.source: one.readable for one in found.sources}


async def test_everything_is_readable_where_nothing_is_withheld(client: RestClient) -> None:
    found = await probe(client, CHANNELS)
    assert {name for name, readable in by_source(found).items() if not readable} == set()
    assert all(one.missing is None for one in found.sources)
    assert dict(found.permissions)["View Event Log Files"] is True
    assert "Salesforce Integration" in {name for name, _total, _used in found.licences}


LOSSES = {
    Permission.VIEW_EVENT_LOG_FILES: {"log_files", "hourly_log_files"},
    Permission.VIEW_REAL_TIME_EVENTS: {
        "stored_events:LoginEvent",
        "stored_events:ApiEvent",
        "stream:LoginEventStream",
        "stream:ApiEventStream",
    },
    Permission.CUSTOMIZE_APPLICATION: {"oauth_tokens"},
    Permission.MODIFY_METADATA: {"metadata"},
    Permission.VIEW_EVENT_LOG_OBJECT_DATA: {"event_log_objects"},
}


@pytest.mark.parametrize("permission", LOSSES)
async def test_a_permission_that_is_withheld_is_named_with_what_it_takes_away(
    org: RunningOrg, client: RestClient, permission: Permission
) -> None:
    before = by_source(await probe(client, CHANNELS))
    org.world.access.withhold(permission)
    try:
        found = await probe(client, CHANNELS)
    finally:
        org.world.access.grant(permission)
    refused = {one.source: one for one in found.sources if one.readable is False}
    assert LOSSES[permission] <= refused.keys() | {
        one.source for one in found.sources if one.readable is None
    }
    assert refused.keys() & LOSSES[permission]
    for name in refused.keys() & LOSSES[permission]:
        assert f"the permission {permission.label}" in (refused[name].missing or ""), name
    unaffected = before.keys() - LOSSES[permission]
    assert not refused.keys() & unaffected


async def test_without_view_setup_most_is_unknown_or_refused_and_nothing_is_claimed(
    org: RunningOrg, client: RestClient
) -> None:
    org.world.access.withhold(Permission.VIEW_SETUP)
    try:
        found = await probe(client, CHANNELS)
    finally:
        org.world.access.grant(Permission.VIEW_SETUP)
    seen = {one.source: one for one in found.sources}
    assert seen["limits"].readable is False
    assert seen["limits"].missing == "the permission View Setup and Configuration"
    assert seen["log_files"].readable is True


async def test_an_org_without_event_monitoring_lacks_a_licence_and_not_a_permission() -> None:
    running = await serve(SimulateOptions(now=NOW, speed=0, scenario="no-event-monitoring"))
    try:
        async with client_of(running) as client:
            found = await probe(client, CHANNELS)
    finally:
        await running.stop()
    seen = {one.source: one for one in found.sources}
    assert seen["log_files"].readable is True
    assert seen["hourly_log_files"].readable is False
    assert "Event Monitoring" in (seen["hourly_log_files"].missing or "")
    assert seen["stored_events:LoginEvent"].readable is False
    assert "Event Monitoring" in (seen["stored_events:LoginEvent"].missing or "")
    assert seen["stream:LogoutEventStream"].readable is True
    assert seen["stream:LoginEventStream"].readable is False
    assert "Event Monitoring" in (seen["stream:LoginEventStream"].missing or "")


async def test_a_user_who_may_not_use_the_api_needs_just_that(
    org: RunningOrg, client: RestClient
) -> None:
    org.world.access.withhold(Permission.API_ENABLED)
    try:
        found = await probe(client, CHANNELS)
    finally:
        org.world.access.grant(Permission.API_ENABLED)
    streams = {one for one in found.sources if one.source.startswith("stream:")}
    assert {one.readable for one in streams} == {None}
    others = set(found.sources) - streams
    assert {one.missing for one in others} == {"the permission API Enabled"}
    assert by_source(found).keys() == by_source(await probe(client, CHANNELS)).keys()


async def test_a_probe_costs_less_than_twenty_calls(org: RunningOrg) -> None:
    spent: list[int] = []
    settings = load(Path(org.announcement["config_file"]), {}).orgs[0]
    async with make_http_client(settings) as http:
        tokens = TokenKeeper(settings, http, org.clock, load_login_keys(settings), lambda _: None)
        client = RestClient(
            settings, tokens, http, org.clock, lambda _: None, lambda _p, cost: spent.append(cost)
        )
        await probe(client, CHANNELS)
    assert 0 < sum(spent) < 20


async def test_a_full_pool_ends_the_probe_instead_of_looking_like_missing_permissions(
    org: RunningOrg, client: RestClient
) -> None:
    await client.api_version()
    max_calls, org.world.pool_max = org.world.pool_max, 1
    try:
        with pytest.raises(OrgRefused) as caught:
            await probe(client, CHANNELS)
    finally:
        org.world.pool_max = max_calls
    assert caught.value.code == "REQUEST_LIMIT_EXCEEDED"


async def test_posture_reads_users_logins_tokens_grants_and_certificates(
    client: RestClient,
) -> None:
    facts = await read_posture(client, (), NOW)
    assert facts.not_visible == {}
    erp = next(user for user in facts.users if user.username.startswith("svc-erp@"))
    assert erp.licence == "Salesforce Integration"
    assert erp.permissions
    assert "API Only User" in {held.name for held in erp.permissions}
    assert {login.user_id for login in facts.logins} & {user.user_id for user in facts.users}
    assert facts.logins_since is not None
    assert facts.certificates
    assert facts.grants


HIDES = {
    Permission.VIEW_SETUP: {"SetupEntityAccess"},
    Permission.CUSTOMIZE_APPLICATION: set(),
    Permission.MONITOR_LOGIN_HISTORY: set(),
}


@pytest.mark.parametrize("permission", HIDES)
async def test_what_posture_may_not_read_is_named_and_never_invented(
    org: RunningOrg, client: RestClient, permission: Permission
) -> None:
    whole = await read_posture(client, (), NOW)
    org.world.access.withhold(permission)
    try:
        facts = await read_posture(client, (), NOW)
    finally:
        org.world.access.grant(permission)
    assert HIDES[permission] <= facts.not_visible.keys()
    known = {user.user_id: user for user in whole.users}
    for user in facts.users:
        if user.user_id == org.world.facts.console_user.user_id:
            continue  # the one who lost it
        assert user.permissions in (None, known[user.user_id].permissions)
    assert set(facts.tokens) <= set(whole.tokens)
    assert replace(facts, not_visible={}).certificates == whole.certificates
