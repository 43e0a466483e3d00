"""One person, as operators see them: where they work, since when, and how to end that."""

from typing import Any

from nicegui import ui

from domain import everybody, people
from domain.everybody import Held, Sheet
from ui.ask import attempt, load, show
from ui.components.ago import ago, iso
from ui.components.card import Fact, card, facts
from ui.components.dialog import Dialog
from ui.components.field import text_field
from ui.components.listing import Column, Listing
from ui.components.notice import notice
from ui.components.page_title import breadcrumb, page_title
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change
from ui.pages.operations.people import PATH

_COLUMNS: list[Column] = [
    {"key": "place", "label": "Works at", "kind": "strong"},
    {"key": "role", "label": "As", "kind": "text"},
    {"key": "since", "label": "Since", "kind": "ago"},
    {"key": "do", "label": "", "kind": "actions"},
]
_PAGES = {"property": "/operations/properties/{}", "partner": "/operations/partners/{}"}


async def page(visit: Visit, person_id: str) -> None:
    sheet = await load(everybody.read, visit.actor, person_id)
    breadcrumb([("Everybody", PATH), (sheet.row.name, None)])
    with page_title(sheet.row.name, sheet.row.email):
        pass
    roles = Roles(visit, sheet)
    with ui.element("div").classes("columns"):
        with ui.element("section").classes("stack tight"):
            text("Where they work", "h2")
            roles.draw()
        with card("About them", icon="user-round"):
            about: Part[Sheet] = Part(lambda it: facts(_facts(it, visit.zone)))
    about.show(sheet)

    async def heard(change: Change) -> None:
        if change.noun in ("people", "everything"):
            now = await load(everybody.read, visit.actor, person_id)
            roles.show(now)
            about.show(now)

    visit.follow(heard)


class Roles:
    """The places of a person; an operator may end one, in words that the place reads."""

    def __init__(self, visit: Visit, sheet: Sheet) -> None:
        self._visit, self._sheet = visit, sheet
        self._dialog = Dialog()

    def draw(self) -> None:
        self._listing = Listing(
            _COLUMNS,
            self._lines(),
            label="Where they work",
            on_act=self._ask,
            empty="Nowhere at the moment: this account opens no door.",
            zone=self._visit.zone,
        )

    def show(self, sheet: Sheet) -> None:
        self._sheet = sheet
        if not self._listing.is_deleted:
            self._listing.replace(self._lines())

    def _lines(self) -> list[dict[str, Any]]:
        return [_line(held) for held in self._sheet.held]

    def _ask(self, wish: dict[str, Any]) -> None:
        held = next((one for one in self._sheet.held if one.membership_id == wish["row"]), None)
        if held is None:
            return
        name, place = self._sheet.row.name, held.place.name
        with self._dialog.refill(f"End the access of {name}?"):
            text(
                f"{name} loses sight of {place} at once, in every open window. What was connected "
                "or changed stays as it is. Only the place itself can invite them again."
            )
            why = text_field(
                "Why?",
                hint="The people of that place read this, and it stays in the audit log.",
                required=True,
                autofocus=True,
            )

        async def end() -> None:
            outcome = await attempt(people.remove, self._visit.actor, held.membership_id, why.value)
            if outcome.refusal is not None and outcome.refusal.code == "invalid":
                why.error(outcome.refusal.message)
                return
            self._dialog.close()
            if outcome.refusal is not None:
                show(outcome.refusal)
            else:
                notice(f"{name} has no access to {place} any more.")

        self._dialog.ask("End access", end, kind="danger")


def _line(held: Held) -> dict[str, Any]:
    action = {"action": "end", "label": "End access"}
    if held.why_not:
        action["why_not"] = held.why_not
    page_of_place = _PAGES.get(held.place.kind)
    return {
        "id": held.membership_id,
        "href": page_of_place.format(held.place.id) if page_of_place else "/people",
        "place": held.place.name,
        "role": held.place.role_words,
        "since": iso(held.since),
        "do": [action],
    }


def _facts(sheet: Sheet, zone: str) -> list[Fact]:
    seen = sheet.row.seen_at
    browsers = "1 browser" if sheet.browsers == 1 else f"{sheet.browsers} browsers"
    return [
        ("E-mail address", sheet.row.email),
        ("Account since", lambda: ago(sheet.since, zone=zone)),
        ("Last here", (lambda: ago(seen, zone=zone)) if seen else "Never"),
        ("Signed in at the moment", browsers if sheet.browsers else "Nowhere"),
    ]
