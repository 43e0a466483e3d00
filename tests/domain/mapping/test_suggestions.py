"""Suggestions: right for the systems we know, modest about everything else."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.mapping.compiled import compile
from domain.mapping.discovery import fields
from domain.mapping.problems import problem_of
from domain.mapping.rows import Row
from domain.mapping.suggestions import Suggestion, suggest
from domain.types_of_data import ALL
from tests.domain.mapping import records
from tests.domain.mapping.builders import RESERVATIONS, VIENNA, a_row

Records = Callable[[], list[dict[str, Any]]]
SYSTEMS = (
    records.mews_reservations,
    records.apaleo_reservations,
    records.cloudbeds_reservations,
    records.spreadsheet,
)


def _suggested(found: list[dict[str, Any]], *rows: Row) -> dict[str, Suggestion]:
    return {each.row.target: each for each in suggest(RESERVATIONS, fields(found), rows)}


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        (
            records.mews_reservations,
            "external_id=Id number=Number status=State arrival=ScheduledStartUtc "
            "departure=ScheduledEndUtc created=CreatedUtc updated=UpdatedUtc "
            "canceled=CancelledUtc guest_id=AccountId space_id=AssignedResourceId rate_id=RateId "
            "channel=Origin",
        ),
        (
            records.apaleo_reservations,
            "external_id=id number=bookingId status=status arrival=arrival departure=departure "
            "created=created updated=modified canceled=cancellationTime "
            "guest_name=primaryGuest.firstName space_id=unit.id space_name=unit.name "
            "rate_id=ratePlan.id rate_name=ratePlan.name adults=adults "
            "total=totalGrossAmount.amount balance=balance.amount channel=channelCode "
            "notes=comment",
        ),
        (
            records.cloudbeds_reservations,
            "external_id=reservationID status=status arrival=startDate departure=endDate "
            "created=dateCreated updated=dateModified guest_id=guestID guest_name=guestName "
            "adults=adults children=children balance=balance channel=sourceName",
        ),
        (
            records.spreadsheet,
            "external_id=Buchungsnummer number=Buchungsnummer status=Status arrival=Anreise "
            "departure=Abreise guest_name=Gastname space_name=Zimmer total=Gesamtpreis",
        ),
    ],
    ids=["mews", "apaleo", "cloudbeds", "spreadsheet"],
)
def test_the_fields_of_known_systems_are_found(system: Records, expected: str) -> None:
    found = _suggested(system())
    sources = {key: each.row.source for key, each in found.items() if each.row.take == "path"}
    assert sources == dict(pair.split("=") for pair in expected.split())


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.__name__)
def test_whatever_is_suggested_converts_the_sample(system: Records) -> None:
    rows = tuple(each.row for each in suggest(RESERVATIONS, fields(system()), ()))
    mapped = compile(RESERVATIONS, rows, time_zone=VIENNA)
    targets = {error.target for record in system() for error in mapped(record).errors}
    assert targets <= {"balance"}  # Cloudbeds says no currency, and only a person can


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.__name__)
def test_a_suggestion_has_a_reason_and_is_never_certain(system: Records) -> None:
    for each in suggest(RESERVATIONS, fields(system()), ()):
        assert 50 < each.confidence < 100
        assert each.reason.endswith(".")
        field = RESERVATIONS.field(each.row.target)
        assert field
        assert problem_of(each.row, field) is None or "Choose its currency." in each.reason


def test_guests_names_are_joined_and_children_counted() -> None:
    found = _suggested(records.apaleo_reservations())
    assert found["guest_name"].row.transform == "join"
    assert found["guest_name"].row.options == {"more": ["primaryGuest.lastName"]}
    children = found["children"].row
    mapped = compile(RESERVATIONS, (children,), time_zone=VIENNA)
    assert [mapped(each).values["children"] for each in records.apaleo_reservations()[:2]] == [0, 2]
    assert mapped({"childrenAges": None}).values["children"] == 0


def test_values_of_a_status_are_listed_with_ours() -> None:
    values = _suggested(records.mews_reservations())["status"].row.options["values"]
    assert values["Processed"] == "ended"
    assert values["Optional"] == "inquired"


def test_states_that_the_sample_does_not_show_are_listed_too() -> None:
    values = _suggested([{"status": "InHouse"}])["status"].row.options["values"]
    assert values["NoShow"] == "no_show"
    assert values["CheckedOut"] == "ended"
    assert "Processed" not in values
    own = _suggested([{"status": "InHouse"}, {"status": "Tentative"}])["status"].row.options
    assert own["values"] == {"InHouse": "started", "Tentative": "inquired"}


def test_the_way_a_country_writes_is_told_from_examples() -> None:
    found = _suggested(records.spreadsheet())
    assert found["arrival"].row.options == {"format": "DD.MM.YYYY"}
    assert found["total"].row.options == {
        "decimal": ",",
        "thousands": ".",
        "currency_path": "Währung",
    }


def test_a_date_that_could_be_two_is_less_sure_and_says_so() -> None:
    unsure = _suggested([{"arrival": "03/04/2026"}])["arrival"]
    sure = _suggested([{"arrival": "03/04/2026"}, {"arrival": "30/04/2026"}])["arrival"]
    assert unsure.confidence < sure.confidence
    assert "which number is the day" in unsure.reason
    assert sure.row.options == {"format": "DD/MM/YYYY"}


def test_a_day_that_does_not_exist_hides_not_how_the_others_are_written() -> None:
    days = [*(f"{day}.03.1980" for day in range(10, 20)), "31.02.1999"]
    found = _suggested([{"Id": day, "Arrival": day} for day in days])
    assert found["arrival"].row.options == {"format": "DD.MM.YYYY"}


def test_counted_seconds_are_told_by_their_size() -> None:
    found = _suggested([{"created": 1_798_675_200, "updated": 1_798_675_200_000}])
    assert found["created"].row.options == {"format": "unix_seconds"}
    assert found["updated"].row.options == {"format": "unix_milliseconds"}


def test_a_primary_key_is_unique_and_never_empty() -> None:
    repeated = [{"id": 1, "uuid": "a"}, {"id": 1, "uuid": "b"}]
    assert _suggested(repeated)["external_id"].row.source == "uuid"
    assert "external_id" not in _suggested([{"id": 1}, {"id": None}])
    assert "external_id" not in _suggested([{"note": "a"}, {"note": "b"}])


def test_a_number_of_its_own_is_a_primary_key_where_there_is_no_id() -> None:
    guests = [{"Nr": str(n), "Nachname": "Müller", "Vorname": "Zoë"} for n in range(3)]
    found = {each.row.target: each for each in suggest(ALL["guests"], fields(guests), ())}
    assert found["external_id"].row.source == "Nr"
    both = [{"Nr": str(n), "GuestId": f"g{n}"} for n in range(3)]
    found = {each.row.target: each for each in suggest(ALL["guests"], fields(both), ())}
    assert found["external_id"].row.source == "GuestId"


def test_a_name_alone_does_not_do_when_the_values_cannot() -> None:
    found = _suggested([{"arrival": "tomorrow", "adults": "several", "total": "cheap", "id": 1}])
    assert set(found) == {"external_id"}


def test_what_a_person_confirmed_is_neither_suggested_again_nor_given_away() -> None:
    found = _suggested(
        records.apaleo_reservations(), a_row("notes", "arrival"), a_row("external_id", "id")
    )
    assert not {"notes", "external_id"} & set(found)
    assert all(each.row.source != "arrival" for each in found.values())


@pytest.mark.parametrize(
    ("type_of_data", "record", "expected"),
    [
        (
            "guests",
            {
                "Id": "1",
                "FirstName": "Eva",
                "LastName": "Novak",
                "NationalityCode": "AT",
                "LanguageCode": "de-AT",
                "BirthDate": "1983-12-31",
                "Email": "e@a.example",
                "Phone": "0123",
                "Address": {"Line1": "Quay 1", "City": "Linz", "PostalCode": "4020",
                            "CountryCode": "AT"},
                "UpdatedUtc": "2026-01-02T00:00:00Z",
            },
            "external_id=Id first_name=FirstName last_name=LastName email=Email phone=Phone "
            "language=LanguageCode nationality=NationalityCode birth_date=BirthDate "
            "street=Address.Line1 city=Address.City postal_code=Address.PostalCode "
            "country=Address.CountryCode updated=UpdatedUtc",
        ),
        (
            "spaces",
            {"roomID": "7-0", "roomName": "Double 7", "maxGuests": 2, "roomTypeName": "Double"},
            "external_id=roomID name=roomName category=roomTypeName max_guests=maxGuests",
        ),
        (
            "accounting_categories",
            {"Id": "1", "IsActive": True, "Name": "Rooms", "Code": "345", "ExternalCode": "3010",
             "LedgerAccountCode": "311100", "Classification": "Accommodation"},
            "external_id=Id name=Name code=Code external_code=ExternalCode "
            "ledger_code=LedgerAccountCode classification=Classification active=IsActive",
        ),
        (
            "products",
            {"Id": "1", "ServiceId": "2", "AccountingCategoryId": "3", "IsActive": True,
             "Name": "Breakfast", "ChargingMode": "Once",
             "Price": {"GrossValue": 25, "Currency": "EUR"}, "UpdatedUtc": "2026-01-02T00:00:00Z"},
            "external_id=Id name=Name price=Price.GrossValue charging=ChargingMode "
            "service_id=ServiceId accounting_category_id=AccountingCategoryId active=IsActive "
            "updated=UpdatedUtc",
        ),
    ],
    ids=["guests", "spaces", "accounting", "products"],
)  # fmt: skip
def test_the_other_types_of_data_are_found_too(
    type_of_data: str, record: dict[str, Any], expected: str
) -> None:
    found = suggest(ALL[type_of_data], fields([record]), ())
    sources = {each.row.target: each.row.source for each in found}
    assert sources == dict(pair.split("=") for pair in expected.split())
