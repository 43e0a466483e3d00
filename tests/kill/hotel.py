"""A hotel system in memory, with a first and a second version of its reservations."""

import time
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from connectors.source import Access, Kind, Page, Wanted
from connectors.sources import KINDS
from domain.types_of_data import ALL
from tests import harvest

COUNT, PER_PAGE = 1000, 50
SLOW = 0.03  # seconds a page takes


@cache
def reservations(version: int) -> list[dict[str, Any]]:
    """Return what there is; in the second version some are changed, gone, new, or wrong."""
    first = [harvest.reservation(number) for number in range(COUNT)]
    if version == 1:
        return first
    second = [record for number, record in enumerate(first) if number % 50]
    for number, record in enumerate(second):
        if number % 7 == 0:
            record["Number"] = f"changed {number}"
        if number % 90 == 0:
            record["Start"] = "some day"
    return second + [harvest.reservation(number) for number in range(COUNT, COUNT + 100)]


def read_from(version: Callable[[], int], seconds: float) -> Callable[[Any, Access, Wanted], Page]:
    def read(way: Any, access: Access, wanted: Wanted) -> Page:
        time.sleep(seconds)
        there = reservations(version())
        start = int(wanted.cursor or 0)
        end = start + min(wanted.count, PER_PAGE)
        return Page(there[start:end], str(end) if end < len(there) else None, len(there))

    return read


def open_at(path: str, seconds: float = SLOW) -> None:
    """Have Mews answered from here; the file at `path` says which version there is."""
    kind = KINDS["mews"]
    offer = replace(kind.types["reservations"], changes=ALL["reservations"].changes)
    cast(MutableMapping[str, Kind], KINDS)["mews"] = replace(
        kind,
        types={**kind.types, "reservations": offer},
        check=lambda way, access: harvest.ACCEPTED,
        read=read_from(lambda: int(Path(path).read_text()), seconds),
    )
