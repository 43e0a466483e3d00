"""Webhook endpoints: where a partner wants to be told, and the secrets that sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from connectors import webhook
from connectors.door import Blocked
from domain import choices, history, letters, messages, moments, occasions, retries
from domain import events as catalogue
from domain.actors import ADJOIN, Actor, Standing, standing
from domain.installation import current
from domain.partners import working_for
from domain.refusals import Refusal, invalid, not_found
from domain.shelves import READS
from storage import changes, database, encryption
from storage.apps import App
from storage.messages import Attempt, Endpoint, Message
from storage.partners import Partner
from storage.properties import Property

OVERLAP = timedelta(hours=24)
MOST = 5
LONGEST_URL = 2000
REPLAYABLE = ("skipped", "gave_up")


@dataclass(frozen=True)
class Row:
    """An endpoint without its secret.

    `events` are the names that it asked for, `property_ids` the hotels; none of them stands for
    `events.USUAL` and for all. `failures` are those in a row since `failing_since`; `replayable`
    counts what was skipped or given up; `worked_at` is when it last took a delivery.
    """

    id: str
    url: str
    events: tuple[str, ...]
    property_ids: tuple[str, ...]
    status: str
    disabled_by: str | None
    disabled_why: str
    disabled_at: datetime | None
    failing_since: datetime | None
    failures: int
    worked_at: datetime | None
    overlap_until: datetime | None
    replayable: int
    created_at: datetime


@dataclass(frozen=True)
class Choosable:
    """What endpoints may ask for: `properties` are names by ids, those that are connected and those
    that were chosen; `types` are the keys of the types of data that some app of the partner may
    read."""

    properties: Mapping[str, str]
    types: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """A new secret, shown this once."""

    endpoint_id: str
    secret: str


def of_partner(actor: Actor, partner_id: str, *, now: datetime | None = None) -> tuple[Row, ...]:
    """Return the endpoints of a partner; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        working_for(session, actor, partner_id, now)
        rows = session.exec(
            select(Endpoint)
            .where(Endpoint.partner_id == partner_id)
            .order_by(col(Endpoint.created_at))
        )
        return tuple(_row(session, endpoint, now) for endpoint in rows)


def read(actor: Actor, endpoint_id: str, *, now: datetime | None = None) -> Row:
    """Return one endpoint; refuses `not_found` to strangers."""
    now = now or moments.now()
    with database.reading() as session:
        return _row(session, _visible(session, actor, endpoint_id, now)[1], now)


def create(
    actor: Actor,
    partner_id: str,
    url: str,
    *,
    events: Sequence[str] = (),
    property_ids: Sequence[str] = (),
    now: datetime | None = None,
) -> Made:
    """Add an endpoint and return its secret, which is never shown again.

    It gets the `events` that are named, or `events.USUAL`, about the properties that are named, or
    all. Refuses `not_found`, and `invalid` for an address that Adjoin may not call, and when
    access tokens would reach nobody.
    """
    now = now or moments.now()
    # A stranger learns nothing, and has us look up no name.
    with database.reading() as session:
        working_for(session, actor, partner_id, now)
    url = _checked_url(url)
    with database.transaction() as session:
        who, partner = working_for(session, actor, partner_id, now)
        present = session.exec(select(Endpoint).where(Endpoint.partner_id == partner_id)).all()
        if len(present) >= MOST:
            raise invalid(f"A partner can have {MOST} endpoints. Remove one first.", "partner")
        _must_be_new(url, present)
        secret = webhook.new_secret()
        endpoint = Endpoint(
            partner_id=partner_id,
            url=url,
            events=choices.checked_events(events),
            property_ids=choices.checked_properties(session, partner_id, property_ids),
            secret=encryption.encrypt(secret),
            created_at=now,
        )
        session.add(endpoint)
        partner.notify_by_webhook = True
        choices.check_token_arrives(session, partner)
        _note(session, who, "partner", endpoint, "endpoint.created", now, url)
        return Made(endpoint.id, secret)


def change(
    actor: Actor,
    endpoint_id: str,
    *,
    url: str | None = None,
    events: Sequence[str] | None = None,
    property_ids: Sequence[str] | None = None,
    now: datetime | None = None,
) -> None:
    """Send to another address, other events, or of other properties from now on; None leaves
    something as it is.

    What waits already is sent, to the new address. Refuses `not_found`, and `invalid` as `create`.
    """
    now = now or moments.now()
    with database.reading() as session:
        _visible(session, actor, endpoint_id, now)
    url = _checked_url(url) if url is not None else None
    with database.transaction() as session:
        who, endpoint = mine(session, actor, endpoint_id, now)
        if url is not None:
            _move_to(session, endpoint, url)
            _note(session, who, "partner", endpoint, "endpoint.changed", now, url)
        if events is not None or property_ids is not None:
            _choose(session, endpoint, events, property_ids)
            _note(session, who, "partner", endpoint, "endpoint.changed", now, _chosen(endpoint))


def change_url(actor: Actor, endpoint_id: str, url: str, *, now: datetime | None = None) -> None:
    """Send to another address from now on; refuses `not_found`, `invalid`."""
    change(actor, endpoint_id, url=url, now=now)


def choose(
    actor: Actor,
    endpoint_id: str,
    *,
    events: Sequence[str],
    property_ids: Sequence[str],
    now: datetime | None = None,
) -> None:
    """Send these events about these properties from now on; refuses `not_found`, `invalid`."""
    change(actor, endpoint_id, events=events, property_ids=property_ids, now=now)


def choosable(actor: Actor, partner_id: str, *, now: datetime | None = None) -> Choosable:
    """Return what a partner's endpoints may ask for; refuses `not_found` to strangers."""
    with database.reading() as session:
        working_for(session, actor, partner_id, now or moments.now())
        chosen = session.exec(
            select(Endpoint.property_ids).where(Endpoint.partner_id == partner_id)
        )
        ids = choices.connected(session, partner_id).union(*chosen)
        found = session.exec(
            select(Property.id, Property.name)
            .where(col(Property.id).in_(ids))
            .order_by(Property.name)
        )
        permitted = set().union(
            *session.exec(select(App.permissions).where(App.partner_id == partner_id))
        )
        return Choosable(
            dict(found.all()),
            tuple(key for key, permission in READS.items() if permission in permitted),
        )


def rotate_secret(actor: Actor, endpoint_id: str, *, now: datetime | None = None) -> Made:
    """Make a new secret; for 24 hours deliveries are signed with both. Refuses `not_found`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, endpoint = mine(session, actor, endpoint_id, now)
        secret = webhook.new_secret()
        endpoint.previous_secret, endpoint.previous_until = endpoint.secret, now + OVERLAP
        endpoint.secret = encryption.encrypt(secret)
        _note(session, who, "partner", endpoint, "endpoint.secret_rotated", now)
        return Made(endpoint.id, secret)


def send_test_event(actor: Actor, endpoint_id: str, *, now: datetime | None = None) -> str:
    """Queue an `endpoint.test` event and return its message's id; refuses `not_found`, and
    `endpoint_disabled`."""
    return send_example(actor, endpoint_id, "endpoint.test", now=now)


def send_example(actor: Actor, endpoint_id: str, event: str, *, now: datetime | None = None) -> str:
    """Queue an invented event that says of itself that it is a test, whether the endpoint asks for
    it or not; return its message's id. Refuses `not_found`, `endpoint_disabled`, `invalid`."""
    now = now or moments.now()
    with database.transaction() as session:
        _, endpoint = mine(session, actor, endpoint_id, now)
        check_enabled(endpoint)
        body = catalogue.example_to_send(checked_example(event), now)
        message_id = messages.send_to_endpoint(session, endpoint, event, body, now)
        changes.announce(session, changes.Change("message", message_id, None, endpoint.partner_id))
        return message_id


def disable(actor: Actor, endpoint_id: str, *, now: datetime | None = None) -> None:
    """Stop sending; what happens meanwhile is kept and can be replayed. Refuses `not_found`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, endpoint = mine(session, actor, endpoint_id, now)
        _disable(session, who, "partner", endpoint, "You disabled it.", now)


def enable(actor: Actor, endpoint_id: str, *, now: datetime | None = None) -> None:
    """Send again from now on; refuses `not_found`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, endpoint = mine(session, actor, endpoint_id, now)
        endpoint.status, endpoint.disabled_by, endpoint.disabled_why = "enabled", None, ""
        endpoint.disabled_at = endpoint.failing_since = None
        endpoint.failures = 0
        _note(session, who, "partner", endpoint, "endpoint.enabled", now)


def remove(actor: Actor, endpoint_id: str, *, now: datetime | None = None) -> None:
    """Forget an endpoint; what waited for it is canceled.

    Refuses `not_found`, and `invalid` when others remain that don't get access tokens.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, endpoint = mine(session, actor, endpoint_id, now)
        session.execute(
            _theirs(endpoint, *messages.OPEN, "skipped").values(
                status="canceled", finished_at=now, next_attempt_at=None
            )
        )
        session.execute(_theirs(endpoint).values(endpoint_id=None))
        _note(session, who, "partner", endpoint, "endpoint.removed", now, endpoint.url)
        session.flush()
        session.delete(endpoint)
        choices.check_token_arrives(session, session.get_one(Partner, endpoint.partner_id))


def replay_skipped(actor: Actor, endpoint_id: str, *, now: datetime | None = None) -> int:
    """Send everything that was skipped or given up; return how many. Refuses `not_found` and
    `endpoint_disabled`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, endpoint = mine(session, actor, endpoint_id, now)
        check_enabled(endpoint)
        again = session.exec(
            select(Message)
            .where(Message.endpoint_id == endpoint_id, col(Message.status).in_(REPLAYABLE))
            .order_by(col(Message.id))
        ).all()
        begun = sum(messages.begin_again(session, message, now) for message in again)
        note_replay(session, who, endpoint, begun, now)
        return begun


def note_replay(
    session: Session, who: Standing, endpoint: Endpoint, count: int, now: datetime
) -> None:
    """Write down that somebody had `count` messages sent once more, and tell open windows."""
    if count:
        _note(session, who, "partner", endpoint, "endpoint.replayed", now, f"{count} of them")
    changes.announce(session, changes.Change("message", "", None, endpoint.partner_id))


def checked_example(event: str) -> str:
    """Return the name of an event of the catalogue; refuses `invalid`."""
    if event not in catalogue.EVENTS:
        raise invalid(f"There is no event called {event[:60]}.", "partner")
    return event


def check_enabled(endpoint: Endpoint) -> None:
    """Refuse `endpoint_disabled`."""
    if endpoint.status != "enabled":
        raise Refusal("endpoint_disabled", "Enable this endpoint first.", "partner")


def signing_secrets(endpoint: Endpoint, now: datetime) -> list[str]:
    """Return the secrets that sign now: the current one and, for 24 hours, the one before."""
    secrets = [encryption.decrypt(endpoint.secret)]
    if endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > now:
        secrets.append(encryption.decrypt(endpoint.previous_secret))
    return secrets


def note_outcome(
    session: Session, endpoint: Endpoint, *, ok: bool, gone: bool, now: datetime
) -> None:
    """Keep the endpoint's record after an attempt; disable it when it is gone or hopeless."""
    if ok:
        endpoint.failing_since, endpoint.failures = None, 0
        return
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.failures += 1
    if endpoint.status != "enabled":
        return
    if gone:
        _disable_itself(session, endpoint, "It answered 410 Gone.", now)
    elif retries.is_hopeless(now - endpoint.failing_since, endpoint.failures):
        lasting = moments.span(now - endpoint.failing_since)
        why = f"Every delivery has failed for {lasting}, {endpoint.failures} times in a row."
        _disable_itself(session, endpoint, why, now)


def _disable_itself(session: Session, endpoint: Endpoint, why: str, now: datetime) -> None:
    _disable(session, standing(session, ADJOIN, now), "adjoin", endpoint, why, now)
    partner = session.get_one(Partner, endpoint.partner_id)
    to = partner.mail_to or partner.contact_email
    if to:
        letter = letters.endpoint_disabled(partner.name, endpoint.url, why)
        messages.send_letter(
            session, to, letter, now, event="endpoint.disabled", partner_id=partner.id
        )


def _disable(
    session: Session, who: Standing, by: str, endpoint: Endpoint, why: str, now: datetime
) -> None:
    endpoint.status, endpoint.disabled_by, endpoint.disabled_why = "disabled", by, why
    endpoint.disabled_at = now
    session.execute(
        _theirs(endpoint, *messages.OPEN).values(status="skipped", next_attempt_at=None)
    )
    _note(session, who, by, endpoint, "endpoint.disabled", now, why)


def _move_to(session: Session, endpoint: Endpoint, url: str) -> None:
    others = select(Endpoint).where(
        Endpoint.partner_id == endpoint.partner_id, Endpoint.id != endpoint.id
    )
    _must_be_new(url, session.exec(others).all())
    endpoint.url = url
    endpoint.failing_since, endpoint.failures = None, 0


def _choose(
    session: Session,
    endpoint: Endpoint,
    events: Sequence[str] | None,
    property_ids: Sequence[str] | None,
) -> None:
    if events is not None:
        endpoint.events = choices.checked_events(events)
    if property_ids is not None:
        endpoint.property_ids = choices.checked_properties(
            session, endpoint.partner_id, property_ids, endpoint.property_ids
        )
    choices.check_token_arrives(session, session.get_one(Partner, endpoint.partner_id))


def _chosen(endpoint: Endpoint) -> str:
    """Return what an endpoint gets, for the history."""
    said = ", ".join(endpoint.events) or "all events about connections"
    hotels = len(endpoint.property_ids)
    return f"{said}, of {hotels} properties" if hotels else said


def _checked_url(url: str) -> str:
    url = url.strip()
    if len(url) > LONGEST_URL:
        raise invalid(f"Keep the address under {LONGEST_URL:,} characters.", "partner", field="url")
    if not url.isprintable():
        raise invalid(
            "This web address has characters that no address has.", "partner", field="url"
        )
    try:
        current().door.vet(url)
    except Blocked as blocked:
        raise invalid(blocked.reason, "partner", field="url") from blocked
    return url


def mine(
    session: Session, actor: Actor, endpoint_id: str, now: datetime
) -> tuple[Standing, Endpoint]:
    """Return who acts and their partner's endpoint, held still; refuses `not_found`."""
    who, endpoint = _visible(session, actor, endpoint_id, now)
    database.lock(session, endpoint)
    return who, endpoint


def _visible(
    session: Session, actor: Actor, endpoint_id: str, now: datetime
) -> tuple[Standing, Endpoint]:
    who = standing(session, actor, now)
    endpoint = session.get(Endpoint, endpoint_id)
    if endpoint is None or not who.works_for(endpoint.partner_id):
        raise not_found("This endpoint")
    return who, endpoint


def _must_be_new(url: str, present: Sequence[Endpoint]) -> None:
    if any(endpoint.url == url for endpoint in present):
        raise invalid("This endpoint is there already.", "partner", field="url")


def _theirs(endpoint: Endpoint, *statuses: str) -> sa.Update:
    """Return an update of the messages to an endpoint, of all or of some statuses."""
    update = sa.update(Message).where(col(Message.endpoint_id) == endpoint.id)
    return update.where(col(Message.status).in_(statuses)) if statuses else update


def _row(session: Session, endpoint: Endpoint, now: datetime) -> Row:
    replayable = session.exec(
        select(func.count()).where(
            Message.endpoint_id == endpoint.id, col(Message.status).in_(REPLAYABLE)
        )
    ).one()
    until = endpoint.previous_until
    return Row(
        endpoint.id,
        endpoint.url,
        tuple(endpoint.events),
        tuple(endpoint.property_ids),
        endpoint.status,
        endpoint.disabled_by,
        endpoint.disabled_why,
        endpoint.disabled_at,
        endpoint.failing_since,
        endpoint.failures,
        _worked_at(session, endpoint),
        until if until and until > now else None,
        replayable,
        endpoint.created_at,
    )


def _worked_at(session: Session, endpoint: Endpoint) -> datetime | None:
    return session.exec(
        select(Attempt.started_at)
        .join(Message)
        .where(Message.endpoint_id == endpoint.id, col(Attempt.ok).is_(True))
        .order_by(col(Attempt.started_at).desc())
        .limit(1)
    ).first()


def _note(
    session: Session,
    who: Standing,
    side: str,
    endpoint: Endpoint,
    event: str,
    now: datetime,
    note: str = "",
) -> None:
    history.record(
        session,
        event,
        who,
        side,
        now,
        partner_id=endpoint.partner_id,
        subject_id=endpoint.id,
        note=note,
    )
    occasions.of_endpoint(session, endpoint, event, now)
    changes.announce(session, changes.Change("endpoint", endpoint.id, None, endpoint.partner_id))
