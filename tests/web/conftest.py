"""A small application with one table, one form and three accounts, on the real plumbing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, g, render_template_string, session, url_for
from flask import request as current_request
from flask.testing import FlaskClient
from sqlalchemy import text

import risk_registry
from risk_registry.config import ensure_secret, load
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.db.base import Base
from risk_registry.db.clock import FixedClock
from risk_registry.db.engine import MIGRATION
from risk_registry.db.extension import db
from risk_registry.paths import folder
from risk_registry.web import plumbing
from risk_registry.web.access import PUBLIC, SIGNED_IN, SignedOut, only
from risk_registry.web.forms import form_class
from risk_registry.web.submit import submit
from tests.postgres import postgres_server

NOTE_FIELDS = (
    Field("title", "事项名称", Kind.TEXT, "基本情况", required_at=Gate.DECLARE, length=20),
    Field("kind", "事项分类", Kind.CHOICE, "基本情况", required_at=Gate.DECLARE, dictionary="kind"),
    Field("invest_wan", "总投资", Kind.MONEY, "基本情况"),
    Field("started_on", "启动日期", Kind.DATE, "基本情况", required_at=Gate.CONCLUDE),
)
NoteForm = form_class("NoteForm", NOTE_FIELDS, choices={"kind": [("project", "工程项目"), ("policy", "政策")]})

PAGE = """{{ form.csrf_token }}{{ form.token }}{{ form.version }}{{ form.title }}
{% for e in form.form_errors %}<p class="form-error">{{ e }}</p>{% endfor %}
{% for f in form %}
{% for e in f.errors %}<p class="error" data-field="{{ f.name }}">{{ e }}</p>{% endfor %}{% endfor %}"""


__all__ = ["postgres_server"]


@dataclass(frozen=True)
class Account:
    """A signed-in account of the small application."""

    id: int
    display_name: str
    roles: frozenset[str]
    organisation_name: str = "示例县发展改革委"
    must_change_password: bool = False


ACCOUNTS = {
    1: Account(1, "填报员甲", frozenset({"submitter"})),
    2: Account(2, "领导乙", frozenset({"leader"})),
    3: Account(3, "新用户丙", frozenset({"submitter"}), must_change_password=True),
}

ACCESS = {
    "static": PUBLIC,
    "web.healthz": PUBLIC,
    "web.readyz": PUBLIC,
    "web.preferences": PUBLIC,
    "accounts.login": PUBLIC,
    "accounts.logout": SIGNED_IN,
    "accounts.password": SIGNED_IN,
    "accounts.stashed": SIGNED_IN,
    "home.desk": SIGNED_IN,
    "notes.add": only("submitter", "leader", post=("submitter",)),
    "notes.break_": SIGNED_IN,
    "notes.write_on_get": SIGNED_IN,
    "notes.hidden": only("submitter", signed_out=SignedOut.HIDDEN),
}


def _resolve() -> Account | None:
    found = session.get("account")
    if session.get("expired"):
        g.expired_account_id = found
        return None
    return ACCOUNTS.get(found) if found else None


def _blueprints() -> list[Blueprint]:
    accounts, home = Blueprint("accounts", __name__), Blueprint("home", __name__)

    @accounts.route("/login", methods=["GET", "POST"])
    def login() -> str:
        if current_request.method == "POST":
            session["account"] = int(current_request.form["account"])
            session.pop("expired", None)
        return render_template_string("{{ csrf_token() }}")

    @accounts.get("/stashed")
    def stashed() -> str:
        return "stashed"

    @accounts.post("/logout")
    def logout() -> str:
        session.pop("account")
        return "out"

    @accounts.route("/password", methods=["GET", "POST"])
    def password() -> str:
        return "password"

    @home.get("/")
    def desk() -> str:
        return render_template_string("{% extends 'base.html' %}")

    return [accounts, home]


def _notes() -> Blueprint:
    notes = Blueprint("notes", __name__)

    @notes.route("/notes/new", methods=["GET", "POST"])
    def add() -> Any:
        form = NoteForm(require=Gate.DECLARE, version=3)

        def act() -> str:
            _refuse_by_title(str(form.typed()["title"]))
            result = db.session.execute(
                text("INSERT INTO note (title) VALUES (:t) RETURNING id"), {"t": form.title.text}
            )
            return url_for("notes.add", saved=result.scalar_one())

        answer = submit(form, act, done="已保存", draft=current_request.form.get("action") == "draft")
        return answer or (render_template_string(PAGE, form=form), form.http_status)

    @notes.get("/notes/break")
    def break_() -> str:
        raise ZeroDivisionError

    @notes.get("/notes/write-on-get")
    def write_on_get() -> str:
        db.session.execute(text("INSERT INTO note (title) VALUES ('x')"))
        db.session.commit()
        return "written"

    @notes.get("/notes/hidden")
    def hidden() -> str:
        return "hidden"

    return notes


def _refuse_by_title(title: str) -> None:
    if title == "重复":
        raise Refused.one("title", "已有同名事项")
    if title == "别处":
        raise Refused.one("elsewhere", "评估尚未完成")
    if title == "冲突":
        raise Conflict.one("", "已被他人修改")
    if title == "无权":
        raise NotAllowed.one("", "只有备案机关可以办理")


@dataclass
class Stash:
    """What was put by for after sign-in."""

    kept: list[tuple[int, str, dict[str, list[str]]]] = field(default_factory=list)

    def __call__(self, _session: object, account_id: int, path: str, values: Any) -> str:
        self.kept.append((account_id, path, dict(values)))
        return "t1"


@pytest.fixture
def stash() -> Stash:
    return Stash()


@pytest.fixture
def engine_name() -> str:
    """Overridden by tests that hold on both engines."""
    return "sqlite"


@pytest.fixture
def small_app(tmp_path: Path, stash: Stash, engine_name: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    ensure_secret(tmp_path)
    environ = {}
    if engine_name == "postgres":
        environ["RISK_REGISTRY_DATABASE_URL"] = request.getfixturevalue("postgres_server").create_database().owner
    app = Flask("small", template_folder=str(folder("templates")), static_folder=str(folder("static")))
    risk_registry.configure(app, load(data=tmp_path, environ=environ))
    app.config.update(ACCESS=ACCESS, MENU=(("登记备案", (("新增登记", "notes.add"), ("隐藏", "notes.hidden"))),))
    plumbing.attach(app, FixedClock(date(2024, 3, 5)))
    for blueprint in (*_blueprints(), _notes()):
        app.register_blueprint(blueprint)
    app.extensions["resolve_account"].append(_resolve)
    app.extensions["stash_form"] = stash
    with app.app_context():
        engine = db.engine
        with engine.connect().execution_options(**{MIGRATION: True}) as connection, connection.begin():
            Base.metadata.create_all(connection, tables=[Base.metadata.tables["once_token"]])
            key = "SERIAL" if engine_name == "postgres" else "INTEGER"
            connection.execute(text(f"CREATE TABLE note (id {key} PRIMARY KEY, title TEXT)"))
    yield app
    engine.dispose()


@pytest.fixture
def client(small_app: Flask) -> FlaskClient:
    return small_app.test_client()
