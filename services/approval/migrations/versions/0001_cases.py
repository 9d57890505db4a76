"""Cases, their steps and decisions, feedback and desks, papers, servicekit, the event log."""

from alembic import op

from eventlog import ddl as eventlog
from servicekit import ddl as kit
from servicekit.papers import ddl as papers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = [
    """
    CREATE TABLE "case" (
        no text PRIMARY KEY, version integer NOT NULL, status text NOT NULL, suspended_from text,
        viewers text[] NOT NULL, waits_for text[] NOT NULL,
        source_system text NOT NULL, source_case_no text,
        rehearsal boolean NOT NULL DEFAULT false, tenant text NOT NULL,
        item text NOT NULL, item_name text NOT NULL, park text NOT NULL,
        guide_version integer NOT NULL, instant boolean NOT NULL, four_eyes boolean NOT NULL,
        result_kind text NOT NULL,
        applicant_name text NOT NULL, uscc text NOT NULL, applicant jsonb NOT NULL,
        project jsonb NOT NULL, materials jsonb NOT NULL,
        personal text, personal_index jsonb NOT NULL,
        received_at timestamptz NOT NULL, accepted_at timestamptz NOT NULL,
        opened_at timestamptz NOT NULL,
        mode text NOT NULL, seats jsonb NOT NULL, regulators text[] NOT NULL,
        co_seals jsonb NOT NULL, delegation text NOT NULL, period integer NOT NULL,
        competence jsonb NOT NULL,
        reviewers text[] NOT NULL, reviewed_by jsonb, opinion text, recommends text,
        report_seals integer NOT NULL, withdrawn_reason text,
        deadlines jsonb NOT NULL, promised_due date NOT NULL, statutory_due date NOT NULL,
        due_provisional boolean NOT NULL, decision_version integer NOT NULL DEFAULT 0)
    """,
    'CREATE INDEX ix_case_viewers ON "case" USING gin (viewers)',
    'CREATE INDEX ix_case_waits_for ON "case" USING gin (waits_for)',
    'CREATE INDEX ix_case_opened_at ON "case" (opened_at, no)',
    'CREATE INDEX ix_case_status ON "case" (status, opened_at, no)',
    'CREATE INDEX ix_case_item ON "case" (item, opened_at, no)',
    'CREATE INDEX ix_case_source_system ON "case" (source_system, opened_at, no)',
    'CREATE INDEX ix_case_uscc ON "case" (uscc, opened_at, no)',
    'CREATE INDEX ix_case_promised_due ON "case" (promised_due)',
    """
    CREATE TABLE step (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        no text NOT NULL REFERENCES "case" (no), case_version integer NOT NULL,
        step text NOT NULL, officer jsonb NOT NULL, at timestamptz NOT NULL,
        ground text NOT NULL, liability jsonb, detail jsonb NOT NULL)
    """,
    "CREATE INDEX ix_step_no ON step (no, id)",
    """
    CREATE TABLE decision (
        no text NOT NULL REFERENCES "case" (no), version integer NOT NULL, id uuid NOT NULL,
        number text NOT NULL, outcome text NOT NULL, result_kind text NOT NULL,
        decided_on date NOT NULL, decided_at timestamptz NOT NULL,
        decided_by jsonb NOT NULL, reviewed_by jsonb,
        grounds text NOT NULL, reasons jsonb NOT NULL, remedies jsonb NOT NULL,
        content jsonb NOT NULL, content_sha256 text NOT NULL,
        code text NOT NULL CONSTRAINT uq_decision_code UNIQUE,
        competence jsonb NOT NULL, catalog_position integer NOT NULL, liability text NOT NULL,
        valid_from date, valid_to date, outside boolean NOT NULL,
        sealed_by jsonb, co_seals jsonb NOT NULL, void boolean NOT NULL,
        PRIMARY KEY (no, version))
    """,
    """
    CREATE TABLE feedback (
        id text PRIMARY KEY, no text NOT NULL REFERENCES "case" (no),
        push text NOT NULL, regulator text NOT NULL, decision_no text NOT NULL, inspection text,
        result text NOT NULL, summary text NOT NULL, rectification jsonb,
        inspectors jsonb NOT NULL, officer jsonb NOT NULL,
        given_at timestamptz NOT NULL, received_at timestamptz NOT NULL,
        late boolean NOT NULL, repeats integer NOT NULL DEFAULT 0,
        viewers text[] NOT NULL, source_system text NOT NULL,
        rehearsal boolean NOT NULL DEFAULT false)
    """,
    "CREATE INDEX ix_feedback_no ON feedback (no, given_at)",
    """
    CREATE TABLE desk (
        feedback text NOT NULL REFERENCES feedback (id), org text NOT NULL,
        no text NOT NULL, state text NOT NULL, version integer NOT NULL,
        received_at timestamptz NOT NULL,
        acknowledged_by jsonb, acknowledged_at timestamptz, note text,
        PRIMARY KEY (feedback, org))
    """,
    "CREATE INDEX ix_desk_org ON desk (org, state, received_at, feedback)",
]


def upgrade():
    for statement in (
        *kit.tables_0001(),
        *eventlog.upgrade_statements(),
        *papers.tables_0001(),
        *TABLES,
    ):
        op.execute(statement)


def downgrade():
    for statement in (
        'DROP TABLE desk, feedback, decision, step, "case"',
        *papers.drop_tables_0001(),
        *eventlog.downgrade_statements(),
        *kit.drop_tables_0001(),
    ):
        op.execute(statement)
