"""What the console would like to read, the smallest question for each, and what a no means.

Permissions are named by their labels in Setup. Sources: REST API guide ("Limits", "Using Event
Monitoring"), object reference (LoginHistory, OauthToken, SetupEntityAccess, AuthSession,
SetupAuditTrail, EventLogFile), Real-Time Event Monitoring guide, Event Log Objects guide, and help
pages on External Client Apps.
"""

from dataclasses import dataclass
from enum import Enum, auto

API_ENABLED = "API Enabled"
VIEW_SETUP = "View Setup and Configuration"
VIEW_LOG_FILES = "View Event Log Files"
VIEW_EVENTS = "View Real-Time Event Monitoring Data"
VIEW_LOG_OBJECTS = "View Event Log Object Data"
MONITOR_LOGINS = "Monitor Login History"
CUSTOMIZE = "Customize Application"
MANAGE_USERS = "Manage Users"
VIEW_ALL_USERS = "View All Users"
MANAGE_CERTIFICATES = "Manage Certificates"
MODIFY_METADATA = "Modify Metadata Through Metadata API Functions"
VIEW_APPS = "View all External Client Apps, view their settings, and edit their policies"

EVENT_MONITORING = "Event Monitoring (Shield or the add-on)"
EVENT_LOG_OBJECTS = "Event Log Objects (Event Monitoring on Hyperforce)"
EXTERNAL_CLIENT_APPS = "External Client Apps"

ME = "{me}"
"""Stands in a query for the quoted id of the console's own user."""


class Api(Enum):
    """Where a question is asked."""

    QUERY = auto()
    TOOLING = auto()
    REST = auto()


@dataclass(frozen=True, slots=True)
class Question:
    """One source and how to find out whether it can be read."""

    source: str
    title: str
    api: Api
    ask: str
    """SOQL, or a path under the API version."""
    permission: str
    """What the user needs, by its label in Setup."""
    licence: str | None = None
    """What the org needs, where not every org has it."""
    empty_means: str | None = None
    """What an answer without rows leaves open; None where it is an answer like any other."""


QUESTIONS = (
    Question("limits", "Limits of the org", Api.REST, "/limits", VIEW_SETUP),
    Question(
        "log_files",
        "Event log files",
        Api.QUERY,
        "SELECT Id FROM EventLogFile LIMIT 1",
        VIEW_LOG_FILES,
    ),
    Question(
        "hourly_log_files",
        "Hourly event log files",
        Api.QUERY,
        "SELECT Id FROM EventLogFile WHERE Interval = 'Hourly' LIMIT 1",
        VIEW_LOG_FILES,
        EVENT_MONITORING,
        "no hourly file exists; an org without Event Monitoring has none",
    ),
    Question(
        "event_log_objects",
        "Event log objects",
        Api.QUERY,
        "SELECT Timestamp FROM ApiTotalUsageEventLog LIMIT 1",
        VIEW_LOG_OBJECTS,
        EVENT_LOG_OBJECTS,
    ),
    Question(
        "stored_events:LoginEvent",
        "Stored login events",
        Api.QUERY,
        "SELECT EventDate FROM LoginEvent LIMIT 1",
        VIEW_EVENTS,
        EVENT_MONITORING,
    ),
    Question(
        "stored_events:ApiEvent",
        "Stored API events",
        Api.QUERY,
        "SELECT EventDate FROM ApiEvent LIMIT 1",
        VIEW_EVENTS,
        EVENT_MONITORING,
    ),
    Question(
        "login_history",
        "Login history of others",
        Api.QUERY,
        "SELECT Id FROM LoginHistory WHERE UserId != {me} LIMIT 1",
        MONITOR_LOGINS,
        None,
        "no login of another user is listed; without the permission only one's own are",
    ),
    Question(
        "users",
        "Users",
        Api.QUERY,
        "SELECT Id FROM User WHERE Id != {me} LIMIT 1",
        VIEW_ALL_USERS,
        None,
        "no other user is listed; sharing rules may hide them",
    ),
    Question(
        "permission_sets",
        "Permission sets",
        Api.QUERY,
        "SELECT Id FROM PermissionSet LIMIT 1",
        VIEW_SETUP,
    ),
    Question(
        "pre_authorizations",
        "Pre-authorizations",
        Api.QUERY,
        "SELECT Id FROM SetupEntityAccess WHERE SetupEntityType = 'ConnectedApplication' LIMIT 1",
        VIEW_SETUP,
    ),
    Question(
        "connected_apps",
        "Connected apps",
        Api.QUERY,
        "SELECT Id FROM ConnectedApplication LIMIT 1",
        VIEW_SETUP,
    ),
    Question(
        "external_client_apps",
        "External client apps",
        Api.QUERY,
        "SELECT Id FROM ExternalClientApplication LIMIT 1",
        VIEW_APPS,
        EXTERNAL_CLIENT_APPS,
    ),
    Question(
        "eca_policies",
        "ECA policies",
        Api.QUERY,
        "SELECT Id FROM ExtlClntAppOauthPlcyCnfg LIMIT 1",
        VIEW_APPS,
        EXTERNAL_CLIENT_APPS,
    ),
    Question(
        "oauth_tokens",
        "OAuth tokens of others",
        Api.QUERY,
        "SELECT AppName FROM OauthToken WHERE UserId != {me} LIMIT 1",
        CUSTOMIZE,
        None,
        "no token of another user is listed; without the permission only one's own are",
    ),
    Question(
        "app_menu",
        "App menu items",
        Api.QUERY,
        "SELECT Id FROM AppMenuItem LIMIT 1",
        VIEW_SETUP,
    ),
    Question(
        "setup_audit_trail",
        "Setup audit trail",
        Api.QUERY,
        "SELECT Id FROM SetupAuditTrail LIMIT 1",
        VIEW_SETUP,
    ),
    Question(
        "auth_sessions",
        "Sessions of others",
        Api.QUERY,
        "SELECT Id FROM AuthSession WHERE UsersId != {me} LIMIT 1",
        MANAGE_USERS,
        None,
        "no session of another user is listed; without the permission only one's own are",
    ),
    Question(
        "oauth_usage",
        "ECA usage",
        Api.REST,
        "/apps/oauth/usage?page=0&pageSize=1",
        VIEW_APPS,
        EXTERNAL_CLIENT_APPS,
    ),
    Question(
        "certificates",
        "Certificates",
        Api.TOOLING,
        "SELECT Id FROM Certificate LIMIT 1",
        MANAGE_CERTIFICATES,
    ),
    Question(
        "transaction_security",
        "Transaction security",
        Api.TOOLING,
        "SELECT Id FROM TransactionSecurityPolicy LIMIT 1",
        CUSTOMIZE,
        EVENT_MONITORING,
    ),
)
"""In the order in which a person reads them: what the gauges and lists need first."""

PERMISSION_LABELS = (
    API_ENABLED,
    VIEW_SETUP,
    VIEW_LOG_FILES,
    VIEW_EVENTS,
    VIEW_LOG_OBJECTS,
    MONITOR_LOGINS,
    VIEW_ALL_USERS,
    MANAGE_USERS,
    CUSTOMIZE,
    MANAGE_CERTIFICATES,
    MODIFY_METADATA,
    VIEW_APPS,
)
"""The permissions that the sources above ask for."""

PERMISSION_COLUMNS = {
    "PermissionsApiEnabled": API_ENABLED,
    "PermissionsViewSetup": VIEW_SETUP,
    "PermissionsViewEventLogFiles": VIEW_LOG_FILES,
    "PermissionsViewDataLeakageEvents": VIEW_EVENTS,
    "PermissionsMonitorLoginHistory": MONITOR_LOGINS,
    "PermissionsViewAllUsers": VIEW_ALL_USERS,
    "PermissionsManageUsers": MANAGE_USERS,
    "PermissionsCustomizeApplication": CUSTOMIZE,
    "PermissionsManageCertificates": MANAGE_CERTIFICATES,
    "PermissionsModifyMetadata": MODIFY_METADATA,
    "PermissionsExternalClientAppAdmin": VIEW_APPS,
    "PermissionsExternalClientAppDeveloper": VIEW_APPS,
    "PermissionsExternalClientAppViewer": VIEW_APPS,
}
"""Columns of PermissionSet by their label, as far as their names are documented; the others are
found by the label that the org's own describe gives them."""
