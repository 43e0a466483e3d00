"""One native element with words in it, so headings are headings and paragraphs are paragraphs."""

from nicegui.elements.mixins.text_element import TextElement


def text(words: str, tag: str = "p", classes: str = "") -> TextElement:
    """Return `<tag class=classes>words</tag>`; set `.text` to change the words later."""
    return TextElement(tag=tag, text=words).classes(classes)
