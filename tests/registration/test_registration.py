"""The long form: sections, drafts, the check page, and a published matter taken through it (DOMAIN §5 no. 1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.audit.queries import breaks
from risk_registry.lines.predicates import LINE
from risk_registry.matters.models import Draft
from risk_registry.registration import views
from risk_registry.settings.operations import change_setting
from tests.case_site import Person, Site, form_of, made_site
from tests.registry import OPERATOR, organisation

TODAY = date(2023, 8, 16)

BASIC = {
    "title": "柞水县瓦房口镇马家台村四、五组河堤工程",
    "kind": "project",
    "field": "water",
    "decision_level": "county",
    "location": "瓦房口镇马家台村四、五组",
    "summary": "新建河堤1050米。",
    "invest_wan": "299.65",
    "plan_start": "2024-04-01",
    "plan_end": "2024年11月30日",
}
ROWS: tuple[dict[str, str], ...] = (
    {"method": "department", "sessions": "1"},
    {"method": "meeting", "sessions": "1"},
    {"method": "hearing", "sessions": "1"},
    {"method": "visit", "sessions": "1"},
    {
        "method": "survey",
        "forms_issued": "5",
        "forms_valid": "5",
        "support": "5",
        "opinions": "5",
        "adopted": "5",
        "themes": "施工期出行、河道清理",
    },
)
ASSESSMENT = {
    "procedure": "simplified",
    "mode": "self",
    "started_on": "2023-08-01",
    "legality": "met",
    "rationality": "met",
    "feasibility": "met",
    "controllability": "met",
    "main_risks": "预估隐患3个，提前化解1个",
    "measures": "应对措施2条",
    "level_before": "low",
    "level_after": "low",
    "outcome": "implement",
    "concluded_on": "2023.8.15",
    "signed_by": "水利局负责人",
}


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path) -> Iterator[Site]:
    with made_site(tmp_path, sqlite_template) as made:
        made.today(TODAY)
        yield made


def row_values(rows: tuple[dict[str, str], ...] = ROWS) -> dict[str, str]:
    """Consultation rows as the page names them."""
    return {f"consultations-{i}-{name}": text for i, row in enumerate(rows) for name, text in row.items()}


def begin(person: Person, way: str = "matter") -> str:
    """A new draft; its address."""
    answer = person.send("/matters/new", holding="token", way=way)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def save(person: Person, draft: str, section: str, *, holding: str, **values: str) -> Any:
    """Fill a section in and save it."""
    return person.send(f"{draft}/{section}", holding=holding, **values)


def fill_matter(person: Person, draft: str, **changes: str) -> None:
    """The three sections that a declaration needs."""
    assert save(person, draft, "basic", holding="title", **{**BASIC, **changes}).status_code == 303
    responsible = {"duty_contact": "水利股", "office_phone": "0914-4320000"}
    assert save(person, draft, "responsible", holding="duty_contact", **responsible).status_code == 303
    assert save(person, draft, "screening", holding="screening", screening="required").status_code == 303


def line(site: Site) -> Any:
    """The one present line."""
    with site.registry.reading() as session:
        return session.execute(select(*LINE.columns).where(LINE.c.superseded_at.is_(None))).one()


def actions(site: Site) -> list[str]:
    """What happened to assessments, in order."""
    with site.registry.reading() as session:
        found = session.scalars(select(Event.action).where(Event.subject_kind == "assessment").order_by(Event.seq))
        assert breaks(session) == []
        return list(found)


def kept(site: Site) -> int:
    """How many drafts there are."""
    with site.registry.reading() as session:
        return session.scalar(select(func.count()).select_from(Draft)) or 0


def test_amounts_are_checked_as_they_will_be_kept(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    fill_matter(clerk, draft, invest_wan="1.2亿")
    assert "12,000.00" in clerk.get(f"{draft}/check").text


def test_a_published_matter_goes_through_the_long_form(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    fill_matter(clerk, draft)
    answer = save(clerk, draft, "assessment", holding="outcome", **ASSESSMENT, **row_values())
    assert answer.status_code == 303, answer.text
    page = clerk.get(f"{draft}/check")
    assert "申报并报送备案" in page.text
    assert "299.65" in page.text
    answer = clerk.send(f"{draft}/check", holding="declared_on")
    assert answer.status_code == 303, answer.text
    assert answer.location.endswith("/matters/500229-2023-0001/assessments/1/receipt")
    receipt = clerk.get(answer.location)
    assert receipt.status_code == 200
    assert "500229-2023-0001-1-1" in receipt.text
    found = line(site)
    assert found.status == "submitted"
    assert (found.title, found.invest_wan) == (BASIC["title"], Decimal("299.65"))
    assert (found.meetings, found.hearings, found.forms_valid, found.support) == (1, 1, 5, 5)
    assert found.support_rate == Decimal(100)
    assert (found.level_after, found.outcome) == ("low", "implement")
    assert (found.declared_on, found.concluded_on, found.submitted_on) == (
        date(2023, 8, 1),
        date(2023, 8, 15),
        TODAY,
    )
    with site.registry.reading() as session:
        rows = session.scalars(select(Assessment)).one().consultations
        assert [(row.method, row.sessions) for row in rows][:4] == [
            ("department", 1),
            ("meeting", 1),
            ("hearing", 1),
            ("visit", 1),
        ]
        assert (rows[4].opinions, rows[4].adopted) == (5, 5)
    assert actions(site) == ["declare", "screen_required", "start", "conclude", "submit"]
    assert kept(site) == 0


def test_the_same_form_sent_twice_registers_once(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    fill_matter(clerk, draft)
    values = clerk.form(f"{draft}/check", holding="declared_on")
    answers = [clerk.client.post(f"{draft}/check", data=values) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len({answer.location for answer in answers}) == 1
    assert actions(site) == ["declare", "screen_required"]


def test_each_section_tells_how_far_it_has_come(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    assert clerk.get(draft).text.count('task-empty"') == 5
    answer = save(clerk, draft, "basic", holding="title", action="draft", title="示例河堤工程")
    assert answer.status_code == 303
    text = clerk.get(draft).text
    assert "示例河堤工程" in text
    assert 'task-started"' in text
    assert clerk.get(f"{draft}/check").text.count("请填写事项概况") == 1
    fill_matter(clerk, draft)
    assert clerk.get(draft).text.count('task-done"') == 3


def test_what_is_wrong_is_kept_as_typed_and_shown_with_its_fault(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    answer = save(clerk, draft, "basic", holding="title", action="draft", title="示例", plan_start="明年春天")
    assert answer.status_code == 422
    assert "明年春天" in answer.text
    again = clerk.get(f"{draft}/basic").text
    assert 'value="明年春天"' in again
    assert "有 1 处需要修改" in again
    assert "不是日期" in again
    answer = save(clerk, draft, "basic", holding="title", title="示例", plan_start="")
    assert answer.status_code == 422
    assert "请填写事项概况" in answer.text
    assert 'value="示例"' in clerk.get(f"{draft}/basic").text


def test_a_persons_number_is_stopped_and_kept_nowhere(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    phone = "13800138000"
    answer = save(clerk, draft, "basic", holding="title", action="draft", title="示例", summary=f"联系{phone}")
    assert answer.status_code == 422
    assert phone in answer.text
    with site.registry.reading() as session:
        assert phone not in session.scalars(select(Draft.content)).one()


def test_a_draft_saved_elsewhere_loses_no_typing(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    stale = clerk.form(f"{draft}/basic", holding="title")
    assert save(clerk, draft, "basic", holding="title", action="draft", title="先存的").status_code == 303
    answer = clerk.client.post(f"{draft}/basic", data={**stale, "action": "draft", "title": "后存的"})
    assert answer.status_code == 409
    assert "先存的" in answer.text
    assert 'value="后存的"' in answer.text
    values = form_of(answer.text, "title").values
    assert clerk.client.post(f"{draft}/basic", data={**values, "action": "draft"}).status_code == 303
    assert 'value="后存的"' in clerk.get(f"{draft}/basic").text


def test_consultation_rows_come_and_go_without_script(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    answer = save(
        clerk, draft, "assessment", holding="outcome", action="add_row", **row_values(ROWS[:1]), concluded_on="八月"
    )
    assert answer.status_code == 303
    page = clerk.get(answer.location).text
    assert "consultations-1-method" in page
    assert 'value="八月"' in page
    values = {
        "action": "draft",
        "concluded_on": "",
        "consultations-1-method": "meeting",
        "consultations-1-sessions": "2",
    }
    assert save(clerk, draft, "assessment", holding="outcome", **values).status_code == 303
    answer = save(clerk, draft, "assessment", holding="outcome", action="remove_0")
    assert answer.status_code == 303
    left = form_of(clerk.get(answer.location).text, "outcome").values
    assert (left["consultations-0-method"], left["consultations-0-sessions"]) == ("meeting", "2")
    assert "consultations-1-method" not in left


def test_every_fault_of_an_assessment_is_named_at_once(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    values = {**ASSESSMENT, "level_before": "medium", "feasibility": "mostly", "concluded_on": "2023-09-01"}
    rows = row_values(({"method": "survey", "forms_issued": "5", "forms_valid": "6", "support": "7"},))
    answer = save(clerk, draft, "assessment", holding="outcome", **values, **rows)
    assert answer.status_code == 422
    for words in (
        "可行性不是“符合”",
        "请附应急预案",
        "请填写评审日期",
        "评审专家不得少于3人",
        "晚于今天",
        "有效问卷不能多于发放问卷",
        "合计不能多于有效问卷",
    ):
        assert words in answer.text, words


def test_the_check_page_leads_back_to_what_is_missing(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    fill_matter(clerk, draft)
    assert save(clerk, draft, "basic", holding="title", action="draft", invest_wan="").status_code == 303
    page = clerk.get(f"{draft}/check").text
    assert "工程项目请填写总投资" in page
    assert f"{draft}/basic?check=1#invest_wan" in page
    assert "declared_on" not in page
    assert "工程项目请填写总投资" in clerk.get(f"{draft}/basic?check=1").text


def test_an_unfinished_assessment_goes_on_with_the_round(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    fill_matter(clerk, draft)
    half = {name: ASSESSMENT[name] for name in ("procedure", "mode", "main_risks")}
    assert save(clerk, draft, "assessment", holding="outcome", action="draft", **half).status_code == 303
    answer = clerk.send(f"{draft}/check", holding="declared_on")
    assert answer.status_code == 303
    assert line(site).status == "due"
    work = f"{answer.location}/work"
    assert ASSESSMENT["main_risks"] in clerk.get(work).text
    answer = clerk.send(work, holding="outcome", action="progress", started_on="2023-08-16", **row_values())
    assert answer.status_code == 303
    assert line(site).status == "assessing"
    assert ASSESSMENT["main_risks"] in clerk.get(work).text
    answer = clerk.send(work, holding="outcome", action="submit", **{**ASSESSMENT, "started_on": "2023-08-16"})
    assert answer.status_code == 422
    assert "不能早于启动日期" in answer.text
    answer = clerk.send(
        work,
        holding="outcome",
        action="submit",
        **{**ASSESSMENT, "started_on": "2023-08-16", "concluded_on": "2023-08-16"},
    )
    assert answer.status_code == 303, answer.text
    assert answer.location.endswith("/receipt")
    assert actions(site) == ["declare", "screen_required", "start", "record_progress", "conclude", "submit"]
    assert kept(site) == 0


def test_what_is_taken_out_again_is_gone_from_the_round(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    fill_matter(clerk, draft)
    work = f"{clerk.send(f'{draft}/check', holding='declared_on').location}/work"
    typed = {"action": "progress", "mode": "self", "notice_channel": "政府网站", **row_values()}
    assert clerk.send(work, holding="outcome", **typed).status_code == 303
    found = site.round(line(site).reg_no)
    assert (found.mode, found.notice_channel) == ("self", "政府网站")
    assert clerk.send(work, holding="outcome", **{**typed, "notice_channel": "", "started_on": ""}).status_code == 303
    found = site.round(line(site).reg_no)
    assert (found.mode, found.notice_channel, found.started_on) == ("self", None, site.registry.clock.now().date())


def test_an_exempt_matter_is_declared_with_its_reason(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    fill_matter(clerk, draft)
    answer = save(clerk, draft, "screening", holding="screening", screening="covered")
    assert answer.status_code == 422
    values = {"screening": "covered", "screening_reason": "上级已评", "screening_reference": "示稳评备〔2022〕3号"}
    assert save(clerk, draft, "screening", holding="screening", **values).status_code == 303
    assert clerk.send(f"{draft}/check", holding="declared_on").status_code == 303
    assert line(site).status == "exempt"


def test_the_office_registers_for_a_unit_without_an_account(site: Site) -> None:
    officer = site.person("officer")
    draft = begin(officer)
    page = officer.get(f"{draft}/responsible").text
    assert "代录" in page
    with site.registry.reading() as session:
        town, water = organisation(session, "town").id, organisation(session, "water").id
    owner = page[page.index('id="owner_org"') : page.index('id="decision_org"')]
    assert f'value="{town}"' in owner
    assert f'value="{water}"' not in owner
    assert save(officer, draft, "basic", holding="title", **BASIC).status_code == 303
    values = {"duty_contact": "镇政府", "office_phone": "0914-4320001", "implement_org": str(town)}
    answer = save(officer, draft, "responsible", holding="owner_org", owner_org=str(town), **values)
    assert answer.status_code == 303, answer.text
    assert save(officer, draft, "screening", holding="screening", screening="required").status_code == 303
    assert officer.send(f"{draft}/check", holding="declared_on").status_code == 303
    assert line(site).owner_org == "示例镇人民政府"


def test_nobody_sees_anothers_draft(site: Site) -> None:
    draft = begin(site.person("clerk"))
    for name in ("colleague", "teacher", "officer"):
        for path in ("", "/basic", "/check"):
            assert site.person(name).get(f"{draft}{path}").status_code == 404
    assert site.person("leader").get("/matters/new").status_code == 403


def test_a_draft_is_deleted_and_leaves_nothing(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk)
    values = clerk.form(draft, holding="token")
    assert clerk.client.post(f"{draft}/delete", data=values).status_code == 303
    assert clerk.client.post(f"{draft}/delete", data=values).status_code == 303
    assert clerk.get(draft).status_code == 404
    assert kept(site) == 0


def test_similar_titles_are_hinted_within_scope_only(site: Site) -> None:
    site.case("due", title=BASIC["title"])
    site.case("due", who="teacher", title=BASIC["title"] + "（学校段）", owner_org="school")
    clerk = site.person("clerk")
    draft = begin(clerk)
    assert save(clerk, draft, "basic", holding="title", **BASIC).status_code == 303
    page = clerk.get(f"{draft}/check").text
    assert "500229-2023-0001" in page
    assert "500229-2023-0002" not in page


def test_the_list_holds_what_is_in_scope_newest_first(site: Site) -> None:
    assert "还没有登记事项" in site.person("clerk").get("/matters").text
    for number in range(3):
        site.case("due", title=f"示例河堤工程{number}")
    site.case("due", who="teacher", title="示例学校搬迁", owner_org="school")
    page = site.person("clerk").get("/matters").text
    assert page.index("示例河堤工程2") < page.index("示例河堤工程0")
    assert "示例学校搬迁" not in page
    assert "示例学校搬迁" in site.person("officer").get("/matters").text
    assert "没有符合条件" in site.person("clerk").get("/matters?status=filed").text
    assert "示例河堤工程1" in site.person("clerk").get("/matters?text=河堤工程1&year=2023").text
    assert "没有符合条件" in site.person("clerk").get("/matters?year=2022").text


def test_the_list_turns_its_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    for number in range(5):
        site.case("due", title=f"示例河堤工程{number}")
    clerk, path, seen = site.person("clerk"), "/matters", []
    for _ in range(3):
        page = clerk.get(path).text
        seen.append([number for number in range(5) if f"示例河堤工程{number}" in page])
        path = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == [[3, 4], [1, 2], [0]]


def test_declared_facts_are_changed_and_a_stale_change_is_shown(site: Site) -> None:
    reg_no = site.case("due")
    clerk, path = site.person("clerk"), f"/matters/{reg_no}/assessments/1/edit"
    stale = clerk.form(path, holding="title")
    assert clerk.send(path, holding="title", title="改名的工程", kind="policy").status_code == 303
    assert line(site).title == "改名的工程"
    answer = clerk.client.post(path, data={**stale, "title": "另一个名称"})
    assert answer.status_code == 409
    assert "改名的工程" in answer.text
    assert 'value="另一个名称"' in answer.text
    assert site.person("teacher").get(path).status_code == 404
    assert site.person("officer").get(path).status_code == 403


def test_the_office_may_screen_first(site: Site) -> None:
    with site.registry.writing() as session:
        change_setting(session, OPERATOR, "screening_first", "on")
    clerk = site.person("clerk")
    draft = begin(clerk)
    fill_matter(clerk, draft)
    answer = save(clerk, draft, "assessment", holding="outcome", **ASSESSMENT, **row_values())
    assert answer.status_code == 303
    assert "申报并报送备案" not in clerk.get(f"{draft}/check").text
    answer = clerk.send(f"{draft}/check", holding="declared_on")
    assert answer.status_code == 303, answer.text
    assert line(site).status == "declared"
    assert kept(site) == 1
