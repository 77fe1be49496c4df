"""One matter from declaration to filing, and what the lines and events say of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.audit.queries import breaks
from risk_registry.filings import operations as filing
from risk_registry.filings.queries import newest_attempt
from risk_registry.lines.predicates import LINE
from tests.registry import CONCLUSION, CONSULTATION, Registry, matter_values


def test_a_matter_is_registered_assessed_submitted_and_filed(registry: Registry) -> None:
    registry.clock.set(date(2024, 3, 1))
    with registry.writing() as session:
        act = registry.act(session, "clerk")
        assessment = assessing.declare_matter(session, act, matter_values(session))
        assessing.start(session, act, assessment)
        values = {**CONCLUSION, "concluded_on": date(2024, 3, 1)}
        assessing.conclude(session, act, assessment, values, CONSULTATION)
        filing.submit(session, act, assessment)
        number = assessment.id
    registry.clock.set(date(2024, 3, 4))
    with registry.writing() as session:
        attempt = newest_attempt(session, number)
        assert attempt is not None
        assert filing.receive_and_accept(session, registry.act(session, "second"), attempt) == "示稳评备〔2024〕1号"
    with registry.reading() as session:
        line = session.execute(
            select(*LINE.columns).where(LINE.c.assessment_id == number, LINE.c.superseded_at.is_(None))
        ).one()
        assert line.status == "filed" == session.get_one(Assessment, number).status
        assert line.reg_no == "500229-2024-0001"
        assert line.support_rate == 100
        assert line.owner_org == "示例县水利局"
        actions = session.scalars(select(Event.action).where(Event.subject_kind == "assessment").order_by(Event.seq))
        assert list(actions) == ["declare", "screen_required", "start", "conclude", "submit", "receive", "accept"]
        assert breaks(session) == []
