"""The sieve: what becomes of each record of a page. Pure: what is known comes in, nothing goes out.

Every record that was read is counted exactly once more: as created, updated, unchanged, rejected
or not subscribed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from domain.mapping.compiled import Converted
from storage.upserts import Known


class Item(NamedTuple):
    """A record as the source gave it, as JSON, and what the mapping made of it."""

    raw: bytes
    converted: Converted
    content_hash: bytes

    @property
    def is_rejected(self) -> bool:
        return bool(self.converted.errors) or self.converted.key is None


_HALF = 16  # bytes


@dataclass(frozen=True)
class Rules:
    """What a run takes.

    wanted: the ticked kinds of change. told_apart: all kinds that this source can tell apart; what
    it can't is an update. status: the column that holds a status, if any. newest_run: what a later
    run has written stays as it is; empty for ordinary runs, which are the latest.
    """

    wanted: Collection[str]
    told_apart: Collection[str]
    status: str | None = None
    newest_run: str = ""


@dataclass
class Sorted:
    """What became of the records of a page.

    taken: by primary key, the last one where it came several times, with its kind of change.
    stale: ids of unchanged records whose moment of being seen is to be written.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    not_subscribed: int = 0
    taken: dict[str, tuple[str, Item]] = field(default_factory=dict)
    rejects: list[Item] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)


def mark_of(raw: bytes, mapping: bytes) -> bytes:
    """Return the first half of a record's hash: of what the source gave, for one mapping.

    A record with the mark of the last time would be mapped to the same, and need not be.
    """
    return blake2b(raw, digest_size=_HALF, key=mapping).digest()


def hash_of(mark: bytes, values: Mapping[str, Any]) -> bytes:
    """Return the hash of a record: its mark, and the hash of all mapped values.

    By the second half a record is known to be unchanged, whatever else the source says of it.
    """
    return mark + blake2b(orjson.dumps(values, default=str), digest_size=_HALF).digest()


def is_marked(known: Known | None, mark: bytes) -> bool:
    """Whether a record is there, and was made of the very same."""
    return known is not None and not known.is_removed and known.content_hash[:_HALF] == mark


def sort(items: Iterable[Item], known: Mapping[str, Known], rules: Rules, run_id: str) -> Sorted:
    """Sort the records of a page; one that comes again in it is compared with the one before."""
    found, now_known = Sorted(), dict(known)
    for item in items:
        found.read += 1
        key = item.converted.key
        if item.is_rejected or key is None:
            found.rejected += 1
            found.rejects.append(item)
            continue
        was = now_known.get(key)
        change = _change(was, item, rules)
        if change is None:
            found.unchanged += 1
            if was is not None and was.is_stale and was.id is not None:
                found.stale.append(was.id)
        elif change not in rules.wanted:
            found.not_subscribed += 1
        else:
            found.created += change == "created"
            found.updated += change != "created"
            found.taken[key] = (change, item)
            status = item.converted.values.get(rules.status) if rules.status else None
            number = was.id if was else None
            now_known[key] = Known(number, item.content_hash, status, run_id, False, False)
    return found


def leave(found: Sorted, as_before: Collection[Known]) -> None:
    """Count records that need not be looked at: they are as they were."""
    found.read += len(as_before)
    found.unchanged += len(as_before)
    found.stale += [was.id for was in as_before if was.is_stale and was.id is not None]


def _change(was: Known | None, item: Item, rules: Rules) -> str | None:
    """Return which kind of change a record is, None when it is none."""
    if was is not None and rules.newest_run and was.run_id > rules.newest_run:
        return None
    if was is None or was.is_removed:
        return "created"
    if was.content_hash[_HALF:] == item.content_hash[_HALF:]:
        return None
    status = item.converted.values.get(rules.status) if rules.status else None
    if status == was.status:
        return "updated"
    change = "canceled" if status == "canceled" else "status_changed"
    return change if change in rules.told_apart else "updated"
