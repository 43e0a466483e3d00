"""The parts of an evidence pack: what an engineer needs to know of a connection, read line by line.

Only what Adjoin itself has made goes in: moments, counts, states, ids, classes of error, and the
names of hotel, app and partner. What people or other systems have written (reasons, notes, answers,
sentences that quote a record, addresses) is left out, for nobody can tell what stands in there;
where it matters, its length is said.
"""

import re
from collections import Counter
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from domain import catalogue, connections, history, slots, value_suggestions, values
from domain.masking import MASK, plain_id
from domain.signs import Flows
from storage.api_requests import ApiRequest
from storage.apps import App
from storage.authorizations import Authorization
from storage.connections import Connection, Token
from storage.history import HistoryRow
from storage.integrations import Integration, Reject, Run, RunPart
from storage.messages import Attempt, Endpoint, Message
from storage.partners import Partner
from storage.properties import Property
from storage.sources import Source, Transfer
from storage.value_mappings import ValueMapping

Line = dict[str, Any]
HISTORY, DELIVERIES, ATTEMPTS, REQUESTS, RUNS, REJECTS = 200, 50, 10, 100, 5, 500


def connection(session: Session, of: Connection, app: App) -> Line:
    """Return where the connection stands, and between whom."""
    partner = session.get(Partner, of.partner_id or "")
    hotel = session.get_one(Property, of.property_id)
    return {
        "id": of.id,
        "number": connections.label(of.number),
        "status": of.status,
        "since": _at(of.since),
        "property": hotel.name,
        "property_id": hotel.id,
        "app": app.name,
        "app_kind": app.kind,
        "activation": "" if app.kind == "core" else app.activation,
        "partner": partner.name if partner else catalogue.PLATFORM,
        "requested_at": _at(of.requested_at),
        "resolved_at": _at(of.resolved_at),
        "disabled_by": of.disabled_by or "",
        "reason": _length(of.reason),
        "nudged_at": _at(of.nudged_at),
        "permissions": list(app.permissions),
    }


def tokens(session: Session, of: Connection) -> list[Line]:
    """Return what is known of the access tokens, the newest first; none of them opens anything."""
    found = session.exec(
        select(Token)
        .where(Token.connection_id == of.id)
        .order_by(col(Token.issued_at).desc(), col(Token.id).desc())
        .limit(RUNS)
    )
    moments = ("issued", "expires", "revoked", "delivered", "opened", "first_used", "last_used")
    return [
        {"token": each.masked, "status": each.status}
        | {f"{name}_at": _at(getattr(each, f"{name}_at")) for name in moments}
        for each in found
    ]


def endpoints(session: Session, of: Connection) -> list[Line]:
    """Return the partner's endpoints by their hosts: an address may hold a secret."""
    found = session.exec(
        select(Endpoint).where(Endpoint.partner_id == of.partner_id).order_by(col(Endpoint.id))
    )
    return [
        {
            "id": each.id,
            "host": _host(each.url),
            "status": each.status,
            "disabled_by": each.disabled_by or "",
            "disabled_at": _at(each.disabled_at),
            "failing_since": _at(each.failing_since),
            "failures": each.failures,
        }
        for each in found
    ]


def deliveries(session: Session, of: Connection) -> list[Line]:
    """Return the last notifications with their attempts, the newest first, without what they
    carried and what was answered."""
    found = session.exec(
        select(Message)
        .where(Message.connection_id == of.id)
        .order_by(col(Message.id).desc())
        .limit(DELIVERIES)
    ).all()
    tries: dict[str, list[Line]] = {each.id: [] for each in found}
    for attempt in session.exec(
        select(Attempt)
        .where(col(Attempt.message_id).in_(list(tries)))
        .order_by(col(Attempt.started_at).desc(), col(Attempt.id).desc())
    ):
        tries[attempt.message_id].append(_attempt(attempt))
    return [
        {
            "id": each.id,
            "event": each.event,
            "channel": each.channel,
            "endpoint_id": each.endpoint_id or "",
            "status": each.status,
            "created_at": _at(each.created_at),
            "finished_at": _at(each.finished_at),
            "next_attempt_at": _at(each.next_attempt_at),
            "attempts": tries[each.id][:ATTEMPTS],
        }
        for each in found
    ]


def requests(session: Session, of: Connection) -> list[Line]:
    """Return the last requests of the partner's programs about it, the newest first."""
    found = session.exec(
        select(ApiRequest)
        .where(ApiRequest.connection_id == of.id)
        .order_by(col(ApiRequest.id).desc())
        .limit(REQUESTS)
    )
    return [
        {
            "at": _at(each.at),
            "request_id": plain_id(each.request_id),
            "method": plain_id(each.method),
            "endpoint": _template(each.endpoint),
            "status": each.status,
            "code": plain_id(each.code),
            "duration_ms": each.duration_ms,
        }
        for each in found
    ]


def mapping(session: Session, of: Connection, app: App) -> Line:
    """Return which version of the value mapping holds, and how each value is decided."""
    kept = session.get(ValueMapping, of.id)
    declared = slots.of(app.slots)
    held = values.of_slots(
        value_suggestions.as_now(session, values.from_json(kept.held if kept else {})), declared
    )
    return {
        "version": kept.version if kept else 0,
        "how_far": values.how_far(held, declared).words,
        "values": [
            {
                "key": slot.key,
                "type": slot.type,
                "required": slot.required,
                "choice": held[slot.key].choice,
                "external_id": plain_id(record.external_id) if record else "",
                "gone": held[slot.key].gone,
                "is_proposed": held[slot.key].proposed is not None,
            }
            for slot in declared
            for record in (held[slot.key].record,)
        ],
    }


def story(session: Session, of: Connection) -> list[Line]:
    """Return the last lines of the history, the newest first, without what people wrote."""
    found = session.exec(
        select(HistoryRow)
        .where(HistoryRow.connection_id == of.id)
        .order_by(col(HistoryRow.at).desc(), col(HistoryRow.id).desc())
        .limit(HISTORY)
    )
    return [
        {
            "at": _at(each.at),
            "event": each.event,
            "what": history.WORDS.get(each.event, each.event),
            "side": each.side,
            "before": _state(each.before),
            "after": _state(each.after),
            "note": _length(each.note),
        }
        for each in found
    ]


def authorizations(session: Session, of: Connection, flows: Flows, app: App) -> list[Line]:
    """Return the credentials behind it by their states, never by what they are."""
    sources = _sources(session, flows, of, app)
    ids = {of.authorization_id, *(each.authorization_id for each in sources)} - {None}
    found = session.exec(
        select(Authorization).where(col(Authorization.id).in_(ids)).order_by(col(Authorization.id))
    )
    return [
        {
            "id": each.id,
            "kind": each.kind,
            "method": each.method,
            "host": _host(each.address),
            "status": each.status,
            "since": _at(each.since),
            "checked_at": _at(each.checked_at),
            "last_check": "failed" if each.last_error else "went well",
            "last_used_at": _at(each.last_used_at),
            "expires_at": _at(each.expires_at),
            "refreshed_at": _at(each.refreshed_at),
        }
        for each in found
    ]


def integrations(session: Session, of: Connection, flows: Flows, app: App) -> list[Line]:
    """Return what brings in the app's data: each with its source, its transfers and last runs."""
    sources = {each.id: each for each in _sources(session, flows, of, app)}
    transfers = session.exec(
        select(Transfer)
        .where(col(Transfer.source_id).in_(list(sources)))
        .order_by(col(Transfer.id))
    ).all()
    return [
        {
            "id": each.id,
            "status": each.status,
            "since": _at(each.since),
            "disabled_by": each.disabled_by or "",
            "disabled_for": each.disabled_for,
            "failures_in_a_row": each.failures,
            "last_success_at": _at(each.last_success_at),
            "source": _source(sources[each.source_id]),
            "transfers": [
                _transfer(transfer)
                for transfer in transfers
                if transfer.source_id == each.source_id and transfer.type in each.wanted
            ],
            "runs": _runs(session, each),
        }
        for each in flows.feeding(of, app)
    ]


# Details


def _at(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _length(words: str) -> str:
    """Say that somebody wrote something, not what."""
    return f"left out, {len(words)} characters" if words else ""


def _state(word: str) -> str:
    """Return a state by its name, and anything else by its length."""
    return word if _STATE.fullmatch(word) else _length(word)


_STATE = re.compile(r"[a-z_]{1,40}")


def _host(address: str) -> str:
    """Return the host of an address: the rest of it may hold a password or a key."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _template(endpoint: str) -> str:
    """Return an endpoint as in the description of the API, whose paths hold no ids."""
    return endpoint if _ENDPOINT.fullmatch(endpoint) or not endpoint else MASK


_ENDPOINT = re.compile(r"/v1(/[a-z_-]+|/\{[a-z_]+\})*")


def _attempt(attempt: Attempt) -> Line:
    return {
        "at": _at(attempt.started_at),
        "number": attempt.number,
        "trigger": attempt.trigger,
        "ok": attempt.ok,
        "code": attempt.code,
        "error": attempt.error or "",
        "duration_ms": attempt.duration_ms,
        "answer": _length(attempt.response),
    }


def _sources(session: Session, flows: Flows, of: Connection, app: App) -> list[Source]:
    ids = {each.source_id for each in flows.feeding(of, app)}
    return list(
        session.exec(select(Source).where(col(Source.id).in_(ids)).order_by(col(Source.id)))
    )


def _source(source: Source) -> Line:
    return {
        "id": source.id,
        "kind": source.kind,
        "status": source.status,
        "since": _at(source.since),
        "called_at": _at(source.called_at),
    }


def _transfer(transfer: Transfer) -> Line:
    return {
        "id": transfer.id,
        "type": transfer.type,
        "status": transfer.status,
        "since": _at(transfer.since),
        "mapping_version": transfer.version,
        "source_has_changed": bool(transfer.drift),
    }


def _runs(session: Session, integration: Integration) -> list[Line]:
    found = session.exec(
        select(Run)
        .where(Run.integration_id == integration.id, col(Run.is_dry).is_(False))
        .order_by(col(Run.queued_at).desc(), col(Run.id).desc())
        .limit(RUNS)
    ).all()
    parts = session.exec(
        select(RunPart)
        .where(col(RunPart.run_id).in_([each.id for each in found]))
        .order_by(col(RunPart.id))
    ).all()
    return [
        {
            "id": each.id,
            "status": each.status,
            "trigger": each.trigger,
            "queued_at": _at(each.queued_at),
            "ended_at": _at(each.ended_at),
            "error": each.error or "",
            "owner": each.owner or "",
            "request_id": plain_id(each.request_id or ""),
            "parts": [_part(part) for part in parts if part.run_id == each.id],
            "rejected_for": _rejected(session, each),
        }
        for each in found
    ]


_COUNTS = (
    "read",
    "created",
    "updated",
    "unchanged",
    "rejected",
    "not_subscribed",
    "deleted",
    "pages",
)


def _part(part: RunPart) -> Line:
    return {
        "type": part.type,
        "mapping_version": part.mapping_version,
        **{name: getattr(part, name) for name in _COUNTS},
        "is_complete": part.is_complete,
        "error": part.error or "",
    }


def _rejected(session: Session, run: Run) -> dict[str, int]:
    """Count the fields for which records were left out."""
    found = session.exec(
        select(Reject.type, Reject.reasons).where(Reject.run_id == run.id).limit(REJECTS)
    )
    counted = Counter(
        f"{type_key}.{plain_id(str(reason.get('target', '')))}"
        for type_key, reasons in found
        for reason in reasons
    )
    return dict(sorted(counted.items()))
