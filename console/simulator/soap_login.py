"""SOAP ``login()``: a session for a user name and a password, at ``/services/Soap/u`` and ``/c``.

It answers in API 31.0 to 64.0 where the org allows it; from 65.0 on the operation does not exist
(help 005132110). Retired versions answer 500 ``UNSUPPORTED_API_VERSION`` (help 000354473). Shapes:
SOAP API guide, login(); the text of a wrong password is captured, that of the others is not.
"""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.sax.saxutils import escape

from aiohttp import web

from console.simulator.app_secrets import password_of, security_token_of
from console.simulator.oauth_clients import desk_of
from console.simulator.oauth_errors import TokenRefused
from console.simulator.story import SimUser
from console.simulator.tokens import Grant
from console.simulator.wire import WIRE, Wire
from console.simulator.world import LoginAttempt

LAST_VERSION = 64
"""login() does not exist in later versions."""
MOST_BODY_BYTES = 100_000

_VERSION = re.compile(r"(\d{1,3})(?:\.0)?")
_NAMESPACES = {"u": "urn:partner.soap.sforce.com", "c": "urn:enterprise.soap.sforce.com"}
_FAULTS = {"u": "urn:fault.partner.soap.sforce.com", "c": "urn:fault.enterprise.soap.sforce.com"}
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_LOGIN_TYPE = "Other Apex API"
_REFUSED = "Invalid username, password, security token; or user locked out."


class SoapFault(Exception):
    """A refusal of the SOAP API: HTTP 500 and a fault with an exception code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


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
        operation = _operation(await request.read())
        name = operation.tag.rpartition("}")[2]
        answer = _OPERATIONS.get(name)
        if answer is None or (name == "login" and version > LAST_VERSION):
            raise SoapFault(
                "INVALID_OPERATION", f"No operation available for request {operation.tag}"
            )
        inner = answer(request, operation, version)
    except SoapFault as fault:
        return _fault(kind, fault)
    text = f"<{name}Response>{inner}</{name}Response>"
    return _envelope(text, _NAMESPACES[kind], 200)


def _login(request: web.Request, operation: Element, version: int) -> str:
    wire = request.app[WIRE]
    username, password = _text(operation, "username"), _text(operation, "password")
    if not wire.options.oauth.soap_login:
        raise SoapFault("INVALID_OPERATION", "SOAP API login() is disabled in this org.")
    try:
        user = _checked(wire, username, password, request.remote or "")
    except TokenRefused as refused:
        _note(request, username, refused.login_status)
        code = {"login rate exceeded": "LOGIN_RATE_EXCEEDED"}.get(
            refused.description, "INVALID_LOGIN"
        )
        raise SoapFault(code, _REFUSED) from None
    now = wire.world.now()
    timeout = wire.options.oauth.session_timeout
    grant = wire.tokens.add(Grant("", user, None, now, now, timeout=timeout))
    _note(request, username, "Success")
    here = f"{wire.instance_url}/services/Soap"
    org = wire.world.facts.org_id
    kind = request.match_info["kind"]
    return "<result>" + "".join(
        (
            _element("metadataServerUrl", f"{here}/m/{version}.0/{org}"),
            _element("passwordExpired", "false"),
            _element("sandbox", "false"),
            _element("serverUrl", f"{here}/{kind}/{version}.0/{org}"),
            _element("sessionId", grant.token),
            _element("userId", user.user_id),
            f"<userInfo>{_user_info(wire, user)}</userInfo>",
            "</result>",
        )
    )


def _checked(wire: Wire, username: str, password: str, address: str) -> SimUser:
    desk = desk_of(wire)
    desk.check_org()
    user = desk.user(username, wire.server_time(), address)
    wanted = password_of(user)
    if password not in (wanted, wanted + security_token_of(user)):
        raise TokenRefused("invalid_grant", _REFUSED, "Invalid password")
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


def _logout(request: web.Request, operation: Element, version: int) -> str:
    request.app[WIRE].tokens.revoke(_session(request, operation).token)
    return ""


def _get_user_info(request: web.Request, operation: Element, version: int) -> str:
    user = _session(request, operation).user
    return f"<result>{_user_info(request.app[WIRE], user)}</result>"


def _user_info(wire: Wire, user: SimUser) -> str:
    facts = wire.world.facts
    values = {
        "accessibilityMode": "false",
        "organizationId": facts.org_id,
        "organizationMultiCurrency": "false",
        "organizationName": facts.name,
        "sessionSecondsValid": str(int(wire.options.oauth.session_timeout.total_seconds())),
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
    return "".join(_element(name, value) for name, value in values.items())


def _session(request: web.Request, operation: Element) -> Grant:
    """The session of the SOAP header; JWT-based access tokens are not taken."""
    wire = request.app[WIRE]
    grant = wire.tokens.find(operation.get(_SESSION, ""), wire.world.now())
    if grant is None or grant.form == "jwt":
        raise SoapFault(
            "INVALID_SESSION_ID",
            "Invalid Session ID found in SessionHeader: Illegal Session. Session not found",
        )
    wire.tokens.use(grant, wire.world.now())
    return grant


_SESSION = "session id of the envelope"
_OPERATIONS: dict[str, Callable[[web.Request, Element, int], str]] = {
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


def _operation(body: bytes) -> Element:
    """The first element of the envelope's body; it carries the header's session id.

    A document type is refused, so that no entity is ever expanded.
    """
    try:
        text = body.decode() if len(body) <= MOST_BODY_BYTES else ""
        if not text or "<!" in text.replace("<!--", ""):
            raise SoapFault("INVALID_XML", "the request is not a SOAP envelope")
        envelope = fromstring(text)  # noqa: S314 - no document type gets this far
    except (UnicodeDecodeError, ParseError):
        raise SoapFault("INVALID_XML", "the request is not readable XML") from None
    found = envelope.find(f"{{{_ENVELOPE}}}Body")
    if found is None or len(found) == 0:
        raise SoapFault("INVALID_XML", "the request has no SOAP body")
    operation = found[0]
    for element in envelope.iter():
        if element.tag.endswith("}sessionId"):
            operation.set(_SESSION, (element.text or "").strip())
    return operation


def _text(operation: Element, name: str) -> str:
    for element in operation:
        if element.tag.rpartition("}")[2] == name:
            return (element.text or "").strip()
    return ""


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _fault(kind: str, fault: SoapFault) -> web.Response:
    detail = (
        f'<sf:UnexpectedErrorFault xsi:type="sf:UnexpectedErrorFault">'
        f"<sf:exceptionCode>{escape(fault.code)}</sf:exceptionCode>"
        f"<sf:exceptionMessage>{escape(fault.message)}</sf:exceptionMessage>"
        "</sf:UnexpectedErrorFault>"
    )
    if fault.code == "INVALID_LOGIN":
        detail = detail.replace("UnexpectedErrorFault", "LoginFault")
    text = (
        f"<soapenv:Fault><faultcode>sf:{escape(fault.code)}</faultcode>"
        f"<faultstring>{escape(fault.code)}: {escape(fault.message)}</faultstring>"
        f"<detail>{detail}</detail></soapenv:Fault>"
    )
    return _envelope(text, None, 500, f' xmlns:sf="{_FAULTS[kind]}"')


def _envelope(inner: str, default: str | None, status: int, more: str = "") -> web.Response:
    own = "" if default is None else f' xmlns="{default}"'
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{_ENVELOPE}"{own}{more}'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>"
    )
    return web.Response(text=text, status=status, content_type="text/xml", charset="UTF-8")
