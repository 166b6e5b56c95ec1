"""The components of the org's metadata: what there is of each type, and what each holds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from console.simulator.ids import record_id
from console.simulator.metadata.apps import (
    blocked_values,
    connected_app_name,
    connected_app_values,
)
from console.simulator.metadata.external_apps import (
    app_values,
    global_oauth_values,
    oauth_policy_values,
    oauth_values,
    policy_values,
)
from console.simulator.objects.apps import installed
from console.simulator.objects.external_apps import external_apps
from console.simulator.objects.permissions import permission_set_id, permission_set_names
from console.simulator.objects.security import policy_metadata
from console.simulator.org import story_people as people
from console.simulator.org.app_certificates import AppCertificates
from console.simulator.org.permissions import Feature, Permission
from console.simulator.org.settings import (
    REAL_TIME_EVENTS,
    connected_app_settings,
    event_settings,
    external_client_app_settings,
    oauth_settings,
    real_time_event_settings,
)
from console.simulator.org.story import SimApp
from console.simulator.org.story_security import CERTIFICATES, POLICIES
from console.simulator.world import World

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Component:
    """One component. ``values`` are worked out when it is read."""

    type: str
    """As ``xsi:type`` has it; the name of the single settings' type for Settings."""
    full_name: str
    record_id: str
    created_at: datetime
    values: Callable[[], Values] | None
    """None for one that is listed but cannot be read."""
    namespace: str | None = None


@dataclass(frozen=True, slots=True)
class MetadataSources:
    """What components are made from."""

    world: World
    certificates: AppCertificates
    opened: datetime
    """The day on which the org opened, from which the life of certificates counts."""
    session_timeout: timedelta
    """Idle life of sessions by the org's session settings."""


def components_of(sources: MetadataSources, name: str, version: int) -> list[Component]:
    """Every component of a type at an API version, in the order in which it is listed.

    The org has none of the types that nothing here makes: no Apex, no pages, no named credentials.
    """
    make = _MAKERS.get(name.lower())
    return [] if make is None else list(make(sources, version))


def _connected_apps(sources: MetadataSources, version: int) -> Iterator[Component]:
    facts, certificates = sources.world.facts, sources.certificates
    for app in installed(facts):
        is_readable = app.namespace is None and not app.details.is_vendors
        values = partial(connected_app_values, facts, app, certificates, version)
        yield Component(
            "ConnectedApp",
            connected_app_name(app),
            str(app.app_id),
            app.created_at,
            values if is_readable else None,
            app.namespace,
        )


def _blocked(sources: MetadataSources, version: int) -> Iterator[Component]:
    del version
    for app in installed(sources.world.facts):
        if not app.enabled:
            values = partial(blocked_values, app)
            yield _of_app("BlacklistedConsumer", app, app.developer_name, "0BC", values)


def _external_apps(sources: MetadataSources, version: int) -> Iterator[Component]:
    del version
    facts = sources.world.facts
    for app in _visible_external_apps(sources):
        yield Component(
            "ExternalClientApplication",
            app.developer_name,
            str(app.app_id),
            app.created_at,
            partial(app_values, facts, app),
            app.namespace,
        )


def _oauth(sources: MetadataSources, version: int) -> Iterator[Component]:
    del version
    for app in _visible_external_apps(sources):
        name = f"{app.developer_name}_oauth"
        values = partial(oauth_values, sources.world.facts.org_id, app)
        yield _of_app("ExtlClntAppOauthSettings", app, name, "0xN", values)


def _global_oauth(sources: MetadataSources, version: int) -> Iterator[Component]:
    for app in _visible_external_apps(sources):
        name = f"{app.developer_name}_glbloauth"
        values = partial(global_oauth_values, app, sources.certificates, version)
        yield _of_app("ExtlClntAppGlobalOauthSettings", app, name, "0xG", values)


def _oauth_policies(sources: MetadataSources, version: int) -> Iterator[Component]:
    del version
    for app in _visible_external_apps(sources):
        name = f"{app.developer_name}_oauthPlcy"
        values = partial(oauth_policy_values, sources.world.facts, app)
        yield _of_app("ExtlClntAppOauthConfigurablePolicies", app, name, "0xO", values)


def _policies(sources: MetadataSources, version: int) -> Iterator[Component]:
    del version
    for app in _visible_external_apps(sources):
        name = f"{app.developer_name}_plcy"
        values = partial(policy_values, app)
        yield _of_app("ExtlClntAppConfigurablePolicies", app, name, "0xP", values)


def _of_app(
    type_name: str, app: SimApp, full_name: str, prefix: str, values: Callable[[], Values]
) -> Component:
    return Component(type_name, full_name, record_id(prefix, app.name), app.created_at, values)


def _visible_external_apps(sources: MetadataSources) -> list[SimApp]:
    if not sources.world.access.has(Feature.EXTERNAL_CLIENT_APPS):
        return []
    return external_apps(sources.world.facts)


def _certificates(sources: MetadataSources, version: int) -> Iterator[Component]:
    del version
    for each in CERTIFICATES:
        until = sources.opened + timedelta(days=each.days_left)
        values: Values = {
            "caSigned": each.ca_signed,
            "encryptedWithPlatformEncryption": False,
            "expirationDate": until,
            "keySize": each.key_size,
            "masterLabel": each.label,
            "privateKeyExportable": each.exportable,
        }
        yield _plain("Certificate", each.developer_name, "0P1", until - timedelta(days=365), values)


def _security_policies(sources: MetadataSources, version: int) -> Iterator[Component]:
    del version
    if sources.world.access.has(Feature.EVENT_MONITORING):
        created_at = sources.opened - timedelta(days=420)
        for policy in POLICIES:
            values = policy_metadata(policy)
            name = policy.developer_name
            yield _plain("TransactionSecurityPolicy", name, "0NI", created_at, values)


def _permission_sets(sources: MetadataSources, version: int) -> Iterator[Component]:
    del version
    facts, access = sources.world.facts, sources.world.access
    for name in permission_set_names(facts):
        given = [each for each in Permission if each in access.given_by(name)]
        values: Values = {
            "hasActivationRequired": False,
            "label": name.replace("_", " "),
            "userPermissions": [{"enabled": True, "name": each.value} for each in given],
        }
        identity = permission_set_id(name)
        yield Component("PermissionSet", name, identity, facts.created_at, partial(_same, values))


def _settings(sources: MetadataSources, version: int) -> Iterator[Component]:
    world = sources.world
    has_events = world.access.has(Feature.EVENT_MONITORING)
    stores = [name for name in _STORES if world.table(name) is not None]
    values: dict[str, Values] = {
        "ConnectedApp": connected_app_settings(),
        "Event": event_settings(has_events),
        "ExternalClientApp": external_client_app_settings(),
        "OauthOidc": oauth_settings(),
        "RealTimeEvent": real_time_event_settings(stores),
        "Security": _session_settings(sources.session_timeout),
    }
    since = {"ConnectedApp": 47, "ExternalClientApp": 58}
    for name, each in values.items():
        if version >= since.get(name, 0):
            type_name = f"{name}Settings"
            yield _plain(type_name, name, "", world.facts.created_at, each)


def _session_settings(timeout: timedelta) -> Values:
    """The shortest of the lives on offer that is no shorter than ``timeout``."""
    offered = ((15, "Fifteen"), (30, "Thirty"), (60, "Sixty"), (90, "Ninety"))
    hours = ((2, "Two"), (4, "Four"), (8, "Eight"), (12, "Twelve"), (24, "TwentyFour"))
    lives = [(minutes, f"{word}Minutes") for minutes, word in offered]
    lives += [(number * 60, f"{word}Hours") for number, word in hours]
    minutes = timeout / timedelta(minutes=1)
    name = next((each for most, each in lives if most >= minutes), lives[-1][1])
    return {"sessionSettings": {"lockSessionsToIp": False, "sessionTimeout": name}}


def _plain(
    type_name: str, full_name: str, prefix: str, created_at: datetime, values: Values
) -> Component:
    identity = record_id(prefix, full_name) if prefix else ""
    return Component(type_name, full_name, identity, created_at, partial(_same, values))


def _same(values: Values) -> Values:
    return values


AUTHOR = people.ADMIN
"""Who made and last changed every component."""
_STORES = tuple(REAL_TIME_EVENTS.values())
_MAKERS: Mapping[str, Callable[[MetadataSources, int], Iterator[Component]]] = {
    "blacklistedconsumer": _blocked,
    "certificate": _certificates,
    "connectedapp": _connected_apps,
    "externalclientapplication": _external_apps,
    "extlclntappconfigurablepolicies": _policies,
    "extlclntappglobaloauthsettings": _global_oauth,
    "extlclntappoauthconfigurablepolicies": _oauth_policies,
    "extlclntappoauthsettings": _oauth,
    "permissionset": _permission_sets,
    "settings": _settings,
    "transactionsecuritypolicy": _security_policies,
}
