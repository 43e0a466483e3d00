"""Tells open windows what has changed: one event per property, partner, sign-in, and operators."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Protocol

from nicegui import Event, core

PLATFORM = "platform"


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


_events: defaultdict[str, Event[[Change]]] = defaultdict(Event)


def heard(change: Change) -> None:
    """Pass a committed change on to whom it concerns; may be called from any thread."""
    loop = core.loop
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(_emit, change)


def subscribe(audience: str, handler: Callable[[Change], object]) -> None:
    """Call `handler` in this window for every change that concerns `audience`.

    `audience` is the id of a property, a partner or a sign-in, or PLATFORM. Ends with the window.
    """
    _events[audience].subscribe(handler)


def _emit(change: Change) -> None:
    for audience in _audiences(change):
        event = _events.get(audience)
        if event is None:
            continue
        event.emit(change)
        if not event.callbacks:
            del _events[audience]


def _audiences(change: Change) -> list[str]:
    if change.noun == "everything":
        return list(_events)
    if change.noun == "sign_in":
        return [change.id]
    found = (change.property_id, change.partner_id, PLATFORM)
    return [audience for audience in found if audience]


def gathered(refresh: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Return `refresh` so that however many changes come while it runs, it runs once more."""
    is_running = is_wanted = False

    async def run() -> None:
        nonlocal is_running, is_wanted
        is_wanted = True
        if is_running:
            return
        is_running = True
        try:
            while is_wanted:
                is_wanted = False
                await refresh()
        finally:
            is_running = False

    return run
