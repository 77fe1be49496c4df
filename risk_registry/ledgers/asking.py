"""What is asked of the ledger: from the words of an address or a command to one scoped query, and back to links.

Pages, exports and commands read their question here, so that the same words mean the same lines everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from risk_registry.accounts.scope import Scope
from risk_registry.core.counting import MEASURE_BY_ID
from risk_registry.core.personal_data import personal_data_problems
from risk_registry.core.predicates import Question
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text import clean_text
from risk_registry.core.text_marks import N_
from risk_registry.core.values import parse_date, parse_integer
from risk_registry.core.vocabulary import STATUSES, labels
from risk_registry.db.clock import SHANGHAI, end_of_day, from_stamp, to_stamp
from risk_registry.lines.queries import Basis, LineFilter, LineQuery
from risk_registry.lines.search import LONGEST
from risk_registry.organisations.registry_office import OfficeNames
from risk_registry.settings.queries import Settings

#: Every word that may stand in an address or a command, in the order in which links write them.
WORDS = (
    "year from to basis as_of known_at measure status kind field level_before level_after outcome org office joint"
    " month q"
).split()

#: Code that asks for lines in which the value is not filled in.
NONE = "none"

BASES: dict[str, str] = {
    "concluded": N_("按评估完成时间"),
    "filed": N_("按备案时间"),
    "declared": N_("按申报时间"),
    "all": N_("不限时间"),
}

#: How each word is called where a fault in it is explained or a filter is described.
LABELS: dict[str, str] = {
    "year": N_("年度"),
    "from": N_("起始日期"),
    "to": N_("截止日期"),
    "basis": N_("统计口径"),
    "as_of": N_("截至日期"),
    "known_at": N_("台账数据时间"),
    "measure": N_("统计指标"),
    "status": N_("办理状态"),
    "kind": N_("事项分类"),
    "field": N_("涉及领域"),
    "level_before": N_("初始风险等级"),
    "level_after": N_("措施后风险等级"),
    "outcome": N_("评估结论"),
    "org": N_("评估主体"),
    "office": N_("备案机关"),
    "joint": N_("联合单位"),
    "month": N_("评估完成月份"),
    "q": N_("文字"),
}

#: Words a table of figures understands; each figure then asks for lines by its measure and axis.
_FIGURE_WORDS = ("year", "from", "to", "as_of", "known_at", "org", "office")
_UNITS = frozenset({"owner_org_id", "owner_org_code", "filing_office_id"})

_STATUS_CODES = labels(STATUSES)
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_MONTH = re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])")
_MINUTE = re.compile(r".*T\d\d:\d\d(?:[+-].*|Z)?")
_MINUTE_LENGTH = 60 * 1_000_000

Word = str | int | date | None


@dataclass(frozen=True)
class Asked:
    """A question understood: the query, the words that ask it again, and how its period and basis are called.

    ``args`` leaves out what is not asked for; the year or the period always stands in it, so that a kept link still
    means the same next year. ``newest`` is the highest moment of recording the reader's snapshot holds.
    """

    query: LineQuery
    args: dict[str, str]
    title_period: str
    basis_label: str
    newest: int
    settings: Settings
    #: What the office of the registry was called on the as-of day: last year's ledger keeps last year's name.
    office: str = ""

    @property
    def question(self) -> Question:
        """Period and as-of day."""
        return self.query.filter.question

    @property
    def known_at(self) -> int:
        """台账数据时间: the moment asked for, else the newest one."""
        return self.newest if self.query.known_at is None else self.query.known_at

    def words(self, **changes: str | None) -> dict[str, str]:
        """The words of a link that keeps this question, with some words changed; ``None`` takes one out."""
        merged = {**self.args, **changes}
        return {name: text for name in WORDS if (text := merged.get(name))}

    def with_measure(self, measure: str, **changes: str | None) -> dict[str, str]:
        """The words of a link to the lines a figure counts: this period, these two times, this organisation."""
        kept = {name: self.args.get(name) for name in _FIGURE_WORDS}
        merged = {**kept, "measure": measure, **changes}
        return {name: text for name in WORDS if (text := merged.get(name))}

    def fixed(self) -> dict[str, str]:
        """The words of a link that shows the same lines for ever: both times are named."""
        return self.words(as_of=self.question.as_of.isoformat(), known_at=moment_text(self.known_at))


def ask(
    scope: Scope,
    settings: Settings,
    today: date,
    newest: int,
    *,
    organisations: Mapping[str, int] | None = None,
    offices: OfficeNames | None = None,
    **options: Word,
) -> Asked:
    """The question put by ``options`` (the names of ``WORDS``; ``from_`` is ``from``; empty ones are not asked).

    ``newest`` is the highest ``recorded_at`` the reader sees (``audit.queries.last_stamp``); ``organisations`` maps the
    codes a reader may name to ids (without it any code is taken as the lines spell it); ``offices`` are the names that
    head the ledger. Defaults: the year of ``today``; as of the earlier of the period's end and ``today``; known at: the
    present. Raises ``Refused`` with one problem for each word that cannot be understood; an unknown name is a
    ``TypeError``.
    """
    given = {name.rstrip("_"): value for name, value in options.items()}
    unknown = set(given) - set(WORDS)
    if unknown:
        raise TypeError(f"not asked of a ledger: {', '.join(sorted(unknown))}")
    reader = _Reader(given, today=today, newest=newest, organisations=organisations)
    found = reader.read(settings.pass_codes)
    if reader.problems:
        raise Refused(reader.problems)
    asked, known_at = found
    return Asked(
        query=LineQuery(scope, asked, known_at=known_at, present=today),
        args=reader.args,
        title_period=period_text(asked.question),
        basis_label=BASES[asked.basis],
        newest=newest,
        settings=settings,
        office=(offices or OfficeNames()).on(asked.question.as_of),
    )


class _Reader:
    """Reads the words one by one, gathering every fault before any is told."""

    def __init__(
        self, given: Mapping[str, Word], *, today: date, newest: int, organisations: Mapping[str, int] | None
    ) -> None:
        self._given = {name: value for name, value in given.items() if value not in (None, "")}
        self._today, self._newest, self._organisations = today, newest, organisations
        self.problems: list[Problem] = []
        self.args: dict[str, str] = {}

    def read(self, pass_codes: frozenset[str]) -> tuple[LineFilter, int | None]:
        """The filter and the moment. Worth something only while ``problems`` is empty."""
        first, last = self._period()
        basis = self._basis()
        as_of = self._as_of(last)
        known_at = self._known_at()
        measure = self._one_of("measure", MEASURE_BY_ID)
        asked = LineFilter(
            Question(first, last, as_of, pass_codes),
            basis=basis,
            measure=measure,
            statuses=self._statuses(),
            codes=tuple(self._codes()),
            month=self._month(),
            joint=self._code("joint"),
            text=self._words(),
        )
        return asked, known_at

    def _refuse(self, name: str, message: str, **params: object) -> None:
        self.problems.append(Problem(name, message, {"label": LABELS[name], **params}))

    def _text(self, name: str) -> str:
        value = self._given.get(name, "")
        return value.isoformat() if isinstance(value, date) else str(value).strip()

    def _day(self, name: str) -> date | None:
        value = self._given.get(name)
        try:
            return parse_date(value, field=name, label=LABELS[name])
        except Refused as refused:
            self.problems.extend(refused.problems)
            return None

    def _period(self) -> tuple[date, date]:
        first, last = self._day("from"), self._day("to")
        if first is None and last is None:
            year = self._year()
            self.args["year"] = str(year)
            return date(year, 1, 1), date(year, 12, 31)
        # Half a period is the rest of its year.
        first = first or date((last or self._today).year, 1, 1)
        last = last or date(first.year, 12, 31)
        if first > last:
            self._refuse("to", N_("%(label)s不能早于起始日期%(first)s，请改正其中一个"), first=first)
            last = first
        self.args |= {"from": first.isoformat(), "to": last.isoformat()}
        return first, last

    def _year(self) -> int:
        value = self._text("year").removesuffix("年")
        try:
            year = parse_integer(value, field="year", label=LABELS["year"])
        except Refused:
            year = 0
        if year is None:
            return self._today.year
        if 1900 <= year <= 2100:
            return year
        self._refuse("year", N_("%(label)s应为1900至2100之间的四位数字，例如2024"))
        return self._today.year

    def _basis(self) -> Basis:
        bases: tuple[Basis, ...] = ("concluded", "filed", "declared", "all")
        found = self._one_of("basis", BASES)
        for basis in bases:
            if found == basis:
                if basis == "concluded":
                    del self.args["basis"]
                return basis
        return "concluded"

    def _as_of(self, last: date) -> date:
        default = min(last, self._today)
        day = self._day("as_of") or default
        if day > self._today:
            self._refuse("as_of", N_("%(label)s不能晚于今天%(today)s，请改为今天或更早的日期"), today=self._today)
            return default
        if day != default:
            self.args["as_of"] = day.isoformat()
        return day

    def _known_at(self) -> int | None:
        value = self._given.get("known_at")
        if value is None:
            return None
        stamp = value if isinstance(value, int) else self._moment(self._text("known_at"))
        if stamp is None:
            self._refuse(
                "known_at", N_("%(label)s应写作2024-12-31（指当日结束）或2024-12-31 15:04:05（北京时间），请改正")
            )
            return None
        # What will still be recorded before a moment to come is not known yet: the newest moment is what is meant.
        stamp = min(stamp, self._newest)
        self.args["known_at"] = moment_text(stamp)
        return stamp

    def _moment(self, text: str) -> int | None:
        """A moment, Shanghai time unless it names its offset; a bare date is its end, a bare minute its end."""
        try:
            return end_of_day(parse_date(text) or self._today)
        except Refused:
            pass
        written = text.replace(" ", "T", 1)
        try:
            moment = datetime.fromisoformat(written)
            stamp = to_stamp(moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI))
        except (ValueError, OverflowError):
            return None
        return stamp + _MINUTE_LENGTH - 1 if _MINUTE.fullmatch(written) else stamp

    def _one_of(self, name: str, known: Collection[str]) -> str:
        code = self._text(name)
        if not code or code in known:
            if code:
                self.args[name] = code
            return code
        self._refuse(name, N_("%(label)s没有“%(code)s”这一项，请从列出的选项中选择"), code=code[:32])
        return ""

    def _statuses(self) -> tuple[str, ...]:
        codes = tuple(code for code in self._text("status").split(",") if code)
        for code in codes:
            if code not in _STATUS_CODES:
                self._refuse("status", N_("%(label)s没有“%(code)s”这一项，请从列出的选项中选择"), code=code[:32])
        if codes:
            self.args["status"] = ",".join(codes)
        return codes

    def _codes(self) -> list[tuple[str, str | int | None]]:
        found: list[tuple[str, str | int | None]] = []
        for name in ("kind", "field", "level_before", "level_after", "outcome"):
            code = self._code(name)
            if code:
                found.append((name, None if code == NONE else code))
        known = self._organisations or {}
        if code := self._code("org"):
            # A code never changes its owner; the id has the index, the code also finds owners outside the choices.
            found.append(("owner_org_id", known[code]) if code in known else ("owner_org_code", code))
        if code := self._code("office"):
            if code in known:
                found.append(("filing_office_id", known[code]))
            else:
                self._refuse("office", N_("%(label)s没有“%(code)s”这一项，请从列出的选项中选择"), code=code)
        return found

    def _code(self, name: str) -> str:
        code = self._text(name)
        if code and not _CODE.fullmatch(code):
            self._refuse(name, N_("%(label)s的代码“%(code)s”写法不对，请从列出的选项中选择"), code=code[:32])
            return ""
        if code:
            self.args[name] = code
        return code

    def _month(self) -> str:
        month = self._text("month")
        if month and month != NONE and not _MONTH.fullmatch(month):
            self._refuse("month", N_("%(label)s应写作2024-03，请改正"))
            return ""
        if month:
            self.args["month"] = month
        return month

    def _words(self) -> str:
        try:
            text = clean_text(self._text("q"), multiline=False, field="q", label=LABELS["q"])
        except Refused as refused:
            self.problems.extend(refused.problems)
            return ""
        # Whoever takes a file out has the words of his search recorded with it.
        found = personal_data_problems(text, field="q", label=LABELS["q"], code=True)
        self.problems.extend(found)
        if found:
            return ""
        if len(text) > LONGEST:
            self._refuse("q", N_("%(label)s最多%(most)d个字，请缩短后再查"), most=LONGEST)
            return ""
        if text:
            self.args["q"] = text
        return text


def moment_text(stamp: int) -> str:
    """A moment as links and papers name it, exact, Shanghai time: 2024-12-31T15:04:05.123456; "" for none."""
    return from_stamp(stamp).replace(tzinfo=None).isoformat() if stamp else ""


def period_text(question: Question) -> str:
    """The period as a title names it: 2024年度, or from day to day."""
    first, last = question.first, question.last
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        if first.year == last.year:
            return f"{first.year}年度"
        return f"{first.year}至{last.year}年度"
    return f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"


def figures_of(asked: Asked) -> Asked:
    """The question of a table of figures: period, times and organisation stay, filters on single lines are dropped."""
    kept = tuple((name, code) for name, code in asked.query.filter.codes if name in _UNITS)
    query = asked.query.with_filter(basis="all", statuses=(), codes=kept, month="", text="", measure="", joint="")
    return replace(asked, query=query, args={name: text for name, text in asked.args.items() if name in _FIGURE_WORDS})
