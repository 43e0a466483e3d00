"""How long an app's activation usually takes: the median of its own history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import Session, col, select

from domain import moments
from storage.apps import App
from storage.connections import Connection
from storage.history import HistoryRow

LOOK_BACK = timedelta(days=180)


@dataclass(frozen=True)
class Usual:
    """`minutes` is None while nothing is known; `samples` is 0 when the partner promised it."""

    minutes: float | None = None
    samples: int = 0

    @property
    def words(self) -> str:
        """Return it in words: "usually 2 hours", or nothing while nothing is known."""
        if self.minutes is None:
            return ""
        return f"usually {moments.span(timedelta(minutes=self.minutes))}"


def of_apps(session: Session, apps: Sequence[App], now: datetime) -> dict[str, Usual]:
    """Return the usual waiting time of each app, by its id."""
    seen = _measured(session, now)
    return {app.id: _usual(app, seen.get(app.id, [])) for app in apps}


def _usual(app: App, minutes: list[float]) -> Usual:
    if minutes:
        return Usual(median(minutes), len(minutes))
    return Usual(app.usual_minutes)


def _measured(session: Session, now: datetime) -> dict[str, list[float]]:
    """Return the minutes between each Connect and the activation that followed it, by app."""
    rows = session.exec(
        select(Connection.app_id, HistoryRow.connection_id, HistoryRow.event, HistoryRow.at)
        .join(Connection, col(Connection.id) == HistoryRow.connection_id)
        .where(
            col(HistoryRow.event).in_(("connection.requested", "connection.activated")),
            HistoryRow.at > now - LOOK_BACK,
        )
        .order_by(col(HistoryRow.connection_id), col(HistoryRow.at))
    )
    minutes: dict[str, list[float]] = defaultdict(list)
    asked: dict[str | None, datetime] = {}
    for app_id, connection_id, event, at in rows:
        if event == "connection.requested":
            asked[connection_id] = at
        elif connection_id in asked:
            minutes[app_id].append((at - asked.pop(connection_id)).total_seconds() / 60)
    return minutes
