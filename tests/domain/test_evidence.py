"""Evidence packs: what is in them, who reads which part, and that nothing leaks into them.

Secrets and a guest are planted in every column from which evidence is drawn, also in those that are
added to the tables later: only what `OURS` lists is taken for our own words.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from domain import evidence, evidence_pages, evidence_parts, history
from domain.actors import standing
from domain.evidence import Page
from storage import database, encryption
from storage.cases import Case
from storage.connections import Connection
from storage.tables import metadata
from tests import builders, flows, harvest, pantry
from tests.builders import World
from tests.domain.refusing import refused
from tests.domain.test_support import asked, reported, set_
from tests.harvest import HotelSystem

PLANTED = {
    "a partner key": "adp_" + "k" * 43,
    "a signing secret": "whsec_" + "c2VjcmV0" * 4,
    "another token": "adj_" + "BAD0" * 10,
    "a bearer token": "Bearer abcdefghijklmnop0123",
    "a password": "hunter22",
    "a secret in a path": "sEcReTpAtH",
    "a secret in a query": "qUeRyKeY",
    "a guest": "Quimby",
    "a guest’s mail": "beatrix@mail.example",
    "a guest’s telephone": "+41 79 555 01 23",
}
ADDRESS = "https://user:hunter22@hooks.d3x.example/sEcReTpAtH?key=qUeRyKeY"
WORDS = " ".join(("Beatrix", *PLANTED.values(), ADDRESS, "password=hunter22"))


# Columns that only our own code fills, with one of a few words. All other texts are poisoned.
def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


OURS = _listed("""
    connections.status connections.disabled_by endpoints.status endpoints.disabled_by
    messages.event messages.channel messages.status attempts.trigger attempts.error
    authorizations.kind authorizations.method authorizations.status sources.kind sources.status
    transfers.type transfers.status integrations.status integrations.disabled_by
    integrations.disabled_for runs.status runs.trigger runs.error runs.owner run_parts.type
    run_parts.error rejects.type rejects.became
""")
TABLES = _listed("""
    connections endpoints messages attempts api_requests authorizations sources transfers
    integrations runs run_parts rejects
""")
ENCRYPTED = _listed("""
    messages.body rejects.raw authorizations.ciphertext endpoints.secret endpoints.previous_secret
    sources.hook run_parts.preview
""")
SHAPED: dict[str, Any] = {
    "connections.answers": {WORDS: WORDS},
    "endpoints.events": [WORDS],
    "endpoints.property_ids": [],
    "authorizations.settings": {WORDS: WORDS},
    "sources.settings": {WORDS: WORDS},
    "transfers.rows": [{"target": WORDS, "how": "constant", "value": WORDS}],
    "transfers.known_fields": [{"path": WORDS}],
    "transfers.drift": {"missing": [{"path": WORDS}]},
    "rejects.reasons": [{"target": "guest_name", "value": WORDS, "sentence": WORDS}],
}


@pytest.fixture
def poisoned(world: World, system: HotelSystem) -> str:
    """An active connection of D3x of which there is everything, with poison in all of it."""
    kitchen = pantry.stock(world)
    set_(metadata.tables["apps"], permissions=["reservations:read", "products:read"])
    for message in builders.messages_of(kitchen.connection):
        builders.attempt(message.id, now=world.now, code=500)
    asked(world, kitchen.connection, 500, 200)
    source_id = harvest.source(world)
    harvest.active(world, source_id)
    system.records["reservations"][0]["Start"] = "some day"
    flows.active(world, source_id)
    _map_poison(kitchen)
    with database.transaction() as session:
        for name in TABLES:
            _poison(session, name)
        _tell_poison(session, world, kitchen.connection)
    return kitchen.connection


def _poison(session: Session, name: str) -> None:
    table = metadata.tables[name]
    values: dict[str, Any] = {}
    for column in table.columns:
        place = f"{name}.{column.name}"
        if place in SHAPED:
            values[column.name] = SHAPED[place]
        elif place in ENCRYPTED:
            values[column.name] = encryption.encrypt(WORDS)
        elif _is_free_text(column) and place not in OURS:
            poison = ADDRESS if column.name in ("url", "address") else WORDS
            is_told_apart = column.name in ("name", "mark")  # by an index of the table
            values[column.name] = column + poison if is_told_apart else poison
    session.execute(sa.update(table).values(values))


def _is_free_text(column: sa.Column[Any]) -> bool:
    is_key = column.primary_key or column.foreign_keys or column.unique
    names_a_row = column.name.endswith(("_id", "_by", "_hash")) and column.name != "request_id"
    is_text = isinstance(getattr(column.type, "impl", column.type), sa.String)
    return is_text and not (is_key or names_a_row)


def _map_poison(kitchen: pantry.Pantry) -> None:
    record = {
        "type": "products",
        "source_id": kitchen.source,
        "external_id": WORDS,
        "name": WORDS,
        "code": WORDS,
    }
    held = {"breakfast": {"choice": "record", "record": record, "gone": "removed"}}
    row = {
        "connection_id": kitchen.connection,
        "property_id": kitchen.world.hotel,
        "version": 3,
        "held": held,
    }
    with database.transaction() as session:
        session.execute(sa.insert(metadata.tables["value_mappings"]).values(row))


def _tell_poison(session: Session, world: World, connection_id: str) -> None:
    connection = session.get_one(Connection, connection_id)
    who = standing(session, world.maya, world.now)
    for event in history.WORDS:
        history.record(
            session,
            event,
            who,
            "property",
            world.now,
            connection=connection,
            before=WORDS,
            after=WORDS,
            note=WORDS,
        )


def attached(world: World, connection_id: str) -> str:
    """Escalate, as far as evidence is concerned; return the pack's id."""
    case_id = reported(world, connection_id, "platform", status="escalated", escalated_at=world.now)
    with database.transaction() as session:
        return evidence.attach(
            session,
            session.get_one(Case, case_id),
            session.get_one(Connection, connection_id),
            standing(session, world.dee, world.now),
            world.now,
        )


def agree(world: World) -> None:
    set_(Case, agreed_at=world.now)


def found_in(text: str) -> set[str]:
    """Return what was planted and stands in a text, however it is written there."""
    readings = (text, html.unescape(text), text.encode().decode("unicode_escape", "replace"))
    return {what for what, secret in PLANTED.items() if any(secret in each for each in readings)}


def unmasked() -> Iterator[tuple[str, str]]:
    """Every text that evidence is drawn from, as it is stored, in clear: by its table."""
    for name in (*TABLES, "value_mappings", "history"):
        with database.reading() as session:
            for row in session.execute(sa.select(metadata.tables[name])):
                yield name, " ".join(_in_clear(value) for value in row)


def _in_clear(value: Any) -> str:
    try:
        return encryption.decrypt(value)
    except Exception:
        return value if isinstance(value, str) else json.dumps(value, default=str)


def test_whatever_is_planted_is_found_where_evidence_is_drawn_from(poisoned: str) -> None:
    found: dict[str, set[str]] = {}
    for table, text in unmasked():
        found[table] = found.get(table, set()) | found_in(text)
    assert found == {name: set(PLANTED) for name in (*TABLES, "value_mappings", "history")}


def test_nothing_that_is_planted_gets_into_a_pack(world: World, poisoned: str) -> None:
    pack_id = attached(world, poisoned)
    agree(world)
    tokens = {builders.token_of(poisoned)}
    for reader in (world.maya, world.noah, world.dee, world.olga):
        page = evidence.read(reader, pack_id, now=world.now)
        for text in (evidence.as_json(page).decode(), evidence_pages.as_html(page)):
            assert found_in(text) == set()
            assert "Beatrix" not in text
            assert not any(token in text for token in tokens)
            assert len(text) > 5_000


def test_what_is_kept_is_as_clean_as_what_is_read(world: World, poisoned: str) -> None:
    attached(world, poisoned)
    with database.reading() as session:
        (row,) = session.execute(sa.select(metadata.tables["packs"]))
    assert found_in(json.dumps(list(row), default=str)) == set()


def read(world: World, connection_id: str) -> Page:
    pack_id = attached(world, connection_id)
    agree(world)
    return evidence.read(world.olga, pack_id, now=world.now)


def test_an_engineer_reads_what_is_needed(world: World, poisoned: str) -> None:
    content = read(world, poisoned).content
    assert content["connection"]["property"] == "Harbour Hotel"
    assert content["connection"]["reason"] == f"left out, {len(WORDS)} characters"
    (token,) = content["tokens"]
    clear = builders.token_of(poisoned)
    assert token["token"] == f"{clear[4:8]}…{clear[-4:]}"
    assert {delivery["event"] for delivery in content["deliveries"]} == {
        "connection.requested",
        "connection.activated",
    }
    tried = content["deliveries"][-1]["attempts"][0]
    assert (tried["code"], tried["error"]) == (500, "http_5xx")
    assert content["endpoints"][0]["host"] == "hooks.d3x.example"
    assert content["mapping"]["version"] == 3
    assert content["mapping"]["values"][1] == {
        "key": "breakfast",
        "type": "products",
        "required": True,
        "choice": "record",
        "external_id": "•••",
        "gone": "removed",
        "is_proposed": False,
    }
    (integration,) = content["integrations"]
    assert integration["source"]["kind"] == "mews"
    assert integration["runs"][0]["parts"][0]["rejected"] == 1
    assert integration["runs"][0]["rejected_for"] == {"reservations.guest_name": 1}
    assert content["authorizations"][0]["status"] == "working"
    assert content["authorizations"][0]["last_check"] == "failed"


def test_requests_carry_their_ids(world: World) -> None:
    connection_id = world.connect_active()
    asked(world, connection_id, 500, 200)
    requests = read(world, connection_id).content["requests"]
    assert [(each["request_id"], each["status"]) for each in requests] == [("r1", 200), ("r0", 500)]


def test_a_token_as_a_request_id_is_masked(world: World) -> None:
    connection_id = world.connect_active()
    asked(world, connection_id, 200)
    set_(metadata.tables["api_requests"], request_id=builders.token_of(connection_id))
    (request,) = read(world, connection_id).content["requests"]
    assert request["request_id"] == "•••"


# Who reads it


def test_operators_wait_until_the_hotel_has_agreed(world: World) -> None:
    pack_id = attached(world, world.connect_active())
    refusal = refused(evidence.read, world.olga, pack_id)
    assert (refusal.code, refusal.owner) == ("not_agreed", "property")
    agree(world)
    assert evidence.read(world.olga, pack_id).number == 1001


def test_each_side_reads_its_own_part(world: World, poisoned: str) -> None:
    pack_id = attached(world, poisoned)
    for hotel in (world.maya, world.noah):
        content = evidence.read(hotel, pack_id).content
        assert "endpoints" not in content
        assert {"integrations", "authorizations"} <= set(content)
    theirs = evidence.read(world.dee, pack_id).content
    assert "endpoints" in theirs
    assert not {"integrations", "authorizations"} & set(theirs)


def test_strangers_find_no_evidence(world: World) -> None:
    pack_id = attached(world, world.connect_active())
    (case_id,) = {each.id for each in _cases()}
    for stranger in (world.charlie, world.finn):
        assert refused(evidence.read, stranger, pack_id).code == "not_found"
        assert refused(evidence.of_case, stranger, case_id).code == "not_found"
    assert refused(evidence.read, world.maya, "pck_none").code == "not_found"
    (row,) = evidence.of_case(world.maya, case_id)
    assert (row.id, row.who) == (pack_id, "Dee")


def _cases() -> list[Case]:
    with database.reading() as session:
        return list(session.execute(sa.select(Case)).scalars())


# How large it gets


def test_a_pack_is_bounded_and_says_what_was_cut(world: World) -> None:
    connection_id = world.connect_active()
    content = {"made_at": "", "history": [{"event": "x" * 250}] * 3_000, "requests": [{"at": ""}]}
    kept = evidence.bounded(content)
    assert len(json.dumps(kept)) <= evidence.LARGEST
    assert kept["cut"] == {"history": 3_000 - len(kept["history"])}
    assert kept["requests"] == content["requests"]
    with database.transaction() as session:
        connection = session.get_one(Connection, connection_id)
        who = standing(session, world.maya, world.now)
        for _ in range(evidence_parts.HISTORY + 50):
            history.record(
                session, "token.revealed", who, "property", world.now, connection=connection
            )
    assert len(read(world, connection_id).content["history"]) == evidence_parts.HISTORY


# As a page


def test_the_page_runs_nothing_and_escapes_every_text(world: World) -> None:
    connection_id = world.connect_active()
    strange = "<script>alert(1)</script>“&{{ 7*7 }}"
    set_(metadata.tables["properties"], name=strange)
    shown = evidence_pages.as_html(read(world, connection_id))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;“&amp;{{ 7*7 }}" in shown
    assert not re.search(r"<(script|iframe|img|link|object|form|a)\b|\son\w+=|javascript:", shown)
    assert "sandbox" in evidence_pages.POLICY
    assert "script" not in evidence_pages.POLICY


def test_the_page_says_everything_that_the_file_says(world: World, poisoned: str) -> None:
    page = read(world, poisoned)
    shown = html.unescape(evidence_pages.as_html(page))
    for name in ("deliveries", "requests", "endpoints", "authorizations", "tokens", "history"):
        for line in page.content[name]:
            for value in line.values():
                is_plain = value not in ("", None) and not isinstance(value, list | bool)
                assert not is_plain or _spelt(value) in shown, (name, value)
    assert "rejected for" in shown.lower()


def _spelt(value: Any) -> str:
    """Return how the page writes a value; moments are written for people there."""
    text = str(value)
    return "UTC" if re.match(r"\d{4}-\d\d-\d\dT", text) else text
