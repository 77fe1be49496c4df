"""A small registry for tests: both engines, a standing clock, one county with its known cast."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account
from risk_registry.accounts.operations import create_account
from risk_registry.accounts.queries import actor_for, by_name
from risk_registry.assessments.act import Act
from risk_registry.casefile.projection import attach
from risk_registry.core.actors import Actor
from risk_registry.db.clock import FixedClock, today
from risk_registry.db.engine import make_engine
from risk_registry.db.migrate import upgrade
from risk_registry.db.work import Sessions, make_sessions, reading, writing
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.operations import create_organisation
from risk_registry.organisations.queries import by_code
from risk_registry.settings.operations import change_setting, seed_dictionaries
from risk_registry.settings.queries import settings
from tests.postgres import PostgresServer, Urls, postgres_server

__all__ = [
    "postgres_registry",
    "postgres_server",
    "postgres_template",
    "registry",
    "sqlite_registry",
    "sqlite_template",
]

OPERATOR = Actor("cli", None, "cli:test", None, "", frozenset({"filing_officer", "filing_approver", "submitter"}))
START = date(2023, 1, 3)

#: code, name, short, kind, parent
ORGANISATIONS = (
    ("county", "示例县人民政府", None, "decision_body", None),
    ("office", "示例县信访办公室", "示", "filing_office", "county"),
    ("water", "示例县水利局", None, "department", "office"),
    ("school", "示例县教育局", None, "department", "office"),
    ("town", "示例镇人民政府", None, "department", "office"),
    ("builder", "示例县水利工程建设中心", None, "implementer", "water"),
    ("assessor", "示例评估咨询有限公司", None, "third_party", None),
)

#: name, organisation, roles, scope
ACCOUNTS = (
    ("clerk", "water", ("submitter",), "own"),
    ("colleague", "water", ("submitter",), "own"),
    ("head", "water", ("department_head",), "own"),
    ("teacher", "school", ("submitter",), "own"),
    ("officer", "office", ("filing_officer",), "office"),
    ("approver", "office", ("filing_approver",), "office"),
    ("second", "office", ("filing_approver", "filing_officer"), "office"),
    ("counter", "office", ("statistician",), "office"),
    ("leader", "county", ("leader",), "all"),
    ("auditor", "office", ("auditor",), "all"),
    ("sysadmin", "office", ("sysadmin",), "all"),
    ("secadmin", "office", ("secadmin",), "all"),
)

PASSWORD = "correct-horse-battery"

MATTER: dict[str, Any] = {
    "title": "示例河堤工程",
    "kind": "project",
    "field": "water",
    "decision_level": "county",
    "location": "示例镇示例村",
    "summary": "新建河堤1050米。",
    "invest_wan": None,
    "sensitivity": "open",
    "duty_contact": "水利股",
    "office_phone": "023-59220000",
    "screening": "required",
}

CONCLUSION: dict[str, Any] = {
    "procedure": "simplified",
    "mode": "self",
    "method": "QUALITATIVE",
    "legality": "met",
    "rationality": "met",
    "feasibility": "met",
    "controllability": "met",
    "main_risks": "施工期交通不便",
    "measures": "错峰施工，设置便道",
    "level_before": "low",
    "level_after": "low",
    "outcome": "implement",
    "signed_by": "水利局负责人",
}

CONSULTATION: tuple[dict[str, Any], ...] = (
    {"method": "survey", "forms_issued": 5, "forms_valid": 5, "support": 5, "opinions": 5, "adopted": 5},
    {"method": "meeting", "sessions": 1, "participants": 12},
)


@dataclass
class Registry:
    """A registry under test: its sessions and the clock that every act runs by."""

    engine: Engine
    clock: FixedClock
    sessions: Sessions
    urls: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A writing unit of work."""
        with writing(self.sessions) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A reading unit of work."""
        with reading(self.sessions) as session:
            yield session

    def act(self, session: Session, name: str | None = None) -> Act:
        """What an account of the cast acts under today; the operator without a name."""
        actor = actor_for(account(session, name)) if name else OPERATOR
        return Act(actor, today(self.clock), settings(session))


def account(session: Session, name: str) -> Account:
    """An account of the cast."""
    found = by_name(session, name)
    assert found is not None, name
    return found


def organisation(session: Session, code: str) -> Organisation:
    """An organisation of the county."""
    found = by_code(session, code)
    assert found is not None, code
    return found


def matter_values(session: Session, **changes: Any) -> dict[str, Any]:
    """A complete declaration of the water department; organisations by code in ``changes``."""
    values = {**MATTER, "invest_wan": None, "kind": "policy", "owner_org": "water", "decision_org": "county"}
    values |= {"implement_org": "builder"} | changes
    for name in ("owner_org", "decision_org", "implement_org"):
        if isinstance(values[name], str):
            values[name] = organisation(session, values[name]).id
    return values


def populate(registry: Registry, password_hash: str) -> None:
    """The county and its cast."""
    with registry.writing() as session:
        seed_dictionaries(session, OPERATOR)
        change_setting(session, OPERATOR, "region", "500229")
        for code, name, short, kind, parent in ORGANISATIONS:
            create_organisation(
                session,
                OPERATOR,
                values={"code": code, "name": name, "short": short, "kind": kind, "valid_from": date(2010, 1, 1)},
                parent=organisation(session, parent) if parent else None,
            )
        for name, code, roles, scope in ACCOUNTS:
            create_account(
                session,
                OPERATOR,
                name=name,
                password_hash=password_hash,
                organisation=organisation(session, code),
                roles=roles,
                scope=scope,
                must_change_password=False,
            )


@contextmanager
def opened_registry(url: str, urls: Mapping[str, str] | None = None) -> Iterator[Registry]:
    """A registry that exists already at ``url``."""
    engine = make_engine(url)
    clock = FixedClock(START)
    try:
        yield Registry(engine, clock, make_sessions(engine, clock, attach), urls or {"app": url})
    finally:
        engine.dispose()


@contextmanager
def made_registry(url: str, *, owner_url: str | None = None, role: str | None = None) -> Iterator[Registry]:
    """A populated registry at ``url``; migrations run by its owner."""
    owner = make_engine(owner_url or url)
    upgrade(owner, application_role=role)
    owner.dispose()
    with opened_registry(url) as registry:
        populate(registry, "unusable")
        yield registry


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A populated embedded database, made once; tests copy it."""
    path = tmp_path_factory.mktemp("template") / "registry.db"
    with made_registry(f"sqlite:///{path}"):
        pass
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Urls:
    """A populated PostgreSQL database, made once; tests copy it, so nobody may be connected to it."""
    urls = postgres_server.create_database()
    with made_registry(urls.app, owner_url=urls.owner, role="registry_app"):
        pass
    return urls


@contextmanager
def copied_sqlite(template: Path, folder: Path) -> Iterator[Registry]:
    """A county on a copy of the embedded database."""
    path = folder / "registry.db"
    shutil.copyfile(template, path)
    with opened_registry(f"sqlite:///{path}") as registry:
        yield registry


@contextmanager
def copied_postgres(server: PostgresServer, template: Urls) -> Iterator[Registry]:
    """A county on a copy of the PostgreSQL database; the application's role does not own the tables."""
    urls = server.create_database(template)
    try:
        with opened_registry(urls.app, {"app": urls.app, "owner": urls.owner}) as registry:
            yield registry
    finally:
        server.drop_database(urls)


@pytest.fixture
def sqlite_registry(sqlite_template: Path, tmp_path: Path) -> Iterator[Registry]:
    """A county on the embedded database."""
    with copied_sqlite(sqlite_template, tmp_path) as registry:
        yield registry


@pytest.fixture
def postgres_registry(request: pytest.FixtureRequest) -> Iterator[Registry]:
    """A county on PostgreSQL."""
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
    with copied_postgres(server, template) as registry:
        yield registry


#: Parameters of a fixture that gives both engines.
ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture(params=ENGINES)
def registry(request: pytest.FixtureRequest) -> Registry:
    """A county on either engine."""
    found: Registry = request.getfixturevalue(f"{request.param}_registry")
    return found


@contextmanager
def registry_on(engine: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Registry]:
    """A county on this engine, for fixtures that live longer than one test."""
    if engine == "sqlite":
        with copied_sqlite(request.getfixturevalue("sqlite_template"), folder) as registry:
            yield registry
        return
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
    with copied_postgres(server, template) as registry:
        yield registry
