"""The one way a page calls the domain: off the event loop, and refusals become notices."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Generic, ParamSpec, TypeVar

from nicegui import core, ui

from domain.refusals import Refusal
from ui.components.notice import notice
from ui.live import is_following

ENDED = "/sign-in?ended=1"  # loaded anew: a window belongs to one sign-in
P = ParamSpec("P")
T = TypeVar("T")

# What hashes a password, and what asks a system outside, takes long, and a change may concern a
# hundred open windows: they have threads of their own, so that none waits behind another and the
# quick ones wait behind none of them.
_quick = ThreadPoolExecutor(8, thread_name_prefix="pages")
_following = ThreadPoolExecutor(2, thread_name_prefix="pages-following")
_slow = ThreadPoolExecutor(4, thread_name_prefix="pages-slow")
_outside = ThreadPoolExecutor(8, thread_name_prefix="pages-outside")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """Whether the domain granted a wish, and what it returned; true when it was granted."""

    ok: bool
    value: T | None = None
    refusal: Refusal | None = None

    def __bool__(self) -> bool:
        return self.ok


async def load(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Return what a domain function returns; a Refusal goes on to the caller (see frame)."""
    return await _run(_ours(), function, *arguments, **named)


async def act(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Outcome[T]:
    """Call a domain verb for a handler; a refusal is shown as a notice."""
    return _told(await _attempt(_ours(), function, *arguments, **named))


async def act_outside(
    function: Callable[P, T], *arguments: P.args, **named: P.kwargs
) -> Outcome[T]:
    """`act`, for verbs that ask a system outside: a vendor's, or the DNS."""
    return _told(await _attempt(_outside, function, *arguments, **named))


async def attempt(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Outcome[T]:
    """Call a domain verb, and leave it to the caller to show a refusal in place."""
    return await _attempt(_ours(), function, *arguments, **named)


async def attempt_slowly(
    function: Callable[P, T], *arguments: P.args, **named: P.kwargs
) -> Outcome[T]:
    """`attempt`, for verbs that hash a password."""
    return await _attempt(_slow, function, *arguments, **named)


async def attempt_outside(
    function: Callable[P, T], *arguments: P.args, **named: P.kwargs
) -> Outcome[T]:
    """`attempt`, for verbs that ask a system outside: a vendor's, or the DNS."""
    return await _attempt(_outside, function, *arguments, **named)


def show(refusal: Refusal) -> None:
    """Show a refusal as a notice; whoever was signed out is sent to sign in."""
    if refusal.code == "signed_out":
        ui.context.client.open(ENDED)
        return
    notice(refusal.message, "bad")


def _ours() -> ThreadPoolExecutor:
    return _following if is_following.get() else _quick


def _told(outcome: Outcome[T]) -> Outcome[T]:
    if outcome.refusal is not None:
        show(outcome.refusal)
    return outcome


async def _attempt(
    pool: ThreadPoolExecutor, function: Callable[P, T], *arguments: P.args, **named: P.kwargs
) -> Outcome[T]:
    try:
        return Outcome(True, await _run(pool, function, *arguments, **named))
    except Refusal as refusal:
        return Outcome(False, refusal=refusal)


async def _run(
    pool: ThreadPoolExecutor, function: Callable[P, T], *arguments: P.args, **named: P.kwargs
) -> T:
    assert core.loop is not None
    return await core.loop.run_in_executor(pool, partial(function, *arguments, **named))
