"""Table of partner keys: with one of them a partner's own program speaks for the partner."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import key, maybe_moment, moment, refers


class PartnerKey(SQLModel, table=True):
    """Hashed to be recognised; nobody can be shown it again."""

    __tablename__ = "partner_keys"
    __table_args__ = (
        sa.Index(
            "one_living_key_per_name",
            "partner_id",
            "name",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    id: str = key("key")
    partner_id: str = refers("partners.id")
    name: str
    key_hash: str = Field(unique=True)
    masked: str
    made_by: str  # the name as it was then
    made_at: datetime = moment()
    last_used_at: datetime | None = maybe_moment()
    revoked_at: datetime | None = maybe_moment()
