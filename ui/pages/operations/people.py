"""Everybody: who works where and as what, who is invited, and when they were here last."""

from typing import Any

from nicegui import ui

from domain import everybody, invitations
from domain.everybody import Invited, Row
from domain.invitations import Sent
from domain.paging import Page
from ui.ask import act, load
from ui.components.ago import iso
from ui.components.button import button
from ui.components.dialog import Dialog
from ui.components.listing import Column, Listing
from ui.components.notice import notice
from ui.components.page_title import page_title
from ui.components.part import Part
from ui.components.recordtable import Head
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change
from ui.pages.operations.paged import Paged
from ui.pages.people import draw_link
from ui.roles import ROLES

PATH = "/operations/people"
_HEADS: list[Head] = [
    {"key": "name", "label": "Name", "kind": "text", "sub": "email"},
    {"key": "places", "label": "Works at", "kind": "text", "sub": "more"},
    {"key": "seen", "label": "Last here", "kind": "ago"},
]
_INVITED: list[Column] = [
    {"key": "email", "label": "E-mail address", "kind": "strong"},
    {"key": "place", "label": "Invited to", "kind": "text", "sub": "role"},
    {"key": "by", "label": "Invited by", "kind": "text"},
    {"key": "state", "label": "State", "kind": "badge"},
    {"key": "until", "label": "Open until", "kind": "time"},
    {"key": "do", "label": "", "kind": "actions"},
]


async def page(visit: Visit) -> None:
    async def read(text: str, number: int) -> Page[Row]:
        return await load(everybody.page, visit.actor, text=text, number=number)

    with page_title("Everybody", "Who has an account, at hotels, partners and the platform."):
        button("Operators", href="/people", icon="shield")
    with ui.element("div").classes("stack"):
        paged = Paged(
            visit,
            _HEADS,
            read,
            _line,
            path=PATH,
            label="People",
            one="person",
            search="Search names, addresses and places",
            empty="Nobody goes by that name, address or place.",
        )
        await paged.draw()
        invited = Invitations(visit)
    await invited.refresh()

    async def heard(change: Change) -> None:
        if change.noun in ("people", "everything"):
            await paged.refresh()
            await invited.refresh()

    visit.follow(heard)


class Invitations:
    """Who was invited and has not come yet: sent again or withdrawn from here."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._dialog = Dialog()
        self._part: Part[tuple[Invited, ...]] = Part(self._draw)

    async def refresh(self) -> None:
        self._part.show(await load(everybody.invited, self._visit.actor))

    def _draw(self, found: tuple[Invited, ...]) -> None:
        if not found:
            return
        with ui.element("section").classes("stack tight"):
            text("Invited, not here yet", "h2")
            Listing(
                _INVITED,
                [_invited_line(each) for each in found],
                label="Invited, not here yet",
                on_act=self._do,
                zone=self._visit.zone,
            )

    async def _do(self, wish: dict[str, Any]) -> None:
        if wish["action"] == "withdraw":
            if await act(invitations.withdraw, self._visit.actor, wish["row"]):
                notice("The invitation was withdrawn: its link opens nothing any more.")
        elif wish["action"] == "resend":
            outcome = await act(invitations.resend, self._visit.actor, wish["row"])
            if outcome.value is not None:
                self._tell_sent(outcome.value)
        await self.refresh()

    def _tell_sent(self, sent: Sent) -> None:
        if sent.link is None:
            notice("It is on its way again, with a link that works for 7 days.")
        else:
            draw_link(self._dialog, sent.link, "the person you invited")


def _line(row: Row) -> dict[str, Any]:
    names = [f"{place.name}, {place.role_words.lower()}" for place in row.places]
    return {
        "id": row.id,
        "href": f"{PATH}/{row.id}",
        "name": row.name,
        "email": row.email,
        "places": names[0] if names else "Nowhere at the moment",
        "more": "; ".join(names[1:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else ""),
        "seen": iso(row.seen_at) if row.seen_at else None,
    }


def _invited_line(row: Invited) -> dict[str, Any]:
    why_not = {"why_not": row.why_not} if row.why_not else {}
    return {
        "id": row.id,
        "email": row.email,
        "place": row.place,
        "role": ROLES[row.role].title,
        "by": row.invited_by,
        "state": {"status": "muted", "text": "Ran out"}
        if row.has_expired
        else {"status": "warn", "text": "Open"},
        "until": iso(row.expires_at),
        "do": [
            {"action": "resend", "label": "Send again", **why_not},
            {"action": "withdraw", "label": "Withdraw", **why_not},
        ],
    }
