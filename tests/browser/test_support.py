"""A case from the hotel to the platform and back, read by three people at once."""

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.test_front_door import assert_not_reloaded, mark

HOTEL, D3X, OPERATOR = "sigrid@fjordhouse.example", "dev@d3x.example", "ops@adjoin.example"
TITLE = "Upsells do not reach the folio"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 400


def badge(page: Page) -> Locator:
    """The state of the case that the page shows."""
    return page.locator("main .case-head .badge")


async def press(place: Page | Locator, label: str) -> None:
    await place.get_by_role("button", name=label, exact=True).click()


async def report(page: Page, picture: Path) -> None:
    """Report a problem with a picture; the case’s own page follows."""
    await press(page, "Report a problem")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Which app is it about?").select_option("D3x")
    await press(dialog, "Go on")
    await dialog.get_by_label("In a few words").fill(TITLE)
    await dialog.get_by_label("What does not work?").fill("Guests pay, and we see nothing of it.")
    async with page.expect_file_chooser() as chooser:
        await press(dialog, "Add files")
    await (await chooser.value).set_files(picture)
    await expect(dialog.get_by_text("408 bytes")).to_be_visible()
    await press(dialog, "Send report")
    await page.wait_for_url(re.compile("/support/cas_"))


async def answer(page: Page, words: str) -> None:
    await page.get_by_label("Your message").fill(words)
    await press(page, "Send")
    await expect(page.get_by_role("log")).to_contain_text(words)
    await expect(page.get_by_label("Your message")).to_have_value("")


async def escalate(page: Page) -> None:
    """Pass the case on, with what an engineer needs."""
    await press(page, "Escalate to the platform")
    dialog = page.get_by_role("dialog")
    await press(dialog, "Escalate")
    await expect(dialog.get_by_text("Write what you have found.")).to_be_visible()
    await dialog.get_by_label("What have you found?").fill("Every posting is refused.")
    await dialog.get_by_label("What was expected?").fill("201 and a posting")
    await dialog.get_by_label("What came instead?").fill("503 without a body")
    await dialog.get_by_label("Since when?").fill("2026-01-05")
    await dialog.get_by_label("Request id").fill("req_0f3a")
    await press(dialog, "Escalate")
    await expect(badge(page)).to_have_text("Escalated")


async def resolve(page: Page, words: str) -> None:
    await press(page, "Resolve")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What was it, and what solved it?").fill(words)
    await press(dialog, "Resolve")
    await expect(badge(page)).to_have_text("Resolved")


async def test_a_case_goes_from_the_hotel_to_the_platform_and_everybody_reads_it(
    window: Open, tmp_path: Path
) -> None:
    picture = tmp_path / "folio.png"
    picture.write_bytes(PNG)
    hotel = await window(HOTEL, "/support")
    partner = await window(D3X, "/hub/cases")
    operator = await window(OPERATOR, "/operations/cases")
    await mark(hotel, partner, operator)
    await report(hotel, picture)
    await partner.get_by_role("link", name=TITLE).click()
    await expect(partner.get_by_text("Fjord House waits for you.")).to_be_visible()
    async with partner.expect_download() as download:
        await partner.get_by_role("link", name=re.compile("folio.png")).click()
    assert (await (await download.value).path()).read_bytes() == PNG

    await hotel.get_by_label("Your message").fill("And one more thing:")
    await answer(partner, "Thank you. We look at our side.")
    await expect(hotel.get_by_role("log")).to_contain_text("We look at our side.")
    await expect(hotel.get_by_label("Your message")).to_have_value("And one more thing:")

    await expect(operator.get_by_role("link", name=TITLE)).to_have_count(0)
    await escalate(partner)
    await operator.get_by_role("link", name=TITLE).click()
    await expect(operator.get_by_text("503 without a body")).to_be_visible()
    await expect(operator.get_by_role("link", name="Read the evidence")).to_have_count(0)
    await press(hotel, "Agree")
    await expect(operator.get_by_role("link", name="Read the evidence")).to_be_visible()

    await resolve(operator, "A queue was full. It works again.")
    for page in (hotel, partner):
        await expect(badge(page)).to_have_text("Resolved")
        await expect(page.get_by_role("log")).to_contain_text("A queue was full.")
    await assert_not_reloaded(hotel, partner, operator)


async def test_a_link_to_a_message_leads_to_it(window: Open) -> None:
    hotel = await window(HOTEL, "/support")
    await hotel.get_by_role("link", name=TITLE).click()
    first = hotel.locator(".said").first
    await first.get_by_role("link", name=re.compile(r"^\d\d:\d\d$")).click()
    await expect(hotel).to_have_url(re.compile(r"/support/cas_\w+#cam_\w+$"))
    again = await window(HOTEL, hotel.url)
    await expect(again.locator(".said.marked")).to_contain_text("we see nothing of it")


async def test_files_are_dropped_and_refused_at_their_place(window: Open) -> None:
    hotel = await window(HOTEL, "/support")
    await press(hotel, "Report a problem")
    dialog = hotel.get_by_role("dialog")
    await dialog.get_by_label("Which app is it about?").select_option("Fernline")
    await press(dialog, "Go on")
    await dialog.get_by_label("In a few words").fill("Mails stay away")
    await dialog.get_by_label("What does not work?").fill("Since the weekend.")
    await drop(dialog, "notes.txt", "guests ask")
    await drop(dialog, "page.html", "<script>alert(1)</script>")
    files = dialog.get_by_role("list", name="Files to send along")
    await expect(files).to_contain_text("10 bytes")
    await expect(files.get_by_role("alert")).to_contain_text("“page.html” is of a kind")
    await press(dialog, "Remove page.html")
    await expect(files.get_by_role("alert")).to_have_count(0)
    await press(dialog, "Send report")
    await hotel.wait_for_url(re.compile("/support/cas_"))
    await expect(hotel.get_by_role("log").get_by_role("link", name="notes.txt")).to_be_visible()
    box = hotel.get_by_label("Your message")
    await box.fill("They arrive again.")
    await box.press("Control+Enter")
    await expect(hotel.get_by_role("log")).to_contain_text("They arrive again.")
    await press(hotel, "Resolve")
    await press(hotel.get_by_role("dialog"), "Resolve")
    await expect(badge(hotel)).to_have_text("Resolved")


async def drop(place: Locator, name: str, content: str) -> None:
    """Drop a file onto the place for files, as a hand with a mouse does."""
    await place.locator(".drop-zone").evaluate(
        """(zone, [name, content]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([content], name));
            for (const type of ["dragenter", "dragover", "drop"])
                zone.dispatchEvent(new DragEvent(type, { dataTransfer, cancelable: true }));
        }""",
        [name, content],
    )
