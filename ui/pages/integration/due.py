"""What of a hotel's data needs somebody: said at home, where people look first."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.integration_pages import Row
from ui.components.button import Kind, button
from ui.components.callout import callout
from ui.components.text import text
from ui.frame import Visit
from ui.pages.integration.state import has_disabled_itself
from ui.pages.integration.words import meter_short, stopped, tone


class Due(NamedTuple):
    """One thing to look at, in words."""

    href: str
    name: str
    tone: str
    title: str
    words: str


def due(rows: tuple[Row, ...]) -> tuple[Due, ...]:
    """Return what needs somebody, in the order of the integrations."""
    return tuple(found for row in rows if (found := _due(row)))


def draw_due(visit: Visit, each: Due, apps: Sequence[str] = ()) -> None:
    """Draw one of them. apps: the names of those that work with data which do not come in."""
    may_act = visit.place.role == "manager"
    words = each.words if may_act else f"{each.words} A manager must see to it."
    icon = "triangle-alert" if each.tone == "bad" else "circle-pause"
    with callout(each.tone, each.title, words, icon):
        if apps:
            text(f"Apps that work with it: {', '.join(apps)}.")
        kind: Kind = "primary" if may_act else "secondary"
        button(f"Open {each.name}", href=each.href, kind=kind)


def _due(row: Row) -> Due | None:
    href = f"/integrations/{row.id}"
    if has_disabled_itself(row):
        return Due(href, row.name, "bad", f"{row.name} disabled itself", row.reason)
    if row.status != "active":
        return None
    if row.stopped:
        why = "The source has changed." if row.paused else "Their data transfer is not active."
        title = f"{stopped(row)} of {row.name} do not come in"
        return Due(href, row.name, "warn", title, why)
    if row.meter.warns_at:
        title = f"Runs of {row.name} keep failing"
        return Due(href, row.name, tone(row.meter), title, f"{meter_short(row.meter)}.")
    return None
