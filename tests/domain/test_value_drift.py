"""What is mapped but gone at the source is found by the next run, told once, and cleared."""

from dataclasses import dataclass

import pytest

from domain import connections, history, value_drift, value_events, value_mappings, value_pages
from storage import database
from tests import builders, flows, pantry
from tests.builders import World
from tests.harvest import REJECTED, HotelSystem
from tests.pantry import Pantry


@dataclass
class Mapped:
    """D3x's breakfast is mapped to a product whose source an integration reads."""

    lists: Pantry
    integration: str

    @property
    def row(self) -> value_pages.Row:
        found = value_pages.read(self.lists.world.maya, self.lists.connection)
        return next(row for row in found.rows if row.slot.key == "breakfast")

    @property
    def version(self) -> int:
        return value_pages.read(self.lists.world.maya, self.lists.connection).version

    def run(self) -> None:
        flows.run(self.lists.world, self.integration)

    def told(self) -> list[str]:
        """Return what the history says of values, the oldest first."""
        lines = history.of_connection(self.lists.world.maya, self.lists.connection)
        return [line.event for line in reversed(lines) if line.event.startswith("values.")]


@pytest.fixture
def mapped(world: World, system: HotelSystem) -> Mapped:
    integration = flows.active(world)
    source = flows.stored(integration).source_id
    lists = pantry.stock(world)
    with database.transaction() as session:
        number = pantry.add(
            session, "products", world.hotel, source, "buffet", world.now, "Morning buffet", "BRK"
        )
    value_mappings.choose(world.maya, lists.connection, "breakfast", number, expected_version=0)
    return Mapped(lists, integration)


def test_what_is_still_there_is_nothing_to_tell(mapped: Mapped) -> None:
    mapped.run()
    assert (mapped.version, mapped.told()) == (1, ["values.mapped"])
    assert not flows.mails("values.gone")


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        ({"active": False}, "was made inactive at the source."),
        ({"removed_at": True}, "was removed at the source."),
    ],
)
def test_what_is_gone_is_told_once_with_what_could_take_its_place(
    mapped: Mapped, happened: dict[str, object], words: str
) -> None:
    world, connection = mapped.lists.world, mapped.lists.connection
    with database.transaction() as session:
        pantry.add(
            session, "products", world.hotel, mapped.lists.source, "new", world.now, "Buffet", "brk"
        )
    if "removed_at" in happened:
        happened = {"removed_at": world.now}
    mapped.lists.change("buffet", **happened)
    mapped.run()
    assert mapped.row.status == "gone"
    summary = value_pages.summary(world.maya, connection)
    assert summary is not None
    assert summary.gone == (f"Breakfast: “Morning buffet” (BRK) {words}",)
    line = history.of_connection(world.dee, connection)[0]
    assert (line.event, line.who, line.side) == ("values.gone", "Adjoin", "adjoin")
    instead = "Suggested instead: “Buffet” (brk), 98 % sure."
    assert line.note == f"Breakfast: “Morning buffet” (BRK) {words} {instead}"
    (mail,) = flows.mails("values.gone")
    assert mail.subject == "A value that D3x needs is gone at Harbour Hotel"
    body = builders.body_of(mail)
    assert instead in body
    assert f"/subscriptions/{connection}/mapping?property={world.hotel}" in body
    mapped.run()
    assert mapped.told() == ["values.mapped", "values.gone"]
    assert len(flows.mails("values.gone")) == 1
    assert value_events.tell(connection, 1)
    assert not value_events.tell(connection, 2), "nobody has decided"


def test_it_clears_when_the_record_returns(mapped: Mapped) -> None:
    mapped.lists.change("buffet", active=False)
    mapped.run()
    mapped.lists.change("buffet", active=True)
    mapped.run()
    assert mapped.row.status == "mapped"
    assert mapped.told() == ["values.mapped", "values.gone", "values.returned"]
    mapped.lists.change("buffet", active=False)
    mapped.run()
    assert len(flows.mails("values.gone")) == 2, "it has gone once more"


def test_it_clears_when_something_else_is_mapped(mapped: Mapped) -> None:
    mapped.lists.change("buffet", active=False)
    mapped.run()
    world, connection = mapped.lists.world, mapped.lists.connection
    number = mapped.lists.numbers["pro-1"]
    value_mappings.choose(
        world.maya, connection, "breakfast", number, expected_version=mapped.version
    )
    mapped.run()
    assert mapped.row.status == "mapped"
    assert mapped.told()[-1] == "values.mapped"


def test_a_record_of_another_source_is_left_to_its_own_runs(mapped: Mapped) -> None:
    world, connection = mapped.lists.world, mapped.lists.connection
    number = mapped.lists.numbers["pro-1"]
    value_mappings.choose(world.maya, connection, "breakfast", number, expected_version=1)
    mapped.lists.change("pro-1", active=False)
    mapped.run()
    assert mapped.told() == ["values.mapped", "values.mapped"]
    assert mapped.row.status == "gone", "whoever looks sees it all the same"


def test_a_connection_that_has_ended_is_left_alone(mapped: Mapped) -> None:
    connections.disconnect(mapped.lists.world.maya, mapped.lists.connection)
    mapped.lists.change("buffet", active=False)
    mapped.run()
    assert not flows.mails("values.gone")


def test_a_run_that_failed_looks_all_the_same(mapped: Mapped, system: HotelSystem) -> None:
    mapped.lists.change("buffet", active=False)
    system.fault = REJECTED
    mapped.run()
    assert mapped.told()[-1] == "values.gone"


def test_an_integration_that_is_no_more_is_nothing_to_compare_with(mapped: Mapped) -> None:
    value_drift.check("int_never")
    assert mapped.version == 1
