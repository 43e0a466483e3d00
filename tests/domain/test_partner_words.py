"""What partners read: whose turn it is in their words, example events, the retry schedule."""

import json

import pytest

from domain import events, lifecycle, retries, turns

STATES = sorted(lifecycle.states(lifecycle.INTEGRATED) - {"not_connected"})


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("activation", ["manual", "automatic"])
def test_every_state_has_words_for_the_partner(status: str, activation: str) -> None:
    turn = turns.for_partner(status, "D3x", "Harbour Hotel", activation=activation)
    assert turn.short
    assert turn.sentence.endswith(".")
    assert "nudge" not in turn.sentence


def test_it_is_the_partners_turn_only_when_it_can_do_something() -> None:
    def whose(status: str, disabled_by: str | None = None) -> str:
        return turns.for_partner(status, "D3x", "Harbour Hotel", disabled_by=disabled_by).whose

    assert whose("pending") == "partner"
    assert whose("disabled", "partner") == "partner"
    assert whose("disabled", "property") == "property"
    assert whose("active") == "nobody"
    assert whose("rejected") == whose("disconnected") == "property"


@pytest.mark.parametrize("event", events.EVENTS)
def test_every_event_has_an_example_of_its_true_shape(event: str) -> None:
    example = json.loads(events.example(event))
    assert list(example) == ["type", "timestamp", "data"]
    assert example["type"] == event
    assert set(example["data"]["connection"]) == {"id", "status", "app", "property"}
    assert ("access_token" in example["data"]) == (event in events.CARRY_A_TOKEN)
    assert example["data"]["connection"]["status"] in STATES


def test_the_retry_schedule_is_said_attempt_by_attempt() -> None:
    words = retries.in_words()
    assert len(words) == len(retries.DELAYS)
    assert words[:4] == ("at once", "5 seconds later", "5 minutes later", "30 minutes later")
    assert words[-1] == "1 day later"
