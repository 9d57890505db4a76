"""Intake: filings, their materials and submissions as received, papers."""

from alembic import op

from eventlog import ddl as eventlog_ddl
from servicekit import ddl as kit_ddl
from servicekit.papers import ddl as papers_ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in [
        *kit_ddl.tables_0001(),
        *eventlog_ddl.upgrade_statements(),
        *papers_ddl.tables_0001(),
    ]:
        op.execute(statement)
    op.execute("""
        CREATE TABLE filing (
            no text PRIMARY KEY, status text NOT NULL, case_status text, version integer NOT NULL,
            item text NOT NULL, item_name text NOT NULL, guide_version integer, park text NOT NULL,
            applicant jsonb NOT NULL, applicant_name text NOT NULL, name_grams text[] NOT NULL,
            uscc text NOT NULL, project jsonb NOT NULL,
            personal text NOT NULL, personal_index jsonb NOT NULL, competence jsonb NOT NULL,
            channel text NOT NULL, source_system text NOT NULL, source_case_no text,
            content_sha256 text NOT NULL, received_at timestamptz NOT NULL,
            complete_on date NOT NULL, asked_on date, missing jsonb NOT NULL DEFAULT '[]'::jsonb,
            corrected_at timestamptz, accepted_at timestamptz,
            by_silence boolean NOT NULL DEFAULT false, ending jsonb,
            rehearsal boolean NOT NULL DEFAULT false, viewers text[] NOT NULL,
            CONSTRAINT uq_filing_source UNIQUE (source_system, source_case_no))
    """)
    for index in (
        "ix_filing_received_at ON filing (received_at, no)",
        "ix_filing_viewers ON filing USING gin (viewers)",
        "ix_filing_name_grams ON filing USING gin (name_grams)",
        "ix_filing_uscc ON filing (uscc)",
        "ix_filing_item ON filing (item, received_at)",
        "ix_filing_open ON filing (complete_on) WHERE status = 'received'",
    ):
        op.execute(f"CREATE INDEX {index}")
    op.execute("""
        CREATE TABLE material (
            id uuid PRIMARY KEY, owner text NOT NULL, name text NOT NULL,
            media_type text NOT NULL, size integer NOT NULL, sha256 text NOT NULL,
            filing_no text REFERENCES filing (no), requirement text,
            handed_in_at timestamptz, uploaded_at timestamptz NOT NULL)
    """)
    op.execute("CREATE INDEX ix_material_filing_no ON material (filing_no)")
    op.execute("""
        CREATE TABLE submission (
            id uuid PRIMARY KEY, filing_no text NOT NULL REFERENCES filing (no),
            kind text NOT NULL, received_at timestamptz NOT NULL, media_type text NOT NULL,
            sha256 text NOT NULL, key_version text NOT NULL, body bytea NOT NULL)
    """)
    op.execute("CREATE INDEX ix_submission_filing_no ON submission (filing_no)")


def downgrade() -> None:
    op.execute("DROP TABLE submission, material, filing")
    for statement in [
        *papers_ddl.drop_tables_0001(),
        *eventlog_ddl.downgrade_statements(),
        *kit_ddl.drop_tables_0001(),
    ]:
        op.execute(statement)
