"""Partners: who develops apps; an operator adds one and lets its first member in."""

from typing import Any

from nicegui import ui

from domain import partners
from domain.partners import Row
from ui.ask import attempt, load
from ui.components.button import button
from ui.components.dialog import Dialog
from ui.components.field import TextField, text_field
from ui.components.listing import Column, Listing
from ui.components.page_title import page_title
from ui.frame import Visit

PATH = "/operations/partners"
_COLUMNS: list[Column] = [
    {"key": "name", "label": "Partner", "kind": "strong"},
    {"key": "contact", "label": "Contact", "kind": "text", "sub": "email"},
    {"key": "apps", "label": "Apps", "kind": "number"},
    {"key": "people", "label": "People", "kind": "number"},
]


async def page(visit: Visit) -> None:
    rows = await load(partners.all_of_them, visit.actor)
    dialog = Dialog()

    def ask() -> None:
        with dialog.refill("Add a partner"):
            form = Form()

        async def add() -> None:
            values = {key: text for key, text in form.values.items() if key != "contact_phone"}
            outcome = await attempt(partners.create, visit.actor, **values)
            if outcome.value is None:
                form.refuse(outcome.refusal.message if outcome.refusal else "")
                return
            dialog.close()
            ui.navigate.to(f"{PATH}/{outcome.value}")

        dialog.ask("Add the partner", add, kind="primary")

    with page_title("Partners", "The third parties behind integrated apps. They support them."):
        button("Add a partner", ask, kind="primary", icon="plus")
    Listing(
        _COLUMNS,
        [_line(row) for row in rows],
        label="Partners",
        search="Search partners",
        empty="No partner yet. Add the first one, then its app.",
        zone=visit.zone,
    )
    if visit.query.get("new"):
        ask()


class Form:
    """The fields of a partner, filled with what is known of it."""

    def __init__(self, row: Row | None = None) -> None:
        self._name: TextField = text_field(
            "Name", value=row.name if row else "", required=True, autofocus=row is None
        )
        self._contact: TextField = text_field(
            "Contact person",
            value=row.contact_name if row else "",
            optional=True,
            hint="Whom hotels ask about its apps.",
        )
        self._email: TextField = text_field(
            "Contact’s e-mail address",
            type="email",
            value=row.contact_email if row else "",
            optional=True,
            hint="Requests and reminders go there until the partner chooses otherwise.",
        )
        self._phone: TextField | None = None
        if row is not None:
            self._phone = text_field("Contact’s phone", value=row.contact_phone, optional=True)
        self._website: TextField = text_field(
            "Website",
            value=row.website if row else "",
            optional=True,
            placeholder="https://",
        )

    @property
    def values(self) -> dict[str, Any]:
        return {
            "name": self._name.value,
            "contact_name": self._contact.value,
            "contact_email": self._email.value,
            "contact_phone": self._phone.value if self._phone else "",
            "website": self._website.value,
        }

    def refuse(self, sentence: str) -> None:
        """Show what to correct, at the field that it is about."""
        fields = {
            "website": self._website,
            "contact": self._contact,
            "e-mail": self._email,
            "phone": self._phone or self._name,
        }
        about = next((field for word, field in fields.items() if word in sentence), self._name)
        about.error(sentence)
        about.focus()


def _line(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "href": f"{PATH}/{row.id}",
        "name": row.name,
        "contact": row.contact_name or row.contact_email,
        "email": row.contact_email if row.contact_name else "",
        "apps": row.apps,
        "people": row.people,
    }
