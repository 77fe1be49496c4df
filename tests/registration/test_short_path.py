"""一次填报: few questions, few pages, every step an event of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, update
from werkzeug.security import generate_password_hash

from risk_registry.accounts.models import Account
from risk_registry.audit.models import Event
from risk_registry.matters.models import Draft
from risk_registry.settings.operations import change_setting
from tests.case_site import Person, Site, form_of, made_site
from tests.registration.test_registration import actions, begin, kept, line
from tests.registry import OPERATOR, PASSWORD, organisation

TODAY = date(2024, 5, 20)
MOST_INPUTS, MOST_PAGES = 20, 5

#: Everything a first-time clerk fills in on the page for a project; the rest stands there already.
FILLED = {
    "title": "凉州区某校舍维修（示例）",
    "kind": "project",
    "field": "public_service",
    "summary": "维修校舍，工期六个月。",
    "invest_wan": "87",
    "location": "示例镇",
    "office_phone": "0935-2210000",
    "consultations-0-sessions": "1",
    "consultations-0-participants": "18",
    "legality": "met",
    "rationality": "met",
    "feasibility": "met",
    "controllability": "met",
    "main_risks": "施工噪声",
    "measures": "假期施工",
    "level_before": "low",
    "level_after": "low",
    "outcome": "implement",
    "signed_by": "水利局负责人",
}


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path) -> Iterator[Site]:
    with made_site(tmp_path, sqlite_template) as made:
        made.today(TODAY)
        yield made


def give_password(site: Site, name: str) -> None:
    """A password that opens the real login page; the method that takes its time has its own tests."""
    with site.registry.writing() as session:
        hashed = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")
        session.execute(update(Account).where(Account.name_key == name).values(password_hash=hashed))


def test_twenty_inputs_and_five_pages_from_login_to_receipt(site: Site) -> None:
    client = site.app.test_client()
    give_password(site, "clerk")
    pages = ["/login"]
    hidden = form_of(client.get("/login").text, "password").values
    answer = client.post("/login", data={**hidden, "name": "clerk", "password": PASSWORD})
    pages.append(answer.location)
    pages.append("/matters/new")
    hidden = form_of(client.get("/matters/new").text, "token").values
    answer = client.post("/matters/new", data={**hidden, "way": "short"})
    pages.append(answer.location)
    shown = form_of(client.get(answer.location).text, "outcome").values
    for asked in ("legality", "rationality", "feasibility", "controllability", "level_before", "level_after"):
        assert not shown.get(asked), asked
    inputs = [name for name, text in FILLED.items() if shown.get(name) != text]
    answer = client.post(answer.location, data={**shown, **FILLED})
    assert answer.status_code == 303, answer.text
    pages.append(answer.location)
    receipt = client.get(answer.location).text
    assert "报送回执" in receipt
    assert "500229-2024-0001-1-1" in receipt
    assert len(inputs) <= MOST_INPUTS, inputs
    assert len(pages) <= MOST_PAGES, pages
    found = line(site)
    assert (found.status, found.procedure, found.mode, found.invest_wan) == (
        "submitted",
        "simplified",
        "self",
        Decimal(87),
    )
    assert (found.meetings, found.declared_on, found.concluded_on, found.submitted_on) == (1, TODAY, TODAY, TODAY)
    assert actions(site) == ["declare", "screen_required", "start", "conclude", "submit"]
    assert kept(site) == 0


def test_the_second_time_less_is_asked(site: Site) -> None:
    clerk = site.person("clerk")
    first = begin(clerk, "short")
    assert clerk.send(first, holding="outcome", **FILLED).status_code == 303
    shown = form_of(clerk.get(begin(clerk, "short")).text, "outcome").values
    assert shown["location"] == FILLED["location"]
    assert shown["office_phone"] == FILLED["office_phone"]
    assert shown["signed_by"] == FILLED["signed_by"]
    assert not shown["title"]


def test_one_form_sent_many_times_registers_once(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk, "short")
    values = {**clerk.form(draft, holding="outcome"), **FILLED}
    answers = [clerk.client.post(draft, data=values) for _ in range(4)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert actions(site).count("declare") == 1


def test_faults_are_shown_together_and_everything_typed_is_kept(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk, "short")
    wrong = {
        **FILLED,
        "invest_wan": "",
        "level_after": "medium",
        "rationality": "unmet",
        "procedure": "ordinary",
        "consultations-0-sessions": "",
        "consultations-0-participants": "",
    }
    answer = clerk.send(draft, holding="outcome", **wrong)
    assert answer.status_code == 422
    for words in (
        "工程项目请填写总投资",
        "高于初始风险等级",
        "合理性不是“符合”",
        "一般程序请填写公示开始和结束日期",
        "请至少填写一项调查情况",
    ):
        assert words in answer.text, words
    assert f'value="{FILLED["title"]}"' in answer.text
    again = form_of(clerk.get(draft).text, "outcome").values
    assert (again["title"], again["level_after"], again["procedure"]) == (FILLED["title"], "medium", "ordinary")
    with site.registry.reading() as session:
        assert session.scalars(select(Draft.title)).one() == FILLED["title"]
        assert session.scalars(select(Event.action).where(Event.action == "declare")).all() == []


def test_a_medium_commissioned_assessment_goes_the_same_way_with_more_questions(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk, "short")
    with site.registry.reading() as session:
        assessor = str(organisation(session, "assessor").id)
    more = {
        "procedure": "ordinary",
        "mode": "commissioned",
        "third_party": assessor,
        "notice_from": "2024-05-01",
        "notice_to": "2024-05-12",
        "started_on": "2024-04-28",
        "level_before": "medium",
        "emergency_plan": "1",
        "review_on": "2024-05-18",
        "review_experts": "3",
        "review_result": "passed",
    }
    answer = clerk.send(draft, holding="outcome", **{**FILLED, **more})
    assert answer.status_code == 303, answer.text
    found = line(site)
    assert (found.notice_days, found.third_party) == (12, "示例评估咨询有限公司")
    assert (found.declared_on, found.started_on) == (date(2024, 4, 28), date(2024, 4, 28))


def test_back_entered_dates_stand_in_order(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk, "short")
    early = {"started_on": "2024-03-01", "concluded_on": "2024-03-15", "submitted_on": "2024-03-10"}
    answer = clerk.send(draft, holding="outcome", **{**FILLED, **early})
    assert answer.status_code == 422
    assert "不能早于评估完成日期" in answer.text
    answer = clerk.send(draft, holding="outcome", **{**FILLED, **early, "submitted_on": "2024-03-18"})
    assert answer.status_code == 303, answer.text
    assert "补录" in clerk.get(answer.location).text
    assert line(site).submitted_on == date(2024, 3, 18)


def test_the_office_types_for_a_unit_and_cannot_accept_it(site: Site) -> None:
    officer: Person = site.person("officer")
    draft = begin(officer, "short")
    assert "代录" in officer.get(draft).text
    with site.registry.reading() as session:
        town = str(organisation(session, "town").id)
    values = {**FILLED, "owner_org": town, "implement_org": town, "duty_contact": "镇政府"}
    answer = officer.send(draft, holding="outcome", **values)
    assert answer.status_code == 303, answer.text
    assert line(site).owner_org == "示例镇人民政府"
    assert "（代录）" in officer.get(answer.location).text


def test_where_the_office_screens_first_the_short_path_says_so(site: Site) -> None:
    with site.registry.writing() as session:
        change_setting(session, OPERATOR, "screening_first", "on")
    clerk = site.person("clerk")
    draft = begin(clerk, "short")
    assert "备案机关先作应评判定" in clerk.get(draft).text
    answer = clerk.send(draft, holding="outcome", **FILLED)
    assert answer.status_code == 422
    assert form_of(clerk.get(draft).text, "outcome").values["title"] == FILLED["title"]
    assert kept(site) == 1


def test_looking_in_twice_leaves_one_draft(site: Site) -> None:
    clerk = site.person("clerk")
    first = begin(clerk, "short")
    assert begin(clerk, "short") == first
    assert begin(clerk, "matter") != first
    assert clerk.send(first, holding="outcome", action="draft", title=FILLED["title"]).status_code == 303
    assert begin(clerk, "short") != first
    assert kept(site) == 3


def test_the_page_deletes_its_own_draft(site: Site) -> None:
    clerk = site.person("clerk")
    draft = begin(clerk, "short")
    page = clerk.get(draft).text
    hidden = form_of(page[page.index('id="delete-draft"') - 30 :], "token").values
    assert clerk.client.post(f"{draft}/delete", data=hidden).status_code == 303
    assert kept(site) == 0


def test_the_enter_key_keeps_the_page_and_does_nothing_else(site: Site) -> None:
    page = site.person("clerk").get(begin(site.person("clerk"), "short")).text
    form = page[page.index("novalidate data-unsaved") :]
    first = form[form.index("<button") : form.index("</button>")]
    assert 'value="draft"' in first
