"""From the material's arrival to acceptance: five working days, one notice, and what silence means.

After a correction the readings taken are: (1) the authority owes an answer within five working days
of the day the corrected material came in, since only then is there material it can accept
(第三十二条第一款第四、五项); (2) a second notice is impossible however incomplete the correction
is: it accepts, or refuses in writing for what its one notice had named; (3) silence then accepts
from the day the correction came in.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from law.breach import Breach
from law.workingday import Calendar, Due

WINDOW_DAYS: Final = 5


class RefusalGround(StrEnum):
    """第三十二条第一款第一、二项 are said at once; the third only after the one notice."""

    NOT_NEEDED = "not-needed"
    NOT_OUR_POWER = "not-our-power"
    NOT_CORRECTED = "not-corrected"


class Standing(StrEnum):
    OPEN = "open"
    AWAITING_CORRECTION = "awaiting-correction"
    ACCEPTED_BY_SILENCE = "accepted-by-silence"


class SecondNotice(Breach):
    """Everything missing is named once."""

    source = "行政许可法第三十二条第一款第四项"


class LateNotice(Breach):
    """The window is over: the filing was accepted by silence."""

    source = "行政许可法第三十二条第一款第四项"


class NothingNamed(Breach):
    """A notice names all that must be corrected."""

    source = "行政许可法第三十二条第一款第四项"


class NoNotice(Breach):
    """Nothing was asked, so nothing can be corrected or held against the applicant."""

    source = "行政许可法第三十二条第一款第四项"


class AwaitingCorrection(Breach):
    """The applicant's turn: the correction has not come in."""

    source = "行政许可法第三十二条第一款第五项"


class AcceptedBySilence(Breach):
    """The window is over and the filing counts as accepted; it cannot be refused any more."""

    source = "行政许可法第三十二条第一款第四项"


class BeforeReceipt(Breach):
    """The day lies before the material came in."""

    source = "行政许可法第三十二条"


class NoRightAuthority(Breach):
    """A refusal for want of power says where to turn, or that it is not known here."""

    source = "行政许可法第三十二条第一款第二项"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The dates of one filing before acceptance. `named`: what the one notice asked for."""

    received_on: date
    asked_on: date | None = None
    named: tuple[str, ...] = ()
    corrected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """`on` starts the clock of the decision. `by_silence`: the law accepted, not the authority."""

    on: date
    by_silence: bool


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """`turn_to`: what the applicant is told about the right authority; empty where not asked
    for.
    """

    on: date
    ground: RefusalGround
    turn_to: str = ""


def window(receipt: Receipt, calendar: Calendar) -> Due:
    """The last day to accept, refuse or ask: the fifth working day
    (行政许可法第三十二条第一款第四项).
    """
    return calendar.add_working_days(_complete_since(receipt), WINDOW_DAYS)


def standing(receipt: Receipt, calendar: Calendar, today: date) -> Standing:
    """How the filing stands if nobody acts (行政许可法第三十二条第一款第四项 “逾期不告知的”)."""
    if receipt.asked_on is not None and receipt.corrected_on is None:
        return Standing.AWAITING_CORRECTION
    if today > window(receipt, calendar).day:
        return Standing.ACCEPTED_BY_SILENCE
    return Standing.OPEN


def silence(receipt: Receipt, calendar: Calendar, today: date) -> Accepted | None:
    """Accepted by law once the window is over, from the day the material came in
    (行政许可法第三十二条第一款第四项).
    """
    if standing(receipt, calendar, today) is not Standing.ACCEPTED_BY_SILENCE:
        return None
    return Accepted(_complete_since(receipt), by_silence=True)


def ask_correction(
    receipt: Receipt, missing: Iterable[str], *, on: date, calendar: Calendar
) -> Receipt:
    """The one notice naming everything (行政许可法第三十二条第一款第四项).

    Raises SecondNotice, NothingNamed, BeforeReceipt, LateNotice.
    """
    named = tuple(text.strip() for text in missing if text.strip())
    if receipt.asked_on is not None:
        raise SecondNotice("补正只能一次性告知，不得再次要求补正")
    if not named:
        raise NothingNamed("补正告知须写明需要补正的全部内容")
    if on < receipt.received_on:
        raise BeforeReceipt("补正告知日早于收件日")
    if on > window(receipt, calendar).day:
        raise LateNotice("已逾五个工作日未告知，自收到申请材料之日起即为受理")
    return replace(receipt, asked_on=on, named=named)


def correct(receipt: Receipt, *, on: date) -> Receipt:
    """The applicant hands in what was asked (行政许可法第三十二条第一款第五项). Raises NoNotice,
    BeforeReceipt.
    """
    if receipt.asked_on is None:
        raise NoNotice("没有补正告知，无需补正")
    if on < receipt.asked_on:
        raise BeforeReceipt("补正日早于补正告知日")
    return replace(receipt, corrected_on=on)


def accept(receipt: Receipt, *, on: date, calendar: Calendar) -> Accepted:
    """Accepts on that day, or finds that the law already had
    (行政许可法第三十二条第一款第四、五项).

    Raises AwaitingCorrection, BeforeReceipt.
    """
    if on < _complete_since(receipt):
        raise BeforeReceipt("受理日早于收件日")
    now = standing(receipt, calendar, on)
    if now is Standing.AWAITING_CORRECTION:
        raise AwaitingCorrection("申请人尚未提交补正材料")
    return silence(receipt, calendar, on) or Accepted(on, by_silence=False)


def refuse(
    receipt: Receipt, ground: RefusalGround, *, on: date, calendar: Calendar, turn_to: str = ""
) -> NotAccepted:
    """不予受理 (行政许可法第三十二条第一款第一、二项).

    `turn_to`: the right authority's name, or the sentence that it is not in our data. Raises
    BeforeReceipt, AcceptedBySilence, NoRightAuthority, NoNotice.
    """
    if on < receipt.received_on:
        raise BeforeReceipt("不予受理日早于收件日")
    if standing(receipt, calendar, on) is Standing.ACCEPTED_BY_SILENCE:
        raise AcceptedBySilence("已逾五个工作日，自收到申请材料之日起即为受理，不得再不予受理")
    if ground is RefusalGround.NOT_OUR_POWER and not turn_to.strip():
        raise NoRightAuthority("不属于本机关职权的，须告知申请人向有关行政机关申请")
    if ground is RefusalGround.NOT_CORRECTED and receipt.asked_on is None:
        raise NoNotice("未曾一次性告知补正内容，不得以材料不齐全为由不予受理")
    return NotAccepted(on, ground, turn_to.strip())


def _complete_since(receipt: Receipt) -> date:
    return receipt.corrected_on or receipt.received_on
