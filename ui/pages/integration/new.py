"""Makes an integration: from which source, what, when, who hears of it, and Activate."""

from collections.abc import Mapping, Sequence

from nicegui import ui

from domain import hooks, integration_pages, integrations
from domain.alerts import Recipient
from domain.hooks import Row as Hook
from domain.integration_pages import OfferedSource
from domain.readiness import NotReady
from ui.ask import attempt, load
from ui.components.button import Kind, button
from ui.components.callout import callout
from ui.components.card import card
from ui.components.empty import empty
from ui.components.field import choice_cards
from ui.components.notice import notice
from ui.components.page_title import breadcrumb, page_title
from ui.frame import Visit
from ui.pages.integration.form import Form
from ui.pages.integration.words import follows, listed
from ui.pages.source.words import why_not


async def page(visit: Visit) -> None:
    offered = await load(integration_pages.offered, visit.actor, visit.place.id)
    breadcrumb([("Integrations", "/integrations"), ("New integration", None)])
    with page_title("New integration", "What comes in, when, and who hears of it."):
        pass
    if reason := why_not(visit):
        with callout("muted", "You can look at integrations, but not make one", reason, "eye"):
            button("Back to the integrations", href="/integrations")
    elif not offered:
        _draw_no_source()
    else:
        calling = await load(hooks.of_property, visit.actor, visit.place.id)
        _New(visit, offered, calling).draw()


def _draw_no_source() -> None:
    with empty(
        "database",
        "It needs a source first",
        "Add the system that holds your reservations, or upload a table. Then come back here.",
    ):
        button("Add source", href="/sources/new", kind="primary", icon="plus")


class _New:
    """The page's answers; all below the source are drawn anew when another one is chosen."""

    def __init__(
        self, visit: Visit, offered: Sequence[OfferedSource], calling: Mapping[str, Hook]
    ) -> None:
        self._visit = visit
        self._calling = calling
        self._offered = {each.id: each for each in offered}
        self._form: Form | None = None
        self._draft_id = ""  # once it is kept, Activate and Save change it

    def draw(self) -> None:
        wanted = self._visit.query.get("source", "")
        only = next(iter(self._offered)) if len(self._offered) == 1 else None
        with ui.element("div").classes("stack narrow"):
            with card("From which source?", icon="database"):
                self._source = choice_cards(
                    "Source",
                    {each.id: (each.name, _about(each)) for each in self._offered.values()},
                    value=wanted if wanted in self._offered else only,
                    on_change=lambda _: self._draw_rest(),
                )
            self._rest = ui.element("div").classes("stack")
        self._draw_rest()

    def _draw_rest(self) -> None:
        self._rest.clear()
        self._form = None
        source = self._offered.get(str(self._source.value))
        if source is None:
            return
        if not any(each.transfer_status == "active" for each in source.types):
            with self._rest:
                _draw_closed(source)
            return
        with self._rest:
            me = Recipient(self._visit.visitor.email, on_disabled=True, on_failed=True)
            self._form = Form(self._visit, source, self._calling.get(source.id), recipients=(me,))
            self._refused = ui.element("div").classes("refused")
            with ui.element("div").classes("actions form-end"):
                button("Activate", self._activate, kind="primary", icon="play")
                button("Save as draft", self._save)
                button("Cancel", href="/integrations", kind="quiet")

    async def _activate(self) -> None:
        if self._form is not None and not self._form.wanted:
            self._refused.clear()
            self._refuse("Nothing was saved", "Tick at least one kind of change, or save a draft.")
            return
        if not await self._keep():
            return
        outcome = await attempt(integrations.activate, self._visit.actor, self._draft_id)
        if outcome.refusal is None:
            if self._form is not None and (draft := self._form.draft()):
                notice(follows(draft.schedule), title="Active")
            ui.navigate.to(f"/integrations/{self._draft_id}")
        elif isinstance(outcome.refusal, NotReady):
            notice("It is kept as a draft. See what is missing.", "info", title="Not yet active")
            ui.navigate.to(f"/integrations/{self._draft_id}")
        else:
            self._refuse("It is kept as a draft, but not active", outcome.refusal.message)

    async def _save(self) -> None:
        if await self._keep():
            notice("Nothing flows before it is activated.", title="Kept as a draft")
            ui.navigate.to(f"/integrations/{self._draft_id}")

    async def _keep(self) -> bool:
        """Keep the answers, once; whatever was kept before is changed."""
        self._refused.clear()
        draft = self._form.draft() if self._form is not None else None
        if draft is None:
            return False
        actor = self._visit.actor
        if self._draft_id:
            changed = await attempt(integrations.change, actor, self._draft_id, draft)
            refusal = changed.refusal
        else:
            kept = await attempt(integrations.create, actor, self._visit.place.id, draft)
            self._draft_id, refusal = kept.value or "", kept.refusal
        if refusal is not None:
            self._refuse("Nothing was saved", refusal.message)
        return refusal is None

    def _refuse(self, title: str, sentence: str) -> None:
        with self._refused, callout("bad", title, sentence):
            pass


def _draw_closed(source: OfferedSource) -> None:
    """Say what has to be done before there is anything to choose, and where."""
    there = [each for each in source.types if each.transfer_id]
    words = "It has no data transfer yet: add one there and map its fields."
    if there:
        labels = listed([each.label for each in there])
        words = f"{labels} are not active: finish the mapping and press Activate there."
    title = f"Nothing can come in from {source.name} yet"
    with callout("warn", title, f"{words} Then come back here.", icon="circle-pause"):
        address = f"/sources/{source.id}"
        if not there:
            button("Open the source", href=address, kind="primary", icon="arrow-right")
        for number, each in enumerate(there):
            kind: Kind = "secondary" if number else "primary"
            way = f"{address}/transfers/{each.transfer_id}"
            button(f"Open {each.label.lower()}", href=way, kind=kind, icon="arrow-right")


def _about(source: OfferedSource) -> str:
    active = [each.label.lower() for each in source.types if each.transfer_status == "active"]
    if source.status == "broken":
        return f"{source.kind_name} · broken: repair it first"
    return f"{source.kind_name} · {', '.join(active) if active else 'no data transfer is active'}"
