"""Windows of a real Chromium onto the demo, one cookie jar for each person."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests import needs
from tests.browser import demo as demo_process
from tests.browser.demo import Demo

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 15_000  # milliseconds that anything on a page may take on a busy machine
expect.set_options(timeout=PATIENCE)

Open = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo_process.running(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=needs.chromium(), args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def window(demo: Demo, browser: Browser) -> AsyncIterator[Open]:
    """Open a window: `await window("maya@harbour.example", "/apps")`; no e-mail is a stranger.

    `width` in pixels, `theme` light or dark. Whatever a page throws fails the test; for a page
    that `is_there` not, the browser may complain about that.
    """
    opened: list[BrowserContext] = []
    errors: list[str] = []

    async def open_one(
        email: str = "",
        path: str = "/",
        *,
        width: int = 1280,
        theme: str = "light",
        is_there: bool = True,
    ) -> Page:
        context = await jar(browser, demo, email, width=width, theme=theme)
        opened.append(context)
        return await window_of(context, path, errors, is_there=is_there)

    yield open_one
    for context in opened:
        await context.close()
    assert not errors, errors


async def jar(
    browser: Browser, demo: Demo, email: str, *, width: int = 1280, theme: str = "light"
) -> BrowserContext:
    """Return a cookie jar of its own, signed in unless `email` is empty."""
    context = await browser.new_context(
        base_url=demo.address,
        viewport={"width": width, "height": 860},
        color_scheme=theme,  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE)
    if email:
        await sign_in(context, demo, email)
    return context


async def window_of(
    context: BrowserContext, path: str, errors: list[str], *, is_there: bool = True
) -> Page:
    """Open a window with a cookie jar; whatever the page throws is added to `errors`."""
    page = await context.new_page()
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    said = errors.append if is_there else print  # Chromium reports the 404 that is expected
    page.on("console", lambda message: message.type == "error" and said(message.text))
    await page.goto(path)
    return page


async def sign_in(context: BrowserContext, demo: Demo, email: str) -> None:
    """Sign a browser in by the form's own request."""
    answer = await context.request.post(
        "/auth/sign-in",
        form={"email": email, "password": "demo"},
        headers={"Origin": demo.address},
        max_redirects=0,
    )
    assert answer.status == 303
    assert "sign-in" not in answer.headers["location"], email
