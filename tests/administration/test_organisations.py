"""The pages about organisations: the directory, one organisation, every change, the deliberate merger and split."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from risk_registry.accounts import separation
from risk_registry.administration import organisation_reforms
from risk_registry.lines.predicates import LINE
from risk_registry.organisations import directory as listing
from risk_registry.organisations.directory import directory
from risk_registry.organisations.operations import create_organisation
from risk_registry.organisations.queries import tree_is_sound
from risk_registry.upkeep.verification import verify
from tests.case_site import Person, Site, form_of
from tests.registry import OPERATOR, account, organisation

TODAY = date(2025, 7, 3)
ROOT = "/admin/organisations"


@pytest.fixture(autouse=True)
def day(site: Site) -> None:
    """The day of these tests."""
    site.today(TODAY)


def number(site: Site, code: str) -> int:
    """The id of an organisation."""
    with site.registry.reading() as session:
        return organisation(session, code).id


def unit_of(site: Site, name: str) -> str:
    """The code of the organisation an account belongs to."""
    with site.registry.reading() as session:
        return account(session, name).organisation.code


def owner_of(site: Site, reg_no: str) -> str:
    """The owner of a matter as the ledger prints it."""
    query = select(LINE.c.owner_org).where(LINE.c.reg_no == reg_no, LINE.c.superseded_at.is_(None))
    with site.registry.reading() as session:
        return str(session.execute(query).scalar_one())


def errors(page: TestResponse) -> str:
    """The error summary of a page."""
    assert page.status_code == 422, (page.status_code, page.location)
    found = re.search(r"data-error-summary.*?</ul>", page.text, re.DOTALL)
    assert found
    return found.group(0)


def confirmed(person: Person, path: str, page: TestResponse, **changes: str) -> TestResponse:
    """Send the form of a page that asks for a confirmation."""
    assert page.status_code == 200, errors(page)
    values = form_of(page.text, "confirmed").values
    assert values["confirmed"]
    return person.client.post(path, data={**values, **changes})


def assert_sound(site: Site) -> None:
    """Everything agrees afterwards."""
    with site.registry.reading() as session:
        assert tree_is_sound(session)
        result = verify(session, TODAY)
        assert result.ok, result.faults


def test_the_directory_shows_the_tree_and_finds_by_former_names(site: Site) -> None:
    admin, water = site.person("sysadmin"), number(site, "water")
    page = admin.get(ROOT).text.partition("<tbody>")[2]
    assert page.index("示例县人民政府") < page.index("示例县信访办公室") < page.index("示例县水利局")
    assert "└ </span>" in page
    assert "新增机构" in admin.get(ROOT).text
    assert "新增机构" not in site.person("auditor").get(ROOT).text
    admin.send(
        f"{ROOT}/{water}/rename", holding="valid_from", name="示例县水务局", valid_from="2025-08-01", reason="示委发"
    )
    page = admin.get(f"{ROOT}?text=水务").text
    assert "示例县水利局" in page
    assert "自2025年8月1日起更名为示例县水务局" in page
    assert "示例县教育局" not in page
    site.today(date(2025, 9, 1))
    page = site.person("sysadmin").get(f"{ROOT}?text=水利局").text
    assert "示例县水务局" in page, "found by the name it bore before"
    assert "没有符合条件的机构" in site.person("sysadmin").get(f"{ROOT}?text=nobody").text
    assert "示例评估咨询有限公司" in site.person("sysadmin").get(f"{ROOT}?kind=third_party").text


def test_a_large_directory_is_listed_two_levels_at_a_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST", 4)
    page = site.person("secadmin").get(ROOT).text
    assert "只列出前两级" in page
    assert "示例县信访办公室" in page
    assert "示例县水利局" not in page
    page = site.person("secadmin").get(f"{ROOT}?under={number(site, 'office')}").text
    assert "示例县水利局" in page
    assert "返回上一级" in page
    with site.registry.reading() as session:
        found = directory(session, TODAY, under=number(site, "county"))
        assert [(item.code, item.depth) for item in found.open][:1] == [("office", 0)]


def test_a_new_organisation_is_there_at_once(site: Site) -> None:
    admin = site.person("sysadmin")
    path = f"{ROOT}/new?under={number(site, 'office')}"
    answer = admin.send(path, holding="code", name="示例县体育局", code="sports", kind="department")
    assert answer.status_code == 303
    page = admin.get(answer.location).text
    assert "示例县体育局" in page
    assert "2025年1月1日起" in page
    assert "示例县信访办公室" in page
    answer = admin.send(f"{ROOT}/new", holding="code", name="示例县林业局", code="water", kind="department")
    assert "找不到备案机关" in errors(answer)
    answer = admin.send(path, holding="code", name="示例县林业局", code="water", kind="department")
    assert "已被使用" in errors(answer)
    answer = admin.send(path, holding="code", name="", code="有 空格", kind="filing_office", valid_from="昨天")
    assert errors(answer).count("<li>") == 2
    assert_sound(site)


def test_facts_of_a_third_party_are_changed(site: Site) -> None:
    admin, assessor = site.person("sysadmin"), number(site, "assessor")
    path = f"{ROOT}/{assessor}/edit"
    stale = admin.form(path, holding="reg_no")
    answer = admin.send(
        path,
        holding="reg_no",
        reg_no="示稳评机构〔2025〕3号",
        reg_valid_to="2028-12-31",
        reg_status="valid",
        reason="年检",
    )
    assert answer.status_code == 303
    page = admin.get(answer.location).text
    assert "示稳评机构〔2025〕3号" in page
    assert "有效" in page
    answer = admin.client.post(path, data={**stale, "reg_no": "示稳评机构〔2025〕4号", "reason": "重复"})
    assert answer.status_code == 409
    assert "reg_no" not in admin.get(f"{ROOT}/{number(site, 'water')}/edit").text


def test_a_past_renaming_is_confirmed_with_the_number_of_lines_it_changes(site: Site) -> None:
    reg_no = site.case("assessing")
    site.today(date(2025, 7, 4))
    admin, path = site.person("sysadmin"), f"{ROOT}/{number(site, 'water')}/rename"
    given = {"name": "示例县水务局", "valid_from": "2025-07-01", "reason": "示委发〔2025〕1号"}
    page = admin.send(path, holding="valid_from", **given)
    assert "有 1 件次用到本机构" in page.text
    assert owner_of(site, reg_no) == "示例县水利局", "nothing was changed yet"
    # Another day after the confirmation was shown is shown anew.
    again = confirmed(admin, path, page, valid_from="2025-07-02")
    assert again.status_code == 200
    answer = confirmed(admin, path, again)
    assert answer.status_code == 303
    assert "示例县水利局" in admin.get(answer.location).text
    assert owner_of(site, reg_no) == "示例县水务局"
    page = admin.send(path, holding="valid_from", name="示例县水务局", valid_from="2025-08-01", reason="重复")
    assert "与现用名称相同" in errors(page)
    assert_sound(site)


def test_moving_and_closing(site: Site) -> None:
    admin, builder = site.person("sysadmin"), number(site, "builder")
    school, water = number(site, "school"), number(site, "water")
    answer = admin.send(f"{ROOT}/{builder}/move", holding="parent_id", parent_id=str(school), reason="调整")
    assert answer.status_code == 303
    assert "示例县教育局" in admin.get(answer.location).text
    answer = admin.send(f"{ROOT}/{school}/move", holding="parent_id", parent_id=str(builder), reason="颠倒")
    assert "不能移到本机构或其下级之下" in errors(answer)
    answer = admin.send(f"{ROOT}/{school}/close", holding="valid_to", valid_to="2025-07-02", reason="撤销")
    assert "下级机构" in errors(answer)
    site.case("assessing")
    page = admin.get(f"{ROOT}/{water}/close").text
    assert "未完成评估 1 件次" in page
    answer = admin.send(f"{ROOT}/{water}/close", holding="valid_to", valid_to="2025-07-02", reason="撤销")
    assert answer.status_code == 303
    page = admin.get(answer.location).text
    assert "已停用" in page
    assert "更名</a>" not in page
    for verb in ("edit", "move", "close", "rename", "merge", "split"):
        assert admin.get(f"{ROOT}/{water}/{verb}").status_code == 404, verb
    assert "已停用的机构 1 个" in admin.get(ROOT).text
    assert_sound(site)


MERGER = {
    "way": "new",
    "name": "示例县水务教育局",
    "code": "bureau",
    "effective_on": "2025-07-01",
    "basis": "示委发〔2025〕6号",
}


def test_a_merger_is_shown_confirmed_and_followed(site: Site) -> None:
    opened, concluded = site.case("assessing"), site.case("concluded", title="示例水库工程")
    admin, path = site.person("sysadmin"), f"{ROOT}/{number(site, 'water')}/merge"
    given = {**MERGER, "other_1": str(number(site, "school"))}
    page = admin.send(path, holding="way", **given)
    text = page.text
    assert "示例县水利局、示例县教育局并入“示例县水务教育局”" in text
    assert "未完成评估的 1 件次" in text
    assert opened in text
    assert "已完成评估、尚未备案的 1 件次" in text
    assert "账号 4 个转到承接机构" in text
    assert unit_of(site, "clerk") == "water", "nothing was done yet"
    sent = form_of(text, "confirmed").values
    answer = admin.client.post(path, data=sent)
    assert answer.status_code == 303
    assert admin.client.post(path, data=sent).location == answer.location, "a second press does nothing more"
    page = admin.get(answer.location)
    for word in ("由其并入", "示例县水利局", "示例县教育局", "示委发〔2025〕6号"):
        assert word in page.text, word
    assert unit_of(site, "clerk") == unit_of(site, "teacher") == "bureau"
    teacher = site.person("teacher")
    assert teacher.get(f"/matters/{opened}/assessments/1/work").status_code == 200
    answer = teacher.send(f"/matters/{concluded}/assessments/1/steps/submit", holding="submitted_on")
    assert answer.status_code == 303
    assert site.status(concluded) == "submitted"
    assert (owner_of(site, opened), owner_of(site, concluded)) == ("示例县水务教育局", "示例县水利局")
    review = site.person("second").get(f"/filings/{concluded}/1")
    assert review.status_code == 200
    assert "代录" not in review.text
    assert "评估主体变更（机构改革）" in site.person("officer").get(f"/matters/{opened}").text
    log = site.person("auditor").get("/admin/events?kind=organisation").text
    assert "机构合并" in log
    assert "merge_organisation" not in log
    assert_sound(site)


def test_a_merger_into_one_that_is_there_leaves_accounts_when_asked(site: Site) -> None:
    admin, path = site.person("sysadmin"), f"{ROOT}/{number(site, 'town')}/merge"
    form = admin.form(path, holding="way")
    assert form.pop("move_accounts") == "1"
    given = {
        "way": "existing",
        "successor": str(number(site, "water")),
        "basis": "示委发",
        "effective_on": "2025-07-03",
    }
    page = admin.client.post(path, data={**form, **given})
    assert "账号 0 个留在原机构" in page.text
    answer = confirmed(admin, path, page)
    assert answer.location.endswith(str(number(site, "water")))
    assert_sound(site)


def test_what_changed_after_the_confirmation_was_shown_is_shown_again(site: Site) -> None:
    admin, path = site.person("sysadmin"), f"{ROOT}/{number(site, 'water')}/merge"
    page = admin.send(path, holding="way", **MERGER)
    assert "未完成评估的 0 件次" in page.text
    site.case("assessing")
    again = confirmed(admin, path, page)
    assert again.status_code == 200
    assert "未完成评估的 1 件次" in again.text
    assert confirmed(admin, path, again).status_code == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"effective_on": "2025-07-04"}, "只能在生效当天或以后登记"),
        ({"basis": ""}, "依据文件"),
        ({"way": "existing"}, "请选择已有的承接机构"),
        ({"code": ""}, "机构代码"),
        ({"code": "school"}, "已被使用"),
        ({"way": ""}, "承接机构"),
    ],
)
def test_a_faulty_merger_is_refused_before_it_is_shown(site: Site, change: dict[str, str], words: str) -> None:
    admin, path = site.person("sysadmin"), f"{ROOT}/{number(site, 'water')}/merge"
    answer = admin.send(path, holding="way", **{**MERGER, **change})
    assert words in errors(answer)
    assert 'name="confirmed"' not in answer.text


def test_a_split_gives_each_round_account_and_unit_to_one(site: Site) -> None:
    first, second = site.case("assessing"), site.case("due", title="示例供水工程")
    admin, water = site.person("sysadmin"), number(site, "water")
    path = f"{ROOT}/{water}/split"
    given = {
        "effective_on": "2025-07-01",
        "basis": "示委发〔2025〕6号",
        "heirs-0-name": "示例县河道管理局",
        "heirs-0-code": "river",
        "heirs-1-name": "示例县供排水局",
        "heirs-1-code": "supply",
    }
    form = {**admin.form(path, holding="basis"), **given}
    del form["heirs-1-inherits"]
    page = admin.client.post(path, data=form)
    assert page.status_code == 200, errors(page)
    assert "示例县供排水局：不继承历史事项" in page.text
    with site.registry.reading() as session:
        people = {name: account(session, name).id for name in ("clerk", "colleague", "head")}
    numbers = {reg_no: site.round(reg_no).id for reg_no in (first, second)}
    assert form_of(page.text, "confirmed").values[f"round-{numbers[first]}"] == "0"
    shares = {
        f"round-{numbers[second]}": "1",
        f"account-{people['colleague']}": "1",
        f"account-{people['head']}": "stay",
        f"unit-{number(site, 'builder')}": "1",
    }
    beyond = confirmed(admin, path, page, **{**shares, "version": ""})
    assert beyond.status_code == 409, "a form without its version is stale, not one that nobody compares"
    answer = confirmed(admin, path, page, **{**shares, f"round-{numbers[first]}": "9" * 5000})
    assert answer.status_code == 303, "no heir of that number: it goes to the first"
    assert (owner_of(site, first), owner_of(site, second)) == ("示例县河道管理局", "示例县供排水局")
    assert [unit_of(site, name) for name in people] == ["river", "supply", "water"]
    assert "示例县水利工程建设中心" in admin.get(f"{ROOT}/{number(site, 'supply')}").text
    assert "拆分为" in admin.get(f"{ROOT}/{water}").text
    assert site.person("colleague").get(f"/matters/{first}").status_code == 404
    assert site.person("clerk").get(f"/matters/{first}").status_code == 200
    assert_sound(site)


def test_a_faulty_split_names_the_row(site: Site) -> None:
    admin, path = site.person("sysadmin"), f"{ROOT}/{number(site, 'water')}/split"
    form = admin.form(path, holding="basis")
    answer = admin.client.post(path, data={**form, "basis": "示委发", "heirs-0-name": "示例县河道管理局"})
    assert "两者取一" in errors(answer)
    answer = admin.client.post(path, data={**form, "basis": "示委发"})
    assert "至少要有两个承接机构" in errors(answer)
    both = {"heirs-0-successor": str(number(site, "school")), "heirs-1-successor": str(number(site, "school"))}
    answer = admin.client.post(path, data={**form, "basis": "示委发", **both})
    assert "不要重复" in errors(answer)


@pytest.mark.parametrize("name", ["clerk", "officer", "second", "leader"])
def test_business_accounts_keep_out(site: Site, name: str) -> None:
    assert site.person(name).get(ROOT).status_code == 403


@pytest.mark.parametrize("name", ["secadmin", "auditor"])
def test_the_other_administrators_read(site: Site, name: str) -> None:
    person, water = site.person(name), number(site, "water")
    assert person.get(ROOT).status_code == 200
    page = person.get(f"{ROOT}/{water}")
    assert page.status_code == 200
    assert "/merge" not in page.text
    for verb in ("edit", "move", "close", "rename", "merge", "split"):
        assert person.get(f"{ROOT}/{water}/{verb}").status_code == 403, verb


def test_a_separated_administrator_splits_by_numbers_alone(site: Site) -> None:
    reg_no = site.case("assessing", title="示例保密渠道工程")
    with site.registry.writing() as session:
        separation.turn_on(session, OPERATOR)
    admin, path = site.person("sysadmin"), f"{ROOT}/{number(site, 'water')}/merge"
    page = admin.send(path, holding="way", **MERGER)
    assert reg_no in page.text
    assert "示例保密渠道工程" not in page.text


def test_what_is_not_there_is_not_found(site: Site) -> None:
    admin = site.person("sysadmin")
    for path in (f"{ROOT}/999999", f"{ROOT}/99999999999999999999", f"{ROOT}/0/merge", f"{ROOT}?under=999999"):
        assert admin.get(path).status_code == 404, path
    assert admin.get(f"{ROOT}?under=x").status_code == 200


def test_long_lists_are_cut_and_the_rest_goes_to_the_first(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(organisation_reforms, "MOST", 1)
    first, second = site.case("assessing"), site.case("due", title="示例供水工程")
    with site.registry.writing() as session:
        for code, name in (("river", "示例县河道管理局"), ("supply", "示例县供排水局")):
            values = {"code": code, "name": name, "kind": "department", "valid_from": "2025-07-01"}
            create_organisation(session, OPERATOR, values=values, parent=organisation(session, "office"))
    admin, path = site.person("sysadmin"), f"{ROOT}/{number(site, 'water')}/split"
    heirs = {f"heirs-{row}-successor": str(number(site, code)) for row, code in enumerate(("river", "supply"))}
    form = admin.form(path, holding="basis")
    page = admin.client.post(path, data={**form, "basis": "示委发", "effective_on": "2025-07-02", **heirs})
    assert "其余都归“示例县河道管理局（river）”" in page.text
    numbers = [site.round(reg_no).id for reg_no in (first, second)]
    assert confirmed(admin, path, page, **{f"round-{numbers[0]}": "1"}).status_code == 303
    assert (owner_of(site, first), owner_of(site, second)) == ("示例县供排水局", "示例县河道管理局")
