"""From nothing to the records of another system, in a real browser, without one reload."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser import hotels, portal, steps
from tests.browser.conftest import PATIENCE
from tests.browser.test_every_page import findings
from tests.browser.test_front_door import assert_not_reloaded, mark
from tests.builders import PASSWORD

OpenFor = Callable[[str], Awaitable[Page]]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal where Ada, Ben and Cleo have a hotel each, and nothing else."""
    with portal.running(tmp_path_factory.mktemp("portal"), ("ada", "ben", "cleo")) as found:
        yield found


@pytest.fixture
async def window_of(address: str, browser: Browser) -> AsyncIterator[OpenFor]:
    """Open somebody’s window: `await window_of("ada")`; what its page throws fails the test."""
    opened: list[BrowserContext] = []
    errors: list[str] = []

    async def open_one(manager: str) -> Page:
        context = await browser.new_context(base_url=address, color_scheme="light")
        opened.append(context)
        context.set_default_timeout(PATIENCE)
        form = {"email": portal.email(manager), "password": PASSWORD}
        answer = await context.request.post(
            "/auth/sign-in", form=form, headers={"Origin": address}, max_redirects=0
        )
        assert answer.headers["location"] == "/"
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and errors.append(said.text))
        await page.goto("/")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await mark(page)
        return page

    yield open_one
    for context in opened:
        await context.close()
    assert not errors, errors


async def test_reservations_of_mews_are_brought_in_while_the_manager_watches(
    window_of: OpenFor, tmp_path: Path
) -> None:
    with hotels.mews(tmp_path) as mews:
        page = await window_of("ada")
        await steps.begin_a_source(page, "Mews", "Mews")
        await steps.give_credentials(page, "Ada’s Mews", mews.credentials, address=mews.address)
        await steps.add_the_source(page, "Mews")

        await steps.add_reservations(page)
        await steps.see_samples(page)
        await steps.choose(page, "Primary key", "Id")
        await steps.accept_suggestions(page)
        await steps.activate_the_transfer(page)

        await steps.begin_an_integration(page, "Mews")
        await page.get_by_role("radio", name="Only by hand").check()
        await steps.activate_the_integration(page, "Mews")
        with mews.holding_back():
            await steps.run_now(page)
            await steps.see_progress(page, "1,000 records")
        # Twelve have a status that was not in the sample, and so not in the mapping.
        await steps.see_runs(page, "By Ada.*Succeeded with rejects5,0004,988––12")

        await steps.see_records(page, 4988)
        await steps.open_first_record(page, "2")
        await expect(page.get_by_text("ScheduledStartUtc")).to_be_visible()
        await assert_not_reloaded(page)


async def test_reservations_of_any_json_api_are_brought_in_and_again(window_of: OpenFor) -> None:
    with hotels.api() as system:
        page = await window_of("ben")
        await steps.begin_a_source(page, "REST / JSON", "Front desk")
        await steps.describe_the_api(page, system.address)
        await steps.give_credentials(page, "Front desk API", system.credentials)
        await steps.add_the_source(page, "Front desk")

        await steps.add_reservations(page)
        await steps.see_samples(page)
        await expect(
            page.get_by_text("4 required fields are missing before Activate")
        ).to_be_visible()
        await steps.choose(page, "Primary key", "id", typed="R-")
        await steps.accept_suggestions(page)
        await map_a_row_by_keyboard(page)
        await steps.activate_the_transfer(page)

        with system.holding_back():
            await steps.begin_an_integration(page, "Front desk")
            await steps.activate_the_integration(page, "Front desk")
            await steps.see_progress(page, "100 of about 300 records")
        await steps.see_runs(page, "After activating.*Succeeded300300")
        await steps.run_now(page)
        await steps.see_runs(page, "By Ben.*Succeeded300––300", "After activating")

        await steps.see_records(page, 300)
        await steps.search_records(page, "40007", 1)
        await steps.open_first_record(page, "40007")
        await expect(page.get_by_text("Canceled", exact=True)).to_be_visible()
        await assert_not_reloaded(page)
        for secret in system.credentials.values():
            assert secret not in await page.content()


async def map_a_row_by_keyboard(page: Page) -> None:
    """An expression shows what it would do, or what is wrong, before it is saved, and can be undone
    after; a row can be left; and the keyboard goes on from where it was."""
    await expect(steps.row_of(page, "Status").locator(".map-see")).to_contain_text("Confirmed")
    await expect(steps.row_of(page, "Status").locator(".map-after")).to_have_text("confirmed")
    row, effect = steps.row_of(page, "Balance"), page.locator(".map-table")
    await row.locator(".picker-open").focus()
    await press(page, "Enter", "Tab", "Tab", "Enter")  # Write an expression
    await expect(effect).to_contain_text("Choose where it comes from")
    await page.keyboard.type("length(@)")
    await expect(effect).to_contain_text("Choose a currency")
    await page.keyboard.press("Enter")
    await expect(row.get_by_text("Choose a currency")).to_have_count(2)  # its effect, and why
    await press(page, "Tab", "Tab")  # Conversion, Currency
    await page.keyboard.type("eur")
    await expect(effect).to_contain_text("9.00 EUR")
    await expect(row.get_by_text("Choose a currency")).to_have_count(0)
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("Saved, version 3", exact=True)).to_be_visible()
    await expect(row.locator(".map-after")).to_have_text("9.00 EUR")
    await expect(row.locator(".picker-open")).to_be_focused()
    undo = page.get_by_role("button", name="Undo")
    await undo.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Saved, version 4", exact=True)).to_be_visible()
    await expect(row.locator(".map-after")).to_have_count(0)
    await expect(undo).to_be_focused()
    await leave_a_row(page)


async def leave_a_row(page: Page) -> None:
    """Escape leaves a row as it was, from wherever in it."""
    row = steps.row_of(page, "Status")
    how = row.get_by_role("button", name="How Status is converted")
    await how.focus()
    await page.keyboard.press("Enter")
    await row.get_by_role("combobox", name="Any other value").focus()
    await press(page, "End", "Escape")
    await expect(how).to_have_attribute("aria-expanded", "false")
    await expect(row.locator(".picker-open")).to_be_focused()
    await expect(page.get_by_text("Saved, version 4", exact=True)).to_be_visible()


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def test_a_table_in_latin_1_is_uploaded_and_brought_in(
    window_of: OpenFor, tmp_path: Path
) -> None:
    table = tmp_path / "Buchungen.csv"
    table.write_text("\n".join(_lines()), encoding="latin-1")
    page = await window_of("cleo")
    await steps.begin_a_source(page, "CSV or Excel file", "Old books")
    await steps.add_the_source(page, "Old books")
    await steps.add_reservations(page)
    await steps.upload(page, table)
    await steps.see_samples(page)
    for ours, theirs in {
        "Primary key": "Buchung",
        "Status": "Zustand",
        "Arrival": "Anreise",
        "Departure": "Abreise",
        "Guest name": "Gast",
    }.items():
        await steps.choose(page, ours, theirs)
    await steps.go_and_say_what_it_means(page, "Status", "im Haus", "started")
    await steps.activate_the_transfer(page)

    await steps.begin_an_integration(page, "Old books")
    await steps.activate_the_integration(page, "Old books")
    await steps.see_runs(page, "Succeeded with rejects300299––1")
    await steps.open_newest_run(page)
    await page.get_by_text("B-200", exact=True).click()
    await expect(page.get_by_role("listitem").filter(has_text="B-200")).to_contain_text(
        "31.02.2026"
    )
    assert await findings(page) == []
    await steps.see_records(page, 299)
    await steps.search_records(page, "groß", 10)
    await steps.open_first_record(page, "B-0")
    await expect(page.get_by_text("Jürgen Groß 0", exact=True)).to_be_visible()
    await assert_not_reloaded(page)


def _lines() -> list[str]:
    """300 bookings as an old German program writes them, one of them on a day that never was."""
    lines = ["Buchung;Gast;Anreise;Abreise;Zustand;Betrag"]
    for number in range(300):
        guest = f"Jürgen Groß {number // 30}" if number % 30 == 0 else f"Gast {number}"
        arrival = "31.02.2026" if number == 200 else f"{1 + number % 27:02}.11.2026"
        status = "im Haus" if number == 7 else "confirmed"
        lines.append(f"B-{number};{guest};{arrival};{2 + number % 27:02}.11.2026;{status};99,50")
    return lines
