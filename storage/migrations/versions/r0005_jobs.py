"""Jobs that run beside the server, each with who runs it now."""

import sqlalchemy as sa
from alembic import op

Moment = sa.DateTime(timezone=True)

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table of leases."""
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("until_at", Moment, nullable=True),
        sa.Column("last_run_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_jobs"),
    )
