"""How long an app's activation usually takes: the median of its own history."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Protocol

from sqlmodel import Session

from domain import moments
from storage import database
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


class Measured(Protocol):
    """The columns of an app that know how long its activations take."""

    @property
    def usual_minutes(self) -> int | None: ...
    @property
    def measured_minutes(self) -> float | None: ...
    @property
    def measured_from(self) -> int: ...


def of(app: Measured) -> Usual:
    """Return the usual waiting time of an app. Pure."""
    if app.measured_minutes is not None:
        return Usual(app.measured_minutes, app.measured_from)
    return Usual(app.usual_minutes)


def note(session: Session, connection: Connection, now: datetime) -> None:
    """Remember how long an activation took, in its transaction.

    It is kept with the app, because a reconnect forgets it; and measured here, because
    activations are few and views of the catalogue are many. A sandbox says nothing about hotels.
    """
    if connection.in_sandbox:
        return
    app = session.get_one(App, connection.app_id)
    database.lock(session, app)
    minutes = (now - connection.requested_at).total_seconds() / 60
    app.activations = [*app.activations, minutes][-SAMPLES:]
    app.measured_minutes, app.measured_from = median(app.activations), len(app.activations)
