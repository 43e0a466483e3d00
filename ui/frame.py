"""The frame around every page after sign-in: who visits, the menu, the places, and the guard."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate

from nicegui import PageArguments, background_tasks, ui
from nicegui.elements.sub_pages import SubPages
from nicegui.page_arguments import RouteMatch
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse

from domain import sign_ins
from domain.actors import Actor
from domain.places import Place
from domain.refusals import Refusal
from domain.sign_ins import Visitor
from ui import live, look, session
from ui.ask import ENDED, act, show
from ui.bell import Bell
from ui.components import shell
from ui.components.empty import failed, not_found, skeleton
from ui.components.front import front, front_form
from ui.live import EVERYTHING, Change, Follower

log = logging.getLogger("adjoin.pages")

Builder = Callable[Concatenate["Visit", ...], Awaitable[None]]
Count = Callable[[Actor, Place], Awaitable[int]]
# What changes a number in the menu.
_COUNTED = (
    "connection",
    "case",
    "app",
    "integration",
    "transfer",
    "values",
    "endpoint",
    "everything",
)
_PLACE_ICONS = {"property": "building-2", "partner": "plug", "platform": "shield"}


@dataclass(frozen=True)
class Page:
    """One page of the site map.

    `build` is called with the visit and the parts of the path. `places` are the kinds of place it
    belongs to (property, partner, platform); empty means all of them. A page with an `icon`
    stands in the menu under its `label`; `count` gives the number beside it.
    """

    path: str
    label: str
    build: Builder
    places: tuple[str, ...] = ()
    icon: str = ""
    short: str = ""
    count: Count | None = None


class Visit:
    """One look at one page: who looks, at which place, and how to hear of changes."""

    def __init__(self, visitor: Visitor, place: Place, query: QueryParams, window: "Window"):
        self.visitor = visitor
        self.place = place
        self.query = query
        self._window = window

    @property
    def actor(self) -> Actor:
        return self.visitor.actor

    @property
    def zone(self) -> str:
        """The time zone in which this place reads times."""
        return self.place.time_zone

    def follow(self, handler: Callable[[Change], Any]) -> None:
        """Call `handler` for every change that concerns this place, while this page is shown."""
        self._window.follow(handler)


class Window:
    """One browser window: the shell, and whoever on its page wants to hear of changes."""

    def __init__(self, pages: Sequence[Page], visitor: Visitor, place: Place) -> None:
        self.pages = pages
        self.place = place
        self._actor = visitor.actor
        self._follower: Follower | None = None
        self._has_missed = False
        self.bell = Bell(visitor.actor, lambda items, unread: self.frame.notices(items, unread))
        self.frame = self._draw(visitor)
        audience = place.id or live.PLATFORM
        live.subscribe(audience, self._heard)
        live.subscribe(visitor.actor.id, self._sign_in_ended)
        live.subscribe(visitor.person_id, self._noticed)
        background_tasks.create(self.bell.refresh(), context=ui.context.client)
        background_tasks.create(self._count(visitor.actor), context=ui.context.client)

    def _draw(self, visitor: Visitor) -> shell.Shell:
        return shell.shell(
            [
                shell.MenuItem(page.path, page.label, page.icon, short=page.short)
                for page in self.pages
                if page.icon and self._belongs(page)
            ],
            shell.Person(visitor.name, visitor.email),
            [
                shell.Place(place.key, place.name, place.role_words, _PLACE_ICONS[place.kind])
                for place in visitor.places
            ],
            self.place.key,
            on_place=lambda key: _go_to(visitor.actor, key),
            on_notice=self.bell.read,
            on_all_read=self.bell.read_all,
            sign_out_action="/auth/sign-out",
        )

    def _belongs(self, page: Page) -> bool:
        return not page.places or self.place.kind in page.places

    def begin_page(self) -> None:
        """Forget the page before; the next one has nothing to hear with until it follows."""
        self._follower = None
        self._has_missed = False

    def follow(self, handler: Callable[[Change], Any]) -> None:
        """Tell a page of changes, and of those that came after it had begun to read."""
        self._follower = Follower(handler)
        if self._has_missed:
            background_tasks.create(self._follower.tell(EVERYTHING), name="follow what was missed")

    async def _heard(self, change: Change) -> None:
        if change.noun == "people" and not await self._is_still_mine():
            _open("/")
            return
        if self._follower is None:
            self._has_missed = True
        else:
            await self._follower.tell(change)
        if change.noun in _COUNTED:
            await self._count(self._actor)

    async def _noticed(self, change: Change) -> None:
        """Something is new about the person, wherever they work."""
        await self.bell.refresh()
        if change.noun == "notice" and self._follower is not None:
            await self._follower.tell(change)

    async def _is_still_mine(self) -> bool:
        visitor = await session.visitor()
        return visitor is not None and _here(visitor, self.place) is not None

    async def _count(self, actor: Actor) -> None:
        for page in self.pages:
            if page.count is not None and self._belongs(page):
                try:
                    self.frame.count(page.path, await page.count(actor, self.place))
                except Refusal:
                    return

    def _sign_in_ended(self, _: Change) -> None:
        """A window that stays open after a sign-out shows nothing more."""
        client = ui.context.client
        _open(ENDED)

        def cut_off() -> None:
            if client.has_socket_connection:
                client.delete()

        ui.timer(1.0, cut_off, once=True)


class Rooms(SubPages):
    """NiceGUI's sub pages with our own words for what is not there and what went wrong."""

    def _find_matching_path(self) -> RouteMatch | None:
        try:
            return super()._find_matching_path()
        except ValueError:  # an address that is none, such as //[
            return None

    def _render_404(self) -> None:
        self._cancel_active_tasks()  # the page of the address's beginning may be on its way
        not_found()

    def _render_error(self, _: Exception) -> None:
        draw_failure(self.refresh)


def draw_failure(on_retry: Callable[[], Any]) -> None:
    """Show that a page could not be opened; why is in the log and nobody else's business."""
    failed(
        "This page did not open", "Something went wrong on our side. Please try again.", on_retry
    )


def install(pages: Sequence[Page]) -> None:
    """Register the shell for every path; call last, it answers whatever nobody else does."""

    async def shell_page(request: Request) -> Any:
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        if visitor is None:  # an address beside the public pages, where nothing is
            return RedirectResponse("/sign-in", 303)
        ui.dark_mode(look.theme(request.cookies))
        place = await _place(visitor, request, pages)
        if place is None:
            _draw_nowhere(visitor)
            return None
        window = Window(pages, visitor, place)
        with window.frame:
            Rooms({page.path: _guarded(page, window) for page in pages})
        return None

    ui.page("/{_:path}", title="Adjoin")(shell_page)
    ui.page("/", title="Adjoin")(shell_page)


def _draw_nowhere(visitor: Visitor) -> None:
    with front(
        "No door is open to you",
        f"{visitor.email} belongs to no property and no partner at the moment. Ask whoever you "
        "work with to invite you.",
    ):
        front_form("/auth/sign-out", [], "Sign out")


def _guarded(page: Page, window: Window) -> Callable[..., Awaitable[None]]:
    """Check the visitor afresh for every page, however it was reached."""

    async def build(args: PageArguments) -> None:
        window.begin_page()
        with ui.element("div").classes("contents") as holder:
            skeleton("page")
        try:
            await _enter(page, window, holder, args)
        except Exception:
            log.exception("the page %s did not open", page.path)
            with args.frame.clear():
                draw_failure(args.frame.refresh)

    return build


async def _enter(page: Page, window: Window, holder: ui.element, args: PageArguments) -> None:
    visitor = await session.visitor()
    if visitor is None:
        _open(ENDED)
        return
    place = _here(visitor, window.place)
    named = _named(visitor, args.query_parameters)
    if place is None or (named is not None and named.key != place.key):
        _open(ui.context.client.sub_pages_router.current_path)
        return
    if page.places and place.kind not in page.places:
        _draw(holder, not_found)
        return
    ui.page_title(f"{page.label} · Adjoin")
    visit = Visit(visitor, place, args.query_parameters, window)
    await _build(page, visit, holder, args.path_parameters)
    await window.bell.opened(place.key, ui.context.client.sub_pages_router.current_path)


def _here(visitor: Visitor, place: Place) -> Place | None:
    """Return a place as the visitor has it now, None when they do not belong to it any more."""
    return next((mine for mine in visitor.places if mine.key == place.key), None)


async def _build(page: Page, visit: Visit, holder: ui.element, parameters: dict[str, str]) -> None:
    room = ui.element("div").classes("contents").mark("page")
    room.set_visibility(False)
    try:
        with room:
            await page.build(visit, **parameters)
    except Refusal as refusal:
        room.delete()
        if refusal.code == "not_found":
            _draw(holder, not_found)
        else:
            holder.clear()
            show(refusal)
        return
    holder.delete()
    room.set_visibility(True)


def _draw(holder: ui.element, draw: Callable[[], object]) -> None:
    holder.clear()
    with holder:
        draw()


async def _place(visitor: Visitor, request: Request, pages: Sequence[Page]) -> Place | None:
    """Return the place to show: the one that a deep link names, or one where its page exists."""
    place = visitor.place
    kinds = _kinds(request.url.path, pages)
    if named := _named(visitor, request.query_params):
        place = named
    elif place is not None and kinds and place.kind not in kinds:
        place = next((mine for mine in visitor.places if mine.kind in kinds), place)
    if place is not None and place != visitor.place:
        await act(sign_ins.go_to, visitor.actor, place.key)
    return place


def _named(visitor: Visitor, query: QueryParams) -> Place | None:
    """Return the place that a deep link names, None when it names none of the visitor's."""
    wanted = query.get("place") or query.get("property")
    return next((mine for mine in visitor.places if mine.key == wanted), None)


def _kinds(path: str, pages: Sequence[Page]) -> tuple[str, ...]:
    first = "/" + path.strip("/").split("/")[0]
    return next((page.places for page in pages if page.path == first), ())


async def _go_to(actor: Actor, place_key: str) -> None:
    if await act(sign_ins.go_to, actor, place_key):
        _open("/")


def _open(path: str) -> None:
    """Load `path` anew: a window, its menu and what it follows belong to one place."""
    ui.context.client.open(path)
