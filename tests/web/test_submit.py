from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from risk_registry.db.clock import FixedClock
from risk_registry.db.extension import db
from risk_registry.web import tokens
from tests.web.browse import filled, hidden_values, open_form, sign_in_as


def _notes(app: Flask) -> list[str]:
    with app.app_context():
        return [str(row[0]) for row in db.session.execute(text("SELECT title FROM note ORDER BY id"))]


def test_an_act_is_committed_and_its_result_shown(small_app: Flask, client: FlaskClient) -> None:
    sign_in_as(client, 1)
    answer = client.post("/notes/new", data=filled(client))
    assert (answer.status_code, answer.location) == (303, "/notes/new?saved=1")
    assert _notes(small_app) == ["河堤工程"]
    assert "已保存" in client.get("/").text


@pytest.mark.parametrize("engine_name", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_twenty_identical_posts_do_one_thing(small_app: Flask, client: FlaskClient) -> None:
    sign_in_as(client, 1)
    values = filled(client)
    with client.session_transaction() as cookie:
        session = dict(cookie)

    def post(_number: int) -> tuple[int, str | None]:
        other = small_app.test_client()
        with other.session_transaction() as theirs:
            theirs.update(session)
        answer = other.post("/notes/new", data=values)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(20)))
    assert answers == [(303, "/notes/new?saved=1")] * 20
    assert _notes(small_app) == ["河堤工程"]


def test_a_refused_act_leaves_nothing_and_its_token_works_again(small_app: Flask, client: FlaskClient) -> None:
    sign_in_as(client, 1)
    values = filled(client, title="重复")
    page = client.post("/notes/new", data=values)
    assert page.status_code == 422
    assert '<p class="error" data-field="title">已有同名事项</p>' in page.text
    assert 'value="重复"' in page.text
    assert hidden_values(page)["token"] == values["token"]
    assert _notes(small_app) == []
    assert client.post("/notes/new", data=values | {"title": "不重复"}).status_code == 303


def test_a_refusal_about_another_field_stands_above_the_form(client: FlaskClient) -> None:
    sign_in_as(client, 1)
    page = client.post("/notes/new", data=filled(client, title="别处"))
    assert '<p class="form-error">评估尚未完成</p>' in page.text


def test_a_conflict_keeps_what_was_typed(client: FlaskClient) -> None:
    sign_in_as(client, 1)
    page = client.post("/notes/new", data=filled(client, title="冲突"))
    assert page.status_code == 409
    assert 'value="冲突"' in page.text
    assert 'name="version" type="hidden" value="3"' in page.text


def test_what_is_not_allowed_has_its_own_page(client: FlaskClient) -> None:
    sign_in_as(client, 1)
    page = client.post("/notes/new", data=filled(client, title="无权"))
    assert page.status_code == 403
    assert "只有备案机关可以办理" in page.text


@pytest.mark.parametrize("token", ["", "made-up", "汉字", "a" * 300, "abc.1.def"])
def test_a_made_up_token_is_refused_and_the_form_kept(small_app: Flask, client: FlaskClient, token: str) -> None:
    sign_in_as(client, 1)
    page = client.post("/notes/new", data=filled(client) | {"token": token})
    assert page.status_code == 422
    assert "提交标记" in page.text
    assert 'value="河堤工程"' in page.text
    fresh = hidden_values(page)["token"]
    assert fresh != token
    assert client.post("/notes/new", data=filled(client) | {"token": fresh}).status_code == 303
    assert _notes(small_app) == ["河堤工程"]


def test_a_token_of_another_account_is_refused(small_app: Flask, client: FlaskClient) -> None:
    with small_app.app_context():
        foreign = tokens.issue(2)
    sign_in_as(client, 1)
    assert client.post("/notes/new", data=filled(client) | {"token": foreign}).status_code == 422


def test_redeeming_needs_a_writing_transaction(small_app: Flask) -> None:
    with small_app.app_context(), pytest.raises(RuntimeError, match="transaction"):
        tokens.redeem(db.session(), tokens.issue(1), 1)


def test_a_draft_needs_nothing_but_is_read(client: FlaskClient) -> None:
    sign_in_as(client, 1)
    draft = open_form(client) | {"action": "draft", "title": "", "started_on": ""}
    assert client.post("/notes/new", data=draft).status_code == 303
    page = client.post("/notes/new", data=open_form(client) | {"action": "draft", "started_on": "2024-02-30"})
    assert page.status_code == 422


def test_a_token_counts_for_a_week(small_app: Flask, client: FlaskClient) -> None:
    clock = small_app.extensions["clock"]
    assert isinstance(clock, FixedClock)
    sign_in_as(client, 1)
    values = filled(client)
    clock.advance(microseconds=tokens.LIFE - 1)
    assert client.post("/notes/new", data=values).status_code == 303
    values = filled(client)
    clock.advance(microseconds=tokens.LIFE)
    page = client.post("/notes/new", data=values)
    assert page.status_code == 422, "the row of the first time might be gone, so it might be carried out twice"
    assert "已超过7天" in page.text
