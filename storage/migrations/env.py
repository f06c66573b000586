"""Alembic asks for this file; the connection is configured by storage.migrations."""

from alembic import context

context.run_migrations()
