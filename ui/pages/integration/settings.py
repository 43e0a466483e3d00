"""The settings of an integration: what it brings in, when, and who hears of it."""

from nicegui import ui

from domain import hooks, integration_pages, integrations
from domain.refusals import not_found
from ui.ask import attempt, load
from ui.components.button import button
from ui.components.callout import callout
from ui.components.notice import notice
from ui.components.page_title import breadcrumb, page_title
from ui.frame import Visit
from ui.pages.integration.form import Form
from ui.pages.source.words import why_not


async def page(visit: Visit, integration_id: str) -> None:
    found = await load(integration_pages.read, visit.actor, integration_id)
    row, back = found.row, f"/integrations/{integration_id}"
    if row.property_id != visit.place.id:
        raise not_found("This integration")
    breadcrumb([("Integrations", "/integrations"), (row.name, back), ("Settings", None)])
    with page_title("Settings", f"{row.name} brings data in from {row.source}."):
        pass
    if reason := why_not(visit):
        with callout("muted", "You can look, but not change anything", reason, icon="eye"):
            button("Back", href=back)
        return
    calls = bool(found.offered.tells)
    hook = await load(hooks.read, visit.actor, row.source_id) if calls else None
    with ui.element("div").classes("stack narrow"):
        form = Form(
            visit,
            found.offered,
            hook,
            name=row.name,
            wanted=row.wanted or None,  # a draft may be of a time when nothing could be ticked
            schedule=row.schedule,
            limits=found.limits,
            recipients=found.recipients,
        )
        refused = ui.element("div").classes("refused")

        async def save() -> None:
            refused.clear()
            draft = form.draft()
            if draft is None:
                return
            outcome = await attempt(integrations.change, visit.actor, integration_id, draft)
            if outcome.refusal is None:
                notice("The next run uses them.", title="Saved")
                ui.navigate.to(back)
                return
            with refused, callout("bad", "Nothing was saved", outcome.refusal.message):
                pass

        with ui.element("div").classes("actions form-end"):
            button("Save", save, kind="primary", icon="check")
            button("Cancel", href=back, kind="quiet")
