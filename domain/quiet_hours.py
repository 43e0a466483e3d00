"""Quiet hours: between which hours of its own clocks a hotel wants no daily mail of notices."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from domain import history, moments
from domain.actors import Actor, standing
from domain.connections import managing
from domain.refusals import invalid, not_found
from storage import changes, database
from storage.properties import Property

MORNING = time(7)  # when the daily mail goes, where no quiet hours lie over it


@dataclass(frozen=True)
class Clock:
    """The clocks of a place, and its quiet hours as "HH:MM"; empty where there are none."""

    zone: str = "UTC"
    quiet_from: str = ""
    quiet_to: str = ""

    def is_quiet(self, now: datetime) -> bool:
        """Return whether `now` lies in the quiet hours, which may begin the evening before.

        It is what the clocks on the wall show that counts, also in the night in which they are
        put forward or back.
        """
        if not self.quiet_from:
            return False
        begin, end = time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_to)
        shown = now.astimezone(ZoneInfo(self.zone)).time()
        return begin <= shown < end if begin < end else shown >= begin or shown < end

    def next_mail(self, after: datetime) -> datetime:
        """Return when the next daily mail goes: in the morning, or as soon as it is not quiet."""
        day = after.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)
        while True:
            moment = datetime.combine(day, MORNING, ZoneInfo(self.zone))
            if self.is_quiet(moment):
                end = time.fromisoformat(self.quiet_to)
                last = day if end > MORNING else day + timedelta(days=1)
                moment = datetime.combine(last, end, ZoneInfo(self.zone))
            if moment > after:
                return moment.astimezone(UTC)
            day += timedelta(days=1)


def read(actor: Actor, property_id: str, *, now: datetime | None = None) -> Clock:
    """Return the clocks of a property; refuses `not_found` to strangers."""
    with database.reading() as session:
        if not standing(session, actor, now or moments.now()).sees_property(property_id):
            raise not_found("This property")
        return clock_of(session, property_id)


def choose(
    actor: Actor, property_id: str, begin: str, end: str, *, now: datetime | None = None
) -> None:
    """Keep a property’s quiet hours, on its own clocks as "22:00" and "07:00"; both empty for none.

    Refuses `not_found`, `forbidden` (viewers) and `invalid`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who = managing(session, actor, property_id, now)
        begin, end = _checked(begin), _checked(end)
        if bool(begin) != bool(end):
            raise invalid("Write both times, or none for no quiet hours.")
        if begin and begin == end:
            raise invalid("Quiet hours need an end: choose two different times.")
        hotel = session.get_one(Property, property_id)
        if (hotel.quiet_from, hotel.quiet_to) == (begin, end):
            return
        hotel.quiet_from, hotel.quiet_to = begin, end
        note = f"From {begin} to {end}" if begin else "None"
        history.record(
            session,
            "property.quiet_hours",
            who,
            "property",
            now,
            property_id=property_id,
            subject_id=property_id,
            note=note,
        )
        changes.announce(session, changes.Change("property", property_id, property_id))


def clock_of(session: Session, place: str) -> Clock:
    """Return the clocks of a place; partners and operators are everywhere, so theirs show UTC."""
    hotel = session.get(Property, place)
    return Clock(hotel.time_zone, hotel.quiet_from, hotel.quiet_to) if hotel else Clock()


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        return datetime.strptime(text, "%H:%M").strftime("%H:%M")
    except ValueError:
        raise invalid(f"“{text[:20]}” is no time. Write it as 22:00.") from None
