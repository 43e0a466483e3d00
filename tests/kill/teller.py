"""A process that tells partners what runs have changed, made to be killed and started again.

Run as `python -m tests.kill.teller DATABASE_URL`.
"""

import asyncio
import sys
import time
from typing import Any

from domain import data_events
from tests.kill import puller

BATCH = 20  # records
PAUSE = 0.02  # seconds between two batches, so that there is time to be killed in


def main(url: str) -> None:
    data_events.MOST = BATCH
    changed = data_events._changed

    def slowly(*arguments: Any) -> Any:
        time.sleep(PAUSE)
        return changed(*arguments)

    data_events._changed = slowly
    puller.obey(lambda: work(url))


async def work(url: str) -> None:
    await puller.begin(url, "teller")
    await asyncio.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
