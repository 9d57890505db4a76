"""Filing and reading: POST, /validate, lists, one filing, its documents."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import JSONResponse

from eventlog.envelope import new_id
from law import casenumber
from law.breach import Breach
from servicekit import access, pages, papers, writes
from servicekit.access import kit_of
from servicekit.strictjson import StrictRoute
from servicekit.tokens import Caller
from servicekit.writes import Answer
from services.intake.adapters import materials, personal, queries, tables
from services.intake.adapters.queries import Filter
from services.intake.adapters.records import Record
from services.intake.adapters.submissions import Raw
from services.intake.domain.filing import Status
from services.intake.entrypoints import answers
from services.intake.entrypoints.answers import (
    FiledOut,
    FilingOut,
    FilingPage,
    PaperOut,
    ValidationOut,
)
from services.intake.entrypoints.problemsets import FILING, READING, Responses
from services.intake.entrypoints.refusals import refused
from services.intake.entrypoints.requests import occasion
from services.intake.usecases import applying, checking, desk, receiving
from services.intake.usecases.faults import fault, problem
from services.intake.usecases.form import CreditCode, Draft, Form, Short
from services.intake.usecases.receiving import Taken

router = APIRouter(
    route_class=StrictRoute, prefix="/api/v1/filings", tags=["filings"], responses=READING
)

READERS = (
    "window",
    "helper",
    "reviewer",
    "approver",
    "sealer",
    "regulator",
    "inspector",
    "overseer",
    "leader",
)
Applicants = Annotated[
    Caller, Depends(access.officers_or_systems("window", "helper", scope="filings:write"))
]
Callers = Annotated[
    Caller,
    Depends(access.officers_or_systems("window", "helper", "approver", scope="filings:read")),
]
Readers = Annotated[Caller, Depends(access.officers_or_systems(*READERS, scope="filings:read"))]


async def raw_of(request: Request) -> Raw:
    """The body as it came, with an id of its own."""
    return Raw(new_id(), await request.body(), request.headers.get("content-type", ""))


def taken(request: Request, result: Taken, status: int) -> Answer:
    """The answer of what was taken in: also a refusal is kept and told."""
    if result.outside is not None:
        return writes.refusal(result.outside, request.url.path)
    record = result.record
    headers = {"ETag": f'"{record.filing.version}"', "Location": f"/api/v1/filings/{record.no}"}
    return Answer(
        status if result.fresh else 200, answers.filed(record, result.missing), headers=headers
    )


SAME_AGAIN: Responses = {200: {"model": FiledOut, "description": "同一收件已存在"}}
PDF: Responses = {200: {"content": {"application/pdf": {}}, "description": "PDF/A"}}


@router.post("", status_code=201, response_model=FiledOut, responses=FILING | SAME_AGAIN)
async def file(request: Request, caller: Applicants, draft: Annotated[Draft, Body()]) -> Response:
    """Outside the powers it is kept, numbered, refused with its paper, and answered 422."""
    on = await occasion(request, caller)
    raw, paper = await raw_of(request), new_id()

    async def act(connection: AsyncConnection) -> Answer:
        async with refused():
            result = await receiving.receive(connection, on, draft, raw, paper=paper)
        return taken(request, result, 201)

    return await writes.once(request, caller, act)


@router.post("/validate", response_model=ValidationOut)
async def validate(
    request: Request, caller: Applicants, draft: Annotated[Draft, Body()]
) -> ValidationOut:
    """The same checks; nothing is kept and no key is needed."""
    on = await occasion(request, caller)
    async with on.kit.reading() as connection:
        found = await checking.examine(connection, on, draft)
    return answers.checked(found, on.catalogue)


class Wanted(Form):
    """The query of a list; `company` is any part of the name."""

    status: Status | None = None
    item: Short | None = None
    park: Short | None = None
    company: Short | None = None
    uscc: CreditCode | None = None
    no: Short | None = None
    source_case_no: Short | None = None
    rehearsal: bool | None = None
    limit: pages.Limit = 50
    cursor: pages.Cursor = None

    def filter(self) -> Filter:
        """As the store asks it; Problem `invalid` for a case number that is none."""
        fields = self.model_dump(exclude={"limit", "cursor"})
        if self.no is not None:
            fields["no"] = _case_number(self.no)
        return Filter(**fields)

    def after(self) -> tuple[datetime, str] | None:
        """Where the last page ended."""
        if self.cursor is None:
            return None
        moment, last = pages.decode(self.cursor, _moment, str)
        return moment, last


@router.get("", response_model=FilingPage)
async def listed(
    request: Request, caller: Readers, wanted: Annotated[Wanted, Query()]
) -> FilingPage:
    """Newest first."""
    on = await occasion(request, caller)
    limit, after = wanted.limit, wanted.after()
    async with on.kit.reading() as connection:
        records = await queries.page(
            connection, caller, on.side, wanted.filter(), after=after, limit=limit
        )
    shown = [answers.row(one, on.catalogue, _company(caller, one)) for one in records[:limit]]
    return FilingPage(items=shown, next_cursor=_next(records, limit))


@router.get("/{no}", response_model=FilingOut)
async def one(request: Request, caller: Readers, no: str) -> Response:
    """With its ETag, to be sent back as If-Match."""
    on = await occasion(request, caller)
    async with on.kit.reading() as connection:
        record = await desk.visible(connection, on, no)
        uploaded = await materials.of_filing(connection, no)
        missing = await applying.still_missing(connection, on, record)
    people = personal.opened(on.kit.vault, record.personal, no=no)
    shown = answers.whole(
        record,
        on.catalogue,
        company=_company(caller, record),
        people=personal.masked(people),
        materials=[] if access.only_leads(caller) else [materials.public(m) for m in uploaded],
        missing=missing,
    )
    etag = {"ETag": f'"{record.filing.version}"'}
    return JSONResponse(shown.model_dump(mode="json"), headers=etag)


@router.get("/{no}/contact", response_model=dict[str, dict[str, str]])
async def contact(request: Request, caller: Callers, no: str) -> dict[str, dict[str, str]]:
    """The natural persons in clear, for whoever must call them; each reading is audited."""
    on = await occasion(request, caller)
    async with refused(), on.kit.gate.place(), on.kit.engine.begin() as connection:
        return await desk.people(connection, on, no)


@router.get("/{no}/documents", response_model=list[PaperOut])
async def documents(request: Request, caller: Readers, no: str) -> list[PaperOut]:
    """The papers of a filing, oldest first."""
    on = await occasion(request, caller)
    async with on.kit.reading() as connection:
        await desk.visible(connection, on, no)
        rows = await papers.listed(connection, tables.paper, no=no, caller=caller)
    return [
        PaperOut(**row, links={"self": f"/api/v1/filings/{no}/documents/{row['id']}"})
        for row in rows
    ]


@router.get("/{no}/documents/{id}", response_class=Response, responses=PDF)
async def document(request: Request, caller: Readers, no: str, id: UUID) -> Response:
    """The paper as PDF/A."""
    return await papers.stream(kit_of(request), tables.paper, no=no, id=id, caller=caller)


def _company(caller: Caller, record: Record) -> str:
    name = record.applicant.name
    return access.masked(name) if access.only_leads(caller) else name


def _next(records: list[Record], limit: int) -> str | None:
    if len(records) <= limit:
        return None
    last = records[limit - 1]
    return pages.encode(last.filing.received_at.isoformat(), last.no)


def _case_number(text: str) -> str:
    try:
        return str(casenumber.parse(text))
    except Breach as breach:
        raise problem([fault(["no"], breach.text)]) from breach


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
