"""Case numbers and identity codes, checked against python-stdnum where it can be trusted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_37_36

from law.casenumber import ALPHABET, CaseNumber, NotACaseNumber, check_character, make, parse
from law.identifiers import (
    NotACreditCode,
    NotAProjectCode,
    NotAResidentNumber,
    credit_code,
    project_code,
    resident,
)
from tests.law.builders import quick

DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))
SERIALS = st.integers(1, 10**8 - 1)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def test_a_case_number_reads_as_day_serial_and_check() -> None:
    assert make(date(2026, 3, 2), 17) == "2026030200000017" + check_character("2026030200000017")
    assert make(date(2026, 3, 2), 17, rehearsal=True).startswith("YL20260302")
    assert str(CaseNumber(date(2026, 3, 2), 17)) == make(date(2026, 3, 2), 17)


@quick
@given(DAYS, SERIALS, st.booleans())
def test_what_is_made_is_read_back(day: date, serial: int, rehearsal: bool) -> None:
    number = make(day, serial, rehearsal=rehearsal)
    assert len(number) == (19 if rehearsal else 17)
    assert parse(f" {number[:6].lower()} {number[6:].lower()} ") == CaseNumber(
        day, serial, rehearsal
    )


@quick
@given(st.text(ALPHABET, min_size=1, max_size=20))
def test_the_check_character_is_that_of_iso_7064(text: str) -> None:
    assert check_character(text) == mod_37_36.calc_check_digit(text)


@quick
@given(DAYS, SERIALS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(day: date, serial: int, at: int, by: int) -> None:
    number = make(day, serial)
    if not number[at].isdigit():
        return
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    with pytest.raises(NotACaseNumber):
        parse(wrong)


def _read(number: str) -> bool:
    try:
        parse(number)
    except NotACaseNumber:
        return False
    return True


def test_hardly_any_two_digits_the_wrong_way_round_go_unnoticed() -> None:
    numbers = [make(date(2026, 3, 2), serial) for serial in range(13, 90_000_000, 90_001)]
    swapped = [
        number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        for number in numbers
        for at in range(16)
        if number[at] != number[at + 1]
    ]
    assert sum(map(_read, swapped)) < len(swapped) / 200


def _with_check(body: str) -> str:
    return body + check_character(body)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "YL",
        "2026030200000017",
        _with_check("2026023000000017"),
        _with_check("2026030200000000"),
        _with_check("202603020000001A"),
        "XX" + make(date(2026, 3, 2), 17),
        "２０２６0302000000170",
    ],
)
def test_what_is_no_case_number_is_refused(text: str) -> None:
    with pytest.raises(NotACaseNumber):
        parse(text)


@pytest.mark.parametrize("serial", [0, 10**8, -1])
def test_a_serial_has_eight_digits(serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        make(date(2026, 3, 2), serial)


@quick
@given(st.text(USCC_ALPHABET, min_size=9, max_size=9), st.sampled_from(["91", "11", "12"]))
def test_credit_codes_agree_with_stdnum(subject: str, kind: str) -> None:
    body = f"{kind}360702{subject}"
    right = body + uscc.calc_check_digit(body)
    assert credit_code(right.lower()) == right
    for last in USCC_ALPHABET:
        if last != right[-1]:
            with pytest.raises(NotACreditCode):
                credit_code(body + last)


@pytest.mark.parametrize(
    "text",
    ["", "91110000600037341", "9111000060003734I1", "91110000600037341M", "91A10000600037341L"],
)
def test_what_is_no_credit_code_is_refused(text: str) -> None:
    with pytest.raises(NotACreditCode):
        credit_code(text)


def test_a_known_credit_code_passes() -> None:
    assert credit_code("9111 0000 6000 3734 1l") == "91110000600037341L"


@quick
@given(st.dates(date(1998, 1, 1), date(2020, 12, 31)), st.integers(0, 999))
def test_resident_numbers_agree_with_stdnum_where_it_knows_the_county(
    birth: date, order: int
) -> None:
    body = f"360702{birth:%Y%m%d}{order:03d}"
    right = next(c for c in "0123456789X" if ric.is_valid(body + c))
    assert resident(body + right.lower()).birth == birth
    for last in "0123456789X":
        if last != right:
            with pytest.raises(NotAResidentNumber):
                resident(body + last)


def _resident(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


@pytest.mark.parametrize("region", ["330114", "360711", "810000", "830000"])
def test_regions_stdnum_stumbles_over_are_no_fault(region: str) -> None:
    assert resident(_resident(f"{region}19900101001")).region == region


@pytest.mark.parametrize(
    "text", ["", _resident("36070219900230001"), "3607021990010100", "36070219900101001Y"]
)
def test_what_is_no_resident_number_is_refused(text: str) -> None:
    with pytest.raises(NotAResidentNumber):
        resident(text)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("2312-360702-04-01-123456", True),
        (" 2312-360702-04-01-123456 ", True),
        ("2312-360702-04-01-12345", False),
        ("2312360702040112345600", False),
        ("２312-360702-04-01-123456", False),
    ],
)
def test_a_project_code_has_its_form(text: str, right: bool) -> None:
    if right:
        assert project_code(text) == text.strip()
    else:
        with pytest.raises(NotAProjectCode):
            project_code(text)
