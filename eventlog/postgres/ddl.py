"""The SQL of the log's own database, frozen."""


def upgrade_statements() -> list[str]:
    """The log's identity, one head per topic, and the records."""
    return [
        """
        CREATE TABLE log (
            one boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_log_one CHECK (one),
            id uuid NOT NULL DEFAULT gen_random_uuid())
        """,
        "INSERT INTO log DEFAULT VALUES",
        """
        CREATE TABLE head (
            topic text PRIMARY KEY,
            head bigint NOT NULL DEFAULT 0, low bigint NOT NULL DEFAULT 0,
            retention_ms bigint, compacted boolean NOT NULL DEFAULT false)
        """,
        """
        CREATE TABLE log_record (
            topic text NOT NULL, position bigint NOT NULL,
            key text NOT NULL, body bytea NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (topic, position))
        """,
    ]


def downgrade_statements() -> list[str]:
    """The way back; what was not yet read is lost with it."""
    return ["DROP TABLE log_record, head, log"]


def grant_statements(role: str) -> list[str]:
    """What a writing and reading role needs. `role` is an identifier of our own, never input."""
    rights = {
        "log": "SELECT",
        "head": "SELECT, INSERT, UPDATE",
        "log_record": "SELECT, INSERT, DELETE",
    }
    return [f"GRANT {right} ON {table} TO {role}" for table, right in rights.items()]
