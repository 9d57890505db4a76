"""What one part of the system holds while it runs."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from eventlog.parking import Handler
from eventlog.tables import EventTables
from eventlog.wake import notify_soon
from servicekit import database
from servicekit.clock import Clock
from servicekit.sealed import Vault, open_vault
from servicekit.settings import Settings
from servicekit.tables import KitTables
from servicekit.tokens import Caller, Keys, RemoteKeys, Verifier

QUEUE_BEFORE_POOL = 200

Check = Callable[[], Awaitable[Mapping[str, Any]]]
"""A readiness check: raises when not ready, else answers what to show."""


class Directory(Protocol):
    """Answers which roles the catalogue gives an officer; None where there is no such officer."""

    async def roles(self, org: str, sub: str) -> frozenset[str] | None: ...

    async def below(self, org: str) -> frozenset[str]:
        """Every organisation beneath one, at any depth."""
        ...


def _nobody_listens() -> None:
    return None


_collected: ContextVar["list[Kit] | None"] = ContextVar("collected", default=None)


@dataclass(slots=True)
class Kit:
    """Made once per process and part; handed to routes by `app.state.kit`."""

    name: str
    settings: Settings
    clock: Clock
    engine: AsyncEngine
    tables: KitTables | None
    verifier: Verifier
    vault: Vault
    gate: database.Gate
    directory: Directory | None = None
    """None: the part has no copy of the catalogue and trusts the token's roles."""
    wake: Callable[[], None] = _nobody_listens
    """Tells the relay, outside the transaction, that rows were written."""
    events: EventTables | None = None
    """Outbox, archive and inbox, where the part has them."""
    checks: dict[str, Check] = field(default_factory=dict)
    """What `/readyz` asks besides the database; workers add theirs."""
    turns: dict[str, Callable[[], float]] = field(default_factory=dict)
    """Monotonic time of each loop's last turn: `/livez` fails when one stands still."""
    heard: dict[str, Handler] = field(default_factory=dict)
    """Event type → handler of the part's consumer: what dead letters are sent to again."""
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection for reads."""
        return database.reading(self.engine, self.gate)

    @property
    def own(self) -> KitTables:
        """servicekit's tables; RuntimeError for a part that has none."""
        if self.tables is None:
            msg = f"{self.name} has no tables of servicekit"
            raise RuntimeError(msg)
        return self.tables

    @property
    def log(self) -> EventTables:
        """The event log's tables; RuntimeError for a part that has none."""
        if self.events is None:
            msg = f"{self.name} has no event log"
            raise RuntimeError(msg)
        return self.events

    async def close(self) -> None:
        """Gives everything back."""
        for close in self.closing:
            await close()
        await self.engine.dispose()

    async def effective_roles(self, caller: Caller) -> frozenset[str]:
        """Token roles cut to those the catalogue gives; none for a stranger to the catalogue."""
        if self.directory is None or caller.org is None:
            return caller.roles
        known = await self.directory.roles(caller.org, caller.sub)
        return caller.roles & known if known is not None else frozenset()


@contextmanager
def collecting() -> Iterator[list[Kit]]:
    """The kits opened inside the block: a process asks them for its health and closes them."""
    kits: list[Kit] = []
    token = _collected.set(kits)
    try:
        yield kits
    finally:
        _collected.reset(token)


def open_kit(
    name: str,
    settings: Settings,
    *,
    clock: Clock | None = None,
    tables: KitTables | None = None,
    events: EventTables | None = None,
    keys: Keys | None = None,
    role: str = "web",
) -> Kit:
    """A part's kit. `keys` replaces the issuer's JWKS over HTTP (tests, the gateway itself)."""
    pool = settings.pool_size
    if settings.keys_file is None:
        msg = "SHENGUAN_KEYS_FILE 未设置：请运行 shenguan run 生成，或由站点提供密钥文件"
        raise RuntimeError(msg)
    engine = database.engine(
        settings.database_url(name), pool_size=pool, application=f"shenguan-{name}-{role}"
    )
    kit = Kit(
        name=name,
        settings=settings,
        clock=clock or Clock(),
        engine=engine,
        tables=tables,
        events=events,
        wake=partial(notify_soon, engine) if events is not None else _nobody_listens,
        verifier=Verifier(
            issuer=settings.issuer,
            audience=settings.oidc_audience,
            keys=keys or RemoteKeys(settings.jwks_url),
            org_claim=settings.oidc_org_claim,
            roles_claim=settings.oidc_roles_claim,
        ),
        vault=open_vault(Path(settings.keys_file)),
        gate=database.Gate(places=pool, queue=QUEUE_BEFORE_POOL),
    )
    collected = _collected.get()
    if collected is not None:
        collected.append(kit)
    return kit
