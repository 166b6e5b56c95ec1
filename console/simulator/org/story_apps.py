"""Acme's connected apps and External Client Apps, each in another state of migration."""

from dataclasses import replace
from datetime import UTC, datetime

from console.simulator.ids import consumer_key_of, record_id
from console.simulator.org import story_people as people
from console.simulator.org.app_details import AppDetails
from console.simulator.org.story import AppKind, OAuthFlow, RefreshPolicy, SimApp, SimUser

_DAYS_30 = RefreshPolicy("SpecificLifetime", 30, "Days")


def local_app(
    kind: AppKind,
    name: str,
    created: str,
    users: tuple[SimUser, ...],
    scopes: str,
    *,
    flow: OAuthFlow = "jwt_bearer",
    pre_authorized_only: bool = True,
    permission_set: str | None = None,
    token_uses: int = 0,
    description: str | None = None,
    details: AppDetails | None = None,
) -> SimApp:
    """An app of Acme whose ids and keys follow from its kind and name.

    ``created`` is a UTC time in ISO 8601 without offset; ``scopes`` are separated by spaces.
    """
    prefix = {"connected_app": "0H4", "external_client_app": "0xI", "uninstalled": ""}[kind]
    return SimApp(
        kind=kind,
        name=name,
        developer_name=name.replace(" ", "_"),
        app_id=record_id(prefix, name) if prefix else None,
        consumer_id=record_id("888", kind, name),
        consumer_key=consumer_key_of(f"{kind} {name}"),
        scopes=tuple(scopes.split()),
        pre_authorized_only=pre_authorized_only,
        created_at=datetime.fromisoformat(created).replace(tzinfo=UTC),
        flow=flow,
        description=description,
        approved_usernames=tuple(user.username for user in users),
        permission_set=permission_set,
        token_uses=token_uses,
        details=details or (_NEW if kind == "external_client_app" else _OLD),
    )


_NEW = AppDetails()
_OLD = AppDetails(pkce_required=False)
"""Connected apps are older than the requirement of proof keys."""

ERP = local_app(
    "connected_app",
    "MuleSoft ERP",
    "2021-03-09T10:12:00",
    (people.ERP,),
    "api refresh_token",
    permission_set="ERP_Integration",
    description="Anypoint flows between SAP and Salesforce",
    details=replace(_OLD, certificate_days_left=19, ip_relaxation="BYPASS"),
)
"""Biggest consumer; nobody has begun to move it."""

WAREHOUSE_LOADER = local_app(
    "connected_app",
    "Data Warehouse Loader",
    "2020-11-02T08:40:00",
    (people.WAREHOUSE_LOADER,),
    "api refresh_token offline_access",
    flow="client_credentials",
    permission_set="DWH_Read",
)
WAREHOUSE_LOADER_ECA = local_app(
    "external_client_app",
    "Data Warehouse Loader",
    "2026-02-23T13:05:00",
    (people.WAREHOUSE_LOADER,),
    "api",
    flow="client_credentials",
    permission_set="DWH_Read",
)
"""Prepared, but nothing calls through it yet."""

BILLING = local_app(
    "connected_app",
    "Billing Sync",
    "2019-05-14T15:21:00",
    (people.BILLING,),
    "api refresh_token",
    flow="web_server",
    pre_authorized_only=False,
    token_uses=48_211,
)
BILLING_ECA = replace(
    local_app(
        "external_client_app",
        "Billing Sync",
        "2026-02-04T09:30:00",
        (people.BILLING,),
        "api refresh_token",
        permission_set="Billing_API",
        description="Replaces the connected app of the same name; both run until quarter end",
        details=AppDetails(rotates_refresh_tokens=True, enforces_refresh_ttl=True),
    ),
    refresh_policy=_DAYS_30,
)
"""Moved by hand with a new consumer key: both call during the change-over."""

ORDERS = local_app(
    "connected_app",
    "Order Sync",
    "2018-09-25T07:00:00",
    (people.ORDERS,),
    "api refresh_token",
    permission_set="Orders_API",
)
"""Read-only since the move, still listed, idle."""
ORDERS_ECA = replace(
    local_app(
        "external_client_app",
        "Order Sync",
        "2025-12-11T11:45:00",
        (people.ORDERS,),
        "api refresh_token",
        permission_set="Orders_API",
    ),
    consumer_key=ORDERS.consumer_key,
    refresh_policy=_DAYS_30,
)
"""Moved by the migration button, which keeps the consumer key."""

MARKETING_ECA = replace(
    local_app(
        "external_client_app",
        "Marketing Hub",
        "2025-11-18T16:02:00",
        (people.MARKETING,),
        "api refresh_token chatter_api",
        flow="web_server",
        permission_set="Marketing_API",
        token_uses=9_120,
    ),
    refresh_policy=RefreshPolicy("SpecificInactivity", 90, "Days"),
)
SUPPORT_ECA = local_app(
    "external_client_app",
    "Support Portal",
    "2025-08-27T12:10:00",
    (people.SUPPORT,),
    "api id openid",
    flow="client_credentials",
    permission_set="Support_API",
    details=AppDetails(allowed_networks=(("203.0.113.0", "203.0.113.255"),)),
)
BI = local_app(
    "connected_app",
    "BI Dashboards",
    "2016-02-03T09:00:00",
    (people.BI,),
    "full api web refresh_token",
    flow="username_password",
    pre_authorized_only=False,
    token_uses=131_870,
    description="Do not touch: the board's figures come from here",
    details=AppDetails(
        pkce_required=False,
        secret_required_for_refresh=False,
        introspects_all_tokens=True,
        allows_device_flow=True,
        ip_relaxation="BYPASS",
        session_timeout_min=720,
    ),
)
"""Username-password flow, every scope, an API version of 2018."""

HR = local_app(
    "uninstalled",
    "HR Feed",
    "2022-01-17T06:30:00",
    (people.HR,),
    "api refresh_token",
    flow="web_server",
    pre_authorized_only=False,
    token_uses=2_604,
)
"""Authorised by a user years ago and never installed: tokens, and no app record."""

BACKUP = replace(
    local_app(
        "connected_app",
        "Backup Vault",
        "2023-04-20T14:55:00",
        (people.BACKUP,),
        "api refresh_token full",
        flow="web_server",
        pre_authorized_only=False,
        token_uses=1_122,
        description="Installed with the vendor's managed package",
    ),
    namespace="bkvault",
)
MOBILE = local_app(
    "connected_app",
    "Salesforce for iOS",
    "2014-10-01T00:00:00",
    people.SALES,
    "full refresh_token",
    flow="web_server",
    pre_authorized_only=False,
    token_uses=5_340,
    details=AppDetails(is_vendors=True, secret_optional=True),
)
"""Salesforce's own mobile app: its calls are logged but do not count."""
FAX = replace(
    local_app(
        "connected_app",
        "Fax Gateway",
        "2013-06-12T08:00:00",
        (people.FORMER,),
        "full refresh_token",
        flow="web_server",
        pre_authorized_only=False,
        token_uses=88,
    ),
    last_used_at=datetime(2024, 10, 31, 16, 20, 5, tzinfo=UTC),
)
"""Forgotten: its only user has left."""

CONSOLE_ECA = local_app(
    "external_client_app",
    "orgwatch",
    "2026-01-12T10:00:00",
    (people.CONSOLE,),
    "api",
    permission_set="Orgwatch_Monitoring",
    description="Operations console, reads only",
)

APPS: tuple[SimApp, ...] = (
    ERP,
    WAREHOUSE_LOADER,
    BILLING,
    ORDERS,
    BI,
    BACKUP,
    MOBILE,
    FAX,
    WAREHOUSE_LOADER_ECA,
    BILLING_ECA,
    ORDERS_ECA,
    MARKETING_ECA,
    SUPPORT_ECA,
    CONSOLE_ECA,
    HR,
)
