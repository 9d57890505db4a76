"""Alembic's entry; the work is servicekit's."""

from servicekit import migrations
from services.intake.adapters.tables import metadata

migrations.run(metadata)
