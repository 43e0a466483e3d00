"""Connections: a property asks for an app, its partner answers, either side may end it."""

from collections.abc import Mapping
from datetime import datetime
from unicodedata import category

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import (
    history,
    letters,
    lifecycle,
    messages,
    moments,
    moving,
    occasions,
    questions,
    tokens,
    waiting_times,
)
from domain.actors import Actor, Standing, standing
from domain.lifecycle import Move
from domain.refusals import Owner, Refusal, invalid, not_found
from storage import changes, database, numbers
from storage.apps import App
from storage.authorizations import Authorization
from storage.connections import Connection
from storage.partners import Partner
from storage.people import Person
from storage.properties import Property
from storage.sources import Source

FIRST_NUMBER = 10_001
REASON_MAX = 1000
WHY_REJECT = "Write why you reject the request; the property reads it."


def connect(
    actor: Actor,
    property_id: str,
    app_slug: str,
    answers: Mapping[str, str] | None = None,
    *,
    now: datetime | None = None,
) -> str:
    """Ask a partner to connect its app with a property, and return the connection's id.

    Sets Pending, makes the access token, and queues the notifications, in one transaction. A
    connection that ended is begun again, with a new token and its old history. Refuses
    `not_found`, `forbidden` (viewers), `invalid` (an answer is missing or wrong),
    `already_connected`, and `core_app`, whose apps take credentials instead.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who = managing(session, actor, property_id, now)
        app = offered_app(session, app_slug)
        if app.kind == "core":
            raise Refusal("core_app", f"{app.name} is connected with credentials.")
        given = questions.check(app.questions, answers or {})
        return ask(session, who, property_id, app, given, now).id


def ask(
    session: Session,
    who: Standing,
    property_id: str,
    app: App,
    answers: dict[str, str],
    now: datetime,
) -> Connection:
    """`connect`, in the transaction of its caller, who has checked that `who` may."""
    connection = for_app(session, property_id, app)
    if connection is None:
        connection = begin(session, who, property_id, app, "pending", now)
        verb, told_before = "connect", "not_connected"
    else:
        verb, told_before = "reconnect", connection.status
        if connection.status not in ("disconnected", "rejected"):
            raise Refusal("already_connected", _already(app, connection.status))
        move_row(session, connection, _table(app, verb), now)
    _ask_again(connection, who, answers, now)
    token = tokens.issue(session, connection, now)
    tell(session, who, "property", connection, "connection.requested", told_before, now)
    messages.tell_partner(session, connection, "connection.requested", now, token=token)
    return connection


def activate(actor: Actor, connection_id: str, *, now: datetime | None = None) -> None:
    """Make a pending connection active: the partner, or Adjoin itself for automatic apps.

    Refuses `not_found`, `forbidden`, and `request_already_resolved`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        activate_within(session, actor, connection_id, now)


def activate_within(session: Session, actor: Actor, connection_id: str, now: datetime) -> None:
    """`activate`, in the transaction of its caller."""
    connection = _perform(
        session, actor, connection_id, "activate", now, resolved_at=now, reason=""
    )
    waiting_times.note(session, connection, now)


def reject(actor: Actor, connection_id: str, reason: str, *, now: datetime | None = None) -> None:
    """Turn a pending request down, with a reason that the property reads; revokes the token, and
    cancels what still waits.

    Refuses `not_found`, `forbidden`, `request_already_resolved`, and `invalid` without a reason.
    """
    now = now or moments.now()
    reason = checked_reason(reason, demand=WHY_REJECT)
    with database.transaction() as session:
        connection = visible(session, actor, connection_id, now)[1]
        messages.cancel_waiting(session, connection, now)
        _perform(session, actor, connection_id, "reject", now, resolved_at=now, reason=reason)
        tokens.revoke_all(session, connection, now)


def withdraw(actor: Actor, connection_id: str, *, now: datetime | None = None) -> None:
    """Take a pending request back; refuses `not_found`, `forbidden`, `wrong_state`."""
    _end(actor, connection_id, "withdraw", "the request was withdrawn", now or moments.now())


def disconnect(
    actor: Actor, connection_id: str, reason: str = "", *, now: datetime | None = None
) -> None:
    """End a connection: revokes its tokens, cancels what waits, tells the partner.

    Answers, mappings and history stay for a reconnect. Refuses `not_found`, `forbidden`,
    `wrong_state`.
    """
    _end(actor, connection_id, "disconnect", checked_reason(reason), now or moments.now())


def disable(
    actor: Actor, connection_id: str, reason: str = "", *, now: datetime | None = None
) -> None:
    """Pause an active connection; only the side that paused it may enable it again.

    Refuses `not_found`, `forbidden`, `wrong_state`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        side = visible(session, actor, connection_id, now)[2]
        _perform(
            session,
            actor,
            connection_id,
            "disable",
            now,
            disabled_by=side,
            reason=checked_reason(reason),
        )


def enable(actor: Actor, connection_id: str, *, now: datetime | None = None) -> None:
    """Lift a pause; refuses `not_found`, `forbidden`, `wrong_state`, `disabled_by_other_side`."""
    now = now or moments.now()
    with database.transaction() as session:
        _perform(session, actor, connection_id, "enable", now, disabled_by=None, reason="")


def managing(session: Session, actor: Actor, property_id: str, now: datetime) -> Standing:
    """Return the standing of a manager; refuses `not_found` and `forbidden` (viewers)."""
    who = standing(session, actor, now)
    if not who.sees_property(property_id):
        raise not_found("This property")
    if not who.manages(property_id):
        raise Refusal("forbidden", "Only a manager of this property can do this. Ask one of them.")
    return who


def offered_app(session: Session, slug: str) -> App:
    """Return a published app that is not retired; refuses `not_found`."""
    app = session.exec(select(App).where(App.slug == slug)).one_or_none()
    if app is None or app.published_at is None or app.retired_at is not None:
        raise not_found("This app")
    return app


def for_app(session: Session, property_id: str, app: App) -> Connection | None:
    """Return the connection of a property with an app, in whatever state."""
    return session.exec(
        select(Connection).where(Connection.property_id == property_id, Connection.app_id == app.id)
    ).one_or_none()


def begin(
    session: Session, who: Standing, property_id: str, app: App, status: str, now: datetime
) -> Connection:
    """Add the row of a new connection; of two people at once, the second is refused
    `already_connected`."""
    connection = Connection(
        number=numbers.give(session, "connection", first=FIRST_NUMBER),
        property_id=property_id,
        app_id=app.id,
        partner_id=app.partner_id,
        status=status,
        since=now,
        requested_by=who.person_id or "",
        requested_at=now,
        in_sandbox=session.get_one(Property, property_id).sandbox_of is not None,
        created_at=now,
    )
    # Put into words beforehand: after a failed flush the session can read nothing more.
    too_late = Refusal("already_connected", _already(app, status))
    if not database.takes(session, connection):
        raise too_late
    return connection


def move_row(
    session: Session, connection: Connection, move: Move, now: datetime, **values: object
) -> None:
    """Move a connection by a guarded update.

    Refuses `wrong_state` when somebody was faster, `request_already_resolved` if it was about the
    answer to a request.
    """
    statement = (
        sa.update(Connection)
        .where(col(Connection.id) == connection.id, col(Connection.status).in_(move.before))
        .values(status=move.after, since=now, **values)
    )
    if not database.changes_a_row(session, statement):
        raise Refusal(_too_late(move), "Somebody else was faster. Look at the connection again.")
    session.refresh(connection)


def tell(
    session: Session,
    who: Standing,
    side: str,
    connection: Connection,
    event: str,
    before: str,
    now: datetime,
    note: str = "",
) -> None:
    """Write the history row of a move, and let every open window know."""
    history.record(
        session,
        event,
        who,
        side,
        now,
        connection=connection,
        before=before,
        after=connection.status,
        note=note,
    )
    occasions.of_connection(session, connection, event, who.who, now)
    changes.announce(
        session,
        changes.Change("connection", connection.id, connection.property_id, connection.partner_id),
    )


def tell_requester(
    session: Session, connection: Connection, event: str, now: datetime, *, side: str = "adjoin"
) -> None:
    """Queue the mail to whoever pressed Connect, where one is due; `side` is who moved it.

    In a sandbox that is somebody of the partner, who is told as a partner already.
    """
    if connection.in_sandbox:
        return
    app, partner, hotel = around(session, connection)
    by = partner if side == "partner" else None
    letter = letters.to_hotel(event, app, hotel, connection, by)
    if letter is not None:
        person = session.get_one(Person, connection.requested_by)
        messages.send_letter(session, person.email, letter, now, event=f"{event}.property")


def _perform(
    session: Session,
    actor: Actor,
    connection_id: str,
    verb: str,
    now: datetime,
    **values: object,
) -> Connection:
    who, connection, side = visible(session, actor, connection_id, now)
    _move(session, who, connection, side, verb, now, **values)
    return connection


def _move(
    session: Session,
    who: Standing,
    connection: Connection,
    side: str,
    verb: str,
    now: datetime,
    **values: object,
) -> None:
    app = session.get_one(App, connection.app_id)
    move = _table(app, verb)
    before = connection.status
    _check(session, connection, app, move, side)
    move_row(session, connection, move, now, **values)
    tell(session, who, side, connection, move.event, before, now, connection.reason)
    messages.tell_partner(session, connection, move.event, now, reason=connection.reason)
    tell_requester(session, connection, move.event, now, side=side)


def _end(actor: Actor, connection_id: str, verb: str, reason: str, now: datetime) -> None:
    with database.transaction() as session:
        who, connection, side = visible(session, actor, connection_id, now)
        end_within(session, who, connection, side, verb, reason, now)


def end_within(
    session: Session,
    who: Standing,
    connection: Connection,
    side: str,
    verb: str,
    reason: str,
    now: datetime,
) -> None:
    """`withdraw` or `disconnect`, in the transaction of its caller, who holds it still."""
    messages.cancel_waiting(session, connection, now)
    _move(session, who, connection, side, verb, now, reason=reason, disabled_by=None)
    tokens.revoke_all(session, connection, now)
    _forget_credentials(session, who, connection, now)


def _forget_credentials(
    session: Session, who: Standing, connection: Connection, now: datetime
) -> None:
    """Keep no credentials that nobody needs; a core app asks for them again at Reconnect.

    Sources that use them too go on.
    """
    authorization = session.get(Authorization, connection.authorization_id or "")
    if authorization is None or authorization.status == "forgotten":
        return
    if session.exec(select(Source.id).where(Source.authorization_id == authorization.id)).first():
        return
    step = lifecycle.AUTHORIZATION.named("forget")
    moving.move(session, "authorization", authorization, step, who, "property", now, ciphertext="")


def visible(
    session: Session, actor: Actor, connection_id: str, now: datetime
) -> tuple[Standing, Connection, str]:
    """Return who acts, on which connection and on which side, and hold the connection still.

    Refuses `not_found` to strangers.
    """
    who = standing(session, actor, now)
    connection = session.get(Connection, connection_id)
    side = who.side_of(connection) if connection else None
    if connection is None or side is None:
        raise not_found("This connection")
    database.lock(session, connection)
    return who, connection, side


def _check(session: Session, connection: Connection, app: App, move: Move, side: str) -> None:
    if side not in move.sides:
        raise not_yours(connection, move.verb)
    if connection.status not in move.before:
        raise _wrong_state(session, connection, app, move)
    if move.only_by_who_disabled and connection.disabled_by != side:
        other = app.name if connection.disabled_by == "partner" else "the property"
        raise Refusal(
            "disabled_by_other_side",
            f"This was disabled by {other}, so only they can enable it again.",
            "partner" if connection.disabled_by == "partner" else "property",
        )


def not_yours(connection: Connection, verb: str) -> Refusal:
    if verb in ("activate", "reject"):
        return Refusal("forbidden", f"Only the partner can {verb} this request.", "partner")
    return Refusal(
        "forbidden", f"You cannot {verb} this connection. A manager of the property can."
    )


def _wrong_state(session: Session, connection: Connection, app: App, move: Move) -> Refusal:
    last = history.latest(session, connection.id, connection.status)
    by = f" by {last.who}" if last else ""
    when = f" at {connection.since:%H:%M} UTC on {connection.since:%-d %B %Y}"
    is_begun = connection.status != "pending"
    how = f"is {connection.status} already, set" if is_begun else "is still pending, asked for"
    sentence = f"{app.name} {how}{by}{when}."
    owner: Owner = "partner" if move.verb in ("activate", "reject") else "property"
    return Refusal(_too_late(move), sentence, owner)


def _too_late(move: Move) -> str:
    return "request_already_resolved" if move.verb in ("activate", "reject") else "wrong_state"


def _already(app: App, status: str) -> str:
    if status == "pending":
        return f"{app.name} was asked already. It is the partner’s turn now."
    return f"{app.name} is connected already; its status is {status}."


def _table(app: App, verb: str) -> Move:
    move = lifecycle.of(app.kind).move(verb)
    if move is None:
        raise Refusal("wrong_state", f"{app.name} is a core app: there is nothing to {verb}.")
    return move


def _ask_again(
    connection: Connection, who: Standing, answers: dict[str, str], now: datetime
) -> None:
    connection.answers = answers
    connection.requested_by = who.person_id or connection.requested_by
    connection.requested_at = now
    connection.resolved_at = connection.nudged_at = None
    connection.reminders = 0
    connection.reason = ""


def label(number: int) -> str:
    """Return what people call a connection, such as C-10001."""
    return f"C-{number}"


def around(session: Session, connection: Connection) -> tuple[App, Partner | None, Property]:
    partner_id = connection.partner_id
    return (
        session.get_one(App, connection.app_id),
        session.get(Partner, partner_id) if partner_id else None,
        session.get_one(Property, connection.property_id),
    )


def checked_reason(reason: str, *, demand: str = "") -> str:
    """Return `reason` without spaces around it.

    Refuses `invalid` when it is too long, cannot be shown, or is empty and `demand` asks for it.
    """
    reason = reason.strip()
    if demand and not reason:
        raise invalid(demand, "partner")
    if len(reason) > REASON_MAX:
        raise invalid(f"Keep the reason under {REASON_MAX} characters.")
    # No database takes a lone surrogate, and not every one a NUL; people write neither. Signs that
    # turn the direction of writing could make a mail read as something else.
    if any(
        (category(sign) in ("Cc", "Cs") and sign not in "\n\r\t") or sign in letters.TURNING
        for sign in reason
    ):
        raise invalid("The reason has characters that cannot be shown. Please type it again.")
    return reason
