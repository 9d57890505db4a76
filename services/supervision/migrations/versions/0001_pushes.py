"""Pushes with their steps, inspections, feedback and acknowledgements."""

from alembic import op

from eventlog import ddl as eventlog_ddl
from servicekit import ddl as kit_ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = [
    "CREATE TABLE case_side (no text PRIMARY KEY, source_system text NOT NULL)",
    """
    CREATE TABLE decision (
        no text NOT NULL, version integer NOT NULL, cause text NOT NULL,
        facts jsonb NOT NULL, revocation jsonb, rehearsal boolean NOT NULL,
        PRIMARY KEY (no, version))
    """,
    """
    CREATE TABLE push (
        id uuid PRIMARY KEY, no text NOT NULL, decision_version integer NOT NULL,
        cause text NOT NULL, pushed_to text NOT NULL, regulator text NOT NULL,
        status text NOT NULL, version integer NOT NULL,
        item text NOT NULL, item_name text NOT NULL, park text NOT NULL, decider text NOT NULL,
        decision_no text NOT NULL, company text NOT NULL, uscc text NOT NULL,
        project text NOT NULL, issued_at timestamptz NOT NULL, pushed_at timestamptz NOT NULL,
        push_limit_days integer, due date, due_provisional boolean NOT NULL DEFAULT false,
        claimed_by text, claimed_name text, claimed_at timestamptz,
        claimants text[] NOT NULL, involved text[] NOT NULL, overseers text[] NOT NULL,
        viewers text[] NOT NULL, source_system text NOT NULL,
        merged_into uuid REFERENCES push (id), suggests text, rectification_due date,
        feedbacks integer NOT NULL DEFAULT 0, unacknowledged integer NOT NULL DEFAULT 0,
        answered_at timestamptz, rehearsal boolean NOT NULL, tenant text NOT NULL,
        CONSTRAINT uq_push_decision UNIQUE (no, decision_version, pushed_to))
    """,
    """
    CREATE UNIQUE INDEX uq_push_regulator ON push (no, decision_version, regulator)
        WHERE merged_into IS NULL
    """,
    "CREATE INDEX ix_push_viewers ON push USING gin (viewers)",
    "CREATE INDEX ix_push_desk ON push (regulator, pushed_at, id)",
    "CREATE INDEX ix_push_park ON push (park, pushed_at, id)",
    "CREATE INDEX ix_push_pushed_at ON push (pushed_at, id)",
    "CREATE INDEX ix_push_uscc ON push (uscc)",
    "CREATE INDEX ix_push_source_system ON push (source_system)",
    "CREATE INDEX ix_push_merged_into ON push (merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX ix_push_provisional ON push (issued_at) WHERE due_provisional",
    """
    CREATE TABLE push_step (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        push_id uuid NOT NULL REFERENCES push (id), at timestamptz NOT NULL,
        action text NOT NULL, by jsonb, detail jsonb NOT NULL)
    """,
    "CREATE INDEX ix_push_step_push_id ON push_step (push_id, id)",
    """
    CREATE TABLE case_paper (
        id text PRIMARY KEY, no text NOT NULL, paper jsonb NOT NULL, ready_at timestamptz NOT NULL)
    """,
    "CREATE INDEX ix_case_paper_no ON case_paper (no)",
    """
    CREATE TABLE inspection (
        id uuid PRIMARY KEY, push_id uuid NOT NULL REFERENCES push (id), org text NOT NULL,
        inspectors jsonb NOT NULL, inspected_at timestamptz NOT NULL, findings text NOT NULL,
        by jsonb NOT NULL, recorded_at timestamptz NOT NULL)
    """,
    "CREATE INDEX ix_inspection_push_id ON inspection (push_id)",
    """
    CREATE TABLE feedback (
        id uuid PRIMARY KEY, push_id uuid NOT NULL REFERENCES push (id), ordinal integer NOT NULL,
        org text NOT NULL, result text NOT NULL, summary text NOT NULL,
        inspection_id uuid REFERENCES inspection (id), rectification jsonb,
        by jsonb NOT NULL, given_at timestamptz NOT NULL, late boolean NOT NULL,
        CONSTRAINT uq_feedback_ordinal UNIQUE (push_id, ordinal))
    """,
    """
    CREATE TABLE acknowledgement (
        feedback_id uuid NOT NULL REFERENCES feedback (id), desk text NOT NULL,
        by jsonb NOT NULL, note text, acknowledged_at timestamptz NOT NULL,
        PRIMARY KEY (feedback_id, desk))
    """,
]


def upgrade() -> None:
    for statement in [
        *kit_ddl.tables_0001(),
        *eventlog_ddl.upgrade_statements(),
        *STATEMENTS,
    ]:
        op.execute(statement)


def downgrade() -> None:
    op.execute(
        "DROP TABLE acknowledgement, feedback, inspection, case_paper, push_step, push,"
        " decision, case_side"
    )
    for statement in [*eventlog_ddl.downgrade_statements(), *kit_ddl.drop_tables_0001()]:
        op.execute(statement)
