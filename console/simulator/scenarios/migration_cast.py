"""The apps and integrations of the story of a migration."""

from dataclasses import replace
from datetime import UTC, datetime

from console.simulator.org import story_apps as apps
from console.simulator.org import story_integrations as named
from console.simulator.org import story_nameless as nameless
from console.simulator.org import story_people as people
from console.simulator.org.call_shapes import create, query
from console.simulator.org.integration import LoginHabit, Rhythm, SimIntegration
from console.simulator.org.story_acme import ACME
from console.simulator.org.story_apps import local_app
from console.simulator.org.story_people import service_user
from console.simulator.org.story_rhythms import OFFICE, SHIFTS

_FIELD_USER = service_user("field", "Field Service Sync", "Field_API")
_LEDGER_USER = service_user("ledger", "Ledger Link", "Ledger_API")
_GONE_USERS = (people.FORMER,)
_GONE_APPS = (apps.FAX, apps.MOBILE)

SUPPORT_CA = local_app(
    "connected_app",
    "Support Portal",
    "2019-10-08T09:00:00",
    (people.SUPPORT,),
    "api id openid refresh_token",
    flow="web_server",
    permission_set="Support_API",
    token_uses=20_115,
)
"""Its calls went over to the External Client App some days before the story opens."""
MARKETING_CA = replace(
    local_app(
        "connected_app",
        "Marketing Hub",
        "2018-02-12T14:20:00",
        (people.MARKETING,),
        "api refresh_token chatter_api",
        flow="web_server",
        permission_set="Marketing_API",
        token_uses=90_730,
    ),
    last_used_at=datetime(2025, 11, 20, 8, 2, 44, tzinfo=UTC),
)
"""Idle since its successor took over."""
FIELD_CA = replace(
    local_app(
        "connected_app",
        "Field Service Sync",
        "2020-06-30T07:30:00",
        (_FIELD_USER,),
        "api refresh_token",
        permission_set="Field_API",
    ),
    enabled=False,
    last_used_at=datetime(2026, 1, 15, 17, 12, 9, tzinfo=UTC),
)
"""Blocked by an administrator, who can take that back."""
FIELD_ECA = local_app(
    "external_client_app",
    "Field Service Sync",
    "2026-01-09T10:00:00",
    (_FIELD_USER,),
    "api",
    permission_set="Field_API",
)
FORMS_ECA = local_app(
    "external_client_app",
    "Website Forms",
    "2025-09-02T08:45:00",
    (people.WEB_FORMS,),
    "api",
    flow="client_credentials",
    permission_set="Web_Forms",
)
"""Its connected app was deleted after the move."""
LEDGER = local_app(
    "uninstalled",
    "Ledger Link",
    "2023-08-14T11:11:00",
    (_LEDGER_USER,),
    "api",
    flow="client_credentials",
    pre_authorized_only=False,
)
"""Calls under a consumer id of which no object of the org tells: it leaves no token either."""

MIGRATION_FACTS = replace(
    ACME,
    users=(
        *(user for user in ACME.users if user not in _GONE_USERS),
        _FIELD_USER,
        _LEDGER_USER,
    ),
    apps=(
        *(app for app in ACME.apps if app not in _GONE_APPS),
        SUPPORT_CA,
        MARKETING_CA,
        FIELD_CA,
        FIELD_ECA,
        FORMS_ECA,
        LEDGER,
    ),
)

SUPPORT_OLD = replace(
    named.SUPPORT_ECA,
    key="support-old",
    kind="connected_app",
    app=SUPPORT_CA,
    logs_app_name=True,
    user_agent="node-fetch/2.6 jsforce/1.11",
    api_version="52.0",
    login=LoginHabit(every_min=90, sub_type="OAuth Refresh Token"),
)
SUPPORT_NEW = named.SUPPORT_ECA
_FORMS = replace(
    nameless.WEB_FORMS,
    name="Website Forms",
    kind="external_client_app",
    app=FORMS_ECA,
    login=LoginHabit(every_min=90, sub_type="OAuth Client Credentials"),
)
_FIELD = SimIntegration(
    key="field",
    name="Field Service Sync",
    kind="external_client_app",
    app=FIELD_ECA,
    users=(_FIELD_USER,),
    addresses=("203.0.113.120",),
    user_agent="field-sync/3.0 okhttp/4.12.0",
    api_version="65.0",
    rhythm=Rhythm(2_200, SHIFTS, weekend=0.5),
    shapes=(
        query(60, "SELECT Id, Status FROM WorkOrder WHERE LastModifiedDate = TODAY", (0, 90)),
        create(40, "ServiceReport"),
    ),
    login=LoginHabit(every_min=115),
)
_LEDGER = SimIntegration(
    key="ledger",
    name="Ledger Link",
    kind="unresolved",
    app=LEDGER,
    users=(_LEDGER_USER,),
    addresses=("198.51.100.180",),
    user_agent="ledgerlink/2 (+https://ledger.example)",
    api_version="57.0",
    rhythm=Rhythm(700, OFFICE, minutes=(40, 60), weekend=0.1),
    shapes=(query(100, "SELECT Id, TotalAmount FROM Order WHERE Status = 'Billed'", (0, 300)),),
    login=LoginHabit(every_min=60, sub_type="OAuth Client Credentials"),
)

MIGRATION_INTEGRATIONS = (
    named.ERP,
    named.WAREHOUSE_LOADER,
    named.BILLING,
    named.BILLING_ECA,
    named.ORDERS_ECA,
    named.MARKETING_ECA,
    SUPPORT_OLD,
    SUPPORT_NEW,
    named.BI,
    named.HR,
    named.BACKUP,
    _FIELD,
    _FORMS,
    _LEDGER,
    nameless.SCANNER,
    nameless.DEPLOY,
    nameless.ANALYST,
    nameless.COMMERCE,
)
