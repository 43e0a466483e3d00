from domain import apps
from tests import builders
from tests.builders import World


def test_the_world_stands(world: World) -> None:
    cards = apps.catalogue(world.maya, world.hotel, now=world.now)
    assert [card.slug for card in cards] == ["d3x", "freeguides", "mews"]
    c = world.connect_active()
    assert builders.connection(c).status == "active"
    f = world.connect("freeguides")
    assert builders.connection(f).status == "pending"
    assert builders.attempt(builders.messages_of(f)[0].id, now=world.now)
    assert builders.connection(f).status == "active"
