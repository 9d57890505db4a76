"""The catalogue: published objects, imports, what a place's annex is read with."""

from alembic import op

from eventlog import ddl as eventlog_ddl
from servicekit import ddl as kit_ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in [*kit_ddl.tables_0001(), *eventlog_ddl.upgrade_statements()]:
        op.execute(statement)
    op.execute("""
        CREATE TABLE list_import (
            id uuid PRIMARY KEY, version integer NOT NULL, state text NOT NULL,
            place text NOT NULL, file_name text NOT NULL, sha256 text NOT NULL,
            content bytea NOT NULL, companions jsonb NOT NULL, report jsonb NOT NULL,
            made_by text NOT NULL, made_at timestamptz NOT NULL DEFAULT now(),
            published_by text, published_at timestamptz, publication jsonb)
    """)
    op.execute("CREATE INDEX ix_list_import_made_at ON list_import (made_at, id)")
    op.execute("""
        CREATE TABLE place_setup (
            place text PRIMARY KEY, version integer NOT NULL, digest text NOT NULL,
            setup jsonb NOT NULL, changed_at timestamptz NOT NULL DEFAULT now())
    """)


def downgrade() -> None:
    op.execute("DROP TABLE place_setup, list_import")
    for statement in [*eventlog_ddl.downgrade_statements(), *kit_ddl.drop_tables_0001()]:
        op.execute(statement)
