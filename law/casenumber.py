"""The case number: day, serial and check character, one for a filing and its case."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from law.breach import Breach

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REHEARSAL: Final = "YL"
_DATE, _SERIAL = 8, 8


class NotACaseNumber(Breach):
    """Not well-formed: length, day or check character."""

    source = "GB/T 39046-2020"


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """`day` is the civil day it was allotted. `rehearsal`: from the series of 演练."""

    day: date
    serial: int
    rehearsal: bool = False

    def __str__(self) -> str:
        return make(self.day, self.serial, rehearsal=self.rehearsal)


def check_character(text: str) -> str:
    """ISO 7064 MOD 37,36 over digits and capital letters (行政许可法第三十二条: the voucher's
    number).
    """
    state = 36
    for character in text:
        state = (state + ALPHABET.index(character)) % 36 or 36
        state = state * 2 % 37
    return ALPHABET[(1 - state) % 36]


def make(day: date, serial: int, *, rehearsal: bool = False) -> str:
    """YYYYMMDD, eight digits, check character; rehearsals begin with YL (行政许可法第三十二条: the
    voucher's number).
    """
    if not 1 <= serial < 10**_SERIAL:
        raise ValueError("the serial has one to eight digits")
    body = f"{day:%Y%m%d}{serial:08d}"
    return (REHEARSAL if rehearsal else "") + body + check_character(body)


def parse(text: str) -> CaseNumber:
    """Reads a number as typed, blanks and small letters forgiven (行政许可法第三十二条). Raises
    NotACaseNumber.
    """
    number = "".join(text.split()).upper()
    rehearsal = number.startswith(REHEARSAL)
    body, check = number.removeprefix(REHEARSAL)[:-1], number[-1:]
    if len(body) != _DATE + _SERIAL or not (body.isascii() and body.isdigit()):
        raise NotACaseNumber("办件编号应为8位日期、8位序号和1位校验码")
    if check != check_character(body):
        raise NotACaseNumber("办件编号校验码不符，请核对是否输错")
    try:
        day = date(int(body[:4]), int(body[4:6]), int(body[6:8]))
    except ValueError as error:
        raise NotACaseNumber("办件编号中的日期不存在") from error
    if not int(body[_DATE:]):
        raise NotACaseNumber("办件编号的序号从1起")
    return CaseNumber(day, int(body[_DATE:]), rehearsal)
