"""The index method from conclusion to filing: gates, frozen versions, what an acceptance is bound to (DOMAIN §3)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.faults import third_party_faults
from risk_registry.assessments.fields import CONSULTATION_FIELDS, FIELDS
from risk_registry.assessments.index import Risks, recorded, set_risks
from risk_registry.assessments.models import Assessment
from risk_registry.audit.chain import canonical
from risk_registry.audit.models import Event
from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.core.risk_method import INDEX_428
from risk_registry.core.risk_method_content import content_of
from risk_registry.filings import operations as filing
from risk_registry.filings.content import content_digest
from risk_registry.matters.fields import column_name
from risk_registry.matters.operations import facts_values
from risk_registry.methods.operations import add_version, end_version
from risk_registry.organisations.operations import change_organisation
from risk_registry.settings.operations import change_setting
from risk_registry.upkeep.verification import verify
from tests.acting import Cast, bring_to, conclusion
from tests.registry import CONSULTATION, OPERATOR, Registry, organisation

DAY = date(2024, 3, 4)
D = Decimal


def factor(name: str, w: str, p: str, q: str, p_after: str, q_after: str, **more: Any) -> dict[str, Any]:
    """A factor as a form types it."""
    numbers = {"w": w, "p": p, "q": q, "p_after": p_after, "q_after": q_after}
    return {"area": "land", "name": name, "reason": None, **{key: D(text) for key, text in numbers.items()}, **more}


def measure(number: int, text: str = "公开补偿方案") -> dict[str, Any]:
    """A measure against factor ``number``."""
    return {"factor": str(number), "text": text, "responsible_org": None, "due_on": None, "done_on": None}


#: 0.6 × 0.56 + 0.4 × 0.35 = 0.336 + 0.14 = 0.476 (medium); after measures 0.6 × 0.12 + 0.4 × 0.12 = 0.12 (low).
FACTORS = (
    factor("补偿标准", "0.6", "0.7", "0.8", "0.3", "0.4"),
    factor("补偿资金", "0.4", "0.5", "0.7", "0.3", "0.4"),
)
RISKS = Risks(FACTORS, (measure(1),))
INDEXED: Mapping[str, Any] = {
    "method": "INDEX_428",
    "procedure": "ordinary",
    "notice_from": date(2024, 2, 10),
    "notice_to": date(2024, 2, 25),
    "level_before": "medium",
    "level_after": "low",
    "emergency_plan": True,
    "review_on": DAY,
    "review_experts": 3,
    "review_result": "passed",
    "severe_event": False,
    "severe_event_after": False,
}


def concluded(session: Session, cast: Cast, risks: Any = RISKS, **changes: Any) -> Assessment:
    """A round of the water bureau, concluded today by the index."""
    found = bring_to(session, cast, "assessing")
    heard = changes.pop("heard", CONSULTATION)
    values = conclusion(cast.today, **{**INDEXED, **changes})
    assessing.conclude(session, cast.act("clerk"), found, values, heard, risks=risks)
    session.flush()
    return found


def cast_of(registry: Registry, session: Session) -> Cast:
    """The cast on the day of these tests."""
    act = registry.act(session)
    return Cast(session, act.today, act.settings)


def faults(registry: Registry, risks: Any = RISKS, **changes: Any) -> dict[str, str]:
    """What the conclusion is refused for, by field."""
    registry.clock.set(DAY)
    with pytest.raises(Refused) as caught, registry.writing() as session:
        concluded(session, cast_of(registry, session), risks, **changes)
    return {problem.field: str(problem) for problem in caught.value.problems}


def test_a_round_is_concluded_filed_and_verified_with_its_factors(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        cast = cast_of(registry, session)
        found = concluded(session, cast)
        assert found.method_version == 1
        sent = filing.submit(session, cast.act("clerk"), found)
        session.flush()
        filing.receive_and_accept(session, cast.act("second"), sent, digest=content_digest(found))
        number = found.id
    with registry.reading() as session:
        found = session.get_one(Assessment, number)
        assert [(row.name, row.w, row.p_after) for row in found.factors] == [
            ("补偿标准", D("0.6"), D("0.3")),
            ("补偿资金", D("0.4"), D("0.3")),
        ]
        assert [(row.factor, row.text) for row in found.risk_measures] == [(1, "公开补偿方案")]
        assert found.status == "filed"
        result = verify(session, today=DAY)
        assert result.ok, result.faults
        event = session.scalars(select(Event).where(Event.action == "conclude")).one()
        changes = json.loads(event.changes)
        assert changes["factor[1].p"] == [None, "0.7000"]
        assert changes["measure[1].text"] == [None, "公开补偿方案"]


def test_what_the_index_lacks_is_named_row_by_row(sqlite_registry: Registry) -> None:
    found = faults(sqlite_registry, Risks())
    assert found == {"factors": "风险指数法请在“风险因素与指数”中至少登记一个风险因素"}
    found = faults(
        sqlite_registry, Risks([{**FACTORS[0], "p": None, "name": None}], [measure(7), {**measure(1), "text": None}])
    )
    assert set(found) == {"factors-0-name", "factors-0-p", "measures-0-factor", "measures-1-text"}
    found = faults(sqlite_registry, Risks([FACTORS[0], FACTORS[0]], [measure(1)]))
    assert "重复" in found["factors-1-name"]
    found = faults(sqlite_registry, Risks([FACTORS[0]], [measure(1)]))
    assert found["factors"] == "各因素权重之和应为1（允许相差0.001），现为0.6，请调整权重"
    assert "factors-0-measures" in faults(sqlite_registry, Risks(FACTORS, [measure(2)]))
    risen = (FACTORS[0], {**FACTORS[1], "p_after": D("0.6")})
    assert "请填写理由" in faults(sqlite_registry, Risks(risen, [measure(1)]))["factors-1-reason"]
    named = ({**FACTORS[0], "name": "重点人员稳控"}, FACTORS[1])
    assert "说的是人" in faults(sqlite_registry, Risks(named, [measure(1)]))["factors-0-name"]


def test_a_level_below_the_computed_one_needs_a_reason_and_a_higher_one_does_not(sqlite_registry: Registry) -> None:
    lower = {"level_before": "low", "emergency_plan": None}
    found = faults(sqlite_registry, **lower)
    assert found == {"level_reason": "选定的风险等级（低）低于计算结果（中），请填写理由"}
    with sqlite_registry.writing() as session:
        cast = cast_of(sqlite_registry, session)
        assert concluded(session, cast, **lower, level_reason="专家评审认为可控").level_before == "low"
        assert concluded(session, cast, level_before="high").level_before == "high"
        # A severe event lifts the index of 0.476; what the survey says lifts it too.
    assert "level_reason" in faults(sqlite_registry, event_people=201)
    assert faults(sqlite_registry, event_people_after=20)["level_reason"].endswith("低于计算结果（中），请填写理由")


def test_the_survey_pulls_the_trigger(sqlite_registry: Registry) -> None:
    heard = [{"method": "survey", "forms_valid": 100, "support": 60, "oppose": 34}]
    assert faults(sqlite_registry, heard=heard) == {
        "level_reason": "选定的风险等级（中）低于计算结果（高），请填写理由"
    }


def test_another_method_keeps_nothing_of_the_index(sqlite_registry: Registry) -> None:
    sqlite_registry.clock.set(DAY)
    with sqlite_registry.writing() as session:
        cast = cast_of(sqlite_registry, session)
        found = concluded(session, cast, method="QUALITATIVE", event_people=500)
        assert (found.factors, found.event_people, found.severe_event) == ([], None, None)
        assert found.method_version == 1


def stricter() -> dict[str, Any]:
    """The shipped content with a lower bound for medium."""
    return {**content_of(INDEX_428), "composite": ["0.1", "0.5", "1"]}


def test_a_round_keeps_the_version_it_was_concluded_with(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        cast = cast_of(registry, session)
        old = concluded(session, cast)
        sent = filing.submit(session, cast.act("clerk"), old)
        session.flush()
        filing.withdraw(session, cast.act("clerk"), sent, "补充材料")
        number = old.id
        row = add_version(
            session, OPERATOR, name="县标准", basis="示信发〔2024〕9号", content=stricter(), valid_from=DAY
        )
        assert row.version == 2
    with registry.writing() as session:
        cast = cast_of(registry, session)
        # 0.12 after measures is medium by the new version, low by the one of its conclusion.
        old = session.get_one(Assessment, number)
        assessing.revise(session, cast.act("clerk"), old, {"conclusion_text": "已补充"})
        assert (old.method_version, len(old.factors), old.level_after) == (1, 2, "low")
        with pytest.raises(Refused, match="低于计算结果"):
            concluded(session, cast)
        assert concluded(session, cast, level_after="medium").method_version == 2
        end_version(session, OPERATOR, session.merge(row), valid_to=DAY, reason="依据废止")
    registry.clock.set(date(2024, 3, 5))
    with registry.writing() as session:
        assert concluded(session, cast_of(registry, session)).method_version == 1


def test_rows_changed_behind_the_acceptance_stop_it(sqlite_registry: Registry) -> None:
    sqlite_registry.clock.set(DAY)
    with sqlite_registry.writing() as session:
        cast = cast_of(sqlite_registry, session)
        found = concluded(session, cast)
        before = content_digest(found)
        assessing.set_consultations(found, CONSULTATION)
        assert content_digest(found) == before
        found.factors[0].p = D("0.6999")
        assert content_digest(found) != before
        found.factors[0].p = D("0.7000")
        assert content_digest(found) == before
        found.risk_measures[0].due_on = DAY
        assert content_digest(found) != before
        session.rollback()


def test_a_revision_replaces_rows_and_says_who_changed_the_level(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        cast = cast_of(registry, session)
        found = concluded(session, cast)
        sent = filing.submit(session, cast.act("clerk"), found)
        session.flush()
        filing.withdraw(session, cast.act("clerk"), sent, "风险等级重新研判")
        number = found.id
    milder = Risks([{**FACTORS[0], "w": D(1)}], [measure(1), measure(1, "设立咨询点")])
    with registry.writing() as session:
        cast = cast_of(registry, session)
        found = session.get_one(Assessment, number)
        values = {"level_before": "high", "level_reason": "从严掌握"}
        assessing.revise(session, cast.act("colleague"), found, values, risks=milder)
        session.flush()
        assert recorded(found).factors[0]["w"] == D(1)
        assert len(found.factors) == 1
    with registry.reading() as session:
        event = session.scalars(select(Event).where(Event.action == "revise")).one()
        changes = json.loads(event.changes)
        assert changes["level_before"] == ["medium", "high"]
        assert changes["factor[2].name"] == ["补偿资金", None]
        assert changes["measure[2].text"] == [None, "设立咨询点"]
        assert event.actor == "colleague"
        assert verify(session, today=DAY).ok


def test_a_review_passed_after_revision_needs_the_day_of_the_revision(sqlite_registry: Registry) -> None:
    found = faults(sqlite_registry, review_result="revise")
    assert found == {"review_revised_on": "评审结论为“修改后通过”的，请填写评审后修改完成日期"}
    found = faults(sqlite_registry, review_result="revise", review_revised_on=date(2024, 3, 3))
    assert "不能早于评审日期" in found["review_revised_on"]
    with sqlite_registry.writing() as session:
        concluded(session, cast_of(sqlite_registry, session), review_result="revise", review_revised_on=DAY)


def test_an_unfit_assessor_is_shown_and_stops_only_where_switched_on(sqlite_registry: Registry) -> None:
    registry = sqlite_registry
    registry.clock.set(DAY)
    with registry.writing() as session:
        third = organisation(session, "assessor")
        change_organisation(session, OPERATOR, third, values={"reg_valid_to": date(2024, 2, 1)})
        number = third.id
    hired = {"mode": "commissioned", "third_party": number, "commissioned_on": date(2024, 1, 15)}
    with registry.writing() as session:
        cast = cast_of(registry, session)
        found = concluded(session, cast, **hired)
        shown = third_party_faults(session, {**hired, "concluded_on": DAY})
        assert ["到期" in str(problem) for problem in shown] == [True]
        assert third_party_faults(session, {**hired, "concluded_on": date(2024, 2, 1)}) == []
        assert found.status == "concluded"
        change_setting(session, OPERATOR, "third_party_must_be_valid", "on", basis="示信发〔2024〕3号")
    assert "到期" in faults(registry, **hired)["third_party"]
    late = {**hired, "commissioned_on": date(2024, 3, 5)}
    assert "不能早于委托日期" in faults(registry, **late)["concluded_on"]


def test_a_correction_may_not_bring_an_unfit_assessor_where_that_stops(sqlite_registry: Registry) -> None:
    registry = sqlite_registry
    registry.clock.set(DAY)
    with registry.writing() as session:
        change_setting(session, OPERATOR, "third_party_must_be_valid", "on", basis="示信发〔2024〕3号")
        number = organisation(session, "assessor").id
    with registry.writing() as session:
        cast = cast_of(registry, session)
        hired = {"mode": "commissioned", "third_party": number, "commissioned_on": date(2024, 1, 15)}
        found = concluded(session, cast, **hired)
        sent = filing.submit(session, cast.act("clerk"), found)
        session.flush()
        filing.receive(session, cast.act("officer"), sent)
        filing.request_correction(session, cast.act("officer"), sent, "核对委托日期")
        session.flush()
        with pytest.raises(Refused, match="启用"):
            filing.answer_correction(session, cast.act("clerk"), sent, "已改", {"commissioned_on": date(2009, 12, 1)})
        filing.answer_correction(session, cast.act("clerk"), sent, "已改", {"commissioned_on": date(2024, 1, 16)})
        assert found.status == "received"


def test_a_filing_that_waits_from_before_there_were_factors_is_accepted(sqlite_registry: Registry) -> None:
    sqlite_registry.clock.set(DAY)
    with sqlite_registry.writing() as session:
        cast = cast_of(sqlite_registry, session)
        found = concluded(session, cast)
        # As such a round was concluded then: by the index in name, without a row of it.
        set_risks(found, Risks())
        sent = filing.submit(session, cast.act("clerk"), found)
        session.flush()
        later = {"decision", "follow_up"}
        own = {field.name: getattr(found, column_name(field)) for field in FIELDS if field.section not in later}
        heard = [{field.name: getattr(row, field.name) for field in CONSULTATION_FIELDS} for row in found.consultations]
        parts: list[Mapping[str, Any]] = [facts_values(found.facts), own, *heard]
        facts, own, *heard = ({name: value for name, value in part.items() if value is not None} for part in parts)
        content = {"facts": facts, "assessment": own, "consultations": heard}
        sent.content_digest = hashlib.sha256(canonical(content).encode()).hexdigest()
        session.flush()
        filing.receive(session, cast.act("officer"), sent)
        filing.request_correction(session, cast.act("officer"), sent, "补充概况")
        session.flush()
        assert content_digest(found) == sent.content_digest
        # A correction cannot add the rows, so it does not ask for them.
        filing.answer_correction(session, cast.act("clerk"), sent, "已补充", {"summary": "补充概况"})
        session.flush()
        filing.accept(session, cast.act("second"), sent)
        assert found.status == "filed"


def test_the_head_who_signs_online_signs_a_revision_too(sqlite_registry: Registry) -> None:
    sqlite_registry.clock.set(DAY)
    with sqlite_registry.writing() as session:
        change_setting(session, OPERATOR, "head_signs_online", "on")
    with sqlite_registry.writing() as session:
        cast = cast_of(sqlite_registry, session)
        found = bring_to(session, cast, "assessing")
        assessing.conclude(session, cast.act("head"), found, conclusion(DAY), CONSULTATION)
        sent = filing.submit(session, cast.act("clerk"), found)
        session.flush()
        filing.withdraw(session, cast.act("clerk"), sent, "补充材料")
        session.flush()
        changed = {"outcome": "deferred", "level_reason": "重新研判"}
        with pytest.raises(NotAllowed):
            assessing.revise(session, cast.act("clerk"), found, changed)
        assessing.revise(session, cast.act("head"), found, changed)
        assert found.outcome == "deferred"
