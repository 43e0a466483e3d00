"""My subscriptions."""

from domain.actors import Actor
from domain.places import Place
from ui.components.page_title import page_title
from ui.frame import Visit


async def page(visit: Visit) -> None:
    with page_title("My subscriptions"):
        pass


async def count(actor: Actor, place: Place) -> int:
    return 0
