"""One matter whole: what its page and its papers say, and who may read them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from risk_registry.accounts import separation
from risk_registry.accounts.scope import EVERYTHING
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import situation
from risk_registry.assessments.models import Assessment
from risk_registry.audit.queries import head_code
from risk_registry.casefile.queries import find_assessment
from risk_registry.casefile.readers import step_url
from risk_registry.core.workflow import available
from risk_registry.settings.operations import change_setting
from tests.case_site import Site
from tests.registry import OPERATOR, organisation

HOSTILE = "<script>alert(1)</script>\n=1+1"


@pytest.mark.parametrize("stage", ["due", "assessing", "concluded", "submitted", "received", "correcting", "filed"])
def test_the_buttons_are_those_of_the_state_machine(site: Site, stage: str) -> None:
    reg_no = site.case(stage)
    for who in ("clerk", "head", "officer", "approver", "second", "leader", "counter", "auditor"):
        _buttons(site, reg_no, stage, who)


def _buttons(site: Site, reg_no: str, stage: str, who: str) -> None:
    page = site.person(who).get(f"/matters/{reg_no}").text
    with site.registry.reading() as session:
        found = session.get_one(Assessment, site.round(reg_no).id)
        wanted = {step.name for step in available(situation(session, site.registry.act(session, who), found))}
        with site.app.test_request_context():
            links = {step_url(found, name) for name in wanted}
    shown = set(re.findall(r'href="(/matters/[^"]+/(?:steps/\w+|edit|work)|/filings/[^"]+/1)"', page))
    may_review = stage in ("submitted", "received", "correcting") and who in ("approver", "second")
    review = {f"/filings/{reg_no}/1"} if may_review else set()
    # 备案审查 stands in for the office's first step, so that step may be on that page instead.
    assert shown - review <= links
    assert links - review <= shown | {step for step in links if may_review and step.endswith("/receive")}


def test_one_page_tells_everything(site: Site) -> None:
    reg_no = site.case("filed", title="示例河堤工程", households=128, remark="分两期实施")
    page = site.person("leader").get(f"/matters/{reg_no}").text
    for said in (
        "示例河堤工程",
        "示稳评备〔2024〕1号",
        reg_no,
        "等待登记决策结果",
        "轮到：示例县水利局",
        "分两期实施",
        "问卷调查",
        "100.00%",
        "施工期交通不便",
        "水利局负责人",
        "申报登记",
        "判定应评",
        "评估完成",
        "报送备案",
        "予以备案",
        "clerk · 示例县水利局",
    ):
        assert said in page, said
    with site.registry.reading() as session:
        assert head_code(session) in page


def test_text_stays_text(site: Site) -> None:
    reg_no = site.case("filed", summary=HOSTILE)
    for path in (f"/matters/{reg_no}", f"/matters/{reg_no}/assessments/1/form", f"/filings/{reg_no}/1"):
        page = site.person("second").get(path).text
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;\n=1+1" in page


def test_out_of_scope_is_not_there(site: Site) -> None:
    reg_no = site.case("filed")
    for path in (
        f"/matters/{reg_no}",
        f"/matters/{reg_no}/assessments/1",
        f"/matters/{reg_no}/assessments/1/form",
        f"/matters/{reg_no}/assessments/1/receipt/filing",
        f"/matters/{reg_no}/assessments/1/receipt/received",
        f"/filings/{reg_no}/1",
    ):
        assert site.person("teacher").get(path).status_code == 404, path
        assert site.person("clerk").get(path).status_code == 200, path
        assert site.person("sysadmin").get(path).status_code == 403, path
        assert site.app.test_client().get(path).location == f"/login?next={path}"


def test_a_round_of_another_unit_is_not_even_named(site: Site) -> None:
    """An earlier round may have been another unit's; nothing on the page of the later one leads there."""
    reg_no = site.case("concluded", conclusion={"outcome": "deferred"})
    with site.registry.writing() as session:
        found = find_assessment(session, EVERYTHING, reg_no)
        assert found is not None
        assessing.open_round(session, site.registry.act(session, "clerk"), found, trigger="new_risk", reason="重新论证")
        school = organisation(session, "school").id
    assert "本事项的其他轮次" in site.person("clerk").get(f"/matters/{reg_no}/assessments/2").text
    site.spoil("DROP TRIGGER ledger_line_no_update")
    site.spoil("UPDATE ledger_line SET owner_org_id = :school WHERE seq = 1", school=school)
    assert site.person("clerk").get(f"/matters/{reg_no}/assessments/1").status_code == 404
    for path in (f"/matters/{reg_no}", f"/matters/{reg_no}/assessments/2"):
        assert "本事项的其他轮次" not in site.person("clerk").get(path).text


def test_separated_administrators_see_no_business(site: Site) -> None:
    reg_no = site.case("filed")
    paths = [f"/matters/{reg_no}", f"/matters/{reg_no}/assessments/1/form", "/filings", f"/filings/{reg_no}/1"]
    paths.append(f"/matters/{reg_no}/assessments/1/receipt")
    assert {site.person("auditor").get(path).status_code for path in paths} == {200}
    with site.registry.writing() as session:
        separation.turn_on(session, OPERATOR)
    assert {site.person("auditor").get(path).status_code for path in paths} == {403}
    assert {site.person("leader").get(path).status_code for path in paths} == {200}


def test_papers_there_are(site: Site) -> None:
    due, received = site.case("due"), site.case("received")
    clerk = site.person("clerk")
    assert clerk.get(f"/matters/{due}/assessments/1/form").status_code == 200
    assert clerk.get(f"/matters/{due}/assessments/1/receipt/received").status_code == 404
    assert clerk.get(f"/matters/{received}/assessments/1/receipt/filing").status_code == 404
    assert clerk.get(f"/filings/{received}/1/filed").status_code == 404
    paper = clerk.get(f"/matters/{received}/assessments/1/receipt/received").text
    assert "只证明收到材料" in paper
    assert f"{received}-1-1" in paper


def test_the_form_as_it_circulates(site: Site) -> None:
    """DOMAIN §4.1: header, body and seal blocks in their order, labels by setting."""
    with site.registry.writing() as session:
        change_setting(session, OPERATOR, "seal_office", "本级信访办意见")
    reg_no = site.case("filed", remark="示例备注")
    site.today(date(2024, 3, 6))
    page = site.person("clerk").get(f"/matters/{reg_no}/assessments/1/form").text
    parts = "填报单位： 风险级别： 编号： 事项名称 责任人员 责任主体 联系方式 事项概况 主要风险".split()
    parts += "化解措施 评估结果运用 评估结论 评估单位 决策部门意见 本级信访办意见 上级备案 备注 校验码 打印时间".split()
    places = [page.index(f">{part}" if part not in ("校验码", "打印时间") else part) for part in parts]
    assert places == sorted(places)
    assert "2024年3月6日 10:00" in page
    assert "风险级别：低" in page
    assert "准予实施" in page


def test_a_decision_before_the_assessment_is_shown(site: Site) -> None:
    reg_no = site.case("filed")
    values: dict[str, Any] = {"decision_result": "implement", "decided_on": "2024-02-01"}
    path = f"/matters/{reg_no}/assessments/1/steps/record_decision"
    assert site.person("clerk").send(path, holding="decided_on", **values).status_code == 303
    assert "先决策后评估" in site.person("clerk").get(f"/matters/{reg_no}").text


@pytest.mark.parametrize(("stage", "front"), [("submitted", None), ("filed", "登记决策"), ("concluded", "报送备案")])
def test_what_a_case_waits_for_stands_in_front(site: Site, stage: str, front: str | None) -> None:
    page = site.person("clerk").get(f"/matters/{site.case(stage)}").text
    assert re.findall(r'<a class="btn btn-primary" href="[^"]+">([^<]+)</a>', page) == ([front] if front else [])


def test_typed_for_another_unit(site: Site) -> None:
    """代录 is shown, and the way to file it leads to somebody else."""
    reg_no = site.case("submitted", who="officer", owner_org="town", implement_org="town")
    page = site.person("second").get(f"/filings/{reg_no}/1").text
    assert "代录" in page
    site.give("officer", "filing_approver")
    own = site.person("officer").get(f"/filings/{reg_no}/1").text
    assert "不能自己备案" in own
    assert 'name="filed_on"' not in own
