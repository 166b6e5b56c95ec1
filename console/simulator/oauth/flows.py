"""The grant types of the token endpoint: what each asks of the client, and whom it lets in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from console.simulator.oauth import errors as oauth_errors
from console.simulator.oauth.assertion import JWT_BEARER, AssertionDesk
from console.simulator.oauth.clients import Form, desk_of, proven_client, text_of
from console.simulator.oauth.errors import TokenRefused
from console.simulator.oauth.tokens import RefreshGrant
from console.simulator.org.app_secrets import password_of, security_token_of
from console.simulator.org.story import SimApp, SimUser
from console.simulator.web.wire import Wire

CLIENT_CREDENTIALS = "client_credentials"
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a flow
AUTHORIZATION_CODE = "authorization_code"
PASSWORD = "password"  # noqa: S105 - the name of a flow
DEVICE = "device"

_GENERIC_HOSTS = ("login.salesforce.com", "test.salesforce.com")
_OUTLASTING = frozenset({"refresh_token", "offline_access"})


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One request to the token endpoint."""

    wire: Wire
    request: web.Request
    form: Form
    now: datetime
    """The org's time as its servers believe it."""

    @property
    def address(self) -> str:
        """Where it comes from."""
        return self.request.remote or ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A user and an app that may have a token together."""

    flow: str
    user: SimUser
    app: SimApp
    scopes: tuple[str, ...]
    sub_type: str | None = None
    """LoginHistory's LoginSubType; JWT bearer has none that is documented."""
    refresh: RefreshGrant | None = None
    """The refresh token behind it."""
    shows_refresh_token: bool = False
    """Whether the answer carries the refresh token."""


def accept(asked: TokenRequest) -> Accepted:
    """Who may have a token; raises TokenRefused."""
    desk_of(asked.wire).check_org()
    grant_type = text_of(asked.form, "grant_type")
    if not grant_type:
        raise oauth_errors.missing("grant_type")
    flow = _FLOWS.get(grant_type)
    if flow is None:
        raise oauth_errors.unsupported_grant()
    return flow(asked)


def _jwt_bearer(asked: TokenRequest) -> Accepted:
    if "assertion" not in asked.form:
        raise oauth_errors.missing("assertion")
    wire = asked.wire
    desk = AssertionDesk(desk_of(wire), wire.app_keys, wire.instance_url, wire.used_jtis)
    user, app = desk.judge(text_of(asked.form, "assertion"), asked.now, asked.address)
    return Accepted(JWT_BEARER, user, app, app.scopes)


def _client_credentials(asked: TokenRequest) -> Accepted:
    if (asked.request.host or "").partition(":")[0] in _GENERIC_HOSTS:
        raise TokenRefused("invalid_request", "request not supported on this domain")
    app = proven_client(asked.wire, asked.request, asked.form, CLIENT_CREDENTIALS)
    username = asked.wire.options.oauth.policy(app.consumer_key).run_as
    if username is None and app.flow == CLIENT_CREDENTIALS and app.approved_usernames:
        username = app.approved_usernames[0]
    if username is None:
        raise TokenRefused("invalid_grant", "no client credentials user enabled")
    accepted = Accepted(
        CLIENT_CREDENTIALS,
        _user(asked, username, app, "OAuth Client Credentials"),
        app,
        tuple(scope for scope in app.scopes if scope not in _OUTLASTING),
        "OAuth Client Credentials",
    )
    _check_approval(asked, accepted)
    return accepted


def _refresh(asked: TokenRequest) -> Accepted:
    wire = asked.wire
    app = proven_client(wire, asked.request, asked.form, REFRESH_TOKEN, may_omit_secret=True)
    token = text_of(asked.form, "refresh_token")
    if not token:
        raise oauth_errors.missing("refresh_token")
    approval = wire.tokens.find_refresh(token, wire.world.now())
    if approval is None or approval.app.consumer_key != app.consumer_key:
        raise oauth_errors.dead_token()
    user = _user(asked, approval.user.username, app, "OAuth Refresh Token")
    approval.last_used_at = wire.world.now()
    approval.use_count += 1
    rotates = wire.options.oauth.rotates_refresh_tokens
    if rotates:
        wire.tokens.revoke(token)
        approval = wire.tokens.approve(user, app, approval.scopes, wire.world.now())
    return Accepted(
        REFRESH_TOKEN, user, app, approval.scopes, "OAuth Refresh Token", approval, rotates
    )


def _authorization_code(asked: TokenRequest) -> Accepted:
    wire, form = asked.wire, asked.form
    code = text_of(form, "code")
    if not code:
        raise oauth_errors.missing("code")
    verifier = text_of(form, "code_verifier")
    app = proven_client(
        wire, asked.request, form, AUTHORIZATION_CODE, may_omit_secret=bool(verifier)
    )
    redirect_uri = text_of(form, "redirect_uri")
    promise = wire.codes.redeem(code, app, redirect_uri, verifier, wire.world.now())
    user = _user(asked, promise.user.username, app, "OAuth Web Server")
    accepted = Accepted(AUTHORIZATION_CODE, user, app, promise.scopes, "OAuth Web Server")
    return with_refresh_token(wire, accepted)


def _password(asked: TokenRequest) -> Accepted:
    wire, form = asked.wire, asked.form
    if not wire.options.oauth.password_flow:
        raise oauth_errors.unsupported_grant()
    app = proven_client(wire, asked.request, form, PASSWORD)
    for name in ("username", "password"):
        if not text_of(form, name):
            raise oauth_errors.missing(name)
    sub_type = "OAuth Username-Password"
    user = _user(asked, text_of(form, "username"), app, sub_type)
    wanted = password_of(user)
    if text_of(form, "password") not in (wanted, wanted + security_token_of(user)):
        raise _noted(oauth_errors.authentication_failure(), user.username, app, sub_type)
    accepted = Accepted(PASSWORD, user, app, app.scopes, sub_type)
    if app.pre_authorized_only:
        _check_approval(asked, accepted)
    return accepted


def _device(asked: TokenRequest) -> Accepted:
    wire = asked.wire
    client_id = text_of(asked.form, "client_id")
    app = desk_of(wire).app_with_flow(client_id, DEVICE)
    promise = wire.devices.redeem(text_of(asked.form, "code"), app, wire.world.now())
    user = _user(asked, promise.username, app, "OAuth Web Server")
    return with_refresh_token(wire, Accepted(DEVICE, user, app, app.scopes, "OAuth Web Server"))


def with_refresh_token(wire: Wire, accepted: Accepted) -> Accepted:
    """The same login with a refresh token, where scopes and policy allow one."""
    if not _OUTLASTING & set(accepted.scopes) or accepted.app.refresh_policy.type == "Zero":
        return accepted
    approval = wire.tokens.approve(accepted.user, accepted.app, accepted.scopes, wire.world.now())
    return replace(accepted, refresh=approval, shows_refresh_token=True)


def _user(asked: TokenRequest, username: str, app: SimApp, sub_type: str) -> SimUser:
    try:
        return desk_of(asked.wire).user(username, asked.now, asked.address)
    except TokenRefused as refused:
        raise _noted(refused, username, app, sub_type) from None


def _check_approval(asked: TokenRequest, accepted: Accepted) -> None:
    try:
        desk_of(asked.wire).check_approval(accepted.user, accepted.app)
    except TokenRefused as refused:
        raise _noted(refused, accepted.user.username, accepted.app, accepted.sub_type) from None


def _noted(refused: TokenRefused, username: str, app: SimApp, sub_type: str | None) -> TokenRefused:
    refused.username, refused.app_name, refused.sub_type = username, app.name, sub_type
    return refused


_FLOWS: dict[str, Callable[[TokenRequest], Accepted]] = {
    JWT_BEARER: _jwt_bearer,
    CLIENT_CREDENTIALS: _client_credentials,
    REFRESH_TOKEN: _refresh,
    AUTHORIZATION_CODE: _authorization_code,
    PASSWORD: _password,
    DEVICE: _device,
}
