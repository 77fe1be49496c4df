"""Joint matters, parts of a matter, copies, another round and the ways of 应评判定, as the pages offer them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from risk_registry.accounts.operations import change_account
from risk_registry.lines.predicates import LINE
from risk_registry.matters.joint import Joint
from risk_registry.matters.models import Draft
from risk_registry.settings.operations import change_setting
from tests.case_site import Site, form_of
from tests.registration.test_registration import BASIC, begin, fill_matter, save
from tests.registry import OPERATOR, account, organisation

RESPONSIBLE = {"duty_contact": "水利股", "office_phone": "0914-4320000"}


def number(site: Site, code: str) -> str:
    with site.registry.reading() as session:
        return str(organisation(session, code).id)


def lines(site: Site) -> list[Any]:
    query = select(*LINE.columns).where(LINE.c.superseded_at.is_(None)).order_by(LINE.c.assessment_id)
    with site.registry.reading() as session:
        return list(session.execute(query))


def content(site: Site, title: str) -> dict[str, Any]:
    with site.registry.reading() as session:
        found: dict[str, Any] = json.loads(session.scalars(select(Draft.content).where(Draft.title == title)).one())
    return found


def test_a_joint_matter_from_the_section_to_the_papers(site: Site) -> None:
    clerk, school, town = site.person("clerk"), number(site, "school"), number(site, "town")
    draft = begin(clerk)
    fill_matter(clerk, draft)
    half = {"co_organisers-0-organisation": school, "co_organisers-1-part": "owner"}
    answer = save(clerk, draft, "responsible", holding="duty_contact", **half)
    assert answer.status_code == 422
    assert "请选择“示例县教育局”的参与方式" in answer.text
    assert "联合单位第2行：请从列出的单位中选择" in answer.text
    # What was chosen is kept though it is not whole, and two more rows are offered.
    page = clerk.get(f"{draft}/responsible").text
    assert f'<option value="{school}" selected>' in page
    assert 'name="co_organisers-3-part"' in page
    assert "示例县教育局（未选参与方式）" in clerk.get(f"{draft}/check").text
    rows = {
        "co_organisers-0-organisation": school,
        "co_organisers-0-part": "owner",
        "co_organisers-1-organisation": town,
        "co_organisers-1-part": "implement",
    }
    assert save(clerk, draft, "responsible", holding="duty_contact", **rows).status_code == 303
    assert "示例县教育局（共同主管）、示例镇人民政府（共同实施）" in clerk.get(f"{draft}/check").text
    answer = clerk.send(f"{draft}/check", holding="declared_on")
    assert answer.status_code == 303, answer.text
    (row,) = lines(site)
    assert row.co_orgs == "示例县教育局、示例镇人民政府"
    said = "示例县教育局（共同主管）、示例镇人民政府（共同实施）"
    case = clerk.get(f"/matters/{row.reg_no}").text
    assert said in case
    assert "联合单位1 · 参与方式" in case
    assert said in clerk.get(f"/matters/{row.reg_no}/assessments/1/form").text
    # 修改事项 takes one out; the event says so.
    path = f"/matters/{row.reg_no}/assessments/1/edit"
    gone = {"co_organisers-0-organisation": "", "co_organisers-0-part": ""}
    assert clerk.send(path, holding="title", **gone).status_code == 303
    assert lines(site)[0].co_orgs == "示例镇人民政府"


def test_the_lead_is_no_partner_of_itself(site: Site) -> None:
    clerk, water = site.person("clerk"), number(site, "water")
    draft = begin(clerk)
    fill_matter(clerk, draft)
    rows = {"co_organisers-0-organisation": water, "co_organisers-0-part": "owner"}
    answer = save(clerk, draft, "responsible", holding="duty_contact", **rows)
    assert answer.status_code == 422
    assert "牵头单位不再填作“共同主管”的联合单位" in answer.text


def test_partners_are_listed_apart_and_lead_to_their_lines(site: Site) -> None:
    with site.registry.reading() as session:
        joint = [(organisation(session, "school").id, "owner"), (organisation(session, "town").id, "implement")]
    site.case("filed", co_organisers=[Joint(*pair) for pair in joint])
    site.case("filed")
    page = site.person("leader").get("/counts?year=2024").text
    assert "联合单位参与情况（不加总）" in page
    link = "/ledger?year=2024&amp;measure=assessed&amp;joint=school"
    assert f'<a href="{link}">1</a>' in page
    listed = site.person("leader").get(link.replace("&amp;", "&")).text
    assert "联合单位" in listed
    assert listed.count("/assessments/1") == 1
    whole = site.person("leader").get("/ledger?year=2024&measure=assessed").text
    assert whole.count("/assessments/1") == 2


def test_a_part_covered_by_the_whole_has_its_reference_filled_in(site: Site) -> None:
    whole = site.case("filed", title="示例灌区续建配套工程")
    clerk = site.person("clerk")
    draft = begin(clerk)
    fill_matter(clerk, draft, title="示例灌区续建配套工程一标段", parent="续建配套工程")
    page = clerk.get(f"{draft}/screening").text
    assert 'value="示稳评备〔2024〕1号"' in page
    assert whole in page
    answer = save(
        clerk, draft, "screening", holding="screening", screening="covered", screening_reason="上级事项已评估"
    )
    assert answer.status_code == 303
    check = clerk.get(f"{draft}/check").text
    assert "关联事项" not in check
    assert "判定为不重复评估：申报后登记留存并关联所引用的评估" in check
    assert f"/matters/{whole}/assessments/1" in check
    assert clerk.send(f"{draft}/check", holding="declared_on").status_code == 303
    part = lines(site)[1].reg_no
    case = clerk.get(f"/matters/{part}").text
    assert "不重复评估，引用已有评估，不计件次" in case
    assert "引用的评估：" in case
    assert f'href="/matters/{whole}"' in case
    above = clerk.get(f"/matters/{whole}").text
    assert "由已有评估覆盖的下级事项1个，不计" in above
    # The next part of the same whole sees the first one before it is declared; the office at its review.
    other = begin(clerk)
    fill_matter(clerk, other, title="示例灌区续建配套工程二标段", parent=whole)
    assert "示例灌区续建配套工程一标段" in clerk.get(f"{other}/check").text


def test_a_parent_that_is_not_understood_is_said_and_kept(site: Site) -> None:
    site.case("due", title="示例灌区一期")
    site.case("due", title="示例灌区二期")
    site.case("due", who="teacher", title="示例校舍", owner_org="school", implement_org="school")
    clerk = site.person("clerk")
    draft = begin(clerk)
    answer = save(clerk, draft, "basic", holding="title", **BASIC, parent="灌区")
    assert answer.status_code == 422
    assert "500229-2024-0001 示例灌区一期" in answer.text
    answer = save(clerk, draft, "basic", holding="title", **BASIC, parent="校舍")
    assert "没有找到名称含“校舍”的事项" in answer.text


def test_odd_project_codes_are_kept_and_said(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    assert save(clerk, draft, "basic", holding="title", **BASIC, project_code="12345").status_code == 303
    assert "投资项目代码一般为24位" in clerk.get(draft).text
    reg_no = site.case("due")
    path = f"/matters/{reg_no}/assessments/1/edit"
    assert clerk.send(path, holding="title", project_code="2603-141124-89-05-346949").status_code == 303
    assert "末位校验不符" in clerk.get(f"/matters/{reg_no}").text


@pytest.mark.parametrize("way", ["matter", "short"])
def test_a_copy_brings_texts_and_no_findings(site: Site, way: str) -> None:
    source = site.case("filed", title="示例河堤工程", conclusion={"legality_text": "依法办理。"}, invest_wan=None)
    site.case("due", who="teacher", title="示例校舍", owner_org="school", implement_org="school")
    clerk = site.person("clerk")
    assert "/matters/new/copy" in clerk.get("/matters/new").text
    page = clerk.get("/matters/new/copy?text=河堤").text
    assert source in page
    assert "示例校舍" not in clerk.get("/matters/new/copy").text
    assert "没有找到这样的事项" in clerk.get("/matters/new/copy?text=校舍").text
    answer = clerk.send("/matters/new/copy?text=河堤", holding="reg_no", way=way)
    assert answer.status_code == 303, answer.text
    kept = content(site, "示例河堤工程")
    texts = {name: text for section in kept["sections"].values() for name, text in section.items()}
    assert texts["title"] == "示例河堤工程"
    assert texts["main_risks"] == "施工期交通不便"
    assert texts["legality_text"] == "依法办理。"
    assert texts["office_phone"] == "023-59220000"
    assert kept["consultations"] == [{"method": "survey"}, {"method": "meeting"}]
    assert not set(texts) & {
        "level_before",
        "outcome",
        "concluded_on",
        "started_on",
        "report_no",
        "legality",
        "signed_by",
    }
    page = clerk.get(answer.location or "").text
    assert "复制自" in page
    assert source in page
    # Where it came from stays with the draft.
    if way == "short":
        clerk.send(answer.location or "", holding="title", action="draft")
        assert "复制自" in clerk.get(answer.location or "").text


def test_a_copy_is_of_a_matter_that_was_chosen(site: Site) -> None:
    for _ in range(2):
        site.case("due")
    answer = site.person("clerk").send("/matters/new/copy", holding="reg_no", way="matter")
    assert answer.status_code == 422
    assert "请选择要复制的事项" in answer.text


def test_what_is_out_of_sight_cannot_be_copied(site: Site) -> None:
    site.case("due")
    other = site.case("due", who="teacher", title="示例校舍", owner_org="school", implement_org="school")
    answer = site.person("clerk").send("/matters/new/copy", holding="reg_no", reg_no=other, way="matter")
    assert answer.status_code == 404


def test_a_copy_leaves_the_contact_of_another_unit_behind(site: Site) -> None:
    reg_no = site.case("due", who="teacher", title="示例校舍", owner_org="school", implement_org="school",
                       duty_contact="基建股经办", office_phone="023-59229999")  # fmt: skip
    with site.registry.writing() as session:
        clerk = account(session, "clerk")
        change_account(
            session, OPERATOR, clerk, display_name="clerk", organisation=clerk.organisation, scope="all", reason="示例"
        )
    answer = site.person("clerk").send("/matters/new/copy", holding="reg_no", reg_no=reg_no, way="matter")
    assert answer.status_code == 303, answer.text
    kept = content(site, "示例校舍")["sections"]["responsible"]
    assert kept.get("duty_contact") != "基建股经办"
    assert kept.get("office_phone") != "023-59229999"


def test_another_round_after_a_deferral(site: Site) -> None:
    reg_no = site.case("filed", conclusion={"outcome": "deferred", "conclusion_text": "暂缓，补充论证。"})
    clerk, step = site.person("clerk"), f"/matters/{reg_no}/assessments/1/steps/new_round"
    assert "本轮结论为暂缓或不予实施" in clerk.get(f"/matters/{reg_no}").text
    page = clerk.get(step).text
    assert '<option selected value="resubmitted">' in page
    assert "暂缓，补充论证。" in page
    answer = clerk.send(step, holding="trigger", reason="方案已调整")
    assert answer.status_code == 303
    work = f"/matters/{reg_no}/assessments/2/work"
    page = clerk.get(work).text
    assert "上一轮（第1轮）的结论" in page
    assert "暂缓，补充论证。" in page
    form = clerk.client.post(f"/matters/{reg_no}/assessments/2/begin", data=_begin_form(page), follow_redirects=False)
    assert (form.status_code, form.location) == (303, work)
    page = clerk.get(work).text
    assert "施工期交通不便" in page
    assert "以上一轮的内容开始填写" not in page
    assert 'value="deferred" selected' not in page
    # The earlier round is what it was.
    whole = clerk.get(f"/matters/{reg_no}").text
    assert "第1轮评估" in whole
    assert "暂缓，补充论证。" in whole
    assert site.status(reg_no) == "filed"


def _begin_form(page: str) -> dict[str, str]:
    part = page.partition("/begin")[2]
    values = {}
    for name in ("csrf_token", "token"):
        values[name] = part.partition(f'name="{name}" value="')[2].partition('"')[0]
    return values


def test_an_assessment_unstarted_for_two_years_is_hinted(site: Site) -> None:
    reg_no = site.case("filed")
    assert "已满24个月" not in site.person("clerk").get(f"/matters/{reg_no}").text
    site.today(date(2026, 3, 4))
    assert "已满24个月" in site.person("clerk").get(f"/matters/{reg_no}").text


@pytest.mark.parametrize(
    ("screening", "said"),
    [
        ("waived", "免评，登记留存，不计件次"),
        ("covered", "不重复评估，引用已有评估，不计件次"),
        ("transferred", "移送，按判定理由办理，不计件次"),
    ],
)
@pytest.mark.parametrize("first", [False, True], ids=["department", "office"])
def test_every_way_of_screening_in_both_orders(site: Site, screening: str, said: str, first: bool) -> None:
    if first:
        with site.registry.writing() as session:
            change_setting(session, OPERATOR, "screening_first", "on")
    clerk, officer = site.person("clerk"), site.person("officer")
    draft = begin(clerk)
    assert save(clerk, draft, "basic", holding="title", **BASIC).status_code == 303
    assert save(clerk, draft, "responsible", holding="duty_contact", **RESPONSIBLE).status_code == 303
    tasks = clerk.get(draft).text
    assert ("由备案机关在申报后作应评判定" in tasks) is first
    assert (f"{draft}/screening" in tasks) is not first
    stated = {"screening": screening, "screening_reason": "理由如下", "screening_reference": "示例市稳评备〔2023〕9号"}
    if not first:
        bare = {"screening": screening}
        assert save(clerk, draft, "screening", holding="screening", **bare).status_code == 422
        assert save(clerk, draft, "screening", holding="screening", **stated).status_code == 303
    check = clerk.get(f"{draft}/check").text
    assert ("申报后由备案机关作应评判定" in check) is first
    # 补录: the day of the declaration is an earlier one.
    assert clerk.send(f"{draft}/check", holding="declared_on", declared_on="2024-02-01").status_code == 303
    (row,) = lines(site)
    assert row.declared_on == date(2024, 2, 1)
    if first:
        assert row.status == "declared"
        assert "轮到：示例县信访办公室" in clerk.get(f"/matters/{row.reg_no}").text
        step = f"/matters/{row.reg_no}/assessments/1/steps/screen_exempt"
        assert officer.send(step, holding="screening", **stated, screened_on="2024-02-02").status_code == 303
    (row,) = lines(site)
    assert row.status == "exempt"
    assert said in clerk.get(f"/matters/{row.reg_no}").text
    assert (site.round(row.reg_no).screening_reference is None) is (screening != "covered")
    # And back: 重新判定 by whoever states it, then 应评.
    who = officer if first else clerk
    step = f"/matters/{row.reg_no}/assessments/1/steps"
    assert who.send(f"{step}/reopen", holding="reason", reason="范围扩大").status_code == 303
    assert who.send(f"{step}/screen_required", holding="screened_on").status_code == 303
    assert site.status(row.reg_no) == "due"


def _two_pages(site: Site) -> tuple[str, dict[str, str]]:
    reg_no = site.case("due", title="示例河堤工程")
    path = f"/matters/{reg_no}/assessments/1/edit"
    return path, site.person("clerk").form(path, holding="title")


def test_what_two_people_changed_apart_is_brought_together(site: Site) -> None:
    path, mine = _two_pages(site)
    school = number(site, "school")
    theirs = {"location": "示例镇另一村", "co_organisers-0-organisation": school, "co_organisers-0-part": "owner"}
    assert site.person("colleague").send(path, holding="title", **theirs).status_code == 303
    answer = site.person("clerk").client.post(path, data={**mine, "summary": "新建河堤1150米。"})
    assert answer.status_code == 303, answer.text
    assert "他人同时改动了：" in site.person("clerk").get(answer.location or "").text
    (row,) = lines(site)
    assert (row.location, row.co_orgs) == ("示例镇另一村", "示例县教育局")
    assert "1150米" in site.person("clerk").get(path).text


@pytest.mark.parametrize(("keep", "title"), [("theirs", "他人的名称"), ("mine", "我的名称"), ("", "我的名称")])
def test_what_both_changed_is_put_to_who_saves(site: Site, keep: str, title: str) -> None:
    path, mine = _two_pages(site)
    clerk = site.person("clerk")
    others = {"title": "他人的名称", "location": "示例镇另一村"}
    assert site.person("colleague").send(path, holding="title", **others).status_code == 303
    answer = clerk.client.post(path, data={**mine, "title": "我的名称", "summary": "新建河堤1150米。"})
    assert answer.status_code == 409
    assert "您和他人都改动了以下内容" in answer.text
    for said in ("示例河堤工程", "他人的名称", 'value="我的名称"', 'value="示例镇另一村"', "1150米"):
        assert said in answer.text
    again = form_of(answer.text, "title").values
    assert clerk.client.post(path, data={**again, **({"keep-title": keep} if keep else {})}).status_code == 303
    (row,) = lines(site)
    assert (row.title, row.location) == (title, "示例镇另一村")


def test_a_third_change_meanwhile_is_noticed_again(site: Site) -> None:
    path, mine = _two_pages(site)
    clerk, colleague = site.person("clerk"), site.person("colleague")
    colleague.send(path, holding="title", title="第二个名称")
    again = form_of(clerk.client.post(path, data={**mine, "title": "我的名称"}).text, "title").values
    colleague.send(path, holding="title", title="第三个名称")
    answer = clerk.client.post(path, data=again)
    assert answer.status_code == 409
    assert "第三个名称" in answer.text
    for base in ("not json", "[" * 100_000):
        assert clerk.client.post(path, data={**mine, "base": base, "title": "我的名称"}).status_code == 409
