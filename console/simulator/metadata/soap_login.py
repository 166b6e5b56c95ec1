"""SOAP ``login()``: a session for a user name and a password, at ``/services/Soap/u`` and ``/c``.

It answers in API 31.0 to 64.0 where the org allows it; from 65.0 on the operation does not exist
(help 005132110). Retired versions answer 500 ``UNSUPPORTED_API_VERSION`` (help 000354473). Shapes:
SOAP API guide, login(), logout() and getUserInfo(). Faults carry code and message once more in
their detail, where clients look for them.
"""

import re
from collections.abc import Callable
from xml.sax.saxutils import escape

from aiohttp import web

from console.simulator.metadata.soap_envelope import (
    ENVELOPE,
    SCHEMA_INSTANCE,
    SoapFault,
    SoapRequest,
    envelope,
    read_envelope,
    written,
)
from console.simulator.oauth.clients import desk_of
from console.simulator.oauth.errors import TokenRefused
from console.simulator.oauth.tokens import Grant
from console.simulator.org.app_secrets import password_of, security_token_of
from console.simulator.org.story import SimUser
from console.simulator.web.wire import WIRE, Wire
from console.simulator.world import LoginAttempt

LAST_VERSION = 64
"""login() does not exist in later versions."""

_VERSION = re.compile(r"(\d{1,3})(?:\.0)?")
_NAMESPACES = {"u": "urn:partner.soap.sforce.com", "c": "urn:enterprise.soap.sforce.com"}
_FAULTS = {"u": "urn:fault.partner.soap.sforce.com", "c": "urn:fault.enterprise.soap.sforce.com"}
_LOGIN_TYPE = "Other Apex API"
_REFUSED = "Invalid username, password, security token; or user locked out."
_ILLEGAL_SESSION = (
    "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing"
    " session hash"
)


def add_soap_login_routes(router: web.UrlDispatcher) -> None:
    """Serve the partner and the enterprise endpoint, with or without the org's id behind it."""
    for kind in _NAMESPACES:
        router.add_post(f"/services/Soap/{{kind:{kind}}}/{{version}}", soap)
        router.add_post(f"/services/Soap/{{kind:{kind}}}/{{version}}/{{rest:.*}}", soap)


async def soap(request: web.Request) -> web.Response:
    """login, logout and getUserInfo; every other operation is refused as unknown."""
    kind = request.match_info["kind"]
    try:
        version = _version(request.app[WIRE], request.match_info["version"])
        asked = read_envelope(await request.read())
        name = asked.operation.name
        answer = _OPERATIONS.get(name)
        if answer is None or (name == "login" and version > LAST_VERSION):
            operation = f"{{{asked.operation.namespace}}}{name}"
            raise SoapFault("INVALID_OPERATION", f"No operation available for request {operation}")
        result = answer(request, asked, version)
    except SoapFault as fault:
        return _xml(_fault_text(kind, fault), 500)
    text = f"<{name}Response>{written('result', result)}</{name}Response>"
    return _xml(envelope(text, _NAMESPACES[kind]), 200)


Result = dict[str, object] | None


def _login(request: web.Request, asked: SoapRequest, version: int) -> Result:
    wire = request.app[WIRE]
    username = asked.operation.text_of("username")
    if not wire.options.oauth.soap_login:
        raise SoapFault("INVALID_OPERATION", "SOAP API login() is disabled in this org.")
    try:
        user = _checked(wire, username, asked.operation.text_of("password"), request.remote or "")
    except TokenRefused as refused:
        _note(request, username, refused.login_status)
        is_rate = refused.login_status == "Login rate exceeded"
        raise SoapFault("LOGIN_RATE_EXCEEDED" if is_rate else "INVALID_LOGIN", _REFUSED) from None
    now = wire.world.now()
    timeout = wire.options.oauth.session_timeout
    grant = wire.tokens.add(Grant("", user, None, now, now, timeout=timeout))
    _note(request, username, "Success")
    here, org_id = f"{wire.instance_url}/services/Soap", wire.world.facts.org_id
    return {
        "metadataServerUrl": f"{here}/m/{version}.0/{org_id}",
        "passwordExpired": False,
        "sandbox": False,
        "serverUrl": f"{here}/{request.match_info['kind']}/{version}.0/{org_id}",
        "sessionId": grant.token,
        "userId": user.user_id,
        "userInfo": _user_info(wire, user),
    }


def _checked(wire: Wire, username: str, password: str, address: str) -> SimUser:
    """The user, if the password is right, alone or with the security token behind it."""
    desk = desk_of(wire)
    desk.check_org()
    user = desk.user(username, wire.server_time(), address)
    wanted = password_of(user)
    if password not in (wanted, wanted + security_token_of(user)):
        raise TokenRefused("invalid_grant", _REFUSED, "Invalid password")
    if not wire.world.access.may_call_api(user):
        raise SoapFault("API_DISABLED_FOR_ORG", "API is not enabled for this Organization")
    return user


def _note(request: web.Request, username: str, status: str) -> None:
    world = request.app[WIRE].world
    world.add_login(
        LoginAttempt(
            at=world.now(),
            username=username,
            app_name="N/A",
            source_ip=request.remote or "",
            status_text=status,
            login_type=_LOGIN_TYPE,
            user_agent=request.headers.get("User-Agent", ""),
        )
    )


def _logout(request: web.Request, asked: SoapRequest, version: int) -> Result:
    request.app[WIRE].tokens.revoke(_session(request, asked).token)
    return None


def _get_user_info(request: web.Request, asked: SoapRequest, version: int) -> Result:
    return _user_info(request.app[WIRE], _session(request, asked).user)


def _user_info(wire: Wire, user: SimUser) -> dict[str, object]:
    facts = wire.world.facts
    return {
        "accessibilityMode": False,
        "organizationId": facts.org_id,
        "organizationMultiCurrency": False,
        "organizationName": facts.name,
        "sessionSecondsValid": int(wire.options.oauth.session_timeout.total_seconds()),
        "userEmail": user.email,
        "userFullName": user.name,
        "userId": user.user_id,
        "userLanguage": "en_US",
        "userLocale": "en_GB",
        "userName": user.username,
        "userTimeZone": "GMT",
        "userType": user.user_type,
        "userUiSkin": "Theme3",
    }


def _session(request: web.Request, asked: SoapRequest) -> Grant:
    """The session of the SOAP header; JWT-based access tokens are not taken."""
    wire = request.app[WIRE]
    grant = wire.tokens.find(asked.session_id, wire.world.now())
    if grant is None or grant.form == "jwt":
        raise SoapFault("INVALID_SESSION_ID", _ILLEGAL_SESSION)
    wire.tokens.use(grant, wire.world.now())
    return grant


_OPERATIONS: dict[str, Callable[[web.Request, SoapRequest, int], Result]] = {
    "login": _login,
    "logout": _logout,
    "getUserInfo": _get_user_info,
}


def _version(wire: Wire, text: str) -> int:
    match = _VERSION.fullmatch(text)
    number = 0 if match is None else int(match.group(1))
    if not wire.versions.oldest <= number <= wire.versions.newest:
        raise SoapFault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    return number


def _fault_text(kind: str, fault: SoapFault) -> str:
    name = "LoginFault" if fault.code == "INVALID_LOGIN" else "UnexpectedErrorFault"
    code, message = escape(fault.code), escape(fault.message)
    prefix = "sf" if fault.code.isupper() else "soapenv"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}" xmlns:sf="{_FAULTS[kind]}"'
        f' xmlns:xsi="{SCHEMA_INSTANCE}"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>{prefix}:{code}</faultcode><faultstring>{code}: {message}</faultstring>"
        f'<detail><sf:{name} xsi:type="sf:{name}"><sf:exceptionCode>{code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{message}</sf:exceptionMessage></sf:{name}></detail>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )


def _xml(text: str, status: int) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/xml", charset="UTF-8")
