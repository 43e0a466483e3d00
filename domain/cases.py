"""Cases: what does not work is told to whoever can fix it, and each answer says whose turn it is.

About an integrated app a hotel asks its partner, who may escalate to the platform; about a core app
it asks the platform.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from domain import (
    attachments,
    case_moves,
    case_news,
    case_sides,
    case_words,
    connections,
    escalations,
    evidence,
    moments,
)
from domain.actors import Actor, Standing
from domain.attachments import Checked, Upload
from domain.case_sides import Held
from domain.escalations import Escalation
from domain.lifecycle import CASE
from domain.refusals import Refusal, invalid
from storage import database, numbers
from storage.apps import App
from storage.cases import Case, CaseMessage
from storage.connections import Connection
from storage.partners import Partner
from storage.people import Person

REOPENED_WITHIN = timedelta(days=14)
FIRST_NUMBER = 1001


def open_(
    actor: Actor,
    connection_id: str,
    title: str,
    text: str,
    files: Sequence[Upload] = (),
    *,
    to: str = "",
    now: datetime | None = None,
) -> str:
    """Report that something does not work on a connection, and return the case's id.

    The app decides who is asked; `to` (partner, platform) only says whom the hotel wanted to ask.
    The platform gets the evidence with it, for the hotel itself asks it to look.
    Refuses `not_found`, `forbidden` (whoever is no manager of the property), `invalid`,
    `still_pending`, `wrong_route`, `already_open` and `in_sandbox`.
    """
    now = now or moments.now()
    title, text = case_words.title(title), case_words.text(text, "Describe what does not work.")
    checked = attachments.checked(files)
    with database.transaction() as session:
        who, connection, side = connections.visible(session, actor, connection_id, now)
        app, partner, hotel = connections.around(session, connection)
        _may_open(connection, side, app, partner, to)
        _not_told_before(session, connection, title)
        step = CASE.named("open_core" if app.kind == "core" else "open")
        case = Case(
            number=numbers.give(session, "case", first=FIRST_NUMBER),
            connection_id=connection.id,
            app_id=app.id,
            property_id=connection.property_id,
            partner_id=connection.partner_id,
            route=app.kind,
            title=title,
            status=step.after,
            turn=case_moves.turn_after(step.after, "property"),
            turn_since=now,
            opened_by=who.person_id or "",
            opened_at=now,
            changed_at=now,
        )
        session.add(case)
        session.flush()
        held = Held(who, side, case, connection, app, partner, hotel)
        if app.kind == "core":
            evidence.attach(session, case, connection, who, now)
            case.agreed_at, case.agreed_by = now, who.person_id
        message = add(session, held, "opened", text, checked, now)
        case_news.tell(session, held, message, step.event, now, before="absent")
        return case.id


def write(
    actor: Actor,
    case_id: str,
    text: str,
    files: Sequence[Upload] = (),
    *,
    is_interim: bool = False,
    via: str = "page",
    now: datetime | None = None,
) -> str:
    """Write in a case, and return the message's id: then it is the other side's turn.

    Whoever's turn it is keeps it with `is_interim`: they only say that they are at it.
    Refuses `not_found`, `forbidden` (viewers), `invalid`, and `wrong_state` once it is resolved.
    """
    now = now or moments.now()
    text = case_words.text(text, may_be_empty=bool(files))
    checked = attachments.checked(files)
    with database.transaction() as session:
        held = case_sides.hold(session, actor, case_id, now)
        keeps_turn = is_interim and held.case.turn == held.side
        return write_within(session, held, text, checked, now, keeps_turn=keeps_turn, via=via)


def write_within(
    session: Session,
    held: Held,
    text: str,
    files: Sequence[Checked],
    now: datetime,
    *,
    keeps_turn: bool = False,
    via: str = "page",
    mail_id: str | None = None,
) -> str:
    """`write`, in the transaction of its caller, who has checked words and files."""
    case_moves.may_write(held)
    if held.case.status == "resolved":
        raise case_moves.resolved_already(held, " Reopen it, or report it anew.")
    kind = "interim" if keeps_turn else "message"
    message = add(session, held, kind, text, files, now, via=via, mail_id=mail_id)
    case_moves.pass_turn(held, now, keeps=keeps_turn)
    case_news.tell(session, held, message, "case.answered", now)
    return message.id


def escalate(
    actor: Actor,
    case_id: str,
    facts: Escalation,
    *,
    via: str = "page",
    now: datetime | None = None,
) -> None:
    """Pass a case on to the platform, with what an engineer needs; the partner only.

    Refuses `not_found`, `forbidden`, `invalid`, `wrong_state`, and `wrong_route` for core apps.
    """
    now = now or moments.now()
    text, kept = escalations.checked(facts, now)
    with database.transaction() as session:
        held = case_sides.hold(session, actor, case_id, now)
        first = held.case.escalated_at or now
        _go(session, held, "escalate", text, now, via=via, escalated_at=first, facts=kept)
        evidence.attach(session, held.case, held.connection, held.who, now)


def return_to_partner(
    actor: Actor, case_id: str, text: str, *, now: datetime | None = None
) -> None:
    """Give an escalated case back to its partner, with words; operators only.

    Refuses `not_found`, `forbidden`, `invalid` and `wrong_state`.
    """
    now = now or moments.now()
    text = case_words.text(text, "Write what you found, and what the partner should do.")
    with database.transaction() as session:
        held = case_sides.hold(session, actor, case_id, now)
        _go(session, held, "return", text, now)


def resolve(actor: Actor, case_id: str, text: str = "", *, now: datetime | None = None) -> None:
    """End a case; everybody reads what it was. The hotel need not write anything.

    Refuses `not_found`, `forbidden`, `invalid`, and `wrong_state` the second time.
    """
    now = now or moments.now()
    text = case_words.text(text, may_be_empty=True)
    with database.transaction() as session:
        held = case_sides.hold(session, actor, case_id, now)
        case_moves.step(held, "resolve")
        if not text and held.side != "property":
            raise invalid("Write what it was and what solved it; the hotel reads it.")
        solved: dict[str, Any] = {
            "resolved_at": now,
            "resolved_by_side": held.side,
            "resolved_from": held.case.status,
        }
        _go(session, held, "resolve", text, now, **solved)


def reopen(actor: Actor, case_id: str, text: str, *, now: datetime | None = None) -> None:
    """Take up a resolved case again, where it was resolved; the hotel only, within 14 days.

    Refuses `not_found`, `forbidden`, `invalid` and `wrong_state`.
    """
    now = now or moments.now()
    text = case_words.text(text, "Write what does not work yet.")
    with database.transaction() as session:
        held = case_sides.hold(session, actor, case_id, now)
        reopen_within(session, held, text, (), now)


def reopen_within(
    session: Session,
    held: Held,
    text: str,
    files: Sequence[Checked],
    now: datetime,
    *,
    via: str = "page",
    mail_id: str | None = None,
) -> None:
    """`reopen`, in the transaction of its caller, who has checked words and files."""
    case_moves.step(held, "reopen")
    if not may_be_reopened(held.case, now):
        days = REOPENED_WITHIN.days
        raise Refusal(
            "wrong_state",
            f"{held.case.label} was resolved more than {days} days ago. Please report the problem "
            "anew, and name that number.",
        )
    undone: dict[str, Any] = {"resolved_at": None, "resolved_by_side": "", "resolved_from": ""}
    _go(session, held, "reopen", text, now, files=files, via=via, mail_id=mail_id, **undone)


def assign(
    actor: Actor, case_id: str, person_id: str | None, *, now: datetime | None = None
) -> None:
    """Say which operator takes care of a case, None for nobody yet; operators only.

    Refuses `not_found`, `forbidden`, `wrong_state`, and `not_there` for somebody who has left.
    """
    now = now or moments.now()
    with database.transaction() as session:
        held = case_sides.hold(session, actor, case_id, now)
        if held.side != "platform":
            raise Refusal("forbidden", "The platform decides who takes care of a case.", "platform")
        if held.case.status not in ("escalated", "open_with_platform"):
            raise case_moves.not_with_platform(held)
        operators = {each.id: each for each in case_sides.people(session, held.case, "platform")}
        if person_id is not None and person_id not in operators:
            raise Refusal(
                "not_there", "They do not work for the platform any more. Choose somebody else."
            )
        if held.case.assigned_to != person_id:
            _assign(session, held, operators[person_id] if person_id else None, now)


def free(session: Session, who: Standing, person_id: str, now: datetime) -> None:
    """Leave to all operators what somebody took care of who has just left the platform."""
    found = session.exec(
        select(Case).where(Case.assigned_to == person_id, Case.status != "resolved")
    ).all()
    for case in found:
        connection = session.get_one(Connection, case.connection_id)
        around = connections.around(session, connection)
        database.lock(session, case)
        _assign(session, Held(who, "platform", case, connection, *around), None, now)


def agree(actor: Actor, case_id: str, *, now: datetime | None = None) -> None:
    """Let the platform read the evidence of a case: a manager of the hotel, once per case.

    Refuses `not_found`, `forbidden` and `wrong_state`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        held = case_sides.hold(session, actor, case_id, now)
        if held.side != "property":
            raise Refusal("forbidden", "A manager of the hotel decides that. Ask them in the case.")
        if not needs_agreement(held.case):
            raise Refusal("wrong_state", "There is nothing to agree to in this case.")
        held.case.agreed_at, held.case.agreed_by = now, held.who.person_id
        held.case.changed_at = now
        message = add(session, held, "agreed", "The platform may read the evidence.", (), now)
        case_news.tell(session, held, message, "case.evidence_agreed", now)


# What pages ask, too


def needs_agreement(case: Case) -> bool:
    """Return whether evidence lies there that the platform may not read yet."""
    return case.route != "core" and case.escalated_at is not None and case.agreed_at is None


def may_be_reopened(case: Case, now: datetime) -> bool:
    return case.resolved_at is not None and now - case.resolved_at <= REOPENED_WITHIN


# Details

_KINDS = {
    "escalate": "escalated",
    "return": "returned",
    "resolve": "resolved",
    "reopen": "reopened",
}


def _go(
    session: Session,
    held: Held,
    verb: str,
    text: str,
    now: datetime,
    *,
    files: Sequence[Checked] = (),
    via: str = "page",
    mail_id: str | None = None,
    **values: object,
) -> None:
    """Make a move with the words that go with it, setting `values` too."""
    step, before = case_moves.step(held, verb), held.case.status
    case_moves.move(session, held, step, now, **values)
    message = add(session, held, _KINDS[verb], text, files, now, via=via, mail_id=mail_id)
    case_moves.pass_turn(held, now)
    case_news.tell(session, held, message, step.event, now, before=before)


def _assign(session: Session, held: Held, person: Person | None, now: datetime) -> None:
    held.case.assigned_to, held.case.changed_at = person.id if person else None, now
    text = f"Taken care of by {person.name}." if person else "Nobody takes care of it now."
    message = add(session, held, "assigned", text, (), now)
    case_news.tell(session, held, message, "case.assigned", now)


def add(
    session: Session,
    held: Held,
    kind: str,
    text: str,
    files: Sequence[Checked],
    now: datetime,
    *,
    via: str = "page",
    mail_id: str | None = None,
) -> CaseMessage:
    """Add to the thread what somebody wrote or did."""
    message = CaseMessage(
        case_id=held.case.id,
        at=now,
        side=held.side,
        person_id=held.who.person_id,
        who=held.who.who,
        text=text,
        kind=kind,
        via=via,
        mail_id=mail_id,
    )
    session.add(message)
    session.flush()
    attachments.keep(session, held.case, message, files, held.who, now)
    return message


def _may_open(
    connection: Connection, side: str, app: App, partner: Partner | None, to: str
) -> None:
    if connection.in_sandbox:
        raise Refusal("in_sandbox", "This is a sandbox: there is no hotel that waits for anything.")
    if side != "property":
        raise Refusal(
            "forbidden", case_moves.ONLY_MANAGERS if side == "viewer" else _BEGINS_AT_THE_HOTEL
        )
    developer = partner.name if partner else app.name
    if connection.status == "pending":
        contact = partner.contact_email if partner else ""
        raise Refusal(
            "still_pending",
            f"{app.name} is not connected yet: it is {developer}’s turn to answer your request. "
            f"Send them a nudge{f', or write to {contact}' if contact else ''}.",
            "partner",
        )
    if to == "platform" and app.kind != "core":
        raise Refusal(
            "wrong_route",
            f"{developer} develops and supports {app.name}, so they are asked first. If the fault "
            "lies with the platform, they pass your case on with all that they found.",
            "partner",
        )
    if to == "partner" and app.kind == "core":
        raise Refusal(
            "wrong_route",
            f"{app.name} is a core app, which the platform supports itself. Report it there.",
            "platform",
        )


_BEGINS_AT_THE_HOTEL = "A case begins at the hotel: one of its managers reports what does not work."


def _not_told_before(session: Session, connection: Connection, title: str) -> None:
    """Refuse `already_open` for what was just reported: a second press, or a colleague's."""
    twin = session.exec(
        select(Case).where(
            Case.connection_id == connection.id, Case.title == title, Case.status != "resolved"
        )
    ).first()
    if twin is not None:
        raise Refusal(
            "already_open", f"This was reported already: it is case {twin.label}. Write there."
        )
