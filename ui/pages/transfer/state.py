"""What stands above a mapping: whether it stopped, what is missing, and what follows."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from nicegui import ui

from domain.integration_pages import Row as Flow
from domain.mappings import Editor
from domain.readiness import Missing, place_of
from ui.components.button import button
from ui.components.callout import callout
from ui.components.text import text
from ui.frame import Visit
from ui.pages.source.flows import draw_unused, draw_used, is_wanted
from ui.pages.source.flows import told as told_of_flows
from ui.pages.source.missing import Go, draw_line, draw_missing
from ui.pages.source.transfer_list import lost_words
from ui.pages.source.words import why_not
from ui.pages.transfer.values import lost_paths, target_of

Flows = tuple[Flow, ...]


class Ways(NamedTuple):
    """What can be done from here. mend(target, path) takes another field of the source."""

    go: Go
    mend: Callable[[str, str], Any]
    sample: Callable[[], Any]
    activate: Callable[[], Any]


def told(editor: Editor, flows: Flows) -> tuple[Any, ...]:
    """Return all that the state is told from."""
    row, lost = editor.transfer, tuple(str(each) for each in lost_paths(editor))
    waiting = tuple(_suggested(editor).items())
    seen = (row.status, row.sample_error, editor.trial.missing)
    return (*seen, lost, waiting, told_of_flows(flows))


def draw_state(visit: Visit, editor: Editor, flows: Flows, ways: Ways) -> None:
    """Say where the data transfer stands, and whose turn it is."""
    row, reason = editor.transfer, why_not(visit)
    if reason is not None:
        with callout("muted", "You can look, but not change anything", reason, "eye"):
            pass
    if row.sample_error:
        with callout("bad", "The source could not be read", row.sample_error):
            button("Read samples", ways.sample, small=True, why_not=reason)
    if row.status == "paused":
        _draw_paused(editor, ways, reason)
    elif editor.trial.missing and row.status == "active":
        draw_missing(editor.trial.missing, ways.go, is_active=True)
    elif editor.trial.missing:
        draw_missing(editor.trial.missing, ways.go, suggested=_suggested(editor))
    elif row.status != "active":
        words = (
            "The primary key and all required fields are mapped, and the sample records convert."
        )
        with callout("ok", "Everything is in place", words):
            button("Activate", ways.activate, kind="primary", icon="play", why_not=reason)
    if row.status == "active":
        label = editor.type.label.lower()
        if is_wanted(flows, editor.type.key):
            draw_used(editor.type.key, label, flows)
        else:
            draw_unused(visit, row.source_id, label, flows)


def _draw_paused(editor: Editor, ways: Ways, reason: str | None) -> None:
    """Say once what stopped it, beside what mends that; then it is to be activated."""
    lost = lost_paths(editor)
    targets = {each["target"] for each in lost}
    others = [each for each in editor.trial.missing if target_of(each.place) not in targets]
    if not lost and not others:
        words = "Activate it, and the next run brings its data in again."
        with callout("warn", "Paused: the mapping fits the source again", words, "circle-pause"):
            button("Activate", ways.activate, kind="primary", icon="play", why_not=reason)
        return
    title = "Paused: the source has changed"
    with callout("warn", title, icon="circle-pause"), ui.element("ul").classes("missing"):
        _draw_lost(editor, lost, ways, reason)
        for each in others:
            draw_line(each, ways.go)


def _draw_lost(
    editor: Editor, lost: Sequence[dict[str, Any]], ways: Ways, reason: str | None
) -> None:
    for each in lost:
        sentence, target, instead = (
            lost_words(editor.transfer, each),
            each["target"],
            each["suggestion"],
        )
        if instead is None:
            draw_line(Missing(sentence, place_of(target)), ways.go)
            continue
        with ui.element("li"):
            text(sentence, "span", "grow")
            mend = partial(ways.mend, target, instead)
            button(f"Use {instead}", mend, kind="primary", why_not=reason)


def _suggested(editor: Editor) -> dict[str, str]:
    """Return the labels of the fields for which a suggestion waits, by their places."""
    fields = [editor.type.field(each.row.target) for each in editor.suggestions]
    return {place_of(field.key): field.label for field in fields if field is not None}
