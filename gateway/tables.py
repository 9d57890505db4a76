"""The gateway's own tables: what its development issuer keeps, beside servicekit's."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from servicekit import tables

metadata = MetaData()
kit_tables = tables.define(metadata)

_moment = DateTime(timezone=True)
_no_words = text("'{}'::text[]")

signing_key = Table(
    "signing_key",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("sealed", Text, nullable=False, comment="the private JWK, sealed by the keys file"),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
)

client = Table(
    "client",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("secret", Text, comment="sealed; null for a public client"),
    Column("grants", ARRAY(Text), nullable=False),
    Column("scope", ARRAY(Text), nullable=False, server_default=_no_words),
    Column("redirect_uris", ARRAY(Text), nullable=False, server_default=_no_words),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("updated_at", _moment, nullable=False, server_default=func.now()),
)

authorization_code = Table(
    "authorization_code",
    metadata,
    Column("sha256", LargeBinary, primary_key=True),
    Column("client", Text, ForeignKey("client.id"), nullable=False),
    Column("officer", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("code_challenge", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("nonce", Text),
    Column("acting_for", Text),
    Column("expires_at", _moment, nullable=False),
    Column("used_at", _moment),
    Index("ix_authorization_code_expires_at", "expires_at"),
)
