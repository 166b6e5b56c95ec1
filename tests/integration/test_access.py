"""How access stands, from a simulated org through a real store to the answer and the command."""

import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner

from console.analysis.posture import Verdict
from console.answers.access import AccessAnswer, answer_access
from console.collector.access import AccessSource
from console.collector.apps import AppsSource
from console.collector.posture import PostureSource
from console.collector.users import UsersSource
from console.commands import cli
from console.doctor.access import check_access
from console.doctor.check import Result
from console.salesforce.rest import RestClient
from console.simulator.launch import RunningOrg, SimulateOptions, serve
from console.simulator.org.permissions import Permission
from store.database import open_reader
from store.writer import open_writer
from tests.integration.test_probe import CHANNELS, NOW, client_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def org() -> AsyncIterator[RunningOrg]:
    running = await serve(SimulateOptions(now=NOW, speed=0))
    yield running
    await running.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(org: RunningOrg) -> AsyncIterator[RestClient]:
    async with client_of(org) as client:
        yield client


async def collected(client: RestClient, org: RunningOrg, store: Path) -> AccessAnswer:
    writer = open_writer(store, commit_interval_s=0.0)
    try:
        username = org.announcement["username"]
        await AccessSource(client, org.clock, username, CHANNELS, writer).round()
        await AppsSource(client, writer, org.clock).round()
        await UsersSource(client, writer, org.clock).round()
        await PostureSource(client, writer, org.clock).round()
    finally:
        writer.close()
    with open_reader(store) as reader:
        return answer_access(reader.connection, org.clock.now(), ())


def verdicts(answer: AccessAnswer) -> dict[tuple[str, str], Verdict]:
    return {
        (user.username, check.id): check.verdict for user in answer.users for check in user.checks
    }


async def test_the_answer_names_what_the_story_planted(
    client: RestClient, org: RunningOrg, tmp_path: Path
) -> None:
    answer = await collected(client, org, tmp_path / "acme.db")
    found = verdicts(answer)
    backup = next(user for user in answer.users if user.username.startswith("svc-backup@"))
    assert found[backup.username, "privileges"] is Verdict.FAIL
    privileges = next(check for check in backup.checks if check.id == "privileges")
    assert "View All Data through permission set" in privileges.evidence
    erp = next(user for user in answer.users if user.username.startswith("svc-erp@"))
    assert found[erp.username, "api_only"] is Verdict.PASS
    assert found[erp.username, "licence"] is Verdict.PASS
    web = next(user for user in answer.users if user.username.startswith("svc-web@"))
    assert found[web.username, "flows"] is Verdict.FAIL
    # No log was read: nothing may be said of versions, and no figure of calls invented.
    assert {found[user.username, "api_versions"] for user in answer.users} == {Verdict.UNKNOWN}
    assert {user.calls for user in answer.users} == {None}
    assert {one.calls for one in answer.credentials} <= {None}


async def test_a_credential_carries_the_end_of_the_certificate_in_its_metadata(
    client: RestClient, org: RunningOrg, tmp_path: Path
) -> None:
    answer = await collected(client, org, tmp_path / "acme.db")
    own = next(one for one in answer.credentials if one.app == "orgwatch" and one.kind)
    facts = org.world.facts.console_app
    assert facts.details.certificate_days_left is not None
    assert own.certificate_days_left is not None
    assert abs(own.certificate_days_left - facts.details.certificate_days_left) <= 1
    named = {one.app: one for one in answer.certificates if one.app}
    assert named["MuleSoft ERP"].days_left is not None
    org.world.access.withhold(Permission.MODIFY_METADATA)
    try:
        hidden = await collected(client, org, tmp_path / "hidden.db")
    finally:
        org.world.access.grant(Permission.MODIFY_METADATA)
    assert {one.certificate_until for one in hidden.credentials} == {None}
    assert {"ConnectedApp", "ExtlClntAppGlobalOauthSettings"} <= dict(hidden.not_visible).keys()


WITHHELD = (
    (Permission.VIEW_SETUP,),
    (Permission.CUSTOMIZE_APPLICATION,),
    (Permission.MONITOR_LOGIN_HISTORY, Permission.MANAGE_USERS),
    (Permission.ECA_VIEWER, Permission.ECA_ADMIN, Permission.ECA_DEVELOPER),
)


async def test_withholding_any_permissions_turns_nothing_into_a_pass(
    client: RestClient, org: RunningOrg, tmp_path: Path
) -> None:
    whole = verdicts(await collected(client, org, tmp_path / "whole.db"))
    me = org.announcement["username"]
    for permissions in (*WITHHELD, tuple(itertools.chain(*WITHHELD))):
        org.world.access.withhold(*permissions)
        try:
            store = tmp_path / f"{'-'.join(sorted(permissions))}.db"
            less = verdicts(await collected(client, org, store))
        finally:
            org.world.access.grant(*permissions)
        for place, verdict in less.items():
            if verdict is Verdict.PASS and place[0] != me:
                assert whole[place] is Verdict.PASS, (permissions, place)


async def test_the_command_prints_what_the_answer_says(
    client: RestClient, org: RunningOrg, tmp_path: Path
) -> None:
    store = tmp_path / "acme.db"
    answer = await collected(client, org, store)
    options = ["--config", org.announcement["config_file"], "--store", str(store)]
    run = CliRunner().invoke(cli, ["access", *options, "--as-of", NOW.isoformat(), "--json"])
    assert run.exit_code == 0, run.output
    document = json.loads(run.stdout)
    assert document["schema"] == "orgwatch/access/1"
    users = {user["username"]: user for user in document["data"]["users"]}
    assert {(name, check["id"]): check["result"] for name, user in users.items()
            for check in user["checks"]} == {
        place: verdict.value for place, verdict in verdicts(answer).items()
    }  # fmt: skip
    assert {one["source"] for one in document["data"]["sources"]} >= {"limits", "metadata"}
    run = CliRunner().invoke(cli, ["access", *options, "--user", "SVC-ERP*", "--csv"])
    assert [line.split(",")[0] for line in run.stdout.splitlines()] == [
        "user",
        next(name for name in users if name.startswith("svc-erp@")),
    ]


async def test_the_doctor_sums_access_up_and_calls_no_finding_of_the_org_its_own_fault(
    client: RestClient, org: RunningOrg, tmp_path: Path
) -> None:
    store = tmp_path / "acme.db"
    answer = await collected(client, org, store)
    found = {check.id: check for check in check_access(store, org.clock.now(), ())}
    failing = [user for user in answer.users if user.count(Verdict.FAIL)]
    assert (
        f"{len(answer.users)} known, {len(failing)} with findings" in found["access.users"].evidence
    )
    assert found["access.users"].result is Result.NOTE
    assert "ended" in found["access.certificates"].evidence
    # No log was read: nothing may be said of versions.
    assert found["access.versions"].result is Result.UNKNOWN
    empty = tmp_path / "empty.db"
    open_writer(empty).close()
    assert [check.result for check in check_access(empty, org.clock.now(), ())] == [Result.UNKNOWN]
    assert check_access(tmp_path / "none.db", org.clock.now(), ()) == []


async def test_without_a_reading_there_is_no_answer(org: RunningOrg, tmp_path: Path) -> None:
    store = tmp_path / "empty.db"
    open_writer(store).close()
    options = ["--config", org.announcement["config_file"], "--store", str(store)]
    run = CliRunner().invoke(cli, ["access", *options], standalone_mode=False)
    assert run.exception is not None
    assert "Nothing about users" in str(run.exception)
