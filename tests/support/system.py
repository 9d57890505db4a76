"""The whole system as real processes, on databases and (where asked) a Kafka of its own.

`one_process` is `shenguan run` as people start it; `processes` starts each part's web and worker by
`shenguan serve` and `shenguan work`, and lets a test kill and start them one by one. Processes are
told by the environment alone.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import asyncpg
import httpx

from eventlog.direct import url_of
from servicekit.clock import Clock
from servicekit.sealed import make_keys_file
from servicekit.settings import PREFIX, Settings
from shenguan import migrating
from shenguan.databases import DatabaseUrls
from shenguan.importing import import_profile
from shenguan.localkafka import LocalKafka
from shenguan.parts import DATABASES, LOG_DATABASE, PARTS
from tests.support.eventually import eventually
from tests.support.leash import Leash
from tests.support.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
READY_WITHIN_S = 60.0
LEAVES_WITHIN_S = 15.0
SHOWN = 60
"""Lines of each process's log in the report of a failed test."""

Transport = Literal["postgres", "kafka"]
Role = Literal["web", "worker"]


@dataclass
class Child:
    """One process that can be killed and started again with the same arguments."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    ready_at: str
    """The address whose 200 says that it is ready."""
    leash: Leash
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Does not wait; see `ready`."""
        assert self._process is None, f"{self.arguments} runs already"
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "shenguan", *self.arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.leash.hold(self._process.pid)

    async def ready(self, within: float = READY_WITHIN_S) -> None:
        """Waits; AssertionError with the end of its log where it ended by itself."""

        async def answer() -> str:
            assert self._process is not None
            ended = self._process.poll()
            assert ended is None, f"{self.arguments} ended with {ended}\n{self.tail()}"
            async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
                try:
                    said = await client.get(self.ready_at)
                except httpx.TransportError as error:
                    return repr(error)
            return "" if said.status_code == httpx.codes.OK else said.text

        await eventually(answer, lambda said: not said, within=within, every=0.1)

    def end(self, how: signal.Signals) -> None:
        """SIGKILL takes its children with it; waits until it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(LEAVES_WITHIN_S)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.leash.gone(process.pid)

    def tail(self, lines: int = SHOWN) -> str:
        """The end of what it said."""
        said = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(said.splitlines()[-lines:])


@dataclass
class System:
    """A running system. `url` is the gateway's."""

    url: str
    settings: Settings
    environment: dict[str, str]
    children: dict[tuple[str, Role], Child]
    server: PostgresServer
    databases: dict[str, DatabaseUrls]
    broker: LocalKafka | None = None
    """This system's own, to be killed too."""
    counts: dict[str, int] = field(default_factory=dict)
    """Running numbers by purpose, so that tests that share a system do not meet."""

    @property
    def run_dir(self) -> Path:
        return Path(self.settings.run_dir)

    @property
    def credentials(self) -> Path:
        return self.run_dir / "credentials.json"

    def number(self, purpose: str) -> int:
        """1, 2, …; never the same twice in this system."""
        self.counts[purpose] = self.counts.get(purpose, 0) + 1
        return self.counts[purpose]

    def kill(self, part: str, role: Role = "web") -> None:
        """SIGKILL."""
        self.children[part, role].end(signal.SIGKILL)

    def start(self, part: str, role: Role = "web") -> None:
        self.children[part, role].start()

    async def ready(self, part: str, role: Role = "web") -> None:
        await self.children[part, role].ready()

    async def restart(self) -> None:
        """Everything is told to leave and started again."""
        for child in self.children.values():
            child.end(signal.SIGTERM)
        for child in self.children.values():
            child.start()
        for child in self.children.values():
            await child.ready()

    async def rows(self, database: str, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Asked of the database itself, as its owner."""
        connection = await asyncpg.connect(url_of(self.databases[database].owner))
        try:
            return [dict(row) for row in await connection.fetch(sql, *values)]
        finally:
            await connection.close()

    async def do(self, database: str, script: str) -> None:
        """Statements of the database's owner."""
        connection = await asyncpg.connect(url_of(self.databases[database].owner))
        try:
            await connection.execute(script)
        finally:
            await connection.close()

    async def value(self, database: str, sql: str, *values: Any) -> Any:
        """The first column of the first row."""
        (row,) = await self.rows(database, sql, *values)
        return next(iter(row.values()))

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`shenguan …` beside the running system; ends within a minute or the test fails."""
        return subprocess.run(
            [sys.executable, "-m", "shenguan", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def tails(self) -> Iterator[tuple[str, str]]:
        """(process, end of its log), for the report of a failed test."""
        for (part, role), child in self.children.items():
            yield f"{part} {role}", child.tail()
        embedded = self.run_dir / "log" / "shenguan.log"
        if embedded.exists():
            yield "shenguan.log", "\n".join(embedded.read_text().splitlines()[-SHOWN:])


@asynccontextmanager
async def one_process(
    server: PostgresServer,
    run_dir: Path,
    leash: Leash,
    *,
    transport: Transport = "postgres",
    profile: str = "zhanggong",
    broker: LocalKafka | None = None,
) -> AsyncIterator[System]:
    """`shenguan run` without its own rehearsal; it makes its keys and fills its databases."""
    (port,) = _free_ports(1)
    url = f"http://{HOST}:{port}"
    databases = await _databases(server)
    settings = _settings(
        databases, run_dir, transport=transport, profile=profile, broker=broker, port=port
    )
    environment = _environment(settings)
    child = Child(("run", "--no-demo"), environment, run_dir / "run.out", f"{url}/readyz", leash)
    system = System(url, settings, environment, {("all", "web"): child}, server, databases, broker)
    async with _running(system):
        yield system


@asynccontextmanager
async def processes(
    server: PostgresServer,
    run_dir: Path,
    leash: Leash,
    *,
    transport: Transport = "postgres",
    profile: str = "zhanggong",
    broker: LocalKafka | None = None,
) -> AsyncIterator[System]:
    """Each part's web and worker as a process of its own."""
    names = [(part, role) for part in PARTS for role in _roles(part.works)]
    ports = dict(
        zip([(part.name, role) for part, role in names], _free_ports(len(names)), strict=True)
    )
    urls = {f"{part.name}_url": f"http://{HOST}:{ports[part.name, 'web']}" for part in PARTS}
    url = urls["gateway_url"]
    databases = await _databases(server)
    make_keys_file(run_dir / "keys.json")
    settings = _settings(
        databases,
        run_dir,
        transport=transport,
        profile=profile,
        broker=broker,
        keys_file=str(run_dir / "keys.json"),
        public_url=url,
        **urls,
    )
    await migrating.ensure_topics(settings)
    await import_profile(settings, clock=Clock())
    environment = _environment(settings)
    children = {}
    for part, role in names:
        port = ports[part.name, role]
        children[part.name, role] = Child(
            ("serve" if role == "web" else "work", part.name, "--port", str(port)),
            environment,
            run_dir / f"{part.name}.{role}.log",
            f"http://{HOST}:{port}/readyz",
            leash,
        )
    system = System(url, settings, environment, children, server, databases, broker)
    async with _running(system):
        yield system


@contextmanager
def leash() -> Iterator[Leash]:
    """What is put on it ends with the block, or with this process."""
    made = Leash()
    try:
        yield made
    finally:
        made.close()


@asynccontextmanager
async def _running(system: System) -> AsyncIterator[None]:
    with ExitStack() as stack:
        for child in system.children.values():
            stack.callback(child.end, signal.SIGKILL)
            child.start()
        for child in system.children.values():
            await child.ready()
        yield
    for urls in system.databases.values():
        await system.server.drop(urls)


def _roles(works: bool) -> Sequence[Role]:
    return ("web", "worker") if works else ("web",)


async def _databases(server: PostgresServer) -> dict[str, DatabaseUrls]:
    """All of them at head, and the log's."""
    made = {name: await server.migrated(name) for name in DATABASES if name != LOG_DATABASE}
    log = await server.fresh_database(LOG_DATABASE)
    settings = Settings.model_validate(
        {"log_postgres_url": log.app, "log_owner_postgres_url": log.owner}
    )
    await migrating.migrate(settings, [LOG_DATABASE])
    return {**made, LOG_DATABASE: log}


def _settings(
    databases: dict[str, DatabaseUrls],
    run_dir: Path,
    *,
    broker: LocalKafka | None,
    **chosen: Any,
) -> Settings:
    run_dir.mkdir(parents=True, exist_ok=True)
    urls = {f"{name}_postgres_url": made.app for name, made in databases.items()}
    owners = {f"{name}_owner_postgres_url": made.owner for name, made in databases.items()}
    kafka = {"kafka_bootstrap_servers": broker.address} if broker else {}
    # A journey looks at more papers in a minute than a person does, all from one address.
    rates = {"guess_rate": "100000/minute", "caller_rate": "2000/second"}
    return Settings.model_validate(
        {"run_dir": str(run_dir), "pool_size": 3, **rates, **urls, **owners, **kafka, **chosen}
    )


def _environment(settings: Settings) -> dict[str, str]:
    """This process's without settings of its own, and what was chosen."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    told = settings.model_dump(exclude_unset=True, exclude_none=True)
    return kept | {f"{PREFIX}{name.upper()}": str(value) for name, value in told.items()}


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
