"""What brings a source's data in: the integrations that read it, or the way to the first one."""

from nicegui import ui

from domain import integration_pages
from domain.integration_pages import Row
from ui.ask import load
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import card
from ui.components.text import text
from ui.frame import Visit
from ui.pages.integration.state import state
from ui.pages.source.words import why_not


async def flows_of(visit: Visit, source_id: str) -> tuple[Row, ...]:
    """Return the integrations that read a source, by name."""
    rows = await load(integration_pages.of_property, visit.actor, visit.place.id)
    return tuple(row for row in rows if row.source_id == source_id)


def told(flows: tuple[Row, ...]) -> tuple[tuple[str | None, ...], ...]:
    """Return what is shown of them, so that a run that comes and goes moves nothing."""
    return tuple((row.id, row.name, *state(row), row.schedule.words, *row.wanted) for row in flows)


def draw_flows(flows: tuple[Row, ...]) -> None:
    """Draw the card with a way to each; nothing while there is none."""
    if not flows:
        return
    with card("Brought in by", icon="workflow"), ui.element("ul").classes("rows"):
        for row in flows:
            with ui.element("li"):
                with ui.element("div").classes("grow"):
                    link = text(row.name, "a", "row-name")
                    link.props["href"] = f"/integrations/{row.id}"
                    text(row.schedule.words, "p", "muted small")
                badge(*state(row))


def is_wanted(flows: tuple[Row, ...], type_key: str) -> bool:
    """Say whether some integration, even a draft, brings a type of data in."""
    return any(type_key in flow.wanted for flow in flows)


def draw_used(type_key: str, label: str, flows: tuple[Row, ...]) -> None:
    """Say which integration brings in what is active, and when; with the way to it."""
    wanting = [flow for flow in flows if type_key in flow.wanted]
    flow = next((each for each in wanting if each.status == "active"), wanting[0])
    title = f"{flow.name} brings {label} in at its next run"
    words = f"It runs {flow.schedule.words}."
    if flow.status != "active":
        title = f"Nothing brings {label} in yet"
        words = f"The integration {flow.name} would, but it is not active. Activate it there."
    if flow.status == "disabled":
        words = f"The integration {flow.name} would, but it is disabled. Its page says why."
    tone = "ok" if flow.status == "active" else "info"
    with callout(tone, title, words, icon="workflow"):
        button("Open the integration", href=f"/integrations/{flow.id}")


def draw_unused(visit: Visit, source_id: str, label: str, flows: tuple[Row, ...]) -> None:
    """Say that what is active is not brought in by anything yet; with the step to take."""
    reason = why_not(visit)
    title = f"Nothing brings {label} in yet"
    if not flows:
        words = "An integration reads it again and again, or when somebody presses Run now."
        with callout("info", title, words, icon="workflow"):
            href = f"/integrations/new?source={source_id}"
            button("New integration", href=href, kind="primary", icon="plus", why_not=reason)
        return
    words = f"Tick it in the settings of the integration {flows[0].name}."
    with callout("info", title, words, icon="workflow"):
        href = f"/integrations/{flows[0].id}/settings"
        button("Open the settings", href=href, kind="primary", icon="settings", why_not=reason)
