"""One property, as operators see it: its facts, its people, its connections."""

from nicegui import ui

from domain import properties, subscriptions
from ui.ask import attempt, load
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import card
from ui.components.listing import Listing
from ui.components.notice import notice
from ui.components.page_title import breadcrumb, page_title
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change
from ui.pages.operations.connections import COLUMNS, lines
from ui.pages.operations.properties import PATH, Form
from ui.pages.people import At, Roster


async def page(visit: Visit, property_id: str) -> None:
    row = await load(properties.read, visit.actor, property_id)
    found = await load(subscriptions.page, visit.actor, property_id=property_id)
    roster = Roster(visit, At(row.id, "property", row.name), as_operator=True)
    await roster.load()
    breadcrumb([("Properties", PATH), (row.name, None)])
    with page_title(row.name, ", ".join(filter(None, (row.city, row.country)))):
        roster.draw_invite()
    with ui.element("div").classes("columns"):
        with ui.element("div").classes("stack"):
            if not row.people:
                _draw_nobody()
            with ui.element("section").classes("stack tight"):
                text("People", "h2")
                roster.draw()
            with ui.element("section").classes("stack tight"):
                text("Connections", "h2")
                listing = Listing(
                    [column for column in COLUMNS if column["key"] != "hotel"],
                    lines(found.rows),
                    label=f"Connections of {row.name}",
                    empty="Nothing is connected yet. Its managers press Connect, operators cannot.",
                    zone=visit.zone,
                )
        with card("About it", icon="building-2"):
            form = Form(row)

            async def save() -> None:
                outcome = await attempt(properties.edit, visit.actor, row.id, **form.values)
                if outcome.refusal is not None:
                    form.refuse(outcome.refusal.message)
                else:
                    notice("The property is saved.")

            with ui.element("div").classes("actions form-end"):
                button("Save", save, kind="primary")

    async def heard(change: Change) -> None:
        await roster.heard(change)
        if change.noun in ("connection", "everything"):
            now = await load(subscriptions.page, visit.actor, property_id=property_id)
            listing.replace(lines(now.rows))

    visit.follow(heard)


def _draw_nobody() -> None:
    with callout(
        "info",
        "Nobody works here yet",
        "Invite its first manager. Managers invite everybody else and press Connect.",
    ):
        pass
