"""Topics of the PostgreSQL log: a row each, with what retention asks."""

from collections.abc import Iterable

from eventlog import direct
from eventlog.postgres.errors import expected_as_connection_error
from eventlog.topics import Spec, check


async def ensure(url: str, topics: Iterable[Spec]) -> None:
    """Creates what is missing and checks what is there, like Kafka's; partitions are always one.

    Raises WrongTopic, and ConnectionError while the database cannot be reached.
    """
    with expected_as_connection_error():
        connection = await direct.connect(direct.url_of(url), name="topics")
        try:
            for spec in topics:
                await connection.execute(
                    "INSERT INTO head (topic, retention_ms, compacted) VALUES ($1, $2, $3)"
                    " ON CONFLICT (topic) DO NOTHING",
                    spec.name,
                    spec.retention_ms,
                    spec.compacted,
                )
                found = await connection.fetchrow(
                    "SELECT retention_ms, compacted FROM head WHERE topic = $1", spec.name
                )
                check(
                    spec,
                    partitions=spec.partitions,
                    compacted=found["compacted"],
                    retention_ms=found["retention_ms"],
                )
        finally:
            await direct.hang_up(connection)
