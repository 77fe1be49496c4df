"""Sign-in, sign-out, one's own password and the kept form, through a browser's eyes."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from risk_registry.accounts import operations, passwords, queries
from risk_registry.accounts.models import LoginRecord, LoginSession
from risk_registry.core.actors import Actor
from risk_registry.db.clock import FixedClock
from risk_registry.db.engine import is_writing
from risk_registry.db.extension import db
from risk_registry.db.work import Sessions, reading, writing
from tests.accounts.conftest import PASSWORD

CHOSEN = "另一句好记的长话"


def csrf(page: TestResponse) -> str:
    found = re.search(r'name="?csrf_token"?[^>]*value="?([^">]+)', page.text) or re.search(
        r'value="([^"]+)"[^>]*name="csrf_token"', page.text
    )
    assert found, page.text
    return found.group(1)


def sign_in(client: FlaskClient, name: str = "clerk", password: str = PASSWORD, query: str = "") -> TestResponse:
    address = f"/login{query}"
    token = csrf(client.get(address))
    return client.post(address, data={"csrf_token": token, "name": name, "password": password})


def factory(app: Flask) -> Sessions:
    found: Sessions = app.extensions["test_sessions"]
    return found


def test_sign_in_and_out(app: Flask, client: FlaskClient) -> None:
    assert client.get("/").location == "/login"
    answer = sign_in(client, name="ＣＬＥＲＫ ")
    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/")
    assert page.status_code == 200
    assert "张工" in page.text
    assert "示例县水利局" in page.text
    stolen = client.get_cookie("registry")
    assert stolen is not None
    assert client.get("/login").location == "/"
    assert client.get("/office-only").status_code == 403
    out = client.post("/logout", data={"csrf_token": csrf(page)})
    # Without "cache": Chromium stands still for seconds over it, and no page is kept there anyway.
    assert out.headers["Clear-Site-Data"] == '"storage"'
    assert (out.status_code, out.location) == (303, "/login")
    assert client.get("/").location == "/login"
    client.set_cookie("registry", stolen.value)
    assert client.get("/").location == "/login", "a copied cookie is dead after sign-out"
    with reading(factory(app)) as session:
        assert list(session.scalars(select(LoginRecord.outcome).order_by(LoginRecord.id))) == ["success", "logout"]


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/notes/1?a=b", "/notes/1?a=b"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("", "/"),
    ],
)
def test_next_stays_on_this_site(client: FlaskClient, wanted: str, given: str) -> None:
    token = csrf(client.get("/login"))
    answer = client.post(
        "/login", query_string={"next": wanted}, data={"csrf_token": token, "name": "clerk", "password": PASSWORD}
    )
    assert answer.location == given


def test_wrong_password_and_unknown_name_look_the_same(client: FlaskClient) -> None:
    pages = []
    for name in ("clerk", "nobody"):
        answer = sign_in(client, name=name, password="x" * 9)
        assert answer.status_code == 422
        pages.append(re.sub(r'value="[^"]*"', "", answer.text))
    assert pages[0] == pages[1]
    assert "账号或密码不正确" in pages[0]
    assert "x" * 9 not in pages[0]
    for _ in range(4):
        answer = sign_in(client, name="nobody", password="x" * 9)
    assert "10:10之后再试" in answer.text
    assert "请填写账号" in sign_in(client, name="", password="").text


def test_locked_names_cost_no_hashing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        sign_in(client, password="x" * 9)
    monkeypatch.setattr(passwords, "matches", lambda *_: pytest.fail("hashed while locked"))
    assert "之后再试" in sign_in(client).text


def test_hashing_holds_up_nobody(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bool, bool]] = []

    def matches(_hash: str | None, _password: str) -> bool:
        session = db.session()
        seen.append((is_writing(session), session.in_transaction()))
        return True

    monkeypatch.setattr(passwords, "matches", matches)
    assert sign_in(client).status_code == 303
    assert seen == [(False, False)]


def test_each_sign_in_has_a_token_of_its_own(app: Flask, client: FlaskClient) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
    sign_in(client)
    with client.session_transaction() as cookie:
        first = cookie["_user_id"]
        assert "planted" not in cookie
    other = app.test_client()
    sign_in(other)
    with other.session_transaction() as cookie:
        assert cookie["_user_id"] != first
        assert len(cookie["_user_id"]) >= 43
    assert client.get("/").status_code == 200
    with reading(factory(app)) as session:
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 2


def test_first_password_must_be_changed(app: Flask, client: FlaskClient) -> None:
    assert sign_in(client, name="new", query="?next=/notes/1").location == "/notes/1"
    for address in ("/", "/notes/1", "/office-only"):
        assert client.get(address).location == "/password"
    page = client.get("/password")
    assert page.status_code == 200
    assert "请先设置自己的密码" in page.text
    faults = {
        ("wrong-one-here", CHOSEN, CHOSEN): "当前密码不正确",
        (PASSWORD, CHOSEN, CHOSEN + "x"): "两次输入的新密码不一致",
        (PASSWORD, PASSWORD, PASSWORD): "新密码不能与当前密码相同",
        (PASSWORD, "password123", "password123"): "太常见",
        (PASSWORD, "示例县水利局示例县", ""): "请再次填写新密码",
    }
    for (current, new, repeat), message in faults.items():
        answer = change(client, current, new, repeat)
        assert answer.status_code == 422
        assert message in answer.text
        assert client.get("/").location == "/password"
    with client.session_transaction() as cookie:
        before = cookie["_user_id"]
    assert change(client, PASSWORD, CHOSEN, CHOSEN).location == "/"
    assert client.get("/").status_code == 200
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != before
    assert sign_in(app.test_client(), name="new").status_code == 422
    assert sign_in(app.test_client(), name="new", password=CHOSEN).status_code == 303


def change(client: FlaskClient, current: str, new: str, repeat: str) -> TestResponse:
    token = csrf(client.get("/password"))
    values = {"current_password": current, "new_password": new, "repeat_password": repeat}
    return client.post("/password", data={"csrf_token": token, **values})


def test_changing_the_password_signs_other_desks_out(app: Flask, client: FlaskClient) -> None:
    other = app.test_client()
    sign_in(client)
    sign_in(other)
    assert other.get("/").status_code == 200
    assert change(client, PASSWORD, CHOSEN, CHOSEN).status_code == 303
    assert client.get("/").status_code == 200
    assert other.get("/").location == "/login"


def test_guessing_the_present_password_locks(client: FlaskClient) -> None:
    sign_in(client)
    for _ in range(5):
        answer = change(client, "not this one", CHOSEN, CHOSEN)
    assert "之后再试" in answer.text
    assert "之后再试" in change(client, PASSWORD, CHOSEN, CHOSEN).text


def test_disabling_ends_the_session_at_once(app: Flask, client: FlaskClient, operator: Actor) -> None:
    sign_in(client)
    with writing(factory(app)) as session:
        found = queries.by_name(session, "clerk")
        assert found is not None
        operations.disable_account(session, operator, found)
    assert client.get("/").location == "/login"
    assert "已停用或锁定" in sign_in(client).text


def test_session_is_noted_as_busy_once_a_minute(app: Flask, client: FlaskClient, clock: FixedClock) -> None:
    sign_in(client)

    def last_seen() -> int:
        with reading(factory(app)) as session:
            return session.scalars(select(LoginSession.last_seen_at)).one()

    start = last_seen()
    clock.advance(seconds=59)
    client.get("/")
    assert last_seen() == start
    clock.advance(seconds=1)
    client.get("/")
    assert last_seen() == start + 60_000_000
    for _ in range(3):
        clock.advance(minutes=29)
        assert client.get("/").status_code == 200
    clock.advance(minutes=30)
    assert client.get("/").location == "/login"


def test_a_form_posted_too_late_is_given_back_once(app: Flask, client: FlaskClient, clock: FixedClock) -> None:
    sign_in(client)
    token = csrf(client.get("/notes/7"))
    clock.advance(minutes=31)
    typed = {"csrf_token": token, "title": "<河堤工程>", "method": ["survey", "meeting"], "new_password": "secret"}
    late = client.post("/notes/7?step=2", data=typed)
    assert late.status_code == 303
    assert late.location is not None
    assert late.location.startswith("/login?next=/stashed")
    assert "刚才提交的内容已为您保留" in client.get(late.location).text
    assert "已为您保留" not in client.get("/login").text
    answer = client.post(late.location, data={"csrf_token": csrf(client.get(late.location)), **good()})
    back = answer.location
    assert back is not None
    page = client.get(back)
    assert page.status_code == 200
    assert "&lt;河堤工程&gt;" in page.text
    assert "secret" not in page.text
    stranger = app.test_client()
    sign_in(stranger, name="new", password=PASSWORD)
    change(stranger, PASSWORD, CHOSEN, CHOSEN)
    assert stranger.get(back).status_code == 404
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    assert [name for name, _ in fields].count("method") == 2
    again = {"csrf_token": csrf(page), "title": "<河堤工程>", "method": ["survey", "meeting"]}
    passed_on = client.post(back, data=again)
    assert (passed_on.status_code, passed_on.location) == (307, "/notes/7?step=2")
    sent = client.post(passed_on.location, data=again)
    assert sent.text == "saved 7: title=<河堤工程>|method=survey|method=meeting"
    assert client.get(back).status_code == 404
    assert client.post(back, data=again).status_code == 404


def good() -> dict[str, str]:
    return {"name": "clerk", "password": PASSWORD}


def test_forged_sign_in_is_refused(client: FlaskClient) -> None:
    assert client.post("/login", data=good()).status_code == 400
    token = csrf(client.get("/login"))
    answer = client.post("/login", data={"csrf_token": token, **good()}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400
    assert client.get("/").location == "/login"


def test_demo_accounts_show_only_in_the_demo(app: Flask, client: FlaskClient) -> None:
    entry = {"name": "clerk", "password": "示例密码", "roles": "填报员", "organisation": "示例县水利局"}
    app.config["DEMO_ACCOUNTS"] = [entry]
    assert "示例密码" not in client.get("/login").text
    app.config["DEMO"] = True
    assert "示例密码" in client.get("/login").text
