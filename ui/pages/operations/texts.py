"""New texts that a partner wrote for its app: what is different, Publish and Decline."""

from collections.abc import Callable

from nicegui import ui

from domain import app_drafts
from domain.app_drafts import Draft, Texts
from ui.ask import act, attempt, load, show
from ui.components.ago import ago
from ui.components.button import button
from ui.components.card import card
from ui.components.dialog import Dialog
from ui.components.field import text_field
from ui.components.notice import notice
from ui.components.part import Part
from ui.frame import Visit
from ui.pages.difference import draw_difference


class NewTexts:
    """The part of an app's page about them; there is nothing to see while none wait."""

    def __init__(
        self, visit: Visit, slug: str, partner: str, on_publish: Callable[[Texts], None]
    ) -> None:
        """Reserve the place here; `on_publish` is called with what hotels read from now on."""
        self._visit, self._slug, self._partner = visit, slug, partner
        self._on_publish = on_publish
        self._dialog = Dialog()
        self._part: Part[Draft | None] = Part(self._draw, "new-texts")

    async def refresh(self) -> None:
        """Read what waits, and show it."""
        self._part.show(await load(app_drafts.of_app, self._visit.actor, self._slug))

    def _draw(self, draft: Draft | None) -> None:
        if draft is None:
            return
        is_waiting = draft.status == "waiting"
        title = f"New texts from {self._partner}" if is_waiting else "Sent back to the partner"
        lead = "Hotels read them once you publish." if is_waiting else f"“{draft.note}”"
        with card(title, lead, icon="file-text") as surface:
            surface.props["id"] = "texts"
            with ui.element("p").classes("muted"):
                ago(draft.saved_at, f"Written by {draft.saved_by} ", zone=self._visit.zone)
            draw_difference(draft.changes)
            if is_waiting:
                with ui.element("div").classes("actions form-end"):
                    button("Decline", lambda: self._ask_why(draft), icon="x")
                    button(
                        "Publish these texts",
                        lambda: self._publish(draft),
                        kind="primary",
                        icon="check",
                    )

    async def _publish(self, draft: Draft) -> None:
        if await act(app_drafts.publish, self._visit.actor, self._slug, draft.version):
            self._on_publish(draft.texts)
            notice("Hotels read the new texts now.", title="Published")
        await self.refresh()

    def _ask_why(self, draft: Draft) -> None:
        with self._dialog.refill("Send these texts back?"):
            why = text_field(
                "What should be different?",
                hint="The partner reads this, puts it right, and sends the texts again.",
                multiline=True,
                required=True,
                autofocus=True,
            )

        async def decline() -> None:
            outcome = await attempt(
                app_drafts.decline, self._visit.actor, self._slug, draft.version, why.value
            )
            if outcome.refusal is not None and outcome.refusal.code == "invalid":
                why.error(outcome.refusal.message)
                return
            self._dialog.close()
            if outcome.refusal is not None:
                show(outcome.refusal)
            else:
                notice("The partner reads why. Hotels go on reading the texts from before.")
            await self.refresh()

        self._dialog.ask("Send back", decline, kind="danger")
