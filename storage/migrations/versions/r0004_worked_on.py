"""What moderators work on and with: cases, reports, limits, modes, waiting files, messages."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables of casework, and the columns that point at them."""
    _add_cases()
    _add_reports()
    _add_signals()
    _add_appeals()
    _add_overrides()
    _add_messages()
    _add_proposals()
    _add_downloads()
    _add_decisions()
    _add_journal()
    _add_waiting()


def _add_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", Number, nullable=False),
        sa.Column("subject", sa.String(length=600), nullable=False),
        sa.Column("project_id", Number, nullable=True),
        sa.Column("account_id", Number, nullable=True),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("claimed_by", Number, nullable=True),
        sa.Column("claimed_until", Moment, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_cases_account_id"),
        sa.ForeignKeyConstraint(["claimed_by"], ["accounts.id"], name="fk_cases_claimed_by"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_cases_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("subject", name="uq_cases_subject"),
    )
    op.create_index("ix_cases_account_id", "cases", ["account_id"])
    op.create_index("ix_cases_project_id", "cases", ["project_id"])
    op.create_table(
        "entry_cases",
        sa.Column("case_id", Number, nullable=False),
        sa.Column("serial", Number, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_entry_cases_case_id"),
        sa.ForeignKeyConstraint(["serial"], ["entries.serial"], name="fk_entry_cases_serial"),
        sa.PrimaryKeyConstraint("case_id", "serial", name="pk_entry_cases"),
    )
    op.create_index("ix_entry_cases_serial", "entry_cases", ["serial"])


def _add_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", Number, nullable=False),
        sa.Column("case_id", Number, nullable=False),
        sa.Column("serial", Number, nullable=False),
        sa.Column("reporter_id", Number, nullable=False),
        sa.Column("subject", sa.String(length=600), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("evidence_json", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_reports_case_id"),
        sa.ForeignKeyConstraint(["reporter_id"], ["accounts.id"], name="fk_reports_reporter_id"),
        sa.ForeignKeyConstraint(["serial"], ["entries.serial"], name="fk_reports_serial"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint(
            "reporter_id", "key", "subject", name="uq_reports_reporter_id_key_subject"
        ),
    )
    op.create_index("ix_reports_case_id", "reports", ["case_id"])
    op.create_index(
        "ix_reports_reporter_id_subject_at", "reports", ["reporter_id", "subject", "at"]
    )


def _add_signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", Number, nullable=False),
        sa.Column("case_id", Number, nullable=False),
        sa.Column("serial", Number, nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=600), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_signals_case_id"),
        sa.ForeignKeyConstraint(["serial"], ["entries.serial"], name="fk_signals_serial"),
        sa.PrimaryKeyConstraint("id", name="pk_signals"),
    )
    op.create_index("ix_signals_case_id", "signals", ["case_id"])


def _add_appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", Number, nullable=False),
        sa.Column("case_id", Number, nullable=False),
        sa.Column("serial", Number, nullable=False),
        sa.Column("decision_id", Number, nullable=False),
        sa.Column("account_id", Number, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_appeals_account_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_appeals_case_id"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_appeals_decision_id"),
        sa.ForeignKeyConstraint(["serial"], ["entries.serial"], name="fk_appeals_serial"),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
    )
    op.create_index("ix_appeals_account_id", "appeals", ["account_id"])
    op.create_index("ix_appeals_case_id", "appeals", ["case_id"])
    op.create_index("ix_appeals_decision_id", "appeals", ["decision_id"])


def _add_overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("decision_id", Number, nullable=False),
        sa.Column("account_id", Number, nullable=False),
        sa.Column("projects_per_day", sa.Integer(), nullable=True),
        sa.Column("files_per_day", sa.Integer(), nullable=True),
        sa.Column("files_per_10_minutes", sa.Integer(), nullable=True),
        sa.Column("until_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_overrides_account_id"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_overrides_decision_id"),
        sa.PrimaryKeyConstraint("decision_id", "account_id", name="pk_overrides"),
    )
    op.create_index("ix_overrides_account_id", "overrides", ["account_id"])


def _add_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", Number, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("content_json", sa.Text(), nullable=False),
        sa.Column("decision_id", Number, nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_messages_decision_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_decision_id", "messages", ["decision_id"])
    op.create_index("ix_messages_ended_at_due_at", "messages", ["ended_at", "due_at"])


def _add_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", Number, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("body_json", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("decision_id", Number, nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_proposals_decision_id"),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
    )
    op.create_index("ix_proposals_decision_id", "proposals", ["decision_id"])


def _add_downloads() -> None:
    op.create_table(
        "erasures",
        sa.Column("file_id", Number, nullable=False),
        sa.Column("decision_id", Number, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_erasures_decision_id"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_erasures_file_id"),
        sa.PrimaryKeyConstraint("file_id", name="pk_erasures"),
    )
    op.create_index("ix_erasures_decision_id", "erasures", ["decision_id"])
    op.create_table(
        "downloads",
        sa.Column("file_id", Number, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_downloads_file_id"),
        sa.PrimaryKeyConstraint("file_id", "day", name="pk_downloads"),
    )


def _add_decisions() -> None:
    op.add_column("decisions", sa.Column("case_id", sa.BigInteger(), nullable=True))
    op.add_column("decisions", sa.Column("case_serial", sa.BigInteger(), nullable=True))
    op.create_index("ix_decisions_case_id", "decisions", ["case_id"])
    op.create_index("ix_decision_subjects_subject", "decision_subjects", ["subject"])


def _add_journal() -> None:
    op.create_table(
        "entry_addresses",
        sa.Column("serial", Number, nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["serial"], ["entries.serial"], name="fk_entry_addresses_serial"),
        sa.PrimaryKeyConstraint("serial", name="pk_entry_addresses"),
    )
    op.create_index("ix_entry_addresses_address", "entry_addresses", ["address"])
    op.create_index("ix_entries_actor_act_at", "entries", ["actor", "act", "at"])


def _add_waiting() -> None:
    op.add_column(
        "files", sa.Column("waited", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "files", sa.Column("runs_setup", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index("ix_files_project_id_runs_setup", "files", ["project_id", "runs_setup"])
    op.create_index("ix_files_project_id_uploaded_at", "files", ["project_id", "uploaded_at"])
    op.add_column(
        "holds", sa.Column("wait", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("holds", sa.Column("mode", sa.String(length=16), nullable=True))
    op.add_column(
        "projects", sa.Column("waited", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
