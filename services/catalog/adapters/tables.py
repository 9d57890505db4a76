"""The catalogue's tables. Published objects stand in servicekit's `catalog_object`: here that table
is the truth, everywhere else a copy, and the same code reads both.
"""

from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from eventlog import tables as eventlog_tables
from servicekit import tables as kit_tables

metadata = MetaData()
kit = kit_tables.define(metadata)
events = eventlog_tables.define(metadata)

_MOMENT = DateTime(timezone=True)

list_import = Table(
    "list_import",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("companions", JSONB, nullable=False),
    Column("report", JSONB, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", _MOMENT, nullable=False, server_default=func.now()),
    Column("published_by", Text),
    Column("published_at", _MOMENT),
    Column("publication", JSONB),
    Index("ix_list_import_made_at", "made_at", "id"),
)
"""`state`: refused, ready, published. `content` is the file as handed in, `companions` the
rules and papers handed in with it."""

place_setup = Table(
    "place_setup",
    metadata,
    Column("place", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("setup", JSONB, nullable=False),
    Column("changed_at", _MOMENT, nullable=False, server_default=func.now()),
)
"""What reading a place's annex needs. `digest`: of the profile folder last loaded."""
