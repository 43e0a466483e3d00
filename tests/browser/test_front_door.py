"""The front door: a hotel connects, the partner answers, both see it without a reload."""

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.demo import Demo

LENA, MAYA, NOAH = "lena@alpine.example", "maya@harbour.example", "noah@harbour.example"
D3X, FREEGUIDES, OPERATOR = "dev@d3x.example", "dev@freeguides.example", "ops@adjoin.example"
ANSWERS = {"Contact person": "Maya Berg", "D3x hotel code": "D3-HRB-204"}


def status(page: Page) -> Locator:
    """The badge beside the heading of a connection or an app."""
    return page.locator("main .badge").first


async def press_connect(page: Page, answers: dict[str, str], choice: str = "") -> None:
    """Press Connect on an app's page, answer what it asks, and confirm."""
    await page.get_by_role("button", name="Connect", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    for label, answer in answers.items():
        await dialog.get_by_label(label).fill(answer)
    if choice:
        await dialog.get_by_label("Door locks").select_option(choice)
    await dialog.get_by_role("button", name="Connect", exact=True).click()
    await page.wait_for_url(re.compile("/subscriptions/con_"))


async def mark(*pages: Page) -> None:
    """Leave a mark in windows that a reload would wipe away."""
    for page in pages:
        await page.evaluate("window.notReloaded = true")


async def assert_not_reloaded(*pages: Page) -> None:
    for page in pages:
        assert await page.evaluate("window.notReloaded === true")


async def test_a_badge_turns_active_in_the_hotel_because_of_a_click_at_the_partner(
    window: Open,
) -> None:
    hub = await window(D3X, "/hub/requests")
    hotel = await window(MAYA, "/apps/d3x")
    catalogue = await window(NOAH, "/apps")
    await mark(hub, catalogue)
    await press_connect(hotel, ANSWERS, "Mobile keys")
    await mark(hotel)
    await expect(status(hotel)).to_have_text("Pending")
    await expect(hotel.get_by_text("Waiting for D3x").first).to_be_visible()
    card = catalogue.get_by_role("listitem").filter(has_text="by D3x")
    await expect(card).to_contain_text("Pending")
    request = hub.locator("main section, main .card").filter(has_text="Harbour Hotel wants D3x")
    await request.get_by_role("button", name="Activate").click()
    await expect(status(hotel)).to_have_text("Active")
    await expect(hub.get_by_text("Harbour Hotel wants D3x")).to_have_count(0)
    await expect(hotel.get_by_text("Activated").first).to_be_visible()
    await assert_not_reloaded(hub, hotel, catalogue)


async def test_akia_activates_from_its_own_dashboard(window: Open, demo: Demo) -> None:
    hotel = await window(MAYA, "/apps/akia")
    await press_connect(
        hotel, {"Who will run the inbox": "Noah Lind", "Their e-mail address": NOAH}
    )
    await mark(hotel)
    await expect(status(hotel)).to_have_text("Pending")
    await expect(status(hotel)).to_have_text("Active", timeout=30_000)
    await assert_not_reloaded(hotel)
    await expect(hotel.get_by_text("Access token used for the first time")).to_be_visible()


async def test_freeguides_becomes_active_by_itself(window: Open) -> None:
    hotel = await window(MAYA, "/apps/freeguides")
    await press_connect(hotel, {})
    await expect(status(hotel)).to_have_text("Active", timeout=30_000)


async def test_the_partner_rejects_and_the_hotel_reads_why(window: Open) -> None:
    hotel = await window(LENA, "/subscriptions")
    hub = await window(D3X, "/hub/requests")
    request = hub.locator("main section, main .card").filter(has_text="City Suites wants D3x")
    await request.get_by_role("button", name="Reject").click()
    dialog = hub.get_by_role("dialog")
    await dialog.get_by_role("button", name="Reject").click()
    await expect(dialog.get_by_text("Write why you reject")).to_be_visible()
    await dialog.get_by_role("textbox").fill("Your contract has not begun yet.")
    await dialog.get_by_role("button", name="Reject").click()
    await expect(hub.get_by_text("City Suites wants D3x")).to_have_count(0)
    switch = hotel.get_by_role("button", name=re.compile("Alpine Lodge"))
    await switch.first.click()
    await hotel.get_by_text("City Suites").first.click()
    await expect(hotel.get_by_role("button", name=re.compile("City Suites"))).to_be_visible()
    await hotel.get_by_role("link", name="My subscriptions").first.click()
    await hotel.get_by_text("D3x", exact=True).first.click()
    await expect(hotel.get_by_text("Your contract has not begun yet.").first).to_be_visible()
    await expect(hotel.get_by_role("button", name="Reconnect").first).to_be_visible()


async def test_a_viewer_reads_why_the_button_is_disabled_and_who_can_press_it(window: Open) -> None:
    page = await window(NOAH, "/apps/channelmoor")
    connect = page.get_by_role("button", name="Connect", exact=True).first
    await expect(connect).to_be_disabled()
    await connect.hover()
    await expect(page.get_by_role("tooltip").filter(has_text="Maya Berg").first).to_be_visible()


async def test_an_operator_has_no_button_that_activates(window: Open) -> None:
    page = await window(OPERATOR, "/operations/connections")
    await page.locator("main a[href*='/operations/connections/con_']").first.click()
    await expect(page.get_by_role("heading", name="History")).to_be_visible()
    for name in ("Connect", "Activate", "Reject", "Reconnect", "Show", "Rotate token"):
        await expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)


async def test_the_token_is_shown_after_the_password_and_hidden_again(window: Open) -> None:
    page = await window(MAYA, "/subscriptions")
    await page.get_by_text("Tidyloop", exact=True).first.click()
    await page.get_by_role("button", name="Show", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Your password").fill("wrong")
    await dialog.get_by_role("button", name="Show token").click()
    await expect(dialog.get_by_text("That is not your password")).to_be_visible()
    await dialog.get_by_label("Your password").fill("demo")
    await dialog.get_by_role("button", name="Show token").click()
    await expect(page.get_by_text(re.compile("adj_[0-9A-F]{40}"))).to_be_visible()
    await expect(page.get_by_text("Access token shown after the password").first).to_be_visible()
    await page.reload()
    await expect(page.get_by_text(re.compile("adj_[0-9A-F]{40}"))).to_have_count(0)


async def test_a_stranger_is_asked_to_sign_in_and_sees_nothing(window: Open) -> None:
    page = await window("", "/subscriptions")
    await expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    assert "Tidyloop" not in await page.content()


async def test_another_property_finds_no_such_page(window: Open) -> None:
    maya = await window(MAYA, "/subscriptions")
    await maya.get_by_text("Tidyloop", exact=True).first.click()
    await maya.wait_for_url(re.compile("/subscriptions/con_"))
    lena = await window(LENA, maya.url)
    await expect(lena.get_by_role("heading", name="There is no such")).to_be_visible()
    assert "Harbour" not in await lena.locator("main").inner_text()


async def test_signing_out_closes_the_other_windows_of_that_browser(window: Open) -> None:
    first = await window(NOAH, "/subscriptions")
    second = await first.context.new_page()
    await second.goto("/apps")
    await second.get_by_role("button", name=re.compile("Noah Lind|Account")).first.click()
    await second.get_by_text("Sign out", exact=True).click()
    await second.wait_for_url(re.compile("/sign-in"))
    await first.wait_for_url(re.compile("/sign-in"))


async def test_enter_presses_the_dialogs_button_and_the_menu_stays_where_it_is(
    window: Open,
) -> None:
    hotel = await window(MAYA, "/people")
    invite = hotel.get_by_role("button", name="Invite", exact=True)
    await expect(invite).to_be_visible()
    await hotel.set_viewport_size({"width": 1280, "height": 420})
    await hotel.evaluate("window.scrollTo(0, 200)")
    await invite.dispatch_event("click")
    field = hotel.get_by_role("dialog").get_by_label("E-mail address")
    await field.press("Enter")
    await expect(hotel.locator(".sheet .wrong")).to_be_in_viewport(ratio=1)
    await expect(field).to_be_focused()
    # The dialog lifts the scrolled page below it, but not the menu.
    await expect(hotel.locator(".rail-logo")).to_be_in_viewport(ratio=1)
