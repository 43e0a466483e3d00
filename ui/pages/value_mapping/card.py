"""How far the value mapping of a connection is, on the page of that connection."""

from functools import partial

from nicegui import ui

from domain.value_pages import Page, Row, Summary
from ui.components.bar import progress
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import card, facts
from ui.components.icon import icon
from ui.components.text import text

_ICONS = {
    "mapped": ("ok", "circle-check", "Mapped"),
    "open": ("muted", "circle-dashed", "Open"),
    "none": ("muted", "ban", "No mapping"),
    "proposed": ("info", "handshake", "Proposed by you"),
    "gone": ("bad", "triangle-alert", "Gone at the source"),
}


def draw_summary(connection_id: str, summary: Summary | None) -> None:
    """Show the hotel how far it is, what is missing or gone, and the way to the mapping."""
    if summary is None:
        return
    with card("Value mapping", icon="arrow-left-right"):
        _draw_bar(summary)
        if summary.gone:
            words = " ".join(summary.gone)
            with callout("bad", _gone_title(len(summary.gone)), words, "triangle-alert"):
                pass
        for sentence in _sentences(summary):
            text(sentence, classes="muted")
        with ui.element("div").classes("actions"):
            button(
                "Open the mapping",
                href=f"/subscriptions/{connection_id}/mapping",
                icon="arrow-left-right",
                kind="secondary" if summary.how_far.is_complete else "primary",
            )


def draw_for_partner(page: Page, summary: Summary | None) -> None:
    """Show the partner what the hotel has decided, without a way to change it."""
    if summary is None:
        return
    with card("Value mapping", page.why_not, icon="arrow-left-right"):
        _draw_bar(summary)
        facts([(row.slot.label, partial(_draw_value, row)) for row in page.rows]).classes("below")


def _draw_bar(summary: Summary) -> None:
    how_far = summary.how_far
    tone = "bad" if summary.gone else "ok" if how_far.is_complete else "warn"
    progress("Value mapping").set(how_far.mapped / how_far.total, how_far.words, tone)


def _gone_title(count: int) -> str:
    return "A mapped value is gone" if count == 1 else f"{count} mapped values are gone"


def _sentences(summary: Summary) -> list[str]:
    found = []
    if summary.proposed:
        many = "1 proposal waits" if summary.proposed == 1 else f"{summary.proposed} proposals wait"
        found.append(f"{many} for you to confirm.")
    if summary.open:
        found.append(f"Still needed: {', '.join(summary.open)}.")
    return found


def _draw_value(row: Row) -> None:
    tone, drawing, words = _ICONS[row.status]
    shown = row.proposal.record if row.proposal else row.record
    with ui.element("span").classes("valuemap-status slim") as status:
        status.props["data-tone"] = tone
        icon(drawing, 15)
        text(words, "span")
    if shown:
        text(f"{shown.name} ({shown.code})" if shown.code else shown.name)
