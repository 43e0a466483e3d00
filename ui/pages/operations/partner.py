"""One partner, as operators see it: its contact, its people, its apps."""

from nicegui import ui

from domain import apps, partners
from ui.ask import attempt, load
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import card
from ui.components.listing import Listing
from ui.components.notice import notice
from ui.components.page_title import breadcrumb, page_title
from ui.components.text import text
from ui.frame import Visit
from ui.pages.operations.apps import COLUMNS, line
from ui.pages.operations.partners import PATH, Form
from ui.pages.people import At, Roster


async def page(visit: Visit, partner_id: str) -> None:
    row = await load(partners.read, visit.actor, partner_id)
    listed = await load(apps.all_of_them, visit.actor)
    roster = Roster(visit, At(row.id, "partner", row.name), as_operator=True)
    await roster.load()
    breadcrumb([("Partners", PATH), (row.name, None)])
    with page_title(row.name, "They activate the requests for their apps, and support them."):
        button("Add an app", href=f"/operations/apps/new?partner={row.id}", icon="plus")
        roster.draw_invite()
    with ui.element("div").classes("columns"):
        with ui.element("div").classes("stack"):
            if not row.people:
                _draw_nobody()
            with ui.element("section").classes("stack tight"):
                text("People", "h2")
                roster.draw()
            with ui.element("section").classes("stack tight"):
                text("Apps", "h2")
                Listing(
                    [column for column in COLUMNS if column["key"] != "developer"],
                    [line(app) for app in listed if app.developer == row.name],
                    label=f"Apps of {row.name}",
                    empty="No app yet. Add one, then publish it.",
                    zone=visit.zone,
                )
        with card("About it", "Hotels read this on every app’s page.", icon="handshake"):
            form = Form(row)

            async def save() -> None:
                outcome = await attempt(partners.edit, visit.actor, row.id, **form.values)
                if outcome.refusal is not None:
                    form.refuse(outcome.refusal.message)
                else:
                    notice("The partner is saved.")

            with ui.element("div").classes("actions form-end"):
                button("Save", save, kind="primary")
    visit.follow(roster.heard)


def _draw_nobody() -> None:
    with callout(
        "info",
        "Nobody works here yet",
        "Invite its first member. Until then nobody can activate a request by hand.",
    ):
        pass
