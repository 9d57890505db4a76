"""`shenguan run`: the whole system in this one process, then a rehearsal over HTTP."""

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp

from servicekit import logs
from servicekit.clock import Clock
from servicekit.kit import collecting
from servicekit.settings import Settings
from shenguan.parts import GATEWAY, PARTS
from shenguan.preparing import Progress, import_first, prepared
from shenguan.serving import listen, serving, stop_on_signals
from shenguan.supervising import Supervised

POOL_SIZE = 4
"""Connections of each part's web and worker: a dozen pools share one small PostgreSQL."""
READY_WITHIN_S = 30.0
WORKERS_LEAVE_S = 3.0


async def run(settings: Settings, *, demo: bool) -> int:
    """Serves until told to stop; 1 when the rehearsal failed."""
    stopping = stop_on_signals()
    say = Progress()
    with listen("127.0.0.1", settings.port) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        log_file = Path(settings.run_dir) / "log" / "shenguan.log"
        logs.configure(settings.log_level, file=log_file)
        async with prepared(_embedded(settings, url), say) as ready:
            clock = Clock()
            await import_first(ready, clock, say)
            async with _everything(ready, clock) as (gateway, apps), serving(gateway, listener):
                await _until_ready(apps, say, stopping)
                gc.collect()
                gc.freeze()
                if not stopping.is_set():
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


async def _until_ready(apps: Mapping[str, ASGIApp], say: Progress, stopping: asyncio.Event) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    waiting = dict(apps)
    while waiting and time.monotonic() < deadline and not stopping.is_set():
        for name, app in list(waiting.items()):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://local") as client:
                if (await client.get("/readyz")).status_code == httpx.codes.OK:
                    del waiting[name]
        await asyncio.sleep(0.1)
    if waiting and not stopping.is_set():
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
