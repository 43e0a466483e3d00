"""What a hotel’s manager does, from nothing to the records of another system, step by step.

Every step begins on the page where the one before has ended, and ends when its outcome is seen.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import Locator, Page, expect

LONG = 60_000  # milliseconds that reading another system may take on a busy machine


async def begin_a_source(page: Page, kind: str, name: str) -> None:
    """Go to the form of a new source, and say what it is."""
    await _open(page, "Sources")
    await page.get_by_role("link", name="Add source").first.click()
    await _arrive(page, "Add a source")
    await page.get_by_role("radio", name=kind).check()
    await page.get_by_label("Name", exact=True).fill(name)


async def describe_the_api(page: Page, address: str) -> None:
    """Answer where things lie in an API of nobody in particular."""
    await page.get_by_label("Base address").fill(address)
    await page.get_by_label("Paging", exact=True).select_option("Page number")
    await page.get_by_label("Parameter for the page size").fill("size")
    await page.get_by_label("Where the number of all records lies").fill("total")
    reservations = page.get_by_role("group", name="Reservations")
    await reservations.get_by_label("Path").fill("/reservations")
    await reservations.get_by_label("Where the records lie").fill("data.items")


async def give_credentials(
    page: Page, name: str, credentials: Mapping[str, str], *, address: str = ""
) -> None:
    """Give wrong credentials, which are refused, and then the right ones, which are kept."""
    await page.get_by_role("button", name="New authorization").click()
    dialog = page.get_by_role("dialog")
    if address:
        await dialog.get_by_label("Address").fill(address)
    await dialog.get_by_label("Name").fill(name)
    for label, secret in credentials.items():
        await dialog.get_by_label(label, exact=True).fill(f"wrong{secret[5:]}")
    await dialog.get_by_role("button", name="Test and save").click()
    await expect(dialog.get_by_text("Nothing was saved")).to_be_visible()
    for label, secret in credentials.items():
        await dialog.get_by_label(label, exact=True).fill(secret)
    await dialog.get_by_role("button", name="Test and save").click()
    await expect(page.get_by_role("radio", name=name)).to_be_checked()
    await expect(dialog).to_be_hidden()


async def add_the_source(page: Page, name: str) -> None:
    """Send the form; the source’s own page follows."""
    await page.get_by_role("button", name="Add source").click()
    await page.wait_for_url(re.compile("/sources/src_"))
    await _arrive(page, name)


async def add_reservations(page: Page) -> None:
    """Add the data transfer of reservations."""
    await page.get_by_role("button", name="Add data transfer").click()
    await page.get_by_role("menuitem", name="Reservations").click()


async def upload(page: Page, table: Path) -> None:
    """Upload a table of reservations, and go on to their mapping."""
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Upload reservations").click()
    await (await chooser.value).set_files(table)
    await expect(page.get_by_text(re.compile(f"^{table.name}, "))).to_be_visible()
    await page.get_by_role("link", name="Map its fields").click()


async def see_samples(page: Page) -> None:
    """Arrive at the mapping, with the first sample record in the preview."""
    await _arrive(page, "Reservations mapping")
    await expect(page.get_by_text(re.compile(r"^Record 1 of \d+"))).to_be_visible()


async def choose(page: Page, ours: str, theirs: str, *, typed: str = "") -> None:
    """Fill one of our fields by keyboard alone, out of the list of the source’s fields."""
    await page.get_by_role("button", name=f"Source of {ours}: ").focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("combobox", name="Search the source’s fields")).to_be_focused()
    await page.keyboard.type(typed or theirs)
    option = page.get_by_role("option").filter(has=page.get_by_text(theirs, exact=True))
    await expect(option).to_be_visible()
    while await option.get_attribute("aria-selected") != "true":
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(row_of(page, ours).locator(".picker-open code")).to_have_text(theirs)
    await _see_saved(page)


async def go_and_say_what_it_means(page: Page, ours: str, theirs: str, value: str) -> None:
    """Follow what is missing into its row, to the value of the source that is one of ours."""
    await page.get_by_role("button", name="Go there").click()
    row = row_of(page, ours)
    ours_for_it = row.get_by_role("combobox", name=f"Our value for {theirs}")
    await expect(ours_for_it).to_be_focused()
    await expect(ours_for_it).to_be_in_viewport()
    await expect(row.get_by_text("Not in the list yet")).to_be_visible()
    save = row.get_by_role("button", name="Save this row")
    await expect(save).to_be_disabled()
    await expect(save).to_have_accessible_description(f"Choose what “{theirs}” becomes, then save.")
    await ours_for_it.select_option(value)
    await save.click()
    await _see_saved(page)


async def accept_suggestions(page: Page) -> None:
    """Make all drafts count that are almost certain."""
    accept = page.get_by_role("button", name=re.compile(r"^Accept (all \d+|\d+ from 90 %)$"))
    await accept.click()
    await expect(accept).to_be_hidden()
    await _see_saved(page)


async def activate_the_transfer(page: Page) -> None:
    """Let the data transfer be active, now that nothing is missing."""
    await expect(page.get_by_text("Everything is in place")).to_be_visible()
    await page.get_by_role("button", name="Activate").click()
    await expect(badge(page)).to_have_text("Active")


async def begin_an_integration(page: Page, source: str) -> None:
    """Go to the form of a new integration, and say from where; all that can be had is ticked."""
    await _open(page, "Integrations")
    await page.get_by_role("link", name="New integration").first.click()
    await _arrive(page, "New integration")
    await page.get_by_role("radio", name=re.compile(f"^{source}")).check()
    await expect(page.get_by_role("checkbox", name="Reservations")).to_be_checked()


async def activate_the_integration(page: Page, name: str) -> None:
    """Send the form; the integration’s own page follows."""
    await page.get_by_role("button", name="Activate").click()
    await page.wait_for_url(re.compile("/integrations/int_"))
    await _arrive(page, name)
    await expect(badge(page)).to_have_text("Active")


async def run_now(page: Page) -> None:
    await page.get_by_role("button", name="Run now").click()


async def see_progress(page: Page, words: str) -> None:
    """See how far the run has come, without touching anything."""
    bar = page.get_by_role("progressbar", name="Progress of the run")
    await expect(bar).to_have_attribute("aria-valuetext", re.compile(words), timeout=LONG)


async def see_runs(page: Page, *counts: str) -> None:
    """See the runs that have ended, the newest first, each in a line of words and numbers."""
    runs = page.get_by_role("table", name="Runs", exact=True).get_by_role("row")
    for number, words in enumerate(counts, start=1):
        await expect(runs.nth(number)).to_contain_text(re.compile(words), timeout=LONG)
    await expect(runs).to_have_count(1 + len(counts))
    await expect(page.get_by_role("button", name="Run now")).not_to_have_attribute(
        "aria-disabled", "true"
    )


async def open_newest_run(page: Page) -> None:
    runs = page.get_by_role("table", name="Runs", exact=True).get_by_role("row")
    await runs.nth(1).get_by_role("link").click()
    await _arrive(page, "Run of")


async def see_records(page: Page, count: int) -> None:
    """Go to the data: the reservations are there, all of them."""
    await _open(page, "Data")
    await _see_count(page, count)


async def search_records(page: Page, words: str, count: int) -> None:
    await page.get_by_role("searchbox", name="Search reservations").fill(words)
    await _see_count(page, count)


async def open_first_record(page: Page, name: str) -> None:
    rows = page.get_by_role("table", name="Reservations").get_by_role("row")
    await rows.nth(1).get_by_role("link").click()
    await _arrive(page, f"Reservation {name}")


def row_of(page: Page, ours: str) -> Locator:
    """The row of the mapping that fills one of our fields."""
    heading = page.get_by_role("heading", name=re.compile(f"^{ours}"))
    return page.locator(".mapping-row").filter(has=heading)


def badge(page: Page) -> Locator:
    """The status beside the heading."""
    return page.locator("main .badge").first


async def _open(page: Page, label: str) -> None:
    menu = page.get_by_role("navigation", name="Menu")
    await menu.get_by_role("link", name=label).click()
    await _arrive(page, label)


async def _arrive(page: Page, heading: str) -> None:
    await expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


async def _see_saved(page: Page) -> None:
    """The mapping is saved, and takes the next change."""
    await expect(page.get_by_role("status").filter(has_text="Saved, version")).to_be_visible()


async def _see_count(page: Page, count: int) -> None:
    pages = page.get_by_role("navigation", name="Pages")
    await expect(pages).to_contain_text(re.compile(rf" of {count:,}(?!\d)"))
