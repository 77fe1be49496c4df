"""How matters hang together: parent and parts, one investment project in several matters, an assessment referred to.

Whatever lies outside the reader's scope is not there for him.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import Scope
from risk_registry.assessments.models import Assessment
from risk_registry.core.codes import normalise_document_number
from risk_registry.core.numbering import parse_registration
from risk_registry.core.predicates import Question
from risk_registry.core.problems import Refused
from risk_registry.core.status import OUT
from risk_registry.core.text import comparison_key
from risk_registry.core.text_marks import N_
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import Cursor, LineFilter, LineQuery, in_scope
from risk_registry.lines.search import LONGEST
from risk_registry.matters.models import Matter, MatterFacts

#: Candidates named when a title fits several matters.
_NAMED = 5
#: Matters looked through for a title, and shown as related.
_LOOKED, _SHOWN = 50, 20
_COLUMNS = "matter_id reg_no seq title owner_org status filing_number declared_on concluded_on outcome_text".split()
#: A round of these is not assessed, or no longer.
_OUT = frozenset({"exempt", *OUT})

_UNKNOWN = N_("登记号“%(text)s”不在您可以看到的事项中，请核对")
_NOTHING = N_("没有找到名称含“%(text)s”的事项，请核对，或填写登记号")
_SEVERAL = N_("有几个事项的名称含“%(text)s”，请填写其中一个的登记号：%(found)s")


def find_matters(session: Session, scope: Scope, text: str, *, size: int = _LOOKED) -> list[Row[Any]]:
    """Matters in scope that ``text`` finds, each by its newest round, newest registration first."""
    wanted = LineFilter(Question(date.min, date.max, date.max), basis="all", text=text[:LONGEST])
    rows = LineQuery(scope, wanted).page(session, _COLUMNS, cursor=Cursor(), size=size)
    newest: dict[int, Row[Any]] = {}
    for row in rows[:size]:
        known = newest.get(row.matter_id)
        if known is None or known.seq < row.seq:
            newest[row.matter_id] = row
    return list(newest.values())


def parent_named(session: Session, scope: Scope, text: str | None, *, present: Matter | None = None) -> int | None:
    """The matter that 上级事项 names, by registration number or part of its title; ``present`` is the one it has now.

    Raises ``Refused`` when nothing in scope, or more than one matter, is meant.
    """
    typed = (text or "").strip()
    if not typed:
        return None
    if present is not None and typed == present.reg_no:
        return present.id
    if parse_registration(typed) is not None:
        found = _lines(session, scope, _registered(typed))
        if not found:
            raise Refused.one("parent", _UNKNOWN, text=typed)
        return int(found[0].matter_id)
    key = comparison_key(typed)
    titled = [row for row in find_matters(session, scope, typed) if key and key in comparison_key(row.title)]
    exact = [row for row in titled if comparison_key(row.title) == key]
    if len(exact) == 1 or len(titled) == 1:
        return int((exact or titled)[0].matter_id)
    if not titled:
        raise Refused.one("parent", _NOTHING, text=typed)
    named = "；".join(f"{row.reg_no} {row.title}" for row in (exact or titled)[:_NAMED])
    raise Refused.one("parent", _SEVERAL, text=typed, found=named)


def _rounds(scope: Scope, *conditions: ColumnElement[bool]) -> Select[Any]:
    columns = [LINE.c.assessment_id, *(LINE.c[name] for name in _COLUMNS)]
    return (
        select(*columns, Assessment.screening, Assessment.screening_reference)
        .join(Assessment, Assessment.id == LINE.c.assessment_id)
        .where(LINE.c.superseded_at.is_(None), in_scope(scope), *conditions)
        .order_by(LINE.c.matter_id, LINE.c.seq)
    )


def _lines(session: Session, scope: Scope, *conditions: ColumnElement[bool]) -> Sequence[Row[Any]]:
    return session.execute(_rounds(scope, *conditions)).all()


@dataclass(frozen=True)
class Relative:
    """Another matter with the rounds of it that the reader may see, in order."""

    rounds: Sequence[Row[Any]]

    @property
    def newest(self) -> Row[Any]:
        """Its last round."""
        return self.rounds[-1]

    @property
    def counted(self) -> int:
        """How many of its rounds are counted as 件次."""
        return sum(row.concluded_on is not None and row.status not in _OUT for row in self.rounds)

    @property
    def covered(self) -> bool:
        """Whether another assessment covers it (不重复评估), so that it is not counted."""
        return bool(self.newest.status == "exempt" and self.newest.screening == "covered")

    @property
    def apart(self) -> bool:
        """Whether it is assessed by itself: counted already, or on its way there."""
        return self.counted > 0 or self.newest.status not in _OUT


def relatives(rows: Iterable[Row[Any]]) -> list[Relative]:
    """Rounds gathered by matter."""
    return [Relative(list(rounds)) for _matter, rounds in groupby(rows, key=lambda row: row.matter_id)]


@dataclass(frozen=True)
class Family:
    """A matter among the others: what it is a part of, and its parts."""

    own: Relative
    parent: Relative | None
    children: Sequence[Relative]

    @property
    def counted_below(self) -> int:
        """件次 of the parts."""
        return sum(child.counted for child in self.children)

    @property
    def covered(self) -> int:
        """How many parts another assessment covers."""
        return sum(child.covered for child in self.children)

    @property
    def all_apart(self) -> bool:
        """Whether every part is assessed by itself, so that a report on the whole would tell the same risks again."""
        return bool(self.children) and all(child.apart for child in self.children)


def family(session: Session, scope: Scope, matter: Matter) -> Family | None:
    """Where a matter stands among others; ``None`` when it stands alone."""
    children = relatives(_lines(session, scope, LINE.c.matter_id.in_(_parts_of(matter.id))))
    above = _lines(session, scope, LINE.c.matter_id == matter.parent_id) if matter.parent_id else ()
    if not children and not above:
        return None
    own = Relative(_lines(session, scope, LINE.c.matter_id == matter.id))
    return Family(own, Relative(above) if above else None, children)


def _registered(reg_no: str) -> ColumnElement[bool]:
    return LINE.c.matter_id.in_(select(Matter.id).where(Matter.reg_no == reg_no))


def _parts_of(matter_id: int | None) -> Select[int]:
    return select(Matter.id).where(Matter.parent_id == matter_id)


def related(
    session: Session, scope: Scope, *, project_code: str | None, parent_id: int | None, own_id: int | None = None
) -> list[Relative]:
    """Other matters of the same investment project or the same parent: one project may not be split into lots to
    make the number of assessments grow (DOMAIN §8d 26)."""
    same: list[ColumnElement[bool]] = []
    if project_code:
        same.append(LINE.c.matter_id.in_(select(MatterFacts.matter_id).where(MatterFacts.project_code == project_code)))
    if parent_id:
        same.append(LINE.c.matter_id.in_(_parts_of(parent_id)))
    if not same:
        return []
    query = _rounds(scope, or_(*same)).limit(_SHOWN * 3)
    if own_id is not None:
        query = query.where(LINE.c.matter_id != own_id)
    return relatives(session.execute(query).all())[:_SHOWN]


def reference_of(session: Session, scope: Scope, matter_id: int) -> str:
    """How an assessment of this matter is referred to: its newest filing number, else its registration number."""
    rows = _lines(session, scope, LINE.c.matter_id == matter_id)
    filed = [row.filing_number for row in rows if row.filing_number and row.status == "filed"]
    return str(filed[-1] if filed else rows[-1].reg_no if rows else "")


def referred(session: Session, scope: Scope, text: str | None) -> Row[Any] | None:
    """The round that 引用的已有评估 names by its filing number or registration number, when it lies in scope."""
    typed = (text or "").strip()
    if not typed or len(typed) > LONGEST:
        return None
    if parse_registration(typed) is not None:
        rows = _lines(session, scope, _registered(typed))
        return rows[-1] if rows else None
    number = normalise_document_number(typed)
    wanted = LineFilter(Question(date.min, date.max, date.max), basis="all", text=number)
    found = LineQuery(scope, wanted).page(session, _COLUMNS, cursor=Cursor(), size=_LOOKED)
    return next((row for row in found if row.filing_number == number), None)
