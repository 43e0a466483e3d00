"""Evidence: what the platform's engineers need to know of a connection, attached to its case.

A pack is made when a case is escalated, or opened about a core app; it is masked before it is
kept, and never changed. The hotel and the partner read their parts of it at once, operators once
the hotel has agreed, which it does by opening a case with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlmodel import Session, col, select

from domain import case_sides, evidence_parts, moments
from domain.actors import Actor, Standing, standing
from domain.masking import without_secrets
from domain.refusals import Refusal, not_found
from domain.signs import Flows
from storage import database
from storage.apps import App
from storage.cases import Case, Pack
from storage.connections import Connection

LARGEST = 200_000  # bytes of a pack as JSON
LONGEST = 300  # characters of one text in it
# What one side need not know of the other.
_NOT_FOR = {
    "property": ("endpoints",),
    "viewer": ("endpoints",),
    "partner": ("authorizations", "integrations"),
}
LEFT_OUT = (
    "Access tokens are masked; credentials, signing secrets and addresses are not in here.",
    "What people and other systems wrote is left out: reasons, notes, answers, records of guests.",
)


@dataclass(frozen=True)
class Row:
    """A pack of a case. who: by whose report or escalation it was made."""

    id: str
    at: datetime
    who: str


@dataclass(frozen=True)
class Page:
    """A pack as its reader may see it; content: by the names of its parts, JSON all through."""

    row: Row
    case_id: str
    number: int
    content: Mapping[str, Any]


def attach(
    session: Session, case: Case, connection: Connection, who: Standing, now: datetime
) -> str:
    """Make a pack of what is known now, in the transaction of its case; return its id."""
    pack = Pack(
        case_id=case.id,
        at=now,
        made_by=who.person_id,
        who=who.who,
        content=gather(session, connection, now),
    )
    session.add(pack)
    session.flush()
    return pack.id


def gather(session: Session, connection: Connection, now: datetime) -> dict[str, Any]:
    """Return everything about a connection that may leave the hotel; see `evidence_parts`."""
    app = session.get_one(App, connection.app_id)
    flows = Flows(session, {connection.property_id})
    content: dict[str, Any] = {
        "made_at": now.isoformat(timespec="seconds"),
        "left_out": list(LEFT_OUT),
        "connection": evidence_parts.connection(session, connection, app),
        "tokens": evidence_parts.tokens(session, connection),
        "requests": evidence_parts.requests(session, connection),
        "deliveries": evidence_parts.deliveries(session, connection),
        "endpoints": evidence_parts.endpoints(session, connection),
        "mapping": evidence_parts.mapping(session, connection, app),
        "authorizations": evidence_parts.authorizations(session, connection, flows, app),
        "integrations": evidence_parts.integrations(session, connection, flows, app),
        "history": evidence_parts.story(session, connection),
    }
    return bounded(_clean(content))


def of_case(actor: Actor, case_id: str, *, now: datetime | None = None) -> tuple[Row, ...]:
    """Return the packs of a case, the newest first; refuses `not_found` to strangers."""
    with database.reading() as session:
        case_sides.found_for(session, standing(session, actor, now or moments.now()), case_id)
        found = session.exec(
            select(Pack).where(Pack.case_id == case_id).order_by(col(Pack.at).desc())
        )
        return tuple(_row(each) for each in found)


def read(actor: Actor, pack_id: str, *, now: datetime | None = None) -> Page:
    """Return a pack; refuses `not_found` to strangers, and `not_agreed` to operators until the
    hotel has agreed."""
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        pack = session.get(Pack, pack_id)
        if pack is None:
            raise not_found("This evidence")
        held = case_sides.found_for(session, who, pack.case_id, what="This evidence")
        if held.side == "platform" and held.case.agreed_at is None:
            raise _not_agreed(held.hotel.name)
        hidden = _NOT_FOR.get(held.side, ())
        shown = {key: part for key, part in pack.content.items() if key not in hidden}
        return Page(_row(pack), held.case.id, held.case.number, shown)


def as_json(page: Page) -> bytes:
    """Return a pack as a file for programs."""
    about = {"case": page.number, "pack": page.row.id}
    return orjson.dumps(about | dict(page.content), option=orjson.OPT_INDENT_2)


def bounded(content: dict[str, Any]) -> dict[str, Any]:
    """Return a pack that is not larger than `LARGEST`: of the longest list the older half goes,
    until it fits. What was cut is said."""
    cut: dict[str, int] = {}
    while len(orjson.dumps(content)) > LARGEST:
        lists = {key: part for key, part in content.items() if isinstance(part, list) and part}
        longest = max(lists, key=lambda key: len(orjson.dumps(lists[key])))
        kept = lists[longest][: len(lists[longest]) // 2]
        cut[longest] = cut.get(longest, 0) + len(lists[longest]) - len(kept)
        content = content | {longest: kept, "cut": dict(cut)}
    return content


def _clean(value: Any) -> Any:
    """Return a pack with the last net drawn through every text of it."""
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return without_secrets(value)[:LONGEST] if isinstance(value, str) else value


def _row(pack: Pack) -> Row:
    return Row(pack.id, pack.at, pack.who)


def _not_agreed(hotel: str) -> Refusal:
    sentence = f"{hotel} has not agreed yet that the platform reads this. A manager there can."
    return Refusal("not_agreed", sentence, "property")
