"""Which move of a case is whose, where it leads, and how a wrong one is refused."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from domain import case_sides, case_words
from domain.case_sides import Held
from domain.lifecycle import CASE, Move
from domain.refusals import Owner, Refusal
from storage import database
from storage.cases import Case

ONLY_MANAGERS = "Only a manager of this property can do this. Ask one of them."


def step(held: Held, verb: str) -> Move:
    """Return the move that `verb` makes here and now; refuses who may not, and what cannot be."""
    may_write(held)
    case = held.case
    if verb == "escalate":
        _right_route(held)
    fitting = [each for each in CASE.moves if each.verb == verb and case.status in each.before]
    if verb == "reopen":
        fitting = [each for each in fitting if each.after == case.resolved_from]
    if not fitting:
        raise _wrong_state(held, verb)
    mine = next((each for each in fitting if held.side in each.sides), None)
    if mine is None:
        raise _not_yours(held, verb, fitting[0])
    return mine


def open_to(held: Held) -> tuple[str, ...]:
    """Return the verbs of the moves that are open to a side, each once."""
    if held.side == "viewer":
        return ()
    open_ = CASE.open_to(held.case.status, held.side)
    return tuple(dict.fromkeys(open_))


def move(session: Session, held: Held, step: Move, now: datetime, **values: object) -> None:
    """Move a case by a guarded update; of two people at once, the second is refused."""
    statement = (
        sa.update(Case)
        .where(col(Case.id) == held.case.id, col(Case.status) == held.case.status)
        .values(status=step.after, changed_at=now, **values)
    )
    if not database.changes_a_row(session, statement):
        raise Refusal("wrong_state", "Somebody else was faster. Look at the case again.")
    session.refresh(held.case)


def _right_route(held: Held) -> None:
    if held.case.route == "core":
        raise Refusal(
            "wrong_route",
            f"{held.app.name} is a core app: the platform answers this case itself, so there is "
            "nobody to escalate it to. Write in the case instead.",
            "platform",
        )
    if held.side == "property":
        raise Refusal(
            "forbidden",
            f"{held.developer} supports {held.app.name} and decides whether the platform has to "
            "look at it. Write to them in the case, and ask them to escalate it.",
            "partner",
        )


def may_write(held: Held) -> None:
    if held.side == "viewer":
        raise Refusal("forbidden", ONLY_MANAGERS)


def _not_yours(held: Held, verb: str, step: Move) -> Refusal:
    """Return the refusal that says whose a move is."""
    side = next(each for each in case_sides.SIDES if each in step.sides)
    owner: Owner = "platform" if side == "platform" else "partner"
    if side == "property":
        owner = "property"
    names = " or ".join(held.name_of(each) for each in case_sides.SIDES if each in step.sides)
    return Refusal("forbidden", f"Only {names} can {verb} this case.", owner)


def _wrong_state(held: Held, verb: str) -> Refusal:
    case = held.case
    if case.status == "resolved":
        return resolved_already(held)
    if verb == "reopen":
        return Refusal("wrong_state", f"{case.label} is open already: write in it.")
    if verb == "escalate":
        return Refusal("wrong_state", f"{case.label} was escalated already: the platform has it.")
    return not_with_platform(held)


def not_with_platform(held: Held) -> Refusal:
    if held.case.status == "resolved":
        return resolved_already(held)
    if held.case.route == "core":
        return Refusal(
            "wrong_state", f"{held.app.name} is a core app: there is no partner to return it to."
        )
    return Refusal("wrong_state", f"{held.case.label} is with {held.developer} now.", "partner")


def resolved_already(held: Held, more: str = "") -> Refusal:
    case = held.case
    when = case_words.moment(case.resolved_at or case.changed_at)
    by = held.name_of(case.resolved_by_side)
    return Refusal("wrong_state", f"{case.label} was resolved already, by {by} {when}.{more}")


def pass_turn(held: Held, now: datetime, *, keeps: bool = False) -> None:
    """Let the other side be next; whoever was silent before stays so since then.

    Who keeps the turn has just been heard of, and is waited for from now on.
    """
    case = held.case
    case.changed_at = now
    if held.side != "property" and case.first_answer_at is None:
        case.first_answer_at = now
    turn = held.side if keeps else turn_after(case.status, held.side)
    if keeps or turn != case.turn:
        case.turn, case.turn_since, case.reminded = turn, now, 0


def turn_after(status: str, side: str) -> str:
    """Return who should write next, after `side` has written in a case of `status`."""
    if status == "resolved":
        return ""
    if status == "escalated":
        # The partner asked, so the partner gets the answer, and the hotel reads it too.
        return "partner" if side == "platform" else "platform"
    host = "partner" if status == "open_with_partner" else "platform"
    # What the platform gives back is the partner's to answer.
    return "property" if side == host else host
