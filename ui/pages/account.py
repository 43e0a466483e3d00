"""Your account."""

from ui.components.page_title import page_title
from ui.frame import Visit


async def page(visit: Visit) -> None:
    with page_title("Your account"):
        pass
