"""The payloads of streamed events, field for field.

Field sets: platform-events/apieventstream, logineventstream and logouteventstream. Every field is
present, with None for no value; date-times are text with milliseconds and ``Z``; ReplayId and
EventUuid travel beside the payload, not in it.
"""

import base64
import hashlib
import json
from functools import lru_cache

from console.simulator.dice import mixed
from console.simulator.ids import record_id
from console.simulator.keys import login_history_id, request_id, session_key, uuid_text
from console.simulator.life.logins import OAUTH_LOGIN, Login, Logout
from console.simulator.life.own_acts import OwnCall
from console.simulator.life.traffic import Call
from console.simulator.logs.app_columns import EcaLogId, logged_app_id
from console.simulator.logs.call_texts import soap_request_id
from console.simulator.moments import iso_ms
from console.simulator.objects.tables import Value
from console.simulator.org import story_people as people
from console.simulator.org.places import place_of

Payload = dict[str, Value]

LOGIN_HOST = "acme.my.salesforce.com"
_RECORDS_SHOWN = 3
_KEY_PREFIXES = {"Account": "001", "Contact": "003", "Order": "801", "Case": "500", "User": "005"}
_SOAP_TYPES = {"P": "SOAP Partner", "E": "SOAP Enterprise"}


@lru_cache(maxsize=64)
def schema_id(event_name: str, fields: tuple[str, ...]) -> str:
    """The 22-character id of an event's schema: it changes when the fields change."""
    text = event_name + ",".join(sorted(fields))
    digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
    return base64.urlsafe_b64encode(digest)[:22].decode()


def event_uuid(number: int) -> str:
    """EventUuid of an event."""
    return uuid_text(number, 31)


def event_identifier(number: int) -> str:
    """EventIdentifier: the same in the stream and in the stored object."""
    return uuid_text(number, 21)


def shared(number: int, at_ms: int, created_ms: int) -> Payload:
    """The fields that all events have."""
    return {
        "EventIdentifier": event_identifier(number),
        "EventDate": iso_ms(at_ms),
        "CreatedDate": iso_ms(created_ms),
        "CreatedById": people.AUTOMATED_PROCESS.user_id,
        "RelatedEventIdentifier": None,
    }


NO_POLICY: Payload = {"PolicyId": None, "PolicyOutcome": None, "EvaluationTime": 0.0}
"""What an event says that no transaction security policy looked at."""
NO_AGENT: Payload = {
    "ActionName": None,
    "BotId": None,
    "BotSessionIdentifier": None,
    "PlannerId": None,
}
"""What an event says that no agent had a hand in."""


def of_call(call: Call, created_ms: int, eca_log_id: EcaLogId) -> Payload:
    """ApiEventStream's payload for a read by an integration.

    Bulk reads carry no login history, client, user agent or records. The app's id is only there
    when the call came with a fresh authentication, here in one call of four.
    """
    integration, number, session = call.integration, call.number, call.session
    is_bulk = call.shape.family == "Bulk"
    family = call.shape.family
    app_id = logged_app_id(integration.app, eca_log_id) if number % 4 == 0 else None
    return {
        **shared(number, call.at_ms, created_ms),
        **NO_POLICY,
        **NO_AGENT,
        "UserId": call.user.user_id,
        "Username": call.user.username,
        "LoginKey": session_key(session, 11),
        "SessionKey": session_key(session, 13),
        "LoginHistoryId": None if is_bulk else login_history_id(session),
        "SessionLevel": "STANDARD",
        "SourceIp": call.client_ip,
        "ApiType": _SOAP_TYPES[integration.soap_type] if family == "SOAP" else family,
        "ApiVersion": float(integration.api_version),
        "Application": "N/A",
        "Client": "" if is_bulk else integration.client_name or None,
        "ConnectedAppId": app_id,
        "Platform": "Unknown",
        "UserAgent": "" if is_bulk else integration.user_agent,
        "Operation": call.shape.read,
        "QueriedEntities": call.shape.entity if call.rows else "",
        "Query": call.shape.query,
        "RowsProcessed": float(call.rows),
        "RowsReturned": float(min(call.rows, 2000)),
        "ElapsedTime": 12 + mixed(number, 3) % 900,
        "RequestIdentifier": (
            soap_request_id(number) if call.shape.family == "SOAP" else request_id(number)
        ),
        "AdditionalInfo": "{}",
        "Records": None if is_bulk else _records(call.shape.entity, call.rows, number),
    }


def of_own_call(call: OwnCall, created_ms: int, eca_log_id: EcaLogId) -> Payload:
    """ApiEventStream's payload for a read that a real client made."""
    number, session, request = call.number, call.session, call.request
    return {
        **shared(number, call.at_ms, created_ms),
        **NO_POLICY,
        **NO_AGENT,
        "UserId": request.user_id,
        "Username": request.username,
        "LoginKey": session_key(session, 11),
        "SessionKey": session_key(session, 13),
        "LoginHistoryId": login_history_id(session),
        "SessionLevel": "STANDARD",
        "SourceIp": request.client_ip,
        "ApiType": "REST",
        "ApiVersion": float(request.api_version),
        "Application": "N/A",
        "Client": request.client_name or None,
        "ConnectedAppId": logged_app_id(request.app, eca_log_id),
        "Platform": "Unknown",
        "UserAgent": request.user_agent,
        "Operation": request.operation,
        "QueriedEntities": request.entity if request.rows else "",
        "Query": request.query,
        "RowsProcessed": float(request.rows),
        "RowsReturned": float(request.rows),
        "ElapsedTime": 12 + mixed(number, 3) % 200,
        "RequestIdentifier": request.request_id,
        "AdditionalInfo": "{}",
        "Records": None,
    }


def of_login(login: Login, created_ms: int) -> Payload:
    """LoginEventStream's payload for a login attempt."""
    place = place_of(login.source_ip)
    is_soap = login.api_type != "N/A"
    return {
        **shared(login.number, login.at_ms, created_ms),
        **NO_POLICY,
        "UserId": login.user.user_id,
        "Username": login.user.username,
        "LoginKey": session_key(login.number, 11),
        "SessionKey": None,
        "LoginHistoryId": login_history_id(login.number),
        "SessionLevel": "STANDARD" if login.succeeded else None,
        "SourceIp": login.source_ip,
        "AdditionalInfo": "{}",
        "ApiType": login.api_type,
        "ApiVersion": login.api_version,
        "Application": login.application,
        "AuthMethodReference": None,
        "AuthServiceId": None,
        "Browser": login.browser,
        "CipherSuite": "ECDHE-RSA-AES256-GCM-SHA384",
        "City": place.city,
        "Country": place.country,
        "CountryIso": place.country_iso,
        "PostalCode": place.postal_code,
        "Subdivision": place.subdivision,
        "LoginLatitude": place.latitude,
        "LoginLongitude": place.longitude,
        "LoginGeoId": record_id("04F", login.source_ip)[:15],
        "ClientVersion": "N/A",
        "HttpMethod": "Unknown" if is_soap else "POST",
        "LoginSubType": login.sub_type,
        "LoginType": login.login_type,
        "LoginUrl": "login.salesforce.com" if is_soap else LOGIN_HOST,
        "Platform": login.platform,
        "Status": login.status,
        "TlsProtocol": "TLS 1.2" if login.login_type != OAUTH_LOGIN else "TLS 1.3",
        "UserType": login.user.user_type,
    }


def of_logout(logout: Logout, created_ms: int) -> Payload:
    """LogoutEventStream's payload for a click on Log Out."""
    return {
        **shared(mixed(logout.number, 41), logout.at_ms, created_ms),
        "UserId": logout.user.user_id,
        "Username": logout.user.username,
        "LoginKey": session_key(logout.number, 11),
        "SessionKey": session_key(logout.number, 13),
        "SessionLevel": "STANDARD",
        "SourceIp": logout.source_ip,
    }


def _records(entity: str, rows: int, number: int) -> str:
    prefix = _KEY_PREFIXES.get(entity, "a0K")
    shown = [
        {"attributes": {"type": entity}, "Id": record_id(prefix, entity, mixed(number, n) % 97)}
        for n in range(min(rows, _RECORDS_SHOWN))
    ]
    body = {"totalSize": rows, "done": rows <= 2000, "records": shown}
    return json.dumps(body, separators=(",", ":"))
