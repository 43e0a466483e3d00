"""How long an app's activation usually takes: the median of its own history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

import sqlalchemy as sa
from sqlmodel import Session, col

from domain import moments
from storage.apps import App
from storage.connections import Connection

SAMPLES = 50  # the last activations of an app that count


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
        if self.minutes < 1:
            return "usually within a minute"
        return f"usually {moments.span(timedelta(minutes=self.minutes))}"


def of_apps(session: Session, apps: Sequence[App]) -> dict[str, Usual]:
    """Return the usual waiting time of each app, by its id."""
    seen = _measured(session, apps)
    return {app.id: _usual(app, seen.get(app.id, [])) for app in apps}


def _usual(app: App, minutes: list[float]) -> Usual:
    if minutes:
        return Usual(median(minutes), len(minutes))
    return Usual(app.usual_minutes)


def _measured(session: Session, apps: Sequence[App]) -> dict[str, list[float]]:
    """Return the minutes that the last activations of each app took, by the app's id."""
    newest_first = sa.func.row_number().over(
        partition_by=col(Connection.app_id), order_by=col(Connection.resolved_at).desc()
    )
    activations = (
        sa.select(
            col(Connection.app_id),
            col(Connection.requested_at),
            col(Connection.resolved_at),
            newest_first.label("place"),
        )
        .where(
            col(Connection.resolved_at).is_not(None),
            col(Connection.status) != "rejected",
            col(Connection.app_id).in_([app.id for app in apps]),
        )
        .subquery()
    )
    minutes: dict[str, list[float]] = defaultdict(list)
    for row in session.execute(sa.select(activations).where(activations.c.place <= SAMPLES)):
        minutes[row.app_id].append((row.resolved_at - row.requested_at).total_seconds() / 60)
    return minutes
