"""What the operations of an assessment ask before they write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.core.problems import Refused
from risk_registry.db.engine import begin_write
from risk_registry.filings import operations as filing
from risk_registry.settings.queries import settings
from tests.acting import Cast, attempt, bring_to, conclusion, declare, take
from tests.core.test_workflow import NEEDS_REASON
from tests.registry import CONSULTATION, Registry, matter_values

TODAY = date(2024, 5, 6)
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


@pytest.fixture
def cast(sqlite_registry: Registry) -> Iterator[Cast]:
    """A unit of work that is thrown away."""
    sqlite_registry.clock.set(TODAY)
    with sqlite_registry.sessions() as session:
        begin_write(session)
        yield Cast(session, TODAY, settings(session))
        session.rollback()


def fields(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {problem.field for problem in refused.value.problems}


def test_everything_missing_is_said_at_once(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        assessing.declare_matter(
            cast.session,
            cast.act("clerk"),
            {**matter_values(cast.session), "title": "", "location": None, "screening": ""},
        )
    assert {"title", "location", "screening"} <= fields(refused)
    assessment = bring_to(cast.session, cast, "assessing")
    with pytest.raises(Refused) as refused:
        assessing.conclude(cast.session, cast.act("clerk"), assessment, {}, [])
    assert {"procedure", "mode", "outcome", "level_before", "level_after", "legality", "consultations"} <= fields(
        refused
    )


@pytest.mark.parametrize("result", ["waived", "covered", "transferred"])
def test_an_exemption_states_its_result_and_reason(cast: Cast, result: str) -> None:
    values = {**matter_values(cast.session), "screening": result}
    with pytest.raises(Refused) as refused:
        assessing.declare_matter(cast.session, cast.act("clerk"), values)
    assert "screening_reason" in fields(refused)
    values |= {"screening_reason": "已有评估", "screening_reference": "示稳评备〔2023〕1号"}
    assessment = assessing.declare_matter(cast.session, cast.act("clerk"), values)
    assert (assessment.status, assessment.screening, assessment.exempted_on) == ("exempt", result, TODAY)


FUTURE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("due", "start", {"day": TOMORROW}),
    ("assessing", "conclude", {"day": TOMORROW}),
    ("concluded", "submit", {"day": TOMORROW}),
    ("submitted", "receive", {"day": TOMORROW}),
    ("received", "accept", {"day": TOMORROW}),
    ("filed", "revoke", {"day": TOMORROW}),
    ("declared", "screen_required", {"day": TOMORROW}),
    # Before what they follow.
    ("assessing", "conclude", {"day": YESTERDAY}),
    ("concluded", "submit", {"day": YESTERDAY}),
    ("withdrawn", "submit", {"day": YESTERDAY}),
    ("declined", "submit", {"day": YESTERDAY}),
    ("submitted", "receive", {"day": YESTERDAY}),
    ("received", "accept", {"day": YESTERDAY}),
    ("filed", "revoke", {"day": YESTERDAY}),
    ("declared", "screen_required", {"day": YESTERDAY}),
)


@pytest.mark.parametrize(("status", "step", "data"), FUTURE)
def test_dates_out_of_order_or_in_the_future_are_refused(
    cast: Cast, status: str, step: str, data: dict[str, Any]
) -> None:
    assessment = bring_to(cast.session, cast, status)
    with pytest.raises(Refused) as refused:
        take(cast.session, cast, assessment, step, **data)
    assert any(name.endswith("_on") for name in fields(refused))


REASONED: dict[str, tuple[str, Any]] = {
    "pull_back": ("due", lambda s, a, r: assessing.return_declaration(s, a, r, " ", by_department=True)),
    "return_declaration": ("due", lambda s, a, r: assessing.return_declaration(s, a, r, "", by_department=False)),
    "screen_exempt": ("due", lambda s, a, r: assessing.screen(s, a, r, {"screening": "waived"})),
    "reopen": ("exempt", lambda s, a, r: assessing.reopen(s, a, r, "")),
    "request_correction": ("received", lambda s, a, r: filing.request_correction(s, a, attempt(s, r), "\n")),
    "answer_correction": ("correcting", lambda s, a, r: filing.answer_correction(s, a, attempt(s, r), "")),
    "decline": ("received", lambda s, a, r: filing.decline(s, a, attempt(s, r), "")),
    "withdraw": ("submitted", lambda s, a, r: filing.withdraw(s, a, attempt(s, r), "")),
    "amend": ("filed", lambda s, a, r: filing.amend(s, a, r, {"remark": "x"}, "")),
    "revoke": ("filed", lambda s, a, r: filing.revoke(s, a, attempt(s, r), "", doc_no="1号")),
    "new_round": ("filed", lambda s, a, r: assessing.open_round(s, a, r, trigger="plan_changed", reason="")),
    "terminate": ("due", lambda s, a, r: assessing.terminate(s, a, r, "")),
    "void": ("concluded", lambda s, a, r: assessing.void(s, a, r, "")),
}


@pytest.mark.parametrize("step", sorted(NEEDS_REASON))
def test_a_step_that_needs_a_reason_is_refused_without(cast: Cast, step: str) -> None:
    status, act = REASONED[step]
    assessment = bring_to(cast.session, cast, status)
    who = "second" if step in ("return_declaration", "request_correction", "decline", "revoke", "void") else "clerk"
    with pytest.raises(Refused, match="理由"):
        act(cast.session, cast.act(who), assessment)


def test_a_revocation_names_its_document(cast: Cast) -> None:
    assessment = bring_to(cast.session, cast, "filed")
    with pytest.raises(Refused) as refused:
        filing.revoke(cast.session, cast.act("second"), attempt(cast.session, assessment), "失实", doc_no=" ")
    assert fields(refused) == {"doc_no"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("outcome", "deferred"),
        ("level_after", "medium"),
        ("concluded_on", YESTERDAY),
        ("kind", "reform"),
        ("field", "other"),
        ("status", "x"),
    ],
)
def test_an_amendment_cannot_change_the_conclusion(cast: Cast, name: str, value: object) -> None:
    assessment = bring_to(cast.session, cast, "filed")
    with pytest.raises(Refused):
        filing.amend(cast.session, cast.act("clerk"), assessment, {name: value}, "更正")


@pytest.mark.parametrize("name", ["outcome", "level_after", "kind", "field", "owner_org"])
def test_a_correction_cannot_change_the_conclusion(cast: Cast, name: str) -> None:
    assessment = bring_to(cast.session, cast, "correcting")
    other = {"outcome": "phased", "level_after": "medium", "kind": "reform", "field": "land"}
    value = other.get(name, matter_values(cast.session, owner_org="school")["owner_org"])
    sent = attempt(cast.session, assessment)
    with pytest.raises(Refused) as refused:
        filing.answer_correction(cast.session, cast.act("clerk"), sent, "已更正", {name: value})
    assert fields(refused) == {name}
    same = {"outcome": assessment.outcome, "summary": "新建河堤1060米。"}
    filing.answer_correction(cast.session, cast.act("clerk"), sent, "已更正", same)
    assert assessment.status == "received"


def test_an_amendment_keeps_number_reason_and_differences(cast: Cast) -> None:
    assessment = bring_to(cast.session, cast, "filed")
    number = attempt(cast.session, assessment).number_text
    change = {"location": "示例镇另一村", "main_risks": "扬尘"}
    amendment = filing.amend(cast.session, cast.act("clerk"), assessment, change, "地点有误")
    assert amendment.seq == 1
    assert amendment.differences == (
        '{"location":["示例镇示例村","示例镇另一村"],"main_risks":["施工期交通不便","扬尘"]}'
    )
    assert attempt(cast.session, assessment).number_text == number
    assert assessment.status == "filed"


def test_a_decision_before_the_assessment_is_recorded_not_refused(cast: Cast) -> None:
    assessment = bring_to(cast.session, cast, "concluded")
    decision = {"decision_result": "implement", "decision_doc_no": "示府发〔2023〕1号", "decided_on": date(2023, 1, 1)}
    assessing.record_decision(cast.session, cast.act("clerk"), assessment, decision)
    assert assessment.decided_on == date(2023, 1, 1)


def test_the_owner_of_a_declared_matter_does_not_change(cast: Cast) -> None:
    assessment = declare(cast.session, cast)
    other = matter_values(cast.session, owner_org="school")["owner_org"]
    with pytest.raises(Refused) as refused:
        assessing.change_declaration(cast.session, cast.act("clerk"), assessment, {"owner_org": other})
    assert fields(refused) == {"owner_org"}
    assessing.return_declaration(cast.session, cast.act("officer"), assessment, "补充概况", by_department=False)
    with pytest.raises(Refused) as refused:
        assessing.redeclare(cast.session, cast.act("clerk"), assessment, {"owner_org": other})
    assert fields(refused) == {"owner_org"}


def test_ordinary_medium_and_commissioned_ask_for_more(cast: Cast) -> None:
    def asked(**changes: Any) -> set[str]:
        assessment = bring_to(cast.session, cast, "assessing")
        values = conclusion(TODAY) | changes
        with pytest.raises(Refused) as refused:
            assessing.conclude(cast.session, cast.act("clerk"), assessment, values, CONSULTATION)
        return fields(refused)

    assert "notice_from" in asked(procedure="ordinary")
    short = {"notice_from": TODAY - timedelta(days=5), "notice_to": TODAY}
    assert "notice_to" in asked(procedure="ordinary", **short)
    assert {"review_on", "review_experts", "review_result", "emergency_plan"} <= asked(level_before="medium")
    assert "third_party" in asked(mode="commissioned")
    assert "legality_text" in asked(legality="partly")
    assert "procedure" in asked(level_before="medium", level_after="medium")


def test_a_new_round_names_its_trigger_and_follows_the_last(cast: Cast) -> None:
    assessment = bring_to(cast.session, cast, "filed")
    for trigger in ("", "first"):
        with pytest.raises(Refused) as refused:
            assessing.open_round(cast.session, cast.act("clerk"), assessment, trigger=trigger, reason="x")
        assert fields(refused) == {"trigger"}
    with pytest.raises(Refused):
        assessing.open_round(
            cast.session, cast.act("clerk"), assessment, trigger="new_risk", reason="x", declared_on=YESTERDAY
        )
    assert isinstance(take(cast.session, cast, assessment, "new_round"), Assessment)
