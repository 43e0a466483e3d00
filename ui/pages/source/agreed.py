"""Where the browser comes back to after somebody agreed at another system."""

from nicegui import ui

from domain import authorization_pages, consents
from domain.refusals import Refusal
from ui.ask import attempt_outside, load
from ui.components.button import button
from ui.components.callout import callout
from ui.components.notice import notice
from ui.components.page_title import breadcrumb, page_title
from ui.frame import Visit
from ui.pages.source.words import learned


async def page(visit: Visit) -> None:
    breadcrumb([("Sources", "/sources"), ("Back from the other system", None)])
    with page_title("You are back"):
        pass
    outcome = await attempt_outside(consents.finish, visit.actor, dict(visit.query))
    if outcome.value is None:
        _say(outcome.refusal)
        return
    row = (await load(authorization_pages.read, visit.actor, outcome.value)).row
    notice(learned(row), "ok" if row.is_tried else "info", title="Authorization saved")
    used = next((use.id for use in row.uses if use.noun == "source"), None)
    new = f"/sources/new?kind={row.kind}&authorization={row.id}"
    ui.navigate.to(f"/sources/{used}" if used else new)


def _say(refusal: Refusal | None) -> None:
    is_stale = refusal is None or refusal.code == "not_found"
    sentence = (
        "Nobody here waits for this answer. It is taken once, within a quarter of an hour."
        if is_stale or refusal is None
        else refusal.message
    )
    with callout("bad", "Nothing was saved", sentence):
        button("Add a source", href="/sources/new", kind="primary")
        button("Back to the sources", href="/sources")
