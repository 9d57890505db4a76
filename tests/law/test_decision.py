"""Decisions and what follows them: grounds, remedies, four eyes, seals, limits, inspections."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.breach import Breach
from law.decision import (
    PAPER_NAMES,
    Draft,
    NoGrounds,
    NoReasons,
    NoRemedies,
    Outcome,
    PaperKind,
    Remedies,
    SameOfficer,
    delivery_due,
    lawsuit_until,
    publicity_due,
    require_complete,
    require_four_eyes,
    result_paper,
    review_until,
)
from law.delegation import ItemKind
from law.seals import RetiredSeal, Seal, SealKind, WrongSeal, require_seal, seal_for
from law.supervision import (
    FEEDBACK_NAMES,
    FeedbackKind,
    Inspector,
    InspectorOfAnotherOffice,
    NoCertificate,
    NothingRecorded,
    SameInspectorTwice,
    TooFewInspectors,
    gravest,
    policy_due,
    push_due,
    require_inspectors,
    require_record,
)
from law.workingday import Due
from tests.law.builders import CALENDAR, quick

TODAY = date(2026, 3, 2)
REMEDIES = Remedies(review_by="章贡区人民政府", court="章贡区人民法院")
GRANT = Draft(outcome=Outcome.GRANTED, grounds=("《企业投资项目核准和备案管理条例》第十三条",))
DENIAL = replace(GRANT, outcome=Outcome.DENIED, reasons=("不属于备案范围",), remedies=REMEDIES)


def test_complete_decisions_pass() -> None:
    require_complete(GRANT)
    require_complete(DENIAL)


@pytest.mark.parametrize(
    ("draft", "breach"),
    [
        (replace(GRANT, grounds=()), NoGrounds),
        (replace(GRANT, grounds=(" ",)), NoGrounds),
        (replace(DENIAL, reasons=("",)), NoReasons),
        (replace(DENIAL, remedies=None), NoRemedies),
        (replace(DENIAL, remedies=Remedies("", "章贡区人民法院")), NoRemedies),
    ],
)
def test_a_decision_lacking_what_article_38_asks_is_refused(
    draft: Draft, breach: type[Breach]
) -> None:
    with pytest.raises(breach):
        require_complete(draft)


def test_the_paper_tells_both_ways_to_contest() -> None:
    assert "60日内向章贡区人民政府申请行政复议" in REMEDIES.text
    assert "六个月内依法向章贡区人民法院提起行政诉讼" in REMEDIES.text


def test_who_reviewed_does_not_decide() -> None:
    require_four_eyes("li", ["chen"])
    require_four_eyes("chen", ["chen"], instant=True)
    with pytest.raises(SameOfficer):
        require_four_eyes("chen", ["wang", "chen"])


def test_every_kind_of_item_ends_in_its_paper() -> None:
    assert [result_paper(kind, Outcome.GRANTED).value for kind in ItemKind] == [
        "permit",
        "recordal",
        "confirmation",
        "other-result",
    ]
    assert {result_paper(kind, Outcome.DENIED) for kind in ItemKind} == {PaperKind.DENIAL}
    assert set(PAPER_NAMES) == set(PaperKind)


@pytest.mark.parametrize(
    ("due", "last"),
    [
        (push_due(date(2026, 9, 30), CALENDAR), Due(date(2026, 10, 10))),
        (push_due(TODAY, CALENDAR, 1), Due(date(2026, 3, 3))),
        (policy_due(date(2026, 2, 13), CALENDAR), Due(date(2026, 2, 27))),
        (delivery_due(TODAY, CALENDAR), Due(date(2026, 3, 16))),
        (publicity_due(TODAY, CALENDAR), Due(date(2026, 3, 11))),
        (review_until(date(2026, 3, 3), CALENDAR), Due(date(2026, 5, 6))),
        (review_until(date(2026, 3, 10), CALENDAR), Due(date(2026, 5, 9))),
        (lawsuit_until(date(2025, 8, 31), CALENDAR), Due(date(2026, 2, 28))),
        (lawsuit_until(date(2026, 3, 2), CALENDAR), Due(date(2026, 9, 2))),
        (lawsuit_until(date(2026, 7, 1), CALENDAR), Due(date(2027, 1, 1), provisional=True)),
    ],
)
def test_the_limits_after_a_decision(due: Due, last: Due) -> None:
    assert due == last


@quick
@given(st.dates(date(2024, 1, 1), date(2025, 12, 31)))
def test_six_months_end_six_months_later_on_a_working_day(day: date) -> None:
    last = lawsuit_until(day, CALENDAR).day
    assert CALENDAR.is_working_day(last)
    assert 181 - 3 <= (last - day).days <= 184 + 9


SEAL = Seal("s1", SealKind.PARK_APPROVAL, "zg-park", "行政审批服务专用章", date(2024, 1, 1))
OLD = replace(SEAL, id="s0", name="审批专用2号章", retired=True)


@pytest.mark.parametrize(
    ("seal", "breach"),
    [
        (OLD, RetiredSeal),
        (replace(SEAL, valid_to=date(2026, 3, 1)), RetiredSeal),
        (replace(SEAL, valid_from=date(2026, 3, 3)), RetiredSeal),
        (replace(SEAL, kind=SealKind.ENFORCEMENT), WrongSeal),
        (replace(SEAL, org="zg-fagai"), WrongSeal),
    ],
)
def test_a_wrong_or_retired_seal_cannot_be_used(seal: Seal, breach: type[Breach]) -> None:
    with pytest.raises(breach):
        require_seal(seal, kind=SealKind.PARK_APPROVAL, org="zg-park", day=TODAY)
    with pytest.raises(breach):
        seal_for([seal], kind=SealKind.PARK_APPROVAL, org="zg-park", day=TODAY)


def test_the_seal_of_the_power_the_seat_and_the_day_is_found() -> None:
    newer = replace(SEAL, id="s2", valid_from=date(2026, 1, 1))
    found = seal_for([OLD, newer, SEAL], kind=SealKind.PARK_APPROVAL, org="zg-park", day=TODAY)
    assert found is newer
    require_seal(SEAL, kind=SealKind.PARK_APPROVAL, org="zg-park", day=date(2024, 1, 1))


FIRST = Inspector("zg-fagai-li", "李某", "14070001", "zg-fagai")
SECOND = Inspector("zg-fagai-wu", "吴某", "14070002", "zg-fagai")


def test_two_officers_with_certificates_inspect() -> None:
    require_inspectors([FIRST, SECOND], org="zg-fagai")


@pytest.mark.parametrize(
    ("breach", "act"),
    [
        (TooFewInspectors, lambda: require_inspectors([])),
        (TooFewInspectors, lambda: require_inspectors([FIRST])),
        (NoCertificate, lambda: require_inspectors([FIRST, replace(SECOND, certificate=" ")])),
        (SameInspectorTwice, lambda: require_inspectors([FIRST, FIRST])),
        (
            SameInspectorTwice,
            lambda: require_inspectors([FIRST, replace(SECOND, certificate=" 14070001")]),
        ),
        (SameInspectorTwice, lambda: require_inspectors([FIRST, replace(SECOND, sub=FIRST.sub)])),
        (
            InspectorOfAnotherOffice,
            lambda: require_inspectors([FIRST, replace(SECOND, org="zg-park")], org="zg-fagai"),
        ),
        (
            NothingRecorded,
            lambda: require_record(FeedbackKind.NO_PROBLEM, text=" ", inspected=True),
        ),
        (
            NothingRecorded,
            lambda: require_record(FeedbackKind.PENALISED, text="罚款", inspected=False),
        ),
    ],
)
def test_an_inspection_that_is_none_is_refused_by_name(
    breach: type[Breach], act: Callable[[], object]
) -> None:
    with pytest.raises(breach):
        act()


def test_a_transfer_needs_no_inspection_of_ones_own() -> None:
    require_record(FeedbackKind.TRANSFERRED, text="移送市局", inspected=False)
    require_record(FeedbackKind.NO_PROBLEM, text="未发现问题", inspected=True)


def test_every_kind_of_feedback_has_a_name_and_a_place_in_gravity() -> None:
    assert set(FEEDBACK_NAMES) == set(FeedbackKind)
    kinds = [FeedbackKind.RECTIFIED, FeedbackKind.REVOCATION_ADVISED, FeedbackKind.NO_PROBLEM]
    assert gravest(kinds) is FeedbackKind.REVOCATION_ADVISED
    assert gravest([]) is None
