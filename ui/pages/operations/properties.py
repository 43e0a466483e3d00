"""Properties: the hotels of the platform; an operator adds one and lets its first manager in."""

from typing import Any

from nicegui import ui

from domain import properties
from domain.paging import Page
from domain.properties import Row
from ui.ask import attempt, load
from ui.components.button import button
from ui.components.dialog import Dialog
from ui.components.field import SelectField, TextField, select_field, text_field
from ui.components.page_title import page_title
from ui.components.recordtable import Head
from ui.frame import Visit
from ui.live import Change
from ui.pages.operations.paged import Paged

PATH = "/operations/properties"
_HEADS: list[Head] = [
    {"key": "name", "label": "Property", "kind": "text", "sub": "where"},
    {"key": "zone", "label": "Time zone", "kind": "text"},
    {"key": "people", "label": "People", "kind": "number"},
    {"key": "connections", "label": "Connections", "kind": "number"},
]


async def page(visit: Visit) -> None:
    async def read(text: str, number: int) -> Page[Row]:
        return await load(properties.page, visit.actor, text=text, number=number)

    dialog = Dialog()

    def ask() -> None:
        with dialog.refill("Add a property"):
            form = Form()

        async def add() -> None:
            outcome = await attempt(properties.create, visit.actor, **form.values)
            if outcome.value is None:
                form.refuse(outcome.refusal.message if outcome.refusal else "")
                return
            dialog.close()
            ui.navigate.to(f"{PATH}/{outcome.value}")

        dialog.ask("Add the property", add, kind="primary")

    with page_title("Properties", "The hotels of the platform, and who belongs to them."):
        button("Add a property", ask, kind="primary", icon="plus")
    paged = Paged(
        visit,
        _HEADS,
        read,
        _line,
        path=PATH,
        label="Properties",
        one="property",
        search="Search properties",
        empty="No property here. Add it, then invite its manager.",
    )
    await paged.draw()
    if visit.query.get("new"):
        ask()

    async def heard(change: Change) -> None:
        if change.noun in ("property", "people", "everything"):
            await paged.refresh()

    visit.follow(heard)


class Form:
    """The fields of a property, filled with what is known of it."""

    def __init__(self, row: Row | None = None) -> None:
        self._name: TextField = text_field(
            "Name", value=row.name if row else "", required=True, autofocus=row is None
        )
        self._city: TextField = text_field("City", value=row.city if row else "", optional=True)
        self._country: TextField = text_field(
            "Country", value=row.country if row else "", optional=True
        )
        self._zone: SelectField = select_field(
            "Time zone",
            properties.zones(),
            value=row.time_zone if row else "UTC",
            hint="Its people read every time in this zone.",
        )

    @property
    def values(self) -> dict[str, Any]:
        return {
            "name": self._name.value,
            "city": self._city.value,
            "country": self._country.value,
            "time_zone": self._zone.value,
        }

    def refuse(self, sentence: str) -> None:
        """Show what to correct, at the field that it is about."""
        fields: dict[str, TextField | SelectField] = {
            "city": self._city,
            "country": self._country,
            "time zone": self._zone,
        }
        about = next((field for word, field in fields.items() if word in sentence), self._name)
        about.error(sentence)
        about.focus()


def _line(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "href": f"{PATH}/{row.id}",
        "name": row.name,
        "where": ", ".join(filter(None, (row.city, row.country))),
        "zone": row.time_zone,
        "people": row.people,
        "connections": row.connections,
    }
