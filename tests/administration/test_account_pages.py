"""Accounts through a browser: one-time passwords are seen once, by the one post that made them, and nowhere else."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select, text
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from risk_registry.accounts import passwords, separation
from risk_registry.accounts.account_list import COLUMNS
from risk_registry.accounts.models import Account
from risk_registry.accounts.queries import by_name
from tests.case_site import Site, form_of
from tests.registry import OPERATOR, account, organisation

_PASSWORD = re.compile(r"\b(?:[a-z2-9]{4}-){3}[a-z2-9]{4}\b")


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hash takes a third of a second."""
    monkeypatch.setattr(passwords, "make_hash", lambda password: generate_password_hash(password, "pbkdf2:sha256:1"))


def shown(page: TestResponse) -> list[str]:
    return _PASSWORD.findall(re.sub(r"data:[^\"]*", "", page.text))


def number(site: Site, name: str) -> int:
    with site.registry.reading() as session:
        return account(session, name).id


def everything(site: Site) -> str:
    """Every text the database holds."""
    with site.registry.reading() as session:
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        return repr([session.execute(text(f'SELECT * FROM "{name}"')).all() for name in names])


def new_account(site: Site, **values: str) -> tuple[dict[str, str], TestResponse]:
    keeper = site.person("sysadmin")
    with site.registry.reading() as session:
        unit = organisation(session, "water").id
    given = {"name": "wang", "display_name": "王工", "organisation": str(unit), "role_submitter": "1", **values}
    form = {**keeper.form("/admin/accounts/new", holding="display_name"), **given}
    return form, keeper.client.post("/admin/accounts/new", data=form)


def test_a_new_account_signs_in_with_the_password_on_its_slip(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    _form, page = new_account(site)
    assert page.status_code == 200
    [password] = shown(page)
    for words in ("示例县水利局", "王工", "wang", "http://localhost/login"):
        assert words in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert password not in everything(site) + caplog.text
    with site.registry.reading() as session:
        made = account(session, "wang")
        assert (made.roles, made.scope, made.must_change_password) == (frozenset({"submitter"}), "own", True)
        assert passwords.matches(made.password_hash, password)
    browser = site.app.test_client()
    token = form_of(browser.get("/login").text, "password").values["csrf_token"]
    answer = browser.post("/login", data={"csrf_token": token, "name": "wang", "password": password})
    assert answer.status_code == 303
    assert browser.get("/").location == "/password", "somebody else chose it, so it is changed first"


def test_a_repeated_post_shows_no_password_and_makes_no_account(site: Site) -> None:
    form, first = new_account(site)
    [password] = shown(first)
    again = site.person("sysadmin").client.post("/admin/accounts/new", data=form)
    assert (again.status_code, again.location) == (303, f"/admin/accounts/{number(site, 'wang')}")
    page = site.person("sysadmin").get(again.location or "")
    assert not shown(page)
    assert "只在第一次提交后显示" in page.text
    assert "重置密码" in page.text
    other = site.person("secadmin").client.post("/admin/accounts/new", data=form)
    assert password not in other.text
    with site.registry.reading() as session:
        assert len(session.scalars(select(Account).where(Account.name_key == "wang")).all()) == 1


def test_a_faulty_account_is_not_hashed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "make_hash", lambda _password: pytest.fail("hashed"))
    _form, page = new_account(site, display_name="", role_submitter="", name="身份证11010519491231002X")
    assert page.status_code == 422
    for words in ("请填写姓名", "角色：请至少选择一项", "身份证号码"):
        assert words in page.text


def test_a_taken_name_is_said_and_leaves_nothing(site: Site) -> None:
    _form, page = new_account(site, name="ＣＬＥＲＫ")
    assert page.status_code == 422
    assert "已存在" in page.text
    assert not shown(page)


def test_resetting_a_password_ends_the_sessions_and_shows_it_once(site: Site) -> None:
    clerk, keeper = site.person("clerk"), site.person("sysadmin")
    address = f"/admin/accounts/{number(site, 'clerk')}/reset"
    assert clerk.get("/matters").status_code == 200
    form = keeper.form(address, holding="reason")
    page = keeper.client.post(address, data=form)
    [password] = shown(page)
    assert (clerk.get("/matters").location or "").startswith("/login")
    again = keeper.client.post(address, data=form)
    assert again.status_code == 303
    with site.registry.reading() as session:
        found = account(session, "clerk")
        assert passwords.matches(found.password_hash, password), "the repeat made no second password"
    assert password not in everything(site)


def test_lock_unlock_disable_enable(site: Site) -> None:
    keeper, place = site.person("sysadmin"), f"/admin/accounts/{number(site, 'clerk')}"
    assert site.person("clerk").get("/").status_code == 200
    assert keeper.send(f"{place}/lock", holding="reason").status_code == 422, "a reason is asked for"
    assert keeper.send(f"{place}/lock", holding="reason", reason="待查").status_code == 303
    assert "已锁定" in keeper.get(place).text
    assert site.person("clerk").get("/").status_code == 302
    assert keeper.get(f"{place}/lock").status_code == 409, "it is locked already"
    assert site.person("secadmin").send(f"{place}/unlock", holding="reason").status_code == 303
    assert site.person("secadmin").get(f"{place}/disable").status_code == 403
    assert keeper.send(f"{place}/disable", holding="reason", reason="调离").status_code == 303
    assert "已停用" in keeper.get(place).text
    assert keeper.send(f"{place}/enable", holding="reason").status_code == 303
    with site.registry.reading() as session:
        assert account(session, "clerk").usable


def test_nobody_shuts_himself_out(site: Site) -> None:
    keeper, place = site.person("sysadmin"), f"/admin/accounts/{number(site, 'sysadmin')}"
    for act in ("lock", "disable", "reset"):
        assert keeper.get(f"{place}/{act}").status_code == 409
        assert f"{place}/{act}" not in keeper.get(place).text


def test_editing_shows_what_somebody_else_saved(site: Site) -> None:
    keeper, place = site.person("sysadmin"), f"/admin/accounts/{number(site, 'clerk')}/edit"
    stale = keeper.form(place, holding="display_name")
    assert keeper.send(place, holding="display_name", display_name="张科员").status_code == 303
    page = keeper.client.post(place, data={**stale, "display_name": "张工"})
    assert page.status_code == 409
    assert "张科员" in page.text
    again = form_of(page.text, "display_name").values
    assert again["display_name"] == "张工"
    assert keeper.client.post(place, data=again).status_code == 303
    with site.registry.reading() as session:
        assert account(session, "clerk").display_name == "张工"


def test_the_list_is_searched(site: Site) -> None:
    keeper = site.person("secadmin")
    page = keeper.get("/admin/accounts?organisation=水利&role=submitter").text
    assert "colleague" in page
    assert "teacher" not in page
    assert "没有符合条件的账号" in keeper.get("/admin/accounts?text=没有这个人").text
    assert keeper.get("/admin/accounts?role=emperor").status_code == 422
    assert keeper.get("/admin/accounts?cursor=x").status_code == 404
    assert keeper.get("/admin/accounts/999999").status_code == 404


# The list from a workbook.


def workbook(*rows: tuple[str, ...]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append([column.heading for column in COLUMNS])
    for row in rows:
        sheet.append(list(row))
    book.save(file)
    return file.getvalue()


GOOD = workbook(("wang", "王工", "water", "", "填报员", ""), ("zhao", "赵工", "school", "", "填报员、审签人", ""))


def uploaded(site: Site, content: bytes, name: str = "名单.xlsx") -> TestResponse:
    keeper = site.person("sysadmin")
    form = keeper.form("/admin/accounts/list", holding="file")
    form.pop("file", None)
    return keeper.client.post("/admin/accounts/list", data={**form, "file": (io.BytesIO(content), name)})


def test_a_list_is_looked_at_before_anything_is_made(site: Site) -> None:
    page = uploaded(site, GOOD)
    assert page.status_code == 200
    assert "将建立2个账号" in page.text
    assert "填报员、审签人" in page.text
    with site.registry.reading() as session:
        assert by_name(session, "wang") is None
    form = form_of(page.text, "lines").values
    keeper = site.person("sysadmin")
    answer = keeper.client.post("/admin/accounts/list/confirm", data=form)
    assert answer.status_code == 200
    first, second = shown(answer)
    with site.registry.reading() as session:
        for name, password in (("wang", first), ("zhao", second)):
            assert passwords.matches(account(session, name).password_hash, password), "each slip has its own"
    found = re.search(r'href="data:[^,]*;base64,([^"]+)"', answer.text)
    assert found, "the list can be taken along from the same answer"
    sheet = load_workbook(io.BytesIO(base64.b64decode(found.group(1)))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert [row[2:4] for row in rows] == [("wang", first), ("zhao", second)]
    again = keeper.client.post("/admin/accounts/list/confirm", data=form)
    assert (again.status_code, again.location) == (303, "/admin/accounts")
    assert first not in everything(site)
    assert first not in keeper.get("/admin/accounts").text


def test_faults_of_a_list_stand_at_their_cells(site: Site) -> None:
    page = uploaded(site, workbook(("clerk", "", "nowhere", "", "皇帝", "")))
    assert page.status_code == 422
    assert page.text.count("<title>错误：") == 1
    for words in ("A2", "B2", "C2", "E2", "已存在", "没有这个机构代码", "没有“皇帝”这个角色"):
        assert words in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "请选择填好的名单文件"), (b"\xd0\xcf\x11\xe0old", "旧版 Excel"), (b"PK\x03\x04broken", "文件已损坏")],
)
def test_files_that_are_no_list(site: Site, content: bytes, words: str) -> None:
    page = uploaded(site, content, "名单.xls")
    assert page.status_code == 422
    assert words in page.text


def test_a_csv_list(site: Site) -> None:
    content = "账号,姓名,机构名称,角色\r\nwang,王工,示例县水利局,填报员\r\n".encode("gb18030")
    assert "将建立1个账号" in uploaded(site, content, "名单.csv").text


def test_a_list_that_has_become_wrong_makes_no_account(site: Site) -> None:
    form = form_of(uploaded(site, GOOD).text, "lines").values
    new_account(site, name="zhao")
    page = site.person("sysadmin").client.post("/admin/accounts/list/confirm", data=form)
    assert page.status_code == 422
    assert "已存在" in page.text
    with site.registry.reading() as session:
        assert by_name(session, "wang") is None


@pytest.mark.parametrize(
    "lines", ["", "[]", "{}", "[[1]]", '[["x", {}]]', "[" * 5000, "null", '[[2, {"name": "a"}]]', "[[Infinity, {}]]"]
)
def test_a_damaged_preview_is_said(site: Site, lines: str) -> None:
    form = form_of(uploaded(site, GOOD).text, "lines").values
    page = site.person("sysadmin").client.post("/admin/accounts/list/confirm", data={**form, "lines": lines})
    assert page.status_code == 422
    assert "名单没有完整送达" in page.text


@pytest.mark.parametrize("column", ["name", "code", "organisation"])
@pytest.mark.parametrize("char", ["\\ud800", "\\u0000"])
def test_what_no_database_stores_is_a_fault_of_its_line(site: Site, column: str, char: str) -> None:
    form = form_of(uploaded(site, GOOD).text, "lines").values
    lines = json.loads(form["lines"])
    lines[0][1][column] = "@"
    form["lines"] = json.dumps(lines, ensure_ascii=False).replace("@", char)
    page = site.person("sysadmin").client.post("/admin/accounts/list/confirm", data=form)
    assert page.status_code == 422


def test_the_template_is_a_list_once_filled_in(site: Site, tmp_path: Path) -> None:
    content = site.person("sysadmin").get("/admin/accounts/list/template.xlsx").data
    page = uploaded(site, content)
    assert "没有要建立的账号" in page.text, "units alone are no accounts"
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    assert sheet is not None
    filled = next(place for place in range(4, 30) if sheet.cell(place, 3).value == "water")
    sheet.cell(filled, 1).value, sheet.cell(filled, 2).value, sheet.cell(filled, 5).value = "wang", "王工", "填报员"
    file = io.BytesIO()
    book.save(file)
    assert "将建立1个账号" in uploaded(site, file.getvalue()).text


def test_while_separated_accounts_wait_for_their_roles(site: Site) -> None:
    with site.registry.writing() as session:
        separation.turn_on(session, OPERATOR)
    keeper = site.person("sysadmin")
    page = keeper.get("/admin/accounts/new").text
    assert "role_submitter" not in page
    with site.registry.reading() as session:
        unit = organisation(session, "water").id
    answer = keeper.send(
        "/admin/accounts/new", holding="display_name", name="wang", display_name="王工", organisation=str(unit)
    )
    assert len(shown(answer)) == 1
    place = f"/admin/accounts/{number(site, 'wang')}"
    assert "待授予角色" in keeper.get(place).text
    assert keeper.get(f"{place}/roles").status_code == 403
    guard = site.person("secadmin")
    for closed in ("/admin/accounts/new", f"{place}/edit", f"{place}/reset", "/admin/accounts/list"):
        assert guard.get(closed).status_code == 403, closed
    assert guard.send(f"{place}/roles", holding="scope", role_submitter="1").status_code == 303
    with site.registry.reading() as session:
        assert account(session, "wang").roles == {"submitter"}
