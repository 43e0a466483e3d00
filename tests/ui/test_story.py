"""The one story of a connection, as all three sides read it: by kind, with a link to each line."""

from nicegui import ElementFilter
from nicegui.testing import User

from domain import connections, history, kinds, tokens
from tests.builders import PASSWORD, World
from tests.ui.conftest import Person
from tests.ui.hands import go
from tests.ui.patience import until
from ui.components.timeline import Timeline


def story(user: User) -> Timeline:
    with user:
        return next(iter(ElementFilter(kind=Timeline)))


async def test_each_side_filters_the_same_story_and_has_links_to_its_lines(
    person: Person, world: World
) -> None:
    connection = world.connect_active(now=world.after(minutes=-9))
    tokens.reveal(world.maya, connection, PASSWORD)
    lines = history.of_connection(world.maya, connection)
    places = {"maya": world.hotel, "noah": world.hotel, "dee": world.d3x, "olga": None}
    paths = {"dee": "/hub/connections", "olga": "/operations/connections"}
    for name, place in places.items():
        somebody = await person(world.emails[name])
        await go(somebody, f"{paths.get(name, '/subscriptions')}/{connection}")
        shown = story(somebody)
        assert [row["id"] for row in shown._rows] == [line.id for line in lines]
        assert [row["kind"] for row in shown._rows] == ["token", "state", "state"]
        assert shown.props["kinds"] == kinds.KINDS
        assert shown.props.get("place") == place


async def test_a_line_that_comes_live_has_its_link_too(person: Person, world: World) -> None:
    connection = world.connect_active()
    dee = await person("dee@d3x.example")
    await go(dee, f"/hub/connections/{connection}")
    connections.disable(world.maya, connection, "Closed for the winter.")
    await until(lambda: len(story(dee)._rows) == 3)
    newest = story(dee)._rows[0]
    assert newest["id"] == history.of_connection(world.dee, connection)[0].id
    assert newest["kind"] == "state"


async def test_charlie_has_no_such_story(person: Person, world: World) -> None:
    connection = world.connect_active()
    line = history.of_connection(world.maya, connection)[0]
    charlie = await person("charlie@alpine.example")
    await charlie.open(f"/subscriptions/{connection}?line={line.id}&place={world.hotel}")
    await charlie.should_see("There is no such page")
