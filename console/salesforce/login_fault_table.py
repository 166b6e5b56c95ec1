"""Every refusal that the token endpoint is known to give: what it means, and what to do.

Codes and texts as captured from real orgs, and the whole code list of Salesforce's own Mobile SDK
(``OAuthErrorCode``). Real servers put most causes under ``invalid_grant`` and tell them apart by
text only, so a row is found by its code and a part of the text; the first that fits wins. Where
only the code is known and no captured answer, the row says so: its meaning is read from the name.

``{username}``, ``{login_url}``, ``{audience}``, ``{skew}`` and ``{mixed_up}`` are filled in by
`console.salesforce.login_faults`.
"""

from dataclasses import dataclass
from enum import StrEnum

RATE_EXCEEDED_WAIT_S = 3_600.0
"""3,600 logins an hour and user (Salesforce help 000381578): wait until the hour rolled on."""


class RetryClass(StrEnum):
    """What may be done about a refusal without a person."""

    FIX = "fix"
    """A setting here or in the org's Setup is wrong; asked again only after a growing cool-down."""
    WAIT = "wait"
    """It passes by itself, but not before the time that the row names."""
    AGAIN = "again"
    """Salesforce has trouble; asked again after a growing cool-down."""


@dataclass(frozen=True, slots=True)
class LoginFaultRow:
    """One refusal in words."""

    codes: tuple[str, ...]
    text: str
    """A part of error_description in lower case; empty fits every text."""
    title: str
    meaning: str
    next_step: str
    retry: RetryClass = RetryClass.FIX
    wait_s: float | None = None
    doubts_key: bool = False
    """Whether another key or consumer key, where one is configured, may help."""


_POLICIES = (
    "In Setup, External Client App Manager (or Manage Connected Apps), open the app's policies: "
    "set Permitted Users to pre-authorized users, and assign the app to a permission set or "
    "profile of {username}."
)
_BY_NAME = "Only this code's name is known, no example of it."

ROWS = (
    LoginFaultRow(
        ("invalid_client_id",),
        "",
        "The org does not know this consumer key",
        "No app at {login_url} has the configured consumer key, or the app is only minutes old.",
        "Copy the Consumer Key again from the app's settings in Setup, External Client App "
        "Manager, and check that login_url is the org in which the app is (sandboxes have their "
        "own). A new app may need ten minutes.",
        doubts_key=True,
    ),
    LoginFaultRow(
        ("invalid_grant",),
        "audience",
        "The audience of the login is wrong",
        "The assertion was made for {audience}, and {login_url} does not accept that. {mixed_up}",
        "Set audience to https://login.salesforce.com for production and Developer Edition, "
        "https://test.salesforce.com for a sandbox, or the site's address for Experience Cloud.",
    ),
    LoginFaultRow(
        ("bad_jti_claim",),
        "",
        "The org took the login for one that was sent before",
        "The code says that the org refused the assertion's id; orgwatch sends none, so something "
        f"between here and the org changes requests. {_BY_NAME}",
        "Check the proxies between this machine and {login_url}.",
    ),
    LoginFaultRow(
        ("invalid_grant", "invalid_assertion_type"),
        "assertion",
        "The private key does not match the app's certificate",
        "The org could not verify the signature: the key is not the one whose certificate was "
        "uploaded to the app, or the certificate has expired.",
        "Upload the certificate that belongs to this private key to the app's OAuth settings "
        "(Setup, External Client App Manager), or configure the key that belongs to the uploaded "
        "one.",
        doubts_key=True,
    ),
    LoginFaultRow(
        ("invalid_assertion_type",),
        "",
        "The org does not take this kind of assertion",
        f"The app does not accept a signed JWT as the login. {_BY_NAME}",
        "In the app's OAuth settings (Setup, External Client App Manager) enable the JWT bearer "
        "flow and upload the certificate.",
    ),
    LoginFaultRow(
        ("invalid_grant",),
        "invalid authorization code",
        "The org took the login for one in a browser",
        "The answer speaks of an authorization code, which this login does not use.",
        "Check that login_url is the org itself and that no proxy changes requests.",
    ),
    LoginFaultRow(
        ("invalid_grant",),
        "expired authorization code",
        "The login came too late for the org",
        "The assertion had already expired when the org checked it. {skew}",
        "Set this machine's clock (NTP), then try again.",
    ),
    LoginFaultRow(
        ("invalid_grant",),
        "expired access/refresh token",
        "The org refused a refresh token",
        "The answer speaks of a refresh token, which this login does not use.",
        "Check that login_url is the org itself and that no proxy changes requests.",
    ),
    LoginFaultRow(
        ("invalid_grant", "inactive_user"),
        "inactive",
        "The user is inactive",
        "{username} is deactivated or frozen, or no user of the org has this username.",
        "Activate the user in Setup, Users (or unfreeze it), or correct username (in a sandbox it "
        "ends with the sandbox's name). {mixed_up}",
    ),
    LoginFaultRow(
        ("inactive_user",),
        "",
        "The user is inactive",
        "{username} is deactivated or frozen.",
        "Activate the user in Setup, Users (or unfreeze it).",
    ),
    LoginFaultRow(
        ("inactive_org",),
        "",
        "The org is not active",
        "The org is locked, suspended or closed.",
        "Ask the org's owner or Salesforce support.",
    ),
    LoginFaultRow(
        ("invalid_grant", "rate_limit_exceeded"),
        "login rate exceeded",
        "The user logged in too often",
        "Salesforce allows 3,600 logins an hour and user; {username} is over that. Orgwatch "
        "itself asks at most a few times an hour, so another program uses the same user.",
        "Nothing is asked for an hour. Look into Setup, Login History, for who else logs in as "
        "{username}, and give every integration its own user.",
        RetryClass.WAIT,
        RATE_EXCEEDED_WAIT_S,
    ),
    LoginFaultRow(
        ("rate_limit_exceeded",),
        "",
        "The user logged in too often",
        "Too many logins were made as {username}.",
        "Nothing is asked for an hour. Look into Setup, Login History, for who else logs in as "
        "{username}, and give every integration its own user.",
        RetryClass.WAIT,
        RATE_EXCEEDED_WAIT_S,
    ),
    LoginFaultRow(
        ("invalid_grant",),
        "approved this consumer",
        "The user has not approved the app",
        "The app exists and the signature is right, but {username} was never allowed to use it.",
        _POLICIES,
    ),
    LoginFaultRow(
        ("invalid_app_access", "access_denied"),
        "",
        "The user is not approved for the app",
        "The app admits approved users only, and {username} has none of its permission sets or "
        "profiles.",
        _POLICIES,
    ),
    LoginFaultRow(
        ("app_not_found",),
        "",
        "The app is not in this org",
        "{login_url} knows no app with this consumer key, or nobody pre-authorized it there.",
        "Check that login_url is the My Domain of the org that has the app (Setup, My Domain), "
        "and that the app is installed there with its policies (Setup, External Client App "
        "Manager).",
        doubts_key=True,
    ),
    LoginFaultRow(
        ("ecapp_policy_not_found", "oauth_policy_not_found"),
        "",
        "The app has no policies in this org",
        f"The org knows the app but finds no policies for it. {_BY_NAME}",
        "In Setup, External Client App Manager, open the app's policies and save them again "
        "(a refreshed sandbox may have lost them).",
    ),
    LoginFaultRow(
        ("installation_error", "invalid_distribution_state"),
        "",
        "The app is not ready for use in this org",
        f"Installing or distributing the External Client App did not come to its end. {_BY_NAME}",
        "In Setup, External Client App Manager, check the app's distribution state; for a "
        "packaged app, install the package again.",
    ),
    LoginFaultRow(
        ("app_blocked", "fail_close_app_blocked"),
        "",
        "The app is blocked",
        "An administrator blocked the app in this org.",
        "In Setup, Connected Apps OAuth Usage, unblock it, or ask who blocked it.",
    ),
    LoginFaultRow(
        ("invalid_grant",),
        "no client credentials user",
        "The app has no user to run as",
        "The answer belongs to the client credentials flow, for which the app names no user.",
        "Enable the JWT bearer flow in the app's OAuth settings, or name a Run-As user in its "
        "policies (Setup, External Client App Manager).",
    ),
    LoginFaultRow(
        ("invalid_grant",),
        "ip restricted",
        "This address may not log in",
        "The profile or the app restricts from which addresses {username} may log in.",
        "Add this machine's address to the login ranges of the profile (Setup, Profiles), or relax "
        "the app's IP policy (Setup, External Client App Manager, policies).",
    ),
    LoginFaultRow(
        ("invalid_grant",),
        "not allowed",
        "The user may not log in now",
        "Login hours or addresses of the profile of {username} forbid it.",
        "Check Login Hours and Login IP Ranges of the profile (Setup, Profiles).",
    ),
    LoginFaultRow(
        ("invalid_session_level",),
        "",
        "The org wants a stronger kind of session",
        f"A session of the required security level cannot come from this login. {_BY_NAME}",
        "In Setup, Session Settings and the app's policies, see which logins need high assurance, "
        "and exempt the integration user.",
    ),
    LoginFaultRow(
        ("unsupported_grant_type", "oauth_flow_disabled"),
        "",
        "The app does not allow this kind of login",
        "The JWT bearer flow is not enabled for the app, or is blocked in the org.",
        "In the app's OAuth settings (Setup, External Client App Manager) enable the JWT bearer "
        "flow and upload the certificate; in Setup, OAuth and OpenID Connect Settings, see what "
        "is blocked.",
    ),
    LoginFaultRow(
        ("invalid_scope",),
        "",
        "The app grants none of the scopes",
        "The app's OAuth scopes do not allow what was asked for.",
        "In the app's OAuth settings (Setup, External Client App Manager) select the scopes api "
        "and refresh_token.",
    ),
    LoginFaultRow(
        ("invalid_client", "invalid_basic_auth_header"),
        "",
        "The app wants a client secret",
        "The app did not accept the login without a secret.",
        "In the app's OAuth settings (Setup, External Client App Manager) enable the JWT bearer "
        "flow with the certificate.",
    ),
    LoginFaultRow(
        ("invalid_dpop_proof", "use_dpop_nonce"),
        "",
        "The app issues only tokens that are bound to a key",
        "The app asks for DPoP; orgwatch uses plain bearer tokens.",
        "In the External Client App's OAuth settings switch DPoP off.",
    ),
    LoginFaultRow(
        ("app_attest_failed", "app_attest_failed_retry"),
        "",
        "The app wants proof of a phone",
        f"The app admits attested mobile devices only. {_BY_NAME}",
        "Make an app of its own for orgwatch, without app attestation, in Setup, External Client "
        "App Manager.",
    ),
    LoginFaultRow(
        ("invalid_otp", "otp_error"),
        "",
        "The org asks for a one-time password",
        f"The answer belongs to a login of a person. {_BY_NAME}",
        "Exempt the integration user from identity verification (its permission set and Setup, "
        "Session Settings).",
    ),
    LoginFaultRow(
        (
            "authorization_pending",
            "immediate_unsuccessful",
            "redirect_uri_mismatch",
            "redirect_uri_missing",
            "unsupported_response_type",
            "invalid_expid",
            "unsupported_expid",
        ),
        "",
        "The org took the login for one in a browser",
        f"The answer belongs to a flow with a person, which orgwatch does not use. {_BY_NAME}",
        "Check that login_url is the org itself and that no proxy changes requests; then that the "
        "app has the JWT bearer flow enabled.",
    ),
    LoginFaultRow(
        ("exceeded_registration_limit", "failed_registration", "registration_error"),
        "",
        "The org speaks of registering an app",
        f"Orgwatch registers nothing, so the request was changed on its way. {_BY_NAME}",
        "Check that login_url is the org itself and that no proxy changes requests.",
    ),
    LoginFaultRow(
        ("invalid_token", "unsupported_token_type"),
        "",
        "The org speaks of a token that was not sent",
        f"A login carries no token, so the request was changed on its way. {_BY_NAME}",
        "Check that login_url is the org itself and that no proxy changes requests.",
    ),
    LoginFaultRow(
        ("invalid_request",),
        "",
        "The org could not read the login",
        "What arrived lacked a part or was damaged; orgwatch sends grant_type and assertion.",
        "Check that no proxy between this machine and {login_url} changes requests.",
    ),
    LoginFaultRow(
        ("server_error", "service_unavailable", "system_down", "slow_down", "unknown_error"),
        "",
        "The login server has trouble",
        "Salesforce could not handle the login now; the settings are not the cause.",
        "Nothing is to be done when this passes; see status.salesforce.com.",
        RetryClass.AGAIN,
    ),
    LoginFaultRow(
        ("invalid_grant", "login_error"),
        "",
        "The org refused the login",
        "Salesforce gave no exact cause for {username}. Usual ones: the user is in another org "
        "than {login_url}, login hours, login IP ranges, a frozen user. {mixed_up}",
        "Look into Setup, Login History of the user: the row of this moment names the cause.",
    ),
)
"""The table. A code that stands in several rows ends with one whose text is empty, or with the
row that fits it in general."""

UNKNOWN = LoginFaultRow(
    (),
    "",
    "The org refused the login",
    "Salesforce answered with a code that this version of orgwatch does not know.",
    "The org's own words are below; Setup, Login History of the user may say more.",
)
"""For codes that came after this table."""
