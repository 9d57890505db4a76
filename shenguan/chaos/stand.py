"""The system under rehearsal: a PostgreSQL and a Kafka of its own, and each role a process.

Everything lies under one run folder, is made anew for every rehearsal and removed after it.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from eventlog.direct import BROKEN, url_of
from servicekit.clock import Clock
from servicekit.settings import PREFIX, Settings
from shenguan import migrating
from shenguan.importing import import_profile
from shenguan.localkafka import LocalKafka
from shenguan.localpostgres import LocalPostgres
from shenguan.parts import DATABASES, GATEWAY, PARTS
from shenguan.provision import provision

HOST = "127.0.0.1"
READY_WITHIN_S = 90.0
STOPS_WITHIN_S = 30.0
COMES_BACK_AFTER_S = 0.3
"""A process that ended by itself is started again, as any supervisor would."""
UNLIMITED = "1000000/second"
CONSOLE = "console"
"""Writes nothing the invariants are about."""
ROLES = {
    "catalog": ("relay",),
    "intake": ("relay", "consumer", "timers", "documents"),
    "approval": ("relay", "consumer", "timers", "documents"),
    "supervision": ("relay", "consumer", "timers"),
}
OURS = "application_name ~ '^(shenguan-|relay |read |log )'"


class NotOurs(Exception):
    """An address was given: the rehearsal kills only what it started itself."""


@dataclass(slots=True)
class Tally:
    """What was done to the system."""

    kills: int = 0
    database_crashes: int = 0
    broker_crashes: int = 0
    rewinds: int = 0
    ended: list[str] = field(default_factory=list)
    """Processes that ended by themselves, which nothing should make them do."""


@dataclass
class Stand:
    """The running system and the means to hurt it."""

    settings: Settings
    postgres: LocalPostgres
    kafka: LocalKafka | None
    processes: dict[str, dict[str, Any]]
    tally: Tally = field(default_factory=Tally)
    _nursery: asyncio.subprocess.Process | None = None
    _heard: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _alive: set[str] = field(default_factory=set)
    _stopping: bool = False

    @property
    def gateway_port(self) -> int:
        """Where callers knock."""
        port: int = self.processes["gateway.web"]["ports"][0]
        return port

    @property
    def credentials(self) -> Path:
        return Path(self.settings.run_dir) / "credentials.json"

    async def kill(self, name: str) -> None:
        """SIGKILL; returns when it is dead."""
        if name in self._alive:
            self.tally.kills += 1
            await self._end(name)

    async def rest(self) -> None:
        """Ends what adds to the outboxes by itself and at length: the rendering of papers."""
        for name in [one for one in self._alive if one.endswith(".documents")]:
            await self._end(name)

    async def start(self, name: str) -> None:
        """Forked; it may take a while until it answers."""
        if name not in self._alive:
            self._alive.add(name)
            await self._order(f"started {name}", {"start": name, **self.processes[name]})

    async def crash_database(self, chance: random.Random) -> bool:
        """SIGKILL to one backend: PostgreSQL ends all others and recovers from its log."""
        try:
            async with self.superuser() as connection:
                pids = await connection.fetch(
                    f"SELECT pid FROM pg_stat_activity WHERE {OURS} ORDER BY pid"  # noqa: S608
                )
        except BROKEN:
            return False  # still recovering from the last one
        if not pids:
            return False
        os.kill(chance.choice(pids)["pid"], signal.SIGKILL)
        self.tally.database_crashes += 1
        return True

    async def crash_broker(self) -> None:
        """SIGKILL, and started again on what it had written."""
        if self.kafka is not None:
            await asyncio.to_thread(self.kafka.kill)
            self.tally.broker_crashes += 1
            await asyncio.to_thread(self.kafka.start)

    async def rewind(self, part: str, events: int) -> None:
        """The service forgets how far it had read: the last events come to it once more."""
        await self.kill(f"{part}.consumer")
        try:
            async with self.database(part) as connection:
                await connection.execute(
                    "UPDATE position SET position = greatest(position - $1, 0)"
                    " WHERE topic <> 'catalog.v1'",
                    events,
                )
                self.tally.rewinds += 1
        except BROKEN:
            pass
        finally:
            await self.start(f"{part}.consumer")

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[Any]:
        """A connection as the database's owner."""
        connection = await asyncpg.connect(
            url_of(self.settings.database_url(name, owner=True)), timeout=10
        )
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator[Any]:
        server = await asyncio.to_thread(self.postgres.start)
        connection = await asyncpg.connect(server.url, timeout=10)
        try:
            yield connection
        finally:
            await connection.close()

    async def open(self, control: str) -> None:
        """Every process started and ready."""
        self._nursery = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "shenguan.chaos.nursery", control),
            env=_environment(self.settings),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        ready = self._heard["ready"] = asyncio.get_running_loop().create_future()
        self._keep(self._listen())
        await ready
        for name in self.processes:
            await self.start(name)
        await self.until_ready()

    async def close(self) -> None:
        """The processes end with the nursery."""
        self._stopping = True
        if self._nursery is not None and self._nursery.stdin is not None:
            self._nursery.stdin.close()
            try:
                async with asyncio.timeout(20):
                    await self._nursery.wait()
            except TimeoutError:
                self._nursery.kill()
                await self._nursery.wait()
        for task in self._tasks:
            task.cancel()

    async def until_ready(self) -> None:
        """Every process answers 200 at /readyz. Raises TimeoutError naming those that do not."""
        deadline = asyncio.get_running_loop().time() + READY_WITHIN_S
        waiting = dict(self.processes)
        said = ""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            while waiting and asyncio.get_running_loop().time() < deadline:
                for name, order in list(waiting.items()):
                    try:
                        answer = await client.get(_health(name, order))
                    except httpx.TransportError as error:
                        said = repr(error)
                        continue
                    said = answer.text
                    if answer.status_code == httpx.codes.OK:
                        del waiting[name]
                await asyncio.sleep(0.1)
        if waiting:
            raise TimeoutError(f"not ready: {', '.join(waiting)}: {said}")

    async def _end(self, name: str) -> None:
        self._alive.discard(name)
        await self._order(f"killed {name}", {"kill": name})

    def _keep(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _order(self, answer: str, order: dict[str, Any]) -> None:
        if self._nursery is None or self._nursery.stdin is None:
            raise RuntimeError("the stand is not open")
        done = self._heard[answer] = asyncio.get_running_loop().create_future()
        self._nursery.stdin.write(json.dumps(order).encode() + b"\n")
        await done

    async def _listen(self) -> None:
        if self._nursery is None or self._nursery.stdout is None:
            raise RuntimeError("the stand is not open")
        async for raw in self._nursery.stdout:
            line = json.loads(raw)
            if "ended" in line:
                self._keep(self._bring_back(line["ended"], line["status"]))
                continue
            word = "ready"
            for verb in ("started", "killed"):
                if verb in line:
                    word = f"{verb} {line[verb]}"
            waiting = self._heard.pop(word, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)

    async def _bring_back(self, name: str, status: int) -> None:
        if self._stopping:
            return
        self.tally.ended.append(f"{name}:{status}")
        self._alive.discard(name)
        await asyncio.sleep(COMES_BACK_AFTER_S)
        await self.start(name)


@asynccontextmanager
async def standing(run_dir: Path, *, transport: str, seed: int, jars: Path) -> AsyncIterator[Stand]:
    """Databases, topics and catalogue ready; nothing runs yet. Raises NotOurs."""
    given = sorted(name for name in os.environ if name.startswith(PREFIX) and _is_address(name))
    if given:
        raise NotOurs(f"演练会杀掉数据库和消息服务，只用自己起的：请去掉 {'、'.join(given)}")
    async with AsyncExitStack() as stack:
        postgres = await _fresh_postgres(run_dir, stack)
        kafka = await _fresh_kafka(run_dir, jars, stack) if transport == "kafka" else None
        processes = _processes()
        settings = Settings(
            run_dir=str(postgres.run_dir),
            transport="kafka" if kafka else "postgres",
            kafka_bootstrap_servers=kafka.address if kafka else None,
            site=f"chaos-{seed}",
            pool_size=4,
            caller_rate=UNLIMITED,
            guess_rate=UNLIMITED,
            public_rate=UNLIMITED,
            log_level="WARNING",
            **_urls(processes),
        )
        made = await provision(settings)
        await _recover_fast(postgres)
        await migrating.migrate(made.settings, DATABASES)
        await migrating.ensure_topics(made.settings)
        await import_profile(made.settings, clock=Clock())
        await asyncio.to_thread(_fresh_folder, run_dir / "log")
        stand = Stand(made.settings, postgres, kafka, processes)
        stack.push_async_callback(stand.close)
        yield stand


async def _fresh_postgres(run_dir: Path, stack: AsyncExitStack) -> LocalPostgres:
    postgres = LocalPostgres(run_dir)
    await asyncio.to_thread(_clear, postgres)
    stack.push_async_callback(asyncio.to_thread, _clear, postgres)
    return postgres


def _clear(postgres: LocalPostgres) -> None:
    """Not stopped in order: it may be recovering, and what it holds is thrown away."""
    known = postgres.data / "postmaster.pid"
    if known.exists():
        pid = int(known.read_text().split()[0])
        process = psutil.Process(pid) if psutil.pid_exists(pid) else None
        if process is not None and process.cwd() == str(postgres.data):
            process.send_signal(signal.SIGQUIT)
            process.wait(STOPS_WITHIN_S)
    if postgres.home.exists():
        postgres.remove()


async def _recover_fast(postgres: LocalPostgres) -> None:
    """As durable as before, but a recovery begins with one sync of the disk, not one a file."""
    server = await asyncio.to_thread(postgres.start)
    connection = await asyncpg.connect(server.url)
    try:
        await connection.execute("ALTER SYSTEM SET recovery_init_sync_method = 'syncfs'")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


async def _fresh_kafka(run_dir: Path, jars: Path, stack: AsyncExitStack) -> LocalKafka:
    await asyncio.to_thread(LocalKafka(run_dir, jars=jars).remove)
    kafka = LocalKafka(run_dir, jars=jars)
    stack.push_async_callback(asyncio.to_thread, kafka.remove)
    await asyncio.to_thread(kafka.start)
    return kafka


def _fresh_folder(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)


def _health(name: str, order: dict[str, Any]) -> str:
    """The gateway is ready when the console is, too, which has no part here."""
    port = order["ports"][1 if order["kind"] == "web" else 0]
    page = "livez" if name == f"{GATEWAY.name}.web" else "readyz"
    return f"http://{HOST}:{port}/{page}"


def _is_address(name: str) -> bool:
    return name.endswith(("POSTGRES_URL", "_BOOTSTRAP_SERVERS")) and "_TEST_" not in name


def _processes() -> dict[str, dict[str, Any]]:
    ports = _free_ports(40)
    made: dict[str, dict[str, Any]] = {}
    for part in PARTS:
        if part.name == CONSOLE:
            continue
        roles: dict[str, tuple[str, list[str]]] = {"web": ("web", [])} | {
            role: ("work", [role, "clock"]) for role in ROLES.get(part.name, ())
        }
        for role, (kind, only) in roles.items():
            made[f"{part.name}.{role}"] = {
                "part": part.name,
                "kind": kind,
                "only": only,
                "ports": [ports.pop(), ports.pop()],
            }
    return made


def _urls(processes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    urls = {
        f"{part.name}_url": f"http://{HOST}:{processes[f'{part.name}.web']['ports'][0]}"
        for part in PARTS
        if part.name != CONSOLE
    }
    return urls | {"public_url": urls[f"{GATEWAY.name}_url"]}


def _environment(settings: Settings) -> dict[str, str]:
    """This process's without our settings, and the stand's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    told = settings.model_dump(exclude_unset=True, exclude_none=True)
    return kept | {f"{PREFIX}{name.upper()}": str(value) for name, value in told.items()}


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
