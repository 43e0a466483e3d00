"""The catalogue: every app as a door, searched in the browser without a round trip."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from nicegui import ui

from ui.components.plain import keep

# Escaping a long list into the page's HTML costs 50 times more than sending it over the websocket.
FIRST = 60
CHUNK = 500


class Action(TypedDict, total=False):
    """The one thing to do with an app: the verb, whether it may be done, and if not, why."""

    label: str
    enabled: bool
    why_not: str | None


class App(TypedDict, total=False):
    """One card. `kind` is integrated or core; `activation` automatic, manual or None.

    `status` is a key of look.STATUS or None; `usual` is words ("usually about 2 hours");
    `icon` a sprite name and `hue` its oklch angle.
    """

    slug: str
    name: str
    developer: str
    tagline: str
    category: str
    kind: str
    activation: str | None
    usual: str | None
    icon: str
    hue: int
    status: str | None
    action: Action | None


class Catalogue(ui.element, component="catalogue.js"):
    """Cards in two sections, with search, categories and a filter for what is connected."""

    def __init__(
        self,
        apps: Sequence[App],
        categories: Sequence[str] = (),
        *,
        on_act: Callable[[str], Any] | None = None,
        on_open: Callable[[str], Any] | None = None,
    ) -> None:
        """Show `apps` in the order given.

        `on_act(slug)` follows the card's button. Without `on_open` a card is an ordinary link to
        /apps/{slug}; with it, a plain click calls `on_open(slug)` instead.
        """
        super().__init__()
        self._apps = {app["slug"]: dict(app) for app in apps}
        keep(self, apps=list(self._apps.values())[:FIRST])
        self._props["total"] = len(self._apps)
        self._props["categories"] = list(categories or sorted({app["category"] for app in apps}))
        self._props["opens"] = on_open is not None
        if len(self._apps) > FIRST:
            self.on("more", self._send_the_rest, [])
        if on_act:
            self.on("act", lambda event: self._pass_on(on_act, event.args))
        if on_open:
            self.on("open", lambda event: self._pass_on(on_open, event.args))

    def _pass_on(self, handler: Callable[[str], Any], slug: Any) -> Any:
        """Call a handler for an app that is shown; what a browser sends may be forged."""
        return handler(slug) if isinstance(slug, str) and slug in self._apps else None

    def patch(self, slug: str, status: str | None, action: Action | None = None) -> None:
        """Change one card in place: a message of some hundred bytes, not the whole list.

        An app that isn't shown is ignored. Without `action` the card's button stays as it is.
        """
        if slug not in self._apps:
            return
        self._apps[slug]["status"] = status
        if action is not None:
            self._apps[slug]["action"] = action
        self.run_method("patch", slug, status, action)

    def _send_the_rest(self) -> None:
        """Follow the page with what it left out; the browser asks once it shows the first."""
        apps = list(self._apps.values())
        for start in range(FIRST, len(apps), CHUNK):
            self.run_method("more", apps[start : start + CHUNK])

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [
            words
            for app in self._apps.values()
            for words in (app["name"], app["developer"], app["tagline"])
        ]
