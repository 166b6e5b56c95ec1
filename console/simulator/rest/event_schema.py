"""The schema of a streamed event: which fields its payload has.

``…/event/eventSchema/<id>`` and ``…/sobjects/<Event>/eventSchema`` (REST API guide, platform event
schema). The expanded form lists only ``replayId`` under ``event``. Types are told from an event
that was published; a channel without any has no schema yet.
"""

from aiohttp import web

from console.simulator.events.stream_log import PublishedEvent
from console.simulator.rest.call import CALL, not_found
from console.simulator.web.wire import WIRE, Wire

Schema = dict[str, object]


def add_event_schema_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve event schemas below ``base``."""
    router.add_get(f"{base}/event/eventSchema/{{schema_id}}", by_id)
    router.add_get(f"{base}/sobjects/{{event}}/eventSchema", by_name)


async def by_id(request: web.Request) -> web.Response:
    """The schema that an event's ``schema`` names."""
    wished = request.match_info["schema_id"]
    for channel, event in _newest(request.app[WIRE]):
        if event.schema == wished:
            return web.json_response(_schema(request, channel, event))
    raise not_found()


async def by_name(request: web.Request) -> web.Response:
    """The present schema of an event type."""
    request[CALL].entity = request.match_info["event"]
    for channel, event in _newest(request.app[WIRE]):
        if channel.rpartition("/")[2].lower() == request.match_info["event"].lower():
            return web.json_response(_schema(request, channel, event))
    raise not_found()


def _newest(wire: Wire) -> list[tuple[str, PublishedEvent]]:
    found = []
    for channel in wire.world.channels:
        newest = wire.world.newest_replay_id(channel)
        events = [] if newest is None else wire.world.events_after(channel, newest - 1, 1)
        found += [(channel, event) for event in events]
    return found


def _schema(request: web.Request, channel: str, event: PublishedEvent) -> Schema:
    name = channel.rpartition("/")[2]
    fields: list[Schema] = [
        {"name": key, "type": ["null", _avro_type(value)]} for key, value in event.payload.items()
    ]
    if request.query.get("payloadFormat", "EXPANDED").upper() == "COMPACT":
        inner = {"name": name, "namespace": "com.sforce.eventbus", "type": "record"}
        return {**inner, "uuid": event.schema, "fields": fields}
    return {
        "name": name,
        "namespace": "com.sforce.eventbus",
        "type": "expanded-record",
        "uuid": event.schema,
        "fields": [
            {
                "name": "data",
                "type": _record(
                    "Data",
                    [
                        {"name": "schema", "type": "string"},
                        {"name": "payload", "type": _record("Payload", fields)},
                        {"name": "event", "type": _record("Event", [_REPLAY_ID])},
                    ],
                ),
            },
            {"name": "channel", "type": "string"},
        ],
    }


_REPLAY_ID: Schema = {"name": "replayId", "type": "long"}


def _record(name: str, fields: list[Schema]) -> Schema:
    return {"type": "record", "name": name, "namespace": "", "fields": fields}


def _avro_type(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "long"
    return "double" if isinstance(value, float) else "string"
