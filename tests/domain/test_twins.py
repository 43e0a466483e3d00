"""Twins: two sources of one account are warned of, and never refused."""

from dataclasses import replace

import pytest

from domain import sources, transfers
from tests import harvest
from tests.builders import World
from tests.harvest import ACCEPTED, HotelSystem


@pytest.fixture(autouse=True)
def system(monkeypatch: pytest.MonkeyPatch) -> HotelSystem:
    return harvest.play(monkeypatch, "mews", "rest")


def twins(world: World, source: str) -> dict[str, tuple[str, ...]]:
    return {each.name: each.both for each in sources.read(world.maya, source).twins}


def test_a_second_source_of_an_account_knows_the_first_and_the_first_the_second(
    world: World,
) -> None:
    first, second = harvest.source(world), harvest.source(world, name="Again")
    assert twins(world, second) == {"Front desk": ()}
    assert twins(world, first) == {"Again": ()}
    (twin,) = sources.read(world.noah, first).twins
    assert twin.account == "Harbour Hotel at Mews"


def test_what_is_active_in_both_is_named(world: World) -> None:
    first, second = harvest.source(world), harvest.source(world, name="Again")
    harvest.active(world, first)
    transfer = harvest.active(world, second)
    harvest.transfer(world, second, "guests")
    assert twins(world, first) == {"Again": ("Reservations",)}
    transfers.deactivate(world.maya, transfer)
    assert twins(world, first) == {"Again": ()}


def test_sources_of_two_accounts_have_nothing_to_do_with_each_other(
    world: World, system: HotelSystem
) -> None:
    first = harvest.source(world)
    system.says = replace(ACCEPTED, account_id="ent_2", account_name="Annexe")
    assert twins(world, harvest.source(world, name="Annexe")) == {}
    assert twins(world, first) == {}


def test_another_hotel_is_never_named(world: World) -> None:
    harvest.source(world)
    theirs = harvest.source(world, world.charlie)
    assert sources.read(world.charlie, theirs).twins == ()
    mews = next(each for each in sources.offered(world.charlie, world.lodge) if each.read_by)
    (readers,) = mews.read_by.values()
    assert [each.name for each in readers] == ["Front desk"], "their own, of that name"


@pytest.mark.parametrize(("address", "known"), [("https://a.example", 1), ("https://b.example", 0)])
def test_an_open_api_is_known_by_its_address(world: World, address: str, known: int) -> None:
    def rest(name: str, address: str) -> str:
        settings = {"types": {"rates": {"path": "/rates"}}}
        draft = sources.Draft("rest", name, address=address, settings=settings)
        return sources.add(world.maya, world.hotel, draft, now=world.now)

    rest("First", "https://A.example")
    assert len(twins(world, rest("Second", address))) == known


def test_files_are_no_twins(world: World) -> None:
    draft = [sources.Draft("file", name) for name in ("One", "Two")]
    ids = [sources.add(world.maya, world.hotel, each, now=world.now) for each in draft]
    assert twins(world, ids[1]) == {}


def test_the_form_is_told_which_accounts_are_read_already(world: World) -> None:
    opens, spare = harvest.authorize(world), harvest.authorize(world, name="Spare")
    harvest.source(world, authorization_id=opens)
    (mews,) = (each for each in sources.offered(world.maya, world.hotel) if each.read_by)
    read_by = {key: [each.name for each in readers] for key, readers in mews.read_by.items()}
    assert read_by == {opens: ["Front desk"], spare: ["Front desk"]}, "the same account"
