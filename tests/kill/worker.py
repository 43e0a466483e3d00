"""One of several processes that work runs off: takes over what another one has left behind.

Run as `python -m tests.kill.worker DATABASE_URL VERSION_FILE NAME`; told what to do as `puller` is.
"""

import asyncio
import sys
from datetime import timedelta

from storage import jobs
from tests.kill import hotel
from tests.kill.puller import begin, obey

SLOW = 0.15  # seconds a page takes: the run lasts, and its only job with it
STUCK_AFTER = timedelta(seconds=5)  # a run takes three


def main(url: str, version: str, name: str) -> None:
    hotel.open_at(version, seconds=SLOW)
    obey(lambda: work(url, name))


async def work(url: str, name: str) -> None:
    jobs.STUCK_AFTER = STUCK_AFTER
    await begin(url, name)
    while True:  # as the clock has it done once a minute
        await asyncio.sleep(0.5)
        await asyncio.to_thread(jobs.rescue)


if __name__ == "__main__":
    main(*sys.argv[1:])
