"""The bodies of events, as partners parse them, and the one table of all events."""

import json
from datetime import UTC, datetime, timedelta, timezone

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.types_of_data import ALL
from tests import catalogue

AT = datetime(2026, 11, 21, 14, 2, 3, tzinfo=UTC)
ABOUT = events.About("con_1", "pending", "d3x", "pro_1", "Hôtel “Zürich” 山")


@pytest.mark.parametrize("event", events.EVENTS)
def test_a_body_says_what_happened_when_and_to_which_connection(event: str) -> None:
    assert json.loads(events.body(event, AT, ABOUT)) == {
        "type": event,
        "timestamp": "2026-11-21T14:02:03Z",
        "data": {
            "connection": {
                "id": "con_1",
                "status": "pending",
                "app": "d3x",
                "property": {"id": "pro_1", "name": "Hôtel “Zürich” 山"},
            }
        },
    }


def test_moments_are_told_in_utc() -> None:
    in_tokyo = AT.astimezone(timezone(timedelta(hours=9)))
    body = json.loads(events.body("endpoint.test", in_tokyo, ABOUT))
    assert body["timestamp"] == "2026-11-21T14:02:03Z"


def test_further_fields_stand_beside_the_connection() -> None:
    body = events.body("connection.requested", AT, ABOUT, access_token="adj_1")
    assert json.loads(body)["data"]["access_token"] == "adj_1"


@given(name=st.text(), reason=st.text())
def test_whatever_people_typed_the_body_stays_json(name: str, reason: str) -> None:
    about = events.About("con_1", "rejected", "d3x", "pro_1", name)
    data = json.loads(events.body("connection.rejected", AT, about, reason=reason))["data"]
    assert data["connection"]["property"]["name"] == name
    assert data["reason"] == reason


@pytest.mark.parametrize("event", events.EVENTS)
def test_every_event_has_an_example_of_the_same_shape(event: str) -> None:
    example = json.loads(events.example(event))
    real = json.loads(events.body(event, AT, ABOUT))
    assert example["type"] == event
    assert example.keys() == real.keys()
    assert example["data"]["connection"].keys() == real["data"]["connection"].keys()
    assert ("access_token" in example["data"]) == (event in events.CARRY_A_TOKEN)


@pytest.mark.parametrize("event", events.EVENTS)
def test_every_event_has_a_schema_that_its_example_and_its_test_keep(event: str) -> None:
    jsonschema.Draft202012Validator.check_schema(events.schema(event))
    catalogue.check(events.example(event))
    catalogue.check(sent := events.example_to_send(event, AT))
    assert json.loads(sent)["data"]["test"] is True


@pytest.mark.parametrize(
    ("event", "more"),
    [
        ("connection.requested", {}),
        ("connection.activated", {"access_token": "adj_1"}),
        ("connection.activated", {"test": False}),
        ("reservation.updated", {"records": []}),
        ("reservation.updated", {"records": [{"id": "res_1"}]}),
        ("reservation.updated", {"records": [{"id": "res_1", "external_id": "1", "name": "X"}]}),
        ("mapping.changed", {"version": "2", "slots": []}),
        ("mapping.changed", {"version": 2}),
    ],
)
def test_a_body_that_breaks_its_schema_is_found_out(event: str, more: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        catalogue.check(events.body(event, AT, ABOUT, **more))


def test_each_type_of_data_has_an_event_for_each_change() -> None:
    names = [name for name, event in events.EVENTS.items() if event.type_of_data]
    assert len(names) == 3 * len(ALL)
    assert "accounting_category.removed" in names
    assert all(events.EVENTS[name].group in events.GROUPS for name in names)


def test_nothing_about_data_is_sent_to_who_did_not_ask_for_it() -> None:
    assert not any(events.EVENTS[name].type_of_data for name in events.USUAL)
    assert {"connection.requested", "token.rotated"} <= set(events.USUAL)
    assert not events.is_wanted("reservation.updated", "pro_1", (), ())
    assert events.is_wanted("reservation.updated", "pro_1", ["reservation.updated"], ["pro_1"])
    assert not events.is_wanted("reservation.updated", "pro_2", ["reservation.updated"], ["pro_1"])


def test_events_are_dotted_and_in_the_past_tense() -> None:
    assert all(event.count(".") == 1 for event in events.EVENTS)
    assert all(event.endswith("ed") for event in events.EVENTS if event != "endpoint.test")
