"""The demo's mailbox: the mails that Adjoin sent to the person who looks."""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from nicegui import ui

from domain import installation
from domain import mailbox as mine
from ui import session
from ui.ask import load
from ui.components.ago import ago, iso
from ui.components.button import button
from ui.components.card import card, facts
from ui.components.empty import empty
from ui.components.listing import Column, Listing, Row
from ui.components.page_title import page_title
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change

_ADDRESS = re.compile(r"https?://\S+")
_COLUMNS: list[Column] = [
    {"key": "subject", "label": "Subject", "kind": "strong", "sub": "to"},
    {"key": "at", "label": "Sent", "kind": "ago"},
]


class Letter(Protocol):
    """One mail; `to` are the addresses of its readers, in small letters."""

    @property
    def id(self) -> str: ...
    @property
    def to(self) -> tuple[str, ...]: ...
    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> datetime: ...


# Returns the letters to any of some addresses, the newest first.
Letters = Callable[[set[str]], Sequence[Letter]]


def page(letters: Letters) -> Callable[[Visit], Awaitable[None]]:
    async def find(visit: Visit) -> Sequence[Letter]:
        addresses = await load(mine.addresses, visit.actor)
        return await load(letters, set(addresses))

    async def build(visit: Visit) -> None:
        found = await find(visit)
        wanted = visit.query.get("letter")
        letter = next((one for one in found if one.id == wanted), None)

        async def refresh() -> None:
            listing.replace(_rows(await find(visit)))

        async def heard(_: Change) -> None:
            await refresh()

        with page_title(
            "Mailbox", "This demo sends no mail. What you and your colleagues would get is here."
        ):
            button("Look again", refresh, icon="refresh-cw")
        with ui.element("div").classes("letters" + (" reading" if letter else "")):
            listing = Listing(
                _COLUMNS,
                _rows(found),
                label="Letters",
                search="Search letters",
                empty="No letters yet. Connect an app or invite somebody, and one arrives here.",
                zone=visit.zone,
            )
            _draw(letter, visit.zone) if letter else _draw_none()
        visit.follow(heard)

    return build


def links(body: str) -> Iterator[tuple[str, str | None]]:
    """Split a letter into its words and its links, each (text, path or None).

    Only addresses of this installation become links: letters carry other people's words.
    """
    end = 0
    for found in _ADDRESS.finditer(body):
        yield body[end : found.start()], None
        yield found[0], _path(found[0])
        end = found.end()
    yield body[end:], None


def _path(address: str) -> str | None:
    base = installation.current().base_url
    path = address.removeprefix(base)
    is_ours = path != address and session.safe_path(path) == path
    return path if is_ours else None


def _rows(letters: Sequence[Letter]) -> list[Row]:
    return [
        {
            "id": letter.id,
            "subject": letter.subject,
            "to": f"to {', '.join(letter.to)}",
            "at": iso(letter.at),
            "href": f"/mailbox?letter={letter.id}",
        }
        for letter in letters
    ]


def _draw(letter: Letter, zone: str) -> None:
    with card(letter.subject, icon="mail-open") as sheet:
        sheet.classes("letter")
        facts([("To", ", ".join(letter.to)), ("Sent", lambda: ago(letter.at, zone=zone))])
        with ui.element("div").classes("letter-text"):
            for words, path in links(letter.text):
                if path is None:
                    text(words, "span")
                else:
                    text(words, "a").props["href"] = path
        with ui.element("div").classes("actions letter-back"):
            button("All letters", href="/mailbox", icon="arrow-left", kind="quiet")


def _draw_none() -> None:
    with (
        card() as sheet,
        empty("mail", "Choose a letter", "It opens here, with links that work."),
    ):
        sheet.classes("letter-none")
