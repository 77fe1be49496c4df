"""Writes of the working-day calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chinese_calendar import constants
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.audit.operations import record_fact
from risk_registry.calendar.models import CalendarDay, CalendarYear
from risk_registry.core.actors import Actor
from risk_registry.core.fields import Field, Kind
from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.values import parse

_NOTICE = "国务院办公厅部分节假日安排的通知"
_SATURDAY = 5


def seed_calendar(session: Session, actor: Actor) -> None:
    """Load the published years that the shipped calendar data knows; years already loaded stay as they are.

    Only exceptions to the plain week are kept. No year is guessed: what the data does not hold is not loaded.
    """
    known = set(session.scalars(select(CalendarYear.year)))
    years = {day.year for day in constants.holidays} - known
    for day in sorted(constants.holidays):
        if day.year in years and day.weekday() < _SATURDAY:
            session.add(CalendarDay(day=day, working=False, notice=f"{_NOTICE}（{day.year}年）"))
    for day in sorted(constants.workdays):
        if day.year in years and day.weekday() >= _SATURDAY:
            session.add(CalendarDay(day=day, working=True, notice=f"{_NOTICE}（{day.year}年）"))
    for year in sorted(years):
        session.add(CalendarYear(year=year, notice=f"{_NOTICE}（{year}年）"))
    session.flush()
    if years:
        text = f"{min(years)}–{max(years)}"
        record_fact(session, actor, "load_calendar", kind="calendar", text=text, note={"years": sorted(years)})


NOTICE = Field("notice", N_("通知名称和文号"), Kind.TEXT, "calendar", length=64, official=True)
REASON = Field("reason", N_("理由"), Kind.TEXT, "calendar", length=200, official=True)
_FIRST_YEAR = 2000


def load_year(
    session: Session, actor: Actor, year: int, days: Mapping[date, bool], *, notice: str, today: date, replace: bool
) -> None:
    """Put a year's exceptions in place as its notice has them: the day, and whether it is worked.

    ``replace`` says that a year already there is meant to be changed; its former days go. Terms already stored stay as
    they are. Raises ``Refused`` for a year too early or whose notice cannot be out, ``NotAllowed`` for other accounts.
    """
    _may_change(actor)
    if not _FIRST_YEAR <= year <= today.year + 1:
        raise Refused.one(
            "year", N_("年份：应为%(low)d至%(high)d，更晚年份的通知还没有发布"), low=_FIRST_YEAR, high=today.year + 1
        )
    name = str(parse(NOTICE, notice, required=True))
    if not days:
        raise Refused.one("lines", N_("放假和上班的日期：没有读到与平常周末不同的日期，请核对"))
    known = session.get(CalendarYear, year)
    if known is not None and not replace:
        raise Refused.one("year", N_("%(year)d年的日历已经载入，需要改动的请在该年的页面上修改"), year=year)
    other = session.scalar(select(CalendarYear.year).where(CalendarYear.notice == name, CalendarYear.year != year))
    if other is not None:
        # Days are known by their notice: two years under one would lose each other's when one of them is changed.
        raise Refused.one(
            "notice", N_("通知名称和文号：与%(other)d年的相同，请填写%(year)d年的通知"), other=other, year=year
        )
    before: list[CalendarDay] = []
    if known is not None:
        before = list(session.scalars(select(CalendarDay).where(CalendarDay.notice == known.notice)))
        for row in before:
            session.delete(row)
        session.flush()
    for day, working in sorted(days.items()):
        session.merge(CalendarDay(day=day, working=working, notice=name))
    session.merge(CalendarYear(year=year, notice=name))
    session.flush()
    record_fact(
        session,
        actor,
        "change_calendar" if known is not None else "load_calendar",
        kind="calendar",
        text=str(year),
        subject_id=year,
        note={"notice": name, **_listed(days), **({"before": _kept(before)} if before else {})},
    )


def remove_day(session: Session, actor: Actor, day: date, *, reason: str) -> None:
    """Take a wrong exception out: the day counts as the plain week has it. Raises ``Refused`` without a reason."""
    _may_change(actor)
    why = str(parse(REASON, reason, required=True))
    row = session.get(CalendarDay, day)
    if row is None:
        raise Refused.one("", N_("%(day)s没有登记放假或上班，可能已被删除，请刷新页面"), day=day.isoformat())
    note = {"day": day, "working": row.working, "notice": row.notice}
    session.delete(row)
    session.flush()
    text = day.isoformat()
    record_fact(
        session, actor, "remove_calendar_day", kind="calendar", text=text, subject_id=day.year, reason=why, note=note
    )


def _listed(days: Mapping[date, bool]) -> dict[str, object]:
    return {
        "off": [day for day, working in sorted(days.items()) if not working],
        "worked": [day for day, working in sorted(days.items()) if working],
    }


def _kept(rows: list[CalendarDay]) -> dict[str, object]:
    return _listed({row.day: row.working for row in rows})


def _may_change(actor: Actor) -> None:
    if actor.kind == "account" and not actor.has("sysadmin"):
        raise NotAllowed.one("", N_("工作日历由系统管理员维护，您没有修改的权限"))
