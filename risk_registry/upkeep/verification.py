"""``verify``: whether what is stored still says what was done.

Everything is read in batches by key from one snapshot, so memory stays flat at a million lines. A fault names the place
where it shows; of the same kind only the first few are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from risk_registry.accounts.scope import EVERYTHING
from risk_registry.assessments.models import Assessment
from risk_registry.audit.chain import short_code
from risk_registry.audit.queries import breaks, head, last_stamp
from risk_registry.casefile.projection import RULE_VERSION, Books, line_digest, recompute
from risk_registry.core.counting import MEASURES
from risk_registry.core.predicates import Question
from risk_registry.core.status import status_at
from risk_registry.core.text_marks import N_
from risk_registry.filings.content import content_digest
from risk_registry.filings.models import Filing
from risk_registry.ledgers.asking import ask
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import Cursor, LineFilter, LineQuery
from risk_registry.lines.search import matches, matches_slowly
from risk_registry.matters.models import MatterFacts
from risk_registry.methods import queries as methods
from risk_registry.settings.queries import settings
from risk_registry.statistics.queries import counts
from risk_registry.upkeep import soundness

_BATCH = 500
_LINES = 2000
#: Faults listed of each check; the rest are only numbered.
_LISTED = 20
#: Searches compared with LIKE; each one of those reads every current line.
_SEARCHES = 6


@dataclass(frozen=True)
class Fault:
    """One difference: which check found it, where, and what it is."""

    check: str
    place: str
    fault: str


@dataclass
class Verification:
    """What was checked and what was found."""

    head: str
    checked: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    found: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.faults

    def add(self, check: str, size: int, faults: Iterable[tuple[str, str]]) -> None:
        """Note the result of one check over ``size`` things."""
        number = 0
        for place, fault in faults:
            number += 1
            if number <= _LISTED:
                self.faults.append(Fault(check, place, fault))
        self.checked[check] = size
        if number:
            self.found[check] = number

    def as_json(self) -> dict[str, Any]:
        """The object that ``verify --json`` prints."""
        faults = [{"check": item.check, "place": item.place, "fault": item.fault} for item in self.faults]
        return {"ok": self.ok, "head": self.head, "checked": self.checked, "found": self.found, "faults": faults}


#: Every check with its name on pages, in the order in which they are made.
CHECKS: dict[str, str] = {
    "chain": N_("操作日志校验链"),
    "guards": N_("防止改写的触发器"),
    "line_digests": N_("台账行内容与校验值"),
    "versions": N_("台账行版本前后相接"),
    "line_events": N_("台账行与操作日志对应"),
    "lines": N_("台账行与原始记录重算"),
    "contents": N_("报送内容与报送时一致"),
    "agreement": N_("列表、导出与统计一致"),
    "search": N_("检索与原文一致"),
    "records": N_("记录完整"),
    "numbers": N_("备案编号连续"),
    "figures": N_("年度统计与名单一致"),
    "methods": N_("评估方法版本与校验值"),
}

#: Told before each check: how many are done, how many there are, the name of this one.
Tell = Callable[[int, int | None, str], None]


def verify(session: Session, today: date, tell: Tell | None = None) -> Verification:
    """Every check over the snapshot of ``session``; writes nothing."""
    seq, digest = head(session)
    result = Verification(short_code(seq, digest))
    versions = session.scalar(select(func.count()).select_from(LINE)) or 0
    assessments = session.scalar(select(func.count()).select_from(Assessment)) or 0
    checks: dict[str, Callable[[], tuple[int, Iterable[tuple[str, str]]]]] = {
        "chain": lambda: (seq, [(f"event {item.seq}", item.fault) for item in breaks(session)]),
        "guards": lambda: soundness.guards(session),
        "line_digests": lambda: (versions, _line_digests(session)),
        "versions": lambda: (versions, soundness.versions(session)),
        "line_events": lambda: (versions, soundness.lines_and_events(session)),
        "lines": lambda: (assessments, _current_lines(session)),
        "contents": lambda: _contents(session),
        "agreement": lambda: _agreement(session, today),
        "search": lambda: _search(session),
        "records": lambda: (assessments, soundness.records(session)),
        "numbers": lambda: soundness.numbers(session),
        "figures": lambda: _figures(session, today),
        "methods": lambda: methods.faults(session),
    }
    for number, (name, check) in enumerate(checks.items()):
        if tell is not None:
            tell(number, len(checks), CHECKS[name])
        result.add(name, *check())
    return result


def _line_digests(session: Session) -> Iterator[tuple[str, str]]:
    """Every version of every line still has the content its digest was taken of, and the status its dates say."""
    last = 0
    while True:
        query = select(*LINE.columns).where(LINE.c.id > last).order_by(LINE.c.id).limit(_LINES)
        rows = [dict(row) for row in session.execute(query).mappings()]
        if not rows:
            return
        for row in rows:
            if row["rule_version"] != RULE_VERSION:
                yield _line(row), f"written under unknown rule {row['rule_version']}"
            elif line_digest(row) != row["digest"]:
                yield _line(row), "its content differs from its digest"
            elif status_at(row, date.max) != row["status"]:
                yield _line(row), f"its status {row['status']} differs from its dates"
        last = rows[-1]["id"]


def _line(row: Mapping[str, Any]) -> str:
    return f"line {row['id']} ({row['reg_no']}/{row['seq']} version {row['version']})"


def _current_lines(session: Session) -> Iterator[tuple[str, str]]:
    """The current line of every assessment is what the records give now."""
    books = Books.load(session)
    last = 0
    while True:
        query = select(Assessment.id, Assessment.status).where(Assessment.id > last).order_by(Assessment.id)
        known = {row.id: row.status for row in session.execute(query.limit(_BATCH))}
        if not known:
            return
        ids = list(known)
        stored = {
            row["assessment_id"]: dict(row)
            for row in session.execute(
                select(*LINE.columns).where(LINE.c.assessment_id.in_(ids), LINE.c.superseded_at.is_(None))
            ).mappings()
        }
        seen = set()
        for values in recompute(session, ids, books):
            number = values["assessment_id"]
            seen.add(number)
            yield from _compared(values, stored.get(number), known[number])
        for number in sorted(known.keys() - seen):
            yield f"assessment {number}", "its matter or facts are missing"
        # What was read is not needed again; a million records must not pile up.
        session.expunge_all()
        last = ids[-1]


def _compared(values: Mapping[str, Any], row: Mapping[str, Any] | None, status: str) -> Iterator[tuple[str, str]]:
    place = f"assessment {values['assessment_id']} ({values['reg_no']}/{values['seq']})"
    if row is None:
        yield place, "has no current line"
        return
    if values["status"] != status:
        yield place, f"its status {status} differs from its dates ({values['status']})"
    names = [name for name in values if name != "digest" and values[name] != row[name]]
    if names:
        yield f"{_line(row)}", f"differs from its recomputation in {', '.join(sorted(names))}"


def _contents(session: Session) -> tuple[int, list[tuple[str, str]]]:
    """What lies with the office, or was filed, is still what was submitted: texts that no line shows included."""
    size, last, faults = 0, 0, list[tuple[str, str]]()
    later = aliased(Filing)
    newest = ~exists().where(later.assessment_id == Filing.assessment_id, later.attempt > Filing.attempt)
    query = (
        select(Assessment, Filing)
        .join(Filing, Filing.assessment_id == Assessment.id)
        .options(
            selectinload(Assessment.consultations),
            selectinload(Assessment.factors),
            selectinload(Assessment.risk_measures),
            joinedload(Assessment.facts).selectinload(MatterFacts.co_organisers),
        )
        .where(newest, Filing.origin == "registry", Assessment.status.in_(_BOUND))
        .order_by(Assessment.id)
        .limit(_BATCH)
    )
    while rows := session.execute(query.where(Assessment.id > last)).all():
        for assessment, filing in rows:
            if content_digest(assessment) != filing.content_digest:
                faults.append((f"filing {filing.receipt_no}", "what it holds differs from what was submitted"))
        size, last = size + len(rows), rows[-1][0].id
        session.expunge_all()
    return size, faults


#: Statuses in which nothing of the content may differ from what was submitted, corrected or amended.
_BOUND = ("submitted", "received", "correcting", "filed", "revoked")


def _agreement(session: Session, today: date) -> tuple[int, list[tuple[str, str]]]:
    """This year's list, page by page, the export's rows and the count are of one size and one content."""
    question = Question(
        date(today.year, 1, 1), date(today.year, 12, 31), today, pass_codes=settings(session).pass_codes
    )
    query = LineQuery(EVERYTHING, LineFilter(question), present=today)
    counted = query.count(session)
    listed = list(_listed(session, query))
    exported = [row.assessment_id for row in query.rows(session, ["assessment_id"])]
    faults = []
    if len(listed) != counted:
        faults.append(("list", f"shows {len(listed)} lines, the count is {counted}"))
    if sorted(listed) != sorted(exported):
        faults.append(("export", f"holds {len(exported)} lines, the list {len(listed)}"))
    return counted, faults


def _figures(session: Session, today: date) -> tuple[int, list[tuple[str, str]]]:
    """Each figure of this year is the size of the list that its link opens."""
    asked = ask(EVERYTHING, settings(session), today, last_stamp(session))
    counted = counts(session, asked.query).measures
    plain = [measure for measure in MEASURES if not measure.distinct_matters]
    listed = {measure.id: asked.query.with_filter(measure=measure.id).count(session) for measure in plain}
    faults = [
        (f"figure {name}", f"the figure is {counted[name]}, its list has {number} lines")
        for name, number in listed.items()
        if counted[name] != number
    ]
    return len(listed), faults


def _listed(session: Session, query: LineQuery) -> Iterator[int]:
    cursor = Cursor()
    while True:
        rows = query.page(session, ["reg_no"], cursor=cursor, size=_LINES)
        yield from (row[0] for row in rows[:_LINES])
        if len(rows) <= _LINES:
            return
        cursor = Cursor(before=rows[_LINES - 1][0])


def _search(session: Session) -> tuple[int, list[tuple[str, str]]]:
    """The index holds every current line and finds what LIKE finds."""
    faults = soundness.search_index(session)
    words = list(_words(session))
    current = LINE.c.superseded_at.is_(None)
    for word in words:
        found = matches(session, word)
        if found is None:
            continue
        indexed = set(session.scalars(select(LINE.c.assessment_id).where(current, found)))
        plain = set(session.scalars(select(LINE.c.assessment_id).where(current, *matches_slowly(word))))
        if indexed != plain:
            some = min(indexed ^ plain)
            faults.append((f"search “{word}”", f"index and text differ, first at assessment {some}"))
    return len(words), faults


def _words(session: Session) -> Iterator[str]:
    """A few pieces of titles and numbers, spread over the registry."""
    newest = session.scalar(select(func.max(LINE.c.assessment_id))) or 0
    for part in range(_SEARCHES if newest else 0):
        row = session.execute(
            select(LINE.c.title, LINE.c.reg_no)
            .where(LINE.c.assessment_id > newest * part // _SEARCHES, LINE.c.superseded_at.is_(None))
            .order_by(LINE.c.assessment_id)
            .limit(1)
        ).first()
        if row is not None:
            title = row.title.replace(" ", "")
            yield row.reg_no[-7:] if part % 3 == 2 else title[part % max(len(title) - 2, 1) :][:2]
