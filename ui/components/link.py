"""Links to somewhere outside, whose addresses other people may have written."""

from urllib.parse import quote, urlsplit

from nicegui.elements.mixins.text_element import TextElement

from ui.components.text import text


def safe_url(address: str) -> str | None:
    """Return `address` if it leads to a web page or a mailbox, None for everything else.

    What a browser would run (javascript:, data:) or read as one of our own pages is refused.
    """
    address = address.strip()
    if not address.isprintable() or any(mark in address for mark in ' "<>\\'):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme in ("http", "https"):
        return address if parts.hostname else None
    return address if parts.scheme == "mailto" and "@" in parts.path else None


def link(label: str, address: str) -> TextElement:
    """Show `label` as a link that opens in a new window, or as mere words when it is not safe."""
    safe = safe_url(address)
    if safe is None:
        return text(label, "span")
    shown = text(label, "a")
    shown.props["href"] = safe
    if not safe.startswith("mailto:"):
        shown.props["target"] = "_blank"
        shown.props["rel"] = "noopener noreferrer"
    return shown


def mail_link(address: str) -> TextElement:
    """Show an e-mail address that opens the visitor's mail program."""
    return link(address, f"mailto:{quote(address, safe='@.+-_')}")


def phone_link(number: str) -> TextElement:
    """Show a phone number that phones call when it is tapped."""
    shown = text(number, "a")
    shown.props["href"] = "tel:" + "".join(mark for mark in number if mark in "+0123456789")
    return shown
