"""Decisions, holds and the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create what moderation needs."""
    _create_decisions()
    _create_holds()
    _create_journal()


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", Number, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("private_note", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=True),
        sa.Column("key_request", sa.String(length=64), nullable=True),
        sa.Column("effective", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("by", "key", name="uq_decisions_by_key"),
    )
    op.create_index("ix_decisions_at", "decisions", ["at"])
    op.create_index("ix_decisions_by", "decisions", ["by"])
    op.create_table(
        "decision_subjects",
        sa.Column("decision_id", Number, nullable=False),
        sa.Column("subject", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name="fk_decision_subjects_decision_id"
        ),
        sa.PrimaryKeyConstraint("decision_id", "subject", name="pk_decision_subjects"),
    )
    op.create_table(
        "undoes",
        sa.Column("undo_id", Number, nullable=False),
        sa.Column("decision_id", Number, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_undoes_decision_id"),
        sa.ForeignKeyConstraint(["undo_id"], ["decisions.id"], name="fk_undoes_undo_id"),
        sa.PrimaryKeyConstraint("undo_id", "decision_id", name="pk_undoes"),
    )
    op.create_index("ix_undoes_decision_id", "undoes", ["decision_id"])


def _create_holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", Number, nullable=False),
        sa.Column("decision_id", Number, nullable=False),
        sa.Column("subject", sa.String(length=600), nullable=False),
        sa.Column("project_id", Number, nullable=True),
        sa.Column("release_id", Number, nullable=True),
        sa.Column("file_id", Number, nullable=True),
        sa.Column("hide", sa.Boolean(), nullable=False),
        sa.Column("refuse", sa.Boolean(), nullable=False),
        sa.Column("freeze", sa.Boolean(), nullable=False),
        sa.Column("suspend", sa.Boolean(), nullable=False),
        sa.Column("from_at", Moment, nullable=False),
        sa.Column("until_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_holds_decision_id"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_holds_file_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_holds_project_id"),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_holds_release_id"),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_index("ix_holds_decision_id", "holds", ["decision_id"])
    op.create_index("ix_holds_file_id", "holds", ["file_id"])
    op.create_index(
        "ix_holds_project_id_release_id_file_id", "holds", ["project_id", "release_id", "file_id"]
    )
    op.create_index("ix_holds_release_id", "holds", ["release_id"])
    op.create_index("ix_holds_subject", "holds", ["subject"])
    op.create_table(
        "hold_ends",
        sa.Column("hold_id", Number, nullable=False),
        sa.Column("decision_id", Number, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_hold_ends_decision_id"),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name="fk_hold_ends_hold_id"),
        sa.PrimaryKeyConstraint("hold_id", "decision_id", name="pk_hold_ends"),
    )
    op.create_index("ix_hold_ends_decision_id", "hold_ends", ["decision_id"])


def _create_journal() -> None:
    op.create_table(
        "entries",
        sa.Column("serial", Number, autoincrement=False, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=600), nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_entries"),
    )
    op.create_table(
        "payloads",
        sa.Column("serial", Number, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["serial"], ["entries.serial"], name="fk_payloads_serial"),
        sa.PrimaryKeyConstraint("serial", name="pk_payloads"),
    )
    op.create_table(
        "entry_projects",
        sa.Column("project_id", Number, nullable=False),
        sa.Column("serial", Number, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_entry_projects_project_id"
        ),
        sa.ForeignKeyConstraint(["serial"], ["entries.serial"], name="fk_entry_projects_serial"),
        sa.PrimaryKeyConstraint("project_id", "serial", name="pk_entry_projects"),
    )
    op.create_index("ix_entry_projects_serial", "entry_projects", ["serial"])
