"""What asyncpg raises when the log's database fails, as the transport's seam names it."""

from collections.abc import Iterator
from contextlib import contextmanager

from eventlog import direct
from eventlog.failures import told


@contextmanager
def expected_as_connection_error() -> Iterator[None]:
    """The caller waits and tries again, whatever it was."""
    try:
        yield
    except direct.BROKEN as error:
        raise ConnectionError(told(error)) from error
