"""What asyncpg raises when the log's database fails, as the transport's seam names it."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from eventlog.failures import told

EXPECTED = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


@contextmanager
def expected_as_connection_error() -> Iterator[None]:
    """The caller waits and tries again, whatever it was."""
    try:
        yield
    except EXPECTED as error:
        raise ConnectionError(told(error)) from error
