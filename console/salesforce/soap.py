"""Envelopes of the SOAP APIs, and what comes back in them.

Forms as in the metadata API guide ("listMetadata()") and as jsforce and CumulusCI speak them. The
token travels in the envelope's session header; tokens in JWT format are refused there.
"""

from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from console.salesforce.exchange import Answer, unexpected
from console.salesforce.values import Record
from console.secrets import Secret

METADATA_NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
HEADERS = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}

_ENVELOPE_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"


def envelope(body: str, token: Secret) -> bytes:
    """The request around ``body``, which is XML with the prefix ``m`` for metadata."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{_ENVELOPE_NAMESPACE}" xmlns:m="{METADATA_NAMESPACE}">'
        f"<soapenv:Header><m:SessionHeader><m:sessionId>{escape(token.reveal())}</m:sessionId>"
        "</m:SessionHeader><m:CallOptions><m:client>orgwatch</m:client></m:CallOptions>"
        f"</soapenv:Header><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    ).encode()


def fault_of(answer: Answer) -> tuple[str, str] | None:
    """``faultcode`` and ``faultstring`` of an answer; None when it is no SOAP fault."""
    root = _parsed(answer.body)
    fault = None if root is None else root.find(f".//{{{_ENVELOPE_NAMESPACE}}}Fault")
    if fault is None:
        return None
    # Unqualified by the SOAP standard; some answers put their default namespace on them.
    words = {child.tag.rpartition("}")[2]: child.text or "" for child in fault}
    return words.get("faultcode", ""), words.get("faultstring", "")


def results(answer: Answer, operation: str) -> list[Record]:
    """The ``result`` elements of an operation's response, as `record_of` reads them.

    `UnreadableAnswer` when it is another document.
    """
    root = _parsed(answer.body)
    response = (
        None if root is None else root.find(f".//{{{METADATA_NAMESPACE}}}{operation}Response")
    )
    if response is None:
        raise unexpected(operation, f"{operation}Response")
    found = response.iterfind(f"{{{METADATA_NAMESPACE}}}result")
    try:
        return [record for record in map(record_of, found) if isinstance(record, dict)]
    except RecursionError:
        too_deep = unexpected(operation, "results of a few levels")
    raise too_deep


def record_of(element: ET.Element) -> object:
    """An element as JSON would have it: text, or an object; children that repeat are a list.

    ``true`` and ``false`` are truth values, as XML Schema writes them.
    """
    if not len(element):
        text = (element.text or "").strip()
        return {"true": True, "false": False}.get(text, text or None)
    record: Record = {}
    for child in element:
        name, value = child.tag.rpartition("}")[2], record_of(child)
        if name not in record:
            record[name] = value
        elif isinstance(already := record[name], list):
            already.append(value)
        else:
            record[name] = [already, value]
    return record


def _parsed(body: bytes) -> ET.Element | None:
    """The document's root; None for what is no XML, or XML with a type of its own.

    No answer of Salesforce declares a document type, and one that does could define entities; in
    UTF-16, which Salesforce does not answer in, the declaration would not be seen.
    """
    if b"<!DOCTYPE" in body or b"\0" in body:
        return None
    try:
        return ET.fromstring(body)  # noqa: S314 - bounded in size, no document type
    except ET.ParseError:
        return None
