"""The parts the system is made of: where their code is, their ports, their databases.

The one list that `run`, `up`, `serve`, `work` and `migrate` read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from starlette.types import ASGIApp

from servicekit.clock import Clock
from servicekit.settings import Settings
from servicekit.working import Role

LOG_DATABASE = "log"
"""The PostgreSQL transport's own database; no part's."""


@dataclass(frozen=True, slots=True)
class Part:
    """`package` holds `web.create_app` and `worker.roles`. Each part has one database."""

    name: str
    title: str
    package: str
    port: int

    @property
    def web_metrics_port(self) -> int:
        """Beside the web process; 9000 in a pod of its own."""
        return self.port + 1000

    @property
    def worker_port(self) -> int:
        """Health and metrics of the worker process on a shared machine."""
        return self.port + 1100

    @property
    def works(self) -> bool:
        """Whether there is a worker at all."""
        return find_spec(f"{self.package}.worker") is not None

    def web(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        services: Mapping[str, ASGIApp] | None = None,
    ) -> ASGIApp:
        """The part's app. `services` are the apps the gateway finds in its own process."""
        create = import_module(f"{self.package}.web").create_app
        app: ASGIApp
        if self.name == GATEWAY.name:
            app = create(settings, clock=clock, services=dict(services or {}))
        else:
            app = create(settings, clock=clock)
        return app

    def roles(self, settings: Settings, *, clock: Clock | None = None) -> dict[str, Role]:
        """What the part's worker does, by role."""
        roles: dict[str, Role] = import_module(f"{self.package}.worker").roles(
            settings, clock=clock
        )
        return roles


GATEWAY = Part("gateway", "网关", "gateway", 8000)
CATALOG = Part("catalog", "目录", "services.catalog.entrypoints", 8001)
PARTS = (
    CATALOG,
    Part("intake", "收件", "services.intake.entrypoints", 8002),
    Part("approval", "审批", "services.approval.entrypoints", 8003),
    Part("supervision", "监管", "services.supervision.entrypoints", 8004),
    Part("console", "控制台", "console", 8005),
    GATEWAY,
)
BY_NAME = {part.name: part for part in PARTS}
HEARING = ("intake", "approval", "supervision", "console")
"""Parts that consume events, and so may have set some aside."""
DATABASES = (*BY_NAME, LOG_DATABASE)
