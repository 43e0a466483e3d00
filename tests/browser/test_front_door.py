"""The front door: a hotel connects, the partner answers, both see it without a reload."""

from playwright.async_api import Page

LENA, MAYA, NOAH = "lena@alpine.example", "maya@harbour.example", "noah@harbour.example"
D3X, OPERATOR = "dev@d3x.example", "ops@adjoin.example"


async def connect(page: Page, **answers: str) -> None:
    """Press Connect on an app's page, answer what it asks, and confirm."""
    await page.get_by_role("button", name="Connect", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    for label, answer in answers.items():
        await dialog.get_by_label(label.replace("_", " ")).fill(answer)
    await dialog.get_by_role("button", name="Connect", exact=True).click()


async def mark(page: Page) -> None:
    """Leave a mark in the window that a reload would wipe away."""
    await page.evaluate("window.notReloaded = true")


async def is_marked(page: Page) -> bool:
    return bool(await page.evaluate("window.notReloaded === true"))
