"""The people and service accounts of Acme, the simulated org."""

from console.simulator.ids import record_id
from console.simulator.permissions import Permission
from console.simulator.story import SimUser

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


def _user(
    username: str,
    name: str,
    profile: str,
    *permission_sets: str,
    is_active: bool = True,
    user_type: str = "Standard",
) -> SimUser:
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


def _service(short_name: str, name: str, *permission_sets: str) -> SimUser:
    return _user(f"svc-{short_name}@acme.example", name, API_ONLY_PROFILE, *permission_sets)


AUTOMATED_PROCESS = _user(
    "autoproc@00dhs0000000acme", "Automated Process", STANDARD_PROFILE, user_type="AutomatedProcess"
)
"""Salesforce's own user, the creator of streamed events."""

ADMIN = _user("maya.lindqvist@acme.example", "Maya Lindqvist", ADMIN_PROFILE)
RELEASE_ENGINEER = _user("deploy@acme.example", "Ines Costa (deploy)", ADMIN_PROFILE)
ANALYST = _user("priya.nair@acme.example", "Priya Nair", STANDARD_PROFILE)
SALES = (
    _user("sven.koch@acme.example", "Sven Koch", STANDARD_PROFILE),
    _user("clara.dubois@acme.example", "Clara Dubois", STANDARD_PROFILE),
    _user("marek.nowak@acme.example", "Marek Nowak", STANDARD_PROFILE),
)
AGENTS = (
    _user("nadia.rossi@acme.example", "Nadia Rossi", STANDARD_PROFILE),
    _user("tom.becker@acme.example", "Tom Becker", STANDARD_PROFILE),
    _user("lea.martin@acme.example", "Léa Martin", STANDARD_PROFILE),
)
FORMER = _user("felix.brandt@acme.example", "Felix Brandt", STANDARD_PROFILE, is_active=False)

ERP = _service("erp", "MuleSoft ERP", "ERP_Integration")
WAREHOUSE_LOADER = _service("dwh", "Data Warehouse Loader", "DWH_Read")
BILLING = _service("billing", "Billing Sync", "Billing_API")
ORDERS = _service("orders", "Order Sync", "Orders_API")
MARKETING = _service("marketing", "Marketing Hub", "Marketing_API")
SUPPORT = _service("support", "Support Portal", "Support_API")
BI = _user("svc-bi@acme.example", "BI Dashboards", LEGACY_PROFILE)
SCANNER = _user("svc-warehouse@acme.example", "Warehouse Scanner", LEGACY_PROFILE)
HR = _service("hr", "HR Feed", "HR_API")
BACKUP = _service("backup", "Backup Vault", "Backup_Read_All")
COMMERCE = _service("commerce", "Commerce Gateway", "Commerce_API")
WEB_FORMS = _service("web", "Website Forms", "Web_Forms")
CONSOLE = _user(
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
