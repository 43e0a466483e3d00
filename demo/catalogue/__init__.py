"""The demo's partners and apps, one TOML file per partner, and how they are read.

A question's `sample` is what the demo's hotels answered; {code} stands for the hotel's own code.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CORE = "core"


@dataclass(frozen=True)
class Sheet:
    """One partner with its apps. `notify` says how it is told: webhook, mail, both or contact."""

    name: str
    website: str
    contact_name: str
    contact_email: str
    contact_phone: str
    notify: str
    apps: tuple[dict[str, Any], ...]


@cache
def partners() -> tuple[Sheet, ...]:
    """Return every partner, by name of file."""
    return tuple(
        Sheet(**{**_read(path), "apps": tuple(_read(path)["apps"])})
        for path in sorted(FOLDER.glob("*.toml"))
        if path.stem != CORE
    )


@cache
def core_apps() -> tuple[dict[str, Any], ...]:
    """Return the apps that are hotel systems themselves."""
    return tuple(_read(FOLDER / f"{CORE}.toml")["apps"])


def app(slug: str) -> dict[str, Any]:
    """Return one app of any kind."""
    every = [app for sheet in partners() for app in sheet.apps]
    return next(app for app in (*every, *core_apps()) if app["slug"] == slug)


def partner_of(slug: str) -> Sheet:
    """Return the partner behind an integrated app."""
    return next(sheet for sheet in partners() if any(app["slug"] == slug for app in sheet.apps))


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))
