"""The real site over a small county, in one process: for questions that need many requests and no server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule as Route

from risk_registry import create_app
from risk_registry.accounts.models import Account
from risk_registry.accounts.signing_in import open_session
from risk_registry.assessments import operations as assessing
from risk_registry.config import ensure_secret, load
from risk_registry.db.engine import make_engine
from risk_registry.db.migrate import upgrade
from risk_registry.filings import operations as filing
from risk_registry.filings.queries import newest_attempt
from risk_registry.matters.operations import save_draft
from tests.registry import CONCLUSION, CONSULTATION, Registry, matter_values, opened_registry, populate

TODAY = date(2024, 3, 5)


@dataclass
class Site:
    """The application and what is in it. ``waiting`` and ``filed`` are matters of the water department."""

    app: Flask
    registry: Registry
    waiting: str = ""
    filed: str = ""
    draft: int = 0

    def client(self, name: str) -> FlaskClient:
        """A browser in which the account is signed in, without the cost of hashing its password."""
        clock = self.registry.clock
        with self.registry.writing() as session:
            account = session.scalars(select(Account).where(Account.name == name)).one()
            token = open_session(session, account, address="127.0.0.1", agent="test", now=clock.now())
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return client

    def address(self, route: Route, values: Mapping[str, Any]) -> str:
        """The address of a route with as many of ``values`` as it takes."""
        taken = {name: values[name] for name in route.arguments if name not in (route.defaults or {})}
        with self.app.test_request_context():
            return self.app.url_map.bind("localhost").build(route.endpoint, {**(route.defaults or {}), **taken})


@contextmanager
def cast_site(folder: Path) -> Iterator[Site]:
    """The site over the cast of `tests.registry`, with one waiting and one filed matter and a draft."""
    ensure_secret(folder)
    url = f"sqlite:///{folder / 'registry.db'}"
    owner = make_engine(url)
    upgrade(owner)
    owner.dispose()
    with opened_registry(url) as registry:
        populate(registry, "unusable")
        registry.clock.set(TODAY)
        app = create_app(load(data=folder, environ={}), clock=registry.clock)
        yield _furnished(Site(app, registry))


def _furnished(site: Site) -> Site:
    with site.registry.writing() as session:
        act = site.registry.act(session, "clerk")
        found = []
        for title in ("示例河堤加固工程", "示例水库除险工程"):
            assessment = assessing.declare_matter(session, act, matter_values(session, title=title))
            assessing.start(session, act, assessment)
            assessing.conclude(session, act, assessment, {**CONCLUSION, "concluded_on": TODAY}, CONSULTATION)
            filing.submit(session, act, assessment)
            found.append(assessment)
        attempt = newest_attempt(session, found[1].id)
        assert attempt is not None
        filing.receive_and_accept(session, site.registry.act(session, "second"), attempt)
        site.waiting, site.filed = (item.matter.reg_no for item in found)
        account_id = act.actor.account_id
        assert account_id is not None
        site.draft = save_draft(session, None, account_id=account_id, kind="matter", content={}, title="草稿").id
    return site
