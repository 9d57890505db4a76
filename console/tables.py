"""The console's own database: sessions, and the board's read model."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from eventlog import tables as eventlog_tables
from servicekit import tables as kit_tables

metadata = MetaData()
kit = kit_tables.define(metadata)
events = eventlog_tables.define(metadata)

_moment = DateTime(timezone=True)

session = Table(
    "session",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("sealed", Text, nullable=False, comment="token, officer, CSRF secret; sealed"),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
    Column("seen_at", _moment, nullable=False, server_default=func.now()),
    Column("expires_at", _moment, nullable=False),
    Index("ix_session_expires_at", "expires_at"),
)

board_case = Table(
    "board_case",
    metadata,
    Column("no", Text, primary_key=True),
    Column("item", Text),
    Column("item_name", Text),
    Column("park", Text),
    Column("status", Text, nullable=False),
    Column("sequence", Integer, nullable=False, server_default=text("0")),
    Column("accepted_at", _moment),
    Column("closed_at", _moment),
    Column("due", Date),
    Column("viewers", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("rehearsal", Boolean, nullable=False, server_default=text("false")),
    Index("ix_board_case_park", "park"),
)
"""One row a case, from `approval.v1`."""

board_push = Table(
    "board_push",
    metadata,
    Column("push", Text, primary_key=True),
    Column("no", Text, nullable=False),
    Column("regulator", Text, nullable=False),
    Column("park", Text),
    Column("item", Text),
    Column("item_name", Text),
    Column("status", Text, nullable=False),
    Column("sequence", Integer, nullable=False, server_default=text("0")),
    Column("issued_at", _moment),
    Column("pushed_at", _moment),
    Column("due", Date),
    Column("in_time", Boolean),
    Column("claimed_at", _moment),
    Column("answered_at", _moment),
    Column("result", Text),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("acknowledged_at", _moment),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("viewers", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("rehearsal", Boolean, nullable=False, server_default=text("false")),
    Index("ix_board_push_regulator", "regulator"),
    Index("ix_board_push_no", "no"),
)
"""One row a push, from `supervision.v1` and the acknowledgements of `approval.v1`."""
