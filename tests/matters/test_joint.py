"""联合事项: who takes part is kept, frozen, listed and bound to the filing; only the lead is counted (both engines)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import EVERYTHING
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.casefile.projection import line_digest
from risk_registry.core.predicates import Question
from risk_registry.core.problems import Refused
from risk_registry.filings import operations as filing
from risk_registry.filings.content import content_digest
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import LineFilter, LineQuery
from risk_registry.matters.joint import Joint, joint_of, joint_problems
from risk_registry.statistics.joint import MEASURES, partners
from risk_registry.statistics.queries import counts
from risk_registry.upkeep.verification import verify
from tests.registry import CONCLUSION, CONSULTATION, Registry, matter_values, organisation

DAY = date(2024, 3, 4)


def beside(session: Session, *pairs: tuple[str, str]) -> tuple[Joint, ...]:
    """Organisations by code with the part they take."""
    return tuple(Joint(organisation(session, code).id, part) for code, part in pairs)


def declare(session: Session, registry: Registry, joint: Sequence[Joint] = (), **changes: Any) -> Assessment:
    values = {**matter_values(session, **changes), "co_organisers": joint}
    found = assessing.declare_matter(session, registry.act(session, "clerk"), values)
    session.flush()
    return found


def file(session: Session, registry: Registry, found: Assessment) -> None:
    act = registry.act(session, "clerk")
    assessing.start(session, act, found)
    assessing.conclude(session, act, found, {**CONCLUSION, "concluded_on": act.today}, CONSULTATION)
    filing.receive_and_accept(session, registry.act(session, "second"), filing.submit(session, act, found))


def line(session: Session, reg_no: str, seq: int = 1) -> Any:
    query = select(*LINE.columns).where(LINE.c.superseded_at.is_(None), LINE.c.reg_no == reg_no, LINE.c.seq == seq)
    return session.execute(query).one()


def test_they_are_kept_in_line_event_and_next_round(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        joint = beside(session, ("town", "implement"), ("school", "owner"), ("school", "implement"))
        found = declare(session, registry, joint)
        file(session, registry, found)
        reg_no = found.matter.reg_no
        school, town = organisation(session, "school").id, organisation(session, "town").id
    with registry.writing() as session:
        found = session.scalars(select(Assessment)).one()
        assert joint_of(found.facts) == (Joint(school, "owner"), Joint(town, "implement"), Joint(school, "implement"))
        row = line(session, reg_no)
        assert row.co_org_ids == f";{town};{school};"
        assert row.co_orgs == "示例镇人民政府、示例县教育局"
        changes = json.loads(session.scalars(select(Event.changes).where(Event.action == "declare")).one())
        assert changes["co_organiser[2].part"] == [None, "owner"]
        again = assessing.open_round(
            session, registry.act(session, "clerk"), found, trigger="new_risk", reason="方案调整"
        )
        session.flush()
        # The next round's facts go their own way; the concluded one keeps what it had.
        values = {"co_organisers": beside(session, ("town", "implement"))}
        assessing.change_declaration(session, registry.act(session, "clerk"), again, values)
    with registry.reading() as session:
        assert line(session, reg_no, 2).co_orgs == "示例镇人民政府"
        assert line(session, reg_no, 1).co_orgs == "示例镇人民政府、示例县教育局"
        changes = json.loads(session.scalars(select(Event.changes).where(Event.action == "change_declaration")).one())
        assert changes["co_organiser[1].part"] == ["owner", None]
        assert verify(session, DAY).ok


def test_a_line_without_any_has_the_digest_it_always_had(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        reg_no = declare(session, registry).matter.reg_no
    with registry.reading() as session:
        row = dict(line(session, reg_no)._mapping)
        assert row["co_org_ids"] is None
        del row["co_org_ids"], row["co_orgs"]
        before = {**row, "co_org_ids": None, "co_orgs": None}
        assert line_digest(before) == row["digest"]


def test_the_filing_is_bound_to_them(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        plain, joined = declare(session, registry), declare(session, registry, beside(session, ("school", "owner")))
        # A round without any keeps the digest of before there were joint matters.
        without = content_digest(plain)
        joined.facts.co_organisers.clear()
        session.flush()
        assert content_digest(joined) == without
        session.rollback()
    with registry.writing() as session:
        joined = declare(session, registry, beside(session, ("school", "owner")))
        assert content_digest(joined) != without


def figures(session: Session) -> Any:
    query = LineQuery(EVERYTHING, LineFilter(Question(date(2024, 1, 1), date(2024, 12, 31), DAY)), present=DAY)
    found = counts(session, query)
    return query, found


def test_only_the_lead_is_counted_and_each_partner_leads_to_its_lines(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        made = [declare(session, registry) for _ in range(4)]
        for found in made[:3]:
            file(session, registry, found)
    with registry.reading() as session:
        query, before = figures(session)
        assert partners(session, query) == []
    with registry.writing() as session:
        act = registry.act(session, "clerk")
        fourth = session.scalars(select(Assessment).where(Assessment.status == "due")).one()
        both = beside(session, ("school", "owner"), ("school", "implement"), ("town", "owner"))
        assessing.change_declaration(session, act, fourth, {"co_organisers": both})
        for found in session.scalars(select(Assessment).where(Assessment.status == "filed").limit(2)):
            again = assessing.open_round(session, act, found, trigger="new_risk", reason="方案调整")
            session.flush()
            assessing.change_declaration(session, act, again, {"co_organisers": beside(session, ("town", "owner"))})
            file(session, registry, again)
    with registry.reading() as session:
        query, after = figures(session)
        assert after.by["organisation"].keys() == before.by["organisation"].keys() == {"water"}
        assert after.measures["assessed"] == before.measures["assessed"] + 2
        taking = {row.code: row.numbers for row in partners(session, query)}
        assert taking["town"]["assessed"] == taking["town"]["filed"] == 2
        assert set(taking) == {"town"}, "an open round that counts nowhere lists its partners nowhere"
        for code, numbers in taking.items():
            for measure in MEASURES:
                size = query.with_filter(measure=measure, joint=code).count(session)
                assert size == numbers[measure], (code, measure)
        listed = query.with_filter(basis="all", joint="school").count(session)
        assert listed == 1
        assert query.with_filter(basis="all", joint="nobody").count(session) == 0


def test_removing_every_partner_changes_no_figure(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        found = declare(session, registry, beside(session, ("school", "owner"), ("town", "implement")))
        assessing.start(session, registry.act(session, "clerk"), found)
    with registry.reading() as session:
        _query, before = figures(session)
    with registry.writing() as session:
        found = session.scalars(select(Assessment)).one()
        assessing.change_declaration(session, registry.act(session, "clerk"), found, {"co_organisers": ()})
    with registry.reading() as session:
        _query, after = figures(session)
        assert (after.measures, after.by, after.matrix) == (before.measures, before.by, before.matrix)
        assert before.measures["in_progress"] == 1


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ((("school", "owner"), ("school", "owner")), "填了两次"),
        ((("water", "owner"),), "牵头单位不再填作"),
        ((("builder", "implement"),), "牵头单位不再填作"),
        ((("assessor", "implement"),), "从列出的单位"),
        ((("school", "guest"),), "从列出的单位"),
    ],
)
def test_what_does_not_fit_is_refused(registry: Registry, pairs: Sequence[tuple[str, str]], said: str) -> None:
    with registry.writing() as session:
        joint = beside(session, *pairs)
        with pytest.raises(Refused, match=said):
            declare(session, registry, joint)
        session.rollback()


def test_the_lead_in_one_part_may_take_another() -> None:
    assert joint_problems({"owner_org": 3, "implement_org": 4, "co_organisers": (Joint(3, "implement"),)}) == []
