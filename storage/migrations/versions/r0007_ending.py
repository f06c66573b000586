"""Holds by their end: which have ended lately, and which end next."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_holds_until_at", "holds", ["until_at"])
