"""What each refusal of the token endpoint means, and what to do about it.

Codes and texts as captured from real orgs and as listed by Salesforce's own Mobile SDK
(``OAuthErrorCode``). Real servers put most causes under ``invalid_grant`` and tell them apart by
text only, so a row is found by its code and a part of the text; the first that fits wins.
"""

from dataclasses import dataclass
from datetime import timedelta

from console.errors import LoginRefused
from console.salesforce.login_request import Refusal
from console.settings import OrgSettings

RATE_EXCEEDED_WAIT_S = 3_600.0
"""3,600 logins an hour and user (Salesforce help 000381578): wait until the hour rolled on."""

SKEW_WORTH_SAYING = timedelta(seconds=60)

_APP_POLICY = (
    "In Setup open the app's policies: set Permitted Users to pre-authorized users, and assign "
    "the app to a permission set or profile of {username}."
)


@dataclass(frozen=True, slots=True)
class _Row:
    codes: tuple[str, ...]
    text: str
    """A part of error_description in lower case; empty fits every text."""
    title: str
    meaning: str
    next_step: str
    retryable: bool = False
    wait_s: float | None = None


_ROWS = (
    _Row(
        ("invalid_client_id",),
        "",
        "The org does not know this consumer key",
        "No app at {login_url} has the configured consumer key, or the app is only minutes old.",
        "Copy the Consumer Key again from the app's settings, and check that login_url is the "
        "org in which the app is (sandboxes have their own). A new app may need ten minutes.",
    ),
    _Row(
        ("invalid_grant",),
        "audience",
        "The audience of the login is wrong",
        "The assertion was made for {audience}, and {login_url} does not accept that.",
        "Set audience to https://login.salesforce.com for production and Developer Edition, "
        "https://test.salesforce.com for a sandbox, or the site's address for Experience Cloud.",
    ),
    _Row(
        ("invalid_grant", "bad_jti_claim", "invalid_assertion_type"),
        "assertion",
        "The private key does not match the app's certificate",
        "The org could not verify the signature: the key is not the one whose certificate was "
        "uploaded to the app, or the certificate has expired.",
        "Upload the certificate that belongs to this private key to the app's OAuth settings, "
        "or configure the key that belongs to the uploaded one.",
    ),
    _Row(
        ("invalid_grant",),
        "expired authorization code",
        "The login came too late for the org",
        "The assertion had already expired when the org checked it. {skew}",
        "Set this machine's clock (NTP), then try again.",
    ),
    _Row(
        ("invalid_grant", "inactive_user"),
        "inactive",
        "The user is inactive",
        "{username} is deactivated or frozen, or no user of the org has this username.",
        "Activate the user in Setup, or correct username (in a sandbox it ends with the sandbox's "
        "name).",
    ),
    _Row(
        ("inactive_org",),
        "",
        "The org is not active",
        "The org is locked, suspended or closed.",
        "Ask the org's owner or Salesforce support.",
    ),
    _Row(
        ("invalid_grant", "rate_limit_exceeded"),
        "login rate exceeded",
        "The user logged in too often",
        "Salesforce allows 3,600 logins an hour and user; {username} is over that. Orgwatch "
        "itself asks at most a few times an hour, so another program uses the same user.",
        "Nothing is asked for an hour. Give every integration its own user.",
        retryable=True,
        wait_s=RATE_EXCEEDED_WAIT_S,
    ),
    _Row(
        ("invalid_grant",),
        "approved this consumer",
        "The user has not approved the app",
        "The app exists and the signature is right, but {username} was never allowed to use it.",
        _APP_POLICY,
    ),
    _Row(
        ("invalid_app_access", "access_denied"),
        "",
        "The user is not approved for the app",
        "The app admits approved users only, and {username} has none of its permission sets or "
        "profiles.",
        _APP_POLICY,
    ),
    _Row(
        ("app_not_found", "ecapp_policy_not_found", "oauth_policy_not_found"),
        "",
        "The app is not in this org",
        "{login_url} knows no app with this consumer key, or nobody pre-authorized it there.",
        "Check that login_url is the My Domain of the org that has the app, and that the app's "
        "policies exist (a refreshed sandbox may have lost them).",
    ),
    _Row(
        ("app_blocked", "fail_close_app_blocked"),
        "",
        "The app is blocked",
        "An administrator blocked the app in this org.",
        "In Setup, Connected Apps OAuth Usage, unblock it, or ask who blocked it.",
    ),
    _Row(
        ("invalid_grant",),
        "ip restricted",
        "This address may not log in",
        "The profile or the app restricts from which addresses {username} may log in.",
        "Add this machine's address to the login ranges of the profile, or relax the app's IP "
        "policy.",
    ),
    _Row(
        ("invalid_grant",),
        "not allowed",
        "The user may not log in now",
        "Login hours or addresses of the profile of {username} forbid it.",
        "Check login hours and login IP ranges of the profile.",
    ),
    _Row(
        ("unsupported_grant_type", "oauth_flow_disabled"),
        "",
        "The app does not allow this kind of login",
        "The JWT bearer flow is not enabled for the app, or is blocked in the org.",
        "In the app's OAuth settings enable the JWT bearer flow and upload the certificate; in "
        "Setup, OAuth and OpenID Connect Settings, see what is blocked.",
    ),
    _Row(
        ("invalid_scope",),
        "",
        "The app grants none of the scopes",
        "The app's OAuth scopes do not allow what was asked for.",
        "Give the app the scopes api and refresh_token.",
    ),
    _Row(
        ("server_error", "service_unavailable", "system_down", "slow_down", "unknown_error"),
        "",
        "The login server has trouble",
        "Salesforce could not handle the login now; the settings are not the cause.",
        "Nothing is to be done when this passes; see status.salesforce.com.",
        retryable=True,
    ),
    _Row(
        ("invalid_client",),
        "",
        "The app wants a client secret",
        "The app did not accept the login without a secret.",
        "In the app's OAuth settings enable the JWT bearer flow with the certificate.",
    ),
    _Row(
        ("invalid_grant",),
        "",
        "The org refused the login",
        "Salesforce gave no exact cause for {username}. Usual ones: the user is in another org "
        "than {login_url}, login hours, login IP ranges, a frozen user.",
        "Look into Setup, Login History of the user: the row of this moment names the cause.",
    ),
)
_UNKNOWN = _Row(
    (),
    "",
    "The org refused the login",
    "Salesforce answered with a code that this version of orgwatch does not know.",
    "The org's own words are below; Setup, Login History of the user may say more.",
)


def login_fault(refusal: Refusal, settings: OrgSettings, skew: timedelta | None) -> LoginRefused:
    """The sentences for ``refusal``.

    ``skew`` is the org's time minus this machine's, where the refusal's Date header told it.
    """
    row = _row_for(refusal)
    words = {
        "username": settings.username,
        "audience": settings.audience,
        "login_url": settings.login_url,
        "skew": _skew_sentence(skew),
    }
    if refusal.status >= 500:
        row = _row_of_code("server_error")
    return LoginRefused(
        row.title,
        row.meaning.format(**words).strip(),
        row.next_step.format(**words),
        f"{refusal.error}: {refusal.description}" if refusal.description else refusal.error,
        retryable=row.retryable,
        retry_after_s=row.wait_s,
        code=refusal.error,
    )


def is_about_time(refusal: Refusal) -> bool:
    """Whether a wrong clock here may be the cause."""
    return refusal.error == "invalid_grant" and (
        "expired authorization code" in refusal.description.lower()
        or "assertion" in refusal.description.lower()
    )


def _row_for(refusal: Refusal) -> _Row:
    description = refusal.description.lower()
    fitting = (row for row in _ROWS if refusal.error in row.codes and row.text in description)
    return next(fitting, None) or _row_of_code(refusal.error)


def _row_of_code(code: str) -> _Row:
    return next((row for row in _ROWS if code in row.codes), _UNKNOWN)


def _skew_sentence(skew: timedelta | None) -> str:
    if skew is None:
        return "Usually this machine's clock is behind."
    if abs(skew) < SKEW_WORTH_SAYING:
        return "This machine's clock agrees with the org's, so the request was slow on its way."
    minutes = abs(skew) / timedelta(minutes=1)
    direction = "behind" if skew > timedelta() else "ahead of"
    return f"This machine's clock is {minutes:.0f} min {direction} the org's."
