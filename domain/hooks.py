"""Hooks: the secret address that a source calls when something has changed, and what follows.

Who calls is known by the address alone: none of the vendors signs. A call brings nothing in by
itself, it only starts a run that asks the source; forging one gains nothing but a run.
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from connectors.hooks import Call, Hook
from connectors.source import Fault
from connectors.sources import KINDS
from domain import folding, moments, moving, sign_ins, sources
from domain.actors import Actor, Standing
from domain.authorizations import seeing
from domain.installation import link
from domain.refusals import not_found
from storage import database, encryption, jobs
from storage.authorizations import Authorization
from storage.integrations import Integration
from storage.sources import HookEvent, Source

PATH = "/in"
REMEMBERED = timedelta(days=1)  # an event that is told again
NOTED_EVERY = timedelta(seconds=10)  # that it called; to be written at every call is no news
UNKNOWN, GARBLED, FOREIGN, RECEIVED = "unknown", "garbled", "foreign", "received"


@dataclass(frozen=True)
class Row:
    """How a source calls us.

    caller: what to call the other side in a sentence. address: masked; empty for those who must not
    see it, and before it is shown for the first time. called_at: when it last called, to some
    seconds. types: of whose changes it tells. steps: what to do over there. `moves` is what this
    reader may do with it: reveal, renew.
    """

    source_id: str
    caller: str
    address: str
    made_at: datetime | None
    called_at: datetime | None
    types: tuple[str, ...]
    steps: tuple[str, ...]
    moves: tuple[str, ...]


def read(actor: Actor, source_id: str, *, now: datetime | None = None) -> Row:
    """Return how a source calls us; refuses `not_found` to strangers, and where it never does."""
    with database.reading() as session:
        who, source = sources.visible(session, actor, source_id, now or moments.now())
        return _row(who, source, _hook_of(source))


def of_property(
    actor: Actor, property_id: str, *, now: datetime | None = None
) -> Mapping[str, Row]:
    """Return how the sources of a property call us, by their ids: those that ever do.

    Refuses `not_found` to strangers.
    """
    with database.reading() as session:
        who = seeing(session, actor, property_id, now or moments.now())
        found = session.exec(select(Source).where(Source.property_id == property_id))
        return {
            source.id: _row(who, source, hook)
            for source in found
            if (hook := KINDS[source.kind].hears) is not None
        }


def reveal(actor: Actor, source_id: str, password: str, *, now: datetime | None = None) -> str:
    """Return the whole address, after the password; it is made when it is asked for first.

    Refuses `not_found` to strangers, `forbidden` to viewers, `wrong_password`.
    """
    now = now or moments.now()
    sign_ins.confirm_password(actor, password, now=now)
    with database.transaction() as session:
        who, source = sources.mine(session, actor, source_id, now)
        _hook_of(source)
        clear = encryption.decrypt(source.hook) if source.hook else _make(source, now)
        moving.tell(session, "source", source, "source.hook_shown", who, "property", now)
        return _address(clear)


def renew(actor: Actor, source_id: str, *, now: datetime | None = None) -> str:
    """Make another address, and return its mask; nobody is heard at the old one any more.

    Refuses `not_found` to strangers, `forbidden` to viewers.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, source = sources.mine(session, actor, source_id, now)
        _hook_of(source)
        _make(source, now)
        moving.tell(session, "source", source, "source.hook_renewed", who, "property", now)
        return _masked(source)


def receive(secret: str, bodies: Sequence[bytes], *, now: datetime | None = None) -> list[str]:
    """Take calls that came to one address, and return what each of them is.

    unknown: there is no such address. garbled: not what a source of this kind sends. foreign: about
    somebody else's account. received: when this returns, whatever has to follow is stored. Nothing
    is written where a run waits already, and of an event that was told within a day.
    """
    now = now or moments.now()
    with database.reading() as session:
        source = _by_secret(session, secret)
        if source is None:
            return [UNKNOWN] * len(bodies)
        hook, account = _hook_of(source), _account(session, source)
        heard = [_heard(hook, body, account) for body in bodies]
        calls = [call for call in heard if isinstance(call, Call)]
        is_news = _is_news(session, source, calls, now)
    if is_news and not _noted(source, calls, now):
        return [UNKNOWN] * len(bodies)
    return [RECEIVED if isinstance(each, Call) else each for each in heard]


@jobs.every("23 * * * *", "hooks.forget")
def forget_on_time() -> None:
    """Forget the events that nobody tells again."""
    forget(now=moments.now())


def forget(*, now: datetime) -> None:
    """Forget the events that were told longer ago than they are remembered."""
    with database.transaction() as session:
        session.execute(sa.delete(HookEvent).where(col(HookEvent.at) < now - REMEMBERED))


# What a call means


def _heard(hook: Hook, body: bytes, account: str) -> Call | str:
    try:
        call = hook.hear(body, account)
    except Fault:
        return GARBLED
    return call if call.is_ours else FOREIGN


def _is_news(session: Session, source: Source, calls: Sequence[Call], now: datetime) -> bool:
    """Whether anything about these calls has to be written."""
    if not calls:
        return False
    if source.called_at is None or now - source.called_at >= NOTED_EVERY:
        return True
    fresh = _fresh(session, source, calls, now)
    if any(call.event_id for call in fresh):
        return True
    wanting = _wanting(session, source, fresh)
    return not all(folding.is_folded(session, each) for each in wanting)


def _noted(source: Source, calls: Sequence[Call], now: datetime) -> bool:
    """Write down what follows from calls; False when the address was renewed meanwhile."""
    with database.transaction() as session:
        found = session.get(Source, source.id)
        if found is None:
            return False
        database.lock(session, found)
        if found.hook_hash != source.hook_hash:
            return False
        fresh = _fresh(session, found, calls, now)
        for key in {key for call in fresh if (key := _key_of(call))}:
            session.merge(HookEvent(source_id=found.id, event_hash=key, at=now))
        found.called_at = now
        for integration in _wanting(session, found, fresh):
            folding.owe(session, integration, now)
        moving.announce(session, "source", found)
        return True


def _fresh(session: Session, source: Source, calls: Sequence[Call], now: datetime) -> list[Call]:
    """Return the calls that tell of a change, and were not told within a day."""
    keys = {key for call in calls if (key := _key_of(call))}
    known = set(
        session.exec(
            select(HookEvent.event_hash).where(
                HookEvent.source_id == source.id,
                col(HookEvent.event_hash).in_(keys),
                col(HookEvent.at) > now - REMEMBERED,
            )
        )
        if keys
        else ()
    )
    return [call for call in calls if call.types and _key_of(call) not in known]


def _key_of(call: Call) -> str | None:
    return encryption.digest(call.event_id) if call.types and call.event_id else None


def _wanting(session: Session, source: Source, calls: Iterable[Call]) -> list[Integration]:
    """Return the integrations that are to run because of these calls, in the order of locks."""
    told = {key for call in calls for key in call.types}
    found = session.exec(
        select(Integration)
        .where(Integration.source_id == source.id, Integration.status == "active")
        .order_by(col(Integration.id))
    )
    return [
        each
        for each in found
        if folding.is_called(each) and any(each.wanted.get(key) for key in told)
    ]


# The address


def _row(who: Standing, source: Source, hook: Hook) -> Row:
    may, kind = who.manages(source.property_id), KINDS[source.kind]
    return Row(
        source.id,
        kind.name if kind.address else source.name,
        _masked(source) if may else "",
        source.hook_made_at,
        source.called_at,
        hook.types,
        hook.steps,
        ("reveal", "renew") if may else (),
    )


def _hook_of(source: Source) -> Hook:
    hook = KINDS[source.kind].hears
    if hook is None:
        raise not_found("An address for this source")
    return hook


def is_shaped(secret: str) -> bool:
    """Return whether a secret could be one of ours; nothing need be looked up for the others."""
    return _SHAPE.fullmatch(secret) is not None


_SHAPE = re.compile(r"adh_[A-Za-z0-9_-]{43}")


def _by_secret(session: Session, secret: str) -> Source | None:
    wanted = encryption.digest(secret)
    return session.exec(select(Source).where(Source.hook_hash == wanted)).one_or_none()


def _account(session: Session, source: Source) -> str:
    opens = session.get(Authorization, source.authorization_id or "")
    return (opens.account_id or "") if opens else ""


def _make(source: Source, now: datetime) -> str:
    clear = f"adh_{secrets.token_urlsafe(32)}"
    source.hook, source.hook_hash = encryption.encrypt(clear), encryption.digest(clear)
    source.hook_made_at = now
    return clear


def _masked(source: Source) -> str:
    if not source.hook:
        return ""
    clear = encryption.decrypt(source.hook)
    return _address(f"{clear[4:8]}…{clear[-4:]}")


def _address(secret: str) -> str:
    return link(f"{PATH}/{secret}")
