"""Drafts: what operators write down about an app, checked before it is kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from connectors.door import Blocked
from connectors.vendors import VENDORS
from domain import questions, slots
from domain.installation import current
from domain.properties import checked_text
from domain.refusals import Refusal, invalid
from storage.apps import App
from storage.partners import Partner

PERMISSIONS = {
    "reservations:read": "Read reservations",
    "reservations:write": "Change reservations",
    "guests:read": "Read guests’ names and contact details",
    "guests:write": "Change guests’ profiles",
    "spaces:read": "Read rooms and spaces",
    "rates:read": "Read rates",
    "rates:write": "Change rates and restrictions",
    "products:read": "Read products and services",
    "orders:write": "Post charges to a bill",
    "accounting:read": "Read accounting categories and bills",
}
VENDOR_NAMES = {key: vendor.name for key, vendor in VENDORS.items()}
LONGEST_TEXT = 20_000
_RESERVED = ("new",)  # pages of ours under /operations/apps
_MONTH = 60 * 24 * 31


@dataclass(frozen=True)
class Permission:
    """What an app may do: `name` is a key of PERMISSIONS, `words` say it to people."""

    name: str
    words: str


@dataclass(frozen=True)
class Draft:
    """Everything about an app that operators decide.

    An integrated app has a `partner_id` and an `activation` (manual, automatic), a core app a
    `vendor` and perhaps another `vendor_address` than the usual one. `usual_minutes` is what the
    partner promises until its own history speaks; `questions` as in domain.questions, `slots` as
    in domain.slots; `icon` is the name of a drawing and `hue` its colour in degrees, 0 to 360.
    """

    name: str
    category: str
    tagline: str
    kind: str = "integrated"
    partner_id: str | None = None
    activation: str = "manual"
    vendor: str | None = None
    vendor_address: str | None = None
    usual_minutes: int | None = None
    permissions: Sequence[str] = ()
    questions: Sequence[Mapping[str, Any]] = ()
    slots: Sequence[Mapping[str, Any]] = ()
    description: str = ""
    setup_notes: str = ""
    icon: str = "plug"
    hue: int = 200


def of(app: App) -> Draft:
    """Return what is written down about an app."""
    return Draft(
        app.name,
        app.category,
        app.tagline,
        app.kind,
        app.partner_id,
        app.activation,
        app.vendor,
        app.vendor_address,
        app.usual_minutes,
        tuple(app.permissions),
        tuple(dict(question) for question in app.questions),
        tuple(dict(slot) for slot in app.slots),
        app.description,
        app.setup_notes,
        app.icon,
        app.hue,
    )


def write(session: Session, draft: Draft, app: App) -> None:
    """Write `draft` down as `app`; refuses `invalid` with what to correct."""
    _check_kind(session, draft)
    app.name = checked_text(draft.name, "the name of the app", longest=60)
    app.category = checked_text(draft.category, "the category", longest=40)
    app.tagline = checked_tagline(draft.tagline)
    app.kind = draft.kind
    is_core = draft.kind == "core"
    app.partner_id = None if is_core else draft.partner_id or None
    app.activation = draft.activation
    app.vendor = draft.vendor or None if is_core else None
    app.vendor_address = _vendor_address(draft) if is_core else None
    app.usual_minutes = _checked_minutes(draft.usual_minutes)
    app.permissions = _checked_permissions(draft.permissions)
    app.questions = questions.checked(draft.questions)
    app.slots = [] if is_core else slots.checked(draft.slots, app.permissions)
    app.description = checked_markdown(draft.description)
    app.setup_notes = checked_markdown(draft.setup_notes)
    app.icon, app.hue = _checked_look(draft)


def checked_slug(session: Session, slug: str) -> str:
    """Return the last part of the app's address; refuses `invalid` when it is taken."""
    slug = slug.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", slug):
        raise invalid("Write the app’s address with small letters, digits and dashes.", "platform")
    if slug in _RESERVED or session.exec(select(App.id).where(App.slug == slug)).first():
        raise address_taken(slug)
    return slug


def address_taken(slug: str) -> Refusal:
    return invalid(f"The address /apps/{slug} is taken. Choose another one.", "platform")


def checked_tagline(text: str) -> str:
    return checked_text(text, "what the app does in one sentence", longest=160)


def checked_markdown(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise invalid(f"Keep the text under {LONGEST_TEXT:,} characters.", "partner")
    return text.strip()


def _check_kind(session: Session, draft: Draft) -> None:
    if draft.kind not in ("core", "integrated"):
        raise invalid("Choose what kind of app it is.", "platform")
    if draft.activation not in ("manual", "automatic"):
        raise invalid("Choose how the app is activated.", "platform")
    if draft.kind == "core" and draft.vendor not in VENDORS:
        raise invalid("Choose which system a core app connects to.", "platform")
    if draft.kind == "integrated" and not session.get(Partner, draft.partner_id or ""):
        raise invalid("Choose the partner who develops this app.", "platform")


def _vendor_address(draft: Draft) -> str | None:
    if draft.vendor not in VENDORS:
        return None
    address = (draft.vendor_address or "").strip().rstrip("/")
    if not address:
        return VENDORS[draft.vendor].default_address
    try:
        current().door.check(address)
    except Blocked as blocked:
        raise invalid(blocked.reason, "platform") from blocked
    return address


def _checked_minutes(minutes: int | None) -> int | None:
    if minutes is not None and not 0 <= minutes <= _MONTH:
        raise invalid("Write the usual time in minutes, one month at most.", "platform")
    return minutes


def _checked_permissions(names: Sequence[str]) -> list[str]:
    if unknown := next((name for name in names if name not in PERMISSIONS), None):
        raise invalid(f"There is no permission called {unknown}.", "platform")
    return [name for name in PERMISSIONS if name in names]


def _checked_look(draft: Draft) -> tuple[str, int]:
    if not re.fullmatch(r"[a-z0-9-]{1,40}", draft.icon):
        raise invalid("Choose an icon from the list.", "platform")
    return draft.icon, draft.hue % 360


def permissions_of(app: App) -> tuple[Permission, ...]:
    """Return what an app may do, with the words for people."""
    return tuple(Permission(name, PERMISSIONS.get(name, name)) for name in app.permissions)
