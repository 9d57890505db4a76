"""The rules of a filing: every verb in every status, against the table."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from law import acceptance
from law.acceptance import Receipt, RefusalGround
from law.breach import Breach
from law.workingday import Calendar
from services.intake.domain import filing as domain
from services.intake.domain.filing import ALLOWED, BECOMES, Action, Filing, Hand, Missing, Status
from services.intake.entrypoints import refusals

MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)
CALENDAR = Calendar.from_years({})
HAND = Hand("zg-park-chen", "陈晓", "zg-park", "window")


def in_status(status: Status) -> Filing:
    filing = Filing.receive(no="20260302000000018", source="ywtb", at=MONDAY)
    filing.status = status
    if status is Status.CORRECTION_ASKED:
        filing.receipt = replace(filing.receipt, asked_on=date(2026, 3, 2), named=("缺章",))
    return filing


def do(filing: Filing, action: Action, at: datetime = MONDAY) -> None:
    match action:
        case Action.ACCEPT:
            filing.accept(at=at, calendar=CALENDAR, by=HAND)
        case Action.REFUSE:
            filing.refuse(
                ground=RefusalGround.NOT_NEEDED,
                reasons=("依法不需要办理",),
                turn_to="",
                right_authority=None,
                at=at,
                calendar=CALENDAR,
                by=HAND,
            )
        case Action.ASK_CORRECTION:
            filing.ask_correction(
                (Missing("缺章"),), notice_no="1号", at=at, calendar=CALENDAR, by=HAND
            )
        case Action.CORRECT:
            filing.correct(at=at)
        case Action.WITHDRAW:
            filing.withdraw(reason=None, at=at)
        case Action.SILENCE:
            filing.lapse(at=at + timedelta(days=10), calendar=CALENDAR)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("action", Action)
def test_a_verb_works_in_its_statuses_and_nowhere_else(action: Action, status: Status):
    filing = in_status(status)
    if status in ALLOWED[action]:
        do(filing, action)
        assert filing.status is BECOMES[action]
        assert len(filing.take_news()) == 1
    else:
        before = replace(filing)
        with pytest.raises((domain.NotAllowedNow, acceptance.SecondNotice)):
            do(filing, action)
        assert filing == before
        assert not filing.take_news()


@pytest.mark.parametrize("status", Status)
def test_what_is_told_as_allowed_is_what_works(status: Status):
    for action in Action:
        filing = in_status(status)
        if action in filing.allowed():
            do(filing, action)
        elif action is not Action.SILENCE:
            with pytest.raises(Breach):
                do(filing, action)


def test_a_second_notice_is_impossible_after_the_correction():
    filing = in_status(Status.CORRECTION_ASKED)
    filing.correct(at=MONDAY)
    assert Action.ASK_CORRECTION not in filing.allowed()
    with pytest.raises(acceptance.SecondNotice):
        do(filing, Action.ASK_CORRECTION)


def test_a_notice_after_the_fifth_working_day_is_too_late():
    with pytest.raises(acceptance.LateNotice):
        do(in_status(Status.RECEIVED), Action.ASK_CORRECTION, MONDAY + timedelta(days=8))


def test_silence_accepts_from_the_receipt_and_not_a_day_early():
    filing = in_status(Status.RECEIVED)
    assert not filing.lapse(at=MONDAY + timedelta(days=7), calendar=CALENDAR)
    assert filing.lapse(at=MONDAY + timedelta(days=8), calendar=CALENDAR)
    assert (filing.accepted_at, filing.by_silence) == (MONDAY, True)


def test_an_officer_who_accepts_too_late_finds_that_the_law_had_accepted():
    filing = in_status(Status.RECEIVED)
    filing.accept(at=MONDAY + timedelta(days=9), calendar=CALENDAR, by=HAND)
    assert (filing.accepted_at, filing.by_silence) == (MONDAY, True)


def test_after_a_correction_silence_counts_from_the_correction():
    filing = in_status(Status.CORRECTION_ASKED)
    filing.correct(at=MONDAY + timedelta(days=30))
    assert not filing.lapse(at=MONDAY + timedelta(days=35), calendar=CALENDAR)
    assert filing.lapse(at=MONDAY + timedelta(days=40), calendar=CALENDAR)
    assert filing.accepted_at == MONDAY + timedelta(days=30)


def test_only_the_applicants_side_is_the_applicant():
    with pytest.raises(domain.NotTheApplicant):
        in_status(Status.RECEIVED).require_applicant("zg-park")


def test_every_breach_of_these_rules_has_its_problem():
    own = {
        one
        for module in (domain, acceptance)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Breach) and one is not Breach
    }
    assert own <= set(refusals.PROBLEMS)
    for kind in refusals.PROBLEMS:
        filing = in_status(Status.RECEIVED)
        action = (Action.CORRECT, filing) if kind is domain.NotAllowedNow else ("不行",)
        told = refusals.problem(kind(*action), filing)
        assert told.body()["rule"] == kind.code


def test_a_receipt_is_dated_in_china():
    late = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    filing = Filing.receive(no="20260303000000014", source="ywtb", at=late)
    assert filing.receipt == Receipt(received_on=date(2026, 3, 3))
