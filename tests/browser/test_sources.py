"""From nothing to an active data transfer, in a real browser, without one reload."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser import jsonhotel, portal
from tests.browser.conftest import PATIENCE
from tests.browser.test_front_door import assert_not_reloaded, mark
from tests.builders import PASSWORD, World


@pytest.fixture
def hotel_system() -> Iterator[str]:
    with jsonhotel.running() as address:
        yield address


@pytest.fixture
async def page(
    database: str, world: World, hotel_system: str, browser: Browser, tmp_path: Path
) -> AsyncIterator[Page]:
    """A window in which Maya is signed in; whatever its page throws fails the test."""
    host = hotel_system.removeprefix("http://").partition("/")[0]
    errors: list[str] = []
    with portal.running(database, tmp_path, may_call=host) as address:
        context = await browser.new_context(base_url=address, color_scheme="light")
        context.set_default_timeout(PATIENCE)
        form = {"email": world.emails["maya"], "password": PASSWORD}
        answer = await context.request.post(
            "/auth/sign-in", form=form, headers={"Origin": address}, max_redirects=0
        )
        assert answer.headers["location"] == "/"
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and errors.append(said.text))
        yield page
        await context.close()
    assert not errors, errors


async def describe(page: Page, address: str) -> None:
    """Answer what the form asks about an API."""
    await page.get_by_role("radio", name="REST / JSON").check()
    await page.get_by_label("Base address").fill(address)
    reservations = page.get_by_role("group", name="Reservations")
    await reservations.get_by_label("Path").fill("/reservations")
    await reservations.get_by_label("Where the records lie").fill("data.items")
    await page.get_by_label("Name").fill("Front desk")


async def authorize(page: Page) -> None:
    """Give a wrong token, which is refused, and then the right one."""
    await page.get_by_role("button", name="New credentials").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Token", exact=True).fill("wrong-token-1234567890")
    await dialog.get_by_role("button", name="Test and save").click()
    await expect(dialog.get_by_text("Nothing was saved")).to_be_visible()
    await dialog.get_by_label("Name").fill("Front desk API")
    await dialog.get_by_label("Token", exact=True).fill(jsonhotel.TOKEN)
    await dialog.get_by_role("button", name="Test and save").click()
    await expect(page.get_by_role("radio", name="Front desk API")).to_be_checked()


@pytest.mark.parametrize("database_kind", ["sqlite"], scope="session")
async def test_from_a_new_source_to_an_active_data_transfer(page: Page, hotel_system: str) -> None:
    await page.goto("/sources")
    await mark(page)
    await page.get_by_role("link", name="Add source").first.click()
    await describe(page, hotel_system)
    await authorize(page)
    await page.get_by_role("button", name="Add source").click()
    await page.wait_for_url(re.compile("/sources/src_"))

    await page.get_by_role("button", name="Add data transfer").click()
    await page.get_by_role("menuitem", name="Reservations").click()
    await expect(page.get_by_text("Record 1 of 10")).to_be_visible()
    await expect(page.get_by_text("4 things are missing before Activate")).to_be_visible()

    # By keyboard alone: the primary key out of the list of the source's fields.
    await page.get_by_role("button", name="Go there").first.click()
    await page.get_by_role("button", name="Source of Primary key").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.type("R-")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Saved, version 1", exact=True)).to_be_visible()

    await page.get_by_role("button", name=re.compile(r"^Accept \d+ above 90 %")).click()
    await expect(page.get_by_text("Saved, version 2", exact=True)).to_be_visible()
    await expect(page.get_by_text("Everything is in place")).to_be_visible()
    status = page.locator(".mapping-row").filter(has=page.get_by_role("heading", name="Status"))
    await expect(status.locator(".map-see")).to_contain_text("Confirmed")
    await expect(status.locator(".map-after")).to_have_text("confirmed")

    # An expression shows what it would do before it is saved.
    await page.get_by_role("button", name="Source of Notes").click()
    await page.get_by_role("button", name="Write an expression").click()
    await page.keyboard.type("join(' in ', [guest.last_name, room.name])")
    await expect(page.locator(".map-table")).to_contain_text("Berg in Room 101")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Saved, version 3", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Saved, version 4", exact=True)).to_be_visible()

    await page.get_by_role("button", name="Activate").click()
    await expect(page.locator("main .badge").first).to_have_text("Active")
    await assert_not_reloaded(page)
    await page.get_by_role("link", name="Front desk").click()
    await expect(page.get_by_text("Data transfer activated")).to_be_visible()
    assert jsonhotel.TOKEN not in await page.content()
