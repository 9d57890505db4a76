"""受理、不予受理、补正: the numbered, dated and sealed papers of 行政许可法第三十二条."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import catalog as contract
from law import acceptance, seals
from law.workingday import civil_day
from servicekit import events, judging, numbers, papers
from servicekit.kit import Kit
from servicekit.papers import PaperContent, SealMark
from servicekit.replica import Catalogue
from services.intake.adapters.records import Record
from services.intake.adapters.tables import paper as table


class Kind(StrEnum):
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    CORRECTION = "correction"


TITLES: Final = {
    Kind.ACCEPTANCE: "受理通知书",
    Kind.REFUSAL: "不予受理决定书",
    Kind.CORRECTION: "一次性补正告知书",
}
WORDS: Final = {Kind.ACCEPTANCE: "受", Kind.REFUSAL: "不受", Kind.CORRECTION: "补"}
GROUNDS: Final = {
    acceptance.RefusalGround.NOT_NEEDED: "该事项依法不需要取得行政许可或者办理手续",
    acceptance.RefusalGround.NOT_OUR_POWER: "该事项依法不属于本机关职权范围",
    acceptance.RefusalGround.NOT_CORRECTED: "经一次性告知补正，申请材料仍不齐全或者不符合法定形式",
}


@dataclass(frozen=True, slots=True)
class Press:
    """Where papers come from: keys and settings, names and seals, the day they bear."""

    kit: Kit
    catalogue: Catalogue
    day: date


async def number(
    press: Press, connection: AsyncConnection, kind: Kind, *, org: str, rehearsal: bool
) -> str:
    """章高新受〔2026〕1号, in rehearsals 章高新受（演）〔2026〕1号; a series a civil year."""
    prefix = "rehearsal-" if rehearsal else ""
    serial = await numbers.draw(connection, f"{prefix}{kind.value}:{org}:{press.day.year}")
    authority = press.catalogue.organisation(org)
    word = authority.document_word or authority.short_name
    return f"{word}{WORDS[kind]}{'（演）' if rehearsal else ''}〔{press.day.year}〕{serial}号"


async def draw_up(
    press: Press,
    connection: AsyncConnection,
    record: Record,
    kind: Kind,
    *,
    id: UUID,
    number: str,
    org: str,
) -> None:
    """In the transaction of the act; the documents worker renders it afterwards.

    Raises law.seals.WrongSeal or RetiredSeal where the organisation has no seal for the day.
    """
    authority = press.catalogue.organisation(org)
    code = events.verification_code()
    content = PaperContent(
        kind=kind.value,
        title=TITLES[kind],
        number=number,
        dated=press.day,
        authority=authority.name,
        addressee=record.applicant.name,
        paragraphs=_PARAGRAPHS[kind](press, record),
        facts=_facts(press, record),
        remedies=_remedies(press, authority) if kind is Kind.REFUSAL else (),
        seals=(_seal(press, authority),),
        code=code,
        verify_url=f"{press.kit.settings.public_url}/verify/{code}",
        rehearsal=record.rehearsal,
    )
    await papers.draw_up(
        connection,
        table,
        id=id,
        no=record.no,
        content=content,
        viewers=record.viewers,
        source_system=record.filing.source,
    )


def _seal(press: Press, authority: contract.Organisation) -> SealMark:
    """A park accepts with its own approval seal whatever seal the decision will bear."""
    park = authority.kind == "park"
    kind = seals.SealKind.PARK_APPROVAL if park else seals.SealKind.DEPARTMENT_APPROVAL
    held = [judging.seal(one, authority.id) for one in authority.seals]
    seal = seals.seal_for(held, kind=kind, org=authority.id, day=press.day)
    return SealMark(id=seal.id, name=seal.name, org=authority.name)


def _facts(press: Press, record: Record) -> tuple[tuple[str, str], ...]:
    return (
        ("收件编号", record.no),
        ("事项", record.item_name),
        ("申请人", record.applicant.name),
        ("统一社会信用代码", record.applicant.uscc),
        ("项目", record.project.name),
        ("园区", press.catalogue.name_of(record.park)),
        ("收件日期", _words(civil_day(record.filing.received_at))),
    )


def _accepted(press: Press, record: Record) -> tuple[str, ...]:
    filing = record.filing
    on = civil_day(filing.accepted_at or filing.complete_at)
    if filing.by_silence:
        first = (
            "本机关自收到申请材料之日起五个工作日内未作告知，依照《中华人民共和国行政许可法》"
            f"第三十二条第一款第四项的规定，你单位的申请自{_words(on)}起即为受理。"
        )
    else:
        first = (
            f"你单位提出的“{record.item_name}”申请，材料齐全、符合法定形式，依照《中华人民共和国"
            f"行政许可法》第三十二条第一款第五项的规定，于{_words(on)}予以受理。"
        )
    return (first, *_limits(press, record))


def _limits(press: Press, record: Record) -> tuple[str, ...]:
    if record.guide_version is None:
        return ()
    guide = press.catalogue.guide(record.item, record.guide_version)
    unit = "个工作日" if guide.day_unit == "working" else "日"
    return (
        f"法定办结时限{guide.statutory_days}{unit}，承诺办结时限{guide.promised_days}{unit}，"
        "自受理次日起计算。凭收件编号可查询办理进度。",
    )


def _refused(_: Press, record: Record) -> tuple[str, ...]:
    ending = record.filing.ending or {}
    ground = acceptance.RefusalGround(str(ending["reason"]))
    reasons = ending.get("reasons")
    listed = "；".join(str(one) for one in reasons) if isinstance(reasons, list) else ""
    paragraphs = (
        f"你单位提出的“{record.item_name}”申请，{GROUNDS[ground]}，依照《中华人民共和国行政许可法》"
        "第三十二条的规定，决定不予受理。",
        *([f"理由：{listed}。"] if listed else []),
    )
    if ground is not acceptance.RefusalGround.NOT_OUR_POWER:
        return paragraphs
    if ending.get("right_authority"):
        return (*paragraphs, f"请向{ending['turn_to']}申请。")
    return (*paragraphs, f"{ending['turn_to']}，请向当地政务服务热线咨询。")


def _correction(_: Press, record: Record) -> tuple[str, ...]:
    named = [f"{place}．{one.text}" for place, one in enumerate(record.filing.missing, start=1)]
    return (
        f"你单位提出的“{record.item_name}”申请，材料不齐全或者不符合法定形式，依照《中华人民共和国"
        "行政许可法》第三十二条第一款第四项的规定，现一次性告知需要补正的全部内容：",
        *named,
        "请按上述内容补正后提交。本告知只作一次；收到补正材料后五个工作日内决定是否受理。",
    )


_PARAGRAPHS: Final = {
    Kind.ACCEPTANCE: _accepted,
    Kind.REFUSAL: _refused,
    Kind.CORRECTION: _correction,
}


def _remedies(press: Press, authority: contract.Organisation) -> tuple[str, ...]:
    """行政复议法第二十条: 60 days; 行政诉讼法第四十六条: six months."""
    above = press.catalogue.name_of(authority.parent) if authority.parent else "有管辖权的人民政府"
    return (
        f"如不服本决定，可以自收到本决定书之日起六十日内向{above}申请行政复议，"
        "或者自收到本决定书之日起六个月内依法向人民法院提起行政诉讼。",
    )


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
