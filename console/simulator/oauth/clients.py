"""Which app a request to an OAuth endpoint comes from, and whether it can prove that.

Three ways, as the discovery document names them: ``client_secret_post``, ``client_secret_basic``
and ``private_key_jwt``.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping

from aiohttp import web

from console.simulator.oauth import errors as oauth_errors
from console.simulator.oauth.assertion import is_signed_by, unverified_claims
from console.simulator.oauth.errors import TokenRefused
from console.simulator.oauth.login_desk import LoginDesk
from console.simulator.org.app_secrets import consumer_secret_of
from console.simulator.org.story import SimApp
from console.simulator.web.wire import Wire

CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

Form = Mapping[str, object]


def desk_of(wire: Wire) -> LoginDesk:
    """The desk that judges apps and users of this org."""
    return LoginDesk(wire.world, wire.options.oauth, wire.logins)


def text_of(form: Form, name: str) -> str:
    """A form field's text; empty when it is missing or a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def proven_client(
    wire: Wire, request: web.Request, form: Form, flow: str, *, may_omit_secret: bool = False
) -> SimApp:
    """The app that sent this request; raises TokenRefused when it is unknown or proves nothing.

    ``may_omit_secret``: a public client with PKCE or a refresh token may leave the secret out.
    """
    desk = desk_of(wire)
    if text_of(form, "client_assertion"):
        return _by_assertion(wire, desk, form, flow)
    key, secret = _basic(request) or (text_of(form, "client_id"), text_of(form, "client_secret"))
    if not key:
        raise oauth_errors.missing("client_id")
    app = desk.app_with_flow(key, flow)
    if not secret and may_omit_secret:
        return app
    if not hmac.compare_digest(secret.encode(), consumer_secret_of(app).encode()):
        raise oauth_errors.wrong_secret()
    return app


def _by_assertion(wire: Wire, desk: LoginDesk, form: Form, flow: str) -> SimApp:
    if text_of(form, "client_assertion_type") != CLIENT_ASSERTION:
        # The code is the SDK's, its text is not known.
        raise TokenRefused("invalid_assertion_type", "invalid assertion type")
    assertion = text_of(form, "client_assertion")
    app = desk.app_with_flow(unverified_claims(assertion).get("iss"), flow)
    if not is_signed_by(assertion, wire.app_keys.get(app.consumer_key)):
        raise oauth_errors.wrong_secret()
    return app


def _basic(request: web.Request) -> tuple[str, str] | None:
    """Key and secret of a Basic header; None without one."""
    header = request.headers.get("Authorization", "")
    if not header.lower().startswith("basic "):
        return None
    try:
        text = base64.b64decode(header[6:].strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    key, colon, secret = text.partition(":")
    if not colon:
        # The code is the SDK's, its text is not known.
        raise TokenRefused("invalid_basic_auth_header", "invalid basic authentication header")
    return key, secret
