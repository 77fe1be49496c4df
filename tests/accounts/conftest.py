"""Accounts of one department and one office, and a small application with the real sign-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Blueprint, Flask, render_template_string, request
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash

import risk_registry
from risk_registry import config as settings
from risk_registry.accounts import login, views
from risk_registry.accounts.models import Account
from risk_registry.accounts.operations import create_account
from risk_registry.audit import hook
from risk_registry.core.actors import Actor
from risk_registry.db.clock import FixedClock
from risk_registry.db.engine import make_engine
from risk_registry.db.extension import db
from risk_registry.db.work import Sessions, make_sessions, writing
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.operations import create_organisation
from risk_registry.organisations.queries import by_code
from risk_registry.paths import folder
from risk_registry.web import plumbing
from risk_registry.web.access import PUBLIC, SIGNED_IN, only
from tests.accounts.empty import clock, create_tables, sessions

__all__ = ["clock", "sessions"]

PASSWORD = "浇花要在清晨或者傍晚"
#: The real method takes a third of a second; one test looks at the real one.
CHEAP = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")

Make = Callable[..., Account]


@pytest.fixture
def operator() -> Actor:
    """The operator at the command line."""
    return Actor("cli", None, "cli:root", None, "", frozenset())


@pytest.fixture
def office(sessions: Sessions, operator: Actor) -> Sessions:
    """The sessions of a database with an office and a department below it."""
    add_organisations(sessions, operator)
    return sessions


def add_organisations(sessions: Sessions, operator: Actor) -> None:
    """``office`` and ``water`` below it."""
    with writing(sessions) as session:
        values = {"code": "office", "name": "示例县信访办公室", "short": "示", "kind": "filing_office"}
        above = create_organisation(session, operator, values={**values, "valid_from": date(2010, 1, 1)})
        values = {"code": "water", "name": "示例县水利局", "kind": "department"}
        create_organisation(session, operator, values={**values, "valid_from": date(2010, 1, 1)}, parent=above)


@pytest.fixture
def make(office: Sessions, operator: Actor) -> Make:
    """Add an account: ``make(session, name, *roles, org=…, **options)``."""
    return maker(operator)


def maker(operator: Actor) -> Make:
    """See ``make``."""

    def make(session: object, name: str, *roles: str, org: str = "water", **options: object) -> Account:
        found = by_code(session, org)  # type: ignore[arg-type]  # a fixture's signature stays short
        assert isinstance(found, Organisation)
        given = {"password_hash": CHEAP, "must_change_password": False, **options}
        return create_account(session, operator, name=name, organisation=found, roles=roles, **given)  # type: ignore[arg-type]

    return make


def _site() -> list[Blueprint]:
    home, notes = Blueprint("home", __name__), Blueprint("notes", __name__)

    @home.get("/")
    def desk() -> str:
        return render_template_string("{% extends 'base.html' %}{% block content %}desk{% endblock %}")

    @notes.route("/notes/<int:number>", methods=["GET", "POST"])
    def add(number: int) -> str:
        if request.method == "POST":
            db.session.commit()
            return f"saved {number}: " + "|".join(f"{k}={v}" for k, v in request.form.items(True) if k != "csrf_token")
        return render_template_string("<input name=csrf_token value={{ csrf_token() }}>")

    @notes.get("/office-only")
    def office_only() -> str:
        return "office"

    return [home, notes]


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock, operator: Actor) -> Iterator[Flask]:
    """The real plumbing and sign-in around two pages; accounts ``clerk`` (department) and ``new`` (first password)."""
    settings.ensure_secret(tmp_path)
    config = settings.load(data=tmp_path, environ={})
    engine = make_engine(config.database_url)
    create_tables(engine)
    factory = make_sessions(engine, clock, hook.attach)
    add_organisations(factory, operator)
    with writing(factory) as session:
        maker(operator)(session, "clerk", "submitter", display_name="张工")
        maker(operator)(session, "new", "submitter", must_change_password=True)
    app = Flask("small", template_folder=str(folder("templates")), static_folder=str(folder("static")))
    risk_registry.configure(app, config)
    app.config.update(
        MENU=(),
        ACCESS={
            "static": PUBLIC,
            "web.healthz": PUBLIC,
            "web.readyz": PUBLIC,
            "web.preferences": PUBLIC,
            "accounts.login": PUBLIC,
            "accounts.logout": SIGNED_IN,
            "accounts.password": SIGNED_IN,
            "accounts.stashed": SIGNED_IN,
            "home.desk": SIGNED_IN,
            "notes.add": SIGNED_IN,
            "notes.office_only": only("filing_officer"),
        },
    )
    plumbing.attach(app, clock, *risk_registry.SESSION_HOOKS)
    login.init_app(app)
    for blueprint in (views.blueprint, *_site()):
        app.register_blueprint(blueprint)
    app.extensions["test_sessions"] = factory
    yield app
    engine.dispose()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser."""
    return app.test_client()
