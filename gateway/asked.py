"""Routes the gateway answers by asking the services: feed, stream, timeline, verification."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from gateway import feed, timeline, verification
from gateway.feed import Cursor
from gateway.internal import InternalToken
from gateway.names import Names
from gateway.services import Services
from gateway.stream import Streams
from servicekit import access
from servicekit.problems import Problem
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller

SignedIn = Annotated[Caller, Depends(access.signed_in())]
After = Annotated[
    str | None,
    Query(max_length=500, description="上一页给出的 next；不给则从头，给 now 则从此刻起"),
]
_NO = re.compile(r"(YL)?[0-9]{16}[0-9A-Z]")


class FeedPage(BaseModel):
    """One page of the catch-up feed. Events are CloudEvents; their schemas are `dataschema`."""

    events: list[dict[str, Any]]
    next: str
    more: bool
    incomplete: list[str]


class TimelineEntry(BaseModel):
    """One event of the case, told in a sentence."""

    id: str
    type: str
    at: str
    part: str
    sequence: int | None
    sentence: str
    by: dict[str, Any] | None
    rehearsal: bool
    data: dict[str, Any]


class Timeline(BaseModel):
    """The case's life over all services."""

    no: str
    entries: list[TimelineEntry]
    incomplete: list[str]


def router(services: Services, streams: Streams, token: InternalToken) -> APIRouter:
    """All of them read; a part that is silent is named, not waited for."""
    made = APIRouter(route_class=StrictRoute)
    names = Names(services)

    @made.get("/api/v1/events", response_model=FeedPage, tags=["events"])
    async def events(
        caller: SignedIn, after: After = None, limit: Annotated[int, Query(ge=4, le=400)] = 100
    ) -> dict[str, Any]:
        page = await feed.page(services, _cursor(after, None), limit=limit, token=caller.token)
        return page.body()

    @made.get("/api/v1/events/stream", response_class=StreamingResponse, tags=["events"])
    async def stream(
        caller: SignedIn,
        after: After = "now",
        last_event_id: Annotated[str | None, Header(max_length=500)] = None,
    ) -> StreamingResponse:
        return _event_stream(streams, caller, _cursor(after, last_event_id))

    @made.get("/api/v1/filings/{no}/timeline", response_model=Timeline, tags=["filings"])
    async def told(no: str, caller: SignedIn) -> dict[str, Any]:
        if not _NO.fullmatch(no):
            raise Problem("not-found", "没有此办件，或无权查看")
        return await timeline.timeline(services, names, no, token=caller.token)

    @made.get(
        "/api/v1/verifications/{code}",
        dependencies=[Depends(access.public())],
        tags=["verifications"],
    )
    async def verified(code: str) -> dict[str, Any]:
        return await verification.verify(services, code, token=token)

    return made


def _cursor(after: str | None, last_event_id: str | None) -> Cursor:
    text = last_event_id or after
    if not text:
        return Cursor.start()
    return Cursor.now() if text == "now" else Cursor.read(text)


def _event_stream(streams: Streams, caller: Caller, cursor: Cursor) -> StreamingResponse:
    streams.check_place(caller)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        streams.run(caller, cursor), headers=headers, media_type="text/event-stream"
    )
