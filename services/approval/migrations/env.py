"""Alembic's entry; the work is servicekit's."""

from servicekit import migrations
from services.approval.adapters.tables import metadata

migrations.run(metadata)
