"""What a JSON object from disk is: a log row, a streamed message, a record from SOQL, or nothing.

Shapes: salesforce-event-monitoring facts, sections 1.5, 2.2, 3.5 and 5.2.
"""

import json
import re
from collections.abc import Mapping
from enum import Enum

from store.errors import UnreadableLog
from store.log_values import storable

JsonObject = Mapping[str, object]


class ObjectKind(Enum):
    """What one JSON object holds."""

    LOG_ROW = "log row"
    MESSAGE = "streamed message"
    RECORD = "record of a real-time event"
    AUDIT = "record of the setup audit trail"


_AUDIT_COLUMNS = {
    "TIMESTAMP_DERIVED": ("CreatedDate", "sfdc_created_date"),
    "USER_ID": ("CreatedById", "sfdc_created_by_id"),
    "USER_NAME": ("CreatedBy.Username", "sfdc_created_by_username"),
    "ACTION": ("Action", "action"),
}
_EVENT_OBJECT = re.compile(r"[A-Za-z0-9]+Event(?:Store|Stream)?")


def objects_of(name: str, text: str) -> list[JsonObject]:
    """The objects in ``text``: one JSON value, or one a line; lists and query replies unpacked.

    Raises `UnreadableLog` when ``text`` is no JSON or holds anything but objects.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as problem:
        value = _values_by_line(name, text, problem)
    if isinstance(value, dict) and isinstance(value.get("records"), list):
        value = value["records"]
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(found, dict) for found in values):
        raise _no_log(name, "The JSON in it holds no objects.")
    return values


def kind_of(name: str, found: JsonObject) -> ObjectKind:
    """What ``found`` is; raises `UnreadableLog` with a reason when it is no log and no event."""
    data = found.get("data")
    if isinstance(data, Mapping) and isinstance(data.get("payload"), Mapping):
        return ObjectKind.MESSAGE
    if found.keys() & {"EVENT_TYPE", "TIMESTAMP", "TIMESTAMP_DERIVED"}:
        return ObjectKind.LOG_ROW
    if _type_attribute(found) == "EventLogFile" or found.keys() >= {"LogFile", "LogDate"}:
        raise _no_log(name, "It lists log files, but does not hold their rows.")
    if found.keys() >= {"EventDate", "EventIdentifier"}:
        return ObjectKind.RECORD
    if found.keys() >= {"Action", "Display"} or found.keys() >= {"action", "display"}:
        return ObjectKind.AUDIT
    if found and all(isinstance(v, Mapping) and "Remaining" in v for v in found.values()):
        raise _no_log(name, "It is a reading of the org's limits; orgwatch takes those itself.")
    raise _no_log(name, "Its JSON is neither a log row nor an event that orgwatch knows.")


def row_of(kind: ObjectKind, found: JsonObject) -> dict[str, str]:
    """The columns and texts of a log row or audit record; an audit record gains its columns."""
    texts = {storable(name): _text(value) for name, value in found.items()}
    if kind is ObjectKind.AUDIT:
        audit = {column: _first(found, names) for column, names in _AUDIT_COLUMNS.items()}
        return {"EVENT_TYPE": "SetupAuditTrail", **audit, **texts}
    return {name.strip().upper(): text for name, text in texts.items()}


def soql_type(name: str, found: JsonObject) -> str:
    """The object that a record of a real-time event comes from, as far as anything names it."""
    stated = _type_attribute(found)
    if stated:
        return stated
    in_name = _EVENT_OBJECT.search(name.rsplit("/", 1)[-1])
    if in_name:
        return in_name[0]
    if found.keys() & {"LoginUrl", "LoginGeoId"}:
        return "LoginEvent"
    return "ApiEvent" if "QueriedEntities" in found else "Unknown"


def _values_by_line(name: str, text: str, problem: Exception) -> list[object]:
    values: list[object] = []
    for line in filter(str.strip, text.splitlines()):
        try:
            values.append(json.loads(line))
        except (ValueError, RecursionError):
            raise _no_log(name, "It begins as JSON, but is none.", str(problem)) from problem
    return values


def _type_attribute(found: JsonObject) -> str | None:
    attributes = found.get("attributes")
    stated = attributes.get("type") if isinstance(attributes, Mapping) else None
    return storable(stated) if isinstance(stated, str) and stated else None


def _first(found: JsonObject, names: tuple[str, ...]) -> str:
    for name in names:
        outer, _, inner = name.partition(".")
        value = found.get(outer)
        if inner:
            value = value.get(inner) if isinstance(value, Mapping) else None
        if value is not None:
            return _text(value)
    return ""


def _text(value: object) -> str:
    if isinstance(value, str):
        return storable(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value) if isinstance(value, int | float) else json.dumps(value)


def _no_log(name: str, meaning: str, detail: str = "") -> UnreadableLog:
    return UnreadableLog(
        "This is neither a log nor an event",
        f"{name} was not taken in. {meaning}",
        "Give event log files (CSV or JSON) or real-time events as Salesforce delivers them.",
        detail,
    )
