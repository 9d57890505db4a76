"""What `run` and `up` do before anything serves: one at a time, databases at head, the profile."""

import fcntl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from rich.console import Console

from servicekit.clock import Clock
from servicekit.settings import Settings
from shenguan import migrating
from shenguan.importing import import_profile
from shenguan.parts import DATABASES
from shenguan.provision import provision


class AlreadyRuns(Exception):
    """Another process holds this run folder."""


class Progress:
    """One calm line a step, with the seconds since the start."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._started = time.monotonic()

    def __call__(self, line: str) -> None:
        self._console.print(f"{time.monotonic() - self._started:5.1f} s  {line}", markup=False)


@asynccontextmanager
async def prepared(settings: Settings, say: Progress) -> AsyncIterator[Settings]:
    """PostgreSQL, databases at head and topics; a PostgreSQL of our own is stopped at the end.

    Raises AlreadyRuns, PostgresFailed, WrongTopic.
    """
    with _alone(Path(settings.run_dir)):
        made = await provision(settings)
        say(f"PostgreSQL 已就绪，数据在 {made.place}")
        try:
            moved = await migrating.migrate(made.settings, DATABASES)
            await migrating.ensure_topics(made.settings)
            say("数据库：" + (f"已迁移 {'、'.join(moved)}" if moved else "已是最新"))
            yield made.settings
        finally:
            await made.stop()


async def import_first(settings: Settings, clock: Clock, say: Progress) -> None:
    """The place's folder, where it was not loaded yet or has changed."""
    keys = await import_profile(settings, clock=clock)
    say(f"地方配置 {settings.profile}：" + (f"载入 {len(keys)} 个目录对象" if keys else "未变"))


@contextmanager
def _alone(run_dir: Path) -> Iterator[None]:
    run_dir.mkdir(parents=True, exist_ok=True)
    with (run_dir / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRuns(f"{run_dir} 已有一个 shenguan 在用") from None
        yield
