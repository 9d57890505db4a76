"""The console: sessions, the board's cases and pushes."""

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
        CREATE TABLE session (
            sha256 text PRIMARY KEY, sealed text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            seen_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL)
    """)
    op.execute(
        "COMMENT ON COLUMN session.sealed IS 'token, officer, CSRF secret; sealed'"
    )
    op.execute("CREATE INDEX ix_session_expires_at ON session (expires_at)")
    op.execute("""
        CREATE TABLE board_case (
            no text PRIMARY KEY, item text, item_name text, park text, status text NOT NULL,
            sequence integer NOT NULL DEFAULT 0, accepted_at timestamptz, closed_at timestamptz,
            due date, viewers text[] NOT NULL DEFAULT '{}'::text[],
            rehearsal boolean NOT NULL DEFAULT false)
    """)
    op.execute("CREATE INDEX ix_board_case_park ON board_case (park)")
    op.execute("""
        CREATE TABLE board_push (
            push text PRIMARY KEY, no text NOT NULL, regulator text NOT NULL, park text,
            item text, item_name text, status text NOT NULL,
            sequence integer NOT NULL DEFAULT 0, issued_at timestamptz, pushed_at timestamptz,
            due date, in_time boolean, claimed_at timestamptz, answered_at timestamptz,
            result text, late boolean NOT NULL DEFAULT false, acknowledged_at timestamptz,
            detail jsonb NOT NULL DEFAULT '{}'::jsonb,
            viewers text[] NOT NULL DEFAULT '{}'::text[],
            rehearsal boolean NOT NULL DEFAULT false)
    """)
    op.execute("CREATE INDEX ix_board_push_regulator ON board_push (regulator)")
    op.execute("CREATE INDEX ix_board_push_no ON board_push (no)")


def downgrade() -> None:
    op.execute("DROP TABLE board_push, board_case, session")
    for statement in [*eventlog_ddl.downgrade_statements(), *kit_ddl.drop_tables_0001()]:
        op.execute(statement)
