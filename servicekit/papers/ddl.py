"""The SQL of the papers' table as a service's first migration runs it, frozen."""


def tables_0001() -> list[str]:
    """The table of `servicekit.papers.store.define`."""
    return [
        """
        CREATE TABLE paper (
            id uuid PRIMARY KEY, no text NOT NULL, kind text NOT NULL, number text NOT NULL,
            title text NOT NULL, dated date NOT NULL, content jsonb NOT NULL,
            content_sha256 text NOT NULL, code text NOT NULL CONSTRAINT uq_paper_code UNIQUE,
            file_id uuid, tries integer NOT NULL DEFAULT 0, next_try timestamptz,
            viewers text[] NOT NULL, source_system text NOT NULL,
            rehearsal boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL DEFAULT now())
        """,
        "CREATE INDEX ix_paper_no ON paper (no)",
        "CREATE INDEX ix_paper_waiting ON paper (created_at) WHERE file_id IS NULL",
    ]


def drop_tables_0001() -> list[str]:
    """The way back from `tables_0001`."""
    return ["DROP TABLE paper"]
