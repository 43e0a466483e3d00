"""The bell on top of every page: what needs the person who looks, wherever they work."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from domain import notices
from domain.actors import Actor
from domain.notices import Row
from domain.refusals import Refusal
from ui.ask import attempt, load
from ui.components.ago import iso
from ui.components.shell import Notice
from ui.live import gathered

AT_ONCE = 8  # in the list under the bell

# The icon and the tone of each kind; one that is not here is a bell.
LOOK = {
    "case": ("message-square", "info"),
    "case.evidence": ("shield-check", "warn"),
    "case.resolved": ("circle-check", "ok"),
    "people.removed": ("user-x", "info"),
    "connection.broken": ("key-round", "bad"),
    "connection.rejected": ("circle-x", "bad"),
    "connection.requested": ("hourglass", "warn"),
    "integration.disabled": ("triangle-alert", "bad"),
    "transfer.paused": ("circle-pause", "warn"),
    "values.gone": ("arrow-left-right", "warn"),
    "endpoint.disabled": ("webhook", "bad"),
    "app.texts": ("file-text", "info"),
    "app.texts_decided": ("file-text", "info"),
}


class Bell:
    """The notices of one window's person; `show` is called with the first ones and how many are
    unread."""

    def __init__(self, actor: Actor, show: Callable[[Sequence[Notice], int], None]) -> None:
        self._actor, self._show = actor, show
        self._rows: tuple[Row, ...] | None = None
        self.refresh = gathered(self._refresh)

    async def read(self, notice_id: str) -> None:
        """Note that a notice was followed; one that is gone meanwhile needs no word."""
        await attempt(notices.read, self._actor, notice_id)

    async def read_all(self) -> None:
        """Note that everything was read."""
        await attempt(notices.read_all, self._actor)

    async def opened(self, place_key: str, address: str) -> None:
        """Note that the person has opened a page: what it is about was read by that."""
        if self._rows is None:
            await self.refresh()
        here = place_key, urlsplit(address).path
        for row in self._rows or ():
            if not row.is_read and (row.place_key, urlsplit(row.href).path) == here:
                await self.read(row.id)

    async def _refresh(self) -> None:
        try:
            self._rows = await load(notices.of_person, self._actor)
        except Refusal:  # signed out meanwhile
            return
        newest = sorted(self._rows, key=lambda row: row.is_read)[:AT_ONCE]
        unread = sum(not row.is_read for row in self._rows)
        self._show([_shown(row) for row in newest], unread)


def _shown(row: Row) -> Notice:
    icon, tone = LOOK.get(row.kind, ("bell", "muted"))
    return Notice(
        row.id, row.title, row.text, row.place, iso(row.at), row.href, icon, tone, row.is_read
    )
