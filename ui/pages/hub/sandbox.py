"""The sandbox: a hotel that never was, in which a partner tries out its programs."""

from functools import partial

from nicegui import ui

from domain import sandboxes
from domain.sandbox_records import Happened
from domain.sandboxes import Door, Sandbox
from ui.ask import act, load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.card import Fact, card, facts
from ui.components.dialog import Dialog
from ui.components.empty import empty
from ui.components.notice import notice
from ui.components.page_title import page_title
from ui.components.part import Part
from ui.components.secret import Secret, secret
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change

_NOUNS = ("sandbox", "connection", "app", "everything")


async def page(visit: Visit) -> None:
    async def read() -> Sandbox | None:
        return await load(sandboxes.read, visit.actor, visit.place.id)

    sheet = Sheet(visit)
    sheet.show(await read())

    async def heard(change: Change) -> None:
        if change.noun in _NOUNS:
            sheet.show(await read())

    visit.follow(heard)


class Sheet:
    """What is drawn; `show` brings it up to date in place."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._who = visit.actor, visit.place.id
        self._dialog = Dialog()
        lead = "A hotel that never was, for your programs to try things out. Only you see it."
        with page_title("Sandbox", lead):
            button("Quick start", href="/help", icon="book-open")
            self._happen = button(
                "Make something happen", self._make_happen, kind="primary", icon="sparkles"
            )
        self._nothing: Part[bool] = Part(self._draw_nothing)
        with ui.element("div").classes("columns") as self._there:
            self._doors: Part[tuple[Door, ...]] = Part(self._draw_doors, "stack")
            with ui.element("div").classes("stack"):
                self._data: Part[Sandbox] = Part(self._draw_data)

    def show(self, found: Sandbox | None) -> None:
        """Show what is true now."""
        if self._nothing.is_deleted:
            return
        self._nothing.show(found is None)
        for element in (self._there, self._happen):
            element.set_visibility(found is not None)
        if found is not None:
            self._doors.show(found.doors)
            self._data.show(found)

    def _draw_nothing(self, is_nothing: bool) -> None:
        if not is_nothing:
            return
        with (
            card(),
            empty(
                "sparkles",
                "No sandbox yet",
                "It is a property with invented data of all seven types. Each of your apps is "
                "connected with it and gets an access token, and your endpoints hear what happens "
                "in it, signed as ever. No hotel and nobody else sees it, and it counts nowhere.",
            ),
        ):
            button("Make a sandbox", self._make, kind="primary", icon="plus")

    def _draw_doors(self, doors: tuple[Door, ...]) -> None:
        if not doors:
            with card("No app yet", "Operators add your apps; then connect them here."):
                pass
        for door in doors:
            with card(), ui.element("div").classes("stack tight"):
                self._draw_door(door)

    def _draw_door(self, door: Door) -> None:
        with ui.element("div").classes("line"):
            tile(door.icon, door.hue)
            text(door.app, "h2", "grow")
            badge(door.status or "not_connected")
        if door.can_connect:
            text("Your programs cannot read anything for it until it is connected.")
            button("Connect", partial(self._connect, door), kind="primary", icon="plug-zap")
            return
        if door.status == "pending":
            text("It is your turn, as with any hotel: activate it with your program, or by hand.")
        field: Secret = secret(
            door.masked, lambda: self._show(door, field), label=f"Access token for {door.app}"
        )
        with ui.element("div").classes("actions"):
            button("Look at it", href=f"/hub/connections/{door.connection_id}", icon="plug-zap")
            button("Rotate token", partial(self._rotate, door), icon="refresh-cw")

    def _draw_data(self, found: Sandbox) -> None:
        with card("Data", "Invented; nobody in it is a real person.", icon="database"):
            counted: list[Fact] = [(label, f"{count:,}") for label, count in found.records]
            zone = self._visit.zone
            last = found.happened_at
            facts(
                [
                    *counted,
                    ("As new", partial(ago, found.reset_at, zone=zone)),
                    ("Happened last", partial(ago, last, zone=zone) if last else "nothing yet"),
                ]
            )
            text(
                "Your endpoints hear of changes when they ask for data events, under "
                "Webhooks & mail.",
                classes="muted small",
            )
            with ui.element("div").classes("actions"):
                button("Reset", self._ask_reset, icon="rotate-cw")
                button("Remove", self._ask_remove, kind="danger", icon="trash-2")

    async def _make(self) -> None:
        if await act(sandboxes.make, *self._who):
            notice("Your endpoints are told of a request for each of your apps.", title="Made")

    async def _make_happen(self) -> None:
        outcome = await act(sandboxes.happen, *self._who)
        if outcome.value is not None:
            notice(happened_words(outcome.value))

    async def _connect(self, door: Door) -> None:
        if await act(sandboxes.connect, *self._who, door.slug):
            notice(f"{door.app} is asked, as by a hotel.", title="Connected")

    async def _show(self, door: Door, field: Secret) -> None:
        outcome = await act(sandboxes.reveal_token, self._visit.actor, door.connection_id or "")
        if outcome.value:
            field.reveal(outcome.value)

    async def _rotate(self, door: Door) -> None:
        if await act(sandboxes.rotate_token, self._visit.actor, door.connection_id or ""):
            notice("Your endpoints get the new token; the old one works for 24 hours more.")

    def _ask_reset(self) -> None:
        with self._dialog.refill("Reset the data?"):
            text(
                "All records are as new, with stays around today. Connections, tokens and value "
                "mappings stay, and your endpoints hear what has changed.",
                classes="dialog-lead",
            )

        async def reset() -> None:
            if await act(sandboxes.reset, *self._who):
                self._dialog.close()
                notice("The data are as new.", title="Reset")

        self._dialog.ask("Reset", reset, icon="rotate-cw")

    def _ask_remove(self) -> None:
        with self._dialog.refill("Remove the sandbox?"):
            text(
                "Its data are deleted and its access tokens stop at once. You can make it again, "
                "with new tokens.",
                classes="dialog-lead",
            )

        async def remove() -> None:
            if await act(sandboxes.remove, *self._who):
                self._dialog.close()
                notice("The sandbox is gone.", title="Removed")

        self._dialog.ask("Remove", remove, kind="danger", icon="trash-2")


def happened_words(happened: Happened) -> str:
    """Return what happened, in a sentence."""
    return (
        f"{happened.made} reservations made, {happened.changed} changed, {happened.canceled} "
        "canceled. Values that were proposed are confirmed."
    )
