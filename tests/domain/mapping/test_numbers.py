"""Numbers and money: never ten times too much, never a cent lost."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.mapping.builders import a_row, cell, mapped, refusal, sentences

ENDLESS = pytest.param(10**5000, id="endless")  # too long for Python to write


@pytest.mark.parametrize(
    ("value", "number"),
    [(2, 2), ("2", 2), (" -2 ", -2), (2.0, 2), ("2.0", 2), ("+7", 7), ("1e3", 1000), (0, 0)],
)
def test_whole_numbers_are_read_from_numbers_and_texts(value: Any, number: int) -> None:
    assert cell("integer", value) == number


@pytest.mark.parametrize("value", ["2.5", 2.5, "two", True, "1_000", "٣", "0x10", "1,5", "1e"])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    assert "whole number" in refusal("integer", value) or "no number" in refusal("integer", value)


@pytest.mark.parametrize("value", [2**63, -(2**64), ENDLESS, "9" * 19, "1e60", 1e300])
def test_what_is_larger_than_the_tables_hold_is_refused(value: Any) -> None:
    assert "larger than we can keep" in refusal("integer", value)


@pytest.mark.parametrize("value", [float("nan"), float("-inf")])
@pytest.mark.parametrize("kind", ["integer", "number", "money"])
def test_no_number_of_json_is_no_number_of_ours(kind: str, value: float) -> None:
    options = {"currency": "EUR"} if kind == "money" else {}
    assert "no number" in refusal(kind, value, **options)


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "number"),
    [
        ("1234.5", ".", "", 1234.5),
        ("1,234.5", ".", ",", 1234.5),
        ("1.234,5", ",", ".", 1234.5),
        ("1 234,5", ",", " ", 1234.5),
        ("1\u202f234\u00a0567,5", ",", " ", 1234567.5),
        ("1’234.50", ".", "'", 1234.5),
        ("−5,25", ",", "", -5.25),
        (",5", ",", "", 0.5),
    ],
)
def test_numbers_are_read_the_way_a_country_writes_them(
    text: str, decimal: str, thousands: str, number: float
) -> None:
    assert cell("number", text, decimal=decimal, thousands=thousands) == number


@pytest.mark.parametrize(
    ("text", "decimal", "thousands"),
    [("12,50", ".", ","), ("1.5", ",", "."), ("1,23,4", ".", ","), ("1,234", ".", "")],
)
def test_a_decimal_sign_is_never_taken_for_a_thousands_separator(
    text: str, decimal: str, thousands: str
) -> None:
    sentence = refusal("number", text, decimal=decimal, thousands=thousands)
    assert f"“{text}” is no number written like 1" in sentence


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        (12.5, "EUR", 1250),
        ("12.50", "EUR", 1250),
        (12, "EUR", 1200),
        (0.1, "EUR", 10),
        (1.005, "EUR", 101),
        (-1.005, "EUR", -101),
        (4.35, "EUR", 435),
        ("33.333333", "EUR", 3333),
        (-0.5, "EUR", -50),
        (1500, "JPY", 1500),
        (1.5, "KWD", 1500),
        ("1.2345", "KWD", 1235),
        (1e-7, "EUR", 0),
        (123456789012.34, "USD", 12345678901234),
    ],
)
def test_money_is_counted_in_minor_units_of_its_currency(
    amount: Any, currency: str, minor: int
) -> None:
    assert cell("money", amount, currency=currency) == (minor, currency)


@given(st.floats(-1e9, 1e9) | st.decimals(-(10**6), 10**6, places=2).map(float))
def test_a_float_is_counted_as_it_is_written(amount: float) -> None:
    exact = Decimal(repr(amount)).scaleb(2).to_integral_value(ROUND_HALF_UP)
    assert cell("money", amount, currency="EUR") == (exact, "EUR")


def test_money_can_come_in_minor_units() -> None:
    assert cell("money", "1250", currency="EUR", unit="minor") == (1250, "EUR")


def test_money_is_written_the_country_s_way() -> None:
    assert cell("money", "1.234,50", currency="EUR", decimal=",", thousands=".")[0] == 123450


@pytest.mark.parametrize(
    ("price", "total"),
    [
        ({"Gross": 5, "Currency": "JPY"}, (5, "JPY")),
        ({"Gross": 5, "Currency": " chf "}, (500, "CHF")),
        ({"Gross": 5, "Currency": None}, (500, "EUR")),
        ({"Gross": 5}, (500, "EUR")),
    ],
)
def test_the_currency_can_be_a_field_of_the_record(price: Any, total: Any) -> None:
    row = a_row("total", "Price.Gross", "money", currency_path="Price.Currency", currency="EUR")
    values = mapped({"Price": price}, row).values
    assert (values["total"], values["total_currency"]) == total


@pytest.mark.parametrize("currency", ["euro", 7, ["EUR"], "EU\0", None])
def test_a_record_s_currency_that_is_none_is_refused(currency: Any) -> None:
    row = a_row("total", "gross", "money", currency_path="currency")
    converted = mapped({"gross": 5, "currency": currency}, row)
    assert converted.values == {"total": None, "total_currency": None}
    assert "no currency" in sentences(converted.errors)[0]


def test_money_without_an_amount_has_no_currency_either() -> None:
    assert cell("money", None, currency="EUR") == (None, None)


def test_an_unknown_currency_is_refused() -> None:
    assert "“EUX” is no currency" in refusal("money", 5, currency="eux")
    assert "Choose a currency" in refusal("money", 5)


@pytest.mark.parametrize("amount", [1e300, "9" * 40, 2**63, 1e17])
def test_more_money_than_the_tables_hold_is_refused(amount: Any) -> None:
    assert "larger than we can keep" in refusal("money", amount, currency="EUR")


def test_a_group_with_the_amount_inside_says_what_is_in_it() -> None:
    sentence = refusal("money", {"amount": 5, "currency": "EUR"}, currency="EUR")
    assert "(amount, currency)" in sentence
    assert "Choose a field inside it" in sentence
