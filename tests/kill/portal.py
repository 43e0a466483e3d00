"""A portal that connects properties all by itself, made to be killed and started again.

Run as `python -m tests.kill.portal DATABASE_URL SIGN_IN_ID`, it reads commands from its input:
"start" forks a process that runs the job queue and connects what is not connected yet, "kill"
ends that process with SIGKILL, and the end of the input ends everything. Forking spares the
seconds that Python needs to import it all, so that it can be killed dozens of times.
"""

import asyncio
import os
import signal
import sys

from sqlmodel import col, select

from connectors.door import Door
from connectors.webhook import Sender
from domain import attempts, connections, core, installation, retries, waiting
from domain.actors import Actor
from domain.installation import Installation
from storage import database, encryption, jobs
from storage.apps import App
from storage.connections import Connection
from storage.properties import Property
from tests.conftest import SECRET_KEY

EXECUTOR = "portal"
JOBS = (attempts, core, waiting)


def main(url: str, sign_in_id: str) -> None:
    child = 0
    print("ready", flush=True)
    for line in sys.stdin:
        if line == "start\n":
            child = os.fork()
            if not child:
                asyncio.run(work(url, Actor("person", sign_in_id)))
        if line == "kill\n":
            child = killed(child)
        print("done", flush=True)
    killed(child)


def killed(child: int) -> int:
    if child:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return 0


async def work(url: str, manager: Actor) -> None:
    # The schedule of the standard takes days, and a stumbling receiver would be waited for.
    retries.DELAYS = (0, *[0.3] * 9)
    database.connect(url)
    encryption.use(SECRET_KEY)
    door = Door(frozenset({"127.0.0.1"}))
    sender = Sender(door, timeout=1)
    installation.use(Installation("http://adjoin.test", "a@adjoin.test", door, sender))
    await jobs.start(EXECUTOR)
    for property_id, slug in await asyncio.to_thread(not_connected):
        await asyncio.to_thread(connections.connect, manager, property_id, slug)
    await asyncio.Event().wait()


def not_connected() -> list[tuple[str, str]]:
    with database.reading() as session:
        there = set(session.exec(select(Connection.property_id, Connection.app_id)))
        hotels = session.exec(select(Property.id).order_by(col(Property.id))).all()
        apps = session.exec(select(App.id, App.slug).order_by(App.slug)).all()
    return [(hotel, slug) for hotel in hotels for app, slug in apps if (hotel, app) not in there]


if __name__ == "__main__":
    main(*sys.argv[1:])
