"""SOAP envelopes from strangers: read or refused with a fault, never anything else."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from console.simulator.metadata.soap_envelope import (
    ENVELOPE,
    MOST_BODY_BYTES,
    MOST_DEPTH,
    SoapFault,
    envelope,
    fault_envelope,
    read_envelope,
    written,
)

OWN = "http://soap.sforce.com/2006/04/metadata"


def wrapped(body: str, header: str = "", prefix: str = "s") -> bytes:
    return (
        f'<{prefix}:Envelope xmlns:{prefix}="{ENVELOPE}" xmlns:m="{OWN}">'
        f"{header}<{prefix}:Body>{body}</{prefix}:Body></{prefix}:Envelope>"
    ).encode()


def test_operation_session_and_client_are_found_under_any_prefix() -> None:
    header = (
        "<env:Header><m:SessionHeader><m:sessionId> 00D!x </m:sessionId></m:SessionHeader>"
        "<m:CallOptions><m:client>mine</m:client></m:CallOptions></env:Header>"
    )
    body = "<m:readMetadata><m:type>A</m:type><m:fullNames>b</m:fullNames></m:readMetadata>"
    asked = read_envelope(wrapped(body, header, "env"))
    assert (asked.operation.name, asked.operation.namespace) == ("readMetadata", OWN)
    assert (asked.session_id, asked.client) == ("00D!x", "mine")
    assert asked.operation.texts("fullNames") == ["b"]


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x>&b;</x></s:Body>'
    b"</s:Envelope>"
)
OUTSIDE = (
    b'<!DOCTYPE x SYSTEM "file:///etc/hostname">'
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x/></s:Body>'
    b"</s:Envelope>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<a/>",
        b'{"json": true}',
        wrapped(""),
        wrapped("<m:x>")[:-3],
        wrapped("<x><?php echo 1 ?></x>"),
        wrapped("<x/>").replace(ENVELOPE.encode(), b"http://www.w3.org/2003/05/soap-envelope"),
        wrapped("<a>" * (MOST_DEPTH + 1) + "</a>" * (MOST_DEPTH + 1)),
        wrapped(f"<x>{'y' * MOST_BODY_BYTES}</x>"),
        BOMB,
        OUTSIDE,
        b"<?xml version='1.0' encoding='utf-7'?><x/>",
        b"<?xml version='1.0' encoding='nowhere'?><x/>",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_plain_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(SoapFault) as refused:
        read_envelope(body)
    assert not refused.value.code.isupper()


@given(st.binary(max_size=300))
@example(wrapped("<x/>"))
@settings(max_examples=60)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        asked = read_envelope(body)
    except SoapFault:
        return
    assert asked.operation.name


@given(st.text(max_size=60))
@example("]]></fullName><x>&amp;\x00\ud800")
@settings(max_examples=60)
def test_any_text_comes_back_as_it_was_but_for_what_xml_cannot_hold(text: str) -> None:
    document = envelope(f"<r>{written('name', text)}</r>", OWN).encode()
    read = read_envelope(document).operation.text_of("name")
    allowed = "".join(
        char if char in "\t\n\r" or (char >= " " and not "\ud800" <= char <= "\udfff") else "�"
        for char in text
    )
    allowed = "".join("�" if char in "\ufffe\uffff" else char for char in allowed)
    assert read == allowed.replace("\r\n", "\n").replace("\r", "\n").strip()


def test_values_are_written_as_the_schema_wants_them() -> None:
    moment = datetime(2026, 3, 1, 4, 5, 6, 7000, tzinfo=UTC)
    assert written("a", True) == "<a>true</a>"
    assert written("a", None) == ""
    assert written("a", []) == ""
    assert written("a", ["x", "y"]) == "<a>x</a><a>y</a>"
    assert written("a", {"b": 1, "c": None}) == "<a><b>1</b></a>"
    assert written("a", moment) == "<a>2026-03-01T04:05:06.007Z</a>"
    assert written("a", date(2026, 3, 1)) == "<a>2026-03-01</a>"


def test_faults_carry_their_code_twice_and_hostile_texts_escaped() -> None:
    own = fault_envelope(SoapFault("INVALID_TYPE", "Unknown type: <b>"), OWN)
    assert "<faultcode>sf:INVALID_TYPE</faultcode>" in own
    assert "<faultstring>INVALID_TYPE: Unknown type: &lt;b&gt;</faultstring>" in own
    assert f'xmlns:sf="{OWN}"' in own
    assert "<faultcode>soapenv:Client</faultcode>" in fault_envelope(SoapFault("Client", "x"), OWN)
