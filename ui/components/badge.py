"""A status in words, with a mark whose shape says the tone even without colour."""

from nicegui.elements.mixins.text_element import TextElement

from ui.look import STATUS


class Badge(TextElement):
    """A small pill; `set` changes it in place."""

    def __init__(self, status: str, words: str | None = None) -> None:
        super().__init__(tag="span", text=words or STATUS[status].label)
        self.classes("badge")
        self._props["data-tone"] = STATUS[status].tone

    def set(self, status: str, text: str | None = None) -> None:
        """Show another status (a key of look.STATUS), in its own words or in `text`."""
        self._props["data-tone"] = STATUS[status].tone
        self.text = text or STATUS[status].label


def badge(status: str, text: str | None = None) -> Badge:
    """Show `status`, a key of look.STATUS (a bare tone like "warn" needs `text`)."""
    return Badge(status, text)
