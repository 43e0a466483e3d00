"""Connections."""

from ui.components.page_title import page_title
from ui.frame import Visit


async def page(visit: Visit) -> None:
    with page_title("Connections"):
        pass


async def one(visit: Visit, connection_id: str) -> None:
    with page_title("Connections"):
        pass
