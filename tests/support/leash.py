"""Ends the process groups of a test session when the session ends, also when it is killed.

python -m tests.support.leash    reads a group's number a line (`-` in front: it is gone by itself)
"""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path


class Leash:
    """Groups put on it do not outlive this process."""

    def __init__(self) -> None:
        self._watcher = subprocess.Popen(
            [sys.executable, "-m", "tests.support.leash"],
            stdin=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )

    def hold(self, group: int) -> None:
        self._say(f"{group}\n")

    def gone(self, group: int) -> None:
        """Its number may be somebody else's from now on."""
        self._say(f"-{group}\n")

    def close(self) -> None:
        """Ends what is left."""
        self._watcher.communicate()

    def _say(self, line: str) -> None:
        assert self._watcher.stdin is not None
        self._watcher.stdin.write(line.encode())
        self._watcher.stdin.flush()


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    alive: set[int] = set()
    for line in sys.stdin:
        group = int(line)
        if group > 0:
            alive.add(group)
        else:
            alive.discard(-group)
    for group in alive:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
