"""Signing in and out as people do it: by the form, with the back button, in several windows."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.demo import Demo

LENA, MAYA, NOAH = "lena@alpine.example", "maya@harbour.example", "noah@harbour.example"
SIGN_IN = re.compile("/sign-in")


async def fill(page: Page, email: str, password: str) -> None:
    """Fill the form of the sign-in page and send it by Enter."""
    if email:
        await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.keyboard.press("Enter")


async def test_the_form_remembers_the_address_and_leads_to_the_wanted_page(window: Open) -> None:
    page = await window("", "/account")
    await expect(page).to_have_url(SIGN_IN)
    await fill(page, NOAH, "not the password")
    await expect(page.get_by_role("alert")).to_contain_text("the password is wrong")
    await expect(page.get_by_label("E-mail address")).to_have_value(NOAH)
    await expect(page.get_by_label("Password", exact=True)).to_be_focused()
    await fill(page, "", "demo")
    await expect(page).to_have_url(re.compile("/account$"))
    await expect(page.get_by_text(f"You sign in as {NOAH}.")).to_be_visible()
    assert await page.evaluate("document.cookie") == ""


async def test_a_shown_password_stays_typed(window: Open) -> None:
    page = await window("", "/sign-in")
    await page.get_by_label("E-mail address").fill(NOAH)
    await page.get_by_label("Password", exact=True).fill("demo")
    await page.get_by_role("button", name="Show the password").click()
    await expect(page.get_by_label("Password", exact=True)).to_have_value("demo")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page).not_to_have_url(SIGN_IN)


async def test_a_window_goes_to_sign_in_when_another_browser_ends_it(window: Open) -> None:
    left, here = await window(NOAH, "/apps"), await window(NOAH, "/account")
    await here.get_by_role("button", name="Sign out everywhere").click()
    dialog = here.get_by_role("dialog")
    await dialog.get_by_role("button", name="Sign out everywhere").click()
    await expect(left).to_have_url(SIGN_IN)
    await left.go_back()
    await expect(left).to_have_url(SIGN_IN)
    await expect(here.get_by_text("(this one)")).to_be_visible()


async def test_after_signing_out_the_back_button_shows_nothing(window: Open, demo: Demo) -> None:
    page = await window(NOAH, "/apps")
    (secret,) = [one["value"] for one in await page.context.cookies() if one["name"] == "adjoin"]
    await page.locator("button.avatar").click()
    await page.get_by_text("Sign out", exact=True).click()
    await expect(page).to_have_url(SIGN_IN)
    await page.go_back()
    await expect(page).to_have_url(SIGN_IN)
    old = {"Cookie": f"adjoin={secret}"}
    answer = await page.request.get("/account", headers=old, max_redirects=0)
    assert answer.headers["location"] == "/sign-in?next=/account"


async def test_the_place_is_switched_and_stays(window: Open) -> None:
    page = await window(LENA, "/people")
    first = page.locator(".place strong").first
    name = await first.inner_text()
    other = "City Suites" if name == "Alpine Lodge" else "Alpine Lodge"
    await page.locator("button.place").click()
    await page.get_by_role("menuitemradio", name=other).click()
    await expect(first).to_have_text(other)
    await page.goto("/people")
    await expect(page.get_by_text(f"Who belongs to {other}")).to_be_visible()


async def test_a_link_inside_a_window_leads_to_the_place_that_it_names(window: Open) -> None:
    page = await window(LENA, "/account")
    first = page.locator(".place strong").first
    here = await first.inner_text()
    there = "City Suites" if here == "Alpine Lodge" else "Alpine Lodge"
    await page.get_by_role("link", name=there).click()
    await expect(first).to_have_text(there)


async def test_another_website_cannot_sign_anybody_in(window: Open) -> None:
    page = await window("", "/sign-in")
    form = {"email": MAYA, "password": "demo"}
    answer = await page.request.post(
        "/auth/sign-in", form=form, headers={"Origin": "https://evil.example"}, max_redirects=0
    )
    assert answer.status == 403
    assert not [one for one in await page.context.cookies() if one["name"] == "adjoin"]
