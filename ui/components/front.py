"""The pages before sign-in: the house at one side, one form at the other."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypedDict

from nicegui import ui

from ui.components.text import text


class FormField(TypedDict, total=False):
    """One field of a plain form: `type` is text, email, password …; `autocomplete` as in HTML."""

    name: str
    label: str
    type: str
    autocomplete: str
    value: str
    hint: str
    required: bool
    readonly: bool
    error: str | None


class Doors(ui.element, component="doors.js"):
    """A floor plan of adjoining rooms whose doors open."""


class FrontForm(ui.element, component="frontform.js"):
    """A plain HTML form that posts: works with password managers and without a websocket."""

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        words = [field.get(key) for field in self._props["fields"] for key in ("label", "hint")]
        return [*filter(None, words), self._props["submit"], self._props.get("error")]


@contextmanager
def front(title: str, lead: str | None = None) -> Iterator[ui.element]:
    """Show the page before sign-in; the block fills the card below the title."""
    ui.context.client.layout.classes("front")
    Doors()
    with ui.element("div").classes("front-side"), ui.element("div").classes("front-card"):
        text(title, "h1")
        if lead:
            text(lead, classes="lead")
        with ui.element("div").classes("front-body") as body:
            yield body


def front_form(
    action: str,
    fields: Sequence[FormField],
    submit: str,
    hidden: Mapping[str, str] | None = None,
    error: str | None = None,
) -> FrontForm:
    """Show a form that POSTs to `action`; `error` is the sentence above it after a refusal."""
    form = FrontForm()
    form.props.update(
        {
            "action": action,
            "fields": list(fields),
            "submit": submit,
            "hidden-values": dict(hidden or {}),
        }
    )
    form.props.set_optional("error", error)
    return form
