"""What waits for the reader, by role, and how the year stands: all of it from present lines in his scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import Scope
from risk_registry.core.predicates import Question
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import BUSINESS_ROLES, DEPARTMENT_ROLES, OFFICE_ROLES, STATUS_GROUPS
from risk_registry.ledgers.asking import Asked
from risk_registry.ledgers.reading import Reading
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import LineFilter, LineQuery
from risk_registry.settings.queries import Settings

#: What a department has to do about a line in each status; the first are those that came back to it.
DEPARTMENT_WORK = {
    "returned": N_("按退回意见修改后重新申报"),
    "correcting": N_("按补正通知补交材料"),
    "declined": N_("不予备案，整改后可再次报送"),
    "withdrawn": N_("已撤回，修改后再次报送"),
    "declared": N_("作应评判定"),
    "due": N_("启动评估"),
    "assessing": N_("填写评估情况与结论"),
    "concluded": N_("报送备案"),
}
OFFICE_WORK = {"submitted": N_("核对材料，接收"), "received": N_("审查备案")}

#: Figures of the year on the desk: measure, label, what is to be known of it.
FIGURES = (
    ("assessed", N_("评估件次"), ""),
    ("passed", N_("通过评估"), ""),
    ("passed_and_filed", N_("通过并备案"), N_("按评估完成时间（甲）")),
    ("filed", N_("备案件次"), N_("备案日期在本年度")),
)

SHOWN = 12
_COLUMNS = "reg_no seq title owner_org status declared_on concluded_on submitted_on received_on due_on".split()


@dataclass(frozen=True)
class Waiting:
    """Lines that wait for the reader, the longest registered last; ``total`` of them in all."""

    rows: Sequence[Row[Any]]
    total: int
    statuses: tuple[str, ...]
    work: dict[str, str]


def present(scope: Scope, day: date, statuses: tuple[str, ...] = ()) -> LineQuery:
    """Every present line in scope, whatever its period."""
    return LineQuery(scope, LineFilter(Question(date.min, day, day), basis="all", statuses=statuses), present=day)


def waiting(session: Session, scope: Scope, day: date, *, roles: frozenset[str], settings: Settings) -> Waiting:
    """What somebody with these roles has to do next."""
    work: dict[str, str] = {}
    if roles & DEPARTMENT_ROLES:
        work |= DEPARTMENT_WORK
    if roles & OFFICE_ROLES:
        work |= OFFICE_WORK
        if settings.on("screening_first"):
            work["declared"] = DEPARTMENT_WORK["declared"]
    if not work:
        return Waiting((), 0, (), {})
    query = present(scope, day, tuple(work))
    statement = query.select(session, _COLUMNS).order_by(LINE.c.assessment_id.desc()).limit(SHOWN)
    rows = session.execute(statement).all()
    total = len(rows) if len(rows) < SHOWN else query.count(session)
    return Waiting(rows, total, tuple(work), work)


def by_status(session: Session, scope: Scope, day: date) -> list[tuple[str, str, tuple[str, ...], int]]:
    """The five groups of the desk: code, label, statuses, lines."""
    conditions = present(scope, day).conditions(session)
    rows = session.execute(select(LINE.c.status, func.count()).where(*conditions).group_by(LINE.c.status)).all()
    found = {row[0]: row[1] for row in rows}
    return [(code, label, codes, sum(found.get(s, 0) for s in codes)) for code, label, codes in STATUS_GROUPS]


def year_figures(reading: Reading, asked: Asked) -> list[tuple[str, str, str, int]]:
    """(measure, label, note, number) of the year."""
    return [
        (measure, label, note, reading.count(asked.query.with_filter(measure=measure)).number)
        for measure, label, note in FIGURES
    ]


def lands_on_figures(roles: frozenset[str]) -> bool:
    """Whether the reader comes for figures first: leaders and statisticians without work of their own."""
    return bool(roles & {"leader", "statistician"}) and not roles & (DEPARTMENT_ROLES | OFFICE_ROLES)


def is_business(roles: frozenset[str]) -> bool:
    """Whether the reader has business of his own here."""
    return bool(roles & BUSINESS_ROLES)
