"""From what a person or a workbook wrote to a typed value, and back to text: one reading for every path in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from risk_registry.core.fields import Field, Kind
from risk_registry.core.personal_data import personal_data_problems
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text import clean_text
from risk_registry.core.text_marks import N_

Raw = str | int | float | Decimal | date | datetime | bool | None
Value = str | int | Decimal | date | bool | None

FIRST_YEAR, LAST_YEAR = 1900, 2100
# Both engines keep an INTEGER column in 32 bits at the least.
LARGEST_INTEGER = 2_147_483_647
# DECIMAL(16,2) 万元 and DECIMAL(12,4) 公顷.
MONEY_PLACES, LARGEST_MONEY = 2, Decimal("99999999999999.99")
AREA_PLACES, LARGEST_AREA = 4, Decimal("99999999.9999")
RATIO_PLACES = 4
# As many digits as decimal arithmetic keeps exactly.
_LONGEST_NUMBER = 28
_LONGEST_SHOWN = 40
# A whole number above this is no longer exact in the cell it came from (15 digits in a workbook).
_EXACT_FLOAT = 10**15

_FOLD = str.maketrans("０１２３４５６７８９．，－／＋　\u00a0", "0123456789.,-/+  ")
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))(?:[ T]00?:00(?::00(?:\.0+)?)?)?"
)
_PLAIN = r"[0-9]+(?:\.[0-9]+)?|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_WHOLE = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?")
_MONEY = re.compile(rf"([+-]?)(?:({_PLAIN})(万元|万|亿元|亿|元)?|([0-9]+(?:\.[0-9]+)?)亿([0-9]+(?:\.[0-9]+)?)万元?)")
_RATIO = re.compile(r"([0-9]*\.[0-9]+|[0-9]+\.?)([%％]?)")
_AREA = re.compile(rf"([+-]?)({_PLAIN})(公顷|ha|亩|平方米|㎡|m²)?", re.IGNORECASE)
_WAN = {"": Decimal(1), "万": Decimal(1), "万元": Decimal(1), "亿": Decimal(10000), "亿元": Decimal(10000)}

_DATE_FAULT = N_("%(label)s“%(value)s”不是日期，请按2024-03-05或2024年3月5日填写")
_NO_SUCH_DAY = N_("%(label)s“%(value)s”没有这一天，请核对")
_YEAR_FAULT = N_("%(label)s的年份应在%(first)s至%(last)s之间，现为“%(value)s”")
_INTEGER_FAULT = N_("%(label)s“%(value)s”不是整数，请只填数字，不带单位和小数")
_NUMBER_FAULT = N_("%(label)s“%(value)s”不是数字，请只填数字")
_MONEY_FAULT = N_("%(label)s“%(value)s”不是金额，请填写以万元为单位的数字，例如299.65，也可写1.2亿")
_AREA_FAULT = N_("%(label)s“%(value)s”不是面积，请填写以公顷为单位的数字，例如32.1793，也可写482.69亩")
_RATIO_FAULT = N_("%(label)s“%(value)s”不是0至1之间的数，请填写如0.35，也可写35%%")
_PLACES_FAULT = N_("%(label)s“%(value)s”的小数位过多，最多%(places)s位，请四舍五入后填写")
_TOO_SMALL = N_("%(label)s不能小于%(limit)s，现为%(value)s")
_TOO_LARGE = N_("%(label)s不能大于%(limit)s，现为%(value)s")
_TOO_LONG = N_("%(label)s最多%(limit)s个字，现有%(count)s个字，请删减")
_NOT_A_CHOICE = N_("%(label)s“%(value)s”不在可选范围内，请从列表中选择")
_YES_OR_NO = N_("%(label)s“%(value)s”请填“是”或“否”")
_REQUIRED = N_("请填写%(label)s")
_LOST_DIGITS = N_("%(label)s在表格中是数字，超过15位的部分已经丢失，请把单元格改为文本后重新填写")

_ORGANISATION_ID = re.compile(r"[1-9][0-9]{0,17}")
_YES = frozenset(["是", "有", "√", "✓", "1", "true", "yes", "y", "on"])
_NO = frozenset(["否", "无", "×", "✗", "0", "false", "no", "n", "off"])


def _shown(raw: object) -> str:
    if isinstance(raw, int) and abs(raw) >= 10**_LONGEST_SHOWN:
        return "…"  # Python itself declines to write out integers of many digits
    text = str(raw)
    # Hidden characters of a refused value must not ride on in the message.
    text = "".join(char if char.isprintable() else "?" for char in text[: _LONGEST_SHOWN + 1])
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _fold(raw: str) -> str:
    return (raw if raw.isascii() else raw.translate(_FOLD)).strip(" \t\r\n")


def _in_years(day: date, *, field: str, label: str, raw: object) -> date:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    raise Refused.one(field, _YEAR_FAULT, label=label, first=FIRST_YEAR, last=LAST_YEAR, value=_shown(raw))


@lru_cache(maxsize=4096)
def _read_date(text: str) -> date | None:
    """None when the text has another form; ValueError when there is no such day. Dates repeat in a ledger."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part is not None)
    return date(year, month, day)


def parse_date(raw: Raw, *, field: str = "", label: str = N_("日期")) -> date | None:
    """A day written 2024-03-05, 2024/3/5, 2024.03.05, 2024年3月5日 or 20240305, or a date cell; None when empty.

    Full-width digits count as digits; a time of midnight is dropped. Years 1900 to 2100. Raises Refused.
    """
    if raw is None or raw == "":
        return None
    if isinstance(raw, datetime):
        if raw.tzinfo is not None:
            raise Refused.one(field, _DATE_FAULT, label=label, value=_shown(raw))
        return _in_years(raw.date(), field=field, label=label, raw=raw)
    if isinstance(raw, date):
        return _in_years(raw, field=field, label=label, raw=raw)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = _fold(raw if isinstance(raw, str) else _shown(raw)) if isinstance(raw, str | int) else "?"
    if not text:
        return None
    try:
        day = _read_date(text) if len(text) <= _LONGEST_SHOWN else None
    except ValueError:
        raise Refused.one(field, _NO_SUCH_DAY, label=label, value=_shown(raw)) from None
    if day is None:
        raise Refused.one(field, _DATE_FAULT, label=label, value=_shown(raw))
    return _in_years(day, field=field, label=label, raw=raw)


def _number_text(raw: Raw, fault: str, *, field: str, label: str) -> str:
    """Digits as text for every kind of raw number; "" when empty. Refuses truth values, dates, NaN and infinity."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        text = _fold(raw)
        if len(text) <= _LONGEST_NUMBER:
            return text
    elif isinstance(raw, Decimal):
        if raw.is_finite() and abs(raw.adjusted()) < _LONGEST_NUMBER and len(raw.as_tuple().digits) <= _LONGEST_NUMBER:
            return format(raw, "f")
    elif isinstance(raw, float):
        # A workbook computes and shows 15 digits; the binary tail behind them is no one's figure.
        if abs(raw) < _EXACT_FLOAT:
            return format(Decimal(format(raw, ".15g")), "f")
    elif isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 10**_LONGEST_NUMBER:
        return str(raw)
    raise Refused.one(field, fault, label=label, value=_shown(raw))


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ranged(
    number: Decimal, minimum: Decimal | None, maximum: Decimal | None, largest: Decimal, *, field: str, label: str
) -> None:
    low = -largest if minimum is None else max(minimum, -largest)
    high = largest if maximum is None else min(maximum, largest)
    if number < low:
        raise Refused.one(field, _TOO_SMALL, label=label, limit=_plain(low), value=_plain(number))
    if number > high:
        raise Refused.one(field, _TOO_LARGE, label=label, limit=_plain(high), value=_plain(number))


def parse_integer(
    raw: Raw,
    *,
    field: str = "",
    label: str = N_("数量"),
    minimum: Decimal | None = Decimal(0),
    maximum: Decimal | None = None,
) -> int | None:
    """A whole number; None when empty. Thousands commas and a zero fraction (12.0) are read, 1_000 is not."""
    text = _number_text(raw, _INTEGER_FAULT, field=field, label=label)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        if _WHOLE.fullmatch(text) is None:
            raise Refused.one(field, _INTEGER_FAULT, label=label, value=_shown(raw))
        text = text.partition(".")[0].replace(",", "")
    number = int(text)
    _ranged(Decimal(number), minimum, maximum, Decimal(LARGEST_INTEGER), field=field, label=label)
    return number


def _placed(number: Decimal, places: int, *, raw: object, field: str, label: str) -> Decimal:
    fixed = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if fixed != number:
        raise Refused.one(field, _PLACES_FAULT, label=label, value=_shown(raw), places=places)
    return fixed + 0  # -0.00 becomes 0.00


def parse_money_wan(
    raw: Raw,
    *,
    field: str = "",
    label: str = N_("金额（万元）"),
    minimum: Decimal | None = Decimal(0),
    maximum: Decimal | None = None,
) -> Decimal | None:
    """An amount in 万元 with exactly two places; None when empty.

    A bare number is 万元; 万, 亿 and 元 are converted exactly (1.2亿 is 12000.00, 1亿2000万 too). More than two places
    of 万元 are refused rather than rounded: the figure must equal the paper it came from.
    """
    text = _number_text(raw, _MONEY_FAULT, field=field, label=label)
    if not text:
        return None
    match = _MONEY.fullmatch(text)
    if match is None:
        raise Refused.one(field, _MONEY_FAULT, label=label, value=_shown(raw))
    sign, plain, unit, hundred_million, ten_thousand = match.groups()
    if plain is not None:
        number = Decimal(plain.replace(",", ""))
        number = number.scaleb(-4) if unit == "元" else number * _WAN[unit or ""]
    else:
        number = Decimal(hundred_million) * 10000 + Decimal(ten_thousand)
    number = -number if sign == "-" else number
    _ranged(number, minimum, maximum, LARGEST_MONEY, field=field, label=label)
    return _placed(number, MONEY_PLACES, raw=raw, field=field, label=label)


def parse_area(
    raw: Raw,
    *,
    field: str = "",
    label: str = N_("面积（公顷）"),
    minimum: Decimal | None = Decimal(0),
    maximum: Decimal | None = None,
) -> Decimal | None:
    """An area in 公顷 with exactly four places; None when empty.

    A bare number is 公顷; 亩 (15 to the hectare) and ㎡ are converted and rounded half up to four places.
    """
    text = _number_text(raw, _AREA_FAULT, field=field, label=label)
    if not text:
        return None
    match = _AREA.fullmatch(text)
    if match is None:
        raise Refused.one(field, _AREA_FAULT, label=label, value=_shown(raw))
    sign, plain, unit = match.groups()
    number = Decimal(sign + plain.replace(",", ""))
    if unit == "亩":
        number = (number / 15).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
    elif unit and unit.lower() not in ("公顷", "ha"):
        number = (number / 10000).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
    _ranged(number, minimum, maximum, LARGEST_AREA, field=field, label=label)
    return _placed(number, AREA_PLACES, raw=raw, field=field, label=label)


def parse_ratio(raw: Raw, *, field: str = "", label: str = N_("比例")) -> Decimal | None:
    """A number from 0 to 1 with at most four places; None when empty. 35% is 0.35 (DOMAIN §8a, factor.p q w)."""
    text = _number_text(raw, _RATIO_FAULT, field=field, label=label)
    if not text:
        return None
    match = _RATIO.fullmatch(text)
    number = Decimal(match.group(1)) / (100 if match.group(2) else 1) if match is not None else None
    if number is None or number > 1:
        raise Refused.one(field, _RATIO_FAULT, label=label, value=_shown(raw))
    return _placed(number, RATIO_PLACES, raw=raw, field=field, label=label)


def parse_boolean(raw: Raw, *, field: str = "", label: str = N_("是否")) -> bool | None:
    """是/否, 有/无, √/×, 1/0; None when empty."""
    if raw is None or isinstance(raw, bool):
        return raw
    word = _fold(_cell_text(raw, field=field, label=label)).lower()
    if not word:
        return None
    if word not in _YES and word not in _NO:
        raise Refused.one(field, _YES_OR_NO, label=label, value=_shown(raw))
    return word in _YES


def _cell_text(raw: Raw, *, field: str, label: str) -> str:
    """Any raw value as the text its cell shows."""
    if isinstance(raw, str):
        return raw
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time().isoformat() == "00:00:00" else raw.isoformat(" ", "minutes")
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, float) and abs(raw) >= _EXACT_FLOAT:
        raise Refused.one(field, _LOST_DIGITS, label=label)
    return _number_text(raw, _NUMBER_FAULT, field=field, label=label)


def _parse_text(field: Field, raw: Raw) -> str | None:
    text = raw if isinstance(raw, str) else _cell_text(raw, field=field.name, label=field.label)
    clean = clean_text(text, multiline=field.kind is Kind.LONG_TEXT, field=field.name, label=field.label)
    if not clean:
        return None
    if field.length is not None and len(clean) > field.length:
        raise Refused.one(field.name, _TOO_LONG, label=field.label, limit=field.length, count=len(clean))
    if field.guarded:
        nameless = field.official or field.kind is Kind.CODE
        found = personal_data_problems(clean, field=field.name, label=field.label, code=nameless)
        if found:
            raise Refused(found)
    return clean if field.check is None else field.check(clean, field=field.name, label=field.label)


def _parse_choice(field: Field, raw: Raw) -> Value:
    text = raw if isinstance(raw, str) else _cell_text(raw, field=field.name, label=field.label)
    return clean_text(text, multiline=False, field=field.name, label=field.label) or None


def _parse_organisation(field: Field, raw: Raw) -> Value:
    text = _parse_choice(field, raw)
    if isinstance(text, str) and _ORGANISATION_ID.fullmatch(text):
        return int(text)
    return text


def _zero_or(field: Field) -> Decimal:
    return Decimal(0) if field.minimum is None else field.minimum


_PARSERS: Mapping[Kind, Callable[[Field, Raw], Value]] = {
    Kind.TEXT: _parse_text,
    Kind.LONG_TEXT: _parse_text,
    Kind.CODE: _parse_text,
    Kind.DATE: lambda field, raw: parse_date(raw, field=field.name, label=field.label),
    Kind.INTEGER: lambda field, raw: parse_integer(
        raw, field=field.name, label=field.label, minimum=_zero_or(field), maximum=field.maximum
    ),
    Kind.MONEY: lambda field, raw: parse_money_wan(
        raw, field=field.name, label=field.label, minimum=_zero_or(field), maximum=field.maximum
    ),
    Kind.AREA: lambda field, raw: parse_area(
        raw, field=field.name, label=field.label, minimum=_zero_or(field), maximum=field.maximum
    ),
    Kind.RATIO: lambda field, raw: parse_ratio(raw, field=field.name, label=field.label),
    Kind.CHOICE: _parse_choice,
    Kind.ORGANISATION: _parse_organisation,
    Kind.BOOLEAN: lambda field, raw: parse_boolean(raw, field=field.name, label=field.label),
}


def parse(field: Field, raw: Raw, *, choices: Mapping[str, str | int] | None = None, required: bool = False) -> Value:
    """The typed value of one input; None when it is empty. Raises Refused naming the field and the cure.

    `choices` maps what may be written (codes, labels, former labels, organisation names) to what is stored, for
    CHOICE and ORGANISATION; without it the cleaned text (a number for an organisation id) is returned unchecked.
    """
    value: Value = None
    if raw is not None and raw != "":
        if choices is not None and field.kind in (Kind.CHOICE, Kind.ORGANISATION):
            text = _parse_choice(field, raw)
            value = choices.get(str(text)) if text is not None else None
            if text is not None and value is None:
                raise Refused.one(field.name, _NOT_A_CHOICE, label=field.label, value=_shown(text))
        else:
            value = _PARSERS[field.kind](field, raw)
    if value is None and required:
        raise Refused((Problem(field.name, _REQUIRED, {"label": field.label}),))
    return value


def render(field: Field, value: Value) -> str:
    """The value as text for forms and CSV; `parse` reads it back to the same value. Money 2 places, area 4."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        places = {Kind.MONEY: MONEY_PLACES, Kind.AREA: AREA_PLACES}.get(field.kind)
        return _plain(value) if places is None else format(value.quantize(Decimal(1).scaleb(-places)), "f")
    return str(value)


def chinese_date(day: date) -> str:
    """2024年3月5日, without leading zeros, as documents write it (DOMAIN §6)."""
    return f"{day.year}年{day.month}月{day.day}日"
