"""The integrations of Acme whose calls name no app: a client name at best, else only a user."""

from console.simulator.org import story_people as people
from console.simulator.org import story_rhythms as hours
from console.simulator.org.call_shapes import get, patch, query, soap
from console.simulator.org.integration import CallShape, LoginHabit, Rhythm, SimIntegration


def _soap_login(every_min: int) -> LoginHabit:
    """SOAP ``login()`` with user name and password, whose session then serves REST too."""
    return LoginHabit(every_min, "Other Apex API", api_type="SOAP Partner", is_api_call=True)


SCANNER = SimIntegration(
    key="scanner",
    name="AcmeScan/3.1",
    kind="client",
    users=(people.SCANNER,),
    addresses=("192.0.2.71", "192.0.2.72", "192.0.2.73", "192.0.2.74"),
    client_name="AcmeScan/3.1",
    user_agent="Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319)",
    api_version="35.0",
    rhythm=Rhythm(7_000, hours.SHIFTS, weekend=0.5),
    shapes=(
        soap(
            40,
            "query",
            "Shipment__c",
            "select Id, Name, Bin__c from Shipment__c where Picked__c = false",
            30,
        ),
        soap(38, "update", "Shipment__c"),
        soap(14, "create", "Scan__c"),
        soap(8, "describeSObjects", "Shipment__c"),
    ),
    login=_soap_login(20),
    error_rate=0.026,
    error_statuses=(500,),
)
"""A handheld's SOAP client that logs in with a password: no app anywhere, only a client name."""

DEPLOY = SimIntegration(
    key="deploy",
    name="sfdx toolbelt",
    kind="client",
    users=(people.RELEASE_ENGINEER,),
    addresses=("192.0.2.150", "192.0.2.151"),
    client_name="sfdx toolbelt",
    user_agent="sfdx toolbelt:acme-ci jsforce/3.6",
    api_version="65.0",
    rhythm=Rhythm(1_400, hours.WORKBENCH, minutes=(10, 24), weekend=0.05),
    shapes=(
        CallShape(54, "REST", "GET", "/v{v}/metadata/deployRequest/{id}", ""),
        CallShape(24, "REST", "GET", "/v{v}/tooling/query", "ApexTestResult"),
        CallShape(16, "REST", "POST", "/v{v}/tooling/runTestsAsynchronous", "", success=200),
        CallShape(6, "REST", "POST", "/v{v}/metadata/deployRequest", "", success=201),
    ),
    login=LoginHabit(every_min=115, application="Salesforce CLI"),
    error_rate=0.02,
    error_statuses=(400, 404),
)

ANALYST = SimIntegration(
    key="analyst",
    name="priya.nair@acme.example",
    kind="user",
    users=(people.ANALYST,),
    addresses=("192.0.2.88",),
    user_agent="python-requests/2.31.0",
    api_version="59.0",
    rhythm=Rhythm(900, hours.WORKBENCH, minutes=(30, 50), weekend=0.05),
    shapes=(
        query(
            70,
            "SELECT Id, Name, AnnualRevenue FROM Account WHERE Industry != null",
            (0, 2_000),
        ),
        CallShape(
            30,
            "REST",
            "GET",
            "/v{v}/query/{id}",
            "Account",
            "QueryMore",
            "SELECT Id, Name, AnnualRevenue FROM Account WHERE Industry != null",
            (500, 2_000),
        ),
    ),
    login=_soap_login(115),
    error_rate=0.05,
    error_statuses=(400,),
)
"""A data analyst's script: logs in by SOAP, then nothing but a user and a Python user agent."""

COMMERCE = SimIntegration(
    key="commerce",
    name="AcmeCommerce/4.2",
    kind="client",
    users=(people.COMMERCE,),
    addresses=("198.51.100.90", "198.51.100.91"),
    client_name="AcmeCommerce/4.2",
    user_agent="AcmeCommerce/4.2 Guzzle/7",
    api_version="55.0",
    rhythm=Rhythm(9_600, hours.SHOP, weekend=1.12),
    shapes=(
        query(30, "SELECT Id, UnitPrice FROM PricebookEntry WHERE IsActive = true", (0, 200)),
        CallShape(30, "REST", "POST", "/v{v}/composite/tree/Cart__c", "Cart__c", success=201),
        get(22, "Product2"),
        patch(18, "Cart__c"),
    ),
    login=_soap_login(100),
    error_rate=0.015,
)

WEB_FORMS = SimIntegration(
    key="web",
    name="svc-web@acme.example",
    kind="user",
    users=(people.WEB_FORMS,),
    addresses=("203.0.113.80",),
    user_agent="axios/1.7.2",
    api_version="57.0",
    rhythm=Rhythm(2_600, hours.SHOP, weekend=1.0),
    shapes=(
        CallShape(70, "ApexREST", "POST", "/services/apexrest/leads", "Lead", success=201),
        CallShape(30, "ApexREST", "GET", "/services/apexrest/offers", ""),
    ),
    login=_soap_login(90),
    error_rate=0.035,
    error_statuses=(400, 400, 500),
)

NAMELESS: tuple[SimIntegration, ...] = (
    SCANNER,
    DEPLOY,
    ANALYST,
    COMMERCE,
    WEB_FORMS,
)
