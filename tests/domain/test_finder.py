"""The ID finder: everything a property has, by name, code or ID; guests stay masked for viewers."""

import pytest
import sqlalchemy as sa

from domain import finder
from storage import database
from storage.records import Guest
from tests import shelf
from tests.builders import World
from tests.domain.refusing import refused
from tests.shelf import Shelf


@pytest.fixture
def filled(world: World) -> Shelf:
    found = shelf.fill(world)
    with database.transaction() as session:
        session.execute(sa.update(Guest).values(search="guests-1 ada", first_name="Ada"))
    return found


def names(filled: Shelf, text: str, *, viewer: bool = False) -> list[tuple[str, str]]:
    who = filled.world.noah if viewer else filled.world.maya
    found = finder.find(who, filled.world.hotel, text)
    return [(hit.type, hit.external_id) for hit in found.hits]


def test_a_name_a_code_and_an_id_are_found_across_all_types(filled: Shelf) -> None:
    assert ("products", "products-1") in names(filled, "breakf")
    assert names(filled, "BF") == [("products", "products-1")]
    assert ("reservations", "res-3") in names(filled, "res-3")
    assert {key for key, _ in names(filled, "-1")} >= {"products", "guests", "spaces"}


def test_the_id_that_programs_know_is_found_too(filled: Shelf) -> None:
    (hit,) = finder.find(filled.world.maya, filled.world.hotel, "breakf").hits
    assert names(filled, hit.public_id.upper()) == [("products", "products-1")]


@pytest.mark.parametrize("text", ["", "   ", "%", "\0", "\ud800", "nowhere", "x" * 10_000])
def test_what_is_nowhere_is_not_found(filled: Shelf, text: str) -> None:
    assert names(filled, text) == []


def test_viewers_neither_see_nor_find_who_a_guest_is(filled: Shelf) -> None:
    assert ("guests", "guests-1") in names(filled, "ada")
    assert ("guests", "guests-1") not in names(filled, "ada", viewer=True)
    found = finder.find(filled.world.noah, filled.world.hotel, "guests-1")
    (hit,) = (hit for hit in found.hits if hit.type == "guests")
    assert hit.name == "•••"


def test_others_find_nothing_here(filled: Shelf) -> None:
    world = filled.world
    for stranger in (world.charlie, world.dee, world.olga):
        assert refused(finder.find, stranger, world.hotel, "breakfast").code == "not_found"
    here = {hit.public_id for hit in finder.find(world.maya, world.hotel, "-1").hits}
    there = {hit.public_id for hit in finder.find(world.charlie, world.lodge, "-1").hits}
    assert not here & there


def test_of_each_type_some_are_shown_and_it_is_said_that_there_are_more(filled: Shelf) -> None:
    world = filled.world
    filled.add(range(10, 40), world.now)
    found = finder.find(world.maya, world.hotel, "res-")
    assert sum(hit.type == "reservations" for hit in found.hits) == finder.OF_EACH
    assert found.more == ("reservations",)


def test_what_has_just_this_id_comes_first(filled: Shelf) -> None:
    filled.add(range(30, 40), filled.world.now)
    first = finder.find(filled.world.maya, filled.world.hotel, "res-3").hits[0]
    assert first.external_id == "res-3"
