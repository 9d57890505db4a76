"""The SQL of servicekit's tables and functions as a service's first migration runs it, frozen.

A later change adds a function beside these and a migration in each service that calls it.
"""


def tables_0001() -> list[str]:
    """Tables of `servicekit.tables.define`, the audit's partitions, the number function."""
    return [
        """
        CREATE TABLE request_key (
            caller text NOT NULL, key text NOT NULL, request_sha256 bytea NOT NULL,
            status integer, body text, media_type text,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (caller, key))
        """,
        """
        CREATE TABLE audit (
            id bigint GENERATED ALWAYS AS IDENTITY,
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            actor text NOT NULL, actor_name text, org text,
            action text NOT NULL, object text NOT NULL, outcome text NOT NULL,
            detail jsonb NOT NULL DEFAULT '{}'::jsonb, trace_id text,
            PRIMARY KEY (id, at)) PARTITION BY RANGE (at)
        """,
        "CREATE TABLE audit_rest PARTITION OF audit DEFAULT",
        """
        CREATE TABLE business_clock (
            id integer PRIMARY KEY, offset_seconds bigint NOT NULL DEFAULT 0)
        """,
        "INSERT INTO business_clock (id) VALUES (1)",
        "CREATE TABLE number_series (series text PRIMARY KEY, sequence text NOT NULL)",
        """
        CREATE TABLE file (
            id uuid PRIMARY KEY, name text NOT NULL, media_type text NOT NULL,
            size bigint NOT NULL, sha256 text NOT NULL, key_version text NOT NULL,
            owner text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())
        """,
        """
        CREATE TABLE file_chunk (
            file_id uuid NOT NULL REFERENCES file (id) ON DELETE CASCADE,
            seq integer NOT NULL, data bytea NOT NULL,
            PRIMARY KEY (file_id, seq))
        """,
        """
        CREATE TABLE catalog_object (
            key text PRIMARY KEY, kind text NOT NULL, body jsonb NOT NULL,
            version bigint NOT NULL, position bigint NOT NULL)
        """,
        "CREATE INDEX ix_catalog_object_kind ON catalog_object (kind)",
        """
        CREATE TABLE catalog_pending (
            publication text NOT NULL, key text NOT NULL, kind text NOT NULL,
            body jsonb NOT NULL, version bigint NOT NULL, position bigint NOT NULL,
            PRIMARY KEY (publication, key))
        """,
        """
        CREATE TABLE catalog_state (
            id integer PRIMARY KEY, position bigint NOT NULL DEFAULT 0,
            complete boolean NOT NULL DEFAULT false, changes bigint NOT NULL DEFAULT 0)
        """,
        "INSERT INTO catalog_state (id) VALUES (1)",
        """
        CREATE FUNCTION next_number(wanted text) RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        DECLARE name text := 'no_' || md5(wanted);
        BEGIN
            -- asked of a table, not of the catalog's cache, which a lock does not refresh
            IF NOT EXISTS (SELECT FROM public.number_series WHERE series = wanted) THEN
                PERFORM pg_advisory_xact_lock(hashtextextended(name, 0));
                IF NOT EXISTS (SELECT FROM public.number_series WHERE series = wanted) THEN
                    EXECUTE format('CREATE SEQUENCE public.%I', name);
                    INSERT INTO public.number_series VALUES (wanted, name);
                END IF;
            END IF;
            RETURN nextval('public.' || quote_ident(name));
        END $$
        """,
        """
        CREATE FUNCTION make_audit_partitions(months integer) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        DECLARE
            first date := date_trunc('month', now())::date;
            name text;
            made integer := 0;
        BEGIN
            FOR n IN 0 .. months LOOP
                name := 'audit_' || to_char(first + make_interval(months => n), 'YYYYMM');
                IF to_regclass('public.' || name) IS NULL THEN
                    BEGIN
                        EXECUTE format(
                            'CREATE TABLE public.%I PARTITION OF public.audit'
                            ' FOR VALUES FROM (%L) TO (%L)', name,
                            first + make_interval(months => n),
                            first + make_interval(months => n + 1));
                        made := made + 1;
                    EXCEPTION WHEN check_violation THEN
                        NULL; -- rows of that month already stand in the default partition
                    END;
                END IF;
            END LOOP;
            RETURN made;
        END $$
        """,
        "SELECT make_audit_partitions(3)",
    ]


def drop_tables_0001() -> list[str]:
    """The way back from `tables_0001`; number sequences go with their series."""
    return [
        """
        DO $$ DECLARE one record; BEGIN
            FOR one IN SELECT sequence FROM number_series LOOP
                EXECUTE format('DROP SEQUENCE public.%I', one.sequence);
            END LOOP;
        END $$
        """,
        "DROP FUNCTION make_audit_partitions(integer)",
        "DROP FUNCTION next_number(text)",
        "DROP TABLE catalog_state, catalog_pending, catalog_object, file_chunk, file,"
        " number_series, business_clock, audit, request_key",
    ]
