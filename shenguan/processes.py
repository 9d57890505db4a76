"""`shenguan up`: every part as processes of its own, on this machine."""

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import httpx

from servicekit import logs
from servicekit.clock import Clock
from servicekit.settings import PREFIX, Settings
from servicekit.working import Role
from shenguan.localkafka import LocalKafka
from shenguan.parts import GATEWAY, PARTS
from shenguan.preparing import Progress, import_first, prepared
from shenguan.serving import stop_on_signals
from shenguan.supervising import Supervised

HOST = "127.0.0.1"
CHILD_LEAVES_S = 7.0
READY_WITHIN_S = 60.0
_PR_SET_PDEATHSIG = 1


class ChildEnded(Exception):
    """A process of ours ended by itself."""


async def up(settings: Settings, *, base_port: int) -> int:
    """Serves until told to stop."""
    stopping = stop_on_signals()
    say = Progress()
    logs.configure(settings.log_level, file=Path(settings.run_dir) / "log" / "up.log")
    kafka = _kafka(settings)
    shifted = _addresses(settings, base_port)
    try:
        if kafka is not None:
            broker = await asyncio.to_thread(kafka.start)
            say(f"Kafka 已就绪：{broker.bootstrap_servers}")
            update = {"kafka_bootstrap_servers": broker.bootstrap_servers}
            shifted = shifted.model_copy(update=update)
        async with prepared(shifted, say) as ready:
            await import_first(ready, Clock(), say)
            children = Supervised(_children(ready, base_port - GATEWAY.port))
            children.start()
            try:
                await _say_when_ready(ready.gateway_url, say, stopping)
                await stopping.wait()
                say("正在停止")
            finally:
                await children.stop(patience_s=CHILD_LEAVES_S + 1)
    finally:
        if kafka is not None:
            await asyncio.to_thread(kafka.stop)
    say("已停止")
    return 0


def _kafka(settings: Settings) -> LocalKafka | None:
    if settings.transport != "kafka" or settings.kafka_bootstrap_servers:
        return None
    run_dir = Path(settings.run_dir)
    return LocalKafka(run_dir, jars=run_dir.parent / "kafka-lib")


def _addresses(settings: Settings, base_port: int) -> Settings:
    shift = base_port - GATEWAY.port
    urls = {f"{part.name}_url": f"http://{HOST}:{part.port + shift}" for part in PARTS}
    if "public_url" not in settings.model_fields_set:
        urls["public_url"] = urls["gateway_url"]
    return settings.model_copy(update=urls)


def _children(settings: Settings, shift: int) -> dict[str, Role]:
    environment = _environment(settings)
    folder = Path(settings.run_dir) / "log"
    children: dict[str, Role] = {}
    for part in PARTS:
        ports = ("--port", str(part.port + shift))
        beside = ("--metrics-port", str(part.web_metrics_port + shift))
        children[f"{part.name}.web"] = _child(
            f"{part.name}.web", ("serve", part.name, *ports, *beside), environment, folder
        )
        if part.works:
            port = ("--port", str(part.worker_port + shift))
            children[f"{part.name}.worker"] = _child(
                f"{part.name}.worker", ("work", part.name, *port), environment, folder
            )
    return children


def _environment(settings: Settings) -> dict[str, str]:
    """Ours without our settings, and the settings as they are now."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    told = {
        f"{PREFIX}{name.upper()}": str(value)
        for name, value in settings.model_dump(exclude_none=True).items()
    }
    return kept | told


def _child(
    name: str, arguments: tuple[str, ...], environment: dict[str, str], folder: Path
) -> Role:
    """Runs the process; its lines go to a file of its own, warnings with its name to ours."""

    async def run() -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "shenguan", *arguments),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_ends_with_us(),
            limit=2**20,
        )
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            with (folder / f"{name}.log").open("ab") as kept:
                async for line in process.stdout:
                    kept.write(line)
                    kept.flush()
                    if _worth_showing(line):
                        print(f"{name:<18} {line.decode(errors='replace')}", end="", flush=True)
            raise ChildEnded(f"{name} ended with {await process.wait()}")
        finally:
            await _end(process)

    return run


def _worth_showing(line: bytes) -> bool:
    """Everything but the log's calm lines, which stay in the file."""
    try:
        return json.loads(line)["level"] not in {"debug", "info"}
    except (ValueError, KeyError, TypeError):
        return True


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(CHILD_LEAVES_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _ends_with_us() -> Callable[[], None] | None:
    """On Linux the kernel tells a child when its parent dies, also by SIGKILL."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask


async def _say_when_ready(url: str, say: Progress, stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_WITHIN_S
    async with httpx.AsyncClient(trust_env=False) as client:
        while loop.time() < deadline and not stopping.is_set():
            try:
                if (await client.get(f"{url}/readyz")).status_code == httpx.codes.OK:
                    say(f"已开门：{url} （Ctrl-C 停止）")
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)
    if not stopping.is_set():
        say(f"{url} 尚未就绪，见 .run/up/log")
