"""Every step of the state machine has a page, for those whose step it is and at its time only."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from risk_registry.assessments import operations as assessing
from risk_registry.audit.models import Event
from risk_registry.audit.queries import breaks
from risk_registry.casefile.readers import ELSEWHERE, FIRST
from risk_registry.core.workflow import BY_NAME, TRANSITIONS
from risk_registry.handling.step_table import PAGES
from risk_registry.settings.operations import change_setting
from tests.case_site import Site, form_of
from tests.registry import OPERATOR, matter_values

DAY = date(2024, 3, 4)


def step(reg_no: str, name: str, n: int = 1) -> str:
    return f"/matters/{reg_no}/assessments/{n}/steps/{name}"


def test_every_transition_has_a_page() -> None:
    assert set(PAGES) | set(ELSEWHERE) == {transition.name for transition in TRANSITIONS}
    assert not set(PAGES) & set(ELSEWHERE)
    assert set(FIRST) <= set(BY_NAME)


#: stage, step, who, the question its form is known by, answers, status afterwards
STEPS: list[tuple[str, str, str, str, dict[str, str], str]] = [
    ("due", "pull_back", "clerk", "reason", {"reason": "名称写错"}, "returned"),
    ("due", "return_declaration", "officer", "reason", {"reason": "名称不完整"}, "returned"),
    ("due", "start", "clerk", "started_on", {"started_on": "2024-03-01"}, "assessing"),
    ("due", "terminate", "clerk", "reason", {"reason": "事项取消"}, "terminated"),
    ("concluded", "submit", "clerk", "submitted_on", {}, "submitted"),
    ("concluded", "void", "approver", "reason", {"reason": "重复登记"}, "void"),
    (
        "concluded",
        "record_decision",
        "clerk",
        "decided_on",
        {"decision_result": "implement", "decided_on": "2024-03-04", "decision_doc_no": "示政办〔2024〕3号"},
        "concluded",
    ),
    ("concluded", "track", "clerk", "implementation", {"implementation": "in_progress"}, "concluded"),
    ("submitted", "receive", "officer", "received_on", {}, "received"),
    ("submitted", "withdraw", "clerk", "reason", {"reason": "材料有误"}, "withdrawn"),
    ("received", "request_correction", "officer", "items", {"items": "1. 公示材料\n2. 评审意见"}, "correcting"),
    ("received", "decline", "approver", "reason", {"reason": "第三方机构未备案"}, "declined"),
    ("correcting", "answer_correction", "clerk", "answer", {"answer": "已补充公示材料"}, "received"),
    ("filed", "revoke", "approver", "reason", {"reason": "材料不实", "doc_no": "示信〔2024〕5号"}, "revoked"),
]


@pytest.mark.parametrize(("stage", "name", "who", "holding", "answers", "after"), STEPS, ids=[row[1] for row in STEPS])
def test_a_step_is_taken(
    site: Site, stage: str, name: str, who: str, holding: str, answers: dict[str, str], after: str
) -> None:
    reg_no = site.case(stage)
    case = site.person(who).get(f"/matters/{reg_no}").text
    assert f'href="{step(reg_no, name)}"' in case
    answer = site.person(who).send(step(reg_no, name), holding=holding, **answers)
    assert (answer.status_code, answer.location) == (303, f"/matters/{reg_no}/assessments/1"), answer.text
    assert site.status(reg_no) == after
    page = site.person(who).get(answer.location or "").text
    for said in (value for key, value in answers.items() if key in ("reason", "doc_no", "answer")):
        assert said in page
    with site.registry.reading() as session:
        assert session.scalar(select(Event.action).order_by(Event.seq.desc()).limit(1)) == name
        assert breaks(session) == []


#: Steps that need a reason or a value: sent empty, nothing happens and the page says what to fill.
EMPTY = [row for row in STEPS if row[4] and row[1] != "start"]


@pytest.mark.parametrize(("stage", "name", "who", "holding", "answers", "after"), EMPTY, ids=[row[1] for row in EMPTY])
def test_an_empty_form_is_refused(
    site: Site, stage: str, name: str, who: str, holding: str, answers: dict[str, str], after: str
) -> None:
    reg_no = site.case(stage)
    before = site.status(reg_no)
    answer = site.person(who).send(step(reg_no, name), holding=holding)
    assert answer.status_code == 422
    assert "data-error-summary" in answer.text
    assert site.status(reg_no) == before
    assert after


def test_screening_and_its_way_back(site: Site) -> None:
    with site.registry.writing() as session:
        change_setting(session, OPERATOR, "screening_first", "on")
    reg_no = _declared(site)
    assert site.status(reg_no) == "declared"
    assert site.person("clerk").get(step(reg_no, "screen_exempt")).status_code == 403
    page = site.person("officer").get(step(reg_no, "screen_exempt")).text
    assert 'value="required"' not in page
    answer = site.person("officer").send(
        step(reg_no, "screen_exempt"), holding="screening", screening="covered", screening_reason="已评估"
    )
    assert answer.status_code == 422
    assert "已有评估的备案编号或文号" in answer.text
    site.person("officer").send(
        step(reg_no, "screen_exempt"),
        holding="screening",
        screening="covered",
        screening_reason="已评估",
        screening_reference="示稳评备〔2023〕9号",
    )
    assert site.status(reg_no) == "exempt"
    site.person("officer").send(step(reg_no, "reopen"), holding="reason", reason="范围扩大")
    assert site.status(reg_no) == "declared"
    site.person("officer").send(step(reg_no, "screen_required"), holding="screened_on")
    assert site.status(reg_no) == "due"


def _declared(site: Site) -> str:
    with site.registry.writing() as session:
        values = {**matter_values(session), "screening": None}
        return assessing.declare_matter(session, site.registry.act(session, "clerk"), values).matter.reg_no


def test_a_new_round(site: Site) -> None:
    reg_no = site.case("filed")
    page = site.person("clerk").get(step(reg_no, "new_round")).text
    assert 'value="first"' not in page
    answer = site.person("clerk").send(
        step(reg_no, "new_round"), holding="trigger", trigger="new_risk", reason="施工方案重大调整"
    )
    assert answer.location == f"/matters/{reg_no}/assessments/2"
    whole = site.person("clerk").get(f"/matters/{reg_no}").text
    assert whole.index(">第2轮评估 ") < whole.index(">第1轮评估 ")
    assert "施工方案重大调整" in whole
    assert site.status(reg_no) == "filed"
    assert site.status(reg_no, 2) == "due"


def test_an_answer_may_set_the_content_right(site: Site) -> None:
    reg_no = site.case("correcting")
    site.person("clerk").send(
        step(reg_no, "answer_correction"), holding="answer", answer="已更正", summary="新建河堤1150米。"
    )
    found = site.round(reg_no)
    with site.registry.reading() as session:
        event = session.execute(select(Event.changes).order_by(Event.seq.desc()).limit(1)).scalar_one()
    assert found.status == "received"
    assert "1150米" in event
    assert "emergency_plan" not in event
    assert site.person("second").send(f"/filings/{reg_no}/1", holding="filed_on").status_code == 303


def test_personal_data_is_stopped(site: Site) -> None:
    reg_no = site.case("received")
    answer = site.person("officer").send(step(reg_no, "request_correction"), holding="items", items="请联系13812345678")
    assert answer.status_code == 422
    assert site.status(reg_no) == "received"


@pytest.mark.parametrize(
    ("stage", "name", "who"),
    [
        ("submitted", "receive", "clerk"),
        ("submitted", "withdraw", "officer"),
        ("received", "decline", "officer"),
        ("filed", "revoke", "officer"),
        ("filed", "revoke", "clerk"),
        ("concluded", "void", "clerk"),
        ("due", "return_declaration", "clerk"),
        ("due", "start", "leader"),
        ("filed", "amend", "officer"),
    ],
)
def test_somebody_elses_step_is_forbidden(site: Site, stage: str, name: str, who: str) -> None:
    reg_no = site.case(stage)
    assert site.person(who).get(step(reg_no, name)).status_code == 403
    assert f'/steps/{name}"' not in site.person(who).get(f"/matters/{reg_no}").text


def test_a_wide_scope_lets_one_read_not_act(site: Site) -> None:
    """A department's role counts for its own matters, an office's for what is filed with it."""
    reg_no = site.case("submitted")
    site.give("leader", "submitter", "filing_approver", "filing_officer")
    assert site.person("leader").get(f"/matters/{reg_no}").status_code == 200
    assert site.person("leader").get(step(reg_no, "withdraw")).status_code == 403
    assert site.person("leader").get(step(reg_no, "receive")).status_code == 403
    assert 'name="filed_on"' not in site.person("leader").get(f"/filings/{reg_no}/1").text


def test_out_of_time_and_out_of_sight(site: Site) -> None:
    reg_no = site.case("due")
    late = site.person("clerk").get(step(reg_no, "withdraw"))
    assert (late.status_code, late.location) == (302, f"/matters/{reg_no}/assessments/1")
    assert "当前状态不能办理" in site.person("clerk").get(late.location or "").text
    assert site.person("teacher").get(step(reg_no, "start")).status_code == 404
    assert site.person("clerk").get(step(reg_no, "nothing")).status_code == 404
    assert site.person("clerk").get(step(reg_no, "start", 2)).status_code == 404
    assert site.person("clerk").get(step("500229-2024-9999", "start")).status_code == 404


def test_a_stale_page_keeps_what_was_typed(site: Site) -> None:
    reg_no = site.case("concluded")
    mine = site.person("clerk").form(step(reg_no, "track"), holding="implementation")
    site.person("colleague").send(step(reg_no, "track"), holding="implementation", implementation="in_progress")
    typed = {**mine, "implementation": "completed", "tracking": "措施已全部落实"}
    answer = site.person("clerk").client.post(step(reg_no, "track"), data=typed)
    assert answer.status_code == 409
    assert "措施已全部落实" in answer.text
    assert site.round(reg_no).implementation == "in_progress"


def test_a_repeated_post_has_one_result(site: Site) -> None:
    reg_no = site.case("submitted")
    values = site.person("officer").form(step(reg_no, "receive"), holding="received_on")
    answers = [site.person("officer").client.post(step(reg_no, "receive"), data=values) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    with site.registry.reading() as session:
        assert list(session.scalars(select(Event.action).where(Event.action == "receive"))) == ["receive"]


def test_an_amendment_is_looked_at_before_it_is_kept(site: Site) -> None:
    reg_no = site.case("filed")
    path = step(reg_no, "amend")
    clerk = site.person("clerk")
    assert "没有改动任何内容" in clerk.send(path, holding="reason", reason="更正").text
    first = {**clerk.form(path, holding="reason"), "households": "130", "reason": "原填有误"}
    shown = clerk.client.post(path, data=first)
    assert shown.status_code == 200
    assert "请核对变更内容" in shown.text
    assert "变更备案1" not in clerk.get(f"/matters/{reg_no}").text
    second = form_of(shown.text, "confirmed").values
    changed = clerk.client.post(path, data={**second, "households": "140"})
    assert changed.status_code == 200, "another change than the one shown is shown again"
    kept = clerk.client.post(path, data=second)
    assert kept.status_code == 303
    page = clerk.get(f"/matters/{reg_no}").text
    assert "变更备案1" in page
    assert "原填有误" in page
    assert "130" in page
    assert "示稳评备〔2024〕1号" in page


def test_a_new_round_after_revocation_offers_its_reason(site: Site) -> None:
    chosen, reg_no = '<option selected value="revoked">', site.case("filed")
    assert chosen not in site.person("clerk").get(step(reg_no, "new_round")).text
    undone = {"reason": "材料不实", "doc_no": "示信〔2024〕5号"}
    assert site.person("approver").send(step(reg_no, "revoke"), holding="reason", **undone).status_code == 303
    assert chosen in site.person("clerk").get(step(reg_no, "new_round")).text
