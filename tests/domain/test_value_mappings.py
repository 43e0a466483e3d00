"""What a hotel's values mean to an app: decided by the hotel, proposed by the partner."""

import json
from typing import Any

import pytest

from domain import (
    connections,
    history,
    proposals,
    tokens,
    value_events,
    value_mappings,
    value_pages,
)
from domain.actors import Actor
from domain.proposals import Unfit, Wanted
from domain.refusals import Refusal
from storage import database
from storage.apps import App
from storage.connections import Connection
from tests import builders, pantry
from tests.builders import World
from tests.domain.refusing import refused
from tests.pantry import Pantry


@pytest.fixture
def lists(world: World) -> Pantry:
    return pantry.stock(world)


def page(lists: Pantry, who: Actor | None = None) -> value_pages.Page:
    return value_pages.read(who or lists.world.maya, lists.connection)


def row(lists: Pantry, key: str, who: Actor | None = None) -> value_pages.Row:
    return next(each for each in page(lists, who).rows if each.slot.key == key)


def choose(lists: Pantry, key: str, record: str, **more: Any) -> int:
    version = page(lists).version
    number = lists.numbers[record]
    return value_mappings.choose(
        lists.world.maya, lists.connection, key, number, expected_version=version, **more
    )


def program(lists: Pantry) -> Actor:
    return tokens.authenticate(builders.token_of(lists.connection))


def propose(lists: Pantry, wanted: dict[str, Wanted]) -> int:
    return proposals.propose(
        program(lists), lists.connection, wanted, expected_version=page(lists).version
    )


def told_of(lists: Pantry, version: int) -> list[tuple[int, list[str]]]:
    """Do what a version has queued; return what the partner was told so far."""
    value_events.tell(lists.connection, version)
    found = builders.messages_of(lists.connection, "mapping.changed")
    data = [json.loads(builders.body_of(each))["data"] for each in found]
    return [(each["version"], each["slots"]) for each in data]


def test_an_untouched_mapping_is_open_with_suggestions(lists: Pantry) -> None:
    found = page(lists)
    assert (found.version, found.how_far.words) == (0, "0 of 4 mapped")
    assert {each.slot.key: each.status for each in found.rows} == dict.fromkeys(
        ("room_revenue", "breakfast", "parking", "minibar"), "open"
    )
    suggested = {each.slot.key: each.suggested for each in found.rows}
    assert suggested["minibar"] is None
    assert suggested["breakfast"] is not None
    assert suggested["breakfast"].entry.external_id == "pro-1"
    assert suggested["breakfast"].reason.startswith("Its code")
    assert found.sure == 2, "parking is only part of a name"


def test_choosing_a_record_is_a_version_a_line_in_the_history_and_an_event(lists: Pantry) -> None:
    assert choose(lists, "breakfast", "pro-1") == 1
    found = row(lists, "breakfast")
    assert (found.status, found.record and found.record.name) == ("mapped", "Breakfast buffet")
    told = value_pages.versions(lists.world.maya, lists.connection)
    assert [(each.number, each.who, each.changes) for each in told] == [
        (1, "Maya", ("Breakfast: now “Breakfast buffet” (BREAKFAST).",))
    ]
    line = history.of_connection(lists.world.dee, lists.connection)[0]
    assert (line.event, line.who, line.side) == ("values.mapped", "Maya", "property")
    assert told_of(lists, 1) == [(1, ["breakfast"])]


def test_choices_that_follow_each_other_are_told_at_once(lists: Pantry) -> None:
    maya, connection = lists.world.maya, lists.connection
    choose(lists, "breakfast", "pro-1")
    value_mappings.choose_none(maya, connection, "minibar", expected_version=1)
    value_mappings.choose_none(maya, connection, "parking", expected_version=2)
    value_mappings.clear(maya, connection, "parking", expected_version=3)
    assert told_of(lists, 1) == [(4, ["breakfast", "minibar"])]
    for version in (2, 3, 4):
        assert not value_events.tell(connection, version)
    value_mappings.clear(maya, connection, "minibar", expected_version=4)
    assert told_of(lists, 5)[1:] == [(5, ["minibar"])]


def test_what_was_taken_back_is_not_told(lists: Pantry) -> None:
    maya, connection = lists.world.maya, lists.connection
    value_mappings.choose_none(maya, connection, "minibar", expected_version=0)
    value_mappings.clear(maya, connection, "minibar", expected_version=1)
    assert told_of(lists, 1) == []


def test_a_connection_that_ended_hears_of_no_values(lists: Pantry) -> None:
    choose(lists, "breakfast", "pro-1")
    connections.disconnect(lists.world.maya, lists.connection)
    assert told_of(lists, 1) == []


def test_no_mapping_is_a_choice_and_can_be_cleared(lists: Pantry) -> None:
    maya, connection = lists.world.maya, lists.connection
    value_mappings.choose_none(maya, connection, "minibar", expected_version=0)
    assert row(lists, "minibar").status == "none"
    assert page(lists).how_far.words == "1 of 4 mapped"
    value_mappings.clear(maya, connection, "minibar", expected_version=1)
    assert row(lists, "minibar").status == "open"
    first, second = reversed(value_pages.versions(maya, connection))
    assert first.changes == ("Minibar: now No mapping.",)
    assert second.changes == ("Minibar: now open (was No mapping).",)


def test_a_change_that_changes_nothing_makes_no_version(lists: Pantry) -> None:
    choose(lists, "breakfast", "pro-1")
    assert choose(lists, "breakfast", "pro-1") == 1
    assert len(value_pages.versions(lists.world.maya, lists.connection)) == 1


def test_of_two_at_once_one_gets_a_sentence(lists: Pantry) -> None:
    choose(lists, "breakfast", "pro-1")
    before = builders.snapshot()
    refusal = refused(
        value_mappings.choose,
        lists.world.maya,
        lists.connection,
        "parking",
        lists.numbers["pro-2"],
        expected_version=0,
    )
    assert refusal.code == "changed_meanwhile"
    assert "changed by Maya at" in refusal.message
    assert builders.snapshot() == before


@pytest.mark.parametrize("wrong", ["lodge", "acc-1", "nothing", "huge", "removed"])
def test_only_what_the_hotel_has_can_be_chosen(lists: Pantry, wrong: str) -> None:
    numbers = {"nothing": 999_999, "huge": 2**70, "removed": lists.numbers["pro-3"]}
    if wrong == "removed":
        lists.change("pro-3", removed_at=lists.world.now)
    if wrong == "acc-1":
        # A number may be that of another list by chance; here it must not be one of this list.
        numbers["acc-1"] = max(lists.numbers.values()) + lists.numbers["acc-1"]
    refusal = refused(
        value_mappings.choose,
        lists.world.maya,
        lists.connection,
        "breakfast",
        numbers.get(wrong, lists.numbers.get(wrong, 0)),
        expected_version=0,
    )
    assert refusal.code == "invalid"
    assert page(lists).version == 0


def test_accepting_all_is_one_version_and_can_be_undone(lists: Pantry) -> None:
    maya, connection = lists.world.maya, lists.connection
    version = value_mappings.accept_all(maya, connection, expected_version=0)
    assert version == 1
    assert page(lists).how_far.words == "2 of 4 mapped"
    assert len(value_pages.versions(maya, connection)[0].changes) == 2
    assert value_mappings.restore(maya, connection, version - 1, expected_version=version) == 2
    assert page(lists).how_far.words == "0 of 4 mapped"
    assert builders.events_of(connection)[-2:] == ["values.accepted", "values.restored"]


def test_there_is_nothing_to_accept_where_nothing_is_sure(lists: Pantry) -> None:
    maya, connection = lists.world.maya, lists.connection
    version = value_mappings.accept_all(maya, connection, expected_version=0)
    refusal = refused(value_mappings.accept_all, maya, connection, expected_version=version)
    assert refusal.code == "invalid"


def test_an_earlier_version_is_taken_up_again_as_a_new_one(lists: Pantry) -> None:
    maya, connection = lists.world.maya, lists.connection
    choose(lists, "breakfast", "pro-1")
    choose(lists, "breakfast", "pro-3")
    assert value_mappings.restore(maya, connection, 1, expected_version=2) == 3
    found = row(lists, "breakfast")
    assert found.record
    assert found.record.external_id == "pro-1"
    told = value_pages.versions(maya, connection)
    assert [each.number for each in told if each.is_current] == [3]
    assert refused(value_mappings.restore, maya, connection, 9, expected_version=3).code == (
        "not_found"
    )


# Who may


def test_a_viewer_sees_everything_and_is_told_whom_to_ask(lists: Pantry) -> None:
    noah = lists.world.noah
    found = page(lists, noah)
    assert "ask Maya" in found.why_not
    assert len(value_pages.search(noah, lists.connection, "breakfast", "")) == 3
    refusal = refused(
        value_mappings.choose_none, noah, lists.connection, "minibar", expected_version=0
    )
    assert (refusal.code, "ask Maya" in refusal.message) == ("forbidden", True)


def test_the_partner_reads_what_was_decided_but_cannot_decide(lists: Pantry) -> None:
    choose(lists, "breakfast", "pro-1")
    dee = lists.world.dee
    found = page(lists, dee)
    assert "Your program can propose" in found.why_not
    assert not any(each.suggested for each in found.rows), "the hotel's lists are not theirs"
    assert refused(value_pages.search, dee, lists.connection, "breakfast", "").code == "not_found"
    for who in (dee, program(lists)):
        refusal = refused(
            value_mappings.clear, who, lists.connection, "breakfast", expected_version=1
        )
        assert refusal.code == "forbidden"


@pytest.mark.parametrize("stranger", ["charlie", "finn", "olga"])
def test_strangers_find_nothing(lists: Pantry, stranger: str) -> None:
    who = getattr(lists.world, stranger)
    before = builders.snapshot()
    for read in (value_pages.read, value_pages.versions, value_pages.summary):
        assert refused(read, who, lists.connection).code == "not_found"
    assert refused(value_pages.search, who, lists.connection, "breakfast", "").code == "not_found"
    refusal = refused(value_mappings.accept_all, who, lists.connection, expected_version=0)
    assert refusal.code == ("forbidden" if stranger == "olga" else "not_found")
    assert builders.snapshot() == before


def test_disconnect_keeps_the_mapping_and_reconnect_finds_it(lists: Pantry) -> None:
    maya, connection = lists.world.maya, lists.connection
    choose(lists, "breakfast", "pro-1")
    connections.disconnect(maya, connection)
    assert page(lists).why_not.startswith("This connection has ended")
    refusal = refused(value_mappings.clear, maya, connection, "breakfast", expected_version=1)
    assert refusal.code == "wrong_state"
    connections.connect(maya, lists.world.hotel, "d3x")
    assert page(lists).why_not == ""
    assert row(lists, "breakfast").status == "mapped"


# What can be chosen


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["pro-1", "pro-3", "pro-2"]),
        ("buffet", ["pro-1"]),
        ("PRK", ["pro-2"]),
        ("pro-3", ["pro-3"]),
        ("bed dog", ["pro-3"]),
        ("brotzeit", []),
        ("%", []),
        ("\0\ud800", []),
    ],
)
def test_the_catalogue_is_searched_by_name_code_and_id(
    lists: Pantry, text: str, expected: list[str]
) -> None:
    found = value_pages.search(lists.world.maya, lists.connection, "breakfast", text)
    assert [entry.external_id for entry in found] == expected


def test_what_is_not_in_use_comes_last_and_says_so(lists: Pantry) -> None:
    lists.change("pro-1", active=False)
    found = value_pages.search(lists.world.maya, lists.connection, "breakfast", "")
    assert (found[-1].external_id, found[-1].state) == ("pro-1", "inactive")


def test_a_slot_that_asks_for_another_list_by_now_is_open_again(lists: Pantry) -> None:
    choose(lists, "breakfast", "pro-1")
    with database.transaction() as session:
        connection = session.get_one(Connection, lists.connection)
        app = session.get_one(App, connection.app_id)
        app.slots = [
            {"key": "breakfast", "label": "Breakfast", "type": "accounting_categories"},
        ]
    found = page(lists)
    assert [(each.slot.key, each.status) for each in found.rows] == [("breakfast", "open")]
    assert found.how_far.words == "0 of 1 mapped"


# What the partner proposes


def test_a_proposal_waits_for_the_hotel_which_confirms_it(lists: Pantry) -> None:
    assert propose(lists, {"breakfast": Wanted(external_id="pro-1"), "minibar": Wanted()}) == 1
    found = row(lists, "breakfast")
    assert (found.status, found.suggested) == ("proposed", None)
    assert found.proposal
    assert found.proposal.who == "D3x"
    assert page(lists).how_far.words == "0 of 4 mapped"
    assert told_of(lists, 1) == []
    version = value_mappings.confirm(
        lists.world.maya, lists.connection, "breakfast", expected_version=1
    )
    assert version == 2
    assert row(lists, "breakfast").status == "mapped"
    assert row(lists, "minibar").status == "proposed"
    assert builders.events_of(lists.connection)[-2:] == ["values.proposed", "values.mapped"]


def test_a_program_can_name_a_record_by_our_number(lists: Pantry) -> None:
    propose(lists, {"parking": Wanted(number=lists.numbers["pro-2"])})
    found = row(lists, "parking")
    assert found.proposal
    assert found.proposal.record
    assert found.proposal.record.external_id == "pro-2"


def test_what_is_left_out_is_proposed_no_longer(lists: Pantry) -> None:
    propose(lists, {"breakfast": Wanted(external_id="pro-1")})
    propose(lists, {})
    assert row(lists, "breakfast").status == "open"
    assert value_pages.versions(lists.world.maya, lists.connection)[0].changes == (
        "Breakfast: “Breakfast buffet” (BREAKFAST) is proposed no longer.",
    )


def test_what_the_hotel_has_declined_is_not_proposed_again(lists: Pantry) -> None:
    propose(lists, {"breakfast": Wanted(external_id="pro-3")})
    value_mappings.dismiss(lists.world.maya, lists.connection, "breakfast", expected_version=1)
    assert row(lists, "breakfast").status == "open"
    assert propose(lists, {"breakfast": Wanted(external_id="pro-3")}) == 2, "nothing changed"
    propose(lists, {"breakfast": Wanted(external_id="pro-1")})
    assert row(lists, "breakfast").status == "proposed"


def test_what_holds_already_is_no_proposal(lists: Pantry) -> None:
    choose(lists, "breakfast", "pro-1")
    assert propose(lists, {"breakfast": Wanted(external_id="pro-1")}) == 1


def test_a_hotel_that_chooses_otherwise_has_declined(lists: Pantry) -> None:
    propose(lists, {"breakfast": Wanted(external_id="pro-3")})
    choose(lists, "breakfast", "pro-1")
    assert propose(lists, {"breakfast": Wanted(external_id="pro-3")}) == 2


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"nothing": Wanted()}, "The app has no such slot."),
        ({"breakfast": Wanted(external_id="acc-1")}, "no such record in use"),
        ({"breakfast": Wanted(external_id="\0")}, "no such record in use"),
        ({"breakfast": Wanted(number=2**80)}, "no such record in use"),
        ({"breakfast": Wanted(number=-1)}, "no such record in use"),
    ],
)
def test_a_wrong_proposal_is_refused_as_a_whole(
    lists: Pantry, wanted: dict[str, Wanted], sentence: str
) -> None:
    with pytest.raises(Unfit) as caught:
        propose(lists, {"minibar": Wanted(), **wanted})
    assert sentence in caught.value.errors[next(iter(wanted))]
    assert page(lists).version == 0


def test_an_id_that_two_sources_use_is_not_guessed(lists: Pantry) -> None:
    world = lists.world
    with database.transaction() as session:
        other = pantry.add_source(session, world.hotel, "Boathouse", world.now)
        pantry.add(session, "products", world.hotel, other, "pro-1", world.now, "Breakfast")
    with pytest.raises(Unfit) as caught:
        propose(lists, {"breakfast": Wanted(external_id="pro-1")})
    assert "Several sources" in caught.value.errors["breakfast"]


def test_what_is_gone_cannot_be_confirmed(lists: Pantry) -> None:
    propose(lists, {"breakfast": Wanted(external_id="pro-1")})
    lists.change("pro-1", active=False)
    maya, connection = lists.world.maya, lists.connection
    refusal = refused(value_mappings.confirm, maya, connection, "breakfast", expected_version=1)
    assert "not in use any more" in refusal.message
    assert value_mappings.dismiss(maya, connection, "breakfast", expected_version=1) == 2


def test_the_hotel_cannot_propose_nor_confirm_what_nobody_proposed(lists: Pantry) -> None:
    maya = lists.world.maya
    with pytest.raises(Refusal) as caught:
        proposals.propose(maya, lists.connection, {"minibar": Wanted()}, expected_version=0)
    assert caught.value.code == "forbidden"
    refusal = refused(value_mappings.confirm, maya, lists.connection, "minibar", expected_version=0)
    assert refusal.message == "Nothing is proposed here any more."
