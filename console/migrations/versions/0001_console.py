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
    op.execute("COMMENT ON COLUMN session.sealed IS 'token, officer, CSRF secret; sealed'")
    op.execute("CREATE INDEX ix_session_expires_at ON session (expires_at)")
    op.execute("""
        CREATE TABLE board_case (
            no text PRIMARY KEY, item text NOT NULL, item_name text NOT NULL, park text NOT NULL,
            decider text NOT NULL, viewers text[] NOT NULL, rehearsal boolean NOT NULL)
    """)
    op.execute("""
        CREATE TABLE board_push (
            no text, decision_version integer, pushed_to text, push text,
            regulator text NOT NULL, cause text NOT NULL, status text NOT NULL,
            park text NOT NULL, decider text, item text NOT NULL, item_name text NOT NULL,
            decision_no text NOT NULL DEFAULT '', issued_at timestamptz NOT NULL,
            pushed_at timestamptz, due date, in_time boolean, claimed_at timestamptz,
            answered_at timestamptz, result text, rectification_due date,
            unacknowledged integer NOT NULL DEFAULT 0, viewers text[] NOT NULL,
            rehearsal boolean NOT NULL, changed_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (no, decision_version, pushed_to),
            CONSTRAINT uq_board_push_push UNIQUE (push))
    """)
    op.execute("CREATE INDEX ix_board_push_regulator ON board_push (regulator, issued_at)")
    op.execute("CREATE INDEX ix_board_push_park ON board_push (park, issued_at)")
    op.execute("CREATE INDEX ix_board_push_viewers ON board_push USING gin (viewers)")
    op.execute("""
        CREATE TABLE board_feedback (
            feedback text PRIMARY KEY, push text NOT NULL,
            acknowledged_by text[] NOT NULL DEFAULT '{}'::text[])
    """)
    op.execute("CREATE INDEX ix_board_feedback_push ON board_feedback (push)")


def downgrade() -> None:
    op.execute("DROP TABLE board_feedback, board_push, board_case, session")
    for statement in [*eventlog_ddl.downgrade_statements(), *kit_ddl.drop_tables_0001()]:
        op.execute(statement)
