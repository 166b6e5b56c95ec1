"""A Bayeux server in a process of its own whose event batches are ready-made bytes.

Run as a program with a file that holds one JSON array a line; it prints its port, serves each line
as the answer to one connect, and then holds connects back.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web


class Server:
    """Hands out the batches to whoever connects, in order."""

    def __init__(self, batches: list[bytes]) -> None:
        self._batches = iter(batches)
        self._connects = 0

    async def answer(self, request: web.Request) -> web.Response:
        """One request with one or more messages."""
        messages = json.loads(await request.read())
        body = b",".join([await self._reply(message) for message in messages])
        return web.Response(body=b"[" + body + b"]", content_type="application/json")

    async def _reply(self, message: dict[str, object]) -> bytes:
        channel = message["channel"]
        reply: dict[str, object] = {"channel": channel, "id": message.get("id"), "successful": True}
        if channel == "/meta/handshake":
            reply |= {"clientId": "c", "version": "1.0", "ext": {"replay": True}}
            reply["supportedConnectionTypes"] = ["long-polling"]
        elif channel == "/meta/subscribe":
            reply["subscription"] = message["subscription"]
        elif channel == "/meta/connect":
            self._connects += 1
            reply["advice"] = {"reconnect": "retry", "interval": 0, "timeout": 60_000}
            if self._connects > 1:
                batch = next(self._batches, None)
                if batch is not None:
                    return batch[1:-1] + b"," + json.dumps(reply).encode()
                await asyncio.sleep(60)
        return json.dumps(reply).encode()


async def _serve(batches: list[bytes]) -> None:
    app = web.Application()
    app.router.add_post("/cometd/{version}", Server(batches).answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]).read_bytes().splitlines()))
