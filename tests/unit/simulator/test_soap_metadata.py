"""The Metadata API over SOAP: by other people's client with its own schema, and byte by byte."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
import pytest_asyncio
import requests
import simple_salesforce
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from simple_salesforce.metadata import SfdcMetadataApi
from zeep import Client, Settings
from zeep.exceptions import Fault

from console.simulator.org.permissions import Permission
from tests.unit.simulator.visitor import NOW, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
SCHEMA_VERSION = "63.0"
"""The schema that the client brings is of about this version."""


def token_of(member: Visitor) -> str:
    return member.http.headers["Authorization"].removeprefix("Bearer ")


def message(session: str, body: str) -> str:
    return (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"'
        f' xmlns:m="{NAMESPACE}"><env:Header><m:SessionHeader><m:sessionId>{session}</m:sessionId>'
        "</m:SessionHeader><m:CallOptions><m:client>probe</m:client></m:CallOptions></env:Header>"
        f"<env:Body>{body}</env:Body></env:Envelope>"
    )


async def ask(
    member: Visitor, body: str, *, version: str = "68.0", session: str | None = None
) -> httpx.Response:
    return await member.http.post(
        f"/services/Soap/m/{version}",
        content=message(token_of(member) if session is None else session, body),
        headers={"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'},
    )


def listing(*types: str, as_of: str = "68.0") -> str:
    queries = "".join(f"<m:queries><m:type>{name}</m:type></m:queries>" for name in types)
    return f"<m:listMetadata>{queries}<m:asOfVersion>{as_of}</m:asOfVersion></m:listMetadata>"


def reading(kind: str, *names: str) -> str:
    wanted = "".join(f"<m:fullNames>{name}</m:fullNames>" for name in names)
    return f"<m:readMetadata><m:type>{kind}</m:type>{wanted}</m:readMetadata>"


def fault_of(answer: httpx.Response) -> str:
    assert answer.status_code == 500, answer.text
    assert answer.headers["content-type"].startswith("text/xml")
    found = ET.fromstring(answer.text).find(".//faultcode")
    assert found is not None
    return str(found.text)


def records_of(answer: httpx.Response) -> list[ET.Element]:
    assert answer.status_code == 200, answer.text
    return ET.fromstring(answer.text).findall(f".//{{{NAMESPACE}}}records")


def text_in(record: ET.Element, path: str) -> str | None:
    return record.findtext("/".join(f"{{{NAMESPACE}}}{part}" for part in path.split("/")))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def schema() -> Client:
    """The schema that simple-salesforce brings, read once: it is large."""
    found = Path(str(simple_salesforce.__file__)).parent / "metadata.wsdl"
    return await asyncio.to_thread(
        Client, found.as_uri(), settings=Settings(strict=False, xsd_ignore_sequence_order=True)
    )


async def by_library(
    member: Visitor, schema: Client, monkeypatch: pytest.MonkeyPatch, work: Any
) -> Any:
    """Run ``work`` with simple-salesforce's metadata client, whose schema is read already."""
    monkeypatch.setattr("simple_salesforce.metadata.Client", lambda *_, **__: schema)
    address = f"{member.url}/services/Soap/m/{SCHEMA_VERSION}/"

    def asked() -> Any:
        with requests.Session() as session:
            api = SfdcMetadataApi(
                session, token_of(member), member.url, address, {}, SCHEMA_VERSION
            )
            return work(api)

    return await asyncio.to_thread(asked)


READ_BY_LIBRARY = {
    "ConnectedApp": "MuleSoft_ERP",
    "ExternalClientApplication": "orgwatch",
    "ExtlClntAppOauthSettings": "orgwatch_oauth",
    "ExtlClntAppOauthConfigurablePolicies": "Billing_Sync_oauthPlcy",
    "ExtlClntAppConfigurablePolicies": "orgwatch_plcy",
    "ConnectedAppSettings": "ConnectedApp",
    "OauthOidcSettings": "OauthOidc",
    "RealTimeEventSettings": "RealTimeEvent",
    "SecuritySettings": "Security",
    "TransactionSecurityPolicy": "Report_Export_Guard",
    "PermissionSet": "Orgwatch_Monitoring",
    "Certificate": "Partner_Gateway",
}


async def test_a_client_with_the_published_schema_describes_lists_and_reads(
    member: Visitor, schema: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(api: Any) -> tuple[Any, Any, dict[str, Any]]:
        query = api._client.get_type("ns0:ListMetadataQuery")
        kinds = [query(type="ConnectedApp"), query(type="ExternalClientApplication")]
        read = {kind: getattr(api, kind).read([name]) for kind, name in READ_BY_LIBRARY.items()}
        return api.describe_metadata(), api.list_metadata(kinds), read

    described, listed, read = await by_library(member, schema, monkeypatch, work)
    names = {each.xmlName: each.suffix for each in described.metadataObjects}
    assert names["ExternalClientApplication"] == "eca"
    apps = member.org.world.facts.apps
    assert {each.id for each in listed} == {app.app_id for app in apps if app.app_id}
    vendor = next(each for each in listed if each.namespacePrefix)
    assert (vendor.fullName, vendor.manageableState) == ("bkvault__Backup_Vault", "installed")
    assert {kind: each.fullName for kind, each in read.items()} == READ_BY_LIBRARY
    assert read["ConnectedApp"].oauthConfig.scopes == ["Api", "RefreshToken"]
    assert read["ConnectedApp"].oauthConfig.isAdminApproved is True
    assert read["ConnectedApp"].permissionSetName == ["ERP_Integration"]
    policy = read["ExtlClntAppOauthConfigurablePolicies"]
    assert (policy.refreshTokenValidityPeriod, policy.refreshTokenValidityUnit) == (30, "Days")
    assert read["SecuritySettings"].sessionSettings.sessionTimeout == "TwoHours"
    assert read["TransactionSecurityPolicy"].action.block is True


async def test_a_client_with_the_published_schema_gets_the_fault(
    member: Visitor, schema: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(api: Any) -> Fault:
        with pytest.raises(Fault) as refused:
            api.ConnectedApp.read([f"App_{n}" for n in range(11)])
        return refused.value

    fault = await by_library(member, schema, monkeypatch, work)
    assert fault.code == "sf:EXCEEDED_ID_LIMIT"


async def test_secrets_are_never_returned_and_keys_are(member: Visitor) -> None:
    answers = [
        await ask(member, reading("ConnectedApp", "BI_Dashboards")),
        await ask(member, reading("ExtlClntAppGlobalOauthSettings", "Billing_Sync_glbloauth")),
    ]
    apps = {app.developer_name: app for app in member.org.world.facts.apps}
    old, new = (records_of(answer)[0] for answer in answers)
    assert text_in(old, "oauthConfig/consumerKey") == apps["BI_Dashboards"].consumer_key
    assert text_in(new, "consumerKey") == apps["Billing_Sync"].consumer_key
    assert all("consumerSecret" not in answer.text for answer in answers)


async def test_the_button_migrated_pair_shares_its_key(member: Visitor) -> None:
    old = records_of(await ask(member, reading("ConnectedApp", "Order_Sync")))[0]
    asked = reading("ExtlClntAppGlobalOauthSettings", "Order_Sync_glbloauth")
    new = records_of(await ask(member, asked))[0]
    assert text_in(old, "oauthConfig/consumerKey") == text_in(new, "consumerKey")


async def test_certificates_of_apps_run_out_when_the_story_says(member: Visitor) -> None:
    record = records_of(await ask(member, reading("ConnectedApp", "MuleSoft_ERP")))[0]
    pem = text_in(record, "oauthConfig/certificate")
    assert pem is not None
    certificate = x509.load_pem_x509_certificate(pem.encode())
    assert certificate.not_valid_after_utc.date() == NOW.date() + timedelta(days=19)
    own = reading("ExtlClntAppGlobalOauthSettings", "orgwatch_glbloauth")
    pem = text_in(records_of(await ask(member, own))[0], "certificate")
    assert pem is not None
    shown = x509.load_pem_x509_certificate(pem.encode()).public_key()
    key = load_pem_private_key(member.private_key().encode(), None).public_key()
    assert shown == key


async def test_unknown_and_unreadable_names_are_nil_in_their_places(member: Visitor) -> None:
    names = ("BI_Dashboards", "Nobody", "bkvault__Backup_Vault", "Salesforce_for_iOS")
    records = records_of(await ask(member, reading("ConnectedApp", *names)))
    assert [record.get(f"{XSI}nil") for record in records] == [None, "true", "true", "true"]
    assert records[0].get(f"{XSI}type") == "ConnectedApp"
    assert records[0][0].tag.endswith("}fullName")


async def test_elements_come_with_the_version_that_has_them(member: Visitor) -> None:
    asked = reading("ConnectedApp", "BI_Dashboards")
    new = records_of(await ask(member, asked, version="68.0"))[0]
    old = records_of(await ask(member, asked, version="66.0/00DHs0000000AcM"))[0]
    assert text_in(new, "oauthConfig/isDeviceFlowEnabled") == "true"
    assert text_in(old, "oauthConfig/isDeviceFlowEnabled") is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (listing("ConnectedApp", "Settings", "Certificate", "PermissionSet"), "EXCEEDED_ID_LIMIT"),
        (listing("NoSuchType"), "INVALID_TYPE"),
        (listing("ExternalClientApplication", as_of="58.0"), "INVALID_TYPE"),
        (reading("ConnectedApp", *(f"n{n}" for n in range(11))), "EXCEEDED_ID_LIMIT"),
        ("<m:deleteMetadata><m:type>ConnectedApp</m:type></m:deleteMetadata>", "INVALID_OPERATION"),
        ('<x:listMetadata xmlns:x="urn:other"/>', "INVALID_OPERATION"),
    ],
)
async def test_refusals(member: Visitor, body: str, code: str) -> None:
    assert fault_of(await ask(member, body)) == f"sf:{code}"


@pytest.mark.parametrize("version", ["30.0", "99.0", "x", "66.1"])
async def test_versions_that_nobody_serves(member: Visitor, version: str) -> None:
    answer = await ask(member, listing("Settings"), version=version)
    assert fault_of(answer) == "sf:UNSUPPORTED_API_VERSION"


@pytest.mark.parametrize("name", ["BlacklistedConsumer", "ApexClass", "namedcredential"])
async def test_an_empty_list_is_an_empty_element(member: Visitor, name: str) -> None:
    answer = await ask(member, listing(name))
    assert answer.status_code == 200
    assert "<listMetadataResponse></listMetadataResponse>" in answer.text


async def test_a_session_that_is_not_in_force_is_refused(member: Visitor) -> None:
    answer = await ask(member, listing("Settings"), session="00DHs0000000AcM!nothing")
    assert fault_of(answer) == "sf:INVALID_SESSION_ID"
    assert "Invalid Session ID found in SessionHeader" in answer.text


async def test_without_the_header_soap_action_nothing_is_answered(member: Visitor) -> None:
    body = message(token_of(member), listing("Settings"))
    answer = await member.http.post("/services/Soap/m/68.0", content=body)
    assert fault_of(answer) == "soapenv:Client"


async def test_without_the_permission_every_operation_is_refused(member: Visitor) -> None:
    access = member.org.world.access
    access.withhold(Permission.MODIFY_METADATA)
    try:
        for body in (
            listing("Settings"),
            reading("ConnectedApp", "BI_Dashboards"),
            "<m:describeMetadata><m:asOfVersion>66.0</m:asOfVersion></m:describeMetadata>",
        ):
            assert fault_of(await ask(member, body)) == "sf:INSUFFICIENT_ACCESS"
    finally:
        access.grant(Permission.MODIFY_METADATA)
    assert (await ask(member, listing("Settings"))).status_code == 200


async def test_metadata_calls_use_up_the_pool_and_name_their_client(member: Visitor) -> None:
    world = member.org.world
    since = world.now()
    for body in (listing("Settings"), listing("NoSuchType")):
        await ask(member, body)
    told: Any = world.truth(since, world.now() + timedelta(seconds=1))["own_requests"]
    assert (told["calls"], told["counted_calls"], told["errors"]) == (2, 2, 1)
    assert told["by_client"] == {"probe": 2}
