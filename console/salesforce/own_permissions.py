"""Which of the permissions that matter the console's own user holds, and through what."""

from dataclasses import dataclass

from console.errors import OrgRefused
from console.salesforce.rest import RestClient
from console.salesforce.soql import quote
from console.salesforce.source_questions import PERMISSION_COLUMNS, PERMISSION_LABELS
from console.salesforce.values import Record, child_of, flag_of, text_of


@dataclass(frozen=True, slots=True)
class OwnPermissions:
    """Permissions of one user by their labels in Setup; a label that is missing is not known."""

    held: dict[str, bool]
    why_unknown: str = ""
    """Why nothing is known, empty when something is."""

    def lacks(self, label: str) -> bool:
        """Whether the user is known not to hold this permission."""
        return self.held.get(label) is False

    def holds(self, label: str) -> bool:
        """Whether the user is known to hold it."""
        return self.held.get(label) is True


async def read_own_permissions(
    client: RestClient, user_id: str | None, purpose: str
) -> OwnPermissions:
    """What the profile and the permission sets of ``user_id`` add up to, for two calls.

    A profile's permissions come through its own hidden permission set, which is assigned like
    any other (object reference, PermissionSetAssignment).
    """
    if user_id is None:
        return OwnPermissions({}, "the login did not say which user it is")
    try:
        columns = await _columns(client, purpose)
        if not columns:
            return OwnPermissions({}, "the org describes none of the permissions")
        fields = ", ".join(f"PermissionSet.{column}" for column in sorted(columns))
        rows = await client.query(
            f"SELECT {fields} FROM PermissionSetAssignment "  # noqa: S608
            f"WHERE AssigneeId = {quote(user_id)}",
            purpose=purpose,
        )
    except OrgRefused as refused:
        if refused.retryable:
            raise
        return OwnPermissions({}, f"permission sets could not be read: {refused.title}")
    if not rows:
        return OwnPermissions({}, "no permission set assignment of this user is visible")
    held = dict.fromkeys(columns.values(), False)
    for row in rows:
        granted = child_of(row, "PermissionSet")
        for column, label in columns.items():
            held[label] = held[label] or flag_of(granted, column) is True
    return OwnPermissions(held)


async def _columns(client: RestClient, purpose: str) -> dict[str, str]:
    """Column to label, of those columns that this org has."""
    description = await client.get("/sobjects/PermissionSet/describe", purpose=purpose)
    fields = description.get("fields") if isinstance(description, dict) else None
    found: dict[str, str] = {}
    for field in fields if isinstance(fields, list) else []:
        if isinstance(field, dict):
            found.update(_column(field))
    return found


def _column(field: Record) -> dict[str, str]:
    name, label = text_of(field, "name"), text_of(field, "label")
    # The name becomes part of a query, so nothing but a plain identifier is let through.
    if name is None or not name.startswith("Permissions") or not name.isalnum():
        return {}
    if name in PERMISSION_COLUMNS:
        return {name: PERMISSION_COLUMNS[name]}
    return {name: label} if label in PERMISSION_LABELS else {}
