"""Drafts: unsaved work of one account, without number, event or line; and registration numbers."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from risk_registry.audit.models import Event
from risk_registry.core.problems import Conflict, Refused
from risk_registry.db.engine import begin_write
from risk_registry.lines.predicates import LINE
from risk_registry.matters.models import Draft, Matter
from risk_registry.matters.operations import adopt_matter, drop_draft, highest_registration, save_draft
from risk_registry.matters.queries import by_reg_no, content, draft_of, drafts
from risk_registry.settings.queries import settings
from tests.acting import Cast, declare
from tests.registry import Registry, account, matter_values

DAY = date(2024, 5, 6)


def test_a_draft_is_its_owners_and_leaves_no_trace(registry: Registry) -> None:
    with registry.reading() as session:
        events = session.scalar(select(func.count()).select_from(Event))
        clerk, colleague = account(session, "clerk").id, account(session, "colleague").id
    with registry.writing() as session:
        typed = {"basic": {"title": "示例", "invest_wan": "1.2亿元？"}}
        number = save_draft(session, None, account_id=clerk, kind="matter", content=typed, title="示例").id
    with registry.reading() as session:
        draft = draft_of(session, clerk, number)
        assert draft is not None
        assert content(draft) == typed, "kept as typed, right or wrong"
        assert draft_of(session, colleague, number) is None
        assert [item.id for item in drafts(session, clerk)] == [number]
        assert drafts(session, colleague) == []
        assert session.scalar(select(func.count()).select_from(Event)) == events
        assert session.scalar(select(func.count()).select_from(LINE)) == 0
        assert session.scalar(select(func.count()).select_from(Matter)) == 0
    with registry.writing() as session:
        drop_draft(session, session.get_one(Draft, number))
    with registry.reading() as session:
        assert drafts(session, clerk) == []


def test_a_draft_saved_elsewhere_meanwhile_is_a_conflict(registry: Registry) -> None:
    with registry.writing() as session:
        clerk = account(session, "clerk").id
        draft = save_draft(session, None, account_id=clerk, kind="matter", content={})
        number, version = draft.id, draft.version
    with registry.writing() as session:
        draft = session.get_one(Draft, number)
        save_draft(session, draft, account_id=clerk, kind="matter", content={"a": "1"}, version=version)
    with registry.writing() as session:
        draft = session.get_one(Draft, number)
        with pytest.raises(Conflict):
            save_draft(session, draft, account_id=clerk, kind="matter", content={"b": "2"}, version=version)


def test_registration_numbers_follow_the_year_of_declaration(registry: Registry) -> None:
    given = []
    for day in (date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 2)):
        registry.clock.set(day)
        with registry.writing() as session:
            given.append(declare(session, Cast(session, day, settings(session))).matter.reg_no)
    assert given == ["500229-2023-0001", "500229-2024-0001", "500229-2024-0002"]


def test_a_malformed_older_number_is_refused(registry: Registry) -> None:
    with registry.sessions() as session:
        begin_write(session)
        for bad in ("500229-2024-17", "2024-0017", ""):
            with pytest.raises(Refused):
                adopt_matter(session, matter_values(session), reg_no=bad)
        session.rollback()


def test_an_older_number_moves_the_counter_past_it(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.sessions() as session:
        begin_write(session)
        adopt_matter(session, matter_values(session), reg_no="500229-2024-0017")
        session.flush()
        assert highest_registration(session, "500229", 2024) == 17
        found = by_reg_no(session, "500229-2024-0017")
        assert found is not None
        assert declare(session, Cast(session, DAY, settings(session))).matter.reg_no == "500229-2024-0018"
        session.rollback()
