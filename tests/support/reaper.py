"""Removes a test session's own PostgreSQL when the session ends, also when it is killed.

python -m tests.support.reaper RUN_DIR    waits for the end of its standard input
"""

import shutil
import signal
import sys
from pathlib import Path

from shenguan.localpostgres import LocalPostgres

if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.read()
    run_dir = Path(sys.argv[1])
    LocalPostgres(run_dir).remove()
    shutil.rmtree(run_dir, ignore_errors=True)
