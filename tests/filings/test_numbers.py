"""Filing numbers: gapless, never reused, opened by an administrator before first use."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.db.engine import begin_write
from risk_registry.filings import operations as filing
from risk_registry.filings.models import Filing
from risk_registry.filings.numbers import set_first_number
from risk_registry.organisations.operations import rename_organisation
from risk_registry.settings.queries import settings
from tests.acting import Cast, attempt, bring_to, take
from tests.registry import OPERATOR, Registry, organisation


def file_on(registry: Registry, day: date, *, filed_on: date | None = None) -> str:
    registry.clock.set(day)
    with registry.writing() as session:
        cast = Cast(session, day, settings(session))
        assessment = bring_to(session, cast, "submitted" if filed_on is None else "concluded")
        if filed_on is not None:
            take(session, cast, assessment, "submit", day=filed_on)
        return filing.receive_and_accept(session, cast.act("second"), attempt(session, assessment), filed_on=filed_on)


def test_numbers_follow_the_year_of_the_filing_date(registry: Registry) -> None:
    day = date(2025, 1, 6)
    assert file_on(registry, date(2024, 12, 30)) == "示稳评备〔2024〕1号"
    assert file_on(registry, day) == "示稳评备〔2025〕1号"
    assert file_on(registry, day) == "示稳评备〔2025〕2号"


def test_a_number_bears_the_short_name_of_its_day(registry: Registry) -> None:
    today, tomorrow = date(2024, 12, 30), date(2024, 12, 31)
    registry.clock.set(today)
    with registry.writing() as session:
        office = organisation(session, "office")
        rename_organisation(
            session, OPERATOR, office, name="示例县委社会工作部", short="社", valid_from=tomorrow, today=today
        )
    assert file_on(registry, today) == "示稳评备〔2024〕1号"
    assert file_on(registry, tomorrow) == "社稳评备〔2024〕2号"


def test_a_refused_acceptance_takes_no_number(registry: Registry) -> None:
    day = date(2024, 3, 1)
    file_on(registry, day)
    with registry.sessions() as session:
        begin_write(session)
        cast = Cast(session, day, settings(session))
        assessment = bring_to(session, cast, "received")
        assert filing.accept(session, cast.act("second"), attempt(session, assessment)) == "示稳评备〔2024〕2号"
        session.rollback()
    assert file_on(registry, day) == "示稳评备〔2024〕2号"


def test_a_revoked_number_stays_and_is_not_given_again(registry: Registry) -> None:
    day = date(2024, 3, 1)
    registry.clock.set(day)
    with registry.writing() as session:
        bring_to(session, Cast(session, day, settings(session)), "revoked")
    assert file_on(registry, day) == "示稳评备〔2024〕2号"
    with registry.reading() as session:
        assert set(session.scalars(select(Filing.number_seq))) == {1, 2}


def test_an_administrator_opens_a_year_before_its_first_use(registry: Registry) -> None:
    day = date(2024, 3, 1)
    registry.clock.set(day)
    with registry.writing() as session:
        cast, office = Cast(session, day, settings(session)), organisation(session, "office")
        with pytest.raises(NotAllowed):
            set_first_number(session, cast.act("second"), office, 2024, 15)
        set_first_number(session, cast.act("sysadmin"), office, 2024, 12)
        set_first_number(session, cast.act("sysadmin"), office, 2024, 15)
    assert file_on(registry, day) == "示稳评备〔2024〕15号"
    with registry.writing() as session:
        cast, office = Cast(session, day, settings(session)), organisation(session, "office")
        for first in (0, 16, 400):
            with pytest.raises(Refused):
                set_first_number(session, cast.act("sysadmin"), office, 2024, first)
