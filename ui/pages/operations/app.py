"""One app, as operators write it down: add, change, publish, retire."""

from unicodedata import normalize

from nicegui import ui

from domain import apps, partners
from domain.apps import Entry
from ui.ask import act, attempt, load, show
from ui.components.badge import Badge, badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.dialog import Dialog
from ui.components.field import text_field
from ui.components.notice import notice
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change
from ui.pages.operations.app_form import AppForm
from ui.pages.operations.apps import PATH, STATES
from ui.pages.operations.texts import NewTexts


async def new(visit: Visit) -> None:
    rows = await load(partners.all_of_them, visit.actor)
    names = {row.id: row.name for row in rows}
    breadcrumb([("Apps", PATH), ("New app", None)])
    with ui.element("header").classes("page-title"):
        text("New app", "h1")
    if not names:
        _draw_no_partner()

    def suggest() -> None:
        if not slug_was_typed:
            slug.value = _slug_of(form.name)

    slug_was_typed: list[str] = []
    form = AppForm(names, partner_id=visit.query.get("partner"), on_name=suggest)
    with form.identity:
        slug = text_field(
            "Its address",
            hint="The last part of /apps/…, in small letters, digits and dashes. It stays.",
            required=True,
        )
        slug.on("keydown", lambda: slug_was_typed.append("typed"), [])

    async def add() -> None:
        draft = form.draft
        values = {key: getattr(draft, key) for key in draft.__dataclass_fields__}
        outcome = await attempt(apps.create, visit.actor, slug=slug.value, **values)
        if outcome.value is None:
            form.refuse(outcome.refusal)
            return
        notice("It is a draft: publish it when hotels may see it.", title="Added")
        ui.navigate.to(f"{PATH}/{outcome.value}")

    form.draw_end("Add the app", add)


async def page(visit: Visit, slug: str) -> None:
    entry = await load(apps.entry, visit.actor, slug)
    rows = await load(partners.all_of_them, visit.actor)
    sheet = Sheet(visit, entry)
    new_texts = NewTexts(visit, slug, entry.developer, lambda texts: form.take(texts))
    await new_texts.refresh()
    form = AppForm({row.id: row.name for row in rows}, entry.draft)

    async def save() -> None:
        outcome = await attempt(apps.edit, visit.actor, slug, form.draft)
        if outcome.refusal is not None:
            form.refuse(outcome.refusal)
            return
        form.refuse(None)
        await sheet.refresh()
        notice("Hotels and the partner read it now.", title="Saved")

    form.draw_end("Save", save)

    async def heard(change: Change) -> None:
        if change.noun in ("app", "everything"):
            await sheet.refresh()
            await new_texts.refresh()

    visit.follow(heard)


class Sheet:
    """The head of an app's page: its door, its state, and what can be done with it."""

    def __init__(self, visit: Visit, entry: Entry) -> None:
        self._visit = visit
        self._slug = entry.slug
        self._dialog = Dialog()
        self._badge: Badge
        breadcrumb([("Apps", PATH), (entry.draft.name, None)])
        self._head = Part(self._draw, "sheet-title")
        self._head.show(entry)

    async def refresh(self) -> None:
        self._head.show(await load(apps.entry, self._visit.actor, self._slug))

    def _draw(self, entry: Entry) -> None:
        draft = entry.draft
        tone, words = STATES[entry.state]
        tile(draft.icon, draft.hue, 64)
        with ui.element("div").classes("grow"):
            text(draft.name, "h1")
            with ui.element("div").classes("line"):
                badge(tone, words)
                text(_summary(entry), "span", "muted")
        with ui.element("div").classes("actions"):
            if entry.state != "published":
                label = "Publish" if entry.state == "draft" else "Publish again"
                button(label, self._publish, kind="primary", icon="door-open")
            if entry.state == "published":
                button("Retire", lambda: self._ask_to_retire(entry), icon="door-closed")

    async def _publish(self) -> None:
        if await act(apps.publish, self._visit.actor, self._slug):
            await self.refresh()
            notice("Every property sees it in the catalogue now.", title="Published")

    def _ask_to_retire(self, entry: Entry) -> None:
        with self._dialog.refill(f"Retire {entry.draft.name}?"):
            text(
                "It leaves the catalogue: no property can connect it any more. Connections that "
                "exist go on, and it can be published again."
            )
        self._dialog.ask("Retire", self._retire, kind="danger")

    async def _retire(self) -> None:
        outcome = await attempt(apps.retire, self._visit.actor, self._slug)
        self._dialog.close()
        if outcome.refusal is not None:
            show(outcome.refusal)
            return
        await self.refresh()
        notice("It has left the catalogue. Its connections go on.", title="Retired")


def _summary(entry: Entry) -> str:
    count = entry.connections
    connections = "1 connection" if count == 1 else f"{count} connections"
    return f"/apps/{entry.slug} · {entry.developer} · {connections}"


def _slug_of(name: str) -> str:
    letters = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()  # é becomes e
    kept = "".join(mark if mark.isalnum() else "-" for mark in letters)
    return "-".join(filter(None, kept.split("-")))[:40]


def _draw_no_partner() -> None:
    with callout(
        "info",
        "There is no partner yet",
        "An integrated app belongs to the partner who develops and supports it. Core apps need "
        "none.",
    ):
        button("Add a partner", href="/operations/partners?new=1", icon="plus")
