"""`shenguan run`: the whole system in this one process, then a rehearsal over HTTP."""

import asyncio
import fcntl
import gc
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import structlog
from rich.console import Console
from starlette.applications import Starlette
from starlette.types import ASGIApp

from servicekit import logs
from servicekit.clock import Clock
from servicekit.kit import collecting
from servicekit.settings import Settings
from shenguan import migrating
from shenguan.importing import import_profile
from shenguan.parts import DATABASES, GATEWAY, PARTS
from shenguan.provision import provision
from shenguan.serving import listen, serving, stop_on_signals
from shenguan.supervising import Supervised

log = structlog.get_logger(__name__)

POOL_SIZE = 4
"""Connections of each part's web and worker: a dozen pools share one small PostgreSQL."""
READY_WITHIN_S = 30.0
WORKERS_LEAVE_S = 3.0


class AlreadyRuns(Exception):
    """Another process holds this run folder."""


async def run(settings: Settings, *, demo: bool) -> int:
    """Serves until told to stop; 1 when the rehearsal failed."""
    stopping = stop_on_signals()
    say = _Progress()
    with listen("127.0.0.1", settings.port) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with _prepared(_embedded(settings, url), say) as ready:
            clock = Clock()
            imported = await import_profile(ready, clock=clock)
            say(
                f"地方配置 {ready.profile}：" + (f"载入 {len(imported)} 项" if imported else "未变")
            )
            async with _everything(ready, clock) as (gateway, apps), serving(gateway, listener):
                await _until_ready(apps, say)
                gc.collect()
                gc.freeze()
                say(f"已开门：{url} （Ctrl-C 停止）")
                if demo and not await _rehearse(ready, url, stopping):
                    return 0 if stopping.is_set() else 1
                await stopping.wait()
                say("正在停止")
    say("已停止")
    return 0


def _embedded(settings: Settings, url: str) -> Settings:
    given = settings.model_fields_set
    made: dict[str, Any] = {"gateway_url": url}
    if "public_url" not in given:
        made["public_url"] = url
    if "pool_size" not in given:
        made["pool_size"] = POOL_SIZE
    return settings.model_copy(update=made)


@asynccontextmanager
async def _prepared(settings: Settings, say: "_Progress") -> AsyncIterator[Settings]:
    """PostgreSQL, databases at head and topics; a PostgreSQL of our own is stopped at the end."""
    with _alone(Path(settings.run_dir)):
        logs.configure(settings.log_level, file=Path(settings.run_dir) / "log" / "shenguan.log")
        made = await provision(settings)
        say(f"PostgreSQL 已就绪，数据在 {made.place}")
        try:
            moved = await migrating.migrate(made.settings, DATABASES)
            await migrating.ensure_topics(made.settings)
            say("数据库：" + (f"迁移 {'、'.join(moved)}" if moved else "已是最新"))
            yield made.settings
        finally:
            if made.postgres is not None:
                await asyncio.to_thread(made.postgres.stop)


@asynccontextmanager
async def _everything(
    settings: Settings, clock: Clock
) -> AsyncIterator[tuple[ASGIApp, Mapping[str, ASGIApp]]]:
    """The gateway's app, which the caller serves, and all apps by name; workers run meanwhile."""
    apps = {part.name: part.web(settings, clock=clock) for part in PARTS if part is not GATEWAY}
    gateway = GATEWAY.web(settings, clock=clock, services=apps)
    with collecting() as kits:
        roles = {
            f"{part.name}.{name}": role
            for part in PARTS
            if part.works
            for name, role in part.roles(settings, clock=clock).items()
        }
    workers = Supervised(roles)
    async with AsyncExitStack() as stack:
        for kit in kits:
            stack.push_async_callback(kit.close)
        for app in apps.values():
            if isinstance(app, Starlette):
                await stack.enter_async_context(app.router.lifespan_context(app))
        workers.start()
        try:
            yield gateway, {**apps, GATEWAY.name: gateway}
        finally:
            await workers.stop(patience_s=WORKERS_LEAVE_S)


async def _until_ready(apps: Mapping[str, ASGIApp], say: "_Progress") -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    waiting = dict(apps)
    while waiting and time.monotonic() < deadline:
        for name, app in list(waiting.items()):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://local") as client:
                if (await client.get("/readyz")).status_code == httpx.codes.OK:
                    del waiting[name]
        await asyncio.sleep(0.1)
    if waiting:
        say(f"尚未就绪：{'、'.join(waiting)}，见日志")


async def _rehearse(settings: Settings, url: str, stopping: asyncio.Event) -> bool:
    """Runs the rehearsal as a stranger would, over HTTP; False when it failed or was cut short."""
    credentials = Path(settings.run_dir) / "credentials.json"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shenguan", "rehearse"),
        *("--base-url", url, "--credentials", str(credentials)),
    )
    ended = asyncio.create_task(process.wait())
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({ended, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not ended.done():
        process.terminate()
        await ended
        return False
    return ended.result() == 0


@contextmanager
def _alone(run_dir: Path) -> Iterator[None]:
    run_dir.mkdir(parents=True, exist_ok=True)
    with (run_dir / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRuns(f"{run_dir} 已有一个 shenguan 在用") from None
        yield


class _Progress:
    """One calm line a step, with the seconds since the start."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._started = time.monotonic()

    def __call__(self, line: str) -> None:
        self._console.print(f"[dim]{time.monotonic() - self._started:5.1f} s[/dim]  {line}")
