"""The Metadata API over SOAP: describeMetadata, listMetadata and readMetadata.

``POST /services/Soap/m/<version>``, with or without the org's id behind it. Limits and permissions:
metadata API guide (three queries a list, ten names a read). Access tokens in JWT format are
refused like unknown sessions. Texts of refusals are published nowhere but for the session's.
"""

import secrets
from collections.abc import Callable, Sequence

from aiohttp import web

from console.simulator.life.client_acts import ApiRequest
from console.simulator.metadata.components import (
    AUTHOR,
    Component,
    MetadataSources,
    components_of,
)
from console.simulator.metadata.soap_envelope import (
    Node,
    SoapFault,
    SoapRequest,
    envelope,
    fault_envelope,
    read_envelope,
    written,
    written_all,
)
from console.simulator.metadata.types import BY_NAME, SETTINGS_SUFFIX, TYPES, MetadataType
from console.simulator.oauth.tokens import Grant
from console.simulator.org.app_certificates import AppCertificates
from console.simulator.rest.call import RestRefused, check_pool
from console.simulator.web.wire import WIRE, Wire

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
MOST_QUERIES = 3
"""Queries in one listMetadata call."""
MOST_NAMES = 10
"""Full names in one readMetadata call."""

METADATA: web.AppKey[MetadataSources] = web.AppKey("metadata", MetadataSources)
_ILLEGAL_SESSION = (
    "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing"
    " session hash"
)
_NO_PERMISSION = (
    "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions"
)


def metadata_sources(wire: Wire) -> MetadataSources:
    """What the components of ``wire``'s org are made from, at the moment of its opening."""
    opened = wire.world.now()
    certificates = AppCertificates(wire.app_keys, opened)
    return MetadataSources(wire.world, certificates, opened, wire.options.oauth.session_timeout)


def add_metadata_routes(router: web.UrlDispatcher) -> None:
    """Serve the endpoint, with or without the org's id behind the version."""
    for path in ("/services/Soap/m/{version}", "/services/Soap/m/{version}/{rest:.*}"):
        router.add_post(path, metadata)


async def metadata(request: web.Request) -> web.Response:
    """Answer one SOAP request; every refusal is a fault with status 500."""
    asked: SoapRequest | None = None
    grant: Grant | None = None
    try:
        version = _version(request)
        if "SOAPAction" not in request.headers:
            raise SoapFault("Client", "SOAPAction HTTP header missing")
        asked = read_envelope(await request.read())
        grant = _grant(request.app[WIRE], asked)
        _check(request.app[WIRE], grant)
        inner = _answer(request, asked, version)
    except SoapFault as fault:
        response = _xml(fault_envelope(fault, NAMESPACE), 500)
    else:
        name = asked.operation.name
        response = _xml(envelope(f"<{name}Response>{inner}</{name}Response>", NAMESPACE), 200)
    if asked is not None and grant is not None:
        _record(request, response, asked, grant)
    return response


def _version(request: web.Request) -> int:
    rules = request.app[WIRE].versions
    whole, _, fraction = request.match_info["version"].partition(".")
    number = int(whole) if whole.isdecimal() and len(whole) <= 3 and fraction in ("", "0") else 0
    if not rules.oldest <= number <= rules.newest:
        raise SoapFault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    return number


def _grant(wire: Wire, asked: SoapRequest) -> Grant:
    grant = wire.tokens.find(asked.session_id, wire.world.now())
    if grant is None or grant.form == "jwt":
        raise SoapFault("INVALID_SESSION_ID", _ILLEGAL_SESSION)
    return grant


def _check(wire: Wire, grant: Grant) -> None:
    """Raise SoapFault for a user who may not read metadata, and when the pool is used up."""
    access = wire.world.access
    if not access.may_call_api(grant.user):
        raise SoapFault("API_DISABLED_FOR_ORG", "API is not enabled for this Organization")
    try:
        check_pool(wire)
    except RestRefused as refused:
        raise SoapFault(refused.code, refused.message) from None
    wire.tokens.use(grant, wire.world.now())
    if not access.may_read_metadata(grant.user):
        raise SoapFault("INSUFFICIENT_ACCESS", _NO_PERMISSION)


def _answer(request: web.Request, asked: SoapRequest, version: int) -> str:
    operation = _OPERATIONS.get(asked.operation.name)
    if operation is None or asked.operation.namespace != NAMESPACE:
        name = f"{{{asked.operation.namespace}}}{asked.operation.name}"
        raise SoapFault("INVALID_OPERATION", f"No operation available for request {name}")
    return operation(request, asked.operation, version)


def _describe(request: web.Request, operation: Node, version: int) -> str:
    del request
    as_of = _as_of(operation, version)
    objects = [
        {
            "directoryName": each.directory,
            "inFolder": False,
            "metaFile": each.meta_file,
            "suffix": each.suffix,
            "xmlName": each.name,
        }
        for each in TYPES
        if each.since <= as_of
    ]
    result = {
        "metadataObjects": objects,
        "organizationNamespace": "",
        "partialSaveAllowed": False,
        "testRequired": True,
    }
    return written("result", result)


def _list(request: web.Request, operation: Node, version: int) -> str:
    queries = [node for node in operation.children if node.name == "queries"]
    if len(queries) > MOST_QUERIES:
        raise SoapFault(
            "EXCEEDED_ID_LIMIT", f"listMetadata takes at most {MOST_QUERIES} queries in a call"
        )
    as_of = _as_of(operation, version)
    kinds = [_known_type(query.text_of("type"), as_of) for query in queries]
    listed = [
        _file_properties(kind, component)
        for kind in kinds
        for component in components_of(request.app[METADATA], kind.name, as_of)
    ]
    return written("result", listed)


def _read(request: web.Request, operation: Node, version: int) -> str:
    names = operation.texts("fullNames")
    if len(names) > MOST_NAMES:
        raise SoapFault(
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {MOST_NAMES} records in this call",
        )
    wanted = operation.text_of("type")
    found = _known_type(wanted, version)
    components = components_of(request.app[METADATA], found.name, version)
    if found.name == SETTINGS_SUFFIX and wanted.lower() != SETTINGS_SUFFIX.lower():
        components = [each for each in components if each.type.lower() == wanted.lower()]
    by_name = {each.full_name.lower(): each for each in components}
    return f"<result>{''.join(_record_of(by_name.get(name.lower())) for name in names)}</result>"


def _record_of(component: Component | None) -> str:
    """One record; an empty one for a name that nobody has or that cannot be read."""
    if component is None or component.values is None:
        return '<records xsi:nil="true"/>'
    values = {"fullName": component.full_name, **component.values()}
    return f'<records xsi:type="{component.type}">{written_all(values)}</records>'


def _file_properties(found: MetadataType, component: Component) -> dict[str, object]:
    is_installed = component.namespace is not None
    return {
        "createdById": AUTHOR.user_id,
        "createdByName": AUTHOR.name,
        "createdDate": component.created_at,
        "fileName": f"{found.directory}/{component.full_name}.{found.suffix}",
        "fullName": component.full_name,
        "id": component.record_id,
        "lastModifiedById": AUTHOR.user_id,
        "lastModifiedByName": AUTHOR.name,
        "lastModifiedDate": component.created_at,
        "manageableState": "installed" if is_installed else "unmanaged",
        "namespacePrefix": component.namespace,
        "type": found.name,
    }


def _known_type(name: str, version: int) -> MetadataType:
    """The type of that name, single settings being of type Settings; faults without one."""
    found = BY_NAME.get(name.lower())
    if found is None and name.lower().endswith(SETTINGS_SUFFIX.lower()):
        found = BY_NAME[SETTINGS_SUFFIX.lower()]
    if found is None or found.since > version:
        raise SoapFault("INVALID_TYPE", f"Unknown type: {name}")
    return found


def _as_of(operation: Node, version: int) -> int:
    """The version of ``asOfVersion``; that of the address where it says nothing useful."""
    whole = operation.text_of("asOfVersion").partition(".")[0]
    return int(whole) if whole.isdecimal() and len(whole) <= 3 and int(whole) else version


_OPERATIONS: dict[str, Callable[[web.Request, Node, int], str]] = {
    "describeMetadata": _describe,
    "listMetadata": _list,
    "readMetadata": _read,
}
OPERATIONS: Sequence[str] = tuple(_OPERATIONS)
"""What is answered; every other operation of the Metadata API is refused."""


def _xml(text: str, status: int) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/xml", charset="UTF-8")


def _record(request: web.Request, response: web.Response, asked: SoapRequest, grant: Grant) -> None:
    """The call as the org's logs tell of it; it counts like any other."""
    world = request.app[WIRE].world
    version = request.match_info["version"].partition(".")[0]
    world.add_request(
        ApiRequest(
            at=world.now(),
            user_id=grant.user.user_id,
            username=grant.user.username,
            app=grant.app,
            client_ip=request.remote or "",
            method=request.method,
            resource=asked.operation.name,
            api_family="SOAP",
            api_version=f"{version}.0",
            client_name=asked.client,
            status=response.status,
            counted=True,
            entity="",
            request_id=secrets.token_hex(16),
            user_agent=request.headers.get("User-Agent", ""),
        )
    )
