"""The frame in which faults strike requests: before the answer, instead of it, and on the line."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import cast

from aiohttp import web

from console.simulator.faults.answers import answer_in_place
from console.simulator.faults.board import Fault, FaultKind
from console.simulator.faults.short_answer import ShortAnswer
from console.simulator.faults.transport import Cut, Drip, FaultyTransport, Misbehaviour
from console.simulator.logs.files import LogFileChange
from console.simulator.rest.call import bearer_token
from console.simulator.web.wire import WIRE, Wire

CONTROL_PATH = "/__sim__"
"""What begins so belongs to whoever steers the org, and no fault strikes it."""

SPOILED: web.RequestKey[Fault] = web.RequestKey("fault of the headers", Fault)
"""Set on requests whose answer's headers lie about its body."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LOG_FILE = re.compile(r"/sobjects/EventLogFile/(\w+)/LogFile$", re.IGNORECASE)
_ON_THE_LINE = (FaultKind.DRIP, FaultKind.STALL, FaultKind.TRUNCATE, FaultKind.RESET)
_OF_THE_HEADERS = (FaultKind.WRONG_CONTENT_TYPE, FaultKind.WRONG_GZIP)


@web.middleware
async def fault_frame(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Strike a request with whatever faults stand for it; each kind once."""
    line = request.transport
    if isinstance(line, FaultyTransport):
        line.behave()
    wire = request.app[WIRE]
    if request.path.startswith(CONTROL_PATH) or not wire.faults.standing:
        return await handler(request)
    slow = wire.faults.strike(FaultKind.SLOW, request.path)
    if slow is not None:
        await asyncio.sleep(slow.seconds("delay_s"))
    _expire_token(wire, request)
    _change_log_file(wire, request.path)
    answer = answer_in_place(wire.faults, request, wire.server_time())
    on_the_line = wire.faults.strike_one_of(_ON_THE_LINE, request.path)
    if on_the_line is not None and isinstance(line, FaultyTransport):
        line.misbehave(_misbehaviour(on_the_line))
    spoiled = wire.faults.strike_one_of(_OF_THE_HEADERS, request.path)
    if spoiled is not None:
        request[SPOILED] = spoiled
    return answer or await handler(request)


async def spoil_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers of a fault on an answer, after all the right ones."""
    fault = request.get(SPOILED)
    if fault is None:
        return
    if fault.kind is FaultKind.WRONG_CONTENT_TYPE:
        response.headers["Content-Type"] = fault.text("content_type")
    elif response.headers.pop("Content-Encoding", None) is None:
        response.headers["Content-Encoding"] = "gzip"


def _misbehaviour(fault: Fault) -> Misbehaviour:
    at_byte = fault.count("at_byte")
    if fault.kind is FaultKind.DRIP:
        return Drip(fault.count("bytes"), fault.seconds("pause_s"))
    if fault.kind is FaultKind.RESET:
        return Cut(at_byte, "reset", counts_head=True)
    if fault.kind is FaultKind.STALL:
        return Cut(at_byte, "stall", counts_head=True, stall_s=fault.seconds("delay_s"))
    if fault.text("length") == "lie":
        return ShortAnswer(at_byte)
    return Cut(at_byte, "close")


def _expire_token(wire: Wire, request: web.Request) -> None:
    token = bearer_token(request)
    if token is not None and wire.faults.strike(FaultKind.EXPIRE_TOKEN, request.path) is not None:
        wire.tokens.revoke(token)


def _change_log_file(wire: Wire, path: str) -> None:
    found = _LOG_FILE.search(path)
    if found is None:
        return
    fault = wire.faults.strike(FaultKind.CHANGE_LOG_FILE, path)
    if fault is not None:
        wire.world.change_log_file(found.group(1), cast("LogFileChange", fault.text("how")))
