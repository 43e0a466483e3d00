"""Reading the audit log: its filters, its pages, its files, and who may."""

import csv
import io
from datetime import timedelta

import orjson
import pytest

from domain import audit, audit_files, history, kinds, seals, tampering
from domain.actors import Standing
from domain.audit import Wanted
from storage import database
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused
from tests.domain.test_audit import tamper, write


@pytest.fixture
def busy(world: World) -> World:
    """A platform on which some things have happened."""
    world.connect_active()
    world.connect("freeguides", now=world.after(hours=1))
    write(3, world.after(days=2))
    return world


def events(world: World, **wanted: object) -> list[str]:
    return [row.event for row in audit.search(world.olga, Wanted(**wanted)).rows]  # type: ignore[arg-type]


def test_everything_is_there_the_newest_first(busy: World) -> None:
    assert events(busy) == [
        *["test.done"] * 3,
        "connection.requested",
        "connection.activated",
        "connection.requested",
    ]
    row = audit.search(busy.olga, Wanted()).rows[3]
    assert (row.text, row.who, row.property, row.partner, row.app, row.kind) == (
        "Connect was pressed",
        "Maya",
        "Harbour Hotel",
        "FreeGuides",
        "FreeGuides",
        "state",
    )


def test_filters_narrow_it_down(busy: World) -> None:
    first = audit.search(busy.olga, Wanted(event="connection.activated")).rows[0]
    apps = {name: id for id, name in audit.choices(busy.olga).apps.items()}
    connection = builders.connection(first.connection_id or "")
    asked, both = "connection.requested", ["connection.activated", "connection.requested"]
    assert events(busy, event="state") == ["connection.requested", *both]
    assert events(busy, event="runs") == []
    assert events(busy, event=asked, since=busy.after(minutes=30)) == [asked]
    assert events(busy, until=busy.after(minutes=30)) == both
    assert events(busy, person="DEE@") == ["connection.activated"]
    assert events(busy, person="dee") == ["connection.activated"]
    assert events(busy, person="%") == []
    assert events(busy, side="partner") == ["connection.activated"]
    assert events(busy, property_id=busy.lodge) == []
    assert events(busy, partner_id=busy.freeguides) == [asked]
    assert events(busy, app_id=apps["D3x"]) == both
    assert events(busy, connection=connection.id) == both
    assert events(busy, connection=f"c-{connection.number}") == both
    assert events(busy, connection=str(connection.number)) == both
    assert events(busy, connection="9" * 30) == []


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_event_is_found_under_its_kind_and_no_other(world: World, kind: str) -> None:
    with database.transaction() as session:
        for event in history.WORDS:
            history.record(session, event, Standing("Maya"), "property", world.now)
    found = audit.search(world.olga, Wanted(event=kind), limit=500).rows
    assert {row.event for row in found} == {
        each for each in history.WORDS if kinds.of(each) == kind
    }


def test_pages_go_on_where_the_last_one_ended_also_when_rows_come_meanwhile(world: World) -> None:
    write(7, world.now)
    first = audit.search(world.olga, Wanted(), limit=3)
    write(2, world.after(minutes=1))
    second = audit.search(world.olga, Wanted(), after=first.older, limit=3)
    third = audit.search(world.olga, Wanted(), after=second.older, limit=3)
    assert [row.note for page in (first, second, third) for row in page.rows] == [
        f"no. {number}" for number in reversed(range(7))
    ]
    assert third.older == ""
    assert refused(audit.search, world.olga, Wanted(), after="his_none").code == "invalid"


def test_a_row_says_how_it_stands_in_the_chain(busy: World) -> None:
    row = audit.search(busy.olga, Wanted()).rows[-1]
    assert audit.read(busy.olga, row.id).state == "waiting"
    assert audit.end(busy.olga).waiting == 6
    seals.seal(now=busy.now)
    found = audit.read(busy.olga, row.id)
    assert (found.state, found.number, found.email) == ("sealed", 1, "maya@harbour.example")
    end = audit.end(busy.olga)
    assert (end.number, end.waiting, end.digest) == (6, 0, audit.check(busy.olga).digest)
    tamper(f"UPDATE history SET who = 'Eve' WHERE id = '{row.id}'")
    assert audit.read(busy.olga, row.id).state == "broken"
    assert not audit.check(busy.olga).holds


def test_a_seal_that_was_changed_breaks_its_row_and_the_next(busy: World) -> None:
    rows = audit.search(busy.olga, Wanted()).rows[::-1]
    seals.seal()
    tamper("UPDATE seals SET digest = 'x' WHERE number = 2")
    states = [audit.read(busy.olga, row.id).state for row in rows]
    assert states == ["sealed", "broken", "broken", "sealed", "sealed", "sealed"]
    tamper("DELETE FROM seals WHERE number = 4")
    states = [audit.read(busy.olga, row.id).state for row in rows]
    assert states == ["sealed", "broken", "broken", "waiting", "broken", "sealed"]


def test_a_file_has_every_row_and_that_it_was_taken_is_a_row(
    busy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_files, "_AT_ONCE", 2)
    pieces = list(audit_files.export(busy.olga, Wanted(event="state"), "csv", now=busy.now))
    assert len(pieces) == 3
    text = b"".join(pieces).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["event"] for row in rows] == events(busy, event="state")
    assert rows[0]["property"] == "Harbour Hotel"
    told = audit.search(busy.olga, Wanted(event="audit")).rows[0]
    assert (told.event, told.who, told.note) == ("audit.exported", "Olga", "csv: event state")


def test_json_lines_are_one_object_a_row(busy: World) -> None:
    content = b"".join(audit_files.export(busy.olga, Wanted(person="Maya"), "jsonl", now=busy.now))
    found = [orjson.loads(line) for line in content.splitlines()]
    assert {row["who"] for row in found} == {"Maya"}
    assert found[-1]["at"] == busy.now.isoformat(timespec="milliseconds")


def test_no_cell_of_a_file_is_a_formula(world: World) -> None:
    write(1, world.now, before="=1+1", after="@x", subject_id="-2")
    content = b"".join(audit_files.export(world.olga, Wanted(event="test.done"), "csv")).decode()
    assert "'=1+1" in content
    assert "'@x" in content
    assert "'-2" in content


def test_whoever_leaves_while_a_file_is_written_gets_no_more(
    busy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain import sign_ins

    monkeypatch.setattr(audit_files, "_AT_ONCE", 2)
    pieces = audit_files.export(busy.olga, Wanted(), "jsonl")
    next(pieces)
    sign_ins.sign_out(busy.olga)
    assert refused(list, pieces).code == "signed_out"


@pytest.mark.parametrize("name", ["maya", "noah", "charlie", "dee", "finn"])
def test_nobody_but_operators_reads_it(busy: World, name: str) -> None:
    actor = getattr(busy, name)
    row = audit.search(busy.olga, Wanted()).rows[0]
    before = builders.snapshot()
    for call in (
        lambda: audit.search(actor, Wanted()),
        lambda: audit.read(actor, row.id),
        lambda: audit.end(actor),
        lambda: audit.check(actor),
        lambda: audit.choices(actor),
        lambda: audit_files.export(actor, Wanted(), "csv"),
    ):
        assert refused(call).code == "not_found"
    assert builders.snapshot() == before


def test_a_kind_of_file_that_there_is_not_is_not_found(world: World) -> None:
    assert refused(audit_files.export, world.olga, Wanted(), "exe").code == "not_found"
    assert refused(audit.read, world.olga, "his_none").code == "not_found"


def test_a_check_finds_what_the_command_finds(busy: World) -> None:
    seals.seal()
    tamper("UPDATE history SET who = 'Eve' WHERE note = 'no. 1'")
    now = busy.now + timedelta(minutes=1)
    assert audit.check(busy.olga, now=now).findings == tampering.check(now=now).findings != []
