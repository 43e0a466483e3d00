"""App drafts: texts that a partner writes for its app; an operator publishes or declines them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from domain import differences, drafts, history, moments, notices
from domain.actors import Actor, Standing, operating, standing
from domain.connections import checked_reason
from domain.differences import Line
from domain.refusals import Refusal, invalid, not_found
from storage import changes, database
from storage.app_drafts import AppDraft
from storage.apps import App
from storage.partners import Partner
from storage.people import Person

LABELS = {
    "tagline": "In one sentence",
    "description": "Description",
    "setup_notes": "Setup notes",
}
WHY_DECLINE = "Write why: the partner reads it, and can put it right."
_CHECKS = {
    "tagline": drafts.checked_tagline,
    "description": drafts.checked_markdown,
    "setup_notes": drafts.checked_markdown,
}


@dataclass(frozen=True)
class Texts:
    """What a partner writes about its app; the last two are Markdown."""

    tagline: str
    description: str
    setup_notes: str


@dataclass(frozen=True)
class Change:
    """One of the texts that would become another one."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Draft:
    """The texts that a partner would like, and how far that is.

    `status` is waiting or declined; `version` is to be given when deciding about it. `note` is why
    it was declined. `changes` is how it differs from what hotels read now, nothing when it doesn't.
    """

    texts: Texts
    version: int
    status: str
    saved_by: str
    saved_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Waiting:
    """An app whose texts wait for an operator."""

    slug: str
    app: str
    partner: str
    saved_by: str
    saved_at: datetime


def save(
    actor: Actor,
    slug: str,
    *,
    tagline: str,
    description: str,
    setup_notes: str,
    now: datetime | None = None,
) -> None:
    """Propose other texts for an app: its partner's people, no program. Hotels read them once an
    operator has published them; a draft that is there is replaced.

    Refuses `not_found`, `invalid`, and `no_change` when hotels read these texts already.
    """
    now = now or moments.now()
    texts = _checked({"tagline": tagline, "description": description, "setup_notes": setup_notes})
    with database.transaction() as session:
        who, app = _written(session, actor, slug, now)
        if texts == _of(app):
            raise Refusal("no_change", "Hotels read exactly these texts already.", "partner")
        draft = session.get(AppDraft, app.id)
        if draft is None:
            draft = AppDraft(app_id=app.id, version=0, saved_by="", saved_at=now)
            session.add(draft)
        _write(texts, draft)
        draft.version, draft.status = draft.version + 1, "waiting"
        draft.saved_by, draft.saved_at = who.person_id or "", now
        draft.decided_by, draft.decided_at, draft.note = None, None, ""
        _record(session, who, app, "app.texts_proposed", now)
        _tell_operators(session, app, now)


def withdraw(actor: Actor, slug: str, *, now: datetime | None = None) -> None:
    """Forget the draft of an app: its partner's people. Refuses `not_found`, `wrong_state`."""
    now = now or moments.now()
    with database.transaction() as session:
        who, app = _written(session, actor, slug, now)
        _end(session, _there(session, app), now)
        _record(session, who, app, "app.texts_withdrawn", now)


def publish(actor: Actor, slug: str, version: int, *, now: datetime | None = None) -> None:
    """Let hotels read a partner's draft, in the `version` that was looked at; for operators.

    Refuses `not_found`, `wrong_state` when nothing waits, and `changed_meanwhile`.
    """
    now = now or moments.now()
    with database.transaction() as session:
        who, app, draft = _judged(session, actor, slug, version, now)
        _write(_of(draft), app)
        _end(session, draft, now)
        _record(session, who, app, "app.texts_published", now)
        _tell_partner(session, app, f"{app.name}: your texts are published", now)


def decline(
    actor: Actor, slug: str, version: int, note: str, *, now: datetime | None = None
) -> None:
    """Send a partner's draft back with the reason, which the partner reads; for operators.

    Refuses as `publish` does, and `invalid` without a reason.
    """
    now = now or moments.now()
    note = checked_reason(note, demand=WHY_DECLINE)
    with database.transaction() as session:
        who, app, draft = _judged(session, actor, slug, version, now)
        draft.status, draft.note = "declined", note
        draft.decided_by, draft.decided_at = who.person_id, now
        notices.clear(session, "app.texts", app.id, now)
        _record(session, who, app, "app.texts_declined", now, note=f"{app.name}: {note}")
        _tell_partner(session, app, f"{app.name}: your texts were sent back", now, note)


def forget(session: Session, app: App, now: datetime) -> None:
    """Drop the draft of an app that another partner is behind now, within the caller's change."""
    draft = session.get(AppDraft, app.id)
    if draft is not None:
        _end(session, draft, now)


def of_app(actor: Actor, slug: str, *, now: datetime | None = None) -> Draft | None:
    """Return the draft of an app, None when there is none; for its partner and for operators.

    Refuses `not_found`.
    """
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        app = _find(session, slug)
        if app is None or not (who.is_operator or who.works_for(app.partner_id)):
            raise not_found("This app")
        draft = session.get(AppDraft, app.id)
        return _shown(session, app, draft) if draft else None


def waiting(actor: Actor, *, now: datetime | None = None) -> tuple[Waiting, ...]:
    """Return what waits to be published, the oldest first; for operators. Refuses `not_found`."""
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        found = session.execute(
            sa.select(
                col(App.slug),
                col(App.name),
                col(Partner.name),
                col(Person.name),
                col(AppDraft.saved_at),
            )
            .select_from(AppDraft)
            .join(App, col(App.id) == AppDraft.app_id)
            .join(Partner, col(Partner.id) == App.partner_id)
            .join(Person, col(Person.id) == AppDraft.saved_by)
            .where(col(AppDraft.status) == "waiting")
            .order_by(col(AppDraft.saved_at))
        )
        return tuple(Waiting(*row) for row in found)


def count_waiting(actor: Actor, *, now: datetime | None = None) -> int:
    """Return how many apps have texts that wait for an operator; refuses `not_found`."""
    with database.reading() as session:
        operating(session, actor, now or moments.now())
        return session.exec(
            select(func.count()).select_from(AppDraft).where(AppDraft.status == "waiting")
        ).one()


# Details


def _checked(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: check(texts[name]) for name, check in _CHECKS.items()}


def _of(row: App | AppDraft) -> dict[str, str]:
    return {name: getattr(row, name) for name in LABELS}


def _write(texts: Mapping[str, str], row: App | AppDraft) -> None:
    for name, text in texts.items():
        setattr(row, name, text)


def _find(session: Session, slug: str) -> App | None:
    return session.exec(select(App).where(App.slug == slug)).one_or_none()


def _written(session: Session, actor: Actor, slug: str, now: datetime) -> tuple[Standing, App]:
    """Return who writes about which app, held still; refuses `not_found` to all but its people."""
    who = standing(session, actor, now)
    app = _find(session, slug)
    if app is None or not who.belongs_to(app.partner_id):
        raise not_found("This app")
    database.lock(session, app)
    return who, app


def _judged(
    session: Session, actor: Actor, slug: str, version: int, now: datetime
) -> tuple[Standing, App, AppDraft]:
    who = operating(session, actor, now)
    app = _find(session, slug)
    if app is None:
        raise not_found("This app")
    database.lock(session, app)
    draft = _there(session, app)
    if draft.status != "waiting":
        raise Refusal("wrong_state", "These texts were sent back already. The partner is next.")
    if draft.version != version:
        raise Refusal(
            "changed_meanwhile",
            "The partner has just written other texts. Read them before you decide.",
            "platform",
        )
    return who, app, draft


def _there(session: Session, app: App) -> AppDraft:
    draft = session.get(AppDraft, app.id)
    if draft is None:
        raise Refusal("wrong_state", "No texts wait here any more.")
    session.refresh(draft)
    return draft


def _end(session: Session, draft: AppDraft, now: datetime) -> None:
    session.execute(sa.delete(AppDraft).where(col(AppDraft.app_id) == draft.app_id))
    notices.clear(session, "app.texts", draft.app_id, now)


def _shown(session: Session, app: App, draft: AppDraft) -> Draft:
    before, after = _of(app), _of(draft)
    compared = {
        label: differences.between(before[name], after[name]) for name, label in LABELS.items()
    }
    return Draft(
        Texts(**after),
        draft.version,
        draft.status,
        _name(session, draft.saved_by),
        draft.saved_at,
        _name(session, draft.decided_by),
        draft.decided_at,
        draft.note,
        tuple(Change(label, lines) for label, lines in compared.items() if lines),
    )


def _name(session: Session, person_id: str | None) -> str:
    person = session.get(Person, person_id or "")
    return person.name if person else ""


def _tell_operators(session: Session, app: App, now: datetime) -> None:
    notices.tell(
        session,
        notices.who_can_act(session, "platform"),
        "app.texts",
        f"New texts for {app.name}",
        "The partner has written them. Read what is different, then publish or decline.",
        f"/operations/apps/{app.slug}#texts",
        "platform",
        app.id,
        now,
    )


def _tell_partner(
    session: Session, app: App, title: str, now: datetime, words: str = "Hotels read them now."
) -> None:
    if app.partner_id is None:
        raise invalid("A core app belongs to the platform.", "platform")
    notices.tell(
        session,
        notices.who_can_act(session, app.partner_id),
        "app.texts_decided",
        title,
        words,
        f"/hub/apps/{app.slug}",
        app.partner_id,
        app.id,
        now,
    )


def _record(
    session: Session, who: Standing, app: App, event: str, now: datetime, *, note: str = ""
) -> None:
    side = "platform" if who.is_operator else "partner"
    history.record(session, event, who, side, now, partner_id=app.partner_id, note=note or app.name)
    changes.announce(session, changes.Change("app", app.id, None, app.partner_id))
