"""What a client gets that may have a token: the token itself and the fields around it.

Field sets: captured answers and the help's samples, flow by flow. No flow answers expires_in.
"""

import base64
import hashlib
import hmac
from datetime import datetime

from console.simulator.moments import to_ms
from console.simulator.oauth.assertion import JWT_BEARER
from console.simulator.oauth.flows import CLIENT_CREDENTIALS, Accepted
from console.simulator.oauth.flows import PASSWORD as PASSWORD_FLOW
from console.simulator.oauth.tokens import Grant
from console.simulator.org.app_secrets import consumer_secret_of
from console.simulator.org.story import SimApp, SimUser
from console.simulator.web.wire import Wire

API_INSTANCE_URL = "https://api.salesforce.com"

_ID_TOKEN_LIFE_S = 120

Body = dict[str, object]


def open_session(wire: Wire, accepted: Accepted) -> Grant:
    """Put a new access token in force, in the form that the app's policy asks for."""
    options = wire.options.oauth
    policy = options.policy(accepted.app.consumer_key)
    now = wire.world.now()
    if options.repeats_tokens and not policy.issues_jwts:
        same = wire.tokens.same_session(accepted.user, accepted.app, now)
        if same is not None:
            return same
    org_default = options.jwt_token_life if policy.issues_jwts else options.session_timeout
    grant = Grant(
        "",
        accepted.user,
        accepted.app,
        now,
        now,
        timeout=policy.session_timeout or org_default,
        scopes=accepted.scopes,
        form="jwt" if policy.issues_jwts else "opaque",
        refresh=accepted.refresh,
    )
    if policy.issues_jwts:
        grant.token = _jwt_access_token(wire, grant, accepted.app)
    return wire.tokens.add(grant)


def token_body(wire: Wire, accepted: Accepted, grant: Grant) -> Body:
    """The fields of the answer to one token request."""
    body: Body = {"access_token": grant.token}
    if accepted.flow != PASSWORD_FLOW:
        body["scope"] = " ".join(grant.scopes)
    if accepted.shows_refresh_token and accepted.refresh is not None:
        body["refresh_token"] = accepted.refresh.token
    body["instance_url"] = wire.instance_url
    body["id"] = identity_of(wire, grant)
    body["token_type"] = "Bearer"  # noqa: S105 - a scheme
    options = wire.options.oauth
    is_jwt_bearer = accepted.flow == JWT_BEARER
    if is_jwt_bearer and not options.complete_jwt_answers:
        return body
    body |= _signed(str(body["id"]), accepted.app, grant.issued_at)
    if is_jwt_bearer or accepted.flow == CLIENT_CREDENTIALS:
        body["api_instance_url"] = API_INSTANCE_URL
    if is_jwt_bearer or options.names_token_format:
        body["token_format"] = grant.form
    if "openid" in grant.scopes and accepted.flow != CLIENT_CREDENTIALS:
        body["id_token"] = _id_token(wire, grant, accepted.app)
    return body


def _signed(identity_url: str, app: SimApp, issued_at: datetime) -> Body:
    """issued_at (epoch milliseconds as text) and the signature over it and the identity URL."""
    issued_at_ms = str(to_ms(issued_at))
    digest = hmac.digest(
        consumer_secret_of(app).encode(), (identity_url + issued_at_ms).encode(), hashlib.sha256
    )
    return {"issued_at": issued_at_ms, "signature": base64.b64encode(digest).decode()}


def identity_of(wire: Wire, grant: Grant) -> str:
    """The identity URL of a grant's user."""
    return identity_url(wire, grant.user)


def identity_url(wire: Wire, user: SimUser) -> str:
    """The identity URL of a user."""
    server = wire.options.oauth.identity_server
    return f"{server}/id/{wire.world.facts.org_id}/{user.user_id}"


def _jwt_access_token(wire: Wire, grant: Grant, app: SimApp) -> str:
    """Claims: Salesforce's mobile SDK, which reads such tokens."""
    issued_s = int(grant.issued_at.timestamp())
    claims = {
        "scp": " ".join(grant.scopes),
        "aud": [wire.instance_url],
        "sub": f"uid:{grant.user.user_id}",
        "iss": wire.instance_url,
        "client_id": app.consumer_key,
        "nbf": issued_s,
        "iat": issued_s,
        "exp": int(grant.expires_at.timestamp()),
        "mty": "oauth",
        "sfi": wire.new_token_serial(),
        "roles": [],
        "hsc": False,
    }
    tenant = f"core/prod/{wire.world.facts.org_id}"
    return wire.signer.sign(claims, {"tty": "sfdc-core-token", "tnk": tenant, "ver": "1.0"})


def _id_token(wire: Wire, grant: Grant, app: SimApp) -> str:
    issued_s = int(grant.issued_at.timestamp())
    claims = {
        "iss": wire.instance_url,
        "sub": identity_of(wire, grant),
        "aud": app.consumer_key,
        "iat": issued_s,
        "exp": issued_s + _ID_TOKEN_LIFE_S,
    }
    return wire.signer.sign(claims, {})
