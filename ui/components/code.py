"""Code to copy: one block, or the same thing in several languages."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui


class Code(ui.element, component="codeblock.js"):
    """Tabs of source text with a Copy button; never rendered as HTML."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        super().__init__()
        self._props["sources"] = [{"name": name, "text": text} for name, text in sources.items()]

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [words for tab in self._props["sources"] for words in (tab["name"], tab["text"])]


def code_block(text: str, language: str = "Text") -> Code:
    """Show `text` under the name of its language (Python, JavaScript, JSON, Shell, Text)."""
    return Code({language: text})


def code_tabs(sources: Mapping[str, str]) -> Code:
    """Show the same thing in several languages: {"Python": source, "JavaScript": source}."""
    return Code(sources)
