"""One delivery: where it stands, every attempt with what came back, and Resend."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from domain import deliveries, retries
from domain.deliveries import Page, Row, Try
from ui.ask import act, load
from ui.components.ago import ago, iso
from ui.components.badge import badge
from ui.components.button import Button, button
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.code import code_block, code_tabs
from ui.components.notice import notice
from ui.components.page_title import breadcrumb, page_title
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change
from ui.pages.hub import words

AT_ONCE = 20  # attempts; each press of Resend adds one


async def page(visit: Visit, message_id: str) -> None:
    sheet = Sheet(visit, await load(deliveries.read, visit.actor, message_id))

    async def refresh() -> None:
        sheet.show(await load(deliveries.read, visit.actor, message_id))

    async def heard(change: Change) -> None:
        if change.id == message_id or change.noun in ("endpoint", "connection", "everything"):
            await refresh()

    visit.follow(heard)


class Sheet:
    """What is drawn of one delivery; `show` brings it up to date in place."""

    def __init__(self, visit: Visit, page: Page) -> None:
        self._visit = visit
        self._tries: dict[str, ui.element] = {}
        row = page.row
        name = words.title(row)
        breadcrumb([("Deliveries", "/hub/deliveries"), (name, None)])
        with page_title(name, _lead(row)):
            self._badge = badge(row.status)
            self._resend = button("Resend", partial(self._send, row.id), icon="rotate-cw")
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("stack"):
                self._standing = ui.element("div")
                with card("Attempts", icon="list"):
                    self._none = text("Nothing has been tried yet.", classes="muted")
                    self._list = ui.element("ol").classes("tries")
                if page.event:
                    _draw_event(page)
            with card("Facts", icon="info"):
                facts(_facts(row, visit.zone))
        self.show(page)

    def show(self, page: Page) -> None:
        """Show where it stands now; attempts that are there already stay as they are."""
        if self._list.is_deleted:
            return
        self._badge.set(page.row.status)
        self._resend.refuse(None if page.can_resend else "A canceled delivery stays canceled.")
        self._standing.clear()
        with self._standing:
            _standing(page, self._visit.zone)
        self._none.set_visibility(not page.tries)
        self._list.set_visibility(bool(page.tries))
        for place, attempt in enumerate(page.tries[:AT_ONCE]):
            key = f"{iso(attempt.at)} {attempt.trigger}"
            if key not in self._tries:
                with self._list:
                    self._tries[key] = _attempt(attempt, page.row.target, self._visit.zone)
                self._tries[key].move(target_index=place)

    async def _send(self, message_id: str) -> None:
        if await act(deliveries.resend, self._visit.actor, message_id):
            notice("One more attempt is on its way.", title="Resent")


def _lead(row: Row) -> str:
    how = "By webhook to" if row.channel == "webhook" else "By mail to"
    about = f", about {row.app_name} at {row.property_name}" if row.connection_id else ""
    return f"{how} {words.target(row)}{about}."


def _facts(row: Row, zone: str) -> list[Fact]:
    found: list[Fact] = [
        ("Event", lambda: text(row.event, "code")),
        ("webhook-id" if row.channel == "webhook" else "Id", lambda: text(row.id, "code")),
        ("Queued", lambda: ago(row.created_at, zone=zone)),
    ]
    if row.connection_id:
        found.append(("Connection", lambda: _link(row)))
    if row.token_id:
        found.append(("Carries", "an access token, which is never shown here"))
    return found


def _draw_event(page: Page) -> None:
    lead = "The body of the request, indented for you to read; the real one has no line breaks."
    if page.row.token_id:
        lead += " The access token is masked."
    with card("What was sent", lead, icon="file-text"):
        code_tabs({"Body": page.event, "Headers": _HEADERS.format(id=page.row.id)})


# Every attempt has its own time and signature; only the id stays the same.
_HEADERS = """Content-Type: application/json
webhook-id: {id}
webhook-timestamp: <when the attempt was made, in seconds since 1970>
webhook-signature: v1,<signature over the id, the timestamp and the body>"""


def _link(row: Row) -> None:
    link = text(f"{row.app_name} at {row.property_name}", "a")
    link.props["href"] = f"/hub/connections/{row.connection_id}"


def _standing(page: Page, zone: str) -> None:
    row = page.row
    tone, title, sentence = _STANDINGS[row.status](page)
    with callout(tone, title, sentence):
        if row.status == "waiting" and row.attempts and row.next_attempt_at:
            ago(row.next_attempt_at, "Next attempt", zone)
        if row.status in ("skipped", "gave_up") and row.channel == "webhook":
            button("Look at the endpoint", href="/hub/endpoint", icon="webhook", small=True)


def _waiting(page: Page) -> tuple[str, str, str]:
    done, all_of_them = page.row.attempts, len(retries.DELAYS)
    if not done:
        return "info", "On its way", "The first attempt begins in a moment."
    return (
        "warn",
        f"{done} of {all_of_them} attempts failed",
        f"{page.row.last_outcome} Adjoin tries again by itself; Resend tries at once.",
    )


def _delivered(page: Page) -> tuple[str, str, str]:
    return "ok", "Delivered", next((tried.sentence for tried in page.tries if tried.ok), "")


def _gave_up(page: Page) -> tuple[str, str, str]:
    return (
        "bad",
        f"Adjoin gave up after {words.attempts(page.row.attempts)}",
        f"{page.row.last_outcome} Nothing is lost: put it right, then press Resend.",
    )


_STANDINGS: dict[str, Callable[[Page], tuple[str, str, str]]] = {
    "waiting": _waiting,
    "sending": lambda page: ("info", "Being sent right now", "The result appears here by itself."),
    "delivered": _delivered,
    "gave_up": _gave_up,
    "skipped": lambda page: (
        "muted",
        "Skipped, because the endpoint was disabled",
        "Nothing is lost: enable the endpoint, then replay everything that it missed.",
    ),
    "canceled": lambda page: (
        "muted",
        "Canceled before it arrived",
        "What it would have told you is no longer true, or its endpoint was removed.",
    ),
}


def _attempt(attempt: Try, target: str, zone: str) -> ui.element:
    with ui.element("li").classes("try") as item:
        with ui.element("div").classes("line"):
            badge("ok" if attempt.ok else "bad", words.outcome(attempt))
            text(_which(attempt), "strong")
            with ui.element("span").classes("muted grow"):
                ago(attempt.at, zone=zone)
                text(f" · took {words.took(attempt.duration_ms)}", "span")
        with ui.element("div").classes("line"):
            text(attempt.sentence, classes="grow")
            show = button("Show the answer", icon="file-text", small=True)
        if attempt.target != target:
            text(f"Sent to {attempt.target}", classes="muted small")
        _offer_answer(show, attempt.response)
    return item


def _which(attempt: Try) -> str:
    return "Resent by hand" if attempt.trigger == "manual" else f"Attempt {attempt.number}"


def _offer_answer(show: Button, response: str) -> None:
    """Draw the answer only when somebody asks for it: it may be 20 kB long."""
    answer = ui.element("div")
    show.set_visibility(bool(response))

    def toggle() -> None:
        is_open = bool(answer.default_slot.children)
        answer.clear()
        show.text = "Show the answer" if is_open else "Hide the answer"
        if not is_open:
            with answer:
                code_block(response, "Answer, at most its first 20 kB")

    show.on("click", toggle, [])
