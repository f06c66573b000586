"""The first schema: accounts, projects, files, decisions and holds, and the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table."""
    _create_people()
    _create_projects()
    _create_files()
    _create_decisions()
    _create_holds()
    _create_journal()


def _create_people() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", Number, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    op.create_table(
        "login_failures",
        sa.Column("id", Number, nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_failures"),
    )
    op.create_index(
        "ix_login_failures_address_account_at", "login_failures", ["address", "account", "at"]
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("project", sa.String(length=255), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=True),
        sa.Column("revoked_at", Moment, nullable=True),
        sa.Column("last_used_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_tokens_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("secret_sha256", name="uq_tokens_secret_sha256"),
    )
    op.create_index("ix_tokens_account_id", "tokens", ["account_id"])


def _create_projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", Number, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("spelled", sa.String(length=255), nullable=False),
        sa.Column("skeleton", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.UniqueConstraint("name", name="uq_projects_name"),
    )
    op.create_index("ix_projects_created_at", "projects", ["created_at"])
    op.create_index("ix_projects_skeleton", "projects", ["skeleton"])
    op.create_table(
        "members",
        sa.Column("id", Number, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("removed_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_members_account_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_members_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
    )
    op.create_index("ix_members_account_id", "members", ["account_id"])
    op.create_index("ix_members_project_id", "members", ["project_id"])
    op.create_table(
        "releases",
        sa.Column("id", Number, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=255), nullable=False),
        sa.Column(
            "canonical",
            sa.String(length=255),
            nullable=False,
            comment="Equal for versions that PEP 440 equates.",
        ),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column(
            "yanked", sa.Text(), nullable=True, comment="The reason, maybe empty; NULL: not yanked."
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_releases_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
        sa.UniqueConstraint("project_id", "canonical", name="uq_releases_project_id_canonical"),
    )
    op.create_index("ix_releases_created_at", "releases", ["created_at"])


def _create_files() -> None:
    op.create_table(
        "files",
        sa.Column("id", Number, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("filetype", sa.String(length=16), nullable=False),
        sa.Column("python_version", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("md5", sa.String(length=32), nullable=False),
        sa.Column("blake2b_256", sa.String(length=64), nullable=False),
        sa.Column("requires_python", sa.Text(), nullable=True),
        sa.Column("core_metadata", sa.String(length=64), nullable=True),
        sa.Column("core_metadata_bytes", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", Moment, nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column(
            "yanked", sa.Text(), nullable=True, comment="The reason, maybe empty; NULL: not yanked."
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_files_project_id"),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_files_release_id"),
        sa.ForeignKeyConstraint(["uploaded_by"], ["accounts.id"], name="fk_files_uploaded_by"),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.UniqueConstraint("filename", name="uq_files_filename"),
    )
    op.create_index("ix_files_core_metadata", "files", ["core_metadata"])
    op.create_index("ix_files_project_id", "files", ["project_id"])
    op.create_index("ix_files_release_id", "files", ["release_id"])
    op.create_index("ix_files_sha256", "files", ["sha256"])
    op.create_index("ix_files_uploaded_at", "files", ["uploaded_at"])
    op.create_table(
        "descriptions",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column(
            "metadata_json",
            sa.Text(),
            nullable=False,
            comment="The core metadata, in PEP 566's JSON form.",
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_descriptions_file_id"),
        sa.PrimaryKeyConstraint("file_id", name="pk_descriptions"),
    )


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
        sa.Column(
            "effective",
            sa.Boolean(),
            nullable=False,
            comment="Whether no effective undo points here.",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("by", "key", name="uq_decisions_by_key"),
    )
    op.create_index("ix_decisions_at", "decisions", ["at"])
    op.create_index("ix_decisions_by", "decisions", ["by"])
    op.create_table(
        "decision_subjects",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name="fk_decision_subjects_decision_id"
        ),
        sa.PrimaryKeyConstraint("decision_id", "subject", name="pk_decision_subjects"),
    )
    op.create_index("ix_decision_subjects_subject", "decision_subjects", ["subject"])
    op.create_table(
        "undoes",
        sa.Column("undo_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_undoes_decision_id"),
        sa.ForeignKeyConstraint(["undo_id"], ["decisions.id"], name="fk_undoes_undo_id"),
        sa.PrimaryKeyConstraint("undo_id", "decision_id", name="pk_undoes"),
    )
    op.create_index("ix_undoes_decision_id", "undoes", ["decision_id"])


def _create_holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", Number, nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=600), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
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
    op.create_index("ix_holds_project_id", "holds", ["project_id"])
    op.create_index("ix_holds_release_id", "holds", ["release_id"])
    op.create_index("ix_holds_subject", "holds", ["subject"])
    op.create_table(
        "hold_ends",
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
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
    op.create_index("ix_entries_at", "entries", ["at"])
    op.create_index("ix_entries_subject", "entries", ["subject"])
    op.create_table(
        "payloads",
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column(
            "payload", sa.Text(), nullable=False, comment="Reason and details, as canonical JSON."
        ),
        sa.ForeignKeyConstraint(["serial"], ["entries.serial"], name="fk_payloads_serial"),
        sa.PrimaryKeyConstraint("serial", name="pk_payloads"),
    )
    op.create_table(
        "entry_projects",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_entry_projects_project_id"
        ),
        sa.ForeignKeyConstraint(["serial"], ["entries.serial"], name="fk_entry_projects_serial"),
        sa.PrimaryKeyConstraint("project_id", "serial", name="pk_entry_projects"),
    )
    op.create_index("ix_entry_projects_serial", "entry_projects", ["serial"])
