"""The gateway's web process: wiring only."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.types import ASGIApp

from gateway import asked, internal, movingclock, published
from gateway.admission import Admission
from gateway.edge import Edge
from gateway.forwarding import InProcess, OverHttp, Upstream
from gateway.issuer import authorize, credentials, discovery, people, store, tokens
from gateway.issuer.keys import SigningKeys
from gateway.issuer.signing import Signer
from gateway.kit import open_gateway
from gateway.rates import Rates
from gateway.reachable import Reachable
from gateway.services import Services
from gateway.stream import Streams
from servicekit import app
from servicekit.clock import Clock
from servicekit.kit import Kit
from servicekit.settings import SERVICES, Settings
from servicekit.tokens import Keys


def create_app(
    settings: Settings,
    *,
    services: Mapping[str, ASGIApp] | None = None,
    clock: Clock | None = None,
    keys: Keys | None = None,
) -> Edge:
    """The one app that listens. `services` are the parts that live in this process, by name; their
    lifespans are run by whoever made them. The others are reached at their addresses.
    """
    apps = dict(services or {})
    opened = open_gateway(settings, clock=clock, keys=keys)
    kit, rates = opened.kit, Rates(settings)
    asking = Services(settings, apps)
    stopping = asyncio.Event()
    routers: list[APIRouter] = []
    if opened.signing is not None:
        signer = Signer(settings, opened.signing)
        token = internal.signed_here(signer)
        routers += _issuer(kit, opened.signing, signer, rates)
    else:
        token = internal.from_outside(settings)
    routers += [
        asked.router(asking, Streams(asking, stopping), token),
        movingclock.router(kit, asking, token),
        published.router(),
    ]

    async def prepare() -> None:
        await movingclock.restore(kit)
        if opened.signing is not None:
            await opened.signing.prepare()
            enrolled = await store.enrol(kit, people.clients(settings))
            credentials.write(settings, enrolled, people.officers(settings))

    upstreams = {name: _upstream(settings, apps, name) for name in (*SERVICES, "console")}
    kit.closing += [asking.close, *(one.close for one in upstreams.values())]
    own = app.create(
        kit,
        title="审管互动平台 · 网关",
        routers=routers,
        ready=Reachable(asking).checks(),
        prepare=prepare,
    )
    own.state.stopping = stopping
    return Edge(own, kit, Admission(kit.verifier, rates), upstreams)


def _issuer(kit: Kit, keys: SigningKeys, signer: Signer, rates: Rates) -> list[APIRouter]:
    officers = people.officers(kit.settings)
    return [
        discovery.router(kit.settings, keys),
        authorize.router(kit, officers),
        tokens.router(tokens.Issuer(kit, signer, officers, rates)),
    ]


def _upstream(settings: Settings, apps: Mapping[str, Any], name: str) -> Upstream:
    if name in apps:
        return InProcess(apps[name])
    return OverHttp(getattr(settings, f"{name}_url"))
