"""The form of an app: what it is, how it connects, what it may do, what it asks."""

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui

from domain import drafts
from domain.app_drafts import Texts
from domain.drafts import Draft
from domain.refusals import Refusal
from ui.ask import show
from ui.components.button import Handler, button
from ui.components.card import card
from ui.components.field import checkbox, choice_cards, select_field, text_field
from ui.components.part import Part
from ui.components.text import text
from ui.components.tile import tile
from ui.pages.operations.question_form import QuestionForm
from ui.pages.operations.slot_form import SlotForm

_EMPTY = Draft("", "", "")
_ICONS = {
    "plug": "Plug",
    "message-circle": "Message",
    "chart-line": "Chart",
    "key-round": "Key",
    "credit-card": "Card",
    "utensils": "Restaurant",
    "brush-cleaning": "Housekeeping",
    "star": "Star",
    "receipt": "Receipt",
    "map": "Map",
    "bed-double": "Bed",
    "hotel": "Hotel",
    "calendar-days": "Calendar",
    "car": "Car",
    "coffee": "Coffee",
    "thermometer": "Climate",
    "tv": "Television",
    "wifi": "Wi-Fi",
    "leaf": "Leaf",
    "megaphone": "Marketing",
    "scale": "Scale",
    "ticket": "Ticket",
    "cloud": "Cloud",
    "luggage": "Luggage",
}
_HUES = {
    20: "Red",
    45: "Orange",
    75: "Ochre",
    100: "Olive",
    145: "Green",
    175: "Teal",
    200: "Sea",
    230: "Sky",
    265: "Blue",
    290: "Violet",
    330: "Plum",
    355: "Rose",
}


class AppForm:
    """Everything that operators decide about an app; `draft` is what the form says now.

    Sentences appear at the end of the form, where its button is: `refuse`.
    """

    def __init__(
        self,
        partners: Mapping[str, str],
        draft: Draft = _EMPTY,
        *,
        partner_id: str | None = None,
        on_name: Callable[[], Any] | None = None,
    ) -> None:
        """Draw the form here. `partners` are names by id; `partner_id` is chosen beforehand."""
        self._partners = partners
        self._on_name = on_name
        chosen = partner_id if partner_id in partners else draft.partner_id
        with ui.element("div").classes("halves"):
            with ui.element("div").classes("stack"):
                self._draw_identity(draft)
                self._draw_look(draft)
            self._draw_kind(draft, chosen)
        with ui.element("div").classes("stack below"):
            self._draw_permissions(draft)
            with card(
                "Asked at Connect",
                "What a hotel answers before its request is sent. The partner reads the answers.",
                icon="list-checks",
            ):
                self._questions = QuestionForm(draft.questions)
            self._draw_slots(draft)
            self._draw_texts(draft)
        self._follow_kind()

    @property
    def name(self) -> str:
        return str(self._name.value)

    @property
    def draft(self) -> Draft:
        return Draft(
            self._name.value,
            self._category.value,
            self._tagline.value,
            self._kind.value,
            self._partner.value,
            self._activation.value,
            self._vendor.value,
            self._address.value,
            _minutes(self._usual.value),
            [name for name, box in self._permissions.items() if box.value],
            self._questions.value,
            self._slots.value,
            self._description.value,
            self._notes.value,
            self._icon.value,
            self._hue.value,
        )

    def draw_end(self, label: str, on_click: Handler) -> None:
        """Show the button that sends the form, and the place for what is wrong with it."""
        with ui.element("div").classes("line form-end"):
            button(label, on_click, kind="primary", icon="check")
            self._refused = text("", "p", "wrong").props('role="alert"')

    def refuse(self, refusal: Refusal | None) -> None:
        """Say what to correct; None takes the sentence away."""
        if refusal is not None and refusal.code not in ("invalid", "in_use"):
            show(refusal)
            return
        self._refused.text = refusal.message if refusal else ""

    def take(self, texts: Texts) -> None:
        """Show the texts that hotels read from now on, so that Save does not bring others back."""
        self._tagline.value = texts.tagline
        self._description.value, self._notes.value = texts.description, texts.setup_notes

    def _draw_identity(self, draft: Draft) -> None:
        with card("What it is", icon="layout-grid"):
            self._name = text_field(
                "Name", value=draft.name, required=True, on_change=self._name_changed
            )
            # Only a new app has a field for its address, right below its name.
            self.identity = ui.element("div").classes("field-slot")
            self._category = text_field(
                "Category",
                value=draft.category,
                required=True,
                hint="Hotels filter by it, for example Payments or Door locks.",
            )
            self._tagline = text_field(
                "In one sentence",
                value=draft.tagline,
                required=True,
                hint="On its card, 160 characters at most.",
            )

    def _draw_look(self, draft: Draft) -> None:
        icons = {draft.icon: draft.icon, **_ICONS}
        hues = {draft.hue: f"{draft.hue}°", **_HUES}
        with (
            card("Its door", "How hotels recognise it at a glance.", icon="door-closed"),
            ui.element("div").classes("line nowrap"),
        ):
            self._door: Part[tuple[str, int]] = Part(lambda look: tile(look[0], look[1], 64))
            with ui.element("div").classes("grow halves"):
                self._icon = select_field(
                    "Icon", icons, value=draft.icon, on_change=self._draw_door
                )
                self._hue = select_field("Colour", hues, value=draft.hue, on_change=self._draw_door)
        self._draw_door()

    def _draw_kind(self, draft: Draft, partner_id: str | None) -> None:
        with card("How it connects", icon="plug-zap"):
            self._kind = choice_cards(
                "Kind",
                {
                    "integrated": (
                        "Integrated",
                        "A partner develops it and answers each request.",
                    ),
                    "core": ("Core", "Credentials of a hotel system, checked at once."),
                },
                value=draft.kind,
                on_change=self._follow_kind,
            )
            with ui.element("div").classes("fields") as self._integrated:
                self._partner = select_field(
                    "Partner",
                    self._partners,
                    value=partner_id,
                    required=True,
                    hint="They develop the app and support it.",
                )
                self._activation = choice_cards(
                    "Activation",
                    {
                        "manual": ("Manual", "Somebody at the partner activates each request."),
                        "automatic": (
                            "Automatic",
                            "Active by itself once the partner has been notified.",
                        ),
                    },
                    value=draft.activation,
                )
                self._usual = text_field(
                    "Usual waiting time in minutes",
                    value="" if draft.usual_minutes is None else str(draft.usual_minutes),
                    optional=True,
                    hint="What the partner promises, shown until its own history speaks.",
                )
            with ui.element("div").classes("fields") as self._core:
                self._vendor = select_field(
                    "System", drafts.VENDOR_NAMES, value=draft.vendor, required=True
                )
                self._address = text_field(
                    "Address of its API",
                    value=draft.vendor_address or "",
                    optional=True,
                    placeholder="https://",
                    hint="Empty for the usual one.",
                )

    def _draw_permissions(self, draft: Draft) -> None:
        with (
            card("What it may do", "Hotels read this before they connect.", icon="shield-check"),
            ui.element("div").classes("permission-boxes"),
        ):
            self._permissions = {
                name: checkbox(words, value=name in draft.permissions)
                for name, words in drafts.PERMISSIONS.items()
            }

    def _draw_slots(self, draft: Draft) -> None:
        with card(
            "Values to map",
            "What the app needs to know of a hotel, such as which product is the breakfast. The "
            "hotel maps it after Connect; the partner may propose.",
            icon="arrow-left-right",
        ) as self._of_partner:
            self._slots = SlotForm(draft.slots)

    def _draw_texts(self, draft: Draft) -> None:
        with (
            card("Texts", "Its partner may propose others; you publish them.", icon="file-text"),
            ui.element("div").classes("halves"),
        ):
            self._description = text_field(
                "Description",
                value=draft.description,
                multiline=True,
                hint="Markdown. What the app does for a hotel.",
            ).classes("tall")
            self._notes = text_field(
                "Setup notes",
                value=draft.setup_notes,
                multiline=True,
                hint="Markdown. What a hotel does before or after Connect.",
            ).classes("tall")

    def _name_changed(self, _: object) -> None:
        if self._on_name is not None:
            self._on_name()

    def _draw_door(self, _: object = None) -> None:
        self._door.show((self._icon.value, self._hue.value))

    def _follow_kind(self, _: object = None) -> None:
        self._integrated.set_visibility(self._kind.value == "integrated")
        self._of_partner.set_visibility(self._kind.value == "integrated")
        self._core.set_visibility(self._kind.value == "core")


def _minutes(typed: str) -> int | None:
    """Return what was typed as a number; what is none becomes one that is refused in words."""
    typed = typed.strip()
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1
