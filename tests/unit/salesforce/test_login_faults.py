"""The table of refusals: whole, readable, and right about sandbox and production."""

from dataclasses import replace
from typing import Any

import pytest

from console.errors import LoginRefused
from console.salesforce.login_fault_table import ROWS as TABLE
from console.salesforce.login_fault_table import RetryClass
from console.salesforce.login_faults import kind_of_host, login_fault
from console.salesforce.login_request import Refusal
from console.settings import PRODUCTION_AUDIENCE, SANDBOX_AUDIENCE, OrgSettings
from tests.unit.salesforce.oauth_rows import ROWS
from tests.unit.salesforce.scripted_org import Console, refusing


def test_every_code_of_the_table_has_a_row_in_the_tests() -> None:
    listed = {code for row in TABLE for code in row.codes}
    assert listed == {row[0] for row in ROWS} - {"a_code_of_tomorrow"}


def test_a_title_is_a_title_and_a_next_step_a_sentence() -> None:
    for row in TABLE:
        assert len(row.title) <= 60, row.title
        assert row.title[0].isupper()
        assert not row.title.endswith(".")
        assert row.meaning.rstrip().endswith((".", "}")), row.title
        assert row.next_step.rstrip().endswith((".", "}")), row.title
        assert (row.retry is RetryClass.WAIT) == (row.wait_s is not None)


@pytest.mark.parametrize(
    ("login_url", "audience", "said"),
    [
        ("https://acme--uat.sandbox.my.salesforce.com", PRODUCTION_AUDIENCE, "is a sandbox's"),
        ("https://test.salesforce.com", PRODUCTION_AUDIENCE + "/", "is a sandbox's"),
        ("https://acme.my.salesforce.com", SANDBOX_AUDIENCE, "is not a sandbox's"),
        ("https://login.salesforce.com", SANDBOX_AUDIENCE, "is not a sandbox's"),
        ("https://acme.my.salesforce.com", PRODUCTION_AUDIENCE, None),
        ("https://acme--uat.sandbox.my.salesforce.com", SANDBOX_AUDIENCE, None),
        ("https://acme.scratch.my.salesforce.com", SANDBOX_AUDIENCE, None),
        ("https://acme.develop.my.salesforce.com", PRODUCTION_AUDIENCE, None),
        ("https://sandbox.my.salesforce.com.evil.example", PRODUCTION_AUDIENCE, None),
        ("https://[::1]:8443", SANDBOX_AUDIENCE, None),
    ],
)
def test_a_mix_up_of_sandbox_and_production_says_which_is_which(
    settings: OrgSettings, login_url: str, audience: str, said: str | None
) -> None:
    ours = replace(settings, login_url=login_url, audience=audience)
    fault = login_fault(Refusal(400, "invalid_grant", "audience is invalid", None), ours)
    assert ("sandbox's address" in fault.meaning) is (said is not None)
    assert said is None or said in fault.meaning
    assert login_url in fault.meaning
    assert audience in fault.meaning


@pytest.mark.parametrize(
    ("error", "status", "retryable"),
    [
        ("server_error", 400, True),
        ("service_unavailable", 503, True),
        ("invalid_grant", 500, True),
        ("invalid_client_id", 400, False),
    ],
)
async def test_only_what_passes_by_itself_is_retryable(
    console: Console, error: str, status: int, retryable: bool
) -> None:
    console.org.token_answers.append(refusing(error, "", status))
    with pytest.raises(LoginRefused) as caught:
        await console.tokens.token()
    assert caught.value.retryable is retryable


async def test_braces_in_settings_are_only_text(connect: Any) -> None:
    async with connect(username="{0}{username}") as console:
        console.org.token_answers.append(refusing("invalid_grant", "inactive user"))
        with pytest.raises(LoginRefused) as caught:
            await console.tokens.token()
        assert "{0}{username} is deactivated" in caught.value.meaning


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://acme.my.salesforce.com", "production"),
        ("https://acme--uat.sandbox.my.salesforce.com", "sandbox"),
        ("https://test.salesforce.com", "sandbox"),
        ("https://acme--uat.my.salesforce.com", None),
        ("https://acme-dev-ed.develop.my.salesforce.com", None),
        ("https://acme.my.salesforce.mil", None),
        ("https://[2001:db8::1]:8443", None),
    ],
)
def test_the_kind_of_a_host_is_said_only_where_its_name_tells(url: str, kind: str | None) -> None:
    assert kind_of_host(url) == kind
