"""How many durable notifications a second reach a local receiver, beside a bare loop that posts.

The bare loop signs and posts with one httpx client and remembers nothing: the floor for any
sender. Ours commits the state, the history, the token and the message first, delivers from the
queue, and records every attempt.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from aiohttp import web

from connectors import webhook
from connectors.door import Door
from connectors.webhook import Sender
from domain import (  # noqa: F401 - attempts registers its job
    apps,
    attempts,
    connections,
    endpoints,
    installation,
    invitations,
    partners,
    passwords,
    properties,
    setup,
    sign_ins,
)
from domain.actors import Actor
from storage import database, encryption, jobs, migrations
from tests.bench import table

PASSWORD = "a password for benches"


class Receiver:
    """Counts what arrives on a free port of this machine."""

    def __init__(self) -> None:
        self.count = 0
        self._expected = 0
        self._all_here = asyncio.Event()

    async def start(self) -> str:
        app = web.Application()
        app.router.add_post("/", self._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/"

    async def _take(self, request: web.Request) -> web.Response:
        await request.read()
        self.count += 1
        if self.count == self._expected:
            self._all_here.set()
        return web.Response()

    async def wait_for(self, count: int) -> None:
        self.count, self._expected = 0, count
        await self._all_here.wait()


def member(operator: Actor, email: str, role: str, place: str) -> Actor:
    """Let somebody in by an invitation, as people come in."""
    sent = invitations.invite(operator, email, role, place)
    assert sent.link is not None
    secret = invitations.accept(
        sent.link.rpartition("/")[2], "Bench", PASSWORD, device="bench", address="127.0.0.1"
    )
    visitor = sign_ins.visit(secret)
    assert visitor is not None
    return visitor.actor


def build(url: str, count: int) -> tuple[Actor, str, list[str]]:
    """Make one property, one partner with an endpoint, and `count` apps of it."""
    secret = setup.create_operator(
        setup.open_door(), "Olga", "o@bench.example", PASSWORD, device="bench", address="127.0.0.1"
    )
    visitor = sign_ins.visit(secret)
    assert visitor is not None
    operator = visitor.actor
    hotel = properties.create(operator, "Bench Hotel")
    partner = partners.create(operator, "Bench Partner")
    manager = member(operator, "m@bench.example", "manager", hotel)
    developer = member(operator, "d@bench.example", "partner", partner)
    endpoints.create(developer, partner, url)
    slugs = []
    for number in range(count):
        slug = apps.create(
            operator,
            name=f"App {number}",
            slug=f"app-{number}",
            kind="integrated",
            category="Bench",
            tagline="An app for a benchmark.",
            partner_id=partner,
        )
        apps.publish(operator, slug)
        slugs.append(slug)
    return manager, hotel, slugs


async def bare(url: str, count: int) -> None:
    """Sign and post `count` bodies, 32 side by side, and remember nothing."""
    secret = webhook.new_secret()
    body = b'{"type":"connection.requested","timestamp":"2026-01-01T00:00:00Z","data":{}}'
    gate = asyncio.Semaphore(32)
    async with httpx.AsyncClient() as client:

        async def post(number: int) -> None:
            async with gate:
                now = int(time.time())
                headers = {
                    "webhook-id": f"msg_{number}",
                    "webhook-timestamp": str(now),
                    "webhook-signature": webhook.sign([secret], f"msg_{number}", now, body),
                }
                (await client.post(url, content=body, headers=headers)).raise_for_status()

        await asyncio.gather(*(post(number) for number in range(count)))


async def timed(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Return the seconds on the wall and on the processor that `work` took."""
    wall, cpu = time.perf_counter(), time.process_time()
    await work()
    return time.perf_counter() - wall, time.process_time() - cpu


async def main(count: int, database_url: str) -> None:
    receiver = Receiver()
    url = await receiver.start()
    passwords.make_cheap()
    migrations.upgrade(database_url)
    database.connect(database_url)
    encryption.use("a secret for benches, long enough for them")
    door = Door(frozenset({"127.0.0.1"}))
    sender = Sender(door)
    installation.use(installation.Installation("http://127.0.0.1", "a@bench.example", door, sender))
    manager, hotel, slugs = await asyncio.to_thread(build, url, count)
    rows = []

    def connect_all() -> None:
        for slug in slugs:
            connections.connect(manager, hotel, slug)

    wall, cpu = await timed(lambda: bare(url, count))
    bare_rate = count / wall
    rows.append(("bare asyncio + httpx, nothing kept", bare_rate, 1e3 * cpu / count, 1.0))
    wall, cpu = await timed(lambda: asyncio.to_thread(connect_all))
    rows.append(("Connect, committed with its message", count / wall, 1e3 * cpu / count, ""))
    started = asyncio.create_task(jobs.start("bench"))
    wall, cpu = await timed(lambda: receiver.wait_for(count))
    await started
    rate = count / wall
    rows.append(("working off that backlog", rate, 1e3 * cpu / count, rate / bare_rate))
    table.show(
        f"{count} notifications, {database_url.partition(':')[0]}",
        ("what", "per second", "CPU ms each", "to bare"),
        rows,
    )
    await asyncio.to_thread(jobs.stop)
    await sender.close()
    database.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        where = f"sqlite:///{Path(folder) / 'bench.db'}"
        arguments = sys.argv[1:]
        asyncio.run(main(int(arguments[0]) if arguments else 500, *arguments[1:] or (where,)))
