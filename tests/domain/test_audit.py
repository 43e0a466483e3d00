"""The audit log: whatever somebody does to it behind Adjoin's back is found out."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from domain import history, seals, tampering
from domain.actors import Standing
from domain.refusals import Refusal
from domain.tampering import Kept, Verdict
from storage import audit, database, encryption, ids
from storage.audit import Seal
from storage.history import HistoryRow
from tests import databases
from tests.builders import World
from tests.conftest import SECRET_KEY

MAYA = Standing("Maya")


def write(number: int, now: datetime, **more: str) -> None:
    """Write some rows of the history, as verbs do."""
    for each in range(number):
        with database.transaction() as session:
            history.record(session, "test.done", MAYA, "property", now, note=f"no. {each}", **more)


def rows() -> list[str]:
    """Return the ids of all rows in the order in which they were sealed, then of the others."""
    with database.reading() as session:
        order = sa.func.coalesce(col(Seal.number), 10**6), col(HistoryRow.id)
        joined = select(HistoryRow.id).outerjoin(Seal, col(Seal.history_id) == HistoryRow.id)
        return list(session.exec(joined.order_by(*order)))


def tamper(*statements: str) -> None:
    """Do what only somebody can who owns the tables: past the triggers."""
    with database.transaction() as session:
        connection = session.connection()
        with databases.unguarded(connection):
            for statement in statements:
                connection.exec_driver_sql(statement)


def end() -> Kept:
    with database.reading() as session:
        last = audit.last(session)
        assert last is not None
        return Kept(last.number, last.digest)


def finding(verdict: Verdict) -> str:
    (sentence,) = verdict.findings
    return sentence


@pytest.fixture
def log(world: World) -> list[str]:
    """Six rows that are sealed; gives their ids."""
    write(6, world.now)
    assert seals.seal(now=world.now) == 6
    return rows()


# Sealing


def test_rows_are_sealed_in_order_once_and_the_chain_holds(log: list[str], world: World) -> None:
    assert seals.seal(now=world.now) == 0
    with database.reading() as session:
        found = session.exec(select(Seal).order_by(col(Seal.number))).all()
    assert [seal.number for seal in found] == [1, 2, 3, 4, 5, 6]
    assert [seal.history_id for seal in found] == sorted(log)
    verdict = tampering.check(now=world.now)
    assert verdict.holds
    assert (verdict.sealed, verdict.waiting, verdict.notes) == (6, 0, [])
    assert Kept(verdict.number, verdict.digest) == end()


def test_an_empty_log_holds(world: World) -> None:
    verdict = tampering.check()
    assert (verdict.holds, verdict.sealed, verdict.number) == (True, 0, 0)


def test_a_verb_leaves_rows_that_hold(world: World) -> None:
    world.connect_active()
    assert seals.seal() >= 2
    assert tampering.check().holds


def test_batches_make_one_chain(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "_AT_ONCE", 3)
    monkeypatch.setattr(tampering, "_AT_ONCE", 2)
    write(8, world.now)
    assert seals.seal() == 8
    assert tampering.check().sealed == 8
    assert tampering.check().holds


def test_two_at_once_seal_every_row_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "_AT_ONCE", 2)
    write(20, world.now)
    with ThreadPoolExecutor(3) as threads:
        counts = [each.result() for each in [threads.submit(seals.seal) for _ in range(3)]]
    assert sum(counts) == 20
    verdict = tampering.check()
    assert verdict.holds
    assert verdict.number == 20


def test_a_row_that_is_committed_late_is_sealed_after_newer_ones(world: World) -> None:
    old = ids.first_of("his", datetime.now(UTC).timestamp() - 60)
    write(2, world.now)
    assert seals.seal() == 2
    row = HistoryRow(id=old, at=world.now, event="test.late", side="property", who="Maya")
    row.stamp = seals.stamp(row)
    with database.transaction() as session:
        session.add(row)
    after = ids.first_of("his", datetime.now(UTC).timestamp() - seals.LATE)
    assert seals.seal(after) == 1
    assert rows()[-1] == old
    assert tampering.check().holds


def test_the_sealer_seals_while_it_runs_and_at_its_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "EVERY", 3600.0)
    write(3, world.now)
    sealer = seals.Sealer()
    sealer.start()
    sealer.stop()
    assert tampering.check().sealed == 3


def test_a_sealer_that_cannot_write_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sealer = seals.Sealer()
    with monkeypatch.context() as patched:
        patched.setattr(audit, "unsealed", lambda *_: 1 / 0)
        sealer._seal()
    assert "could not be sealed" in caplog.text
    write(1, world.now)
    sealer._seal()
    assert tampering.check().sealed == 1


def test_strange_texts_are_sealed_as_they_are_kept(world: World) -> None:
    for note in ("a\0b", "\ud800", "é \u2028 '; DROP TABLE history", "x" * 100_000, ""):
        write(1, world.now.astimezone(UTC), before=note)
    write(1, world.now.astimezone().replace(microsecond=7))
    assert seals.seal() == 6
    assert tampering.check().holds


def test_rows_from_before_there_were_stamps_are_sealed_first_and_then_no_more(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "_told", set())  # on the other database the same row was told of
    write(3, world.now)
    tamper("UPDATE history SET stamp = NULL")
    write(2, world.now)
    assert tampering.check().waiting == 5
    assert seals.seal() == 5
    assert tampering.check().holds
    insert("his_forged", world.now)
    assert seals.seal() == 0
    assert "is not as Adjoin wrote it" in caplog.text
    assert "his_forged" in finding(tampering.check())


def test_stamps_that_were_all_taken_away_are_told_with_the_day(
    log: list[str], world: World
) -> None:
    kept = end()
    tamper(
        "DELETE FROM seals",
        f"DELETE FROM history WHERE id = '{log[2]}'",
        "UPDATE history SET stamp = NULL",
    )
    assert seals.seal(now=world.now) == 5, "Adjoin cannot tell it from rows that were always there"
    verdict = tampering.check(now=world.now)
    assert verdict.holds
    assert verdict.notes[0].startswith(f"5 rows without a stamp, sealed from {world.now:%Y-%m-%d}")
    assert not tampering.check(kept, now=world.now).holds


def test_a_key_that_was_changed_goes_on_with_the_chain(log: list[str], world: World) -> None:
    encryption.use(f"another-key-for-the-tests-0123456789,{SECRET_KEY}")
    write(2, world.now)
    assert seals.seal() == 2
    assert tampering.check().holds
    encryption.use("another-key-for-the-tests-0123456789")
    verdict = tampering.check()
    assert not verdict.holds
    assert any("ADJOIN_SECRET_KEY is another" in line for line in tampering.in_words(verdict))


# Tampering


def insert(id: str, now: datetime, stamp: str = "NULL") -> None:
    tamper(
        "INSERT INTO history (id, at, event, side, who, before, after, note, stamp) VALUES"
        f" ('{id}', '{now:%Y-%m-%d %H:%M:%S}.000000', 'token.revealed', 'property', 'Eve', '',"
        f" '', '', {stamp})"
    )


@pytest.mark.parametrize(
    "change",
    [
        "event = 'token.revealed'",
        "who = 'Eve'",
        "note = ''",
        "side = 'partner'",
        "before = 'x'",
        "after = 'x'",
        "at = '2020-01-01 00:00:00.000000'",
        "subject_id = 'x'",
        "stamp = 'x'",
        "stamp = NULL",
        "stamp = NULL, note = ''",
    ],
)
def test_a_row_that_was_changed_is_named(log: list[str], world: World, change: str) -> None:
    tamper(f"UPDATE history SET {change} WHERE id = '{log[2]}'")
    verdict = tampering.check(now=world.now)
    assert not verdict.holds
    assert log[2] in finding(verdict)
    assert "number 3" in finding(verdict)
    assert "changed" in finding(verdict)


@pytest.mark.parametrize("column", ["connection_id", "property_id", "partner_id", "person_id"])
def test_whom_a_row_is_about_cannot_be_changed(log: list[str], world: World, column: str) -> None:
    tables = {"connection_id": "connections", "property_id": "properties", "person_id": "people"}
    world.connect()
    table = tables.get(column, "partners")
    tamper(f"UPDATE history SET {column} = (SELECT id FROM {table} LIMIT 1) WHERE id = '{log[2]}'")
    assert log[2] in finding(tampering.check(now=world.now))


@pytest.mark.parametrize("place", [0, 2, 5])
def test_a_row_that_was_removed_is_named(log: list[str], world: World, place: int) -> None:
    tamper(f"DELETE FROM history WHERE id = '{log[place]}'")
    said = finding(tampering.check(now=world.now))
    assert log[place] in said
    assert "was removed" in said


@pytest.mark.parametrize(("first", "said"), [(2, "Number 2 is"), (1, "The numbers 1 to 2 are")])
def test_rows_that_were_removed_with_their_seals_are_missed(
    log: list[str], world: World, first: int, said: str
) -> None:
    for place in range(first, 3):
        tamper(
            f"DELETE FROM history WHERE id = '{log[place - 1]}'",
            f"DELETE FROM seals WHERE number = {place}",
        )
    assert finding(tampering.check(now=world.now)).startswith(said)


def test_numbers_cannot_be_closed_up_after_a_removal(log: list[str], world: World) -> None:
    tamper(
        f"DELETE FROM history WHERE id = '{log[2]}'",
        "DELETE FROM seals WHERE number = 3",
        "UPDATE seals SET number = 3 WHERE number = 4",
        "UPDATE seals SET number = 4 WHERE number = 5",
        "UPDATE seals SET number = 5 WHERE number = 6",
    )
    assert "The seals 3 to 5 do not fit" in finding(tampering.check(now=world.now))


def test_rows_cannot_change_places(log: list[str], world: World) -> None:
    tamper(
        "UPDATE seals SET history_id = 'x' WHERE number = 3",
        f"UPDATE seals SET history_id = '{log[2]}' WHERE number = 4",
        f"UPDATE seals SET history_id = '{log[3]}' WHERE number = 3",
    )
    assert "The seals 3 to 4 do not fit" in finding(tampering.check(now=world.now))


@pytest.mark.parametrize("change", ["digest = 'x'", "at = '2020-01-01 00:00:00.000000'"])
def test_a_seal_that_was_changed_does_not_fit(log: list[str], world: World, change: str) -> None:
    tamper(f"UPDATE seals SET {change} WHERE number = 6")
    assert "Seal 6 does not fit" in finding(tampering.check(now=world.now))


def test_a_row_that_was_inserted_is_named(log: list[str], world: World) -> None:
    insert("his_forged", world.now)
    seals.seal()
    assert "his_forged" in finding(tampering.check(now=world.now))
    assert "was inserted" in finding(tampering.check(now=world.now))


def test_a_stamp_fits_its_own_row_only(log: list[str], world: World) -> None:
    insert("his_forged", world.now, f"(SELECT stamp FROM history WHERE id = '{log[0]}')")
    seals.seal()
    assert "his_forged" in finding(tampering.check(now=world.now))
    assert "was inserted or changed" in finding(tampering.check(now=world.now))


def test_a_row_that_is_not_sealed_yet_cannot_be_changed_either(world: World) -> None:
    write(2, world.now)
    tamper(f"UPDATE history SET who = 'Eve' WHERE id = '{rows()[0]}'")
    assert seals.seal() == 1
    assert "was inserted or changed" in finding(tampering.check(now=world.now))


def test_a_seal_for_a_row_that_was_inserted_cannot_be_made_up(log: list[str], world: World) -> None:
    insert("his_forged", world.now)
    now = f"{world.now:%Y-%m-%d %H:%M:%S}.000000"
    tamper(f"INSERT INTO seals VALUES (7, 'his_forged', '{now}', '{'0' * 64}')")
    assert "his_forged" in finding(tampering.check(now=world.now))


@pytest.mark.parametrize("number", [0, -5])
def test_seals_before_the_first_are_none_of_ours(log: list[str], world: World, number: int) -> None:
    now = f"{world.now:%Y-%m-%d %H:%M:%S}.000000"
    tamper(f"INSERT INTO seals VALUES ({number}, 'x', '{now}', 'x')")
    assert f"There is a seal {number}" in finding(tampering.check(now=world.now))


def test_sealing_everything_anew_needs_the_key(log: list[str], world: World) -> None:
    kept = end()
    tamper("DELETE FROM seals", f"DELETE FROM history WHERE id = '{log[2]}'")
    encryption.use("a-key-that-somebody-made-up-0123456789")
    tamper("UPDATE history SET stamp = NULL")
    assert seals.seal() == 5
    encryption.use(SECRET_KEY)
    assert len(tampering.check(kept, now=world.now).findings) >= 2


def test_a_cut_off_end_is_seen_by_what_was_kept(log: list[str], world: World) -> None:
    kept = end()
    tamper(
        f"DELETE FROM history WHERE id IN ('{log[4]}', '{log[5]}')",
        "DELETE FROM seals WHERE number > 4",
    )
    assert tampering.check(now=world.now).holds, "this is what the chain alone cannot know"
    assert "The chain ends at 4" in finding(tampering.check(kept, now=world.now))
    write(2, world.now)
    seals.seal()
    assert "Seal 6 is another one" in finding(tampering.check(kept, now=world.now))


def test_what_was_kept_is_still_a_part_of_the_chain_later(log: list[str], world: World) -> None:
    kept = end()
    write(3, world.now)
    seals.seal()
    assert tampering.check(kept, now=world.now).holds


def test_seals_that_were_made_again_show_their_age(log: list[str], world: World) -> None:
    tamper("DELETE FROM seals WHERE number > 3")
    later = world.now + timedelta(hours=2)
    unsealed = tampering.check(now=later)
    assert len(unsealed.findings) == 3
    assert "is not sealed yet" in unsealed.findings[0]
    assert seals.seal(now=later) == 3
    assert "3 rows got the seal more than an hour" in tampering.check(now=later).notes[0]


def test_rows_that_wait_for_a_moment_are_only_noted(log: list[str], world: World) -> None:
    write(2, world.now)
    verdict = tampering.check(now=datetime.now(UTC))
    assert (verdict.holds, verdict.waiting) == (True, 2)
    assert "2 rows are not sealed yet" in verdict.notes[0]


@pytest.mark.parametrize("table", ["history", "seals"])
def test_what_is_no_time_at_all_stops_neither_sealing_nor_checking(
    log: list[str], world: World, table: str
) -> None:
    nonsense = "'nonsense'" if database.is_sqlite() else "'infinity'"
    where = f"id = '{log[1]}'" if table == "history" else "number = 2"
    tamper(f"UPDATE {table} SET at = {nonsense} WHERE {where}")
    write(1, world.now)
    assert seals.seal() == 1
    assert len(tampering.check(now=world.now).findings) == 1


def test_many_findings_are_counted(world: World) -> None:
    write(30, world.now)
    seals.seal()
    tamper("UPDATE history SET who = 'Eve'")
    verdict = tampering.check(now=world.now)
    assert (len(verdict.findings), verdict.more) == (tampering.MOST_TOLD, 10)
    assert "And 10 more findings." in "\n".join(tampering.in_words(verdict))


def test_a_forged_text_cannot_write_lines_into_the_terminal(log: list[str], world: World) -> None:
    escape = "char(27) || '[2J'" if database.is_sqlite() else "chr(27) || '[2J'"
    tamper(f"UPDATE history SET who = {escape} WHERE id = '{log[0]}'")
    assert "\x1b" not in "".join(tampering.in_words(tampering.check(now=world.now)))


@pytest.mark.parametrize("text", ["", "12", "12:", ":abc", "x:abc", "-1:abc", "0:abc", "1" * 40])
def test_what_is_no_number_and_digest_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        tampering.kept(text)
    assert refusal.value.code == "invalid"


def test_what_was_told_can_be_given_back(log: list[str], world: World) -> None:
    said = tampering.in_words(tampering.check(now=world.now))
    assert tampering.kept(f" {said[-1]}\n") == end()


def test_the_log_names_no_secret_of_its_own(
    log: list[str], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    insert("his_forged", world.now)
    seals.seal()
    assert SECRET_KEY not in caplog.text + repr(tampering.check(now=world.now))
