"""Signs: gathers what is known of connections right now, for `routes` to judge.

A page asks for all connections of a property at once, so whatever is read here is read for all of
them together: a few questions, however many connections there are.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import catalogue, slots, value_suggestions, values, waiting, waiting_times
from domain.routes import Facts, Names, OpenCase, Thing
from domain.shelves import READS
from domain.types_of_data import ALL
from storage.api_requests import ApiRequest
from storage.apps import App
from storage.authorizations import Authorization
from storage.cases import Case
from storage.connections import Connection, Token
from storage.integrations import Integration
from storage.messages import Endpoint, Message
from storage.partners import Partner
from storage.properties import Property
from storage.sources import Source, Transfer
from storage.value_mappings import ValueMapping

LATEST_MESSAGES, LATEST_CALLS = 6, 5
CALLS_IN_A_ROW = 3  # what happens once happens; three times is a sign
RUNS_IN_A_ROW = 2
RECENT = timedelta(hours=24)  # older requests say nothing about now
_AT_ONCE = 100  # connections in one question


@dataclass(frozen=True)
class Around:
    """A connection with its app, hotel and partner."""

    connection: Connection
    app: App
    hotel: Property
    partner: Partner | None

    @property
    def names(self) -> Names:
        developer = self.partner.name if self.partner else catalogue.PLATFORM
        return Names(self.app.name, developer, self.hotel.name, self.connection.id)


def of(session: Session, found: Sequence[Around], now: datetime) -> dict[str, Facts]:
    """Return the facts about these connections, by their ids."""
    gathered = _Gathered(session, found, now)
    return {each.connection.id: gathered.facts(each) for each in found}


class _Gathered:
    """Everything about some connections, each kind of thing read once."""

    def __init__(self, session: Session, found: Sequence[Around], now: datetime) -> None:
        self._now = now
        ids = [each.connection.id for each in found]
        self._endpoints = _endpoints(session, found)
        self._messages = _messages(session, found)
        self._calls = _calls(session, ids, now)
        self._used = _used(session, ids)
        self._errors = _account_errors(session, found)
        self._flows = Flows(session, {each.hotel.id for each in found})
        self._held = _held(session, ids)
        self._cases = _cases(session, ids)

    def facts(self, of: Around) -> Facts:
        connection, app, now = of.connection, of.app, self._now
        usual = waiting_times.of(app).minutes
        used_at = self._used.get(connection.id)
        declared = slots.of(app.slots)
        held = values.of_slots(self._held.get(connection.id, {}), declared)
        return Facts(
            kind=app.kind,
            status=connection.status,
            activation="" if app.kind == "core" else app.activation,
            disabled_by=connection.disabled_by,
            is_offered=app.published_at is not None and app.retired_at is None,
            may_nudge=_may_nudge(of, now),
            waited=now - connection.requested_at,
            usual=timedelta(minutes=usual) if usual is not None else None,
            lasting=now - connection.since,
            told=_told(self._messages.get(connection.id, ())),
            endpoint=_endpoint(of.partner, self._endpoints),
            calls=_ended(self._calls.get(connection.id, ())),
            unused_for=now - used_at if used_at else None,
            account_error=connection.authorization_id in self._errors,
            **self._flows.things(connection, app),
            gone_values=sum(bool(value.gone) for value in held.values()),
            lacking_values=len(values.how_far(held, declared).lacking),
            takes_cases=not connection.in_sandbox,
            case=self._cases.get(connection.id),
            known=self._known(connection, used_at),
        )

    def _known(self, connection: Connection, used_at: datetime | None) -> tuple[str, ...]:
        """Return sentences with the moments and ids that the other side needs."""
        said = [f"Since {_when(connection.since)} the connection is {connection.status}."]
        if connection.partner_id:
            said.append(f"Its access token was last used {_when(used_at)}." if used_at else _UNUSED)
        for message in self._messages.get(connection.id, ())[:1]:
            about = f"{message.event} of {_when(message.created_at)}"
            said.append(f"Last notification: {about}, {message.status} ({message.id}).")
        for call in self._calls.get(connection.id, ())[:1]:
            answer = f"{call.method} {call.endpoint} was answered {call.status}"
            said.append(f"Last request: {answer}, {_when(call.at)} (request id {call.request_id}).")
        return tuple(said)


_UNUSED = "Its access token was never used."


def _when(at: datetime) -> str:
    return f"{at:%-d %B %Y, %H:%M} UTC"


# The partner: what it was told, what it asked


def _may_nudge(of: Around, now: datetime) -> bool:
    nudged = of.connection.nudged_at
    is_free = nudged is None or nudged <= now - waiting.NUDGE_EVERY
    return is_free and of.partner is not None and bool(of.partner.contact_email)


def _endpoints(session: Session, found: Sequence[Around]) -> Mapping[str, list[Endpoint]]:
    partner_ids = {each.partner.id for each in found if each.partner}
    return _grouped(
        session.exec(select(Endpoint).where(col(Endpoint.partner_id).in_(partner_ids))),
        lambda endpoint: endpoint.partner_id,
    )


def _endpoint(partner: Partner | None, endpoints: Mapping[str, list[Endpoint]]) -> str:
    """Return how the best of a partner's endpoints is; empty where it has none."""
    there = endpoints.get(partner.id, []) if partner and partner.notify_by_webhook else []
    enabled = [each for each in there if each.status == "enabled"]
    if any(each.failures < RUNS_IN_A_ROW for each in enabled):
        return "enabled"
    return "failing" if enabled else "disabled" if there else ""


def _messages(session: Session, found: Sequence[Around]) -> Mapping[str, list[Message]]:
    """Return the newest notifications about each request, the newest first."""
    asked = {each.connection.id: each.connection.requested_at for each in found if each.partner}
    return _latest(
        session,
        Message,
        list(asked),
        LATEST_MESSAGES,
        lambda id_: (col(Message.created_at) >= asked[id_], col(Message.status) != "canceled"),
    )


def _told(messages: Sequence[Message]) -> str:
    """Return how the newest notification ended, on the best of its ways."""
    newest = [each for each in messages if each.created_at == messages[0].created_at]
    outcomes = {_outcome(each) for each in newest}
    return next((each for each in _BEST if each in outcomes), "")


_BEST = ("delivered", "", "trying", "gave_up", "skipped")


def _outcome(message: Message) -> str:
    if message.status in ("waiting", "sending"):
        return "trying" if message.attempts else ""
    return message.status


def _calls(session: Session, ids: list[str], now: datetime) -> Mapping[str, list[ApiRequest]]:
    def recent(_: str) -> tuple[sa.ColumnElement[bool], ...]:
        return (col(ApiRequest.at) > now - RECENT,)

    return _latest(session, ApiRequest, ids, LATEST_CALLS, recent)


def _ended(calls: Sequence[ApiRequest]) -> str:
    """Return how the last requests ended, where all of them ended alike."""
    if not calls:
        return ""
    last = calls[:CALLS_IN_A_ROW]
    if len(last) == CALLS_IN_A_ROW and all(each.status >= 500 for each in last):
        return "failed"
    if len(calls) >= CALLS_IN_A_ROW and all(400 <= each.status < 500 for each in calls):
        return "refused"
    return "ok"


def _used(session: Session, ids: list[str]) -> dict[str, datetime]:
    """Return when a living token of each connection was last used."""
    found = session.exec(
        select(Token.connection_id, Token.last_used_at).where(
            col(Token.connection_id).in_(ids),
            Token.status != "revoked",
            col(Token.last_used_at).is_not(None),
        )
    )
    used: dict[str, datetime] = {}
    for connection_id, at in found:
        if at is not None:
            used[connection_id] = max(at, used.get(connection_id, at))
    return used


# The hotel: its credentials, its data, its values


def _account_errors(session: Session, found: Sequence[Around]) -> set[str]:
    """Return the authorizations that work, but could not be checked the last time."""
    used = {each.connection.authorization_id for each in found}
    failed = select(Authorization.id).where(
        col(Authorization.id).in_(used - {None}),
        Authorization.status == "working",
        Authorization.last_error != "",
    )
    return set(session.exec(failed)) if used - {None} else set()


class Flows:
    """What brings data into properties, and what of it is not as it should be."""

    def __init__(self, session: Session, property_ids: set[str]) -> None:
        self._sources = {
            each.id: each
            for each in session.exec(
                select(Source).where(col(Source.property_id).in_(property_ids))
            )
        }
        self._integrations = session.exec(
            select(Integration)
            .where(col(Integration.property_id).in_(property_ids), Integration.status != "draft")
            .order_by(col(Integration.name), col(Integration.id))
        ).all()
        paused = session.exec(
            select(Transfer).where(
                col(Transfer.property_id).in_(property_ids), Transfer.status == "paused"
            )
        )
        self._paused = {(each.source_id, each.type): each for each in paused}

    def things(self, connection: Connection, app: App) -> dict[str, tuple[Thing, ...]]:
        """Return what an app cannot live on, by the fields of `Facts`."""
        mine = self.feeding(connection, app)
        active = [each for each in mine if each.status == "active"]
        by_itself = [each for each in mine if each.disabled_by == "adjoin"]
        by_hand = [each for each in mine if each.disabled_by == "property"]
        broken = {each.source_id for each in mine if self._is_broken(each)}
        return {
            "broken_sources": tuple(_source(self._sources[each]) for each in sorted(broken)),
            "disabled_integrations": _integrations(by_itself),
            "paused_transfers": tuple(self._transfers(active, app)),
            "failing_integrations": _integrations(
                [each for each in active if each.failures >= RUNS_IN_A_ROW]
            ),
            "halted_integrations": _integrations(by_hand),
        }

    def feeding(self, connection: Connection, app: App) -> list[Integration]:
        """Return the integrations that bring in what an app works with, by name."""
        return [each for each in self._integrations if self._feeds(each, connection, app)]

    def _feeds(self, integration: Integration, connection: Connection, app: App) -> bool:
        """Whether an integration brings in what the app reads, or reads from the core app."""
        if integration.property_id != connection.property_id:
            return False
        if app.kind == "core":
            opens = self._sources[integration.source_id].authorization_id
            return opens is not None and opens == connection.authorization_id
        return any(READS[key] in app.permissions for key in integration.wanted if key in READS)

    def _is_broken(self, integration: Integration) -> bool:
        return self._sources[integration.source_id].status == "broken"

    def _transfers(self, active: Sequence[Integration], app: App) -> list[Thing]:
        return [
            Thing(
                f"{ALL[key].label} of {self._sources[each.source_id].name}",
                f"/sources/{each.source_id}/transfers/{self._paused[each.source_id, key].id}",
            )
            for each in active
            for key in each.wanted
            if (each.source_id, key) in self._paused
            and (app.kind == "core" or READS[key] in app.permissions)
        ]


def _source(source: Source) -> Thing:
    return Thing(source.name, f"/sources/{source.id}")


def _integrations(found: Sequence[Integration]) -> tuple[Thing, ...]:
    return tuple(Thing(each.name, f"/integrations/{each.id}") for each in found)


def _held(session: Session, ids: list[str]) -> dict[str, values.Held]:
    """Return what is mapped for each connection, and what of it is gone by now."""
    mapped = {
        each.connection_id: values.from_json(each.held)
        for each in session.exec(
            select(ValueMapping).where(col(ValueMapping.connection_id).in_(ids))
        )
    }
    together = {
        f"{id_} {key}": value for id_, held in mapped.items() for key, value in held.items()
    }
    as_now = value_suggestions.as_now(session, together) if together else {}
    return {id_: {key: as_now[f"{id_} {key}"] for key in held} for id_, held in mapped.items()}


# Cases


def _cases(session: Session, ids: list[str]) -> dict[str, OpenCase]:
    """Return the newest case of each connection that is not resolved."""
    found = session.exec(
        select(Case)
        .where(col(Case.connection_id).in_(ids), Case.status != "resolved")
        .order_by(col(Case.number))
    )
    return {
        each.connection_id: OpenCase(
            each.number, each.id, each.turn, each.route == "core" or each.escalated_at is not None
        )
        for each in found
    }


# Reading


def _grouped(rows: Any, key: Callable[[Any], str]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _latest(
    session: Session,
    table: Any,
    ids: list[str],
    most: int,
    conditions: Callable[[str], tuple[sa.ColumnElement[bool], ...]],
) -> dict[str, list[Any]]:
    """Return the newest rows of each connection, the newest first.

    One question with a part for each connection: each part takes the first rows of an index, where
    a window over all of them would read millions.
    """
    rows: list[Any] = []
    for start in range(0, len(ids), _AT_ONCE):
        parts = [
            sa.select(table.id)
            .where(table.connection_id == id_, *conditions(id_))
            .order_by(table.id.desc())
            .limit(most)
            .subquery()
            for id_ in ids[start : start + _AT_ONCE]
        ]
        newest = sa.union_all(*(sa.select(part.c.id) for part in parts))
        rows += session.exec(select(table).where(table.id.in_(newest)))
    rows.sort(key=lambda row: row.id, reverse=True)
    return _grouped(rows, lambda row: row.connection_id)
