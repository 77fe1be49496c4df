"""The real site over a small county, for tests of pages: accounts sign in, open pages, and send their forms."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from risk_registry import create_app
from risk_registry.accounts.operations import set_roles
from risk_registry.accounts.signing_in import open_session
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.config import ensure_secret, load
from risk_registry.db.extension import db
from risk_registry.filings import operations as filing
from risk_registry.filings.queries import newest_attempt
from risk_registry.matters.models import Matter
from risk_registry.web.access import SIGNED_IN
from tests.registry import CONCLUSION, CONSULTATION, OPERATOR, Registry, account, matter_values, opened_registry


@dataclass
class Form:
    """A form of a page: where it goes and what it would send as it stands."""

    action: str
    values: dict[str, str]
    names: set[str]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value") or ""
        if tag == "form":
            self.forms.append(Form(found.get("action") or "", {}, set()))
        if not self.forms or not (name or tag == "option"):
            return
        form = self.forms[-1]
        if name:
            form.names.add(name)
        if tag == "input" and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
            form.values[name] = value
        elif tag == "textarea":
            self._area, form.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in found:
            form.values[self._select] = value

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            form = self.forms[-1]
            # A browser drops the line break that follows the tag.
            form.values[self._area] = form.values[self._area].removeprefix("\r").removeprefix("\n")
            self._area = ""


@dataclass
class Person:
    """A signed-in account of the cast with its browser."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def form(self, path: str, *, holding: str) -> dict[str, str]:
        """What the form on a page that asks ``holding`` would send."""
        page = self.client.get(path)
        assert page.status_code == 200, (path, page.status_code, page.location)
        return form_of(page.text, holding).values

    def send(self, path: str, *, holding: str, **changes: str) -> TestResponse:
        """Open a page, change its form, send it."""
        return self.client.post(path, data={**self.form(path, holding=holding), **changes})


def form_of(html: str, holding: str) -> Form:
    """The form of a page that asks ``holding``."""
    parser = _Forms()
    parser.feed(html)
    found = [form for form in parser.forms if holding in form.names]
    assert found, f"no form asks {holding}"
    return found[0]


@dataclass
class Site:
    """The site, the registry beneath it and the clock of both."""

    app: Flask
    registry: Registry
    people: dict[str, Person]

    def person(self, name: str) -> Person:
        """An account of the cast, signed in."""
        if name not in self.people:
            with self.registry.writing() as session:
                holder, now = account(session, name), self.registry.clock.now()
                token = open_session(session, holder, address="127.0.0.1", agent="test", now=now)
            client = self.app.test_client()
            with client.session_transaction() as cookie:
                cookie["_user_id"] = token
            self.people[name] = Person(client)
        return self.people[name]

    def today(self, day: date) -> None:
        """Walk the clock; sessions end with the day, so everybody signs in anew."""
        self.registry.clock.set(day)
        self.people.clear()

    def case(self, stage: str, *, who: str = "clerk", conclusion: dict[str, Any] | None = None, **facts: Any) -> str:
        """A matter brought as far as ``stage``, all of it today; its registration number."""
        with self.registry.writing() as session:
            act = self.registry.act(session, who)
            found = assessing.declare_matter(session, act, matter_values(session, **facts))
            if stage != "due":
                assessing.start(session, act, found)
            if stage not in ("due", "assessing"):
                values = {**CONCLUSION, "concluded_on": act.today, **(conclusion or {})}
                assessing.conclude(session, act, found, values, CONSULTATION)
            if stage in ("submitted", "received", "filed", "correcting"):
                filing.submit(session, act, found)
                self._office(session, found, stage)
            return found.matter.reg_no

    def _office(self, session: Any, found: Assessment, stage: str) -> None:
        attempt = newest_attempt(session, found.id)
        assert attempt is not None
        act = self.registry.act(session, "second")
        if stage in ("received", "correcting"):
            filing.receive(session, act, attempt)
        if stage == "correcting":
            filing.request_correction(session, act, attempt, "补充公示材料")
        if stage == "filed":
            filing.receive_and_accept(session, act, attempt)

    def give(self, name: str, *roles: str) -> None:
        """Give an account further roles."""
        with self.registry.writing() as session:
            holder = account(session, name)
            set_roles(session, OPERATOR, holder, roles=[*holder.roles, *roles])

    def spoil(self, statement: str, **values: Any) -> None:
        """Change the database behind the registry's back."""
        with self.registry.writing() as session:
            session.execute(text(statement), values)

    def status(self, reg_no: str, seq: int = 1) -> str:
        """The stored status of a round."""
        return str(self.round(reg_no, seq).status)

    def round(self, reg_no: str, seq: int = 1) -> Any:
        """The stored row of a round."""
        table = Assessment.__table__
        query = select(*table.c).join(Matter, Matter.id == table.c.matter_id)
        with self.registry.reading() as session:
            return session.execute(query.where(Matter.reg_no == reg_no, table.c.seq == seq)).one()


@contextmanager
def made_site(data: Path, template: Path) -> Iterator[Site]:
    """The site in an empty folder, over a copy of the county's database."""
    ensure_secret(data)
    config = load(data=data, environ={})
    shutil.copyfile(template, data / "registry.db")
    with opened_registry(config.database_url) as registry:
        app = create_app(config, clock=registry.clock)
        _stand_in(app)
        yield Site(app, registry, {})
        with app.app_context():
            db.engine.dispose()


#: Pages of other concepts that these pages lead to.
_AROUND = {
    "home.desk": "/",
    "matters.index": "/matters",
    "matters.edit": "/matters/<reg_no>/assessments/<int:n>/edit",
    "matters.work": "/matters/<reg_no>/assessments/<int:n>/work",
}


def _stand_in(app: Flask) -> None:
    for endpoint, path in _AROUND.items():
        if endpoint not in app.view_functions:
            app.add_url_rule(path, endpoint, lambda **_place: "")
            app.config["ACCESS"].setdefault(endpoint, SIGNED_IN)


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path) -> Iterator[Site]:
    """The real site over the county, on a day in March 2024."""
    with made_site(tmp_path, sqlite_template) as found:
        found.today(date(2024, 3, 4))
        yield found
