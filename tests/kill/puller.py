"""A process that works runs off, made to be killed and started again; see `portal`.

Run as `python -m tests.kill.puller DATABASE_URL VERSION_FILE`.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from connectors.door import Door
from connectors.webhook import Sender
from domain import due, installation, intake
from domain.installation import Installation
from storage import database, encryption, jobs
from tests.conftest import SECRET_KEY
from tests.kill import hotel
from tests.kill.portal import killed

JOBS = (due, intake)


def main(url: str, version: str) -> None:
    hotel.open_at(version)
    obey(lambda: work(url))


def obey(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Fork a process that does some work, and kill it, as often as we are told to."""
    child = 0
    print("ready", flush=True)
    for line in sys.stdin:
        if line == "start\n":
            child = os.fork()
            if not child:
                asyncio.run(work())
        if line == "kill\n":
            child = killed(child)
        print("done", flush=True)
    killed(child)


async def work(url: str) -> None:
    intake.SLICE = 0.15  # seconds, so that it is killed between jobs, too
    await begin(url, "puller")
    await asyncio.Event().wait()


async def begin(url: str, executor: str) -> None:
    """Take jobs from the queue from now on."""
    database.connect(url)
    encryption.use(SECRET_KEY)
    door = Door(frozenset())
    installation.use(Installation("http://adjoin.test", "a@adjoin.test", door, Sender(door)))
    await jobs.start(executor)


if __name__ == "__main__":
    main(*sys.argv[1:])
