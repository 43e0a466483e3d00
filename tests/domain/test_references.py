"""References: which names a mapping need not fill, because an id leads to them."""

from domain.references import expected

BROUGHT_IN = ("reservations", "guests", "spaces")


def test_a_name_is_filled_by_an_id_whose_type_comes_from_the_same_source() -> None:
    found = expected("reservations", {"guest_id", "space_id", "rate_id"}, BROUGHT_IN)
    assert {field: (by.id_field, by.type) for field, by in found.items()} == {
        "guest_name": ("guest_id", "guests"),
        "space_name": ("space_id", "spaces"),
    }


def test_a_name_that_a_row_fills_is_the_row_s_own() -> None:
    assert expected("reservations", {"guest_id", "guest_name"}, BROUGHT_IN) == {}


def test_without_the_id_nothing_leads_to_a_name() -> None:
    assert expected("reservations", {"guest_name"}, BROUGHT_IN) == {}
    assert expected("guests", {"guest_id"}, BROUGHT_IN) == {}
