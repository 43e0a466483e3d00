"""What partners write: Markdown without anything that runs, and links that lead to pages only."""

import time

import pytest
from nicegui import ui
from nicegui.testing import user_simulation

from domain.drafts import LONGEST_TEXT
from tests.ui.patience import until
from ui.components import prose as module
from ui.components.link import safe_url
from ui.components.prose import SHORT, Prose, only_plain, prose, rendered


def shown(markdown: str) -> str:
    return rendered(markdown).strip()


def test_markdown_keeps_its_shape_below_the_headings_of_the_page() -> None:
    assert shown("# Hello\n\n- **one**\n- `two`") == (
        "<h3>Hello</h3>\n<ul>\n<li><strong>one</strong></li>\n<li><code>two</code></li>\n</ul>"
    )


def test_a_link_opens_elsewhere_and_tells_nothing_about_us() -> None:
    assert shown("[docs](https://d3x.example/?a=1&b=2)") == (
        '<p><a href="https://d3x.example/?a=1&amp;b=2" target="_blank" '
        'rel="noopener noreferrer">docs</a></p>'
    )


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "![tracked](https://evil.example/pixel.png)",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<style>body { display: none }</style>",
        "<form action=/auth/sign-out method=post><button>go</button></form>",
        "<p onclick=alert(1) style='position:fixed'>hello</p>",
        "<plaintext><script>alert(1)</script>",
        "[run](javascript:alert(1))",
        "[run](JaVaScRiPt:alert`1`)",
        "<a href='&#106;avascript:alert(1)'>run</a>",
        "<a href='java\tscript:alert(1)'>run</a>",
        "[run](data:text/html;base64,PHNjcmlwdD4=)",
        "[out](/auth/sign-out)",
        "[out](//evil.example)",
        '[x](https://a.example/"onmouseover="alert(1))',
        "```\n<script>alert(1)</script>\n```",
    ],
)
def test_nothing_that_runs_or_loads_survives(markdown: str) -> None:
    html = shown(markdown)
    for mark in ("<script", "<img", "<svg", "<math", "<iframe", "<style", "<form", "<button"):
        assert mark not in html
    for tag in html.split("<")[1:]:
        inside = tag.partition(">")[0]
        assert inside.lstrip("/").isalnum() or inside.startswith('a href="https://'), inside
        assert '"onmouseover' not in inside  # it may stand inside an address, quoted: %22


@pytest.mark.parametrize(
    "unit",
    ["[", "[a](", "`", "![", "`a``b", "> ", "*a", "_a ", "**a*", "- a\n", "[]", "![[]()", "<!-",
     "|a|b|\n|-|-|\n", "[a](<b"],
)  # fmt: skip
def test_the_longest_twisted_text_takes_no_time_out_of_proportion(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        start = time.process_time()
        rendered.__wrapped__(text)
        return time.process_time() - start

    # Ten times as long; quadratic would be a hundred times. The quickest is disturbed least.
    tenth, whole = (
        min(seconds(length) for _ in range(3)) for length in (LONGEST_TEXT // 10, LONGEST_TEXT)
    )
    assert whole < max(40 * tenth, 0.5)


def test_what_is_beyond_the_longest_text_is_not_even_read() -> None:
    assert len(rendered("x" * (LONGEST_TEXT + 1))) < LONGEST_TEXT + 10


def test_what_cannot_be_rendered_is_shown_as_it_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "only_plain", lambda html: 1 / 0)
    assert rendered("**a** <b>, that fails") == "<p>**a** &lt;b&gt;, that fails</p>"


async def test_a_long_text_is_rendered_aside_and_an_older_one_never_wins() -> None:
    def html() -> str:
        return str(user.find(kind=Prose).elements.pop().props.get("innerHTML", ""))

    async with user_simulation() as user:
        ui.page("/")(lambda: prose("**first** " + "word " * SHORT) and None)
        await user.open("/")
        await until(lambda: "<strong>first</strong>" in html())
        element: Prose = user.find(kind=Prose).elements.pop()  # type: ignore[assignment]
        with user:
            element.content = "[" * (SHORT + 1)
            element.content = "**last**"
            await element._render("[" * (SHORT + 1))
        assert html() == "<p><strong>last</strong></p>\n"


def test_what_is_left_open_is_closed() -> None:
    assert only_plain("<ul><li><strong>one") == "<ul><li><strong>one</strong></li></ul>"


@pytest.mark.parametrize(
    "address",
    ["https://d3x.example", "http://d3x.example/a?b=c#d", "mailto:help@d3x.example"],
)
def test_pages_and_mailboxes_are_safe_addresses(address: str) -> None:
    assert safe_url(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "/account",
        "//evil.example",
        "https:/account",
        "https://",
        'https://a.example/"x',
        "https://a.example\\@b.example",
        "mailto:nobody",
        "",
    ],
)
def test_everything_else_is_no_address(address: str) -> None:
    assert safe_url(address) is None
