"""The dialog before Connect: what will happen, what the app may do, and what it needs to know."""

from nicegui import ui

from domain import connections
from domain.catalogue import Page
from ui.ask import attempt
from ui.components.callout import callout
from ui.components.dialog import Dialog
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit
from ui.pages.answers import Form, ask_questions
from ui.pages.permissions import draw_permissions
from ui.pages.usual import how_long

_WAYS = {
    ("webhook",): "by webhook",
    ("mail",): "by mail",
    ("webhook", "mail"): "by webhook and by mail",
}


class ConnectDialog:
    """Asks for a connection with an integrated app, for the first time or once more.

    Build it once with the page; nothing that was typed is lost when Adjoin refuses.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._dialog = Dialog(wide=True)

    def open(self, page: Page) -> None:
        """Fill the dialog for the app of `page`, and show it."""
        verb = "Reconnect" if page.card.status else "Connect"
        with self._dialog.refill(f"{verb} {page.card.name}"):
            refused = ui.element("div").classes("refused")
            with ui.element("div").classes("stack"):
                _draw_plan(page, self._visit.place.name)
                with ui.element("section"):
                    text(f"What {page.card.name} will do with your data", "h3")
                    draw_permissions(page.permissions)
                form = _draw_questions(page)
        self._dialog.ask(verb, lambda: self._connect(page, form, refused), icon="plug")

    async def _connect(self, page: Page, form: Form, refused: ui.element) -> None:
        refused.clear()
        if not form.is_complete():
            return
        visit, app = self._visit, page.card
        outcome = await attempt(
            connections.connect, visit.actor, visit.place.id, app.slug, form.answers
        )
        if outcome.refusal is not None:
            with refused, callout("bad", "Not connected", outcome.refusal.message):
                pass
            return
        self._dialog.close()
        notice(
            f"{app.developer} is being notified. This page changes by itself.", title="Requested"
        )
        ui.navigate.to(f"/subscriptions/{outcome.value}")


def _draw_plan(page: Page, hotel: str) -> None:
    app = page.card
    with ui.element("section"):
        text("What will happen", "h3")
        with ui.element("ol").classes("plan-steps"):
            _step("Adjoin makes an access token", f"It opens {hotel}’s data to {app.name}.")
            _step(f"{app.developer} is notified {_way(page)}", _how_the_token_travels(page))
            if app.activation == "automatic":
                _step(
                    f"{app.name} becomes active by itself",
                    f"{how_long(app.usual)}. Until then the status is Pending.",
                )
            else:
                _step(
                    f"{app.developer} activates",
                    f"{how_long(app.usual)}. Only they can: nobody at the platform can.",
                )


def _step(title: str, words: str) -> None:
    with ui.element("li"), ui.element("div"):
        text(title, "strong")
        text(words)


def _way(page: Page) -> str:
    return _WAYS.get(page.told_by, "in its Developer Hub")


def _how_the_token_travels(page: Page) -> str:
    if "mail" not in page.told_by or page.token_in_mail:
        return "The token travels with it."
    if page.told_by == ("mail",):
        return "The token travels with a link that opens once."
    return "The token travels with it; in the mail, with a link that opens once."


def _draw_questions(page: Page) -> Form:
    if not page.questions:
        return Form()
    with ui.element("section"):
        text(f"What {page.card.developer} needs to know", "h3")
        return ask_questions(page.questions, page.answers)
