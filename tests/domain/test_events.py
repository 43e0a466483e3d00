"""The bodies of events, as partners parse them."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events

AT = datetime(2026, 11, 21, 14, 2, 3, tzinfo=UTC)
ABOUT = events.About("con_1", "pending", "d3x", "pro_1", "Hôtel “Zürich” 山")


@pytest.mark.parametrize("event", events.EVENTS)
def test_a_body_says_what_happened_when_and_to_which_connection(event: str) -> None:
    assert json.loads(events.body(event, AT, ABOUT)) == {
        "type": event,
        "timestamp": "2026-11-21T14:02:03+00:00",
        "data": {
            "connection": {
                "id": "con_1",
                "status": "pending",
                "app": "d3x",
                "property": {"id": "pro_1", "name": "Hôtel “Zürich” 山"},
            }
        },
    }


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


def test_events_are_dotted_and_in_the_past_tense() -> None:
    assert all(event.count(".") == 1 for event in events.EVENTS)
    assert all(event.endswith("ed") for event in events.EVENTS if event != "endpoint.test")
