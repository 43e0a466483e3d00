"""One connection as its partner sees it: whose turn it is, the moves, the receipt, the story."""

from collections.abc import Sequence
from functools import partial

from nicegui import ui

from domain import deliveries, subscriptions
from domain.deliveries import Row as Delivery
from domain.subscriptions import Page
from domain.tokens import Receipt
from ui.ask import act, load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.listing import Listing
from ui.components.notice import notice
from ui.components.page_title import breadcrumb
from ui.components.steps import Step, steps
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.hub.deliveries import COLUMNS, lines
from ui.pages.hub.moves import Moves
from ui.pages.story import Story

_TONES = {"pending": "warn", "active": "ok", "rejected": "bad"}


async def page(visit: Visit, connection_id: str) -> None:
    async def read() -> tuple[Page, tuple[Delivery, ...]]:
        found = await load(subscriptions.read, visit.actor, connection_id)
        sent = await load(
            deliveries.of_partner, visit.actor, visit.place.id, connection_id=connection_id
        )
        return found, sent

    sheet = Sheet(visit, *await read())

    async def refresh() -> None:
        sheet.show(*await read())

    renew = gathered(refresh)

    async def heard(change: Change) -> None:
        if change.id == connection_id or change.noun in ("message", "everything"):
            await renew()

    visit.follow(heard)


class Sheet:
    """What is drawn of one connection; `show` brings it up to date in place."""

    def __init__(self, visit: Visit, page: Page, sent: Sequence[Delivery]) -> None:
        self._visit = visit
        self._moves = Moves(visit)
        self._offered: object = None
        row = page.row
        name = f"{row.app_name} at {row.property_name}"
        breadcrumb([("Connections", "/hub/connections"), (name, None)])
        with ui.element("header").classes("sheet-title"):
            tile(row.icon, row.hue, 64)
            with ui.element("div").classes("grow"):
                text(name, "h1")
                with ui.element("div").classes("line"):
                    self._badge = badge(row.status)
                    self._turn = text("", "span", "muted")
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("stack"):
                self._standing = ui.element("div")
                with card("How far it is", icon="door-open") as self._way:
                    self._steps = steps([])
                if page.answers:
                    with card("Their answers", "Given at Connect.", icon="list-checks"):
                        facts(page.answers)
                with card("Deliveries", "What Adjoin told you about it.", icon="send"):
                    self._sent = Listing(
                        COLUMNS[:1] + COLUMNS[2:],
                        [],
                        label="Deliveries about this connection",
                        empty="Nothing has been sent about it yet.",
                        zone=visit.zone,
                    )
                    self._all = text("All its deliveries", "a", "more-link")
                    self._all.props["href"] = f"/hub/deliveries?connection={row.id}"
                with card(
                    "History",
                    f"The same story that {row.property_name} and the platform read.",
                    icon="history",
                ):
                    self._story = Story(page, visit.zone)
            with ui.element("div").classes("stack"):
                with card(
                    "Access token",
                    "It reached you with a delivery and is not shown here.",
                    icon="key-round",
                ):
                    self._tokens = ui.element("div").classes("stack")
                with card("Facts", icon="info"):
                    facts(_facts(page, visit.zone))
        self.show(page, sent)

    def show(self, page: Page, sent: Sequence[Delivery]) -> None:
        """Show where it stands now."""
        if self._standing.is_deleted:
            return
        row = page.row
        self._badge.set(row.status)
        self._turn.text = row.turn.short
        self._way.set_visibility(row.status in ("pending", "active"))
        self._steps.set(_way(page))
        self._sent.replace(lines(sent[:5]))
        self._all.set_visibility(len(sent) > 5)
        self._story.update(page)
        offered = (row.status, page.moves, page.reason)
        if (
            offered != self._offered
        ):  # else a button would lose the keyboard while somebody is there
            self._offered = offered
            self._draw_standing(page)
        self._draw_tokens(page.tokens, sent)

    def _draw_standing(self, page: Page) -> None:
        row = page.row
        self._standing.clear()
        tone = "bad" if row.takes_longer else _TONES.get(row.status, "muted")
        title = f"{row.turn.short} — longer than usual" if row.takes_longer else row.turn.short
        with self._standing, callout(tone, title, _sentence(page)):
            self._moves.buttons(row, page.moves)

    def _draw_tokens(self, receipts: Sequence[Receipt], sent: Sequence[Delivery]) -> None:
        self._tokens.clear()
        with self._tokens:
            if not receipts:
                text("The connection has ended, and its token with it.", classes="muted")
            for receipt in receipts[:3]:
                carriers = _newest_by_way(
                    [row for row in sent if row.token_id == receipt.id and row.status != "canceled"]
                )
                self._draw_token(receipt, carriers)

    def _draw_token(self, receipt: Receipt, carriers: Sequence[Delivery]) -> None:
        with ui.element("section").classes("stack tight"):
            with ui.element("div").classes("line"):
                text(receipt.masked, "code", "masked")
                badge(receipt.status)
            facts(_receipt(receipt, self._visit.zone))
            with ui.element("div").classes("actions"):
                for carrier in carriers:
                    way = "" if len(carriers) == 1 else f" by {carrier.channel}"
                    button(
                        f"Resend{way}", partial(self._resend, carrier), icon="rotate-cw", small=True
                    )

    async def _resend(self, carrier: Delivery) -> None:
        if await act(deliveries.resend, self._visit.actor, carrier.id):
            notice("The token is on its way to you once more.", title="Resent")


def _sentence(page: Page) -> str:
    said = f" The reason given: “{page.reason}”" if page.reason else ""
    return page.row.turn.sentence + said


def _way(page: Page) -> list[Step]:
    """Return the way from the request to the first use of the token."""
    row = page.row
    receipt = page.tokens[0] if page.tokens else None
    is_active = row.status == "active"
    is_told = bool(receipt and receipt.delivered_at) or is_active
    is_used = bool(receipt and receipt.first_used_at)
    by_itself = row.activation == "automatic"
    return [
        {"title": "Requested", "text": f"by {page.requested_by}", "state": "done"},
        {
            "title": "You were told",
            "text": "token delivered" if is_told else "not delivered yet",
            "state": "done" if is_told else "now",
        },
        {
            "title": "Active",
            "text": "by itself" if by_itself else row.usual.words or "you press Activate",
            "state": "done" if is_active else "now" if is_told else "next",
        },
        {
            "title": "In use",
            "text": "token used" if is_used else "token not used yet",
            "state": "done" if is_used and is_active else "now" if is_active else "next",
        },
    ]


def _facts(page: Page, zone: str) -> list[Fact]:
    row = page.row
    activation = "Automatic, once you are told" if row.activation == "automatic" else "Manual"
    return [
        ("Property", row.property_name),
        ("App", partial(_link, row.app_name, f"/hub/apps/{row.app_slug}")),
        ("Asked by", page.requested_by),
        ("Asked", lambda: ago(row.requested_at, zone=zone)),
        ("Activation", activation),
        ("Usual time", row.usual.words.removeprefix("usually ") or "not known yet"),
        ("Connection id", lambda: text(row.id, "code")),
    ]


def _link(label: str, href: str) -> None:
    text(label, "a").props["href"] = href


def _receipt(receipt: Receipt, zone: str) -> list[Fact]:
    moments = [
        ("Made", receipt.issued_at),
        ("Delivered", receipt.delivered_at),
        ("Opened", receipt.opened_at),
        ("First used", receipt.first_used_at),
        ("Last used", receipt.last_used_at),
    ]
    if receipt.status == "superseded":
        moments.append(("Works until", receipt.expires_at))
    optional = ("Opened", "Last used")  # links are opened only where mail carries the token
    return [
        (label, partial(ago, at, zone=zone) if at else "not yet")
        for label, at in moments
        if at or label not in optional
    ]


def _newest_by_way(carriers: Sequence[Delivery]) -> list[Delivery]:
    """Return the newest delivery of each way, webhook and mail, that carries a token."""
    ways: dict[str, Delivery] = {}
    for row in carriers:
        ways.setdefault(row.channel, row)
    return list(ways.values())
