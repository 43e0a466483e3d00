"""Which rows of the audit log a page is to show, as the address of the page says it."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from domain.audit import SIDES, Wanted

PATH = "/operations/audit"
_LONGEST = 120  # characters of a filter
_NAMES = (
    "from",
    "to",
    "event",
    "person",
    "side",
    "property",
    "partner",
    "app",
    "connection",
)


class Wish:
    """Filters as texts, by the names that they have in an address; days in the reader's zone."""

    def __init__(self, given: dict[str, str], zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self.texts = {name: given.get(name, "").strip()[:_LONGEST] for name in _NAMES}
        for name in ("from", "to"):
            if _day(self.texts[name]) is None:
                self.texts[name] = ""
        if self.texts["side"] not in SIDES:
            self.texts["side"] = ""

    @classmethod
    def of(cls, query: QueryParams, zone: str) -> "Wish":
        return cls(dict(query.items()), zone)

    @property
    def wanted(self) -> Wanted:
        """What the domain is asked for."""
        first, last = _day(self.texts["from"]), _day(self.texts["to"])
        return Wanted(
            since=self._begin(first) if first else None,
            until=self._begin(last + timedelta(days=1)) if last else None,
            event=self.texts["event"],
            person=self.texts["person"],
            side=self.texts["side"],
            property_id=self.texts["property"],
            partner_id=self.texts["partner"],
            app_id=self.texts["app"],
            connection=self.texts["connection"],
        )

    @property
    def is_narrowed(self) -> bool:
        return any(self.texts.values())

    def path(self, path: str = PATH, **more: str) -> str:
        """Return the address that shows this, with `more` in it."""
        said = {name: text for name, text in (self.texts | more).items() if text}
        return f"{path}?{urlencode(said)}" if said else path

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone).astimezone(UTC)


def _day(text: str) -> date | None:
    """Return a day, None for what is none, or so far away that it has no next one."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 9000 else None
