"""Filing numbers: one counter row an office and year, taken inside the accepting transaction (DOMAIN §4.6)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from risk_registry.assessments.act import Act
from risk_registry.audit.operations import record_fact
from risk_registry.core.numbering import format_number
from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.core.text_marks import N_
from risk_registry.filings.models import Filing, NumberCounter
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import name_book

_TABLE = NumberCounter.__table__


def take_number(session: Session, act: Act, office: Organisation, day: date) -> tuple[str, int]:
    """The office's next number in the year of ``day``: text, with the short name of that day, and sequence.

    Gapless, since it falls with the transaction.
    """
    year, short = day.year, name_book(session, [office.id]).short_on(office.id, day)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(NumberCounter).values(office_id=office.id, year=year, opening=1, last=1)
    upsert = statement.on_conflict_do_update(
        index_elements=["office_id", "year"], set_={"last": _TABLE.c.last + 1}
    ).returning(_TABLE.c.last)
    seq = int(session.execute(upsert).scalar_one())
    return format_number(act.settings["number_pattern"], short=short, year=year, seq=seq), seq


def set_first_number(session: Session, act: Act, office: Organisation, year: int, first: int) -> None:
    """An administrator sets a year's first number, before its first use. Raises ``Refused`` afterwards."""
    if act.actor.kind == "account" and not act.actor.has("sysadmin"):
        raise NotAllowed.one("", N_("备案编号的首号由系统管理员设定。"))
    if first < 1:
        raise Refused.one("first", N_("首号须为正整数"))
    used = session.scalar(select(func.count()).where(Filing.office_id == office.id, Filing.number_year == year))
    counter = session.get(NumberCounter, (office.id, year))
    if used or (counter is not None and counter.last >= counter.opening):
        raise Refused.one("first", N_("%(year)s年已经使用过编号，不能再设首号"), year=year)
    if counter is None:
        session.add(NumberCounter(office_id=office.id, year=year, opening=first, last=first - 1))
    else:
        # Only the counter just looked at: a number given meanwhile by another transaction must not be set back.
        unused = (NumberCounter.last == counter.last) & (NumberCounter.opening == counter.opening)
        changed = session.scalars(
            update(NumberCounter)
            .where(NumberCounter.office_id == office.id, NumberCounter.year == year, unused)
            .values(opening=first, last=first - 1)
            .returning(NumberCounter.last)
        ).all()
        if not changed:
            raise Conflict.one("first", N_("首号或编号刚被他人改动，请刷新页面后再设。"))
    record_fact(
        session,
        act.actor,
        "set_first_number",
        kind="number_counter",
        text=f"{office.name} {year}",
        subject_id=office.id,
        note={"year": year, "first": first},
    )
