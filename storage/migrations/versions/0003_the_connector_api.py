"""the connector API: what partners' programs need, and value mappings"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _let_endpoints_choose()


def downgrade() -> None:
    _send_everything_to_endpoints()


# Which events an endpoint asks for, and of which properties.


def _let_endpoints_choose() -> None:
    for name in ("events", "property_ids"):
        op.add_column("endpoints", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))


def _send_everything_to_endpoints() -> None:
    op.drop_column("endpoints", "property_ids")
    op.drop_column("endpoints", "events")
