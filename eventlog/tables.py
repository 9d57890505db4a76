"""The tables a service adds to its own database so that events leave and arrive exactly once.

`eventlog.ddl` holds the SQL that makes them; a test compares the two.
"""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)

_MOMENT = DateTime(timezone=True)


@dataclass(frozen=True, slots=True)
class EventTables:
    outbox: Table
    """Written with the row it speaks of, emptied by the relay."""
    event: Table
    """What was sent, for ever or until its month is dropped; `position` has no holes to skip."""
    event_head: Table
    """One row: the last position given. Updated in the inserting transaction."""
    inbox: Table
    """Events that took effect here, for ever: a log read again years later changes nothing."""
    position: Table
    """How far each place of each log was read; what the broker thinks does not count."""
    hold: Table
    """Keys that wait because an event of theirs failed or came before its cause."""
    parked: Table
    """The events of held keys in order, and those an operator dropped."""


def define(metadata: MetaData) -> EventTables:
    """Adds the tables to a service's MetaData."""
    return EventTables(
        outbox=_outbox(metadata),
        event=_event(metadata),
        event_head=_event_head(metadata),
        inbox=_inbox(metadata),
        position=_position(metadata),
        hold=_hold(metadata),
        parked=_parked(metadata),
    )


def _outbox(metadata: MetaData) -> Table:
    return Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", Uuid, nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("traceparent", Text),
        Column("position", BigInteger),
        Column("written_at", _MOMENT, nullable=False, server_default=func.now()),
        Index("ix_outbox_key", "key"),
        Index("ix_outbox_position", "position", postgresql_where=text("position IS NOT NULL")),
    )


def _event(metadata: MetaData) -> Table:
    return Table(
        "event",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("event_id", Uuid, nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("recorded_at", _MOMENT, primary_key=True, server_default=func.now()),
        Index("ix_event_key", "key", "position"),
        Index("ix_event_event_id", "event_id"),
        postgresql_partition_by="RANGE (recorded_at)",
    )


def _event_head(metadata: MetaData) -> Table:
    return Table(
        "event_head",
        metadata,
        Column("one", Boolean, primary_key=True, server_default=text("true")),
        Column("head", BigInteger, nullable=False),
        CheckConstraint("one", name="ck_event_head_one"),
    )


def _inbox(metadata: MetaData) -> Table:
    return Table(
        "inbox",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("received_at", _MOMENT, nullable=False, server_default=func.now()),
    )


def _position(metadata: MetaData) -> Table:
    return Table(
        "position",
        metadata,
        Column("log_id", Text, primary_key=True),
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True, autoincrement=False),
        Column("position", BigInteger, nullable=False),
        Column("replayed_at", _MOMENT),
        Column("moved_at", _MOMENT, nullable=False, server_default=func.now()),
    )


def _hold(metadata: MetaData) -> Table:
    return Table(
        "hold",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("reason", Text, nullable=False),
        Column("missing", Boolean, nullable=False),
        Column("dead", Boolean, nullable=False),
        Column("since", _MOMENT, nullable=False),
        Column("tries", Integer, nullable=False, server_default=text("0")),
        Column("next_try", _MOMENT),
        Index("ix_hold_missing", "key", postgresql_where=text("missing")),
    )


def _parked(metadata: MetaData) -> Table:
    return Table(
        "parked",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("number", BigInteger, Identity(always=True), nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("log_id", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("error", Text),
        Column("parked_at", _MOMENT, nullable=False, server_default=func.now()),
        Column("dropped_at", _MOMENT),
        Column("dropped_by", Text),
        Column("dropped_because", Text),
        Index(
            "ix_parked_waiting",
            "topic",
            "key",
            "number",
            postgresql_where=text("dropped_at IS NULL"),
        ),
    )
