"""One connection as its partner sees it: whose turn it is, the moves, the receipt, the story."""

from collections.abc import Sequence
from functools import partial

from nicegui import ui

from domain import api_requests, deliveries, subscriptions, support, value_pages
from domain.api_requests import Row as Request
from domain.deliveries import Row as Delivery
from domain.refusals import not_found
from domain.subscriptions import Page, Row
from domain.support import Answer
from domain.tokens import Receipt
from ui.ask import act, load
from ui.components.ago import ago, moment
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.listing import Listing
from ui.components.notice import notice
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.steps import Step, steps
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change
from ui.pages.hub.deliveries import COLUMNS, lines
from ui.pages.hub.moves import Moves
from ui.pages.requests_log import RequestsLog
from ui.pages.story import Story, sides_of, times_in
from ui.pages.value_mapping.card import draw_for_partner
from ui.pages.whom import draw_card, draw_step, icon_of

LATEST = 5  # deliveries
_CONCERNS = ("message", "case", "endpoint", "everything")
_TONES = {"pending": "warn", "rejected": "bad"}
_Sent = tuple[Delivery, ...]
_Mapped = tuple[value_pages.Page, value_pages.Summary | None]


async def page(visit: Visit, connection_id: str) -> None:
    async def read() -> tuple[Page, Answer, _Sent, _Sent, _Mapped]:
        found = await load(subscriptions.read, visit.actor, connection_id)
        if found.side != "partner":
            raise not_found("This connection")
        answer = await load(support.of_connection, visit.actor, connection_id)
        return found, answer, await sent(), await sent(with_token=True), await mapped()

    async def mapped() -> _Mapped:
        return (
            await load(value_pages.read, visit.actor, connection_id),
            await load(value_pages.summary, visit.actor, connection_id),
        )

    async def sent(*, with_token: bool = False) -> _Sent:
        return await load(
            deliveries.of_partner,
            visit.actor,
            visit.place.id,
            connection_id=connection_id,
            with_token=with_token,
        )

    sheet = Sheet(visit, *await read())
    log = sheet.draw_log(await load(api_requests.of_connection, visit.actor, connection_id))

    async def refresh() -> None:
        sheet.show(*await read())
        await log.refresh()

    async def heard(change: Change) -> None:
        if change.id == connection_id or change.noun in _CONCERNS:
            await refresh()

    visit.follow(heard)


class Sheet:
    """What is drawn of one connection; `show` brings it up to date in place."""

    def __init__(
        self,
        visit: Visit,
        page: Page,
        answer: Answer,
        sent: _Sent,
        carriers: _Sent,
        mapped: _Mapped,
    ) -> None:
        self._visit = visit
        self._connection_id = page.row.id
        self._moves = Moves(visit)
        self._draw_head(page)
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("stack"):
                self._turn = Part(self._draw_turn)
                self._way: Part[Page] = Part(partial(_draw_way, visit.zone))
                self._answers = Part(_draw_answers)
                self._mapped: Part[_Mapped] = Part(lambda it: draw_for_partner(*it))
                self._draw_deliveries(page)
                with card(
                    "History",
                    f"The same story that {page.row.property_name} and the platform read. "
                    f"{times_in(visit.zone)}",
                    icon="history",
                ):
                    self._story = Story(
                        page.history, visit.zone, sides_of(page.row), visit.place.key
                    )
                self._log_place = ui.element("div")
            with ui.element("div").classes("stack"):
                with card(
                    "Access token",
                    "It travels with a delivery and is never shown here.",
                    icon="key-round",
                ):
                    self._tokens = Part(self._draw_tokens, "stack")
                with card("Facts", icon="info"):
                    self._facts: Part[Page] = Part(lambda it: facts(_facts(it, visit.zone)))
                self._whom = Part(draw_card)
        self.show(page, answer, sent, carriers, mapped)

    def show(
        self, page: Page, answer: Answer, sent: _Sent, carriers: _Sent, mapped: _Mapped
    ) -> None:
        """Show where it stands now; `carriers` are the deliveries that carry a token."""
        if self._sent.is_deleted:
            return
        self._badge.set(page.row.status)
        self._turn.show((page, answer))
        self._whom.show(answer)
        self._way.show(page)
        self._answers.show(page.answers)
        self._mapped.show(mapped)
        self._facts.show(page)
        self._tokens.show((page.tokens, carriers))
        self._sent.replace(lines(sent[:LATEST]))
        self._all.set_visibility(len(sent) > LATEST)
        self._story.update(page.history)

    def draw_log(self, asked: tuple[Request, ...]) -> RequestsLog:
        """Draw what your programs asked about it."""
        lead = "What your programs asked about it in the last 30 days. The property reads the same."
        of_it = api_requests.of_connection
        with self._log_place:
            return RequestsLog(self._visit, of_it, self._connection_id, asked, lead)

    def _draw_head(self, page: Page) -> None:
        row = page.row
        name = f"{row.app_name} at {row.property_name}"
        breadcrumb([("Connections", "/hub/connections"), (name, None)])
        with ui.element("header").classes("sheet-title"):
            tile(row.icon, row.hue, 64)
            with ui.element("div").classes("grow"):
                text(name, "h1")
                with ui.element("div").classes("line"):
                    self._badge = badge(row.status)
                    text(row.number, "code")

    def _draw_turn(self, shown: tuple[Page, Answer]) -> None:
        page, answer = shown
        row = page.row
        with callout(*_told(row, answer), icon_of(answer)):
            if page.reason:
                text(f"The reason given: “{page.reason}”", classes="reason")
            draw_step(answer)
            self._moves.buttons(row, page.moves)

    def _draw_deliveries(self, page: Page) -> None:
        with card("Deliveries", "What Adjoin told you about it.", icon="send"):
            self._sent = Listing(
                [column for column in COLUMNS if column["key"] in ("event", "status", "at")],
                [],
                label="Deliveries about this connection",
                empty="Nothing has been sent about it yet.",
                zone=self._visit.zone,
            )
            self._all = text("All its deliveries", "a", "more-link")
            self._all.props["href"] = f"/hub/deliveries?connection={page.row.id}"

    def _draw_tokens(self, known: tuple[tuple[Receipt, ...], _Sent]) -> None:
        receipts, carriers = known
        if not receipts:
            text("The connection has ended, and its token with it.", classes="muted")
        for receipt in receipts:
            with ui.element("section").classes("stack tight"):
                with ui.element("div").classes("line"):
                    text(receipt.masked, "code", "masked")
                    badge(receipt.status)
                facts(_receipt(receipt, self._visit.zone))
                with ui.element("div").classes("actions"):
                    self._draw_resend(_by_way(receipt, carriers))

    def _draw_resend(self, ways: dict[str, list[Delivery]]) -> None:
        for channel, carriers in ways.items():
            label = "Resend" if len(ways) == 1 else f"Resend by {channel}"
            button(label, partial(self._resend, carriers), icon="rotate-cw", small=True)

    async def _resend(self, carriers: Sequence[Delivery]) -> None:
        sent = [await act(deliveries.resend, self._visit.actor, one.id) for one in carriers]
        if any(sent):
            notice("The token is on its way to you once more.", title="Resent")


def _told(row: Row, answer: Answer) -> tuple[str, str, str]:
    """Return tone, title and sentence: of the state, and what is wrong while it is active."""
    if row.status == "active":
        return answer.route.tone, answer.route.title, answer.route.problem
    tone = "bad" if row.takes_longer else _TONES.get(row.status, "muted")
    title = f"{row.turn.short}: longer than usual" if row.takes_longer else row.turn.short
    return tone, title, row.turn.sentence


def _draw_answers(answers: tuple[tuple[str, str], ...]) -> None:
    if answers:
        with card("Their answers", "Given at Connect.", icon="list-checks"):
            facts(answers)


def _draw_way(zone: str, page: Page) -> None:
    if page.row.status in ("pending", "active"):
        with card("How far it is", icon="door-open"):
            steps(_way(page, zone))


def _way(page: Page, zone: str) -> list[Step]:
    """Return the way from the request to the first use of the token."""
    row = page.row
    receipt = page.tokens[0] if page.tokens else None
    is_active = row.status == "active"
    is_told = is_active or bool(receipt and receipt.delivered_at)
    is_used = is_active and bool(receipt and receipt.first_used_at)
    return [
        {"title": "Requested", "text": f"by {page.requested_by}", "state": "done"},
        {
            "title": "You were told",
            "text": "token delivered" if is_told else "not delivered yet",
            "state": "done" if is_told else "now",
        },
        {
            "title": "Active",
            "text": _active_words(row, zone),
            "state": "done" if is_active else "now" if is_told else "next",
        },
        {
            "title": "In use",
            "text": "token used" if is_used else "token not used yet",
            "state": "done" if is_used else "now" if is_active else "next",
        },
    ]


def _active_words(row: Row, zone: str) -> str:
    if row.status == "active":
        return f"since {moment(row.since, zone)}"
    if row.activation == "automatic":
        return "by itself"
    return row.usual.words or "you press Activate"


def _facts(page: Page, zone: str) -> list[Fact]:
    row = page.row
    is_automatic = row.activation == "automatic"
    return [
        ("Property", row.property_name),
        ("App", partial(_link, row.app_name, f"/hub/apps/{row.app_slug}")),
        ("Asked by", page.requested_by),
        ("Asked", partial(ago, row.requested_at, zone=zone)),
        ("Last change", partial(ago, row.since, zone=zone)),
        ("Activation", "Automatic, once you are told" if is_automatic else "Manual"),
        ("Usual time", row.usual.words.removeprefix("usually ") or "not known yet"),
        ("Id", lambda: text(row.id, "code")),
    ]


def _link(label: str, href: str) -> None:
    text(label, "a").props["href"] = href


def _receipt(receipt: Receipt, zone: str) -> list[Fact]:
    moments = {
        "Made": receipt.issued_at,
        "Delivered": receipt.delivered_at,
        "Opened": receipt.opened_at,
        "First used": receipt.first_used_at,
        "Last used": receipt.last_used_at,
        "Works until": receipt.expires_at,
    }
    always = ("Made", "Delivered", "First used")
    return [
        (label, partial(ago, at, zone=zone) if at else "not yet")
        for label, at in moments.items()
        if at or label in always
    ]


def _by_way(receipt: Receipt, carriers: _Sent) -> dict[str, list[Delivery]]:
    """Return what carried a token, by webhook and by mail: the newest delivery to each target."""
    newest: dict[str, Delivery] = {}
    for row in carriers:
        if row.token_id == receipt.id and row.status != "canceled" and row.target:
            newest.setdefault(row.target, row)
    return {
        channel: [row for row in newest.values() if row.channel == channel]
        for channel in ("webhook", "mail")
        if any(row.channel == channel for row in newest.values())
    }
