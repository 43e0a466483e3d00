"""Rejects: records that a run had to leave out. One that comes with every run is kept once."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from domain.sieve import Item
from storage import database, encryption, ids
from storage.integrations import LEFT_OUT, Reject

MOST = 20_000  # kept of one type of data in a run; the others are counted
_AT_ONCE = 1000  # keys in one statement
_TABLE: sa.Table = Reject.__table__  # type: ignore[attr-defined]


class Rejects:
    """What one run leaves out of one type of data.

    integration_id: None for a dry run, whose rejects are shown, and that is all of it.
    """

    def __init__(self, type_key: str, integration_id: str | None, run_id: str) -> None:
        self._type, self._integration_id, self._run_id = type_key, integration_id, run_id
        self._known: set[str] = set()

    def recall(self, session: Session) -> None:
        """Learn the primary keys of what earlier runs left out, as long as that is so."""
        if self._integration_id is None:
            return
        found = session.exec(
            select(Reject.external_id).where(*self._earlier(), col(Reject.external_id).is_not(None))
        )
        self._known = {key for key in found if key is not None}

    def made_of(self, items: Iterable[Item], now: datetime) -> list[dict[str, Any]]:
        """Return rejected records as they are kept. Encrypting takes a while: do it before the
        transaction, so that nobody waits for it.
        """
        made: dict[str, dict[str, Any]] = {}
        for item in islice((item for item in items if item.is_rejected), MOST):
            row = self._row(item, now)
            made[row["mark"] or row["id"]] = row
        return list(made.values())

    def keep(self, session: Session, rows: list[dict[str, Any]], room: int) -> None:
        """Write down what was made of a page, as far as there is room; what was known already is
        from now on a reject of this run. What came again for other reasons is told apart.
        """
        if not (rows := rows[: max(0, room)]):
            return
        insert = sqlite.insert if database.is_sqlite() else postgresql.insert
        statement = insert(_TABLE)
        new = statement.excluded
        is_new_run = sa.case((col(Reject.run_id) != new.run_id, 1), else_=0)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["integration_id", "type", "mark"],
                index_where=LEFT_OUT,
                set_={
                    "run_id": new.run_id,
                    "raw": new.raw,
                    "times": Reject.times + is_new_run,
                    "seen_at": new.seen_at,
                },
            ),
            rows,
        )
        self._end(session, "again", {row["external_id"] for row in rows}, rows[0]["seen_at"])

    def end_fine(self, session: Session, keys: Collection[str], now: datetime) -> None:
        """Note that records of these primary keys could be read."""
        self._end(session, "fine", keys, now)

    def end_gone(self, session: Session, now: datetime) -> None:
        """Note, after a complete read, that what it has not met is not given any more."""
        self._write(session, "gone", now)

    def _end(self, session: Session, became: str, keys: Collection[str], now: datetime) -> None:
        met = sorted(self._known.intersection(keys)) if self._known else []
        self._known.difference_update(met)
        for start in range(0, len(met), _AT_ONCE):
            among = col(Reject.external_id).in_(met[start : start + _AT_ONCE])
            self._write(session, became, now, among)

    def _write(
        self, session: Session, became: str, now: datetime, *which: sa.ColumnElement[bool]
    ) -> None:
        session.execute(
            sa.update(Reject)
            .where(*self._earlier(), *which)
            .values(resolved_at=now, became=became)
            .execution_options(synchronize_session=False)
        )

    def _earlier(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            col(Reject.integration_id) == self._integration_id,
            col(Reject.type) == self._type,
            col(Reject.resolved_at).is_(None),
            col(Reject.run_id) < self._run_id,
        )

    def _row(self, item: Item, now: datetime) -> dict[str, Any]:
        key = item.converted.key
        errors = item.converted.errors
        said = [
            {"target": error.target, "value": error.value, "sentence": error.sentence}
            for error in errors
        ]
        reasons = [
            reason | {"at_source": error.at_source}
            for reason, error in zip(said, errors, strict=True)
        ]
        return {
            "id": ids.new("rej"),
            "integration_id": self._integration_id,
            "run_id": self._run_id,
            "first_run_id": self._run_id,
            "type": self._type,
            "mark": _mark_of(key, said, item.raw) if self._integration_id else None,
            "external_id": key,
            "reasons": reasons,
            "raw": encryption.encrypt(item.raw.decode()),
            "times": 1,
            "became": "",
            "created_at": now,
            "seen_at": now,
        }


def _mark_of(key: str | None, reasons: list[dict[str, str]], raw: bytes) -> str:
    """Return what is the same when a record comes again for the same reasons. One without a
    primary key is the same when all of it is."""
    said = blake2b(json.dumps([key, reasons]).encode(), digest_size=16)
    if key is None:
        said.update(raw)
    return said.hexdigest()
