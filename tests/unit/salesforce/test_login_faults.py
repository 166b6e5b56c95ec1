"""Every refusal of the token endpoint gets its own title, cause and cure over real HTTP."""

from typing import Any

import pytest

from console.errors import LoginRefused
from console.exit_codes import ExitCode
from tests.unit.salesforce.scripted_org import Console, refusing

ROWS = [
    (
        "invalid_client_id",
        "client identifier invalid",
        "does not know this consumer key",
        "Consumer",
    ),
    ("invalid_grant", "audience is invalid", "audience of the login is wrong", "test.salesforce"),
    ("invalid_grant", "Audience validation failed", "audience of the login is wrong", "audience"),
    ("invalid_grant", "invalid assertion", "key does not match", "certificate"),
    ("invalid_grant", "expired authorization code", "came too late", "clock"),
    ("invalid_grant", "inactive user", "user is inactive", "Activate"),
    ("inactive_user", "User is inactive", "user is inactive", "Activate"),
    ("inactive_org", "org is locked", "org is not active", "owner"),
    ("invalid_grant", "login rate exceeded", "too often", "own user"),
    ("rate_limit_exceeded", "Login rate exceeded", "too often", "own user"),
    ("invalid_grant", "user hasn't approved this consumer", "not approved", "permission set"),
    ("invalid_grant", "user hasn’t approved this consumer", "not approved", "permission set"),
    (
        "invalid_app_access",
        "user is not admin approved to access this app",
        "not approved for the app",
        "permission set",
    ),
    (
        "app_not_found",
        "External client app is not installed in this org",
        "not in this org",
        "login_url",
    ),
    ("app_blocked", "this app is blocked by admin", "app is blocked", "unblock"),
    ("invalid_grant", "ip restricted", "address may not log in", "login ranges"),
    ("unsupported_grant_type", "grant type not supported", "kind of login", "JWT bearer"),
    ("oauth_flow_disabled", "", "kind of login", "JWT bearer"),
    ("invalid_client", "invalid client credentials", "client secret", "JWT bearer"),
    ("invalid_grant", "authentication failure", "refused the login", "Login History"),
    ("invalid_scope", "", "none of the scopes", "scopes"),
    ("slow_down", "", "login server has trouble", "passes"),
    ("a_new_code", "new words", "refused the login", "own words"),
]


@pytest.mark.parametrize(("error", "description", "title", "next_step"), ROWS)
async def test_a_refusal_is_explained(
    console: Console, error: str, description: str, title: str, next_step: str
) -> None:
    console.org.token_answers.append(refusing(error, description))
    with pytest.raises(LoginRefused) as caught:
        await console.tokens.token()
    fault = caught.value
    assert title in fault.title
    assert next_step in fault.next_step
    assert fault.meaning
    assert fault.detail == (f"{error}: {description}" if description else error)
    assert fault.code == error
    assert fault.exit_code == ExitCode.ORG_REFUSED
    assert "{" not in fault.meaning + fault.next_step


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
