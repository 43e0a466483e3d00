"""Akia's program reads a hotel's lists through the real API, and proposes values."""

import api.app
from demo.partners import akia
from domain import value_mappings, value_pages
from tests import builders, pantry
from tests.api.machines import served
from tests.builders import World


def test_akia_proposes_what_one_record_alone_is_called(world: World) -> None:
    lists = pantry.stock(world)
    value_mappings.choose_none(world.maya, lists.connection, "parking", expected_version=0)
    with served(api.app.create(base_url="http://adjoin.test")) as address:
        words = akia.propose(f"http://{address}", builders.token_of(lists.connection))
    assert words == "Proposed 2 of 3 values; the hotel confirms them."
    found = value_pages.read(world.maya, lists.connection)
    proposed = {row.slot.key: row.proposal.record for row in found.rows if row.proposal}
    assert {key: record and record.name for key, record in proposed.items()} == {
        "room_revenue": "Room revenue",
        "breakfast": "Breakfast buffet",
    }


def test_akia_says_nothing_when_adjoin_does_not_answer() -> None:
    assert akia.propose("http://127.0.0.1:9", "adj_x") == ""
