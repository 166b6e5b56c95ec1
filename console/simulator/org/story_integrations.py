"""The integrations of Acme whose calls name an app, resolvable or not."""

from console.simulator.org import story_apps as apps
from console.simulator.org import story_people as people
from console.simulator.org import story_rhythms as hours
from console.simulator.org.call_shapes import create, get, patch, query
from console.simulator.org.integration import CallShape, LoginHabit, Rhythm, SimIntegration

_JWT = LoginHabit(every_min=115)

ERP = SimIntegration(
    key="erp",
    name="MuleSoft ERP",
    kind="connected_app",
    app=apps.ERP,
    logs_app_name=True,
    users=(people.ERP,),
    addresses=("203.0.113.10", "203.0.113.11", "203.0.113.12"),
    client_name="mulesoft-sfdc/10.20",
    user_agent="AHC/2.1 mule-salesforce-connector/10.20",
    api_version="58.0",
    rhythm=Rhythm(19_000, hours.BUSY_DAY, weekend=0.8),
    shapes=(
        query(
            26,
            "SELECT Id, AccountNumber, SystemModstamp FROM Account WHERE"
            " SystemModstamp > LAST_N_DAYS:1",
            (0, 400),
        ),
        query(12, "SELECT Id, ProductCode FROM Product2 WHERE IsActive = true", (0, 900)),
        patch(22, "Account"),
        get(16, "Order"),
        CallShape(14, "REST", "POST", "/v{v}/composite/sobjects", "Contact"),
        CallShape(
            10, "REST", "PATCH", "/v{v}/sobjects/Order/ERP_Number__c/{id}", "Order", success=204
        ),
    ),
    login=_JWT,
    error_rate=0.018,
)

WAREHOUSE_LOADER = SimIntegration(
    key="dwh",
    name="Data Warehouse Loader",
    kind="connected_app",
    app=apps.WAREHOUSE_LOADER,
    logs_app_name=True,
    users=(people.WAREHOUSE_LOADER,),
    addresses=("198.51.100.20", "198.51.100.21"),
    client_name="",
    user_agent="python-requests/2.32.3",
    api_version="60.0",
    rhythm=Rhythm(11_000, hours.NIGHTLY, minutes=(4, 34)),
    shapes=(
        CallShape(22, "Bulk", "GET", "/v{v}/jobs/query/{id}", ""),
        CallShape(
            14,
            "Bulk",
            "GET",
            "/v{v}/jobs/query/{id}/results",
            "Opportunity",
            "Query",
            "SELECT Id, StageName, Amount FROM Opportunity",
            (2_000, 50_000),
        ),
        CallShape(4, "Bulk", "POST", "/v{v}/jobs/query", "Opportunity"),
        query(
            24,
            "SELECT FIELDS(STANDARD) FROM Contact WHERE SystemModstamp >= YESTERDAY LIMIT 200",
            (0, 200),
        ),
        CallShape(
            30,
            "REST",
            "GET",
            "/v{v}/query/{id}",
            "Case",
            "QueryMore",
            "SELECT Id, Status, ClosedDate FROM Case",
            (1_000, 2_000),
        ),
        CallShape(6, "REST", "GET", "/v{v}/sobjects/Opportunity/describe", "Opportunity"),
    ),
    login=LoginHabit(every_min=60, sub_type="OAuth Client Credentials"),
    error_rate=0.006,
)

_BILLING_QUERY = "SELECT Id, Amount__c, Status__c FROM Invoice__c WHERE Status__c = 'Open'"

BILLING = SimIntegration(
    key="billing-old",
    name="Billing Sync",
    kind="connected_app",
    app=apps.BILLING,
    logs_app_name=True,
    users=(people.BILLING,),
    addresses=("203.0.113.40",),
    user_agent="Apache-HttpClient/4.5.13 (Java/11.0.19)",
    api_version="56.0",
    rhythm=Rhythm(4_200, hours.OFFICE, weekend=0.6),
    shapes=(
        query(34, _BILLING_QUERY, (0, 120)),
        patch(40, "Invoice__c"),
        create(26, "Invoice_Line__c"),
    ),
    login=LoginHabit(every_min=95, sub_type="OAuth Refresh Token"),
    error_rate=0.022,
)

BILLING_ECA = SimIntegration(
    key="billing-new",
    name="Billing Sync",
    kind="external_client_app",
    app=apps.BILLING_ECA,
    users=(people.BILLING,),
    addresses=("203.0.113.41",),
    user_agent="Apache-HttpClient/5.3 (Java/21.0.2)",
    api_version="64.0",
    rhythm=Rhythm(3_100, hours.OFFICE, weekend=0.6),
    shapes=(
        query(30, _BILLING_QUERY, (0, 120)),
        patch(42, "Invoice__c"),
        CallShape(28, "REST", "POST", "/v{v}/composite", "Invoice_Line__c"),
    ),
    login=_JWT,
    error_rate=0.008,
)

ORDERS_ECA = SimIntegration(
    key="orders",
    name="Order Sync",
    kind="external_client_app",
    app=apps.ORDERS_ECA,
    users=(people.ORDERS,),
    addresses=("203.0.113.20", "203.0.113.21"),
    client_name="acme-orders/5",
    user_agent="acme-orders/5.4 okhttp/4.12.0",
    api_version="62.0",
    rhythm=Rhythm(8_500, hours.SHOP, weekend=0.95),
    shapes=(
        query(
            34,
            "SELECT Id, OrderNumber, Status FROM Order WHERE LastModifiedDate > LAST_N_DAYS:1",
            (0, 80),
        ),
        create(20, "Order"),
        create(22, "OrderItem"),
        patch(24, "Order"),
    ),
    login=_JWT,
    error_rate=0.012,
)

MARKETING_ECA = SimIntegration(
    key="marketing",
    name="Marketing Hub",
    kind="external_client_app",
    app=apps.MARKETING_ECA,
    users=(people.MARKETING,),
    addresses=("198.51.100.60", "198.51.100.61", "198.51.100.62"),
    user_agent="MarketingHub/2026.2 (+https://marketing.example)",
    api_version="63.0",
    rhythm=Rhythm(5_200, hours.BUSY_DAY, minutes=(0, 40), weekend=0.7),
    shapes=(
        query(
            44,
            "SELECT Id, Email, HasOptedOutOfEmail FROM Contact WHERE LastModifiedDate = TODAY",
            (0, 250),
        ),
        query(
            16,
            "SELECT Id, Status FROM CampaignMember WHERE Campaign.IsActive = true",
            (0, 500),
        ),
        patch(26, "Lead"),
        create(14, "CampaignMember"),
    ),
    login=LoginHabit(every_min=118, sub_type="OAuth Refresh Token"),
    error_rate=0.02,
    error_statuses=(400, 400, 403, 404),
)

SUPPORT_ECA = SimIntegration(
    key="support",
    name="Support Portal",
    kind="external_client_app",
    app=apps.SUPPORT_ECA,
    users=(people.SUPPORT,),
    addresses=("203.0.113.55", "203.0.113.56"),
    user_agent="node-fetch/3.3 jsforce/3.6",
    client_name="jsforce",
    api_version="61.0",
    rhythm=Rhythm(7_500, hours.OFFICE, weekend=0.35),
    shapes=(
        query(
            40,
            "SELECT Id, CaseNumber, Status, Priority FROM Case WHERE"
            " IsClosed = false ORDER BY CreatedDate DESC LIMIT 50",
            (0, 50),
        ),
        get(24, "Case"),
        create(20, "CaseComment"),
        patch(16, "Case"),
    ),
    login=LoginHabit(every_min=55, sub_type="OAuth Client Credentials"),
    error_rate=0.014,
)

BI = SimIntegration(
    key="bi",
    name="BI Dashboards",
    kind="connected_app",
    app=apps.BI,
    logs_app_name=True,
    users=(people.BI,),
    addresses=("192.0.2.30",),
    user_agent="Jakarta Commons-HttpClient/3.1",
    api_version="42.0",
    rhythm=Rhythm(4_000, hours.MORNING, weekend=0.4),
    shapes=(
        query(46, "SELECT StageName, SUM(Amount) FROM Opportunity GROUP BY StageName", (1, 12)),
        query(
            30,
            "SELECT Id, OwnerId, Amount, CloseDate FROM Opportunity WHERE CloseDate = THIS_QUARTER",
            (200, 2_000),
        ),
        CallShape(14, "REST", "GET", "/v{v}/analytics/reports/{id}", "Report"),
        CallShape(10, "REST", "GET", "/v{v}/sobjects", ""),
    ),
    login=LoginHabit(every_min=30, sub_type="OAuth Username-Password"),
    error_rate=0.01,
)

HR = SimIntegration(
    key="hr",
    name="HR Feed",
    kind="unresolved",
    app=apps.HR,
    users=(people.HR,),
    addresses=("198.51.100.140",),
    user_agent="Workato/1.0",
    api_version="52.0",
    rhythm=Rhythm(1_100, hours.OFFICE, minutes=(0, 20), weekend=0.2),
    shapes=(
        query(60, "SELECT Id, Email, IsActive FROM User WHERE IsActive = true", (20, 23)),
        patch(40, "User"),
    ),
    login=LoginHabit(every_min=110, sub_type="OAuth Refresh Token"),
    error_rate=0.03,
    error_statuses=(400, 403),
)

BACKUP = SimIntegration(
    key="backup",
    name="Backup Vault",
    kind="connected_app",
    app=apps.BACKUP,
    logs_app_name=True,
    users=(people.BACKUP,),
    addresses=("198.51.100.200", "198.51.100.201"),
    client_name="bkvault/7.2.1",
    user_agent="bkvault-agent/7.2.1",
    api_version="59.0",
    rhythm=Rhythm(3_300, hours.NIGHT_ONLY),
    shapes=(
        CallShape(
            50,
            "Bulk",
            "GET",
            "/v{v}/jobs/query/{id}/results",
            "Account",
            "Query",
            "SELECT FIELDS(ALL) FROM Account",
            (10_000, 50_000),
        ),
        CallShape(32, "Bulk", "GET", "/v{v}/jobs/query/{id}", ""),
        CallShape(
            18, "REST", "GET", "/v{v}/sobjects/ContentVersion/{id}/VersionData", "ContentVersion"
        ),
    ),
    login=LoginHabit(every_min=60, sub_type="OAuth Refresh Token"),
    error_rate=0.004,
)

MOBILE = SimIntegration(
    key="mobile",
    name="Salesforce for iOS",
    kind="connected_app",
    app=apps.MOBILE,
    logs_app_name=True,
    users=people.SALES,
    addresses=("192.0.2.201", "192.0.2.202", "192.0.2.203"),
    client_name="SalesforceMobileSDK/13.0 iOS",
    user_agent="SalesforceMobileSDK/13.0 iOS/19.1 (iPhone)",
    api_version="64.0",
    rhythm=Rhythm(2_400, hours.OFFICE, weekend=0.3),
    shapes=(
        CallShape(60, "REST", "GET", "/v{v}/ui-api/records/{id}", "Opportunity"),
        CallShape(40, "REST", "GET", "/v{v}/ui-api/list-ui/Account", "Account"),
    ),
    login=LoginHabit(every_min=480, sub_type="OAuth Refresh Token"),
    counts=False,
    error_rate=0.01,
)

NAMED: tuple[SimIntegration, ...] = (
    ERP,
    WAREHOUSE_LOADER,
    BILLING,
    BILLING_ECA,
    ORDERS_ECA,
    MARKETING_ECA,
    SUPPORT_ECA,
    BI,
    HR,
    BACKUP,
    MOBILE,
)
"""Those that an app names."""
