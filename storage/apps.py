"""Table of apps: what the catalogue offers."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from storage.columns import json, key, may_refer, maybe_moment, moment


class App(SQLModel, table=True):
    __tablename__ = "apps"

    id: str = key("app")
    slug: str = Field(unique=True)
    name: str
    kind: str  # integrated, core
    partner_id: str | None = may_refer("partners.id")  # none for core apps
    category: str
    tagline: str
    description: str = ""  # Markdown
    setup_notes: str = ""  # Markdown
    activation: str = "manual"  # manual, automatic; core apps have neither
    usual_minutes: int | None = None  # what the partner promises, until its own history speaks
    activations: list[float] = json(list)  # minutes that the last ones took, the newest at the end
    measured_minutes: float | None = None  # their median
    measured_from: int = 0  # how many they are
    permissions: list[str] = json(list)
    questions: list[dict[str, Any]] = json(list)
    slots: list[dict[str, Any]] = json(list)  # values of the hotel that it needs to know
    vendor: str | None = None  # core apps: the connector that checks the credentials
    vendor_address: str | None = None  # core apps: where that vendor's API answers
    icon: str = "plug"
    hue: int = 200
    created_at: datetime = moment()
    published_at: datetime | None = maybe_moment(index=True)
    retired_at: datetime | None = maybe_moment()
