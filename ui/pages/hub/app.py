"""One app of this partner: the texts it proposes, beside how a hotel will read them."""

from nicegui import ui

from domain import app_drafts, apps
from domain.app_drafts import Draft
from domain.apps import Sheet
from ui.ask import act, attempt, load, show
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.field import TextField, text_field
from ui.components.notice import notice
from ui.components.page_title import breadcrumb
from ui.components.part import Part
from ui.components.prose import prose
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change
from ui.pages.difference import draw_difference
from ui.pages.hub.apps import STATES, time_words
from ui.pages.needed_values import draw_needed_values
from ui.pages.permissions import draw_permissions

Texts = tuple[TextField, TextField, TextField]  # in one sentence, description, setup notes
PAUSE = 0.25  # seconds without typing before the preview is drawn


async def page(visit: Visit, slug: str) -> None:
    sheet = await load(apps.sheet, visit.actor, slug)
    draft = await load(app_drafts.of_app, visit.actor, slug)
    _draw_head(sheet)
    with ui.element("div").classes("halves"):
        with ui.element("div").classes("stack"):
            standing = Standing(visit, slug)
            texts = _draw_form(visit, sheet, draft, standing)
            standing.draw_difference()
        with ui.element("div").classes("stack"):
            with card("As hotels would read it", "It follows while you type.", icon="eye"):
                Preview(texts)
            _draw_rest(sheet)
            if sheet.questions:
                with card("Asked at Connect", "What a hotel answers first.", icon="list-checks"):
                    facts([_question(question) for question in sheet.questions])
            if sheet.slots:
                with card(
                    "Values that hotels map",
                    "Your program can propose them through the API.",
                    icon="arrow-left-right",
                ):
                    draw_needed_values(sheet.slots)
    standing.show(draft)

    async def heard(change: Change) -> None:
        if change.noun in ("app", "everything"):
            await standing.refresh()

    visit.follow(heard)


def _draw_head(sheet: Sheet) -> None:
    app = sheet.listed
    breadcrumb([("My apps", "/hub/apps"), (app.name, None)])
    with ui.element("header").classes("sheet-title"):
        tile(app.icon, app.hue, 64)
        with ui.element("div").classes("grow"):
            text(app.name, "h1")
            with ui.element("div").classes("line"):
                badge(*STATES[app.state])
                text(time_words(app), "span", "muted")
        button("Its connections", href=f"/hub/connections?app={app.slug}", icon="plug-zap")


class Standing:
    """How far the partner's new texts are: nothing written, waiting for an operator, sent back."""

    def __init__(self, visit: Visit, slug: str) -> None:
        self._visit, self._slug = visit, slug
        self._told: Part[Draft | None] = Part(self._draw, "standing-texts")
        self._different: Part[Draft | None]

    def draw_difference(self) -> None:
        """Reserve the place for what is different."""
        self._different = Part(_draw_changes)

    def show(self, draft: Draft | None) -> None:
        self._told.show(draft)
        self._different.show(draft)

    async def refresh(self) -> None:
        """Read it again; what somebody types meanwhile stays."""
        self.show(await load(app_drafts.of_app, self._visit.actor, self._slug))

    def _draw(self, draft: Draft | None) -> None:
        if draft is None:
            return
        if draft.status == "waiting":
            with callout(
                "warn",
                "Waits for the platform",
                "An operator reads your texts and publishes them. Until then hotels read the ones "
                "from before.",
            ):
                button("Take them back", self._withdraw, icon="undo-2")
        else:
            with callout("bad", f"Sent back by {draft.decided_by}", "Put them right, and send."):
                text(f"“{draft.note}”", classes="reason")
                button("Forget them", self._withdraw, icon="x")
        with ui.element("p").classes("muted"):
            ago(draft.saved_at, f"Written by {draft.saved_by} ", zone=self._visit.zone)

    async def _withdraw(self) -> None:
        if await act(app_drafts.withdraw, self._visit.actor, self._slug):
            await self.refresh()
            notice("Your texts wait for nobody any more. Hotels read the ones from before.")


def _draw_changes(draft: Draft | None) -> None:
    if draft is None:
        return
    with card("What is different", "Beside what hotels read now.", icon="arrow-left-right"):
        draw_difference(draft.changes)


def _draw_form(visit: Visit, sheet: Sheet, draft: Draft | None, standing: Standing) -> Texts:
    current = draft.texts if draft else sheet
    lead = "Yours to write. Hotels read them once an operator has published them."
    with card("Texts", lead, icon="pencil"):
        tagline = text_field(
            "In one sentence",
            value=current.tagline,
            hint="On the card in the catalogue, 160 characters at most.",
            required=True,
        )
        description = text_field(
            "Description",
            value=current.description,
            hint="Markdown. What the app does for a hotel.",
            multiline=True,
        )
        notes = text_field(
            "Setup notes",
            value=current.setup_notes,
            hint="Markdown. What a hotel does before or after Connect.",
            multiline=True,
        )

        async def send() -> None:
            outcome = await attempt(
                app_drafts.save,
                visit.actor,
                sheet.listed.slug,
                tagline=tagline.value,
                description=description.value,
                setup_notes=notes.value,
            )
            if outcome.refusal is None:
                await standing.refresh()
                notice("An operator reads them next. You see here what they say.", title="Sent")
            elif outcome.refusal.code == "invalid":
                longest = max(description, notes, key=lambda field: len(field.value))
                wrong = tagline if "sentence" in outcome.refusal.message else longest
                wrong.error(outcome.refusal.message).focus()
            else:
                show(outcome.refusal)

        with ui.element("div").classes("actions form-end"):
            button("Send for publishing", send, kind="primary", icon="send")
    return tagline, description.classes("tall"), notes.classes("tall")


def _draw_rest(sheet: Sheet) -> None:
    with card("Set by the platform", icon="shield"):
        with callout(
            "info",
            "Only the platform’s operators change these",
            "Name, category, permissions, activation and questions decide what a hotel agrees to. "
            "Ask the operators when something should change.",
        ):
            pass
        facts(_facts(sheet)).classes("below")


def _facts(sheet: Sheet) -> list[Fact]:
    app = sheet.listed
    return [
        ("Name", app.name),
        ("Category", app.category),
        ("Address", lambda: text(f"/apps/{app.slug}", "code")),
        ("Activation", "Automatic" if app.activation == "automatic" else "Manual: you activate"),
        ("May", lambda: draw_permissions(sheet.permissions)),
    ]


def _question(question: dict[str, object]) -> Fact:
    needed = "required" if question.get("required") else "optional"
    hint = question.get("hint")
    return str(question["label"]), f"{needed}. {hint}" if hint else needed


class Preview:
    """What a hotel reads; drawn a moment after the last key, so that typing stays quick."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._timer: ui.timer | None = None
        self._tagline = text("", classes="lead")
        self._description = prose("")
        self._heading = text("Setup notes", "h3")
        self._notes = prose("")
        for field in texts:
            field.on_value_change(self._soon)
        self._draw()

    def _soon(self) -> None:
        """Draw it after a short pause; each further key begins the pause anew."""
        if self._timer is not None:
            self._timer.cancel()
        with self._tagline:
            self._timer = ui.timer(PAUSE, self._draw, once=True)

    def _draw(self) -> None:
        tagline, description, notes = (str(field.value or "") for field in self._texts)
        self._tagline.text = tagline
        self._description.content = description
        self._notes.content = notes
        self._heading.set_visibility(bool(notes.strip()))
