"""Tables every service has besides its own: keys of requests, audit, clock, files, catalogue copy.

`define` gives them to a service's MetaData; `servicekit.ddl` holds the SQL its first migration
runs. A test compares the two.
"""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


ischema_names["xid8"] = Xid8
"""So that the drift check knows the type when it reads a database."""


@dataclass(frozen=True, slots=True)
class KitTables:
    """The tables of servicekit in one service's MetaData."""

    request_key: Table
    audit: Table
    business_clock: Table
    number_series: Table
    file: Table
    file_chunk: Table
    catalog_object: Table
    catalog_pending: Table
    catalog_state: Table


def define(metadata: MetaData) -> KitTables:
    """Adds servicekit's tables to a service's MetaData."""
    moment = DateTime(timezone=True)
    request_key = Table(
        "request_key",
        metadata,
        Column("caller", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("request_sha256", LargeBinary, nullable=False),
        Column("status", Integer),
        Column("body", Text),
        Column("media_type", Text),
        Column("created_at", moment, nullable=False, server_default=func.now()),
    )
    audit = Table(
        "audit",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("at", moment, primary_key=True, server_default=text("clock_timestamp()")),
        Column("xid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
        Column("actor", Text, nullable=False),
        Column("actor_name", Text),
        Column("org", Text),
        Column("action", Text, nullable=False),
        Column("object", Text, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("detail", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        Column("trace_id", Text),
        postgresql_partition_by="RANGE (at)",
    )
    business_clock = Table(
        "business_clock",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("offset_seconds", BigInteger, nullable=False, server_default=text("0")),
    )
    number_series = Table(
        "number_series",
        metadata,
        Column("series", Text, primary_key=True),
        Column("sequence", Text, nullable=False),
    )
    file = Table(
        "file",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("name", Text, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("key_version", Text, nullable=False),
        Column("owner", Text, nullable=False),
        Column("created_at", moment, nullable=False, server_default=func.now()),
    )
    file_chunk = Table(
        "file_chunk",
        metadata,
        Column("file_id", Uuid, ForeignKey("file.id", ondelete="CASCADE"), primary_key=True),
        Column("seq", Integer, primary_key=True, autoincrement=False),
        Column("data", LargeBinary, nullable=False),
    )
    catalog_object = Table(
        "catalog_object",
        metadata,
        Column("key", Text, primary_key=True),
        Column("kind", Text, nullable=False, index=True),
        Column("body", JSONB, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("position", BigInteger, nullable=False),
    )
    catalog_pending = Table(
        "catalog_pending",
        metadata,
        Column("publication", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("body", JSONB, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("position", BigInteger, nullable=False),
    )
    catalog_state = Table(
        "catalog_state",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("position", BigInteger, nullable=False, server_default=text("0")),
        Column("complete", Boolean, nullable=False, server_default=text("false")),
        Column("changes", BigInteger, nullable=False, server_default=text("0")),
    )
    return KitTables(
        request_key=request_key,
        audit=audit,
        business_clock=business_clock,
        number_series=number_series,
        file=file,
        file_chunk=file_chunk,
        catalog_object=catalog_object,
        catalog_pending=catalog_pending,
        catalog_state=catalog_state,
    )
