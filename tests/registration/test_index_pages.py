"""The risk index on pages: the table filled without script, the calculation, the conclusion, and the same on paper."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.core.risk import assess, number_text
from risk_registry.core.risk_method import INDEX_428, IndexMethod
from risk_registry.core.risk_method_content import content_of
from risk_registry.methods.operations import add_version, set_own_factors
from risk_registry.upkeep.verification import verify
from tests.case_site import Person, Site, made_site
from tests.index_examples import EXAMPLES, Example
from tests.registry import OPERATOR

DAY = date(2024, 3, 4)

ORDINARY = {
    "procedure": "ordinary",
    "mode": "self",
    "method": "INDEX_428",
    "started_on": "2024-03-04",
    "notice_from": "2024-02-10",
    "notice_to": "2024-02-25",
    "legality": "met",
    "rationality": "met",
    "feasibility": "met",
    "controllability": "met",
    "main_risks": "补偿标准有不同意见",
    "measures": "公开补偿方案",
    "emergency_plan": "1",
    "review_on": "2024-03-04",
    "review_experts": "3",
    "review_result": "passed",
    "outcome": "implement",
    "concluded_on": "2024-03-04",
    "signed_by": "水利局负责人",
}


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path) -> Iterator[Site]:
    with made_site(tmp_path, sqlite_template) as made:
        made.today(DAY)
        yield made


def texts(example: Example) -> dict[str, str]:
    """What a person types for an example: its rows, a measure for each, the survey and the facts of the triggers."""
    found: dict[str, str] = {}
    for place, row in enumerate(example.rows):
        names = ("name", "w", "p", "q", "p_after", "q_after")
        found |= {f"factors-{place}-{name}": text for name, text in zip(names, row, strict=True)}
        found[f"factors-{place}-area"] = "land"
        found |= {f"measures-{place}-factor": str(place + 1), f"measures-{place}-text": f"措施{place + 1}"}
    survey: dict[str, Any] = {"method": "meeting", "sessions": 1}
    if example.facts.valid:
        survey = {"method": "survey", "forms_valid": example.facts.valid, "oppose": example.facts.oppose}
    found |= {f"consultations-0-{name}": str(value) for name, value in survey.items()}
    people = {"event_people": example.facts.event_people, "event_people_after": example.facts_after.event_people}
    found |= {name: str(count) for name, count in people.items() if count is not None}
    return found | ({"severe_event": "1"} if example.facts.severe_event else {})


def printed(page: str, stage: str) -> tuple[str, ...]:
    """The lines of arithmetic of one stage as the page prints them."""
    found = re.search(rf'id="risk-{stage}">(.*?)</ul>', page, re.S)
    assert found is not None, f"no {stage}"
    return tuple(html.unescape(line) for line in re.findall(r"<li>(.*?)</li>", found.group(1), re.S))


def table(page: str) -> list[list[str]]:
    """The cells of the table of factors, its first table with the degree in its head."""
    found = re.search(r"R = p × q.*?<tbody>(.*?)</tbody>", page, re.S)
    assert found is not None
    rows = re.findall(r"<tr.*?>(.*?)</tr>", found.group(1), re.S)
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [
        [html.unescape(re.sub(r"<br>", " ", re.sub(r"</?(?!br)[^>]*>", "", cell))).strip() for cell in row]
        for row in cells
    ]


def expected(example: Example) -> list[list[str]]:
    """The same table from the arithmetic itself."""
    result = assess(example.method, example.factors, facts=example.facts, facts_after=example.facts_after)
    rows = []
    for number, (first, second) in enumerate(zip(result.before.lines, result.after.lines, strict=True), 1):
        row = [str(number), "征地拆迁及补偿", first.name, number_text(first.w)]
        for line in (first, second):
            degree = f"{number_text(line.degree)} {line.degree_band.zh}"
            row += [number_text(line.p), number_text(line.q), degree, number_text(line.share)]
        rows.append(row)
    indices = [number_text(result.before.index), number_text(result.after.index)]
    total = number_text(result.before.weight_sum)
    return [*rows, ["", "合计", total, "综合指数 I", indices[0], "综合指数 I", indices[1]]]


def in_force(site: Site, method: IndexMethod) -> int:
    """Make this version the one in force; its number."""
    if method is INDEX_428:
        return 1
    with site.registry.writing() as session:
        names = {"name": "当地标准", "basis": "示信发〔2024〕9号"}
        return add_version(session, OPERATOR, **names, content=content_of(method), valid_from=DAY).version


def work_url(reg_no: str) -> str:
    """The page on which a round is worked."""
    return f"/matters/{reg_no}/assessments/1/work"


def send(person: Person, url: str, values: Mapping[str, str], action: str) -> Any:
    """Press a button of the work page with these values typed in."""
    return person.send(url, holding="outcome", **values, action=action)


def events(site: Site) -> int:
    """How many acts were recorded."""
    with site.registry.reading() as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0


_SHOWN = (
    "a mixed project",
    "the float trap",
    "0.36004 shows as 0.3600 and is medium",
    "two major factors, two larger after",
    "five larger factors",
    "weights within a thousandth",
    "opposition 1 of 3",
    "江苏 severe event",
    "the most severe wins, after measures too",
    "a stricter place",
)


@pytest.mark.parametrize("name", _SHOWN)
def test_form_page_and_paper_show_the_same_numbers(site: Site, name: str) -> None:
    example = EXAMPLES[name]
    number = in_force(site, example.method)
    reg_no, clerk = site.case("due"), site.person("clerk")
    values, before = {**ORDINARY, **texts(example)}, events(site)
    answer = send(clerk, work_url(reg_no), values, "calculate")
    assert (answer.status_code, answer.location) == (303, f"{work_url(reg_no)}#risk-result"), answer.text
    # The levels that nobody chose are proposed; nothing but the draft was written.
    page = clerk.get(work_url(reg_no)).text
    form = clerk.form(work_url(reg_no), holding="outcome")
    assert (form["level_before"], form["level_after"]) == example.levels
    assert events(site) == before
    assert site.round(reg_no).status == "due"
    answer = send(clerk, work_url(reg_no), {}, "submit")
    assert answer.status_code == 303, re.findall(r"field-error.*?</p>|error-summary.*?</ul>", answer.text, re.S)
    assert site.round(reg_no).method_version == number
    case = clerk.get(f"/matters/{reg_no}").text
    paper = clerk.get(f"/matters/{reg_no}/assessments/1/index").text
    review = site.person("second").get(f"/filings/{reg_no}/1").text
    for shown in (page, case, paper, review):
        assert printed(shown, "before") == example.before
        assert printed(shown, "after") == example.after
        assert table(shown) == expected(example)
    assert f"风险指数法第{number}版" in case
    assert f"/matters/{reg_no}/assessments/1/index" in review
    with site.registry.reading() as session:
        assert verify(session, today=DAY).ok


def test_rows_are_added_picked_and_dropped_without_script(site: Site) -> None:
    with site.registry.writing() as session:
        set_own_factors(session, OPERATOR, {"land": ["青苗补偿"]}, valid_from=DAY)
    reg_no, clerk = site.case("due"), site.person("clerk")
    url = work_url(reg_no)
    assert "青苗补偿" in clerk.get(url).text
    form = clerk.form(url, holding="outcome")
    picked = {
        **form,
        "method": "INDEX_428",
        "pick": ["land:补偿标准", "land:青苗补偿", "media:舆论导向及其影响", "x:y"],
    }
    answer = clerk.client.post(url, data={**picked, "action": "pick_factors"})
    assert answer.status_code == 303
    form = clerk.form(url, holding="outcome")
    assert [form[f"factors-{n}-name"] for n in range(3)] == ["补偿标准", "青苗补偿", "舆论导向及其影响"]
    assert "factors-3-name" not in form
    measured = {"measures-0-factor": "3", "measures-0-text": "及时发布权威信息"}
    assert send(clerk, url, measured, "add_measure").status_code == 303
    second = {"measures-1-factor": "1", "measures-1-text": "公开补偿标准"}
    assert send(clerk, url, second, "drop_factor_0").status_code == 303
    form = clerk.form(url, holding="outcome")
    assert [form[f"factors-{n}-name"] for n in range(2)] == ["青苗补偿", "舆论导向及其影响"]
    # The third factor is now the second; the measure of the dropped one asks anew.
    assert (form["measures-0-factor"], form.get("measures-1-factor", "")) == ("2", "")
    assert form["measures-1-text"] == "公开补偿标准"
    assert send(clerk, url, {}, "drop_measure_1").status_code == 303
    assert send(clerk, url, {}, "add_factor").status_code == 303
    form = clerk.form(url, holding="outcome")
    assert "measures-1-text" not in form
    assert form["factors-2-name"] == ""


def test_what_is_wrong_stands_at_its_row(site: Site) -> None:
    reg_no, clerk = site.case("due"), site.person("clerk")
    values = {**ORDINARY, **texts(EXAMPLES["a mixed project"])}
    wrong = {**values, "factors-0-p": "1.5", "factors-1-w": "", "factors-2-name": "重点人员稳控"}
    answer = send(clerk, work_url(reg_no), wrong, "calculate")
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert "风险因素第1行：发生概率“1.5”不是0至1之间的数" in page
    assert 'href="#factors-0-p"' in page
    assert "请填写权重" in page
    assert "说的是人" in page
    # What was typed is still there.
    assert 'value="1.5"' in page
    answer = send(clerk, work_url(reg_no), {**values, "factors-0-w": "0.3"}, "calculate")
    assert "各因素权重之和应为1（允许相差0.001），现为1.05，请调整权重" in html.unescape(answer.text)
    lower = {**values, "level_before": "low", "level_after": "low", "measures-0-text": "", "measures-0-factor": ""}
    answer = send(clerk, work_url(reg_no), lower, "submit")
    assert "风险程度为较大，请至少登记一条防范化解措施" in html.unescape(answer.text)
    answer = send(clerk, work_url(site.case("due", title="另一事项")), {"method": "INDEX_428"}, "calculate")
    assert answer.status_code == 422
    assert "至少登记一个风险因素" in html.unescape(answer.text)


def test_a_level_by_hand_is_marked_with_its_reason(site: Site) -> None:
    example = EXAMPLES["the most severe wins, after measures too"]
    reg_no, clerk = site.case("due"), site.person("clerk")
    chosen = {**ORDINARY, **texts(example), "level_before": "medium", "level_after": "medium"}
    answer = send(clerk, work_url(reg_no), chosen, "conclude")
    assert "选定的风险等级（中）低于计算结果（高），请填写理由" in html.unescape(answer.text)
    reason = {**chosen, "level_reason": "活动分散举行，专家评审同意"}
    assert send(clerk, work_url(reg_no), reason, "conclude").status_code == 303
    for path in (f"/matters/{reg_no}", f"/matters/{reg_no}/assessments/1/index"):
        page = clerk.get(path).text
        assert "人工调低：低于计算结果（高）" in page
        assert "综合指数为中风险，按单因素个数或直接判定提高" in page
        assert "活动分散举行" in page


def test_the_history_names_rows_and_who_changed_the_level(site: Site) -> None:
    example = EXAMPLES["one major factor hidden in the mean"]
    reg_no, clerk = site.case("due"), site.person("clerk")
    assert send(clerk, work_url(reg_no), {**ORDINARY, **texts(example)}, "calculate").status_code == 303
    assert send(clerk, work_url(reg_no), {}, "submit").status_code == 303
    clerk.send(f"/matters/{reg_no}/assessments/1/steps/withdraw", holding="reason", reason="重新研判")
    colleague = site.person("colleague")
    changed = {"level_before": "high", "factors-0-p": "0.95", "measures-1-text": "", "measures-1-factor": ""}
    assert send(colleague, work_url(reg_no), changed, "conclude").status_code == 303
    page = colleague.get(f"/matters/{reg_no}").text
    newest = page[page.index("办理经过") :]
    newest = newest[: newest.index("撤回报送")]
    assert "colleague" in newest
    assert "风险因素第1项 · 发生概率" in newest
    assert re.search(r"初始风险等级.*?中.*?高", newest, re.S)
    assert "化解措施第2项" in newest
    assert "风险因素第1项" in page[page.index("撤回报送") :]


def test_a_draft_before_the_declaration_goes_through_with_its_index(site: Site) -> None:
    clerk = site.person("clerk")
    draft = str(clerk.send("/matters/new", holding="token", way="matter").location)
    basic = {"title": "示例库区道路改造", "kind": "decision", "field": "transport", "decision_level": "county"}
    basic |= {"location": "示例镇", "summary": "改造道路3公里。"}
    assert clerk.send(f"{draft}/basic", holding="title", **basic).status_code == 303
    duty = {"duty_contact": "水利股", "office_phone": "023-59220000"}
    assert clerk.send(f"{draft}/responsible", holding="duty_contact", **duty).status_code == 303
    assert clerk.send(f"{draft}/screening", holding="screening", screening="required").status_code == 303
    values = {**ORDINARY, **texts(EXAMPLES["a mixed project"]), "level_before": "low", "level_after": "low"}
    assert clerk.send(f"{draft}/assessment", holding="outcome", **values, action="calculate").status_code == 303
    page = clerk.get(f"{draft}/assessment").text
    assert printed(page, "before") == EXAMPLES["a mixed project"].before
    assert clerk.send(f"{draft}/assessment", holding="outcome").status_code == 303
    answer = clerk.send(f"{draft}/check", holding="declared_on")
    assert answer.status_code == 303, answer.text
    with site.registry.reading() as session:
        found = session.scalars(select(Assessment)).one()
        assert (found.method, len(found.factors), len(found.risk_measures)) == ("INDEX_428", 3, 3)
        assert found.status == "submitted"


def test_the_qualitative_method_needs_and_keeps_no_rows(site: Site) -> None:
    reg_no, clerk = site.case("due"), site.person("clerk")
    rows = texts(EXAMPLES["a mixed project"])
    values = {**ORDINARY, **rows, "method": "QUALITATIVE", "level_before": "low", "level_after": "low"}
    assert send(clerk, work_url(reg_no), values, "submit").status_code == 303
    with site.registry.reading() as session:
        assert session.scalars(select(Assessment)).one().factors == []
    assert clerk.get(f"/matters/{reg_no}/assessments/1/index").status_code == 404
    assert "打印计算表" not in clerk.get(f"/matters/{reg_no}").text
