"""Alembic's entry; the work is servicekit's."""

from console.tables import metadata
from servicekit import migrations

migrations.run(metadata)
