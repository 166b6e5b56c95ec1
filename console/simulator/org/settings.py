"""The org's settings as metadata: what is switched on, whoever asks.

Elements: metadata API guide (EventSettings, RealTimeEventSettings, ConnectedAppSettings,
OauthOidcSettings, ExternalClientAppSettings).
"""

from collections.abc import Iterable, Mapping

from console.simulator.org.access import LOGOUT_CHANNEL

Settings = Mapping[str, object]

REAL_TIME_EVENTS: Mapping[str, str] = {
    "ApiAnomalyEvent": "ApiAnomalyEventStore",
    "ApiEventStream": "ApiEvent",
    "BulkApiResultEvent": "BulkApiResultEventStore",
    "CredentialStuffingEvent": "CredentialStuffingEventStore",
    "FileEvent": "FileEventStore",
    "GuestUserAnomalyEvent": "GuestUserAnomalyEventStore",
    "LightningUriEventStream": "LightningUriEvent",
    "ListViewEventStream": "ListViewEvent",
    "LoginAnomalyEvent": "LoginAnomalyEventStore",
    "LoginAsEventStream": "LoginAsEvent",
    "LoginEventStream": "LoginEvent",
    "LogoutEventStream": "LogoutEvent",
    "PermissionSetEvent": "PermissionSetEventStore",
    "ReportAnomalyEvent": "ReportAnomalyEventStore",
    "ReportEventStream": "ReportEvent",
    "SessionHijackingEvent": "SessionHijackingEventStore",
    "UriEventStream": "UriEvent",
}
"""The store of each stream of real-time event monitoring."""


def real_time_event_settings(stores: Iterable[str]) -> Settings:
    """Which events are streamed and stored: an entry for each, ``stores`` being those on."""
    on = set(stores)
    events = []
    for stream, store in REAL_TIME_EVENTS.items():
        is_free = LOGOUT_CHANNEL.endswith(f"/{stream}")
        events.append({"entityName": stream, "isEnabled": is_free or store in on})
        events.append({"entityName": store, "isEnabled": store in on})
    return {"realTimeEvents": events}


def event_settings(has_event_monitoring: bool) -> Settings:
    """Settings of event logs, streaming and transaction security."""
    return {
        "bypassMeteringBlock": False,
        "enableApexLimitEvents": False,
        "enableDeleteMonitoringData": False,
        "enableDynamicStreamingChannel": False,
        "enableEventLogGeneration": has_event_monitoring,
        "enableEventLogWaveIntegration": False,
        "enableLightningLoggerEvents": False,
        "enableLoginForensics": False,
        "enableStreamingApi": True,
        "enableTransactionSecurityPolicies": has_event_monitoring,
        "eventLogRetentionDuration": 30 if has_event_monitoring else 1,
    }


def connected_app_settings() -> Settings:
    """API Access Control, which this org does not use."""
    return {
        "enableAdminApprovedAppsOnly": False,
        "enableAdminApprovedAppsOnlyForExternalUser": False,
        "enableSkipUserProvisioningWizardWelcomePage": False,
    }


def oauth_settings() -> Settings:
    """Which OAuth flows the org blocks. An old org: none."""
    return {
        "agentAuthLinking": False,
        "blockOAuthUnPwFlow": False,
        "blockOAuthUsrAgtFlow": False,
        "isPkceRequired": False,
        "oAuthCdCrdtFlowEnable": False,
    }


def external_client_app_settings() -> Settings:
    """Whether the secrets of External Client Apps can be read by API."""
    return {
        "enableClientSecretInRestApiAccess": False,
        "enableConsumerSecretApiAccess": False,
        "enablePackageEcaOauthFromDevOrg": False,
    }
