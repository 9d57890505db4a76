"""Supervision's tables; Alembic compares them with the migrations."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from eventlog import tables as eventlog_tables
from servicekit import tables as kit_tables

metadata = MetaData()
kit = kit_tables.define(metadata)
events = eventlog_tables.define(metadata)

_MOMENT = DateTime(timezone=True)
_FALSE = text("false")
_ZERO = text("0")

case_side = Table(
    "case_side",
    metadata,
    Column("no", Text, primary_key=True),
    Column("source_system", Text, nullable=False),
)
"""Which client filed the case: the applicant's side."""

decision = Table(
    "decision",
    metadata,
    Column("no", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("cause", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("revocation", JSONB),
    Column("rehearsal", Boolean, nullable=False),
)
"""What was issued, as approval told it (`facts`: approval.issued's data), and its revocation."""

push = Table(
    "push",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("no", Text, nullable=False),
    Column("decision_version", Integer, nullable=False),
    Column("cause", Text, nullable=False),
    Column("pushed_to", Text, nullable=False),
    Column("regulator", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("item", Text, nullable=False),
    Column("item_name", Text, nullable=False),
    Column("park", Text, nullable=False),
    Column("decider", Text, nullable=False),
    Column("decision_no", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("uscc", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("issued_at", _MOMENT, nullable=False),
    Column("pushed_at", _MOMENT, nullable=False),
    Column("push_limit_days", Integer),
    Column("due", Date),
    Column("due_provisional", Boolean, nullable=False, server_default=_FALSE),
    Column("claimed_by", Text),
    Column("claimed_name", Text),
    Column("claimed_at", _MOMENT),
    Column("claimants", ARRAY(Text), nullable=False),
    Column("involved", ARRAY(Text), nullable=False),
    Column("overseers", ARRAY(Text), nullable=False),
    Column("viewers", ARRAY(Text), nullable=False),
    Column("source_system", Text, nullable=False),
    Column("merged_into", Uuid, ForeignKey("push.id")),
    Column("suggests", Text),
    Column("rectification_due", Date),
    Column("feedbacks", Integer, nullable=False, server_default=_ZERO),
    Column("unacknowledged", Integer, nullable=False, server_default=_ZERO),
    Column("answered_at", _MOMENT),
    Column("rehearsal", Boolean, nullable=False),
    Column("tenant", Text, nullable=False),
    UniqueConstraint("no", "decision_version", "pushed_to", name="uq_push_decision"),
    Index(
        "uq_push_regulator",
        "no",
        "decision_version",
        "regulator",
        unique=True,
        postgresql_where=text("merged_into IS NULL"),
    ),
    Index("ix_push_viewers", "viewers", postgresql_using="gin"),
    Index("ix_push_desk", "regulator", "pushed_at", "id"),
    Index("ix_push_park", "park", "pushed_at", "id"),
    Index("ix_push_pushed_at", "pushed_at", "id"),
    Index("ix_push_uscc", "uscc"),
    Index("ix_push_source_system", "source_system"),
    Index("ix_push_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    Index("ix_push_provisional", "issued_at", postgresql_where=text("due_provisional")),
)
"""`pushed_to` never changes, so a repeated event finds its push wherever that went since."""

push_step = Table(
    "push_step",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("push_id", Uuid, ForeignKey("push.id"), nullable=False),
    Column("at", _MOMENT, nullable=False),
    Column("action", Text, nullable=False),
    Column("by", JSONB),
    Column("detail", JSONB, nullable=False),
    Index("ix_push_step_push_id", "push_id", "id"),
)

case_paper = Table(
    "case_paper",
    metadata,
    Column("id", Text, primary_key=True),
    Column("no", Text, nullable=False),
    Column("paper", JSONB, nullable=False),
    Column("ready_at", _MOMENT, nullable=False),
    Index("ix_case_paper_no", "no"),
)
"""References only: the file stays with approval and is fetched there by seat."""

inspection = Table(
    "inspection",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("push_id", Uuid, ForeignKey("push.id"), nullable=False),
    Column("org", Text, nullable=False),
    Column("inspectors", JSONB, nullable=False),
    Column("inspected_at", _MOMENT, nullable=False),
    Column("findings", Text, nullable=False),
    Column("by", JSONB, nullable=False),
    Column("recorded_at", _MOMENT, nullable=False),
    Index("ix_inspection_push_id", "push_id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("push_id", Uuid, ForeignKey("push.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("org", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("inspection_id", Uuid, ForeignKey("inspection.id")),
    Column("rectification", JSONB),
    Column("by", JSONB, nullable=False),
    Column("given_at", _MOMENT, nullable=False),
    Column("late", Boolean, nullable=False),
    UniqueConstraint("push_id", "ordinal", name="uq_feedback_ordinal"),
)
"""The id follows from push and content, so the primary key keeps a repeat out."""

acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("feedback_id", Uuid, ForeignKey("feedback.id"), primary_key=True),
    Column("desk", Text, primary_key=True),
    Column("by", JSONB, nullable=False),
    Column("note", Text),
    Column("acknowledged_at", _MOMENT, nullable=False),
)
