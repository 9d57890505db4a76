"""What the development issuer keeps."""

from alembic import op

from servicekit import ddl

revision = "0001"
down_revision = None

TABLES = [
    """
    CREATE TABLE signing_key (
        kid text PRIMARY KEY, sealed text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now())
    """,
    "COMMENT ON COLUMN signing_key.sealed IS 'the private JWK, sealed by the keys file'",
    """
    CREATE TABLE client (
        id text PRIMARY KEY, name text NOT NULL, secret text,
        grants text[] NOT NULL, scope text[] NOT NULL DEFAULT '{}'::text[],
        redirect_uris text[] NOT NULL DEFAULT '{}'::text[],
        active boolean NOT NULL DEFAULT true,
        updated_at timestamptz NOT NULL DEFAULT now())
    """,
    "COMMENT ON COLUMN client.secret IS 'sealed; null for a public client'",
    """
    CREATE TABLE authorization_code (
        sha256 bytea PRIMARY KEY, client text NOT NULL REFERENCES client (id),
        officer text NOT NULL, redirect_uri text NOT NULL, code_challenge text NOT NULL,
        scope text NOT NULL, nonce text, acting_for text,
        expires_at timestamptz NOT NULL, used_at timestamptz)
    """,
    "CREATE INDEX ix_authorization_code_expires_at ON authorization_code (expires_at)",
]


def upgrade() -> None:
    for statement in [*ddl.tables_0001(), *TABLES]:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE authorization_code, client, signing_key")
    for statement in ddl.drop_tables_0001():
        op.execute(statement)
