"""The user permissions and licences that decide what a client of the org may see.

API names and labels are those of the columns ``Permissions<name>`` in a described v64
PermissionSet. What each opens stands in `console.simulator.org.access`.
"""

from enum import StrEnum


class Permission(StrEnum):
    """A user permission by its API name, as the columns of Profile and PermissionSet end."""

    API_ENABLED = "ApiEnabled"
    API_ONLY_USER = "ApiUserOnly"
    VIEW_SETUP = "ViewSetup"
    VIEW_EVENT_LOG_FILES = "ViewEventLogFiles"
    VIEW_EVENT_LOG_OBJECT_DATA = "ViewEventLogObjectData"
    """Documented by its label only; the API name here is the label run together."""
    VIEW_REAL_TIME_EVENTS = "ViewDataLeakageEvents"
    """Labelled View Real-Time Event Monitoring Data: its API name kept an older word."""
    MANAGE_USERS = "ManageUsers"
    MONITOR_LOGIN_HISTORY = "MonitorLoginHistory"
    VIEW_ALL_USERS = "ViewAllUsers"
    ASSIGN_PERMISSION_SETS = "AssignPermissionSets"
    MANAGE_SESSION_PERMISSION_SETS = "ManageSessionPermissionSets"
    MANAGE_PROFILES_AND_PERMISSION_SETS = "ManageProfilesPermissionsets"
    CUSTOMIZE_APPLICATION = "CustomizeApplication"
    MODIFY_METADATA = "ModifyMetadata"
    MODIFY_ALL_DATA = "ModifyAllData"
    VIEW_ALL_DATA = "ViewAllData"
    MANAGE_CONNECTED_APPS = "ManageRemoteAccess"
    APPROVE_UNINSTALLED_APPS = "CanApproveUninstalledApps"
    ECA_VIEWER = "ExternalClientAppViewer"
    ECA_ADMIN = "ExternalClientAppAdmin"
    ECA_DEVELOPER = "ExternalClientAppDeveloper"
    VIEW_CLIENT_SECRET = "ViewClientSecret"  # noqa: S105  (the name of a permission)
    ROTATE_CLIENT_SECRET = "ClientSecretRotation"  # noqa: S105
    MANAGE_CERTIFICATES = "ManageCertificates"
    USE_ANY_API_CLIENT = "UseAnyApiClient"

    @property
    def column(self) -> str:
        """Its column on Profile and PermissionSet: ``PermissionsViewSetup``."""
        return f"Permissions{self.value}"

    @property
    def label(self) -> str:
        """Its name in Setup."""
        return _LABELS[self]


_LABELS = {
    Permission.API_ENABLED: "API Enabled",
    Permission.API_ONLY_USER: "Api Only User",
    Permission.VIEW_SETUP: "View Setup and Configuration",
    Permission.VIEW_EVENT_LOG_FILES: "View Event Log Files",
    Permission.VIEW_EVENT_LOG_OBJECT_DATA: "View Event Log Object Data",
    Permission.VIEW_REAL_TIME_EVENTS: "View Real-Time Event Monitoring Data",
    Permission.MANAGE_USERS: "Manage Users",
    Permission.MONITOR_LOGIN_HISTORY: "Monitor Login History",
    Permission.VIEW_ALL_USERS: "View All Users",
    Permission.ASSIGN_PERMISSION_SETS: "Assign Permission Sets",
    Permission.MANAGE_SESSION_PERMISSION_SETS: "Manage Session Permission Set Activations",
    Permission.MANAGE_PROFILES_AND_PERMISSION_SETS: "Manage Profiles and Permission Sets",
    Permission.CUSTOMIZE_APPLICATION: "Customize Application",
    Permission.MODIFY_METADATA: "Modify Metadata Through Metadata API Functions",
    Permission.MODIFY_ALL_DATA: "Modify All Data",
    Permission.VIEW_ALL_DATA: "View All Data",
    Permission.MANAGE_CONNECTED_APPS: "Manage Connected Apps",
    Permission.APPROVE_UNINSTALLED_APPS: "Approve Uninstalled Connected Apps",
    Permission.ECA_VIEWER: "View all External Client Apps",
    Permission.ECA_ADMIN: (
        "View all External Client Apps, view their settings, and edit their policies"
    ),
    Permission.ECA_DEVELOPER: "Create, edit, and delete External Client Apps",
    Permission.VIEW_CLIENT_SECRET: "View External Client App Consumer Secrets in Metadata",
    Permission.ROTATE_CLIENT_SECRET: "Allow consumer key and secret rotation",
    Permission.MANAGE_CERTIFICATES: "Manage Certificates",
    Permission.USE_ANY_API_CLIENT: "Use Any API Client",
}


class Feature(StrEnum):
    """What an org has by edition, add-on or request to Salesforce, whoever asks."""

    EVENT_MONITORING = "EventMonitoring"
    """Shield or the Event Monitoring add-on: hourly log files, event streams, their stores."""
    EXTERNAL_CLIENT_APPS = "ExternalClientApps"
    API_ACCESS_CONTROL = "ApiAccessControl"
    """Provisioned by Support on request; without it ``PermissionsUseAnyApiClient`` is no column."""
