"""Value lists and yes or no."""

from typing import Any

import pytest

from tests.domain.mapping.builders import cell, refusal

LIST = {"Confirmed": "confirmed", "CXL": "canceled"}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("Confirmed", "confirmed"), (" cxl ", "canceled"), ("CONFIRMED", "confirmed"), (None, None)],
)
def test_a_value_list_says_which_of_their_values_is_which_of_ours(
    theirs: Any, ours: str | None
) -> None:
    assert cell("choice", theirs, values=LIST) == ours


def test_our_own_values_need_no_line() -> None:
    assert cell("choice", "canceled") == "canceled"


def test_an_unlisted_value_is_refused() -> None:
    sentence = refusal("choice", "Tentative")
    assert sentence == "Our field: “Tentative” is not in the value list. Add it there."


def test_an_unlisted_value_becomes_what_was_declared_and_an_empty_one_stays_empty() -> None:
    assert cell("choice", "Tentative", values=LIST, otherwise="confirmed") == "confirmed"
    assert cell("choice", " ", values=LIST, otherwise="confirmed") is None
    assert cell("choice", " ", values=LIST, default="CXL") == "canceled"


def test_a_value_may_mean_that_there_is_none() -> None:
    assert cell("choice", "n/a", values={"n/a": ""}, otherwise="confirmed") is None


def test_numbers_and_truths_can_be_listed_too() -> None:
    assert cell("choice", 3, values={"3": "canceled"}) == "canceled"
    assert cell("choice", False, values={"false": "canceled"}) == "canceled"


def test_a_list_for_a_text_may_say_anything() -> None:
    assert cell("text", "BDC", "choice", values={"BDC": "Booking.com"}) == "Booking.com"


@pytest.mark.parametrize(
    "options",
    [
        {"values": {"Confirmed": "sure"}},
        {"values": ["Confirmed"]},
        {"values": {"Confirmed": None}},
        {"otherwise": "sure"},
        {"values": {str(each): "confirmed" for each in range(501)}},
    ],
)
def test_a_list_that_leads_nowhere_is_refused(options: dict[str, Any]) -> None:
    assert refusal("choice", "Confirmed", **options).startswith("Our field: ")


def test_a_list_leads_to_no_text_that_the_field_cannot_keep() -> None:
    sentence = refusal("text", "BDC", "choice", longest=10, values={"BDC": "Booking.com"})
    assert "longer than 10 characters" in sentence


@pytest.mark.parametrize("value", [True, "true", "Yes", "Y", 1, "1", "on", 1.0])
def test_yes_is_said_in_many_ways(value: Any) -> None:
    assert cell("boolean", value) is True


@pytest.mark.parametrize("value", [False, "FALSE", "no", "n", 0, "0", " off "])
def test_so_is_no(value: Any) -> None:
    assert cell("boolean", value) is False


@pytest.mark.parametrize("value", ["perhaps", 2, {"a": 1}, [True], float("nan")])
def test_what_is_neither_is_refused(value: Any) -> None:
    assert refusal("boolean", value)


def test_own_words_for_yes_and_no_replace_ours() -> None:
    assert cell("boolean", "VIP", yes=["vip"], no=["regular"]) is True
    assert cell("boolean", "regular", yes=["vip"], no=["regular"]) is False
    assert "neither yes nor no" in refusal("boolean", "true", yes=["vip"], no=["regular"])
    assert "both yes and no" in refusal("boolean", "x", yes=["x"], no=["X "])


def test_a_cross_or_nothing_is_a_way_of_ticking() -> None:
    assert cell("boolean", "x", yes=["x"], default="no") is True
    assert cell("boolean", "", yes=["x"], default="no") is False
