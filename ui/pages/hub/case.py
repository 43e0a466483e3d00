"""One case as its partner reads it."""

from ui.frame import Visit
from ui.pages import case


async def page(visit: Visit, case_id: str) -> None:
    await case.draw(visit, case_id, case.PARTNER)
