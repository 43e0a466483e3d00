"""What an app needs to know of a hotel, and which of the hotel's records is probably meant."""

from typing import Any

import pytest

from domain import slots
from domain.refusals import Refusal
from domain.slots import Candidate, Slot

BREAKFAST = Slot("breakfast", "Breakfast", "products", required=True)
PARKING = Slot("parking", "Parking", "products")
ROOM = Slot("room_revenue", "Room revenue", "accounting_categories", required=True)
MAY = ("products:read", "accounting:read")


def declared(**more: Any) -> dict[str, Any]:
    return {"label": "Breakfast", "type": "products", **more}


def test_a_declared_slot_is_tidied_up_and_gets_a_key() -> None:
    kept = slots.checked(
        [declared(label="  Late  check-out ", required=1, hint="\tPer stay ")], MAY
    )
    assert kept == [
        {
            "key": "late_check_out",
            "label": "Late check-out",
            "type": "products",
            "required": True,
            "hint": "Per stay",
        }
    ]


def test_slots_are_read_in_the_order_of_their_types() -> None:
    kept = slots.checked(
        [declared(), {"label": "Room revenue", "type": "accounting_categories"}], MAY
    )
    assert [slot.key for slot in slots.of(kept)] == ["room_revenue", "breakfast"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ([declared(label=" ")], "Value 1 needs a name"),
        ([declared(label="x" * 81)], "80 characters"),
        ([declared(type="guests")], "Value 1 must be one of these"),
        ([declared(type="nothing")], "must be one of these"),
        ([declared(type=["products"])], "must be one of these"),
        ([declared(), declared(key="breakfast", label="Other")], "Value 2 is there twice"),
        ([declared(type="rates")], "let the app read them, too (rates:read)"),
        ([declared(key=str(number)) for number in range(61)], "60 values at most"),
    ],
)
def test_what_cannot_be_declared_is_said(wrong: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        slots.checked(wrong, MAY)
    assert refused.value.code == "invalid"
    assert sentence in refused.value.message


@pytest.mark.parametrize(
    ("candidate", "confidence", "reason"),
    [
        (
            Candidate(1, "Frühstück", "BREAKFAST"),
            98,
            "Its code BREAKFAST is what the app calls it.",
        ),
        (Candidate(1, "breakfast"), 96, "Its name is what the app calls it."),
        (Candidate(1, "Breakfast buffet", "BRK"), 88, "Its name contains what the app calls it."),
        (Candidate(1, "Breakfasts"), 83, "Its name is similar to what the app calls it."),
    ],
)
def test_a_record_is_suggested_by_code_by_name_and_by_likeness(
    candidate: Candidate, confidence: int, reason: str
) -> None:
    found = slots.suggest(BREAKFAST, [Candidate(9, "Dog bed", "DOG"), candidate])
    assert found is not None
    assert found.number == 1
    assert found.reason == reason
    assert abs(found.confidence - confidence) <= 1


def test_nothing_is_suggested_where_nothing_is_alike() -> None:
    assert slots.suggest(BREAKFAST, [Candidate(1, "Dog bed"), Candidate(2, "")]) is None
    assert slots.suggest(BREAKFAST, []) is None


def test_two_records_that_fit_alike_make_each_other_unsure() -> None:
    twins = [Candidate(1, "Breakfast", "A"), Candidate(2, "Breakfast", "B")]
    found = slots.suggest(BREAKFAST, twins)
    assert found is not None
    assert not found.is_sure
    assert found.reason.endswith("But one other fits as well.")


def test_a_short_word_in_a_name_proves_nothing() -> None:
    bar = Slot("bar", "Bar", "products")
    assert slots.suggest(bar, [Candidate(1, "Soap bar in the spa")]) is None


def test_a_record_that_is_gone_is_replaced_by_one_with_its_code_or_name() -> None:
    others = [Candidate(1, "Breakfast à la carte", "ALC"), Candidate(2, "Morning buffet", "brk-1")]
    found = slots.replacement("Breakfast buffet", "BRK1", others)
    assert found is not None
    assert (found.number, found.is_sure) == (2, True)
    again = slots.replacement("Breakfast buffet", "", [Candidate(3, "Breakfast Buffet", "NEW")])
    assert again is not None
    assert again.number == 3


def test_k_of_n_counts_what_was_decided() -> None:
    every = (BREAKFAST, PARKING, ROOM)
    assert slots.completeness(every, {}) == (0, 3, ("breakfast", "room_revenue"))
    half = slots.completeness(every, {"breakfast": "record", "parking": "none"})
    assert half.words == "2 of 3 mapped"
    assert half.lacking == ("room_revenue",)
    assert slots.completeness(
        every, dict.fromkeys(("breakfast", "parking", "room_revenue"), "record")
    ).is_complete


def test_a_required_slot_without_a_value_on_purpose_still_lacks_one() -> None:
    assert slots.completeness((BREAKFAST,), {"breakfast": "none"}) == (0, 1, ("breakfast",))
