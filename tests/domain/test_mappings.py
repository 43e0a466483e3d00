"""Mappings: edited by several people, tried on live samples, every version kept."""

from dataclasses import replace

import pytest

from domain import mappings, transfers
from domain.mapping.rows import Row
from domain.masking import MASK, masked
from domain.readiness import NotReady
from storage.sources import Transfer
from tests import builders, harvest
from tests.builders import World
from tests.domain.refusing import refused
from tests.harvest import ROWS, HotelSystem, reservation


def save(world: World, transfer_id: str, rows: tuple[Row, ...], expected: int) -> int:
    return mappings.save(world.maya, transfer_id, rows, expected_version=expected, now=world.now)


def changed(target: str, source: str) -> tuple[Row, ...]:
    return tuple(replace(row, source=source) if row.target == target else row for row in ROWS)


# Looking


def test_the_editor_shows_the_fields_of_the_source_beside_ours(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.transfer(world)
    transfers.sample(world.maya, transfer_id, now=world.now)
    editor = mappings.read(world.maya, transfer_id, now=world.now)
    assert (editor.type.key, editor.source, editor.kind) == ("reservations", "Front desk", "mews")
    assert (editor.rows, editor.version, editor.saved_by, editor.saved_at) == ((), 0, "", None)
    assert editor.time_zone == "Europe/Berlin"
    assert editor.may_save
    fields = {field.path: field for field in editor.fields}
    assert fields["Id"].is_unique
    assert "Guest 1" in fields["Guest.Name"].examples


def test_before_the_first_sample_the_editor_is_empty_and_says_so(
    world: World, system: HotelSystem
) -> None:
    editor = mappings.read(world.maya, harvest.transfer(world), now=world.now)
    assert (editor.fields, editor.trial.samples) == ((), ())
    assert editor.trial.missing[-1].place == "sample"


def test_a_preview_shows_every_cell_before_and_after(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.mapped(world)
    editor = mappings.read(world.maya, transfer_id, now=world.now)
    first = editor.trial.samples[0]
    cells = {cell.target: cell for cell in first.cells}
    assert first.key == "res-1"
    assert (cells["arrival"].before, cells["arrival"].error) == ("2026-12-02", None)
    assert cells["guest_name"].after == "Guest 1"
    assert editor.trial.missing == ()
    assert (editor.saved_by, editor.saved_at) == ("Maya", world.now)


def test_an_unsaved_mapping_is_tried_without_saving_it(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.mapped(world)
    before = builders.snapshot()
    trial = mappings.try_out(world.maya, transfer_id, changed("arrival", "Guest.Name"))
    cells = {cell.target: cell for cell in trial.samples[0].cells}
    assert cells["arrival"].error
    assert [each.place for each in trial.missing] == ["field:arrival"]
    assert builders.snapshot() == before


def test_a_viewer_sees_the_mapping_but_nothing_of_the_guests(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.mapped(world)
    editor = mappings.read(world.noah, transfer_id, now=world.now)
    assert editor.rows == ROWS
    assert not editor.may_save
    told = repr((editor.fields, editor.trial, editor.suggestions))
    for secret in ("Guest 1", "guest1@mail.example", "1001"):
        assert secret not in told
        assert secret in repr(mappings.read(world.maya, transfer_id))
    transfers.sample(world.maya, transfer_id, now=world.now)
    assert "Guest 1" not in repr(mappings.read(world.noah, transfer_id))


def test_viewers_try_out_nothing_on_guests_because_that_would_tell_letter_by_letter(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.mapped(world)
    guess = (Row("notes", "expression", "starts_with(Guest.Name, 'G') && 'x' || ''"),)
    assert refused(mappings.try_out, world.noah, transfer_id, guess).code == "forbidden"
    rooms = harvest.transfer(world, harvest.row_of(Transfer, transfer_id).source_id, "spaces")
    assert mappings.try_out(world.noah, rooms, ()).samples == ()


def test_what_is_about_no_guest_is_shown_to_viewers(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.transfer(world, type_key="spaces")
    system.records["spaces"] = [{"Id": "s-1", "Name": "Room 101"}]
    transfers.sample(world.maya, transfer_id, now=world.now)
    assert "Room 101" in repr(mappings.read(world.noah, transfer_id).fields)


def test_a_mask_keeps_the_shape_and_nothing_else() -> None:
    record = {"a": "x", "b": [1, 2.5, None, True, ""], "c": {"d": {"e": "f"}}, "g": []}
    assert masked(record) == {
        "a": MASK,
        "b": [MASK, MASK, None, True, ""],
        "c": {"d": {"e": MASK}},
        "g": [],
    }


# Who may


def test_strangers_see_no_mapping_and_viewers_save_none(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.mapped(world)
    for actor in harvest.strangers(world):
        for verb in (mappings.read, mappings.history, mappings.copyable):
            assert refused(verb, actor, transfer_id).code == "not_found"
        assert refused(mappings.try_out, actor, transfer_id, ROWS).code == "not_found"
        refusal = refused(mappings.save, actor, transfer_id, ROWS, expected_version=1)
        assert refusal.code == "not_found"
    refusal = refused(mappings.save, world.noah, transfer_id, (), expected_version=1)
    assert refusal.code == "forbidden"


# Saving


def test_a_half_made_mapping_is_kept(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.transfer(world)
    assert save(world, transfer_id, ROWS[:2], 0) == 1
    assert mappings.read(world.maya, transfer_id).rows == ROWS[:2]
    assert harvest.events_of(transfer_id)[-1] == "mapping.saved"


def test_rows_are_kept_in_the_order_of_the_fields(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.transfer(world)
    save(world, transfer_id, tuple(reversed(ROWS)), 0)
    assert mappings.read(world.maya, transfer_id).rows == ROWS


def test_no_change_makes_no_version(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.mapped(world)
    before = builders.snapshot()
    assert save(world, transfer_id, ROWS, 1) == 1
    assert builders.snapshot() == before


def test_of_two_people_who_edit_at_once_the_second_is_told_who_was_first(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.mapped(world)
    with builders.adding() as rows:
        mona = builders.add_person(
            rows, "mona@harbour.example", "manager", world.hotel, now=world.now
        )
    mappings.save(mona, transfer_id, ROWS[:3], expected_version=1, now=world.now)
    refusal = refused(save, world, transfer_id, ROWS[:4], 1)
    assert refusal.code == "changed_meanwhile"
    assert "by Mona" in refusal.message
    assert mappings.read(world.maya, transfer_id).rows == ROWS[:3]
    assert save(world, transfer_id, ROWS[:4], 2) == 3


@pytest.mark.parametrize(
    "rows",
    [
        (Row("no_such_field", "path", "Id"),),
        (Row("number", "path", "Id"), Row("number", "path", "Number")),
        (Row("number", "path", "x" * 501),),
        (Row("number", "path", "a\0b"),),
        (Row("number", "sql", "drop"),),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_mapping_is_refused_in_words(
    world: World, system: HotelSystem, rows: tuple[Row, ...]
) -> None:
    transfer_id = harvest.transfer(world)
    assert refused(save, world, transfer_id, rows, 0).code == "invalid"
    assert refused(mappings.try_out, world.maya, transfer_id, rows).code == "invalid"


def test_a_note_is_short_and_plain(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.transfer(world)
    refusal = refused(mappings.save, world.maya, transfer_id, ROWS, "x" * 301, expected_version=0)
    assert refusal.code == "invalid"


def test_an_active_transfer_never_gets_a_mapping_that_could_not_be_activated(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.active(world)
    for rows in (harvest.without(ROWS, "arrival"), changed("arrival", "Guest.Name")):
        refusal = refused(save, world, transfer_id, rows, 1)
        assert isinstance(refusal, NotReady)
        assert [each.place for each in refusal.missing] == ["field:arrival"]
    assert save(world, transfer_id, changed("number", "Id"), 1) == 2
    assert harvest.row_of(Transfer, transfer_id).status == "active"


# Versions


def test_every_version_says_who_changed_what_and_when(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.mapped(world)
    mappings.save(
        world.maya,
        transfer_id,
        changed("number", "Id"),
        "The  key is the number",
        expected_version=1,
        now=world.after(hours=1),
    )
    second, first = mappings.history(world.noah, transfer_id)
    assert (second.number, second.who, second.at, second.note) == (
        2,
        "Maya",
        world.after(hours=1),
        "The key is the number",
    )
    assert (second.is_current, first.is_current) == (True, False)
    assert len(second.changes) == 1
    assert len(first.changes) == len(ROWS)
    told = transfers.read(world.maya, transfer_id).history
    assert told[0].note == "Version 2: 1 change"


def test_an_earlier_version_is_restored_as_a_new_one(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.mapped(world)
    save(world, transfer_id, ROWS[:2], 1)
    restored = mappings.restore(world.maya, transfer_id, 1, expected_version=2, now=world.now)
    assert restored == 3
    assert mappings.read(world.maya, transfer_id).rows == ROWS
    newest = mappings.history(world.maya, transfer_id)[0]
    assert (newest.number, newest.note) == (3, "Version 1 again")
    assert harvest.events_of(transfer_id)[-1] == "mapping.restored"
    refusal = refused(mappings.restore, world.maya, transfer_id, 9, expected_version=3)
    assert refusal.code == "not_found"


# Copying


def test_a_mapping_is_copied_from_another_source_of_ones_own(
    world: World, system: HotelSystem
) -> None:
    original = harvest.mapped(world)
    source_id = harvest.source(world, name="Spa")
    target = harvest.transfer(world, source_id)
    guests = harvest.transfer(world, source_id, "guests")
    (offer,) = mappings.copyable(world.maya, target, now=world.now)
    assert (offer.transfer_id, offer.source, offer.property, offer.rows) == (
        original,
        "Front desk",
        "Harbour Hotel",
        len(ROWS),
    )
    assert mappings.copyable(world.maya, guests, now=world.now) == ()
    version = mappings.copy(world.maya, target, original, expected_version=0, now=world.now)
    assert (version, mappings.read(world.maya, target).rows) == (1, ROWS)
    assert harvest.events_of(target)[-1] == "mapping.copied"
    refusal = refused(mappings.copy, world.maya, guests, original, expected_version=0)
    assert refusal.code == "invalid"


def test_nothing_is_copied_from_where_one_may_not_look(world: World, system: HotelSystem) -> None:
    original = harvest.mapped(world)
    own = transfers.add(
        world.charlie, harvest.source(world, world.charlie), "reservations", now=world.now
    )
    assert mappings.copyable(world.charlie, own) == ()
    refusal = refused(mappings.copy, world.charlie, own, original, expected_version=0)
    assert refusal.code == "not_found"
    assert mappings.read(world.charlie, own).rows == ()


def test_records_of_any_shape_can_be_looked_at(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.mapped(world)
    system.records["reservations"] = [1, "text", None, [], {}, reservation(1, Guest=[{"a": 1}])]
    transfers.sample(world.maya, transfer_id, now=world.now)
    for actor in (world.maya, world.noah):
        editor = mappings.read(actor, transfer_id, now=world.now)
        assert len(editor.trial.samples) == 6
        assert {each.place for each in editor.trial.missing} >= {"primary_key"}
