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
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

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
    Column("item", Text, nullable=False),
    Column("item_name", Text, nullable=False),
    Column("park", Text, nullable=False),
    Column("decider", Text, nullable=False),
    Column("viewers", ARRAY(Text), nullable=False),
    Column("rehearsal", Boolean, nullable=False),
)
"""What a push does not say of its case, from `approval.v1`."""

board_push = Table(
    "board_push",
    metadata,
    Column("no", Text, primary_key=True),
    Column("decision_version", Integer, primary_key=True, autoincrement=False),
    Column("pushed_to", Text, primary_key=True),
    Column("push", Text),
    Column("regulator", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("park", Text, nullable=False),
    Column("decider", Text),
    Column("item", Text, nullable=False),
    Column("item_name", Text, nullable=False),
    Column("decision_no", Text, nullable=False, server_default=text("''")),
    Column("issued_at", _moment, nullable=False),
    Column("pushed_at", _moment),
    Column("due", Date),
    Column("in_time", Boolean),
    Column("claimed_at", _moment),
    Column("answered_at", _moment),
    Column("result", Text),
    Column("rectification_due", Date),
    Column("unacknowledged", Integer, nullable=False, server_default=text("0")),
    Column("viewers", ARRAY(Text), nullable=False),
    Column("rehearsal", Boolean, nullable=False),
    Column("changed_at", _moment, nullable=False, server_default=func.now()),
    UniqueConstraint("push", name="uq_board_push_push"),
    Index("ix_board_push_regulator", "regulator", "issued_at"),
    Index("ix_board_push_park", "park", "issued_at"),
    Index("ix_board_push_viewers", "viewers", postgresql_using="gin"),
)
"""One row for each regulator a decision is owed to: expected from `approval.v1`, then followed
through `supervision.v1`. `pushed_to` is the first regulator, `regulator` the present one.
"""

board_feedback = Table(
    "board_feedback",
    metadata,
    Column("feedback", Text, primary_key=True),
    Column("push", Text, nullable=False),
    Column("acknowledged_by", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Index("ix_board_feedback_push", "push"),
)
"""Which desks have acknowledged an answer."""
