"""Text that partners wrote in Markdown, shown as nothing but headings, lists, links and tables."""

from html import escape
from html.parser import HTMLParser

from nicegui import ui

from ui.components.link import safe_url

# The page has its own headings above those of the text.
_NAMES = {
    **{"h1": "h3", "h2": "h3", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4", "p": "p", "a": "a"},
    **{"ul": "ul", "ol": "ol", "li": "li", "strong": "strong", "em": "em", "code": "code"},
    **{"pre": "pre", "blockquote": "blockquote", "table": "table", "thead": "thead"},
    **{"tbody": "tbody", "tr": "tr", "th": "th", "td": "td"},
}
_ALONE = ("br", "hr")
_UNSEEN = ("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title")


def prose(markdown: str) -> ui.markdown:
    """Show Markdown. HTML inside it, pictures, and links to anything but pages and mail are left
    out: what remains is written anew, tag by tag, from a short list."""
    return ui.markdown(markdown, sanitize=only_plain).classes("prose")


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
