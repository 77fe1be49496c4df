"""The demo county is the second fixture of DOMAIN §8c: 14 / 14, whatever stands around the fourteen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.casefile.projection import attach
from risk_registry.db.clock import FixedClock, day_of
from risk_registry.db.engine import make_engine
from risk_registry.db.migrate import upgrade
from risk_registry.db.work import make_sessions, reading
from risk_registry.demo.county import load_county
from risk_registry.demo.matters import MATTERS
from risk_registry.demo.people import PEOPLE, SIGN_IN
from risk_registry.filings.models import Amendment, Correction, Filing
from risk_registry.lines.predicates import LINE
from risk_registry.matters.models import Draft
from risk_registry.upkeep.verification import verify
from tests.server import Data

#: Early in a year, so that what is open reaches back over its turn.
TODAY = date(2027, 1, 6)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The county as it is loaded on ``TODAY``."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('county') / 'registry.db'}")
    upgrade(engine)
    clock = FixedClock(TODAY)
    sessions = make_sessions(engine, clock, attach)
    load_county(sessions, clock, today=TODAY, password_hash="unusable")
    with reading(sessions) as session:
        yield session
    engine.dispose()


def _ended_2024(session: Session) -> Counter[str]:
    query = select(LINE.c.status).where(LINE.c.superseded_at.is_(None), LINE.c.declared_on < date(2025, 1, 1))
    return Counter(session.scalars(query))


def test_2024_is_fourteen_filed_and_three_that_do_not_count(county: Session) -> None:
    assert _ended_2024(county) == {"filed": 14, "withdrawn": 1, "exempt": 2}
    numbers = select(LINE.c.number_seq).where(LINE.c.superseded_at.is_(None), LINE.c.number_year == 2024)
    assert sorted(county.scalars(numbers)) == list(range(1, 15))
    screenings = select(Assessment.screening).where(Assessment.status == "exempt")
    assert set(county.scalars(screenings)) == {"waived", "covered"}
    assert county.scalar(select(func.count()).select_from(Draft)) == 1
    assert county.scalar(select(func.count()).select_from(Amendment)) == 1
    twice = select(func.count()).select_from(Correction).where(Correction.issued_on < date(2025, 1, 1))
    assert sorted(county.scalars(twice.group_by(Correction.filing_id))) == [2, 2]


def test_nobody_accepted_what_he_sent_in(county: Session) -> None:
    rows = county.execute(select(Filing.submitted_by, Filing.accepted_by).where(Filing.filed_on.is_not(None))).all()
    assert len(rows) == 19
    assert all(row.submitted_by and row.accepted_by and row.submitted_by != row.accepted_by for row in rows)


def test_the_clock_walked_with_the_county(county: Session) -> None:
    """Every act was recorded on the day it was done, never later than the day the county was loaded."""
    newest = county.scalar(select(func.max(Event.recorded_at))) or 0
    assert day_of(newest) < TODAY
    rows = county.execute(
        select(Filing.filed_on, func.max(Event.recorded_at).label("at"))
        .join(Event, (Event.subject_id == Filing.assessment_id) & (Event.action == "accept"))
        .where(Filing.filed_on.is_not(None), Event.subject_kind == "assessment")
        .group_by(Filing.id, Filing.filed_on)
    ).all()
    assert rows
    assert all(day_of(row.at) == row.filed_on for row in rows)


def test_the_desks_are_not_empty(county: Session) -> None:
    query = select(LINE.c.status).where(LINE.c.superseded_at.is_(None), LINE.c.declared_on > date(2026, 1, 1))
    assert set(county.scalars(query)) == {"correcting", "received", "submitted", "concluded", "assessing", "due"}


def test_2025_shows_what_was_not_to_be(county: Session) -> None:
    query = select(LINE.c.outcome, LINE.c.seq, LINE.c.status).where(
        LINE.c.superseded_at.is_(None), LINE.c.concluded_on.between(date(2025, 1, 1), date(2025, 12, 31))
    )
    found = {tuple(row) for row in county.execute(query)}
    assert found == {
        ("implement", 1, "filed"),
        ("deferred", 1, "filed"),
        ("implement", 2, "filed"),
        ("rejected", 1, "filed"),
        ("implement", 1, "revoked"),
    }


def test_the_county_is_sound(county: Session) -> None:
    result = verify(county, TODAY)
    assert result.ok, result.faults


def test_what_is_invented_says_so() -> None:
    assert all("示例" in matter["title"] and matter["remark"].startswith("示例：") for matter in MATTERS.values())
    assert len({person.name for person in PEOPLE}) == len(PEOPLE) == len(SIGN_IN)
    roles = {role for person in PEOPLE for role in person.roles}
    assert len(roles) == 9


def test_the_command_prints_accounts_and_refuses_a_second_time(demo_data: Data, tmp_path: Path) -> None:
    again = demo_data.run("demo")
    assert again.returncode == 1
    assert "已有数据" in again.stderr
    printed = Data(tmp_path / "data").run("demo").stdout
    assert all(person.name in printed and person.password in printed for person in SIGN_IN)
