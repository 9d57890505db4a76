"""PostgreSQL as the transport of one machine: a database of its own that services append to.

One writer per topic, one partition per topic, one active consumer per group.
"""

from eventlog.postgres.ddl import downgrade_statements, grant_statements, upgrade_statements
from eventlog.postgres.producer import PostgresProducer
from eventlog.postgres.reader import PostgresReader
from eventlog.postgres.topics import ensure

__all__ = [
    "PostgresProducer",
    "PostgresReader",
    "downgrade_statements",
    "ensure",
    "grant_statements",
    "upgrade_statements",
]
