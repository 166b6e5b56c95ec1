"""The inventory: every app of the org, from whatever the org lets this user see.

A fact that could not be seen is None, and its object stands in ``not_visible`` with the reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from console.salesforce.app_sources import (
    PURPOSE,
    AppSources,
    read_app_sources,
    scopes_of,
)
from console.salesforce.oauth_tokens import TokenUse, TokenUses, read_token_uses
from console.salesforce.rest import RestClient
from console.salesforce.types import AppFact, AppKind, Inventory
from console.salesforce.values import Record, flag_of, integer_of, moment_of, text_of

_PRE_AUTHORIZED = "adminapprovedpreauthorized"
_Facts = dict[str, tuple[object, str]]
"""A value by the fact's name, with the column that it was read from."""

_ID_CHARACTERS = 15
"""Ids have 15 or 18 characters; the first 15 are the same in both forms."""


async def read_inventory(client: RestClient) -> Inventory:
    """Every app that the org shows to this user, for four or more API calls.

    Connected apps come from ConnectedApplication, External Client Apps from their own objects, and
    apps that only hold tokens from OauthToken: those are in the org without being installed.
    """
    sources = await read_app_sources(client)
    tokens = await read_token_uses(client, await client.own_user_id(), PURPOSE)
    if tokens.reason:
        sources.not_visible["OauthToken"] = tokens.reason
    return build_inventory(sources, tokens)


def build_inventory(sources: AppSources, tokens: TokenUses) -> Inventory:
    """The inventory from rows already read."""
    not_visible = dict(sources.not_visible)
    by_app, homeless = _tokens_by_app(sources, tokens.by_app)
    apps = [
        *_connected_apps(sources, tokens, by_app),
        *_external_client_apps(sources, tokens, by_app),
    ]
    if sources.is_visible("ConnectedApplication") and sources.is_visible(
        "ExternalClientApplication"
    ):
        uninstalled = [use for use in homeless if use.menu_item_id is None]
        apps += [_uninstalled_app(use, tokens) for use in uninstalled]
        homeless = [use for use in homeless if use.menu_item_id is not None]
    if homeless:
        names = ", ".join(sorted(repr(use.app_name) for use in homeless)[:20])
        not_visible["apps of tokens"] = (
            f"{len(homeless)} apps hold tokens but could not be told installed or not: {names}"
        )
    return Inventory(tuple(apps), not_visible)


def _tokens_by_app(
    sources: AppSources, uses: Iterable[TokenUse]
) -> tuple[dict[str, TokenUse], list[TokenUse]]:
    """Token use by the first 15 characters of the app's id, and the uses that fit no app.

    The menu item names the app exactly; External Client Apps commonly have none, so the app's
    name is what is left to go by.
    """
    application_of = {
        _id15(text_of(row, "Id")): _id15(text_of(row, "ApplicationId"))
        for row in sources.of("AppMenuItem")
    }
    by_name: dict[str, str] = {}
    for row in sources.of("ConnectedApplication"):
        by_name[(text_of(row, "Name") or "").casefold()] = _id15(text_of(row, "Id"))
    for row in sources.of("ExternalClientApplication"):
        for key in ("DeveloperName", "MasterLabel"):
            by_name.setdefault((text_of(row, key) or "").casefold(), _id15(text_of(row, "Id")))
    by_app: dict[str, TokenUse] = {}
    homeless: list[TokenUse] = []
    for use in uses:
        app_id = application_of.get(_id15(use.menu_item_id), "") if use.menu_item_id else ""
        app_id = app_id or by_name.get(use.app_name.casefold(), "")
        if not app_id:
            homeless.append(use)
        elif app_id in by_app:
            by_app[app_id].merge(use)
        else:
            by_app[app_id] = use
    return by_app, homeless


def _connected_apps(
    sources: AppSources, tokens: TokenUses, by_app: dict[str, TokenUse]
) -> Iterable[AppFact]:
    menu = {_id15(text_of(row, "ApplicationId")): row for row in sources.of("AppMenuItem")}
    for row in sources.of("ConnectedApplication"):
        app_id, name = text_of(row, "Id"), text_of(row, "Name")
        if app_id is None or name is None:
            continue
        item = menu.get(_id15(app_id), {})
        held = _HeldTokens.of(by_app.get(_id15(app_id)), tokens)
        pre_authorized = flag_of(row, "OptionsAllowAdminApprovedUsersOnly")
        policy = _connected_app_policy(row)
        namespace = text_of(item, "NamespacePrefix")
        facts = {
            "pre_authorized_only": (
                pre_authorized,
                "ConnectedApplication.OptionsAllowAdminApprovedUsersOnly",
            ),
            "refresh_token_policy": (policy, "ConnectedApplication.RefreshTokenValidityPeriod"),
            "namespace": (namespace, "AppMenuItem.NamespacePrefix"),
            **held.facts(),
        }
        yield AppFact(
            kind=AppKind.CONNECTED_APP,
            app_id=app_id,
            name=name,
            developer_name=text_of(item, "Name"),
            consumer_id=None,
            pre_authorized_only=pre_authorized,
            enabled=None,
            scopes=None,
            refresh_token_policy=policy,
            token_users=held.users,
            token_uses=held.uses,
            last_used_at=held.last_used_at,
            created_at=moment_of(row, "CreatedDate"),
            namespace=namespace,
            evidence=_evidence(facts),
        )


def _external_client_apps(
    sources: AppSources, tokens: TokenUses, by_app: dict[str, TokenUse]
) -> Iterable[AppFact]:
    parts = _EcaParts(
        consumers=_by_parent(sources.of("ExtlClntAppOauthConsumer")),
        settings=_by_parent(sources.of("ExtlClntAppOauthSettings")),
        oauth_policies=_by_parent(sources.of("ExtlClntAppOauthPlcyCnfg")),
        policies=_by_parent(sources.of("ExtlClntAppPlcyCnfg")),
    )
    for row in sources.of("ExternalClientApplication"):
        app_id, developer_name = text_of(row, "Id"), text_of(row, "DeveloperName")
        name = text_of(row, "MasterLabel") or developer_name
        if app_id is not None and name is not None:
            held = _HeldTokens.of(by_app.get(_id15(app_id)), tokens)
            yield _external_client_app(row, app_id, name, parts, held)


@dataclass(frozen=True, slots=True)
class _EcaParts:
    """The satellites of External Client Apps, each by its app's id."""

    consumers: dict[str, Record]
    settings: dict[str, Record]
    oauth_policies: dict[str, Record]
    policies: dict[str, Record]


def _external_client_app(
    row: Record, app_id: str, name: str, parts: _EcaParts, held: "_HeldTokens"
) -> AppFact:
    key = _id15(app_id)
    oauth_policy, policy = parts.oauth_policies.get(key, {}), parts.policies.get(key, {})
    consumer_id = text_of(parts.consumers.get(key, {}), "Id")
    permitted = text_of(oauth_policy, "PermittedUsersPolicyType")
    refresh = _external_client_app_policy(oauth_policy)
    enabled = flag_of(policy, "IsEnabled")
    scopes = scopes_of(parts.settings[key]) if key in parts.settings else None
    facts = {
        "consumer_id": (consumer_id, "ExtlClntAppOauthConsumer.Id"),
        "pre_authorized_only": (permitted, "ExtlClntAppOauthPlcyCnfg.PermittedUsersPolicyType"),
        "enabled": (enabled, "ExtlClntAppPlcyCnfg.IsEnabled"),
        "oauth_plugin": (
            text_of(policy, "OauthPluginStatus"),
            "ExtlClntAppPlcyCnfg.OauthPluginStatus",
        ),
        "scopes": (" ".join(scopes or ()) or None, "ExtlClntAppOauthSettings.OauthScopes*"),
        "refresh_token_policy": (refresh, "ExtlClntAppOauthPlcyCnfg.RefreshTokenPolicyType"),
        "distribution": (
            text_of(row, "DistributionState"),
            "ExternalClientApplication.DistributionState",
        ),
        **held.facts(),
    }
    return AppFact(
        kind=AppKind.EXTERNAL_CLIENT_APP,
        app_id=app_id,
        name=name,
        developer_name=text_of(row, "DeveloperName"),
        consumer_id=consumer_id,
        pre_authorized_only=permitted.casefold() == _PRE_AUTHORIZED if permitted else None,
        enabled=enabled,
        scopes=scopes,
        refresh_token_policy=refresh,
        token_users=held.users,
        token_uses=held.uses,
        last_used_at=held.last_used_at,
        created_at=moment_of(row, "CreatedDate"),
        namespace=text_of(row, "NamespacePrefix"),
        evidence=_evidence(facts),
    )


def _uninstalled_app(use: TokenUse, tokens: TokenUses) -> AppFact:
    held = _HeldTokens.of(use, tokens)
    facts = {
        "kind": ("no menu item and no installed app of this name", "OauthToken.AppMenuItemId"),
        "created_at": (use.first_granted_at, "OauthToken.CreatedDate, the oldest"),
        **held.facts(),
    }
    return AppFact(
        kind=AppKind.UNINSTALLED,
        app_id=None,
        name=use.app_name,
        developer_name=None,
        consumer_id=None,
        pre_authorized_only=None,
        enabled=None,
        scopes=None,
        refresh_token_policy=None,
        token_users=held.users,
        token_uses=held.uses,
        last_used_at=held.last_used_at,
        created_at=use.first_granted_at,
        namespace=None,
        evidence=_evidence(facts),
    )


@dataclass(frozen=True, slots=True)
class _HeldTokens:
    """An app's tokens as far as they are known."""

    users: int | None
    uses: int | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, use: TokenUse | None, tokens: TokenUses) -> "_HeldTokens":
        """Counts are unknown unless every token could be seen; a use that was seen is a fact."""
        last_used_at = use.last_used_at if use else None
        if not tokens.complete:
            return cls(None, None, last_used_at)
        return cls(len(use.users), use.uses, last_used_at) if use else cls(0, 0, None)

    def facts(self) -> "_Facts":
        """The same as evidence."""
        return {
            "token_users": (self.users, "OauthToken.UserId"),
            "token_uses": (self.uses, "OauthToken.UseCount"),
            "last_used_at": (self.last_used_at, "OauthToken.LastUsedDate"),
        }


def _connected_app_policy(row: Record) -> str | None:
    """The refresh token policy as far as it shows: the object has no column for the unit."""
    period = integer_of(row, "RefreshTokenValidityPeriod")
    by_inactivity = flag_of(row, "OptionsRefreshTokenValidityMetric")
    if period is None or by_inactivity is None:
        return None
    return f"{'inactivity' if by_inactivity else 'lifetime'} {period} (unit not visible)"


def _external_client_app_policy(row: Record) -> str | None:
    kind = text_of(row, "RefreshTokenPolicyType")
    period = integer_of(row, "RefreshTokenValidityPeriod")
    unit = text_of(row, "RefreshTokenValidityUnit")
    if kind is None or period is None or unit is None:
        return kind
    return f"{kind} {period} {unit}"


def _by_parent(rows: Iterable[Record]) -> dict[str, Record]:
    """Rows by the first 15 characters of their ExternalClientApplicationId."""
    return {_id15(text_of(row, "ExternalClientApplicationId")): row for row in rows}


def _id15(record_id: str | None) -> str:
    return (record_id or "")[:_ID_CHARACTERS]


def _evidence(facts: _Facts) -> dict[str, str]:
    """Facts as text with where they were read; those that are not known are left out."""
    return {
        name: f"{_shown(value)} ({source})"
        for name, (value, source) in facts.items()
        if value is not None
    }


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)
