"""Lifecycle tables: which move leads from which state to which, and whose it is. Pure.

The buttons of the pages are drawn from the same table that refuses the wrong moves.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    verb: str
    before: frozenset[str]
    after: str
    sides: frozenset[str]
    event: str
    needs_reason: bool = False
    only_by_who_disabled: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """All moves of one noun."""

    moves: tuple[Move, ...]

    def move(self, verb: str) -> Move | None:
        return next((move for move in self.moves if move.verb == verb), None)

    def named(self, verb: str) -> Move:
        """Return the move of a verb that the table is known to have."""
        return next(move for move in self.moves if move.verb == verb)

    def open_to(self, status: str, side: str, disabled_by: str | None = None) -> tuple[str, ...]:
        """Return the verbs which `side` may use now, in the table's order."""
        return tuple(
            move.verb
            for move in self.moves
            if status in move.before and side in move.sides and _may_lift(move, side, disabled_by)
        )


def _may_lift(move: Move, side: str, disabled_by: str | None) -> bool:
    return not move.only_by_who_disabled or disabled_by == side


def _move(verb: str, before: str, after: str, sides: str, event: str, **options: bool) -> Move:
    return Move(verb, _words(before), after, _words(sides), event, **options)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def states(lifecycle: Lifecycle) -> frozenset[str]:
    """Return every state that the lifecycle knows."""
    found: Iterable[str] = (
        state for move in lifecycle.moves for state in (*move.before, move.after)
    )
    return frozenset(found)


INTEGRATED = Lifecycle(
    (
        _move("connect", "not_connected", "pending", "property", "connection.requested"),
        _move("activate", "pending", "active", "partner adjoin", "connection.activated"),
        _move("reject", "pending", "rejected", "partner", "connection.rejected", needs_reason=True),
        _move("withdraw", "pending", "disconnected", "property", "connection.disconnected"),
        _move("disable", "active", "disabled", "property partner", "connection.disabled"),
        _move(
            "enable",
            "disabled",
            "active",
            "property partner",
            "connection.enabled",
            only_by_who_disabled=True,
        ),
        _move(
            "disconnect",
            "active disabled",
            "disconnected",
            "property partner",
            "connection.disconnected",
        ),
        _move("reconnect", "disconnected rejected", "pending", "property", "connection.requested"),
    )
)

CORE = Lifecycle(
    (
        _move("connect", "not_connected", "connected", "property", "connection.connected"),
        _move("break", "connected", "broken", "adjoin", "connection.broken"),
        _move("repair", "broken", "connected", "property", "connection.repaired"),
        _move(
            "disconnect",
            "connected broken",
            "disconnected",
            "property",
            "connection.disconnected",
        ),
        _move("reconnect", "disconnected", "connected", "property", "connection.connected"),
    )
)

AUTHORIZATION = Lifecycle(
    (
        _move("add", "absent", "working", "property", "authorization.added"),
        _move("refuse", "working", "refused", "adjoin", "authorization.refused"),
        _move("repair", "refused", "working", "property", "authorization.repaired"),
        _move("forget", "working refused", "forgotten", "property", "authorization.forgotten"),
        _move("give", "forgotten", "working", "property", "authorization.added"),
        _move(
            "remove", "working refused forgotten", "removed", "property", "authorization.removed"
        ),
    )
)

SOURCE = Lifecycle(
    (
        _move("add", "absent", "working", "property", "source.added"),
        _move("break", "working", "broken", "adjoin", "source.broken"),
        _move("repair", "broken", "working", "property", "source.repaired"),
        _move("remove", "working broken", "removed", "property", "source.removed"),
    )
)

TRANSFER = Lifecycle(
    (
        _move("add", "absent", "inactive", "property", "transfer.added"),
        _move("activate", "inactive paused", "active", "property", "transfer.activated"),
        _move("deactivate", "active paused", "inactive", "property", "transfer.deactivated"),
        _move("pause", "active", "paused", "adjoin", "transfer.paused"),
        _move("remove", "inactive active paused", "removed", "property", "transfer.removed"),
    )
)

INTEGRATION = Lifecycle(
    (
        _move("create", "absent", "draft", "property", "integration.created"),
        _move("activate", "draft", "active", "property", "integration.activated"),
        _move("disable", "active", "disabled", "property adjoin", "integration.disabled"),
        _move("enable", "disabled", "active", "property adjoin", "integration.enabled"),
        _move("remove", "draft active disabled", "removed", "property", "integration.removed"),
    )
)

RUN = Lifecycle(
    (
        _move("queue", "absent", "queued", "property adjoin", "run.queued"),
        _move("start", "queued", "running", "adjoin", "run.started"),
        _move("succeed", "running", "succeeded", "adjoin", "run.succeeded"),
        _move(
            "succeed_with_rejects",
            "running",
            "succeeded_with_rejects",
            "adjoin",
            "run.succeeded_with_rejects",
        ),
        _move("fail", "queued running", "failed", "adjoin", "run.failed"),
        _move("cancel", "queued running", "canceled", "property adjoin", "run.canceled"),
    )
)

CASE = Lifecycle(
    (
        _move("open", "absent", "open_with_partner", "property", "case.opened"),
        _move("open_core", "absent", "open_with_platform", "property", "case.opened"),
        _move(
            "escalate",
            "open_with_partner",
            "escalated",
            "partner",
            "case.escalated",
            needs_reason=True,
        ),
        _move(
            "return",
            "escalated",
            "open_with_partner",
            "platform",
            "case.returned",
            needs_reason=True,
        ),
        _move("resolve", "open_with_partner", "resolved", "property partner", "case.resolved"),
        _move(
            "resolve",
            "escalated open_with_platform",
            "resolved",
            "property platform",
            "case.resolved",
        ),
        # Each leads back to where the case was resolved: see `cases.reopen`.
        _move("reopen", "resolved", "open_with_partner", "property", "case.reopened"),
        _move("reopen", "resolved", "escalated", "property", "case.reopened"),
        _move("reopen", "resolved", "open_with_platform", "property", "case.reopened"),
    )
)


def of(kind: str) -> Lifecycle:
    """Return the table for the connections of `kind`: integrated or core."""
    return CORE if kind == "core" else INTEGRATED
