"""Tables of intake. `viewers` are the organisations now in a filing's seats and their overseer."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from eventlog import tables as event_tables
from servicekit import papers
from servicekit import tables as kit_tables

metadata = MetaData()
own = kit_tables.define(metadata)
log = event_tables.define(metadata)
paper = papers.define(metadata)

_MOMENT = DateTime(timezone=True)

filing = Table(
    "filing",
    metadata,
    Column("no", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("case_status", Text),
    Column("version", Integer, nullable=False),
    Column("item", Text, nullable=False),
    Column("item_name", Text, nullable=False),
    Column("guide_version", Integer),
    Column("park", Text, nullable=False),
    Column("applicant", JSONB, nullable=False),
    Column("applicant_name", Text, nullable=False),
    Column("name_grams", ARRAY(Text), nullable=False),
    Column("uscc", Text, nullable=False),
    Column("project", JSONB, nullable=False),
    Column("personal", Text, nullable=False),
    Column("personal_index", JSONB, nullable=False),
    Column("competence", JSONB, nullable=False),
    Column("channel", Text, nullable=False),
    Column("source_system", Text, nullable=False),
    Column("source_case_no", Text),
    Column("content_sha256", Text, nullable=False),
    Column("received_at", _MOMENT, nullable=False),
    Column("complete_on", Date, nullable=False),
    Column("asked_on", Date),
    Column("missing", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("corrected_at", _MOMENT),
    Column("accepted_at", _MOMENT),
    Column("by_silence", Boolean, nullable=False, server_default=text("false")),
    Column("ending", JSONB),
    Column("rehearsal", Boolean, nullable=False, server_default=text("false")),
    Column("viewers", ARRAY(Text), nullable=False),
    UniqueConstraint("source_system", "source_case_no", name="uq_filing_source"),
    Index("ix_filing_received_at", "received_at", "no"),
    Index("ix_filing_viewers", "viewers", postgresql_using="gin"),
    Index("ix_filing_name_grams", "name_grams", postgresql_using="gin"),
    Index("ix_filing_uscc", "uscc"),
    Index("ix_filing_item", "item", "received_at"),
    Index(
        "ix_filing_open",
        "complete_on",
        postgresql_where=text("status = 'received'"),
    ),
)
"""`complete_on`: the day the material that counts came in, from which the five days run."""

material = Table(
    "material",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("filing_no", Text, ForeignKey("filing.no")),
    Column("requirement", Text),
    Column("handed_in_at", _MOMENT),
    Column("uploaded_at", _MOMENT, nullable=False),
    Index("ix_material_filing_no", "filing_no"),
)
"""What was uploaded; the bytes lie under the same id in `file`. One filing uses it at most."""

submission = Table(
    "submission",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("filing_no", Text, ForeignKey("filing.no"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("received_at", _MOMENT, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("key_version", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_submission_filing_no", "filing_no"),
)
"""Each request byte for byte as it came, sealed: it holds personal data."""
