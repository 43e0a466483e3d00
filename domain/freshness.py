"""Freshness: as of when each type of a hotel’s data is, and whether that is as it should be."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from domain import moments, schedules
from domain.actors import Actor, standing
from domain.refusals import not_found
from domain.schedules import Schedule
from domain.types_of_data import ALL
from storage import database
from storage.integrations import Integration, Run, RunPart
from storage.properties import Property
from storage.sources import Transfer

SLACK = timedelta(minutes=15)  # a run takes its time
LATEST = 14  # runs in the small picture


@dataclass(frozen=True)
class Row:
    """One type of data that one integration brings in.

    `as_of` is when it last came in to the end. state: fresh, stale, stopped or never; `words` say
    why. `runs` are the states in which the latest runs left it, the oldest first: succeeded,
    succeeded_with_rejects or failed.
    """

    type: str
    label: str
    integration_id: str
    integration: str
    state: str
    words: str
    as_of: datetime | None
    runs: tuple[str, ...]


def of_property(actor: Actor, property_id: str, *, now: datetime | None = None) -> tuple[Row, ...]:
    """Return how fresh each type of data of a property is, in the order of the types; what was
    never switched on is left out. Refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        if not standing(session, actor, now).sees_property(property_id):
            raise not_found("This property")
        zone = session.get_one(Property, property_id).time_zone
        found = session.exec(
            select(Integration)
            .where(Integration.property_id == property_id, Integration.status != "draft")
            .order_by(col(Integration.name), col(Integration.id))
        ).all()
        ids = [integration.id for integration in found]
        last, latest = _last(session, ids), _latest(session, ids)
        active = set(
            session.exec(
                select(Transfer.source_id, Transfer.type).where(
                    Transfer.property_id == property_id, Transfer.status == "active"
                )
            ).all()
        )
        rows = [
            _row(each, key, last.get((each.id, key)), latest[each.id, key], active, zone, now)
            for each in found
            for key, wanted in each.wanted.items()
            if wanted and key in ALL
        ]
        order = list(ALL)
        return tuple(sorted(rows, key=lambda row: order.index(row.type)))


def stale_at(schedule: Schedule, as_of: datetime, time_zone: str) -> datetime | None:
    """Return from when on data are stale: when two runs in a row brought nothing. Pure.

    None for what comes only by hand: nobody expects it at any time.
    """
    first = schedules.following(schedule, as_of, time_zone)
    second = schedules.following(schedule, first, time_zone) if first else None
    return second + SLACK if second else None


# Details


def _row(
    integration: Integration,
    key: str,
    as_of: datetime | None,
    runs: tuple[str, ...],
    active: set[tuple[str, str]],
    zone: str,
    now: datetime,
) -> Row:
    is_active = (integration.source_id, key) in active
    state, words = _judged(integration, is_active, as_of, zone, now)
    label = ALL[key].label
    return Row(key, label, integration.id, integration.name, state, words, as_of, runs)


def _judged(
    integration: Integration, is_active: bool, as_of: datetime | None, zone: str, now: datetime
) -> tuple[str, str]:
    schedule = schedules.from_json(integration.schedule)
    if integration.status == "disabled":
        return "stopped", "Stopped: the integration is disabled."
    if not is_active:
        return "stopped", "Stopped: its data transfer is not active."
    if as_of is None:
        return "never", f"Nothing has come in yet. It comes {schedule.words}."
    if schedule.kind == "by_hand":
        return "fresh", "Comes in only when somebody presses Run now."
    limit = stale_at(schedule, as_of, zone)
    if limit is not None and now > limit:
        missing = moments.span(now - as_of)
        return "stale", f"Stale: nothing has come in for {missing}, expected {schedule.words}."
    return "fresh", f"Comes {schedule.words}."


def _last(session: Session, ids: list[str]) -> dict[tuple[str, str], datetime]:
    """Return when each type of data was last read to the end, by integration and type."""
    rows = session.exec(
        select(Run.integration_id, RunPart.type, func.max(col(RunPart.ended_at)))
        .join(RunPart, col(RunPart.run_id) == col(Run.id))
        .where(
            col(Run.integration_id).in_(ids),
            col(Run.is_dry).is_(False),
            col(Run.status).in_(("succeeded", "succeeded_with_rejects")),
        )
        .group_by(col(Run.integration_id), col(RunPart.type))
    )
    return {(integration_id, key): at for integration_id, key, at in rows if at is not None}


def _latest(session: Session, ids: list[str]) -> defaultdict[tuple[str, str], tuple[str, ...]]:
    """Return how the latest runs of each integration left each of its types of data."""
    found: defaultdict[tuple[str, str], tuple[str, ...]] = defaultdict(tuple)
    for integration_id in ids:
        newest = (
            select(Run.id)
            .where(
                Run.integration_id == integration_id,
                col(Run.is_dry).is_(False),
                col(Run.ended_at).is_not(None),
            )
            .order_by(col(Run.queued_at).desc())
            .limit(LATEST)
        )
        rows = session.exec(
            select(RunPart.type, RunPart.error, RunPart.rejected, Run.status)
            .join(Run, col(RunPart.run_id) == col(Run.id))
            .where(col(Run.id).in_(newest))
            .order_by(col(Run.queued_at))
        )
        for key, error, rejected, status in rows:
            found[integration_id, key] += (_left(error, rejected, status),)
    return found


def _left(error: str | None, rejected: int, status: str) -> str:
    if error or status in ("failed", "canceled"):
        return "failed"
    return "succeeded_with_rejects" if rejected else "succeeded"
