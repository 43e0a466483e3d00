"""Adds a source: which kind, its authorization, its settings, and what it is called."""

from collections.abc import Sequence, Set
from typing import Any

from nicegui import ui

from connectors.source import Kind
from connectors.sources import KINDS
from domain import authorizations, sources
from domain.authorization_pages import Row as Authorization
from domain.refusals import Refusal
from domain.sources import Draft, Offered
from ui.ask import attempt_outside, load
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import card
from ui.components.field import ChoiceCards, Field, TextField, choice_cards, text_field
from ui.components.notice import notice
from ui.components.page_title import breadcrumb, page_title
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.pages.source.authorization_dialog import AuthorizationDialog
from ui.pages.source.settings import SettingsForm
from ui.pages.source.twins import draw_read_already
from ui.pages.source.words import system, why_not

_NONE = ""


async def page(visit: Visit) -> None:
    offered = await load(sources.offered, visit.actor, visit.place.id)
    breadcrumb([("Sources", "/sources"), ("Add a source", None)])
    with page_title("Add a source", "Choose the system, then answer a few questions about it."):
        pass
    if reason := why_not(visit):
        with callout("muted", "You can look at sources, but not add one", reason, icon="eye"):
            button("Back to the sources", href="/sources")
        return
    rows = await load(sources.of_property, visit.actor, visit.place.id)
    _Form(visit, offered, {row.name for row in rows}).draw()


class _Form:
    """The answers so far; what follows from one is drawn anew when it changes."""

    def __init__(self, visit: Visit, offered: Sequence[Offered], taken: Set[str]) -> None:
        self._visit = visit
        self._taken = taken
        self._offered = {each.kind.key: each for each in offered}
        self._dialog = AuthorizationDialog(visit)
        self._kind: ChoiceCards | None = None
        self._opens: ChoiceCards | None = None
        self._address: TextField | None = None
        self._settings: SettingsForm | None = None
        self._name: TextField | None = None

    def draw(self) -> None:
        wanted = self._visit.query.get("kind", "")
        with ui.element("div").classes("stack narrow"):
            with card("Which system is it?", icon="database"):
                self._kind = choice_cards(
                    "Kind",
                    {key: (each.kind.name, each.kind.about) for key, each in self._offered.items()},
                    value=wanted if wanted in self._offered else None,
                    on_change=lambda _: self._draw_rest(),
                )
            self._rest = ui.element("div").classes("stack")
        self._draw_rest(self._visit.query.get("authorization", ""))

    @property
    def _chosen(self) -> Offered | None:
        return self._offered.get(str(self._kind.value)) if self._kind is not None else None

    def _draw_rest(self, authorization_id: str = "") -> None:
        self._rest.clear()
        self._opens = self._address = self._settings = self._name = None
        offered = self._chosen
        if offered is None:
            return
        kind = offered.kind
        with self._rest:
            if kind.methods:
                title = "Address and authorization" if kind.needs_address else "Authorization"
                with card(title, icon="lock-keyhole"):
                    if kind.needs_address:
                        self._address = self._ask_address()
                    self._choices = ui.element("div")
                self._draw_choices(authorization_id)
            if kind.settings:
                lead = "As the documentation of the other system’s API says."
                with card("Settings", lead, "settings"):
                    self._settings = SettingsForm(kind)
            with card("What do you call it?", icon="tag"):
                self._name = text_field(
                    "Name",
                    value=_free(kind.name, self._taken),
                    hint=f"Everybody at {self._visit.place.name} sees the source under this name.",
                    required=True,
                ).mark("source-name")
            self._refused = ui.element("div").classes("refused")
            with ui.element("div").classes("actions form-end"):
                button("Add source", self._add, kind="primary", icon="plus")
                button("Cancel", href="/sources")
                text(_follows(kind), classes="muted")

    def _ask_address(self) -> TextField:
        return text_field(
            "Base address",
            placeholder="https://api.example.com/v1",
            hint="The part that all its addresses begin with.",
            required=True,
        )

    def _draw_choices(self, chosen: str = "") -> None:
        """Draw what the property has for this kind already, and the way to something new."""
        offered = self._chosen
        assert offered is not None
        kind, known = offered.kind, offered.authorizations
        options = {each.id: (each.name, _about(each)) for each in known}
        if kind.needs_address:
            options = {_NONE: ("None needed", "The system answers without credentials."), **options}
        if chosen not in options:
            chosen = next((each.id for each in known if each.status == "working"), _NONE)
        self._choices.clear()
        with self._choices:
            if options:
                self._opens = choice_cards(
                    "Authorization",
                    options,
                    value=chosen if chosen in options else None,
                    on_change=lambda _: self._follow_choice(),
                )
            else:
                text(f"There is no authorization for {kind.name} here yet.", classes="muted")
            self._read_by = Part(draw_read_already, "below")
            with ui.element("div").classes("actions below"):
                button("New authorization", self._ask_credentials, icon="plus")
                self._repair = Part(self._draw_repair)
        self._follow_choice()

    def _follow_choice(self) -> None:
        """Credentials belong to an address: with them, it is not asked for once more."""
        offered = self._chosen
        if offered is None or self._opens is None:
            return
        opens = str(self._opens.value or "")
        self._read_by.show(offered.read_by.get(opens, ()))
        self._repair.show(next((each for each in offered.authorizations if each.id == opens), None))
        if self._address is not None:
            self._address.set_visibility(opens not in offered.read_by)

    def _draw_repair(self, row: Authorization | None) -> None:
        if row is None or row.status != "refused":
            return

        def repair() -> None:
            self._dialog.repair(row, KINDS[row.kind], self._take)

        button(f"Repair {row.name}", repair, icon="wrench")

    def _ask_credentials(self) -> None:
        offered = self._chosen
        if offered is None:
            return
        self._dialog.add(
            offered.kind,
            offered.methods,
            self._take,
            address=str(self._address.value or "") if self._address is not None else "",
            settings=self._settings.answers if self._settings is not None else None,
        )

    async def _take(self, authorization_id: str) -> None:
        """Offer what was just added or has changed, chosen already."""
        found = await load(sources.offered, self._visit.actor, self._visit.place.id)
        self._offered = {each.kind.key: each for each in found}
        self._draw_choices(authorization_id)

    async def _add(self) -> None:
        self._refused.clear()
        offered = self._chosen
        if offered is None:
            return
        if wrong := self._complaints(offered.kind):
            wrong[0].focus()
            return
        draft = self._draft(offered.kind.key)
        outcome = await attempt_outside(sources.add, self._visit.actor, self._visit.place.id, draft)
        if outcome.value is not None:
            notice("Now add what you want to bring in.", title=f"{draft.name} was added")
            ui.navigate.to(f"/sources/{outcome.value}")
        elif outcome.refusal is not None:
            await self._say(outcome.refusal, draft.authorization_id)

    def _complaints(self, kind: Kind) -> list[Field]:
        """Return the fields that cannot be taken as they are, as they follow on the page."""
        wrong: list[Field] = []
        if self._address is not None and self._address.visible:
            complaint = authorizations.address_problem(kind, str(self._address.value or ""))
            if complaint:
                wrong.append(self._address.error(complaint))
        if self._settings is not None:
            wrong += self._settings.complaints()
        if self._name is not None and not str(self._name.value or "").strip():
            wrong.append(self._name.error("Give the source a name."))
        return wrong

    async def _say(self, refusal: Refusal, authorization_id: str) -> None:
        """Say why nothing was saved: at the field that it is about, if there is one."""
        fields = {"name": self._name, authorizations.ADDRESS: self._address}
        field: Field | None = fields.get(refusal.field)
        if field is None and self._settings is not None:
            field = self._settings.named(refusal.field)
        if field is not None:
            field.error(refusal.message).focus()
            return
        if refusal.code == "credentials_refused":
            await self._take(authorization_id)
        with self._refused, callout("bad", "Nothing was saved", refusal.message):
            pass

    def _draft(self, kind: str) -> Draft:
        settings: dict[str, Any] = self._settings.answers if self._settings is not None else {}
        return Draft(
            kind,
            str(self._name.value or "") if self._name is not None else "",
            str(self._opens.value or "") if self._opens is not None else "",
            str(self._address.value or "") if self._address is not None else "",
            settings,
        )


def _follows(kind: Kind) -> str:
    """Say what happens after the last answer."""
    if kind.methods:
        return f"{system(kind)} is asked before anything is saved."
    return "You upload the file on the next page, after you have added a type of data."


def _free(name: str, taken: Set[str]) -> str:
    """Return a name that no other source has: "Mews", or "Mews 2"."""
    known = {each.casefold() for each in taken}
    names = (name, *(f"{name} {number}" for number in range(2, len(known) + 2)))
    return next(each for each in names if each.casefold() not in known)


def _about(row: Authorization) -> str:
    words = [row.account or row.address, row.method_label]
    apps = [use.name for use in row.uses if use.noun == "connection"]
    if apps:
        words.append(f"from the connected app {apps[0]}")
    if row.status == "refused":
        words.append("refused: repair it first")
    elif not row.is_tried:
        words.append("not tried yet")
    return " · ".join(filter(None, words))
