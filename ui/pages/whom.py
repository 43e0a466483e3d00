"""Whom do I call? What is wrong, whose turn it is, the one next step, and how to reach them."""

from collections.abc import Callable, Sequence
from functools import partial

from nicegui import ui

from domain import waiting
from domain.routes import OPENING, WRONG
from domain.support import Answer
from ui.ask import act
from ui.components import listing
from ui.components.button import Button, Kind, button
from ui.components.callout import callout
from ui.components.card import card
from ui.components.listing import Column, Listing
from ui.components.notice import notice
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.pages.contact import draw_ways

TITLE = "Whom do I call?"
_MOST = 4  # problems that are shown at length
_ICONS = {"open": "life-buoy", "open_core": "life-buoy", "nudge": "bell"}
_COLUMNS: list[Column] = [
    {"key": "app", "label": "App", "kind": "strong", "sub": "what"},
    {"key": "status", "label": "Status", "kind": "badge"},
    {"key": "whom", "label": TITLE, "kind": "text", "sub": "email"},
]
_NOTHING_WRONG = "Nothing is wrong that Adjoin can see. If something is all the same, report it."


def draw_step(answer: Answer) -> Button | None:
    """Draw the step that leads to another page; None where it is a move of the connection, or
    nothing is wrong."""
    step = answer.route.step
    if answer.route.whose == "nobody":
        return None
    href = step.href or (_case_path(answer) if step.verb in OPENING else "")
    if not href:
        return None
    why_not = answer.why_not if step.verb in OPENING else None
    icon = _ICONS.get(step.verb, "arrow-right")
    kind: Kind = "primary" if answer.route.tone in WRONG else "secondary"
    return button(step.label, href=href, kind=kind, icon=icon, why_not=why_not or None)


def icon_of(answer: Answer) -> str | None:
    """Return the icon of what is wrong: an hourglass only where its reader has to wait."""
    side = "property" if answer.side == "viewer" else answer.side
    is_mine = answer.route.whose == side and answer.route.tone in WRONG
    return "triangle-alert" if is_mine else None


def draw_whom(answer: Answer) -> None:
    """Draw who answers about a connection, and how to reach them: the inside of a card."""
    text(_answers_first(answer))
    if answer.contact is not None:
        draw_ways(answer.contact)
    if answer.side == "partner" and answer.takes_cases:
        text("What only the platform can fix: escalate their case, with what you found.")
        with ui.element("div").classes("actions"):
            button("Cases", href="/hub/cases", icon="life-buoy")
    if answer.side in ("property", "viewer") and _may_report(answer):
        with ui.element("div").classes("actions"):
            button(
                "Report a problem",
                href=_case_path(answer),
                icon="life-buoy",
                why_not=answer.why_not or None,
            )


def draw_card(answer: Answer) -> None:
    """Draw who answers about a connection, as a card of its page."""
    with card(TITLE, icon="life-buoy"):
        draw_whom(answer)


def draw_problem(answer: Answer, draw: Callable[[Answer], object] = draw_step) -> None:
    """Draw what is wrong on a connection, its step by `draw`, and the way to the connection."""
    route = answer.route
    title = route.title if answer.app in route.title else f"{answer.app}: {route.title}"
    with callout(route.tone, title, route.problem, icon_of(answer)):
        if route.step.verb == "contact" and answer.contact is not None:
            draw_ways(answer.contact)
        draw(answer)
        path = f"/subscriptions/{answer.connection_id}"
        button("Look at the connection", href=path, kind="quiet")


class Whom:
    """The head of the support page: what is wrong at a property, and who answers for each app."""

    def __init__(self, visit: Visit, found: Sequence[Answer]) -> None:
        self._visit = visit
        self._part: Part[Sequence[Answer]] = Part(self._draw, "stack")
        self.show(found)

    def show(self, found: Sequence[Answer]) -> None:
        """Show how it is now."""
        self._part.show(tuple(found))

    def _draw(self, found: Sequence[Answer]) -> None:
        if not found:
            return
        wrong = [answer for answer in found if answer.route.tone in WRONG][:_MOST]
        text(TITLE, "h2", "section-title")
        for answer in wrong:
            draw_problem(answer, self._draw_step)
        if not wrong:
            with callout("ok", "All is well", _NOTHING_WRONG):
                pass
        rest = [answer for answer in found if answer not in wrong]
        if rest:
            Listing(
                _COLUMNS,
                [_row(answer) for answer in rest],
                label="Who answers for what",
                search="Search your apps" if len(rest) > 8 else None,
                zone=self._visit.zone,
            )

    def _draw_step(self, answer: Answer) -> None:
        step = answer.route.step
        if step.verb == "nudge":
            handler = partial(self._nudge, answer)
            button(step.label, handler, icon="bell", why_not=answer.why_not or None)
        else:
            draw_step(answer)

    async def _nudge(self, answer: Answer) -> None:
        if await act(waiting.nudge, self._visit.actor, answer.connection_id):
            notice(f"{answer.developer} gets a mail that asks them to look.", title="Nudged")


def _may_report(answer: Answer) -> bool:
    """Whether a case can be begun here, and is not what the panel on top offers already."""
    is_offered = answer.route.whose != "nobody" and answer.route.step.verb in OPENING
    return answer.takes_cases and not is_offered and "/support/" not in answer.route.step.href


def _answers_first(answer: Answer) -> str:
    if answer.side == "partner":
        return f"{answer.hotel} decides about its own side. This is who asked for the connection."
    if answer.kind == "core":
        return "The platform’s own team supports this app. Report a problem, and it answers."
    return (
        f"{answer.developer} answers first, and passes on to the platform what they cannot solve."
    )


def _case_path(answer: Answer) -> str:
    return f"/support?about={answer.connection_id}"


def _row(answer: Answer) -> listing.Row:
    contact = answer.contact
    return {
        "id": answer.connection_id,
        "href": f"/subscriptions/{answer.connection_id}",
        "app": answer.app,
        "what": answer.route.title,
        "status": answer.status,
        "whom": answer.whom,
        "email": contact.email if contact else None,
    }
