"""The SQL of `eventlog.tables` as a service's first migration runs it, frozen.

A later change adds a function beside these and a migration in each service that calls it.
"""

_PARTITIONS = """
CREATE FUNCTION make_event_partitions(months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    month timestamp;
    part text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('make_event_partitions', 0));
    FOR n IN 0 .. months LOOP
        month := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => n);
        part := 'event_' || to_char(month, 'YYYY_MM');
        IF to_regclass('public.' || part) IS NULL THEN
            -- attached, not created in place: attaching does not stop readers and writers
            EXECUTE format('CREATE TABLE public.%I (LIKE public.event INCLUDING ALL)', part);
            EXECUTE format(
                'ALTER TABLE public.event ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                part, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$
"""


def upgrade_statements() -> list[str]:
    """Tables of `eventlog.tables.define`, the archive's partitions and the function for more."""
    return [
        """
        CREATE TABLE outbox (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            event_id uuid NOT NULL, topic text NOT NULL, key text NOT NULL,
            body bytea NOT NULL, traceparent text, position bigint,
            written_at timestamptz NOT NULL DEFAULT now())
        """,
        "CREATE INDEX ix_outbox_key ON outbox (key)",
        "CREATE INDEX ix_outbox_position ON outbox (position) WHERE position IS NOT NULL",
        """
        CREATE TABLE event (
            position bigint NOT NULL,
            event_id uuid NOT NULL, topic text NOT NULL, key text NOT NULL, body bytea NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (position, recorded_at)) PARTITION BY RANGE (recorded_at)
        """,
        "CREATE INDEX ix_event_key ON event (key, position)",
        "CREATE INDEX ix_event_event_id ON event (event_id)",
        """
        CREATE TABLE event_head (
            one boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_event_head_one CHECK (one),
            head bigint NOT NULL)
        """,
        "INSERT INTO event_head (head) VALUES (0)",
        """
        CREATE TABLE inbox (
            event_id uuid PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now())
        """,
        """
        CREATE TABLE position (
            log_id text NOT NULL, topic text NOT NULL, partition integer NOT NULL,
            position bigint NOT NULL, replayed_at timestamptz,
            moved_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (log_id, topic, partition))
        """,
        """
        CREATE TABLE hold (
            topic text NOT NULL, key text NOT NULL, reason text NOT NULL,
            missing boolean NOT NULL, dead boolean NOT NULL, since timestamptz NOT NULL,
            tries integer NOT NULL DEFAULT 0, next_try timestamptz,
            PRIMARY KEY (topic, key))
        """,
        "CREATE INDEX ix_hold_missing ON hold (key) WHERE missing",
        """
        CREATE TABLE parked (
            event_id uuid PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY,
            topic text NOT NULL, key text NOT NULL,
            log_id text NOT NULL, partition integer NOT NULL, position bigint NOT NULL,
            body bytea NOT NULL, error text, parked_at timestamptz NOT NULL DEFAULT now(),
            dropped_at timestamptz, dropped_by text, dropped_because text)
        """,
        """
        CREATE INDEX ix_parked_waiting ON parked (topic, key, number) WHERE dropped_at IS NULL
        """,
        _PARTITIONS,
        "REVOKE EXECUTE ON FUNCTION make_event_partitions(integer) FROM PUBLIC",
        "SELECT make_event_partitions(3)",
    ]


def downgrade_statements() -> list[str]:
    """The way back from `upgrade_statements`; archived events are lost with it."""
    return [
        "DROP FUNCTION make_event_partitions(integer)",
        "DROP TABLE parked, hold, position, inbox, event_head, event, outbox",
    ]


def grant_statements(role: str) -> list[str]:
    """The least a runtime role needs: it adds to `event` and can never change or delete there.

    `role` must be a quoted or plain identifier of our own, never input.
    """
    rights = {
        "outbox": "SELECT, INSERT, DELETE, UPDATE (position, body)",
        "event": "SELECT, INSERT",
        "event_head": "SELECT, UPDATE",
        "inbox": "SELECT, INSERT, DELETE",
        "position": "SELECT, INSERT, UPDATE",
        "hold": "SELECT, INSERT, UPDATE, DELETE",
        "parked": "SELECT, INSERT, UPDATE, DELETE",
        "FUNCTION make_event_partitions(integer)": "EXECUTE",
    }
    return [f"GRANT {right} ON {what} TO {role}" for what, right in rights.items()]


def is_partition(table: str) -> bool:
    """For Alembic's `include_object`: months of the archive stand in no MetaData."""
    return table.startswith("event_") and table != "event_head"
