"""Tells open windows what has changed: one event per property, partner, sign-in, and operators."""

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from nicegui import Event, core, ui

from domain.refusals import Refusal

log = logging.getLogger("adjoin.pages")

PLATFORM = "platform"

# Whether what runs now follows a change, rather than somebody who waits for a page or a button.
is_following: ContextVar[bool] = ContextVar("is_following", default=False)


class Change(Protocol):
    """What changed, by ids only; a window reads it again with its own rights."""

    @property
    def noun(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def property_id(self) -> str | None: ...
    @property
    def partner_id(self) -> str | None: ...


@dataclass(frozen=True)
class Everything:
    """Whatever may have changed: a page reads all that it shows anew."""

    noun: str = "everything"
    id: str = ""
    property_id: str | None = None
    partner_id: str | None = None


EVERYTHING = Everything()


class Follower:
    """A page that hears of changes one after the other, so that an older reading never wins."""

    def __init__(self, handler: Callable[[Change], object]) -> None:
        """`handler` is called where this is made: with the same parent for what it draws."""
        self._handler = handler
        self._slot = ui.context.slot
        self._room = self._slot.parent
        self._waiting: list[Change] = []
        self._is_telling = False

    async def tell(self, change: Change) -> None:
        """Tell the page; what comes while it reads is told afterwards, several as everything."""
        self._waiting.append(change)
        if self._is_telling:
            return
        self._is_telling = True
        try:
            while self._waiting and not self._room.is_deleted:
                changes, self._waiting = self._waiting, []
                is_one = all(one == changes[0] for one in changes)
                await self._hand_on(changes[0] if is_one else EVERYTHING)
        finally:
            self._is_telling = False

    async def _hand_on(self, change: Change) -> None:
        try:
            with self._slot:
                result = self._handler(change)
                if isinstance(result, Awaitable):
                    await result
        except Refusal as refusal:
            log.info("a page could not follow a change: %s", refusal.code)
        except Exception:
            if not self._room.is_deleted:  # else it was left while it read
                log.exception("a page could not follow a change")


_events: defaultdict[str, Event[[Change]]] = defaultdict(Event)


def heard(change: Change) -> None:
    """Pass a committed change on to whom it concerns; may be called from any thread."""
    loop = core.loop
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(_emit, change)


def subscribe(audience: str, handler: Callable[[Change], object]) -> None:
    """Call `handler` in this window for every change that concerns `audience`.

    `audience` is the id of a property, a partner, a sign-in or a person, or PLATFORM. Ends with the
    window.
    """
    _events[audience].subscribe(handler)
    ui.context.client.on_delete(lambda: _drop_unheard(audience))


def _drop_unheard(audience: str) -> None:
    if (event := _events.get(audience)) is not None and not event.callbacks:
        del _events[audience]


def _emit(change: Change) -> None:
    is_following.set(True)  # in this call and in what it starts
    for audience in _audiences(change):
        if (event := _events.get(audience)) is not None:
            event.emit(change)


def _audiences(change: Change) -> list[str]:
    if change.noun == "everything":
        return list(_events)
    if change.noun in ("sign_in", "notice"):  # of one browser, of one person
        return [change.id]
    found = (change.property_id, change.partner_id, PLATFORM)
    return [audience for audience in found if audience]


def gathered(refresh: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Return `refresh` so that however many changes come while it runs, it runs once more.

    Once somebody waits for it, it is not put behind others any more, whoever began it.
    """
    is_running = is_wanted = is_waited_for = False

    async def run() -> None:
        nonlocal is_running, is_wanted, is_waited_for
        is_wanted, is_waited_for = True, is_waited_for or not is_following.get()
        if is_running:
            return
        is_running = True
        try:
            while is_wanted:
                is_wanted = False
                if is_waited_for:
                    is_following.set(False)
                is_waited_for = False
                await refresh()
        finally:
            is_running = False

    return run
