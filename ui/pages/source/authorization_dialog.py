"""The dialog that takes credentials for a source, and has them tried before they are kept."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui

from connectors.authorization import METHODS, Method
from connectors.source import Kind
from domain import authorization_pages, authorizations, consents
from domain.authorization_pages import Row
from domain.authorizations import Draft
from domain.refusals import Refusal
from ui.ask import Outcome, attempt, attempt_outside, load
from ui.components.button import Button, button
from ui.components.callout import callout
from ui.components.dialog import Dialog
from ui.components.field import SelectField, TextField, select_field, text_field
from ui.components.link import safe_url
from ui.components.notice import notice
from ui.components.secret import copyable
from ui.components.text import text
from ui.frame import Visit
from ui.pages.answers import Form, ask_credentials
from ui.pages.source.words import learned, system


@dataclass
class _Asked:
    """The fields of the open dialog."""

    kind: Kind
    methods: Sequence[Method]
    method: SelectField | None = None
    address: TextField | None = None
    name: TextField | None = None
    form: Form = field(default_factory=Form)

    @property
    def chosen(self) -> Method:
        key = self.method.value if self.method is not None else None
        return next((each for each in self.methods if each.key == key), self.methods[0])


class AuthorizationDialog:
    """Adds an authorization, or gives one new credentials; build it once with the page.

    What was typed stays while the other system refuses it, and goes when the dialog closes.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._dialog = Dialog(wide=True)
        self._asked: _Asked | None = None
        self._main: Button | None = None
        self._dialog.on_close(self._forget)

    def add(
        self,
        kind: Kind,
        methods: Sequence[Method],
        when_added: Callable[[str], Awaitable[None]],
        *,
        address: str = "",
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Ask for credentials to a system of `kind`; `when_added(id)` follows once they are kept.

        `settings` are what else the system needs to be tried with.
        """
        visit = self._visit

        async def submit(asked: _Asked) -> Outcome[Any]:
            draft = Draft(
                kind.key,
                asked.chosen.key,
                asked.form.answers,
                _text_of(asked.address),
                dict(settings or {}),
                _text_of(asked.name),
            )
            if asked.chosen.kept:
                return self._sent(await attempt(consents.begin, visit.actor, visit.place.id, draft))
            outcome = await attempt_outside(authorizations.add, visit.actor, visit.place.id, draft)
            if outcome.value is not None:
                await self._tell(outcome.value, "Authorization saved")
                await when_added(outcome.value)
            return outcome

        self._open(f"New authorization for {kind.name}", kind, methods, submit, address=address)

    def repair(
        self,
        row: Row,
        kind: Kind,
        when_repaired: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        """Ask for other credentials of the same account, in place of the ones that `row` has.

        `when_repaired(id)` follows once they are kept.
        """
        visit, method = self._visit, METHODS[row.method]

        async def submit(asked: _Asked) -> Outcome[Any]:
            if method.kept:
                return self._sent(await attempt(consents.begin_again, visit.actor, row.id))
            outcome = await attempt_outside(
                authorizations.repair, visit.actor, row.id, asked.form.answers
            )
            if outcome:
                await self._tell(row.id, "Credentials changed")
                if when_repaired is not None:
                    await when_repaired(row.id)
            return outcome

        verb = "Repair" if row.status == "refused" else "Change"
        self._open(f"{verb} {row.name}", kind, [method], submit, repairs=row)

    def _open(
        self,
        title: str,
        kind: Kind,
        methods: Sequence[Method],
        submit: Callable[[_Asked], Awaitable[Outcome[Any]]],
        *,
        address: str = "",
        repairs: Row | None = None,
    ) -> None:
        asked = self._asked = _Asked(kind, methods)
        with self._dialog.refill(title):
            refused = ui.element("div").classes("refused")
            text(_promise(kind, repairs), classes="muted")
            if repairs is None:
                self._ask_where(asked, address)
            if len(methods) > 1:
                asked.method = select_field(
                    "Kind of credentials",
                    {each.key: each.label for each in methods},
                    value=methods[0].key,
                    on_change=lambda _: self._ask_credentials(asked, room),
                )
            room = ui.element("div")
            busy = text("", classes="busy-line").props('role="status"')

        async def check() -> None:
            refused.clear()
            if not _is_complete(asked):
                return
            busy.text = f"Asking {system(kind)}…"
            outcome = await submit(asked)
            busy.text = ""
            self._finish(outcome, refused)

        with self._dialog.footer:
            button("Cancel", self._dialog.close)
            self._main = button("Test and save", check, kind="primary", icon="plug-zap")
        self._ask_credentials(asked, room, is_repair=repairs is not None)
        self._dialog.open()

    def _ask_where(self, asked: _Asked, address: str) -> None:
        if asked.kind.needs_address or asked.kind.address:
            asked.address = text_field(
                "Address",
                value=address or asked.kind.address,
                placeholder="https://api.example.com",
                hint="Where the system answers. Leave it as it is unless you were told otherwise."
                if asked.kind.address
                else "The part that all its addresses begin with.",
                required=True,
            )
        asked.name = text_field(
            "Name",
            hint="So that you find it again. Without one, it is named after the account.",
            optional=True,
        )

    def _ask_credentials(self, asked: _Asked, room: ui.element, is_repair: bool = False) -> None:
        room.clear()
        method = asked.chosen
        is_agreed = bool(method.kept)
        with room:
            if not (is_agreed and is_repair):
                asked.form = ask_credentials(method.fields)
            if is_agreed:
                self._say_where_back(is_repair)
        if self._main is not None:
            self._main.text = "Go there and agree" if is_agreed else "Test and save"

    def _say_where_back(self, is_repair: bool) -> None:
        text("You are sent to the other system, agree there, and come back here.", classes="hint")
        if not is_repair:
            text(
                "It must know this return address before you go: enter it where the client ID and "
                "secret come from. There it may be called redirect URI or callback.",
                classes="hint",
            )
            copyable(consents.return_address(), "Return address")

    def _sent(self, outcome: Outcome[str]) -> Outcome[Any]:
        """Send the browser to where the person agrees."""
        if outcome.value is None:
            return outcome
        address = safe_url(outcome.value)
        if address is None:
            words = "This is not an address that a browser can open."
            return Outcome(False, refusal=Refusal("invalid", words))
        ui.navigate.to(address)
        return outcome

    async def _tell(self, authorization_id: str, title: str) -> None:
        """Say what was learned of credentials that are kept now; no more than that."""
        row = (await load(authorization_pages.read, self._visit.actor, authorization_id)).row
        notice(learned(row), "ok" if row.is_tried else "info", title=title)

    def _finish(self, outcome: Outcome[Any], refused: ui.element) -> None:
        if outcome.refusal is None:
            self._dialog.close()
        elif self._dialog.is_open:
            with refused, callout("bad", "Nothing was saved", outcome.refusal.message):
                pass
        else:
            notice(outcome.refusal.message, "bad")

    def _forget(self) -> None:
        if self._asked is not None:
            self._asked.form.forget()


def _is_complete(asked: _Asked) -> bool:
    """Say whether every field can be taken; the others get their sentence and the keyboard."""
    is_complete = asked.form.is_complete()
    if asked.address is None:
        return is_complete
    complaint = authorizations.address_problem(asked.kind, _text_of(asked.address))
    asked.address.error(complaint)
    if complaint:
        asked.address.focus()
    return is_complete and complaint is None


def _promise(kind: Kind, repairs: Row | None) -> str:
    sentence = (
        f"{system(kind)} is asked at once. The credentials are saved only if it does not refuse "
        "them, encrypted, and nobody can read them here afterwards."
    )
    if repairs is None:
        return sentence
    return f"{sentence} They must belong to the same account; mappings and history stay."


def _text_of(field: TextField | None) -> str:
    return str(field.value or "").strip() if field is not None else ""
