from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from risk_registry.db.engine import MIGRATION, begin_write
from risk_registry.db.extension import db
from risk_registry.web.access import check_table, safe_path
from risk_registry.web.requests import is_loopback, is_trusted
from tests.web.browse import expire, filled, open_form, sign_in_as


def _notes(app: Flask) -> list[str]:
    with app.app_context():
        return [str(row[0]) for row in db.session.execute(text("SELECT title FROM note ORDER BY id"))]


def test_request_number_is_taken_over_or_made(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345"}).headers["X-Request-ID"] == "abc-12345"
    made = client.get("/healthz", headers={"X-Request-ID": "bad id\t"}).headers["X-Request-ID"]
    assert len(made) == 16
    assert made != client.get("/healthz").headers["X-Request-ID"]


def test_strangers_go_to_the_sign_in_page_and_back(client: FlaskClient) -> None:
    answer = client.get("/notes/new?x=1")
    assert answer.status_code == 302
    assert answer.location == "/login?next=/notes/new?x%3D1"
    assert client.get("/").location == "/login"


def test_hidden_pages_do_not_exist_for_strangers(client: FlaskClient) -> None:
    assert client.get("/notes/hidden").status_code == 404


def test_roles(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    sign_in_as(client, 2)
    assert client.get("/notes/new").status_code == 200
    assert not caplog.records
    assert client.post("/notes/new", data=filled(client)).status_code == 403
    (refusal,) = [record.getMessage() for record in caplog.records if record.name == "risk_registry.security"]
    assert re.search(r"refused: account 2, POST \S+\.\S+, address 127\.0\.0\.1", refusal)
    page = client.get("/notes/hidden")
    assert page.status_code == 403
    assert "权限" in page.text
    sign_in_as(client, 1)
    assert client.get("/notes/hidden").text == "hidden"


def test_a_password_of_somebody_else_opens_one_page(client: FlaskClient) -> None:
    sign_in_as(client, 3)
    assert client.get("/notes/new").location == "/password"
    assert client.get("/password").text == "password"


def test_an_endpoint_without_a_rule_stops_the_start(small_app: Flask) -> None:
    table = dict(small_app.config["ACCESS"])
    check_table(small_app, table)
    del table["notes.add"]
    with pytest.raises(RuntimeError, match=r"notes\.add"):
        check_table(small_app, table)


def test_an_endpoint_without_a_rule_stays_shut(small_app: Flask, client: FlaskClient) -> None:
    small_app.config["ACCESS"] = {k: v for k, v in small_app.config["ACCESS"].items() if k != "notes.hidden"}
    sign_in_as(client, 1)
    assert client.get("/notes/hidden").status_code == 500


@pytest.mark.parametrize("engine_name", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_page_cannot_write(small_app: Flask, client: FlaskClient) -> None:
    sign_in_as(client, 1)
    assert client.get("/notes/write-on-get").status_code == 500
    assert _notes(small_app) == []


def test_forms_need_the_token_of_the_session(small_app: Flask, client: FlaskClient) -> None:
    sign_in_as(client, 1)
    values = filled(client)
    del values["csrf_token"]
    assert client.post("/notes/new", data=values).status_code == 400
    assert _notes(small_app) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_forms_of_other_sites_are_refused_even_with_a_token(
    small_app: Flask, client: FlaskClient, headers: dict[str, str]
) -> None:
    sign_in_as(client, 1)
    answer = client.post("/notes/new", data=filled(client), headers=headers)
    assert answer.status_code == 400
    assert "河堤工程" not in answer.text
    assert _notes(small_app) == []


def test_a_page_grown_old_keeps_what_was_typed(small_app: Flask, client: FlaskClient) -> None:
    sign_in_as(client, 1)
    values = filled(client, title="<b>老表单</b>") | {"csrf_token": "old"}
    answer = client.post("/notes/new", data=values, headers={"Origin": "http://localhost"})
    assert answer.status_code == 400
    assert "&lt;b&gt;老表单&lt;/b&gt;" in answer.text
    assert 'action="/notes/new"' in answer.text
    assert _notes(small_app) == []


def test_foreign_host_names(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    assert "evil" not in client.get("/login", headers={"Host": "evil.example"}).text
    for host in ("127.0.0.1:8000", "localhost", "[::1]:8000"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("host", "trusted"),
    [
        ("a.gov.example:8443", True),
        ("A.GOV.EXAMPLE", True),
        ("gov.example", False),
        ("agov.example", False),
        ("a.gov.example.evil", False),
        ("[::1]:80", True),
        ("[::2]", False),
        ("", False),
    ],
)
def test_trusted_hosts(host: str, trusted: bool) -> None:
    assert is_trusted(host, (".gov.example", "[::1]")) is trusted


def test_bodies_are_bounded(small_app: Flask, client: FlaskClient) -> None:
    sign_in_as(client, 1)
    big = {**open_form(client), "title": "长" * 1_000_000}
    assert client.post("/notes/new", data=big).status_code == 413
    assert client.post("/notes/new", data=big, content_type="multipart/form-data").status_code == 413
    many = "&".join(f"a{i}=" for i in range(3000))
    answer = client.post("/notes/new", data=many, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_a_form_sent_after_the_session_ended_is_kept_for_its_account(client: FlaskClient, stash: Any) -> None:
    sign_in_as(client, 1)
    values = filled(client) | {"old_password": "geheim"}
    expire(client)
    answer = client.post("/notes/new?from=desk", data=values)
    assert answer.status_code == 303
    assert answer.location == "/login?next=/stashed?token%3Dt1"
    [(owner, path, kept)] = stash.kept
    assert (owner, path) == (1, "/notes/new?from=desk")
    assert kept["title"] == ["河堤工程"]
    assert kept["token"] == [values["token"]]
    assert "csrf_token" not in kept
    assert "old_password" not in kept


def test_a_forged_form_is_not_kept(client: FlaskClient, stash: Any) -> None:
    sign_in_as(client, 1)
    values = filled(client) | {"csrf_token": "forged"}
    expire(client)
    assert client.post("/notes/new", data=values).location == "/login"
    assert stash.kept == []


def test_a_strangers_form_is_not_kept(client: FlaskClient, stash: Any) -> None:
    csrf = client.get("/login").text
    assert client.post("/notes/new", data={"title": "x", "csrf_token": csrf}).location == "/login"
    assert stash.kept == []


def test_busy_keeps_what_was_typed_and_the_gate_opens_again(
    small_app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_as(client, 1)
    values = filled(client, title="忙时填写")

    def locked(_session: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr("risk_registry.web.requests.begin_write", locked)
        answer = client.post("/notes/new", data=values)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert 'value="忙时填写"' in answer.text
    assert f'value="{values["token"]}"' in answer.text
    assert client.post("/notes/new", data=values).status_code == 303
    assert _notes(small_app) == ["忙时填写"]


def test_a_failing_view_lets_the_next_writer_in(small_app: Flask, client: FlaskClient) -> None:
    sign_in_as(client, 1)
    assert client.post("/notes/new", data=filled(client, title="无权")).status_code == 403
    with small_app.app_context():
        db.session.info["clock"] = small_app.extensions["clock"]
        begin_write(db.session())
        db.session.rollback()


def test_server_faults_show_a_number_and_nothing_else(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    sign_in_as(client, 1)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/notes/break")
    assert answer.status_code == 500
    number = answer.headers["X-Request-ID"]
    assert number in answer.text
    assert number in caplog.text
    assert "ZeroDivisionError" not in answer.text


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("/matters?x=1", "/matters?x=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_only_paths_of_this_site_are_followed(given: str | None, taken: str) -> None:
    assert safe_path(given) == taken


def test_health(small_app: Flask, client: FlaskClient) -> None:
    small_app.extensions["schema_head"] = "0001"
    assert client.get("/healthz").text == "ok\n"
    answer = client.get("/readyz")
    # The small application has tables but no migration has run.
    assert (answer.status_code, answer.text) == (503, "not ready\n")
    _stamp_schema(small_app, "0001")
    assert client.get("/readyz").text == "ready\n"
    _stamp_schema(small_app, "0002")
    assert client.get("/readyz").status_code == 503


def _stamp_schema(app: Flask, revision: str) -> None:
    migration = {MIGRATION: True}
    with app.app_context(), db.engine.connect().execution_options(**migration) as connection, connection.begin():
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})


def test_menu_shows_what_may_be_opened(client: FlaskClient) -> None:
    sign_in_as(client, 2)
    page = client.get("/").text
    assert 'href="/notes/new"' in page
    assert "/notes/hidden" not in page
    sign_in_as(client, 1)
    assert 'href="/notes/hidden"' in client.get("/").text


def test_preferences_are_cookies(client: FlaskClient) -> None:
    values = {"csrf_token": client.get("/login").text, "language": "en", "large_text": "1", "next": "//evil.example"}
    answer = client.post("/preferences", data=values)
    assert answer.location == "/"
    sign_in_as(client, 1)
    assert '<html lang="en" class="large-text">' in client.get("/").text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


def test_a_demo_answers_this_machine_alone(small_app: Flask, client: FlaskClient) -> None:
    """Whatever serves it: a host name in the request is only what the visitor says."""
    strange = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/login", environ_base=strange).status_code == 200
    for demo in ("setting", "database"):
        small_app.config["DEMO"] = demo == "setting"
        small_app.extensions["demo"] = lambda: True
        answer = client.get("/login", environ_base=strange)
        assert answer.status_code == 403
        assert "演示模式" in answer.text
        assert client.post("/login", data={"account": "1"}, environ_base=strange).status_code == 403
        assert client.get("/healthz", environ_base=strange).status_code == 200
        for here in ("127.0.0.1", "::1"):
            assert client.get("/login", environ_base={"REMOTE_ADDR": here}).status_code == 200


def test_what_seems_to_hold_a_person_is_not_kept_over_sign_in(client: FlaskClient, stash: Any) -> None:
    sign_in_as(client, 1)
    typed = {**filled(client), "title": "张三上访的处理", "kind": "project"}
    expire(client)
    assert client.post("/notes/new", data=typed).status_code == 303
    [(_owner, _path, kept)] = stash.kept
    assert (kept["title"], kept["kind"]) == ([], ["project"])
