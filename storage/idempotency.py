"""Table of requests that named an Idempotency-Key: each is worked on once, and answered again."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import json, moment


class IdempotentRequest(SQLModel, table=True):
    """`caller` is a connection or a partner. `run` names who works on it, to tell a second try
    from the first; `status`, `headers` and `body` are the answer, once there is one.

    The body is encrypted: answers may carry a secret that is shown once.
    """

    __tablename__ = "idempotent_requests"

    caller: str = Field(primary_key=True)
    key_hash: str = Field(primary_key=True)
    fingerprint: str  # a hash of the request
    run: str
    began_at: datetime = moment(index=True)
    status: int | None = None
    headers: dict[str, str] = json(dict)
    body: bytes | None = Field(default=None, sa_type=sa.LargeBinary, nullable=True)
