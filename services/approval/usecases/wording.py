"""The words of the papers approval issues, and the seals that stand under them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from law.clock import Unit
from law.decision import Outcome
from law.seals import Seal, SealKind, WrongSeal, seal_for
from servicekit import judging
from servicekit.papers import PaperContent, SealMark
from servicekit.replica import Catalogue
from services.approval.domain.case import Case
from services.approval.domain.facts import CoSealPlan, Decision, Power, Prolongation, Suspension

_UNITS: Final = MappingProxyType({Unit.WORKING: "个工作日", Unit.CALENDAR: "日"})
_TITLES: Final = MappingProxyType(
    {
        ("permit", Outcome.GRANTED): "准予行政许可决定书",
        ("recordal", Outcome.GRANTED): "备案回执",
        ("confirmation", Outcome.GRANTED): "行政确认书",
        ("other", Outcome.GRANTED): "审批决定书",
        ("permit", Outcome.DENIED): "不予行政许可决定书",
        ("recordal", Outcome.DENIED): "不予备案决定书",
        ("confirmation", Outcome.DENIED): "不予行政确认决定书",
        ("other", Outcome.DENIED): "不予批准决定书",
    }
)
_SENTENCES: Final = MappingProxyType(
    {
        "permit": "经审查，你单位的申请符合法定条件、标准，现决定准予行政许可。",
        "recordal": "你单位报送的备案材料齐全、符合要求，现予以备案。",
        "confirmation": "经审查，你单位申请的事项属实、符合规定，现予以确认。",
        "other": "经审查，你单位的申请符合规定，现予以批准。",
    }
)
_APPROVAL_KINDS: Final = (
    SealKind.PARK_APPROVAL,
    SealKind.DEPARTMENT_APPROVAL,
    SealKind.OFFICIAL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands on every paper besides its words. `number` is the 文号."""

    number: str
    code: str
    dated: date
    verify_base: str

    @property
    def verify_url(self) -> str:
        """The address beneath the QR code."""
        return f"{self.verify_base.rstrip('/')}/verify/{self.code}"


def word_of(catalogue: Catalogue, org: str) -> str:
    """The word an organisation's numbers begin with, e.g. 章高新."""
    found = catalogue.organisations.get(org)
    if found is None:
        return org
    return found.document_word or found.short_name


def number(word: str, letter: str, day: date, serial: int, *, rehearsal: bool) -> str:
    """章高新审〔2026〕12号; rehearsals 章高新审（演）〔2026〕12号."""
    mark = "（演）" if rehearsal else ""
    return f"{word}{letter}{mark}〔{day.year}〕{serial}号"


def title(result_kind: str, outcome: Outcome) -> str:
    """The paper's name by what it decides."""
    return _TITLES[result_kind, outcome]


def decision_content(
    catalogue: Catalogue, case: Case, decision: Decision, head: Head, seals: Sequence[SealMark]
) -> PaperContent:
    """准予、不予决定书, 备案回执."""
    granted = decision.outcome is Outcome.GRANTED
    said = _SENTENCES[decision.result_kind] if granted else _denied(decision)
    facts = _facts(catalogue, case)
    if decision.valid_from and decision.valid_to:
        facts.append(("有效期", f"{_day(decision.valid_from)}至{_day(decision.valid_to)}"))
    paragraphs = [
        f"你单位提出的“{case.item_name}”申请（办件编号{case.no}），本机关已于"
        f"{_day(case.deadlines.started_on)}受理。{said}",
        f"决定依据：{decision.grounds}。",
        *([f"理由：{'；'.join(decision.reasons)}。"] if decision.reasons else []),
    ]
    return _paper(
        catalogue,
        case,
        head,
        kind=decision.result_kind if granted else "denial",
        title=title(decision.result_kind, decision.outcome),
        authority=case.seats.decides,
        paragraphs=paragraphs,
        facts=facts,
        remedies=decision.remedies,
        seals=seals,
    )


def suspension_content(
    catalogue: Catalogue, case: Case, new: Suspension, head: Head, *, authority: str, seal: SealMark
) -> PaperContent:
    """The written notice without which no time is taken off (行政许可法第四十五条)."""
    unit = _UNITS[case.deadlines.unit]
    return _paper(
        catalogue,
        case,
        head,
        kind="suspension",
        title="暂停（特别程序）通知书",
        authority=authority,
        paragraphs=[
            f"你单位提出的“{case.item_name}”申请（办件编号{case.no}），依法需要进行"
            f"{new.reason.value}，所需时间预计{new.expected_days}{unit}。",
            "依照《中华人民共和国行政许可法》第四十五条，上述时间不计算在办理期限内，现书面告知。",
        ],
        facts=[*_facts(catalogue, case), ("自何日起不计入期限", _day(new.from_day))],
        seals=[seal],
    )


def extension_content(
    catalogue: Catalogue, case: Case, new: Prolongation, head: Head, *, seal: SealMark, due: date
) -> PaperContent:
    """延期通知书 with its reason (行政许可法第四十二条)."""
    unit = _UNITS[case.deadlines.unit]
    return _paper(
        catalogue,
        case,
        head,
        kind="extension",
        title="延期通知书",
        authority=case.seats.decides,
        paragraphs=[
            f"你单位提出的“{case.item_name}”申请（办件编号{case.no}），在规定期限内不能作出决定。"
            f"依照《中华人民共和国行政许可法》第四十二条，经本行政机关负责人批准，"
            f"延长{new.days}{unit}，至{_day(due)}止。",
            f"延长期限的理由：{new.reason}。",
        ],
        facts=_facts(catalogue, case),
        seals=[seal],
    )


def outside_content(
    catalogue: Catalogue, case: Case, decision: Decision, head: Head, *, file_sha256: str
) -> PaperContent:
    """The record of a decision made outside the system, bound to the paper handed in with it."""
    granted = decision.outcome is Outcome.GRANTED
    authority = catalogue.name_of(case.seats.decides)
    return _paper(
        catalogue,
        case,
        head,
        kind=decision.result_kind if granted else "denial",
        title=title(decision.result_kind, decision.outcome),
        authority=case.seats.decides,
        paragraphs=[
            f"“{case.item_name}”（办件编号{case.no}）由{authority}作出"
            f"{'准予' if granted else '不予'}决定，原件随附，以原件为准。",
            f"决定依据：{decision.grounds}。",
        ],
        facts=[
            *_facts(catalogue, case),
            ("原件文号", decision.number or "无"),
            ("原件SHA-256", file_sha256),
        ],
        remedies=decision.remedies,
    )


def with_seals(content: PaperContent, seals: Sequence[SealMark]) -> PaperContent:
    """The same words under these seals."""
    return replace(content, seals=tuple(seals))


def seal_of(catalogue: Catalogue, seal: str) -> tuple[Seal, SealMark]:
    """A seal of the catalogue by its id. Raises WrongSeal for an unknown one."""
    for org in catalogue.organisations.values():
        for one in org.seals:
            if one.id == seal:
                return judging.seal(one, org.id), SealMark(one.id, one.name, org.name)
    raise WrongSeal(f"目录中没有印章 {seal}")


def planned_mark(catalogue: Catalogue, kind: SealKind, org: str, day: date) -> SealMark:
    """The seal the power asks for. Raises WrongSeal or RetiredSeal when there is none to use."""
    found = seal_for(_seals(catalogue, org), kind=kind, org=org, day=day)
    return seal_of(catalogue, found.id)[1]


def co_seal_mark(catalogue: Catalogue, plan: CoSealPlan, day: date) -> SealMark:
    """As `planned_mark`, for a co-seal."""
    return planned_mark(catalogue, plan.kind, plan.org, day)


def notice_mark(catalogue: Catalogue, case: Case, power: Power, org: str, day: date) -> SealMark:
    """The seal of a notice: the power's own where the organisation holds it, else its approval
    seal. Raises WrongSeal or RetiredSeal when it has none.
    """
    kinds = [power.seal] if org == case.seats.seals else []
    refused: Exception = WrongSeal("资料中没有可用于本通知书的印章")
    for kind in dict.fromkeys([*kinds, *_APPROVAL_KINDS]):
        try:
            return planned_mark(catalogue, kind, org, day)
        except WrongSeal as wrong:
            refused = wrong
    raise refused


def _seals(catalogue: Catalogue, org: str) -> list[Seal]:
    found = catalogue.organisations.get(org)
    return [judging.seal(one, org) for one in found.seals] if found else []


def _paper(
    catalogue: Catalogue,
    case: Case,
    head: Head,
    *,
    authority: str,
    paragraphs: Sequence[str],
    facts: Sequence[tuple[str, str]],
    seals: Sequence[SealMark] = (),
    remedies: Sequence[str] = (),
    **named: Any,
) -> PaperContent:
    return PaperContent(
        **named,
        number=head.number,
        dated=head.dated,
        authority=catalogue.name_of(authority),
        addressee=case.applicant["name"],
        paragraphs=tuple(paragraphs),
        facts=tuple(facts),
        remedies=tuple(remedies),
        seals=tuple(seals),
        code=head.code,
        verify_url=head.verify_url,
        rehearsal=case.rehearsal,
    )


def _facts(catalogue: Catalogue, case: Case) -> list[tuple[str, str]]:
    acts = catalogue.items[case.item].acts if case.item in catalogue.items else ()
    act = next((one.name for one in acts if one.id == case.project.get("act")), "")
    shown = [
        ("办理内容", act),
        ("申请单位", case.applicant["name"]),
        ("统一社会信用代码", case.applicant["uscc"]),
        ("项目名称", case.project["name"]),
        ("项目代码", case.project.get("code") or ""),
        ("办理园区", catalogue.name_of(case.park)),
    ]
    return [(label, value) for label, value in shown if value]


def _denied(decision: Decision) -> str:
    words = {
        "permit": "经审查，你单位的申请不符合法定条件、标准，现决定不予行政许可。",
        "recordal": "经审查，你单位报送的备案材料不符合要求，现决定不予备案。",
    }
    return words.get(decision.result_kind, "经审查，你单位的申请不符合规定，现决定不予批准。")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
