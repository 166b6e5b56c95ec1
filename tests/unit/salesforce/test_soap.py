"""SOAP answers as plain records; odd documents are said to be odd."""

from xml.sax.saxutils import escape

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import UnreadableAnswer
from console.salesforce import soap
from console.salesforce.exchange import Answer
from console.secrets import Secret

HEAD = (
    '<?xml version="1.0"?><soapenv:Envelope '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="http://soap.sforce.com/2006/04/metadata"><soapenv:Body>'
)
TAIL = "</soapenv:Body></soapenv:Envelope>"


def answer(body: str) -> Answer:
    return Answer(200, httpx.Headers(), f"{HEAD}{body}{TAIL}".encode(), "http://localhost")


def test_children_that_repeat_become_a_list_and_truth_is_truth() -> None:
    (record,) = soap.results(
        answer(
            "<readMetadataResponse><result><fullName>A</fullName><scopes>Api</scopes>"
            "<scopes>Web</scopes><scopes>Full</scopes><isPkceRequired>true</isPkceRequired>"
            "<empty/><oauthConfig><isAdminApproved>false</isAdminApproved></oauthConfig></result>"
            "</readMetadataResponse>"
        ),
        "readMetadata",
    )
    assert record == {
        "fullName": "A",
        "scopes": ["Api", "Web", "Full"],
        "isPkceRequired": True,
        "empty": None,
        "oauthConfig": {"isAdminApproved": False},
    }


def test_an_empty_response_has_no_results() -> None:
    assert soap.results(answer("<listMetadataResponse/>"), "listMetadata") == []


@pytest.mark.parametrize(
    "body",
    [
        "<otherResponse/>",
        "",
        "<listMetadataResponse>",
        "<soapenv:Fault><faultcode>sf:X</faultcode></soapenv:Fault>",
    ],
)
def test_another_document_is_not_taken_for_an_empty_list(body: str) -> None:
    with pytest.raises(UnreadableAnswer):
        soap.results(answer(body), "listMetadata")


def test_a_document_type_is_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with pytest.raises(UnreadableAnswer):
        soap.results(Answer(200, httpx.Headers(), bomb, "http://localhost"), "listMetadata")


def test_a_fault_has_its_code_and_words() -> None:
    body = (
        "<soapenv:Fault><faultcode>sf:INVALID_TYPE</faultcode>"
        "<faultstring>no such type</faultstring></soapenv:Fault>"
    )
    assert soap.fault_of(answer(body)) == ("sf:INVALID_TYPE", "no such type")
    assert soap.fault_of(answer("<listMetadataResponse/>")) is None


def test_the_token_is_escaped_into_the_envelope() -> None:
    sent = soap.envelope("<m:describeMetadata/>", Secret("00D!a<b&c"))
    assert b"<m:sessionId>00D!a&lt;b&amp;c</m:sessionId>" in sent


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=40))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    body = f"<listMetadataResponse><result><x>{escape(text)}</x></result></listMetadataResponse>"
    found = soap.results(answer(body), "listMetadata")
    expected = {"true": True, "false": False}.get(text.strip(), text.strip() or None)
    assert found == [{"x": expected}]


def test_results_nested_without_end_are_odd_and_no_crash() -> None:
    deep = "<a>" * 5_000 + "</a>" * 5_000
    with pytest.raises(UnreadableAnswer):
        soap.results(
            answer(f"<listMetadataResponse><result>{deep}</result></listMetadataResponse>"),
            "listMetadata",
        )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_that_declares_entities_is_not_read(encoding: str) -> None:
    document = (
        '<!DOCTYPE x [<!ENTITY a "found">]><e:Envelope '
        'xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
        "<e:Body><e:Fault><faultcode>&a;</faultcode></e:Fault></e:Body></e:Envelope>"
    )
    body = document.encode(encoding)
    assert soap.fault_of(Answer(500, httpx.Headers(), body, "http://localhost")) is None
