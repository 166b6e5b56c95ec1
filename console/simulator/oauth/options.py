"""How the simulated org's authorization server behaves where orgs differ or facts are unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from console.simulator.oauth.login_budget import LOGINS_PER_HOUR

TokenFormat = Literal["opaque", "jwt"]

LOGIN_SERVER = "https://login.salesforce.com"


@dataclass(frozen=True, slots=True)
class AppPolicy:
    """What an administrator set for one app, besides what the story says of it."""

    issues_jwts: bool = False
    """JWT-based access tokens instead of opaque ones (help, xcloud.jwt_access_tokens)."""
    session_timeout: timedelta | None = None
    """Idle life of its sessions; None leaves that to the org's session settings."""
    disabled_flows: frozenset[str] = frozenset()
    """Grant types that the app refuses, as the form spells them: ``client_credentials`` …"""
    introspects_all: bool = False
    """Whether it may introspect every token of the org, not only its own."""
    run_as: str | None = None
    """Username that the client credentials flow runs as; None takes the story's, if it has one."""
    callback_urls: tuple[str, ...] = ()
    """Where authorization codes may be sent, besides any address on this machine."""


@dataclass(frozen=True, slots=True)
class OauthOptions:
    """Switches of the token endpoint. Every default is what is documented or was captured."""

    app_policies: Mapping[str, AppPolicy] = field(default_factory=dict)
    """By consumer key."""
    shared_certificate: bool = False
    """The console app's certificate is uploaded to every other app too, so that JWT bearer logins
    of all of them can be tried with one key."""
    session_timeout: timedelta = timedelta(hours=2)
    """The org's session setting: 2 hours unless changed, at most 24."""
    jwt_token_life: timedelta = timedelta(minutes=30)
    """Fixed life of JWT-based access tokens; the default of real orgs is not known."""
    jwt_tokens_stream: bool = True
    """Whether ``/cometd`` takes JWT-based access tokens; not known of real orgs."""
    repeats_tokens: bool = False
    """The same user and app get the opaque token that is still in force, as may happen (help,
    xcloud.remoteaccess_oauth_tokens_scopes)."""
    complete_jwt_answers: bool = False
    """Add issued_at, signature, api_instance_url and token_format to the five fields of a JWT
    bearer answer."""
    names_token_format: bool = False
    """Add token_format to the answers of the other flows."""
    identity_server: str = LOGIN_SERVER
    """The host that identity URLs name: the login server; My Domain is possible."""
    audience_text: str = "audience is invalid"
    """The help's own sample says ``Audience validation failed``."""
    approval_text: str = "user hasn't approved this consumer"
    """Newer orgs are said to use a typographic apostrophe."""
    unassigned_code: Literal["invalid_app_access", "invalid_grant"] = "invalid_app_access"
    """What a user gets whom no administrator approved: orgs are reported to answer either way."""
    legacy_codes: bool = False
    """Use the documented codes inactive_user, inactive_org and rate_limit_exceeded, which no
    captured answer has."""
    org_is_active: bool = True
    """False: the org is locked, closed or suspended."""
    login_ranges: tuple[str, ...] = ()
    """Networks (CIDR) from which users may log in; empty: any."""
    assertion_leeway: timedelta = timedelta(seconds=3)
    """How long after its ``exp`` an assertion is still taken. Real orgs bear a little: there are
    clients in wide use that say the present second. How much they bear is not known."""
    most_assertion_life: timedelta | None = None
    """Refuse assertions whose ``exp`` lies further ahead; None as observed: no upper bound."""
    refuses_repeated_jti: bool = False
    """Whether a ``jti`` that was used before is refused with bad_jti_claim."""
    logins_per_hour: int = LOGINS_PER_HOUR
    password_flow: bool = False
    """The username-password flow, which new orgs have switched off."""
    soap_login: bool = True
    """SOAP ``login()`` in API 31.0 to 64.0; new orgs have it switched off."""
    code_life: timedelta = timedelta(minutes=15)
    """How long an authorization code is good; a few minutes in real orgs."""
    rotates_refresh_tokens: bool = False
    """Whether a refresh token is replaced each time it is used."""
    no_header_code: Literal["INVALID_SESSION_ID", "INVALID_AUTH_HEADER"] = "INVALID_SESSION_ID"
    """The REST error code for a request without any token."""

    def policy(self, consumer_key: str) -> AppPolicy:
        """The policy of an app; the defaults for one that has none of its own."""
        return self.app_policies.get(consumer_key, _DEFAULT_POLICY)


_DEFAULT_POLICY = AppPolicy()
