"""Tells everybody what happened to a case, in its transaction: history, partners' programs, mail,
notices, open windows."""

from datetime import datetime

from sqlmodel import Session, select

from domain import case_letters, case_sides, events, history, messages, notices
from domain.case_sides import Held
from storage import changes
from storage.cases import Attachment, CaseMessage

KIND, AGREEMENT, RESOLVED = "case", "case.evidence", "case.resolved"  # of notices
MAILED = ("opened", "message", "interim", "escalated", "returned", "resolved", "reopened")


def tell(
    session: Session,
    held: Held,
    message: CaseMessage,
    event: str,
    now: datetime,
    *,
    before: str = "",
) -> None:
    """Tell of `message`, which somebody has just written or which says what they did."""
    session.flush()
    case = held.case
    history.record(
        session,
        event,
        held.who,
        held.side,
        now,
        connection=held.connection,
        subject_id=case.id,
        before=before or case.status,
        after=case.status,
        note=case.label,  # not its title: operators read the story of connections, too
    )
    if event in events.EVENTS and (event != "case.answered" or held.side != "partner"):
        messages.tell_endpoints(session, held.connection, event, now, case=_as_told(held))
    if message.kind in MAILED:
        _mail(session, held, message, event, now)
    if message.kind == "assigned":
        _mail_assigned(session, held, now)
    notify(session, held, message.kind, now)
    changes.announce(session, changes.Change("case", case.id, case.property_id, case.partner_id))


def notify(session: Session, held: Held, kind: str, now: datetime) -> None:
    """Give notice to those who are needed next, and take back what needed somebody before."""
    case = held.case
    title = f"{case.label} {case.title}"
    if kind == "escalated" and case.agreed_at is None:
        text = f"{held.developer} asks the platform. May it read the evidence? Agree in the case."
        _give(session, held, AGREEMENT, "property", title, text, now)
    if kind == "agreed" or case.status == "resolved":
        notices.clear(session, AGREEMENT, case.id, now)
    if kind == "interim" or (kind in ("agreed", "assigned") and case.turn != "platform"):
        return  # nobody is needed more than before
    notices.clear(session, KIND, case.id, now)
    notices.clear(session, RESOLVED, case.id, now)
    if case.status != "resolved":
        is_freed = kind == "assigned" and case.assigned_to is None
        text = _NEEDED["freed" if is_freed else kind].format(hotel=held.hotel.name)
        _give(session, held, KIND, case.turn, title, text, now)
    elif held.side != "property":
        text = "Resolved. Look whether it works now."
        _give(session, held, RESOLVED, "property", title, text, now)


_NEEDED = {
    "opened": "{hotel} reports a problem. It is your turn.",
    "message": "There is an answer. It is your turn.",
    "escalated": "The partner could not solve it alone. It is your turn.",
    "returned": "The platform has given it back. It is your turn.",
    "reopened": "{hotel} has reopened it. It is your turn.",
    "assigned": "It was assigned. It is your turn.",
    "freed": "Nobody takes care of it now. It is your turn.",
    "agreed": "The evidence can be read now. It is your turn.",
    "reminder": "It has been waiting for you. It is your turn.",
}


def _give(
    session: Session, held: Held, kind: str, side: str, title: str, text: str, now: datetime
) -> None:
    case = held.case
    place = {"property": case.property_id, "partner": case.partner_id or ""}.get(side, side)
    people = {each.id for each in case_sides.people(session, case, side)}
    if side == "platform" and case.assigned_to in people:
        people = {case.assigned_to}
    where = case_letters.path(held, side)
    notices.tell(session, people, kind, title, text, where, place, case.id, now)


def _mail(session: Session, held: Held, message: CaseMessage, event: str, now: datetime) -> None:
    names = session.exec(select(Attachment.name).where(Attachment.message_id == message.id)).all()
    for side in case_sides.sides_of(held.case):
        if side == held.side:
            continue
        for address, person_id in receivers(session, held, side):
            letter = case_letters.news(held, message, names, side, person_id)
            messages.send_letter(session, address, letter, now, event=event)


def _mail_assigned(session: Session, held: Held, now: datetime) -> None:
    assigned = held.case.assigned_to
    for person in case_sides.people(session, held.case, "platform"):
        if person.id == assigned != held.who.person_id:
            letter = case_letters.assigned(held, person.id)
            messages.send_letter(session, person.email, letter, now, event="case.assigned")


def receivers(session: Session, held: Held, side: str) -> list[tuple[str, str]]:
    """Return the mail address and the id of each person of a side who is told.

    A partner without anybody here is told at its contact's address, from which nobody can answer.
    """
    people = case_sides.concerned(session, held.case, side)
    if side == "partner" and not people and held.partner and held.partner.contact_email:
        return [(held.partner.contact_email, "")]
    return [(person.email, person.id) for person in people]


def _as_told(held: Held) -> dict[str, object]:
    case = held.case
    return {
        "number": case.number,
        "title": case.title,
        "status": case.status,
        "turn": case.turn or "nobody",
    }
