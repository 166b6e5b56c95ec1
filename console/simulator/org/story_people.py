"""The people and service accounts of Acme, the simulated org."""

from console.simulator.ids import record_id
from console.simulator.org.permissions import Permission
from console.simulator.org.story import SimUser

API_ONLY_PROFILE = "Minimum Access - API Only Integrations"
"""Salesforce's own profile for integration users; its PermissionsApiUserOnly is true."""
ADMIN_PROFILE = "System Administrator"
STANDARD_PROFILE = "Standard User"
LEGACY_PROFILE = "Integration Legacy"
"""A clone of the administrator's profile, as orgs have them: far too powerful."""
PROFILES = (ADMIN_PROFILE, STANDARD_PROFILE, LEGACY_PROFILE, API_ONLY_PROFILE)

FULL_LICENCE = "Salesforce"
INTEGRATION_LICENCE = "Salesforce Integration"
FULL_LICENCES = 15
INTEGRATION_LICENCES = 20


def org_user(
    username: str,
    name: str,
    profile: str,
    *permission_sets: str,
    is_active: bool = True,
    user_type: str = "Standard",
) -> SimUser:
    """A user of Acme; the licence follows from the profile."""
    return SimUser(
        user_id=record_id("005", username),
        username=username,
        name=name,
        profile=profile,
        licence=INTEGRATION_LICENCE if profile == API_ONLY_PROFILE else FULL_LICENCE,
        is_active=is_active,
        user_type=user_type,
        permission_sets=permission_sets,
    )


def service_user(short_name: str, name: str, *permission_sets: str) -> SimUser:
    """A service account on Salesforce's own profile for integrations."""
    return org_user(f"svc-{short_name}@acme.example", name, API_ONLY_PROFILE, *permission_sets)


AUTOMATED_PROCESS = org_user(
    "autoproc@00dhs0000000acme", "Automated Process", STANDARD_PROFILE, user_type="AutomatedProcess"
)
"""Salesforce's own user, the creator of streamed events."""

ADMIN = org_user("maya.lindqvist@acme.example", "Maya Lindqvist", ADMIN_PROFILE)
RELEASE_ENGINEER = org_user("deploy@acme.example", "Ines Costa (deploy)", ADMIN_PROFILE)
ANALYST = org_user("priya.nair@acme.example", "Priya Nair", STANDARD_PROFILE)
SALES = (
    org_user("sven.koch@acme.example", "Sven Koch", STANDARD_PROFILE),
    org_user("clara.dubois@acme.example", "Clara Dubois", STANDARD_PROFILE),
    org_user("marek.nowak@acme.example", "Marek Nowak", STANDARD_PROFILE),
)
AGENTS = (
    org_user("nadia.rossi@acme.example", "Nadia Rossi", STANDARD_PROFILE),
    org_user("tom.becker@acme.example", "Tom Becker", STANDARD_PROFILE),
    org_user("lea.martin@acme.example", "Léa Martin", STANDARD_PROFILE),
)
FORMER = org_user("felix.brandt@acme.example", "Felix Brandt", STANDARD_PROFILE, is_active=False)

ERP = service_user("erp", "MuleSoft ERP", "ERP_Integration")
WAREHOUSE_LOADER = service_user("dwh", "Data Warehouse Loader", "DWH_Read")
BILLING = service_user("billing", "Billing Sync", "Billing_API")
ORDERS = service_user("orders", "Order Sync", "Orders_API")
MARKETING = service_user("marketing", "Marketing Hub", "Marketing_API")
SUPPORT = service_user("support", "Support Portal", "Support_API")
BI = org_user("svc-bi@acme.example", "BI Dashboards", LEGACY_PROFILE)
SCANNER = org_user("svc-warehouse@acme.example", "Warehouse Scanner", LEGACY_PROFILE)
HR = service_user("hr", "HR Feed", "HR_API")
BACKUP = service_user("backup", "Backup Vault", "Backup_Read_All")
COMMERCE = service_user("commerce", "Commerce Gateway", "Commerce_API")
WEB_FORMS = service_user("web", "Website Forms", "Web_Forms")
CONSOLE = org_user(
    "orgwatch@acme.example", "orgwatch console", API_ONLY_PROFILE, "Orgwatch_Monitoring"
)

PEOPLE: tuple[SimUser, ...] = (
    AUTOMATED_PROCESS,
    ADMIN,
    RELEASE_ENGINEER,
    ANALYST,
    *SALES,
    *AGENTS,
    FORMER,
    ERP,
    WAREHOUSE_LOADER,
    BILLING,
    ORDERS,
    MARKETING,
    SUPPORT,
    BI,
    SCANNER,
    HR,
    BACKUP,
    COMMERCE,
    WEB_FORMS,
    CONSOLE,
)

_EVERYTHING = frozenset(Permission) - {Permission.API_ONLY_USER}
_MONITORING = frozenset(
    {
        Permission.VIEW_SETUP,
        Permission.VIEW_EVENT_LOG_FILES,
        Permission.VIEW_EVENT_LOG_OBJECT_DATA,
        Permission.VIEW_REAL_TIME_EVENTS,
        Permission.MANAGE_USERS,
        Permission.MONITOR_LOGIN_HISTORY,
        Permission.CUSTOMIZE_APPLICATION,
        Permission.MODIFY_METADATA,
        Permission.ECA_VIEWER,
    }
)
"""All that a console can use."""
GRANTS: dict[str, frozenset[Permission]] = {
    ADMIN_PROFILE: _EVERYTHING,
    LEGACY_PROFILE: _EVERYTHING - {Permission.APPROVE_UNINSTALLED_APPS},
    STANDARD_PROFILE: frozenset({Permission.API_ENABLED}),
    API_ONLY_PROFILE: frozenset({Permission.API_ENABLED, Permission.API_ONLY_USER}),
    "Orgwatch_Monitoring": _MONITORING,
    "Backup_Read_All": frozenset({Permission.VIEW_ALL_DATA}),
}
"""What profiles and permission sets give; those that are not named give nothing of this."""
