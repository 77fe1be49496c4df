"""Codes that outside authorities issue: credit codes, project codes, document numbers, region codes (DOMAIN §6)."""

from __future__ import annotations

import re

from risk_registry.core.problems import Refused
from risk_registry.core.statements import Statement
from risk_registry.core.text_marks import N_

# GB 32100-2015: 31 characters, without I O S V Z.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# First place: the registering authority. A (army), N (agriculture: village collectives) and Y (others) are letters.
_REGISTRARS = "123456789ANY"
_USCC = re.compile(rf"[{_REGISTRARS}][{_ALPHABET}][0-9]{{6}}[{_ALPHABET}]{{10}}")

_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82".split()
)
_REGION = re.compile(r"[0-9]{6}(?:[0-9]{3}){0,2}")

# YYMM-区划-部门-类型-随机5校验1 since 2020-11, YYYY-区划-行业-类型-流水6 before.
_PROJECT = re.compile(r"([0-9]{4})-([0-9]{6})-([0-9]{2})-([0-9]{2})-([0-9]{6})")

# 区号-号码-分机, 号码, 400 and 800 numbers, short service numbers; several with a comma between.
_LANDLINE = re.compile(
    r"(?:0[0-9]{2,3}-?)?[2-9][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?|[48]00-?[0-9]{3}-?[0-9]{4}|1[0-9]{4}|9[0-9]{4,5}"
)
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_PHONE_MARKS = str.maketrans("０１２３４５６７８９－—–（）", "0123456789---()")

_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_YEAR_BRACKETS = re.compile(r"\s*[\[(（【［〔{｛]\s*((?:19|20)[0-9]{2})\s*[\])）】］〕}｝]\s*(?=[0-9]+\s*号)")
_DOCUMENT_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,16}〔(?:19|20)[0-9]{2}〕[1-9][0-9]{0,4}号")


def _check_character(code: str) -> str:
    total = sum(_VALUES[char] * weight for char, weight in zip(code, _WEIGHTS, strict=False))
    return _ALPHABET[(31 - total % 31) % 31]


def is_uscc(code: str) -> bool:
    """Whether `code` is a well-formed unified social credit code with a right check character."""
    return _USCC.fullmatch(code) is not None and _check_character(code) == code[17]


def check_uscc(code: str, *, field: str = "uscc", label: str = N_("统一社会信用代码")) -> str:
    """The code in capitals, blanks and hyphens between groups dropped (GB 32100-2015).

    Raises Refused for a wrong length, character, registering authority or check character.
    """
    plain = code.replace(" ", "").replace("-", "").upper()
    if len(plain) != 18:
        raise Refused.one(field, N_("%(label)s应为18位，现有%(count)d位，请核对"), label=label, count=len(plain))
    for position, char in enumerate(plain, 1):
        if char not in _VALUES:
            message = N_("%(label)s第%(position)d位“%(char)s”不在代码字符内（不用I、O、S、V、Z），请核对")
            raise Refused.one(field, message, label=label, position=position, char=char)
    if plain[0] not in _REGISTRARS:
        raise Refused.one(field, N_("%(label)s第1位“%(char)s”不是登记管理部门代码，请核对"), label=label, char=plain[0])
    if not plain[2:8].isdigit():
        raise Refused.one(field, N_("%(label)s第3至8位应为数字（登记机关行政区划），请核对"), label=label)
    if _check_character(plain) != plain[17]:
        message = N_("%(label)s校验位不符，可能有一位抄错，请对照证书核对")
        raise Refused.one(field, message, label=label)
    return plain


def project_code_check_digit(digits: str) -> int:
    """Check digit by ISO 7064 MOD 11,10 over the first 19 digits."""
    product = 10
    for digit in digits[:19]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10


def check_project_code(code: str) -> tuple[Statement, ...]:
    """Warnings on an investment project code (GB/T 40058-2021); empty when nothing is odd. Never refuses.

    The check digit is compared only in codes of the form used since 2020-11, which begin with year and month.
    """
    match = _PROJECT.fullmatch(code.strip().translate(_DIGITS))
    if match is None:
        return (Statement(N_("投资项目代码一般为24位，形如2603-141124-89-05-346948，请核对")),)
    warnings = []
    lead, region = match.group(1), match.group(2)
    if region[:2] not in _PROVINCES and region[:2] != "00":
        warnings.append(Statement(N_("投资项目代码第2段“%(region)s”不像行政区划代码，请核对"), {"region": region}))
    old_form = 2014 <= int(lead) <= 2020
    if not old_form and not 1 <= int(lead[2:]) <= 12:
        warnings.append(Statement(N_("投资项目代码第1段“%(lead)s”应为两位年份和两位月份，请核对"), {"lead": lead}))
    digits = "".join(match.groups())
    # 2014 to 2020 read as year and month too (2020-12 as "2012"), so those are left to the old form, without a check.
    if not old_form and project_code_check_digit(digits) != int(digits[19]):
        warnings.append(Statement(N_("投资项目代码末位校验不符，请对照赋码通知核对")))
    return tuple(warnings)


def normalise_document_number(text: str) -> str:
    """Brackets round the year become 〔〕, blanks beside them go; keep the raw text too (GB/T 9704-2012).

    Any other part stays as it was, so a number of another form comes back unchanged.
    """
    plain = text.strip()
    folded = plain.translate(_DIGITS)
    changed, count = _YEAR_BRACKETS.subn(r"〔\1〕", folded)
    return re.sub(r"(?<=[0-9])\s+(?=号)", "", changed) if count else plain


def is_document_number(text: str) -> bool:
    """Whether `text` is 机关代字〔yyyy〕n号: six-angle brackets, no leading zero, no 第."""
    return _DOCUMENT_NUMBER.fullmatch(text) is not None


def check_region_code(code: str, *, field: str = "region_code", label: str = N_("行政区划代码")) -> str:
    """A GB/T 2260 code of 6 digits, or 9 (township) or 12 (village) digits. Raises Refused otherwise."""
    plain = code.strip().translate(_DIGITS)
    if _REGION.fullmatch(plain) is None:
        raise Refused.one(field, N_("%(label)s应为6位、9位或12位数字，例如500229，请核对"), label=label)
    if plain[:2] not in _PROVINCES:
        raise Refused.one(field, N_("%(label)s前两位“%(code)s”不是省级代码，请核对"), label=label, code=plain[:2])
    return plain


def check_office_phone(code: str, *, field: str = "office_phone", label: str = N_("办公电话")) -> str:
    """A landline of an office: 023-59220000, 59220000-802, 12345. Raises Refused for a mobile number or another form.

    A contact of the registry is an office, not a person (DOMAIN §0.12, §8a duty_contact).
    """
    numbers = []
    for part in re.split(r"[、,，;；/]", code.strip().translate(_PHONE_MARKS)):
        plain = re.sub(r"\s+", "-", part.strip())
        plain = re.sub(r"-+", "-", plain.replace("(", "").replace(")", "-")).strip("-")
        if _MOBILE.fullmatch(plain.replace("-", "")):
            raise Refused.one(field, N_("%(label)s不能填手机号码，请填办公座机，如023-59220000"), label=label)
        if _LANDLINE.fullmatch(plain) is None:
            raise Refused.one(
                field, N_("%(label)s请填办公座机：区号-号码，有分机的加-分机，如023-59220000-802"), label=label
            )
        numbers.append(plain)
    return "、".join(numbers)
