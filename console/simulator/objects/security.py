"""Certificates, transaction security policies and settings, most of them of the Tooling API.

Columns and field properties: Tooling API guide (Certificate, TransactionSecurityPolicy); settings
objects as the Tooling API's types have them and as a real RealTimeEventSettings answer showed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from console.simulator.ids import record_id
from console.simulator.objects.declared import AUDIT, audited, declared
from console.simulator.objects.sources import OrgSources
from console.simulator.objects.tables import Row, Table, Value
from console.simulator.org import story_people as people
from console.simulator.org.permissions import Feature
from console.simulator.org.settings import (
    Settings,
    connected_app_settings,
    event_settings,
    external_client_app_settings,
    oauth_settings,
    real_time_event_settings,
)
from console.simulator.org.story_security import CERTIFICATES, POLICIES, SecurityPolicy

NO_RECORD_ID = "000000000000000AAA"
"""Id of what is no record: settings, and records of big objects."""

_CERTIFICATE = (
    f"Id:id IsDeleted:boolean DeveloperName Language:picklist MasterLabel NamespacePrefix {AUDIT}"
    " ExpirationDate:date KeySize:int OptionsIsCaSigned:boolean/F"
    " OptionsIsEncryptedWithPE:boolean/F OptionsIsPrivateKeyExportable:boolean/F"
    " OptionsIsUnusable:boolean/F"
)
_POLICY = (
    f"Id:id IsDeleted:boolean DeveloperName Language:picklist MasterLabel NamespacePrefix {AUDIT}"
    " Type:picklist State:picklist ActionConfig:textarea/- ApexPolicyId:reference"
    " EventType:picklist ResourceName ExecutionUserId:reference Description:string/FS"
    " EventName:picklist BlockMessage:string/FS CustomEmailContent:string/FS"
)
_SETTINGS = "Id:id DurableId:string/F FullName:string/G Metadata:complexvalue/-"
_POLICIES_MADE = timedelta(days=420)


def security_tables(sources: OrgSources) -> tuple[Table, ...]:
    """What the standard query resource offers: the policies, where the org can have any."""
    if not sources.access.has(Feature.EVENT_MONITORING):
        return ()
    rows = [_policy_row(sources, policy) for policy in POLICIES]
    return (declared("TransactionSecurityPolicy", "0NI", _POLICY, rows),)


def tooling_security_tables(sources: OrgSources) -> tuple[Table, ...]:
    """Certificate, the policies with their metadata, and the settings objects."""
    has_events = sources.access.has(Feature.EVENT_MONITORING)
    tables = [
        declared("Certificate", "0P1", _CERTIFICATE, _certificates(sources)),
        _settings("RealTimeEventSettings", "RealTimeEvent", lambda: _real_time(sources)),
        _settings("EventSettings", "Event", lambda: event_settings(has_events)),
        _settings("OauthOidcSettings", "OauthOidc", oauth_settings),
        _settings("ExternalClientAppSettings", "ExternalClientApp", external_client_app_settings),
        _connected_app_settings(),
    ]
    if has_events:
        columns = f"{_POLICY} ManageableState:picklist FullName:string/G Metadata:complexvalue/-"
        rows = [_policy_in_tooling(sources, policy) for policy in POLICIES]
        tables.append(declared("TransactionSecurityPolicy", "0NI", columns, rows))
    return tuple(tables)


def policy_metadata(policy: SecurityPolicy) -> Mapping[str, object]:
    """A policy as metadata (metadata API guide, TransactionSecurityPolicy)."""
    return {
        "action": {
            "block": policy.blocks,
            "endSession": False,
            "freezeUser": False,
            "notifications": [
                {"inApp": True, "sendEmail": False, "user": people.ADMIN.username},
            ],
            "twoFactorAuthentication": False,
        },
        "active": policy.enabled,
        "blockMessage": policy.block_message,
        "description": policy.description,
        "developerName": policy.developer_name,
        "eventName": policy.event,
        "masterLabel": policy.label,
        "type": "CustomConditionBuilderPolicy",
    }


def _policy_row(sources: OrgSources, policy: SecurityPolicy) -> dict[str, Value]:
    return {
        "Id": record_id("0NI", policy.developer_name),
        "DeveloperName": policy.developer_name,
        "Language": "en_US",
        "MasterLabel": policy.label,
        **audited(sources.now() - _POLICIES_MADE, people.ADMIN.user_id),
        "Type": "CustomConditionBuilderPolicy",
        "State": "Enabled" if policy.enabled else "Disabled",
        "ActionConfig": json.dumps(policy_metadata(policy)["action"]),
        "Description": policy.description,
        "EventName": policy.event,
        "BlockMessage": policy.block_message,
    }


def _policy_in_tooling(sources: OrgSources, policy: SecurityPolicy) -> Row:
    return {
        **_policy_row(sources, policy),
        "ManageableState": "unmanaged",
        "FullName": policy.developer_name,
        "Metadata": policy_metadata(policy),
    }


def _certificates(sources: OrgSources) -> Iterator[Row]:
    """Read when the tables are made, which is when the org opens."""
    opened = sources.now()
    for certificate in CERTIFICATES:
        until = opened + timedelta(days=certificate.days_left)
        yield {
            "Id": record_id("0P1", certificate.developer_name),
            "DeveloperName": certificate.developer_name,
            "Language": "en_US",
            "MasterLabel": certificate.label,
            **audited(until - timedelta(days=365), people.ADMIN.user_id),
            "ExpirationDate": until.date(),
            "KeySize": certificate.key_size,
            "OptionsIsCaSigned": certificate.ca_signed,
            "OptionsIsPrivateKeyExportable": certificate.exportable,
        }


def _real_time(sources: OrgSources) -> Settings:
    """Which stores the org has is known when all tables are made, not before."""
    return real_time_event_settings(table.name for table in sources.tables(False))


def _settings(name: str, full_name: str, metadata: Callable[[], Settings]) -> Table:
    def rows() -> Iterator[Row]:
        yield {
            "Id": NO_RECORD_ID,
            "DurableId": full_name,
            "FullName": full_name,
            "Metadata": {**metadata(), "urls": None},
        }

    return declared(name, "", _SETTINGS, rows)


def _connected_app_settings() -> Table:
    columns = (
        f"{_SETTINGS} IsAdminApprovedAppsOnlyEnabled:boolean"
        " IsAdminApprovedAppsOnlyForExternalUserEnabled:boolean"
    )
    row: Row = {
        "Id": NO_RECORD_ID,
        "DurableId": "ConnectedApp",
        "FullName": "ConnectedApp",
        "Metadata": {**connected_app_settings(), "urls": None},
    }
    return declared("ConnectedAppSettings", "", columns, [row])
