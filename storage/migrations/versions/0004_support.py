"""support: cases, evidence, notices, the sealed audit log, sandboxes"""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Each part adds its own block."""


def downgrade() -> None:
    """Each part takes its own block back."""
