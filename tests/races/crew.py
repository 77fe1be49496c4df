"""People at their desks for the races: browsers already signed in, and a short registration they can send."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask
from sqlalchemy import select

from risk_registry import create_app
from risk_registry.accounts.models import Account
from risk_registry.accounts.operations import create_account
from risk_registry.accounts.queries import actor_for, by_name
from risk_registry.accounts.signing_in import open_session
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import Act
from risk_registry.casefile.projection import attach
from risk_registry.config import load
from risk_registry.db.clock import SystemClock, today
from risk_registry.db.engine import make_engine
from risk_registry.db.work import make_sessions, writing
from risk_registry.filings import operations as filing
from risk_registry.settings.queries import settings
from tests.http_client import Visitor, form_values
from tests.registry import CONCLUSION, CONSULTATION, OPERATOR, matter_values, organisation
from tests.server import Data

Result = TypeVar("Result")


def app_of(data: Data) -> Flask:
    """An application on the data that signs cookies as the server does."""
    environ = {"RISK_REGISTRY_DATABASE_URL": data.url} if data.url else {}
    return create_app(load(data=data.folder, environ=environ))


def signed_in(data: Data, address: str, names: Iterable[str]) -> list[Visitor]:
    """A browser for each account, signed in without the cost of hashing its password."""
    app, clock = app_of(data), SystemClock()
    engine = make_engine(data.database_url)
    found = []
    with writing(make_sessions(engine, clock, attach)) as session:
        for name in names:
            account = session.scalars(select(Account).where(Account.name == name)).one()
            token = open_session(session, account, address="127.0.0.1", agent="race", now=clock.now())
            client = app.test_client()
            with client.session_transaction() as cookie:
                cookie["_user_id"] = token
            kept = client.get_cookie("registry")
            assert kept is not None
            found.append(Visitor(address, {"registry": kept.value}))
    engine.dispose()
    return found


def hire_approvers(data: Data, count: int) -> list[str]:
    """More approvers for the office than the cast has."""
    engine = make_engine(data.database_url)
    names = [f"approver{number}" for number in range(1, count + 1)]
    with writing(make_sessions(engine, SystemClock(), attach)) as session:
        for name in names:
            create_account(
                session,
                OPERATOR,
                name=name,
                password_hash="unusable",
                organisation=organisation(session, "office"),
                roles=("filing_officer", "filing_approver"),
                scope="office",
                must_change_password=False,
            )
    engine.dispose()
    return names


def short_form(visitor: Visitor, title: str) -> tuple[str, dict[str, str]]:
    """A new draft of the short path: its address, and a complete form ready to be sent."""
    page = visitor.get("/matters/new").text
    answer = visitor.post("/matters/new", form_values(page, way="short"))
    assert answer.status == 303, (answer.status, answer.text[:2000])
    page = visitor.get(answer.location).text
    return answer.location, form_values(page, **short_values(title))


def short_values(title: str) -> dict[str, str]:
    """What a clerk types on the short page when nothing was entered before."""
    return {
        "title": title,
        "kind": "policy",
        "field": "water",
        "decision_level": "county",
        "location": "示例镇示例村",
        "summary": "灌区用水调度方案调整，涉及三个村。",
        "office_phone": "023-59220000",
        "legality": "met",
        "rationality": "met",
        "feasibility": "met",
        "controllability": "met",
        "main_risks": "旱季用水紧张",
        "measures": "错峰供水，提前公告",
        "level_before": "low",
        "level_after": "low",
        "outcome": "implement",
        "signed_by": "示例局长",
        "consultations-0-method": "meeting",
        "consultations-0-sessions": "1",
        "consultations-0-participants": "12",
    }


def waiting(data: Data, titles: Iterable[str]) -> list[str]:
    """Matters already submitted to the office, by their registration numbers."""
    engine, found = make_engine(data.database_url), []
    clock = SystemClock()
    with writing(make_sessions(engine, clock, attach)) as session:
        account = by_name(session, "clerk")
        assert account is not None
        act = Act(actor_for(account), today(clock), settings(session))
        for title in titles:
            assessment = assessing.declare_matter(session, act, matter_values(session, title=title))
            assessing.start(session, act, assessment)
            values = {**CONCLUSION, "concluded_on": act.today}
            assessing.conclude(session, act, assessment, values, CONSULTATION)
            filing.submit(session, act, assessment)
            found.append(assessment.matter.reg_no)
    engine.dispose()
    return found


def together(acts: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do everything at once, each in a thread of its own."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(90) for future in [pool.submit(act) for act in acts]]
