"""Each refusal of the token endpoint, given by the simulated org, gets title, cause and cure."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from console.commands.boundary import error_lines, exit_code_of
from console.errors import LoginRefused
from console.exit_codes import ExitCode
from console.salesforce.http import make_http_client
from console.salesforce.login import TokenKeeper
from console.salesforce.signing_keys import LoginKeys, load_login_keys
from console.settings import OrgSettings
from console.settings_file import load
from console.simulator.launch import RunningOrg, SimulateOptions, serve
from tests.unit.salesforce.oauth_rows import ROWS

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


@dataclass
class Desk:
    """A client before its first login, and the way to make the org refuse it."""

    org: RunningOrg
    settings: OrgSettings
    keys: LoginKeys
    http: httpx.AsyncClient

    async def refused(self, error: str, description: str) -> LoginRefused:
        url = self.org.announcement["control_url"]
        fault = {"kind": "login_refused", "error": error, "error_description": description}
        (await self.http.post(f"{url}/faults", json=fault)).raise_for_status()
        keeper = TokenKeeper(self.settings, self.http, self.org.clock, self.keys, lambda seen: None)
        with pytest.raises(LoginRefused) as caught:
            await keeper.token()
        await keeper.close()
        return caught.value


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    directory = tmp_path_factory.mktemp("org")
    org = await serve(
        SimulateOptions(speed=0, now=NOW, history=timedelta(hours=1), directory=directory)
    )
    settings = load(Path(org.announcement["config_file"]), {}).orgs[0]
    async with make_http_client(settings) as http:
        yield Desk(org, settings, load_login_keys(settings, {}), http)
    await org.stop()


@pytest.mark.parametrize(("error", "description", "title", "next_step", "retryable"), ROWS)
async def test_a_refusal_is_explained(
    desk: Desk, error: str, description: str, title: str, next_step: str, retryable: bool
) -> None:
    fault = await desk.refused(error, description)
    assert title in fault.title
    assert next_step in fault.next_step
    assert fault.retryable is retryable
    assert fault.code == error
    assert "{" not in fault.meaning + fault.next_step
    assert exit_code_of(fault) == ExitCode.ORG_REFUSED
    lines = error_lines(fault)
    assert lines[0] == f"orgwatch: {fault.title}"
    assert lines[1].strip()
    assert lines[2].startswith("  What to do: ")
    own_words = f"{error}: {description}" if description else error
    assert lines[-1] == f"  It said: {own_words}"
