"""Reads the lines of the State Council's yearly notice on holidays (放假调休) into days off and days worked.

Understood are the notice's own sentences and the short lines people type, such as
``1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。`` Nothing is guessed: what can be read in two ways
is a problem that names the line. A weekday written behind a date and the number of days of a holiday are checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from risk_registry.core.problems import Problem
from risk_registry.core.text_marks import N_

_SATURDAY = 5
_LONGEST = 15
_WEEKDAYS = "一二三四五六日"

_FULL_WIDTH = str.maketrans("０１２３４５６７８９－～（）", "0123456789-~()")
_TOKEN = re.compile(
    r"(?P<iso>(?P<iy>\d{4})[-./](?P<im>\d{1,2})[-./](?P<id>\d{1,2})(?!\d))"
    r"|(?P<date>(?:(?P<y>\d{4})\s*年\s*)?(?:(?P<m>\d{1,2})\s*月\s*)?(?P<d>\d{1,2})\s*日)"
    r"|(?P<week>\([^()]*?(?:周|星期)(?P<w>[一二三四五六日天])[^()]*\))"
    r"|(?P<note>\([^()]*\))"
    r"|(?P<total>共\s*(?P<n>\d{1,2})\s*天)"
    r"|(?P<verb>不放假|不上班|放假|休息|上班|补班)"
    r"|(?P<to>至|到|—+|-+|~)"
    r"|(?P<and>[、，,和及与]|以及)"
    r"|(?P<end>[。；;])"
    r"|(?P<year>\d{4}\s*年(?!\s*\d))"
    r"|(?P<digits>\d+)"
    r"|(?P<other>[^\d()至到、，,和及与。；;放休上补不共—~-]+|.)"
)

_NO_DATE = N_("第%(line)d行：“%(text)s”不是日期，请核对，日期写成1月1日的样子")
_IMPOSSIBLE = N_("第%(line)d行：没有“%(text)s”这一天，请核对")
_NO_MONTH = N_("第%(line)d行：“%(text)s”没有写明月份，请补上")
_OPEN_RANGE = N_("第%(line)d行：“至”的前后应各有一个日期，请核对")
_BACKWARDS = N_("第%(line)d行：%(first)s至%(last)s，后一个日期应晚于前一个，请核对；跨年的请写明年份")
_TOO_LONG = N_("第%(line)d行：%(first)s至%(last)s超过十五天，请核对")
_NO_VERB = N_("第%(line)d行：%(day)s后面没有写放假还是上班，请补上")
_NO_DAYS = N_("第%(line)d行：“%(verb)s”前面没有日期，请补上")
_TWO_WAYS = N_("第%(line)d行：“%(verb)s”说不清是放假还是上班，请改写为放假或上班")
_WRONG_WEEKDAY = N_("第%(line)d行：%(day)s是周%(right)s，文中写的是周%(written)s，请核对")
_WRONG_TOTAL = N_("第%(line)d行：文中写共%(written)d天，日期算得%(right)d天，请核对")
_OTHER_YEAR = N_("第%(line)d行：%(day)s不在%(year)d年，请核对年份")
_BOTH = N_("第%(line)d行：%(day)s既写了放假又写了上班，请核对")
_WORKS_ANYWAY = N_("第%(line)d行：%(day)s是周%(right)s，本来就上班，请核对")


@dataclass(frozen=True)
class NamedDay:
    """A day the notice names. ``plain``: the plain week says the same of it, so that it is no exception."""

    day: date
    working: bool
    plain: bool


@dataclass
class Notice:
    """What was understood, and what was not: with ``problems`` nothing of it may be used."""

    days: list[NamedDay] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def exceptions(self) -> dict[date, bool]:
        """The days that differ from the plain week: whether they are worked."""
        return {named.day: named.working for named in self.days if not named.plain}


def read_notice(text: str, year: int, *, name: str = "lines") -> Notice:
    """The days the lines of a year's notice name; ``name`` is the field that problems are reported at.

    The last days of December before the year and the first of January after it belong to the notice, too, when their
    year is written out.
    """
    reader = _Reader(year, name)
    for number, line in enumerate(text.translate(_FULL_WIDTH).splitlines(), 1):
        reader.read(number, line)
    return reader.notice()


class _Reader:
    """Walks over one line after the other; dates wait until a verb says what they are."""

    def __init__(self, year: int, name: str) -> None:
        self._year, self._name, self._line = year, name, 0
        self._found: dict[date, bool] = {}
        self._problems: list[Problem] = []
        self._start()

    def _start(self) -> None:
        self._waiting: list[date] = []
        self._last: date | None = None
        self._range_from: date | None = None
        self._off = 0
        self._faulty = False

    def notice(self) -> Notice:
        days = []
        for day, working in sorted(self._found.items()):
            days.append(NamedDay(day, working, (day.weekday() < _SATURDAY) == working))
        return Notice(days, self._problems)

    def _refuse(self, message: str, **params: object) -> None:
        self._faulty = True
        self._problems.append(Problem(self._name, message, {"line": self._line, **params}))

    def read(self, number: int, line: str) -> None:
        """Read one line; a sentence ends with it."""
        self._line = number
        self._start()
        for kind, match in _tokens(line):
            if kind in ("iso", "date"):
                self._date(match)
            elif kind == "week":
                self._weekday(match)
            elif kind == "to":
                # A hyphen also stands between words.
                self._range_from = self._last
                if self._last is None and match[0] in ("至", "到"):
                    self._refuse(_OPEN_RANGE)
            elif kind == "total":
                self._total(int(match["n"]))
            elif kind == "verb":
                self._verb(match[0])
            elif kind == "end":
                self._sentence_ends()
            elif kind == "digits":
                self._refuse(_NO_DATE, text=match[0])
        self._sentence_ends()

    def _sentence_ends(self) -> None:
        if self._range_from is not None:
            self._refuse(_OPEN_RANGE)
        if self._waiting:
            self._refuse(_NO_VERB, day=_said(self._waiting[0]))
        self._waiting, self._range_from, self._off, self._faulty = [], None, 0, False

    def _date(self, match: re.Match[str]) -> None:
        day = self._day_of(match)
        first, self._range_from = self._range_from, None
        if day is None:
            return
        if first is not None and self._waiting and self._waiting[-1] == first:
            self._range(first, day)
        else:
            self._waiting.append(day)
        self._last = day

    def _range(self, first: date, last: date) -> None:
        span = (last - first).days
        if span <= 0:
            self._refuse(_BACKWARDS, first=_said(first), last=_said(last))
        elif span >= _LONGEST:
            self._refuse(_TOO_LONG, first=_said(first), last=_said(last))
        else:
            self._waiting += [first + timedelta(days=offset) for offset in range(1, span + 1)]

    def _day_of(self, match: re.Match[str]) -> date | None:
        year, month, day = match["iy"] or match["y"], match["im"] or match["m"], match["id"] or match["d"]
        if month is None and self._last is None:
            self._refuse(_NO_MONTH, text=match[0])
            return None
        known = self._last
        try:
            found = date(
                int(year) if year else known.year if month is None and known else self._year,
                int(month) if month else known.month if known else 0,
                int(day),
            )
        except ValueError:
            self._refuse(_IMPOSSIBLE, text=match[0])
            return None
        near = found.year == self._year or (found.year, found.month) in ((self._year - 1, 12), (self._year + 1, 1))
        if not near:
            self._refuse(_OTHER_YEAR, day=_said(found), year=self._year)
            return None
        return found

    def _weekday(self, match: re.Match[str]) -> None:
        written = match["w"].replace("天", "日")
        if self._last is not None and _WEEKDAYS[self._last.weekday()] != written:
            self._refuse(_WRONG_WEEKDAY, day=_said(self._last), right=_WEEKDAYS[self._last.weekday()], written=written)

    def _total(self, written: int) -> None:
        if self._off and self._off != written:
            self._refuse(_WRONG_TOTAL, written=written, right=self._off)

    def _verb(self, verb: str) -> None:
        if verb.startswith("不"):
            self._refuse(_TWO_WAYS, verb=verb)
            self._waiting = []
            return
        working = verb in ("上班", "补班")
        if not self._waiting:
            # "放假调休，…休息" of one sentence says it twice.
            if not self._faulty and (not self._off or working):
                self._refuse(_NO_DAYS, verb=verb)
            return
        for day in self._waiting:
            self._keep(day, working)
        self._off = 0 if working else len(self._waiting)
        self._waiting = []

    def _keep(self, day: date, working: bool) -> None:
        if self._found.setdefault(day, working) != working:
            self._refuse(_BOTH, day=_said(day))
        elif working and day.weekday() < _SATURDAY:
            self._refuse(_WORKS_ANYWAY, day=_said(day), right=_WEEKDAYS[day.weekday()])


def _tokens(line: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _TOKEN.finditer(line):
        groups: Mapping[str, str | None] = match.groupdict()
        for kind in ("iso", "date", "week", "note", "total", "verb", "to", "and", "end", "year", "digits", "other"):
            if groups[kind] is not None:
                yield kind, match
                break


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
