"""Writes an API call row out again as the log file had it: every column, in the file's order."""

import json
import sqlite3

from store.log_time import compact_text, iso_text
from store.resources import joined_resource

_QUERY = (
    "SELECT call.occurred_ms, call.request_id, caller.app_id, caller.app_name, caller.client,"
    " caller.user_id, caller.username, address.text, family.text, version.text, resource.text,"
    " call.resource_parts, entity.text, method.text, call.status, call.counted, call.extra,"
    " log_file.columns, log_file.org_id"
    " FROM api_call AS call JOIN caller ON caller.id = call.caller_id"
    " JOIN term AS address ON address.id = call.address_id"
    " JOIN term AS family ON family.id = call.family_id"
    " JOIN term AS version ON version.id = call.version_id"
    " JOIN term AS resource ON resource.id = call.resource_id"
    " JOIN term AS entity ON entity.id = call.entity_id"
    " JOIN term AS method ON method.id = call.method_id"
    " JOIN log_file ON log_file.id = call.file_id WHERE call.id = ?"
)


def api_call_json(connection: sqlite3.Connection, call_id: int) -> str:
    """The row of the API call ``call_id``, which exists, as a JSON object of its columns."""
    (occurred_ms, request_id, app_id, app_name, client, user_id, username, address, family,
     version, shape, parts, entity, method, status, counted, extra, columns,
     org_id) = connection.execute(_QUERY, (call_id,)).fetchone()  # fmt: skip
    typed = {
        "EVENT_TYPE": "ApiTotalUsage",
        "ORGANIZATION_ID": org_id,
        "TIMESTAMP": compact_text(occurred_ms),
        "TIMESTAMP_DERIVED": iso_text(occurred_ms),
        "REQUEST_ID": request_id,
        "CONNECTED_APP_ID": app_id,
        "CONNECTED_APP_NAME": app_name,
        "CLIENT_NAME": client,
        "USER_ID": user_id,
        "USER_NAME": username,
        "CLIENT_IP": address,
        "API_FAMILY": family,
        "API_VERSION": version,
        "API_RESOURCE": joined_resource(shape, parts),
        "ENTITY_NAME": entity,
        "HTTP_METHOD": method,
        "STATUS_CODE": status,
        "COUNTS_AGAINST_API_LIMIT": counted,
    }
    odd: dict[str, str] = json.loads(extra) if extra else {}
    names: list[str] = json.loads(columns)
    fields = {name: odd.get(name, _text(typed.get(name))) for name in names}
    return json.dumps(fields, ensure_ascii=False)


def _text(value: object) -> str:
    return "" if value is None else str(value)
