"""One case as operators read it: an escalation, or a case about a core app."""

from ui.frame import Visit
from ui.pages import case


async def page(visit: Visit, case_id: str) -> None:
    await case.draw(visit, case_id, case.PLATFORM)
