"""Alembic's entrance."""

from gateway.tables import metadata
from servicekit import migrations

migrations.run(metadata)
