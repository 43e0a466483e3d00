"""Every page, as everybody who may see it: no accessibility finding, no error, and a picture.

The pictures land in screenshots/, light and dark, 1280 and 390 pixels wide.
"""

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests import needs
from tests.browser.conftest import jar, window_of
from tests.browser.demo import Demo

ROOT = Path(__file__).parents[2]
AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
PICTURES = ROOT / "screenshots"

MAYA, NOAH, CITY = "maya@harbour.example", "noah@harbour.example", "lena@alpine.example"
D3X, AKIA, OPERATOR = "dev@d3x.example", "dev@akia.example", "ops@adjoin.example"

# Name of the picture, who looks, the page, and what to follow from there, where the address of a
# page is not known beforehand: regular expressions for the words of one link after the other.
A_RUN, A_NUMBER = r"^\d+\s\w+,\s\d\d:\d\d$", r"^\d{5}$"
PAGES = [
    ("sign-in", "", "/sign-in", None),
    ("link-used", "", "/token/not-a-secret", None),
    ("invitation-used", "", "/invitation/not-a-secret", None),
    ("hotel-home", MAYA, "/", None),
    ("hotel-apps", MAYA, "/apps", None),
    ("hotel-app", MAYA, "/apps/d3x", None),
    ("hotel-app-core", MAYA, "/apps/cloudbeds", None),
    ("hotel-app-viewer", NOAH, "/apps/bollardly", None),
    ("hotel-subscriptions", MAYA, "/subscriptions", None),
    ("hotel-connection-pending", MAYA, "/subscriptions", "Keystrand"),
    ("hotel-connection-active", MAYA, "/subscriptions", "Tidyloop"),
    ("hotel-connection-rejected", MAYA, "/subscriptions", "Yieldorchard"),
    ("hotel-connection-disabled", MAYA, "/subscriptions", "Stillwatt"),
    ("hotel-connection-core", MAYA, "/subscriptions", "Mews"),
    ("hotel-values", MAYA, "/subscriptions", "Copperpan Till → ^Map values$|^Open the mapping$"),
    ("hotel-find", MAYA, "/find", None),
    ("help", "", "/help", None),
    ("help-reference", "", "/help/reference", None),
    ("help-access", "", "/help/access", None),
    ("help-events", "", "/help/events", None),
    ("help-errors", "", "/help/errors", None),
    ("help-error", "", "/help/errors/connection_pending", None),
    ("hotel-sources", MAYA, "/sources", None),
    ("hotel-source-new", MAYA, "/sources/new?kind=rest", None),
    ("hotel-source", MAYA, "/sources", "^Mews$"),
    ("hotel-source-viewer", NOAH, "/sources", "^Boathouse apartments$"),
    ("hotel-mapping", MAYA, "/sources", "^Boathouse apartments$ → ^Reservations$"),
    ("hotel-mapping-viewer", NOAH, "/sources", "^Mews$ → ^Reservations$"),
    ("hotel-integrations", MAYA, "/integrations", None),
    ("hotel-integration-new", MAYA, "/integrations/new", None),
    ("hotel-integration", MAYA, "/integrations", "Mews data"),
    ("hotel-integration-viewer", NOAH, "/integrations", "Mews data"),
    ("hotel-run", MAYA, "/integrations", f"^Mews data$ → {A_RUN}"),
    ("hotel-run-viewer", NOAH, "/integrations", f"^Mews data$ → {A_RUN}"),
    ("hotel-records", MAYA, "/records", None),
    ("hotel-records-filtered", MAYA, "/records/reservations?f=status.is.confirmed", None),
    ("hotel-records-viewer", NOAH, "/records/guests", None),
    ("hotel-record", MAYA, "/records", A_NUMBER),
    ("hotel-record-viewer", NOAH, "/records", A_NUMBER),
    ("hotel-support", CITY, "/support", None),
    ("hotel-case", CITY, "/support", "^Two guests have no mobile key$"),
    ("hotel-case-viewer", NOAH, "/support", "^Half of our rates are missing$"),
    ("hotel-notices", MAYA, "/notices?show=all", None),
    ("hub-notices", D3X, "/notices", None),
    ("hotel-people", MAYA, "/people", None),
    ("hotel-people-viewer", NOAH, "/people", None),
    ("account", MAYA, "/account", None),
    ("mailbox", MAYA, "/mailbox", None),
    ("not-found", MAYA, "/no/such/page", None),
    ("hub-home", D3X, "/hub", None),
    ("hub-requests", D3X, "/hub/requests", None),
    ("hub-connections", D3X, "/hub/connections", None),
    ("hub-connection", D3X, "/hub/connections", "Fjord House"),
    ("hub-cases", D3X, "/hub/cases", None),
    ("hub-case", D3X, "/hub/cases", "^Two guests have no mobile key$"),
    ("hub-apps", D3X, "/hub/apps", None),
    ("hub-app", D3X, "/hub/apps", "D3x"),
    ("hub-deliveries", D3X, "/hub/deliveries", None),
    ("hub-delivery", D3X, "/hub/deliveries", "Connection requested"),
    ("hub-endpoint", D3X, "/hub/endpoint", None),
    ("hub-events", D3X, "/hub/events", None),
    ("operations-home", OPERATOR, "/operations", None),
    ("hub-keys", D3X, "/hub/keys", None),
    ("hub-sandbox", D3X, "/hub/sandbox", None),
    ("operations-search", OPERATOR, "/operations/search?q=harbour", None),
    ("operations-health", OPERATOR, "/operations/health", None),
    ("operations-people", OPERATOR, "/operations/people", None),
    ("operations-person", OPERATOR, "/operations/people", "Maya"),
    ("operations-cases", OPERATOR, "/operations/cases", None),
    ("operations-case", OPERATOR, "/operations/cases", "^Guests get the welcome message twice$"),
    (
        "evidence",
        AKIA,
        "/hub/cases",
        "^Guests get the welcome message twice$ → ^Read the evidence$",
    ),
    ("operations-properties", OPERATOR, "/operations/properties", None),
    ("operations-property", OPERATOR, "/operations/properties", "Harbour Hotel"),
    ("operations-partners", OPERATOR, "/operations/partners", None),
    ("operations-partner", OPERATOR, "/operations/partners", "Akia"),
    ("operations-app-new", OPERATOR, "/operations/apps/new", None),
    ("operations-apps", OPERATOR, "/operations/apps", None),
    ("operations-app", OPERATOR, "/operations/apps/d3x", None),
    ("operations-audit", OPERATOR, "/operations/audit", None),
    ("operations-audit-row", OPERATOR, "/operations/audit?event=token", "^Access token rotated$"),
    ("operations-connections", OPERATOR, "/operations/connections", None),
    ("operations-connection", OPERATOR, "/operations/connections", "Tidyloop"),
]


@pytest.fixture(scope="module")
async def jars(demo: Demo, browser: Browser) -> dict[str, BrowserContext]:
    """A cookie jar for each person: signed in once, and what was loaded once stays loaded."""
    people = dict.fromkeys(who for _, who, _, _ in PAGES)
    return {who: await jar(browser, demo, who) for who in people}


@pytest.mark.parametrize(("name", "who", "path", "follow"), PAGES, ids=[page[0] for page in PAGES])
async def test_a_page_is_accessible_to_everybody_and_fits_every_width(
    jars: dict[str, BrowserContext], name: str, who: str, path: str, follow: str | None
) -> None:
    errors: list[str] = []
    page = await window_of(jars[who], path, errors, is_there=name != "not-found")
    await settle(page)
    for link in follow.split(" → ") if follow else ():
        before = page.url
        await page.locator("main").get_by_text(re.compile(link)).first.click()
        await expect(page).not_to_have_url(before)
        await settle(page)
    for theme, width in product(("light", "dark"), (1280, 390)):
        await look_at(page, f"{name}-{theme}-{width}", theme, width)
    await page.close()
    assert not errors, errors


async def test_the_bell_is_used_by_the_keyboard_and_is_accessible(
    jars: dict[str, BrowserContext],
) -> None:
    errors: list[str] = []
    page = await window_of(jars[MAYA], "/apps", errors)
    await settle(page)
    bell = page.get_by_role("button", name=re.compile(r"^Notices: \d+ unread$"))
    listed = page.get_by_role("region", name="Notices")
    await bell.focus()
    await page.keyboard.press("Enter")
    await expect(listed.get_by_role("button", name="Mark all read")).to_be_focused()
    for theme, width in product(("light", "dark"), (1280, 390)):
        await look_at(page, f"bell-{theme}-{width}", theme, width)
    await page.keyboard.press("Escape")
    await expect(listed).to_be_hidden()
    await expect(bell).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    followed = listed.get_by_role("link", name=re.compile("^Unread: ")).first
    await expect(followed).to_be_focused()
    address = await followed.get_attribute("href")
    assert address
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(re.escape(address.partition("?")[0])))
    await settle(page)
    await expect(listed).to_be_hidden()
    await page.close()
    assert not errors, errors


async def look_at(page: Page, name: str, theme: str, width: int) -> None:
    """Take a picture of a page as it is in a theme and width, and find nothing wrong with it."""
    await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    await page.set_viewport_size({"width": width, "height": 860})
    await expect(page.locator("html")).to_have_attribute("data-theme", theme)
    await page.wait_for_timeout(150)
    await picture(page, name)
    # The themes differ in their colours only, and those are the same at every width.
    if (theme, width) != ("dark", 390):
        assert await findings(page, rules=["color-contrast"] if theme == "dark" else None) == []
    wide = "document.documentElement.scrollWidth"
    assert await page.evaluate(f"{wide} <= window.innerWidth"), f"{name} scrolls sideways"


async def settle(page: Page) -> None:
    """Wait until the page shows its heading and nothing is being loaded any more."""
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    await expect(page.locator(".skeleton")).to_have_count(0)
    await page.evaluate("document.fonts.ready")


async def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


async def findings(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return what axe finds by all `rules`, or some: each as a rule and who breaks it."""
    if not AXE.exists():
        needs.missing("axe-core", "npm install --no-package-lock --prefix tests/browser")
    if not await page.evaluate("'axe' in window"):
        await page.add_script_tag(content=AXE.read_text())
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    result: dict[str, Any] = await page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
