"""Connection."""

from ui.components.page_title import page_title
from ui.frame import Visit


async def page(visit: Visit, connection_id: str) -> None:
    with page_title("Connection"):
        pass
