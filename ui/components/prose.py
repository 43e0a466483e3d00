"""Text that partners wrote in Markdown, shown as nothing but headings, lists, links and tables."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from html import escape
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from nicegui import background_tasks, ui

from domain.drafts import LONGEST_TEXT
from ui.components.link import safe_url

log = logging.getLogger("adjoin.pages")

# The page has its own headings above those of the text.
_NAMES = {
    **{"h1": "h3", "h2": "h3", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4", "p": "p", "a": "a"},
    **{"ul": "ul", "ol": "ol", "li": "li", "strong": "strong", "em": "em", "code": "code"},
    **{"pre": "pre", "blockquote": "blockquote", "table": "table", "thead": "thead"},
    **{"tbody": "tbody", "tr": "tr", "th": "th", "td": "td"},
}
_ALONE = ("br", "hr")
_UNSEEN = ("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title")


SHORT = 300  # characters; even the most twisted text of this length is rendered in 20 ms
_KEPT = 500  # rendered texts to remember: what a catalogue of apps has

_markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")
# A thread of its own: whoever writes long twisted texts waits for themselves.
_thread = ThreadPoolExecutor(1, thread_name_prefix="prose")


class Prose(ui.html):
    """Markdown, shown as what it means; `content` may be changed."""

    def __init__(self, content: str) -> None:
        super().__init__(content, sanitize=False)
        self.classes("nicegui-markdown prose")

    def _handle_content_change(self, content: str) -> None:
        if len(content) <= SHORT:
            self._show(content, rendered(content))
        else:
            background_tasks.create(self._render(content), name="render prose")

    async def _render(self, content: str) -> None:
        """Render a long text off the event loop, for it may take a second."""
        html = await asyncio.get_running_loop().run_in_executor(_thread, rendered, content)
        if not self.is_deleted:
            self._show(content, html)

    def _show(self, content: str, html: str) -> None:
        if content == self.content:  # else it was written on meanwhile
            self._props["innerHTML"] = html


def prose(markdown: str) -> Prose:
    """Show Markdown. Pictures, and links to anything but pages and mail are left out, HTML inside
    it is shown as it was typed: what remains is written anew, tag by tag, from a short list."""
    return Prose(markdown)


@lru_cache(_KEPT)
def rendered(markdown: str) -> str:
    """Return the first LONGEST_TEXT characters of Markdown as HTML that is safe to show.

    The time it takes grows with the length alone, by CommonMark's rules and the limit on nesting.
    A text that cannot be rendered is returned as plain text.
    """
    markdown = markdown[:LONGEST_TEXT]
    try:
        return only_plain(_markdown.render(markdown))
    except Exception:
        log.exception("a Markdown text could not be rendered")
        return f"<p>{escape(markdown)}</p>"


def only_plain(html: str) -> str:
    """Return `html` with the tags of the list only, without any attribute but safe addresses."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return writer.finished()


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._written: list[str] = []
        self._open: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif self._unseen:
            return
        elif tag in _ALONE:
            self._written.append(f"<{tag}>")
        elif tag == "a":
            self._begin_link(dict(attributes).get("href") or "")
        elif tag in _NAMES:
            self._written.append(f"<{_NAMES[tag]}>")
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif not self._unseen and tag in self._open:
            self._close_until(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _ALONE:
            self.handle_starttag(tag, attributes)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._written.append(escape(data))

    def finished(self) -> str:
        if self._open:
            self._close_until(self._open[0])
        return "".join(self._written)

    def _begin_link(self, address: str) -> None:
        safe = safe_url(address)
        if safe is not None and "a" not in self._open:
            where = f'href="{escape(safe)}" target="_blank" rel="noopener noreferrer"'
            self._written.append(f"<a {where}>")
            self._open.append("a")

    def _close_until(self, tag: str) -> None:
        while self._open:
            last = self._open.pop()
            self._written.append(f"</{_NAMES[last]}>")
            if last == tag:
                return
