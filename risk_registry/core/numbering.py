"""Filing and registration numbers (DOMAIN §4.6). The counter that hands them out lives with the filings."""

from __future__ import annotations

import re
from functools import lru_cache

from risk_registry.core.codes import normalise_document_number
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_

DEFAULT_PATTERN = "{short}稳评备〔{year}〕{seq}号"
_PLACES = re.compile(r"\{(short|year|seq)\}")
_REGISTRATION = re.compile(r"([0-9]{6})-((?:19|20)[0-9]{2})-([0-9]{4}|[1-9][0-9]{4,8})")
_YEARS = range(1900, 2101)


#: The places of a pattern as people write them.
_WRITTEN = {"{简称}": "{short}", "{年份}": "{year}", "{序号}": "{seq}"}


def read_pattern(written: str) -> str:
    """The pattern of what people write with {简称}, {年份} and {序号}."""
    for words, name in _WRITTEN.items():
        written = written.replace(words, name)
    return written


def written_pattern(pattern: str) -> str:
    """The pattern as people read and write it."""
    for words, name in _WRITTEN.items():
        pattern = pattern.replace(name, words)
    return pattern


def check_pattern(pattern: str) -> str:
    """The pattern itself; raises Refused unless it holds {year} and {seq} once each, {short} at most once."""
    names = _PLACES.findall(pattern)
    rest = _PLACES.sub("", pattern)
    if sorted(set(names)) != sorted(names) or not {"year", "seq"} <= set(names) or "{" in rest or "}" in rest:
        message = N_("编号格式应各含一个{年份}和{序号}，可含一个{简称}，例如 {简称}稳评备〔{年份}〕{序号}号")
        raise Refused.one("number_pattern", message)
    return pattern


def _check(year: int, seq: int) -> None:
    if year not in _YEARS or seq < 1:
        raise ValueError(f"no number for year {year}, sequence {seq}")


def format_number(pattern: str, *, short: str, year: int, seq: int) -> str:
    """The number as text, no leading zeros. Raises ValueError for a year outside 1900-2100 or a sequence below 1."""
    _check(year, seq)
    values = {"short": short, "year": str(year), "seq": str(seq)}
    return _PLACES.sub(lambda match: values[match.group(1)], pattern)


@lru_cache(maxsize=256)
def _matcher(pattern: str, short: str) -> re.Pattern[str]:
    parts = {"short": re.escape(short), "year": r"(?P<year>(?:19|20)[0-9]{2}|2100)", "seq": r"(?P<seq>[1-9][0-9]{0,8})"}
    out, end = [], 0
    for place in _PLACES.finditer(pattern):
        out += [re.escape(pattern[end : place.start()]), parts[place.group(1)]]
        end = place.end()
    return re.compile("".join(out) + re.escape(pattern[end:]))


def match_number(pattern: str, short: str, text: str) -> tuple[int, int] | None:
    """(year, sequence) when `text` is a number of this pattern, else None.

    Other brackets round the year and full-width digits, common in old ledgers, are understood; leading zeros are not.
    """
    matcher = _matcher(pattern, short)
    match = matcher.fullmatch(text) or matcher.fullmatch(normalise_document_number(text))
    return (int(match["year"]), int(match["seq"])) if match else None


def format_registration(region: str, year: int, seq: int) -> str:
    """500229-2024-0017: region code, year of declaration, sequence of at least four digits."""
    _check(year, seq)
    return f"{region}-{year}-{seq:04d}"


def parse_registration(text: str) -> tuple[str, int, int] | None:
    """(region, year, sequence) of a registration number, or None."""
    match = _REGISTRATION.fullmatch(text)
    if match is None or int(match[3]) == 0:
        return None
    return match[1], int(match[2]), int(match[3])
