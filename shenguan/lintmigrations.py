"""Lints every part's migrations: what Alembic would send, revision by revision, through squawk.

    python -m shenguan.lintmigrations

A first revision fills an empty database, where locks hurt nobody; the rules about locks hold for
every later one.
"""

import io
import subprocess
import sys
import sysconfig
from contextlib import redirect_stdout
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from servicekit import migrations

OLDEST_POSTGRESQL = "15.0"
NOT_FOR_US = (
    "prefer-robust-stmts",  # each revision is one transaction: it happens whole or not at all
    "prefer-text-field",  # Alembic's own table
    "prefer-bigint-over-int",  # years, versions and statuses fit; identities are bigint
)
NOT_FOR_THE_FIRST = (
    "adding-foreign-key-constraint",
    "ban-drop-table",
    "constraint-missing-not-valid",
    "disallowed-unique-constraint",
    "require-concurrent-index-creation",
    "require-lock-timeout",
    "require-statement-timeout",
)


def main() -> int:
    """1 when squawk finds something; its findings name part and revision."""
    failed = False
    for name, folder in migrations.FOLDERS.items():
        if (migrations.ROOT / folder / "env.py").exists():
            failed |= not _lint(name)
    return int(failed)


def _lint(name: str) -> bool:
    config = migrations.config(name)
    revisions = list(ScriptDirectory.from_config(config).walk_revisions())[::-1]
    passed = True
    for revision in revisions:
        first = revision.down_revision is None
        sql = _sql(name, str(revision.down_revision or "base"), revision.revision)
        passed &= squawk(f"{name}/{revision.revision}.sql", sql, first=first)
    return passed


def _sql(name: str, begin: str, end: str) -> str:
    config = migrations.config(name)
    config.output_buffer = io.StringIO()
    with redirect_stdout(io.StringIO()):
        command.upgrade(config, f"{begin}:{end}", sql=True)
    return config.output_buffer.getvalue()


def squawk(label: str, sql: str, *, first: bool) -> bool:
    """Whether the SQL passes; what does not is printed under its label."""
    excluded = ",".join(NOT_FOR_US + (NOT_FOR_THE_FIRST if first else ()))
    linted = subprocess.run(
        [
            Path(sysconfig.get_path("scripts")) / "squawk",
            *(f"--pg-version={OLDEST_POSTGRESQL}", "--reporter=gcc"),
            *(f"--stdin-filepath={label}", f"--exclude={excluded}"),
        ],
        input=sql,
        text=True,
        capture_output=True,
        check=False,
    )
    if linted.returncode:
        print(linted.stdout, linted.stderr)
    return linted.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
