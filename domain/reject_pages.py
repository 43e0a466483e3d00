"""What pages show of the records that a run left out: why, as they came, and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlmodel import col, select

from domain import history, masking, moments, spreadsheets
from domain.actors import Actor, Standing
from domain.run_pages import SHOWN
from domain.runs import visible
from domain.types_of_data import ALL
from storage import database, encryption
from storage.integrations import Reject, Run

WORDLESS = "This value cannot be converted."  # for those who must not see it


class Reason(NamedTuple):
    """Why a record was rejected: the field of ours, what the source had there, a sentence.

    at_source: it has to be corrected there; a mapping can make nothing of it.
    """

    target: str
    value: str
    sentence: str
    at_source: bool = False


@dataclass(frozen=True)
class Rejected:
    """A record that could not be taken. raw: as the source gave it, masked for viewers.

    times: in how many runs it came, for the same reasons; first_at: in the first of them.
    resolved_at: since when it is not left out any more, None while it is; became: why it is not,
    which is fine (a later run could read it), again (it came again for other reasons) or gone (the
    source does not give it any more).
    """

    id: str
    type: str
    label: str
    external_id: str | None
    reasons: tuple[Reason, ...]
    raw: Any
    times: int
    first_at: datetime
    resolved_at: datetime | None
    became: str


def of_run(
    actor: Actor,
    run_id: str,
    type_key: str = "",
    *,
    after: str = "",
    limit: int = SHOWN,
    now: datetime | None = None,
) -> tuple[Rejected, ...]:
    """Return rejected records of a run, of one type of data or all, those still left out first;
    those after an id, or from the beginning. What came again is in the list of the newest run that
    met it. Refuses `not_found` to strangers.
    """
    now = now or moments.now()
    with database.reading() as session:
        who, run = visible(session, actor, run_id, now)
        is_taken = sa.case((col(Reject.resolved_at).is_(None), 0), else_=1)
        query = select(Reject).where(Reject.run_id == run.id)
        if last := session.get(Reject, after):
            place = sa.tuple_(sa.literal(int(last.resolved_at is not None)), sa.literal(last.id))
            query = query.where(sa.tuple_(is_taken, col(Reject.id)) > place)
        if type_key:
            query = query.where(Reject.type == type_key)
        found = session.exec(query.order_by(is_taken, col(Reject.id)).limit(limit))
        return tuple(_rejected(who, run, each) for each in found)


def as_csv(actor: Actor, run_id: str, *, now: datetime | None = None) -> bytes:
    """Return every rejected record of a run as a CSV file in UTF-8, that Excel opens too.

    One line per reason. Refuses `not_found` to strangers; guests' data is masked for viewers.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, run = visible(session, actor, run_id, now)
        history.record(
            session,
            "rejects.downloaded",
            who,
            "property",
            now,
            property_id=run.property_id,
            subject_id=run.integration_id,
        )
    titles = ("Type", "Primary key", "Field", "Value", "Why", "Record", "Times", "Since (UTC)")
    written, after = [spreadsheets.MARK, spreadsheets.lines([titles])], ""
    while found := of_run(actor, run_id, after=after, limit=1000, now=now):
        written.append(spreadsheets.lines(row for each in found for row in _lines(each)))
        after = found[-1].id
    return b"".join(written)


# Details


def _lines(each: Rejected) -> Iterator[tuple[str, ...]]:
    raw = orjson.dumps(each.raw).decode()
    came = (str(each.times), f"{each.first_at:%Y-%m-%d %H:%M}")
    for reason in each.reasons or (Reason("", "", ""),):
        said = (reason.target, reason.value, reason.sentence)
        yield (each.label, each.external_id or "", *said, raw, *came)


def _rejected(who: Standing, run: Run, reject: Reject) -> Rejected:
    of_type = ALL[reject.type]
    raw, external_id = orjson.loads(encryption.decrypt(reject.raw)), reject.external_id
    reasons = tuple(Reason(**reason) for reason in reject.reasons)
    if of_type.is_about_guests and not who.manages(run.property_id):
        raw, external_id = masking.masked(raw), external_id and masking.plain_id(external_id)
        reasons = tuple(
            reason._replace(value=masking.masked_text(reason.value), sentence=WORDLESS)
            for reason in reasons
        )
    return Rejected(
        reject.id,
        reject.type,
        of_type.label,
        external_id,
        reasons,
        raw,
        reject.times,
        reject.created_at,
        reject.resolved_at,
        reject.became,
    )
