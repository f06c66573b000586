"""Accounts, tokens, projects, releases and files."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create what uploads need."""
    _create_accounts()
    _create_tokens()
    _create_projects()
    _create_releases()
    _create_files()


def _create_accounts() -> None:
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
    op.create_index("ix_login_failures_at", "login_failures", ["at"])


def _create_tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("account_id", Number, nullable=False),
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
        sa.Column("project_id", Number, nullable=False),
        sa.Column("account_id", Number, nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("removed_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_members_account_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_members_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
    )
    op.create_index("ix_members_account_id", "members", ["account_id"])
    op.create_index("ix_members_project_id", "members", ["project_id"])


def _create_releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", Number, nullable=False),
        sa.Column("project_id", Number, nullable=False),
        sa.Column("version", sa.String(length=255), nullable=False),
        sa.Column("canonical", sa.String(length=255), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("yanked", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_releases_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
        sa.UniqueConstraint("project_id", "canonical", name="uq_releases_project_id_canonical"),
    )
    op.create_index("ix_releases_created_at", "releases", ["created_at"])


def _create_files() -> None:
    op.create_table(
        "files",
        sa.Column("id", Number, nullable=False),
        sa.Column("project_id", Number, nullable=False),
        sa.Column("release_id", Number, nullable=False),
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
        sa.Column("uploaded_by", Number, nullable=False),
        sa.Column("yanked", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_files_project_id"),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_files_release_id"),
        sa.ForeignKeyConstraint(["uploaded_by"], ["accounts.id"], name="fk_files_uploaded_by"),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.UniqueConstraint("filename", name="uq_files_filename"),
    )
    op.create_index("ix_files_core_metadata", "files", ["core_metadata"])
    op.create_index("ix_files_project_id_size_bytes", "files", ["project_id", "size_bytes"])
    op.create_index("ix_files_release_id", "files", ["release_id"])
    op.create_index("ix_files_sha256", "files", ["sha256"])
    op.create_table(
        "descriptions",
        sa.Column("file_id", Number, nullable=False),
        sa.Column("metadata_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_descriptions_file_id"),
        sa.PrimaryKeyConstraint("file_id", name="pk_descriptions"),
    )
