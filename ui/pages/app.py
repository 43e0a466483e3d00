"""One app: everything a hotel wants to know before it presses Connect, and how things stand."""

from nicegui import ui

from domain import catalogue
from domain.catalogue import ENDED, Card, Page
from ui.ask import load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import card, facts
from ui.components.page_title import breadcrumb
from ui.components.prose import prose
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change
from ui.look import STATUS
from ui.pages.connect_dialog import ConnectDialog
from ui.pages.contact import draw_contact
from ui.pages.credentials_dialog import CredentialsDialog
from ui.pages.needed_values import draw_needed_values
from ui.pages.permissions import draw_permissions
from ui.pages.usual import activation_words, how_long


async def page(visit: Visit, slug: str) -> None:
    found = await load(catalogue.read, visit.actor, visit.place.id, slug)
    standing = _Standing(visit, found)
    breadcrumb([("Apps", "/apps"), (found.card.name, None)])
    standing.draw_head()
    standing.draw_turn()
    with ui.element("div").classes("columns"):
        with ui.element("div").classes("stack"):
            _draw_texts(found)
        with ui.element("div").classes("stack"):
            _draw_before_you_connect(found)
    visit.follow(standing.refresh)
    if "connect" in visit.query and found.card.can_connect:
        standing.ask()
        ui.navigate.history.replace(f"/apps/{found.card.slug}")  # a reload does not ask again


class _Standing:
    """How an app stands at the property: its badge, whose turn it is, and the button."""

    def __init__(self, visit: Visit, found: Page) -> None:
        self._visit = visit
        self._found = found
        self._connect_dialog = ConnectDialog(visit)
        self._credentials_dialog = CredentialsDialog(visit)

    def ask(self) -> None:
        """Open the dialog that leads to a connection."""
        if self._found.card.kind == "core":
            self._credentials_dialog.connect(self._found)
        else:
            self._connect_dialog.open(self._found)

    def draw_head(self) -> None:
        app = self._found.card
        with ui.element("header").classes("sheet-title"):
            tile(app.icon, app.hue, 64)
            with ui.element("div").classes("grow"):
                with ui.element("div").classes("line"):
                    text(app.name, "h1")
                    self._badge = badge(app.status or "not_connected")
                text(_developer(self._found), classes="lead")
                if app.activation:
                    text(_in_short(app), classes="muted")
            self._actions = ui.element("div").classes("actions")
        self._draw_actions()

    def draw_turn(self) -> None:
        self._turn = ui.element("div").classes("turn")
        self._fill_turn()

    async def refresh(self, change: Change) -> None:
        """Draw what a change made different, and leave an open dialog alone."""
        if change.noun not in ("connection", "everything"):
            return
        visit, before = self._visit, self._found
        self._found = await load(catalogue.read, visit.actor, visit.place.id, before.card.slug)
        if (self._found.card, self._found.since) == (before.card, before.since):
            return
        self._badge.set(self._found.card.status or "not_connected")
        self._draw_actions()
        self._fill_turn()

    def _draw_actions(self) -> None:
        app = self._found.card
        self._actions.clear()
        with self._actions:
            if app.status is not None:
                button(
                    "Open connection", href=f"/subscriptions/{app.connection_id}", icon="plug-zap"
                )
            if app.status is None or app.status in ENDED:
                verb = "Reconnect" if app.status else "Connect"
                why_not = app.why_not or None
                button(verb, self.ask, kind="primary", icon="plug", why_not=why_not)

    def _fill_turn(self) -> None:
        found, app = self._found, self._found.card
        self._turn.clear()
        with self._turn:
            if found.turn is not None and app.status is not None:
                look = STATUS[app.status]
                with callout(look.tone, found.turn.short, found.turn.sentence, look.icon):
                    if found.since:
                        ago(found.since, look.label, self._visit.zone).classes("muted")
            elif app.why_not:
                with callout("info", "You can look, but not connect", app.why_not):
                    pass


def _draw_texts(found: Page) -> None:
    with card("What it does", icon="door-open"):
        text(found.card.tagline, classes="tagline")
        if found.description:
            prose(found.description)
    if found.setup_notes:
        with card("How to set it up", icon="list-checks"):
            prose(found.setup_notes)


def _draw_before_you_connect(found: Page) -> None:
    app = found.card
    with card("Activation", icon="hourglass"):
        items = [("How", activation_words(app.activation, app.developer))]
        if app.activation:
            items.append(("How long", how_long(app.usual)))
        facts([*items, ("Category", app.category)])
    who = "the platform" if app.kind == "core" else app.name
    with card(f"What {who} may do", icon="shield-check"):
        draw_permissions(found.permissions)
    if found.slots:
        words = "You say once which entries of your own lists are meant."
        with card("Mapped after Connect", words, icon="arrow-left-right"):
            draw_needed_values(found.slots)
    with card("Whom to ask", icon="life-buoy"):
        draw_contact(found.contact, app.developer)


def _in_short(app: Card) -> str:
    words = f"{app.activation.capitalize()} activation"
    return f"{words}, {app.usual.words}" if app.usual.words else words


def _developer(found: Page) -> str:
    if found.card.kind == "core":
        return "Developed and supported by the platform"
    return f"Developed and supported by {found.card.developer}"
