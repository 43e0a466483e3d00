"""Your account: your name, your password, where you are signed in, and where you belong."""

from typing import Any

from nicegui import ui

from domain import moments, passwords, people, sign_ins
from domain.sign_ins import Device
from ui.ask import act, attempt, attempt_slowly, load
from ui.components.ago import iso
from ui.components.button import button
from ui.components.card import card
from ui.components.dialog import Dialog
from ui.components.field import text_field
from ui.components.listing import Column, Listing, Row
from ui.components.notice import notice
from ui.components.page_title import page_title
from ui.components.text import text
from ui.frame import Visit
from ui.pages import daily_mail
from ui.roles import ROLES

_COLUMNS: list[Column] = [
    {"key": "device", "label": "Browser", "kind": "strong", "sub": "address"},
    {"key": "since", "label": "Signed in", "kind": "ago"},
    {"key": "seen", "label": "Last seen", "kind": "ago"},
    {"key": "do", "label": "", "kind": "actions"},
]


async def page(visit: Visit) -> None:
    devices = await load(sign_ins.of_person, visit.actor)
    with page_title("Your account", f"You sign in as {visit.visitor.email}."):
        pass
    with ui.element("div").classes("stack"):
        with ui.element("div").classes("halves"):
            _draw_name(visit)
            _draw_password(visit)
        await daily_mail.draw_choice(visit)
        SignIns(visit, devices)
        _draw_places(visit)


def _draw_name(visit: Visit) -> None:
    async def save() -> None:
        outcome = await attempt(people.rename, visit.actor, name.value)
        name.error(outcome.refusal.message if outcome.refusal else None)
        if outcome:
            notice("Your name is saved. Others read it from now on.")

    with card("Your name", "As colleagues and partners read it in the history.", icon="user-round"):
        name = text_field(
            "Name", value=visit.visitor.name, autocomplete="name", required=True, on_enter=save
        )
        with ui.element("div").classes("actions"):
            button("Save name", save, kind="primary")


def _draw_password(visit: Visit) -> None:
    async def change() -> None:
        outcome = await attempt_slowly(people.change_password, visit.actor, now.value, new.value)
        if outcome.refusal is not None:
            wrong = now if outcome.refusal.code in ("wrong_password", "too_many_tries") else new
            wrong.error(outcome.refusal.message)
            wrong.focus()
            return
        now.value = new.value = ""
        notice("All your other browsers were signed out.", title="Your password is changed")

    with card("Password", "Changing it signs out all your other browsers.", icon="lock-keyhole"):
        _draw_user_name(visit.visitor.email)
        now = text_field(
            "Password now", secret=True, autocomplete="current-password", required=True
        )
        new = text_field(
            "New password",
            secret=True,
            autocomplete="new-password",
            hint=f"At least {passwords.MIN_LENGTH} characters. A few words are easy to remember.",
            required=True,
            on_enter=change,
        )
        with ui.element("div").classes("actions"):
            button("Change password", change, kind="primary")


def _draw_user_name(email: str) -> None:
    """Tell password managers whose password is changed; nobody else needs to see it."""
    field = ui.element("input").classes("sr-only")
    field.props('type="text" autocomplete="username" readonly tabindex="-1" aria-hidden="true"')
    field.props["value"] = email


class SignIns:
    """The browsers in which the person is signed in, each of which can be ended."""

    def __init__(self, visit: Visit, devices: tuple[Device, ...]) -> None:
        self._actor = visit.actor
        self._dialog = Dialog()
        with card(
            "Where you are signed in",
            "End what you do not recognise, then change your password.",
            icon="monitor",
        ):
            self._list = Listing(
                _COLUMNS,
                _rows(devices),
                label="Browsers in which you are signed in",
                on_act=self._end,
                zone=visit.zone,
            )
            with ui.element("div").classes("actions"):
                button("Sign out everywhere else", self._ask, kind="danger", icon="log-out")

    async def _refresh(self) -> None:
        devices = await load(sign_ins.of_person, self._actor)
        self._list.replace(_rows(devices))

    async def _end(self, event: dict[str, Any]) -> None:
        if await act(sign_ins.end, self._actor, event["row"]):
            await self._refresh()
            notice("That browser was signed out.")

    def _ask(self) -> None:
        with self._dialog.refill("Sign out everywhere else?"):
            text("Every other browser is sent to the sign-in page at once. This one stays.")
        self._dialog.ask("Sign out everywhere else", self._end_all, kind="danger")

    async def _end_all(self) -> None:
        outcome = await act(sign_ins.sign_out_everywhere, self._actor)
        self._dialog.close()
        if outcome:
            count = outcome.value or 0
            others = "1 other browser was" if count == 1 else f"{count} other browsers were"
            await self._refresh()
            notice(f"{others} signed out.")


def _rows(devices: tuple[Device, ...]) -> list[Row]:
    """Return the rows, this browser's first; it is seen right now, whatever was noted last."""
    return [_row(device) for device in sorted(devices, key=lambda one: not one.is_this_one)]


def _row(device: Device) -> Row:
    seen_at = moments.now() if device.is_this_one else device.seen_at
    return {
        "id": device.id,
        "device": f"{device.device} (this one)" if device.is_this_one else device.device,
        "address": f"from {device.address}",
        "since": iso(device.since),
        "seen": iso(seen_at),
        "do": [] if device.is_this_one else [{"action": "end", "label": "Sign out"}],
    }


def _draw_places(visit: Visit) -> None:
    several = len(visit.visitor.places) > 1
    lead = "Switch between them at the top of every page." if several else ""
    with card("Where you belong", lead, icon="door-open"):
        Listing(
            [
                {"key": "place", "label": "Place", "kind": "strong"},
                {"key": "role", "label": "Role", "kind": "text", "sub": "explanation"},
            ],
            [
                {
                    "id": place.key,
                    "place": place.name,
                    "role": place.role_words,
                    "explanation": ROLES[place.role].explanation,
                    "href": f"/?place={place.key}",
                }
                for place in visit.visitor.places
            ],
            label="Where you belong",
        )
