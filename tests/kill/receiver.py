"""A partner's receiver in a process of its own: writes down what arrives, and often misbehaves.

Run as `python -m tests.kill.receiver DIARY`; prints its port. Each line of the diary is one
request: its webhook-id, its body, and the status that it was answered with.
"""

import asyncio
import json
import os
import random
import sys

from aiohttp import web

FAILS, HANGS = 0.12, 0.04  # how often, of all requests
HANGS_FOR = 4.0  # seconds; longer than the sender waits


def diary(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)


async def serve(path: str) -> None:
    written = diary(path)

    async def receive(request: web.Request) -> web.Response:
        body = await request.text()
        chance = random.random()
        status = 500 if chance < FAILS else 0 if chance < FAILS + HANGS else 200
        line = {"id": request.headers["webhook-id"], "body": body, "status": status}
        # Written before it is answered: an answer that is lost with its sender was given.
        os.write(written, (json.dumps(line) + "\n").encode())
        if not status:
            await asyncio.sleep(HANGS_FOR)
        return web.Response(status=status or 200)

    app = web.Application()
    app.router.add_post("/hook", receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
