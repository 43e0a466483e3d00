"""The frame around every page after sign-in, as plain values: menu, places, person, content."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Self

from nicegui import ui


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu.

    `count` is shown beside it when it isn't zero; `short` is its label in the bar of a phone.
    """

    path: str
    label: str
    icon: str
    count: int = 0
    short: str = ""


@dataclass(frozen=True)
class Person:
    """Who is signed in."""

    name: str
    email: str


@dataclass(frozen=True)
class Place:
    """One place the person works at: a property, a partner, or the platform."""

    key: str
    label: str
    sub: str
    icon: str = "building-2"


@dataclass(frozen=True)
class Notice:
    """One thing that needs the person: `at` is ISO 8601 text, `tone` one of look.TONES."""

    id: str
    title: str
    text: str
    place: str
    at: str
    href: str
    icon: str
    tone: str
    is_read: bool


class Rail(ui.element, component="rail.js"):
    """The menu: a rail at the left, a bar at the bottom of a phone."""


class Topbar(ui.element, component="topbar.js"):
    """Place, notices, theme and account."""


class Shell:
    """The built frame; a context manager that fills the content."""

    def __init__(
        self,
        menu: Sequence[MenuItem],
        person: Person,
        places: Sequence[Place],
        current_place: str,
        *,
        on_place: Callable[[str], Any],
        on_notice: Callable[[str], Any],
        on_all_read: Callable[[], Any],
        sign_out_action: str,
        account_path: str = "/account",
        notices_path: str = "/notices",
    ) -> None:
        client = ui.context.client
        client.layout.classes("shell")
        ui.add_body_html('<div class="first" aria-hidden="true"></div>')  # until Vue has drawn
        self.content = ui.element("div").classes("page")
        ui.skip_link("Skip to the content", target=self.content)
        with client.layout:
            self._rail = Rail().move(target_index=1)
            self._topbar = Topbar().move(target_index=2)
        self._counts = {item.path: item.count for item in menu}
        self._rail.props.update({"menu": [asdict(item) for item in menu]})
        self._topbar.props.update(
            {
                "person": asdict(person),
                "places": [asdict(place) for place in places],
                "place": current_place,
                "account": account_path,
                "notices": {"items": [], "unread": 0, "path": notices_path},
            }
        )
        self._topbar.props["sign-out"] = sign_out_action
        keys = {place.key for place in places}
        self._topbar.on(
            "place",
            lambda event: on_place(event.args) if _is_one_of(keys, event.args) else None,
        )
        self._topbar.on(
            "notice",
            lambda event: on_notice(event.args) if isinstance(event.args, str) else None,
        )
        self._topbar.on("seen", lambda _: on_all_read())
        router = client.sub_pages_router
        self.active(router.current_path)
        router.on_path_changed(self.active)

    def active(self, path: str) -> None:
        """Mark the menu entry that `path` belongs to (it follows ui.sub_pages by itself)."""
        self._rail.props["path"] = path.split("?")[0].split("#")[0]

    def count(self, path: str, n: int) -> None:
        """Show `n` beside the menu entry of `path`; 0 takes the number away."""
        with self._rail.props.suspend_updates():
            for item in self._rail.props["menu"]:
                if item["path"] == path:
                    item["count"] = n
        self._rail.run_method("count", path, n)

    def notices(self, items: Sequence[Notice], unread: int) -> None:
        """Show what needs the person, the unread first; `unread` counts those not shown, too."""
        path = self._topbar.props["notices"]["path"]
        shown = {"items": [asdict(item) for item in items], "unread": unread, "path": path}
        if shown != self._topbar.props["notices"]:
            self._topbar.props["notices"] = shown

    def __enter__(self) -> Self:
        self.content.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.content.__exit__(kind, error, trace)


def _is_one_of(keys: set[str], key: Any) -> bool:
    """Return whether a browser sent a key that it was given; what it sends may be forged."""
    return isinstance(key, str) and key in keys


def shell(
    menu: Sequence[MenuItem],
    person: Person,
    places: Sequence[Place],
    current_place: str,
    *,
    on_place: Callable[[str], Any],
    on_notice: Callable[[str], Any],
    on_all_read: Callable[[], Any],
    sign_out_action: str,
    account_path: str = "/account",
) -> Shell:
    """Build the frame: `with shell(…) as frame: ui.sub_pages({…})`.

    `on_notice` is called with the id of a notice that was followed; a browser may have forged it.
    Sign-out is a plain form POST to `sign_out_action`. The theme choice is kept in the browser's
    cookie and needs no handler.
    """
    return Shell(
        menu,
        person,
        places,
        current_place,
        on_place=on_place,
        on_notice=on_notice,
        on_all_read=on_all_read,
        sign_out_action=sign_out_action,
        account_path=account_path,
    )
