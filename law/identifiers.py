"""Identity codes: of organisations, of persons, of investment projects. Own code, checked in
tests.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from law.breach import Breach

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS: Final = "10X98765432"
_PROJECT: Final = re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}")


class NotACreditCode(Breach):
    """Not a unified social credit code (统一社会信用代码)."""

    source = "GB 32100-2015"


class NotAResidentNumber(Breach):
    """Not a citizen's number (公民身份号码)."""

    source = "GB 11643-1999"


class NotAProjectCode(Breach):
    """Not an investment project code (投资项目代码)."""

    source = "企业投资项目核准和备案管理条例第四条"


@dataclass(frozen=True, slots=True)
class Resident:
    """What the number itself says. The region may be one that no longer exists: that is no
    fault.
    """

    number: str
    region: str
    birth: date


def credit_code(text: str) -> str:
    """The code in capitals, its check character verified (国发〔2015〕33号; GB 32100-2015). Raises
    NotACreditCode.

    The inner check of the organisation code is not asked: old codes fail it.
    """
    code = "".join(text.split()).upper()
    if len(code) != 18 or any(c not in _USCC_ALPHABET for c in code):
        raise NotACreditCode("统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z）")
    if not code[2:8].isdigit():
        raise NotACreditCode("统一社会信用代码第3至8位应为行政区划数字")
    weighed = zip(code, _USCC_WEIGHTS, strict=False)
    total = sum(_USCC_ALPHABET.index(c) * w for c, w in weighed)
    if code[17] != _USCC_ALPHABET[-total % 31]:
        raise NotACreditCode("统一社会信用代码校验码不符，请核对是否输错")
    return code


def resident(text: str) -> Resident:
    """Length, digits, a real birth date and the check character (居民身份证法第三条; GB
    11643-1999).

    Residence permits of Hong Kong, Macao and Taiwan people (81, 82, 83) pass as well. Raises
    NotAResidentNumber.
    """
    number = "".join(text.split()).upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise NotAResidentNumber("公民身份号码应为17位数字和1位校验码")
    total = sum(int(c) * w for c, w in zip(number, _RESIDENT_WEIGHTS, strict=False))
    if number[17] != _RESIDENT_CHECKS[total % 11]:
        raise NotAResidentNumber("公民身份号码校验码不符，请核对是否输错")
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise NotAResidentNumber("公民身份号码中的出生日期不存在") from error
    return Resident(number, number[:6], birth)


def project_code(text: str) -> str:
    """YYYY-region-NN-NN-NNNNNN, 24 characters (企业投资项目核准和备案管理条例第四条). Raises
    NotAProjectCode.
    """
    code = "".join(text.split())
    if not _PROJECT.fullmatch(code):
        raise NotAProjectCode("投资项目代码应形如 2312-360702-04-01-123456")
    return code
