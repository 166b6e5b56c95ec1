"""SOAP 1.1 envelopes read and written, for what comes from strangers.

Reading takes no document type, no entity, no processing instruction and no document beyond a size
and a depth; anything else that XML allows is fine, whatever its prefixes.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
MOST_BODY_BYTES = 1_000_000
MOST_DEPTH = 32

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold."""


class SoapFault(Exception):
    """A refusal: HTTP 500 with ``<faultcode>`` and ``<faultstring>``.

    ``code`` is Salesforce's exception code without its prefix, or ``Client`` for what SOAP itself
    refuses.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(slots=True)
class Node:
    """An element: its local name, its text without the blanks around it, its child elements."""

    name: str
    namespace: str = ""
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def child(self, name: str) -> "Node | None":
        """The first child of that name."""
        return next((node for node in self.children if node.name == name), None)

    def texts(self, name: str) -> list[str]:
        """The texts of all children of that name."""
        return [node.text for node in self.children if node.name == name]

    def text_of(self, name: str) -> str:
        """The text of the first child of that name; empty without one."""
        node = self.child(name)
        return "" if node is None else node.text


@dataclass(frozen=True, slots=True)
class SoapRequest:
    """What an envelope asks for."""

    operation: Node
    session_id: str
    """Of the SessionHeader; empty without one."""
    client: str
    """Of the CallOptions header; empty without one."""


def read_envelope(body: bytes) -> SoapRequest:
    """The request in ``body``; raises SoapFault for what is no envelope."""
    root = _parse(body)
    if root.name != "Envelope" or root.namespace != ENVELOPE:
        raise SoapFault("VersionMismatch", "the request is not a SOAP 1.1 envelope")
    found = root.child("Body")
    if found is None or not found.children:
        raise SoapFault("Client", "the SOAP body is empty")
    header = root.child("Header") or Node("Header")
    session = header.child("SessionHeader") or Node("SessionHeader")
    options = header.child("CallOptions") or Node("CallOptions")
    return SoapRequest(found.children[0], session.text_of("sessionId"), options.text_of("client"))


def _parse(body: bytes) -> Node:
    if len(body) > MOST_BODY_BYTES:
        raise SoapFault("Client", "the request is too large")
    holder = Node("")
    open_nodes = [holder]
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def begin(tag: str, _attributes: object) -> None:
        if len(open_nodes) > MOST_DEPTH:
            raise SoapFault("Client", "the request is nested too deeply")
        namespace, _, name = tag.rpartition(" ")
        node = Node(name, namespace)
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_tag: str) -> None:
        node = open_nodes.pop()
        node.text = node.text.strip()

    def text(data: str) -> None:
        open_nodes[-1].text += data

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuser("a document type")
    parser.EntityDeclHandler = _refuser("an entity")
    parser.ProcessingInstructionHandler = _refuser("a processing instruction")
    try:
        parser.Parse(body, True)
    except (ExpatError, LookupError, ValueError) as error:  # the latter: encodings nobody reads
        raise SoapFault("Client", f"the request is no XML: {error}") from None
    return holder.children[0]


def _refuser(what: str) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise SoapFault("Client", f"the request holds {what}")

    return refuse


def written(name: str, value: object) -> str:
    """``value`` as elements called ``name``: one for each item of a list, none for None."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return f"<{name}>{written_all(value)}</{name}>"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(written(name, item) for item in value)
    return f"<{name}>{escape(_NOT_XML.sub('�', _text(value)))}</{name}>"


def written_all(values: Mapping[str, object]) -> str:
    """The elements of a mapping, one after the other."""
    return "".join(written(name, value) for name, value in values.items())


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"
    return value.isoformat() if isinstance(value, date) else str(value)


def envelope(inner: str, namespace: str) -> str:
    """A whole document around the body ``inner``, whose own elements are of ``namespace``."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}" xmlns="{namespace}"'
        f' xmlns:xsi="{SCHEMA_INSTANCE}"><soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>'
    )


def fault_envelope(fault: SoapFault, namespace: str) -> str:
    """The document of a refusal: codes of Salesforce's own carry the prefix ``sf``."""
    is_own = fault.code.isupper()
    code = f"sf:{fault.code}" if is_own else f"soapenv:{fault.code}"
    message = f"{fault.code}: {fault.message}" if is_own else fault.message
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}" xmlns:sf="{namespace}">'
        f"<soapenv:Body><soapenv:Fault><faultcode>{code}</faultcode>"
        f"<faultstring>{escape(_NOT_XML.sub('�', message))}</faultstring>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )
