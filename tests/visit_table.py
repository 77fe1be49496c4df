"""What the tour of the site opens: a line for every page, by endpoint, with the account that uses it.

Parameters are looked up by what they are (a filed round, a waiting one) and not by fixed numbers. What only a tour
needs (drafts, rounds in rare states) is made by `furnish`, through the operations behind the pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.accounts.operations import stash_form
from risk_registry.accounts.queries import actor_for, by_name
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import Act
from risk_registry.casefile.projection import attach
from risk_registry.db.clock import SystemClock, today
from risk_registry.db.engine import make_engine
from risk_registry.db.work import make_sessions, writing
from risk_registry.demo.people import PASSWORD
from risk_registry.filings import operations as filing
from risk_registry.handling.step_table import PAGES
from risk_registry.matters.operations import save_draft
from risk_registry.settings.queries import settings
from tests.registry import CONCLUSION, CONSULTATION, matter_values
from tests.server import Data
from tests.visit import Found, Visit, a_round, always, made, made_round
from tests.visit_accounts import VISITS as ACCOUNTS
from tests.visit_accounts import furnish as furnish_accounts
from tests.visit_comfort import VISITS as COMFORT
from tests.visit_depth import VISITS as DEPTH
from tests.visit_depth import furnish as furnish_depth
from tests.visit_methods import VISITS as METHODS
from tests.visit_methods import furnish as furnish_methods
from tests.visit_office import VISITS as OFFICE
from tests.visit_organisations import VISITS as ORGANISATIONS
from tests.visit_upkeep import VISITS as UPKEEP
from tests.visit_upkeep import furnish as furnish_jobs
from tests.visit_views import VISITS as VIEWS
from tests.visit_views import furnish as furnish_views


def furnish(data: Data) -> dict[str, Any]:
    """What a tour needs besides the demo county, made through the operations."""
    engine = make_engine(data.database_url)
    clock = SystemClock()
    with writing(make_sessions(engine, clock, attach)) as session:
        found = _Furnisher(session).all()
    engine.dispose()
    return found


class _Furnisher:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._today = today(session.info["clock"])

    def _act(self, name: str) -> Act:
        account = by_name(self._session, name)
        assert account is not None, name
        return Act(actor_for(account), self._today, settings(self._session))

    def all(self) -> dict[str, Any]:
        """Drafts, a kept form, and rounds in the states the demo county leaves out."""
        account_id = self._act("shuili").actor.account_id
        assert account_id is not None
        basic = {"title": "示例县灌溉渠系改造工程", "kind": "project", "field": "water", "invest_wan": "86.5"}
        kept = {**basic, "summary": "改造渠系12公里。", "token": "", "version": "1"}
        return {
            "short": self._draft(account_id, "short", {}, ""),
            "kept": self._draft(account_id, "short", {"short": basic}, basic["title"]),
            "long": self._draft(account_id, "matter", _whole_draft(self._session), "示例县引水渠改造工程"),
            "begun": self._draft(account_id, "matter", {"basic": basic}, basic["title"]),
            "stash": stash_form(
                self._session, account_id, "/matters/drafts/1/basic", {name: [text] for name, text in kept.items()}
            ),
            **self._rounds(),
            **furnish_jobs(self._session),
            **furnish_accounts(self._session),
            **furnish_views(self._session),
            **furnish_methods(self._session),
            **furnish_depth(self._session),
        }

    def _draft(self, account_id: int, kind: str, sections: Mapping[str, Any], title: str) -> int:
        content = {"sections": dict(sections), "consultations": []}
        return save_draft(self._session, None, account_id=account_id, kind=kind, content=content, title=title).id

    def _rounds(self) -> dict[str, str]:
        session, clerk, office = self._session, self._act("shuili"), self._act("zhuren")
        found = {}
        for name in ("returned", "declared", "waiting", "declined", "terminated", "voided", "deferred"):
            title = f"示例水利事项（{name}）"
            values = matter_values(session, title=title, implement_org="waterworks")
            assessment = assessing.declare_matter(session, clerk, values)
            session.flush()
            found[name] = assessment.matter.reg_no
            if name == "returned":
                assessing.return_declaration(session, office, assessment, "请补充实施地点", by_department=False)
            elif name == "declared":
                exempt = {"screening": "waived", "screening_reason": "日常养护，不属应评范围"}
                assessing.screen(session, clerk, assessment, exempt)
                assessing.reopen(session, clerk, assessment, "范围扩大，重新判定")
            elif name == "terminated":
                assessing.terminate(session, clerk, assessment, "事项取消")
            else:
                self._conclude(clerk, assessment, "deferred" if name == "deferred" else "implement")
                if name in ("waiting", "declined"):
                    attempt = filing.submit(session, clerk, assessment)
                    session.flush()
                if name == "declined":
                    filing.receive(session, office, attempt)
                    filing.decline(session, office, attempt, "不属本机关备案范围")
                if name == "voided":
                    assessing.void(session, office, assessment, "重复登记")
            session.flush()
        return found

    def _conclude(self, clerk: Act, assessment: Any, outcome: str) -> None:
        assessing.start(self._session, clerk, assessment)
        values = {**CONCLUSION, "concluded_on": self._today, "outcome": outcome, "conclusion_text": "结论如上。"}
        assessing.conclude(self._session, clerk, assessment, values, CONSULTATION)


def _whole_draft(session: Session) -> dict[str, dict[str, str]]:
    """A long draft with every section filled in, as a person would have typed it."""
    values = matter_values(session, implement_org="waterworks", title="示例县引水渠改造工程")
    screening = {"screening": str(values.pop("screening"))}
    units = ("owner_org", "decision_org", "implement_org", "duty_contact", "office_phone")
    texts = {name: "" if value is None else str(value) for name, value in values.items()}
    return {
        "basic": {name: text for name, text in texts.items() if name not in units},
        "responsible": {name: texts[name] for name in units},
        "screening": screening,
    }


def password_of(_name: str) -> str:
    """Every account of the demo county has the same one."""
    return PASSWORD


#: Answers that are no page: probes and files. `tests.site.test_visits` asks for each of them.
NO_PAGE = frozenset(
    {"static", "web.healthz", "web.readyz", "ledgers.export", "statistics.export", "account_admin.template"}
)

#: Step, account, round, and what is typed to be refused (nothing: an empty form).
_STEPS: tuple[tuple[str, str, dict[str, Found], dict[str, str]], ...] = (
    ("pull_back", "jiaotong", a_round("due", also="owner_org LIKE '%交通%'"), {}),
    ("return_declaration", "jingban", a_round("due"), {}),
    ("screen_required", "shuili", made_round("declared"), {"screened_on": "2099-01-01"}),
    ("screen_exempt", "shuili", made_round("declared"), {}),
    ("reopen", "shilizhen", a_round("exempt", also="owner_org LIKE '%镇%'"), {}),
    ("start", "jiaotong", a_round("due", also="owner_org LIKE '%交通%'"), {"started_on": "2099-01-01"}),
    ("submit", "zhujian", a_round("concluded", also="owner_org LIKE '%住房%'"), {"submitted_on": "去年"}),
    ("receive", "jingban", a_round("submitted"), {"received_on": "2099-01-01"}),
    ("request_correction", "jingban", a_round("received"), {}),
    ("answer_correction", "wenlv", a_round("correcting"), {}),
    ("decline", "shenhe", a_round("received"), {}),
    ("withdraw", "jiaowei", a_round("submitted", also="owner_org LIKE '%教育%'"), {}),
    ("revoke", "zhuren", a_round("filed"), {}),
    ("record_decision", "weijian", a_round("filed", also="owner_org LIKE '%卫生%'"), {"decided_on": "2099-01-01"}),
    ("track", "weijian", a_round("filed", also="owner_org LIKE '%卫生%'"), {"tracking": "联系电话13812345678"}),
    ("new_round", "weijian", a_round("filed", also="owner_org LIKE '%卫生%'"), {}),
    ("terminate", "jiaotong", a_round("due", also="owner_org LIKE '%交通%'"), {}),
    ("void", "zhuren", a_round("withdrawn"), {}),
)
assert {name for name, *_rest in _STEPS} == set(PAGES)

_FILED = a_round("filed")
_TWICE = a_round("filed", also="seq = 2")
_PEOPLE = {"kind": "project", "title": "", "invest_wan": "很多", "summary": "请联系张三，身份证11010519491231002X"}

_MAIN: tuple[Visit, ...] = (
    Visit("login", "accounts.login", faulty={"name": "shuili", "password": "not-this-one"}),
    Visit("password", "accounts.password", "shuilizhang", faulty={"current_password": "wrong", "new_password": "x"}),
    Visit("stashed", "accounts.stashed", "shuili", query=made(token="stash")),
    Visit("desk-department", "home.desk", "shuili"),
    Visit("desk-office", "home.desk", "zhuren"),
    Visit("desk-leader", "home.desk", "lingdao"),
    Visit("desk-admin", "home.desk", "guanli"),
    Visit("matters", "matters.index", "jiaowei"),
    Visit("matters-empty", "matters.index", "jiaowei", query={"text": "没有这样的事项"}),
    Visit("new", "matters.new", "shuili"),
    Visit("new-on-behalf", "matters.new", "jingban"),
    Visit("tasks", "matters.draft", "shuili", made(number="begun")),
    Visit("short", "matters.draft", "shuili", made(number="short"), faulty=_PEOPLE),
    Visit("short-kept", "matters.draft", "shuili", made(number="kept")),
    Visit(
        "section-basic", "matters.section", "shuili", {**made(number="begun"), "code": always("basic")}, faulty=_PEOPLE
    ),
    Visit(
        "section-responsible",
        "matters.section",
        "shuili",
        {**made(number="begun"), "code": always("responsible")},
        faulty={"office_phone": "13812345678", "duty_contact": ""},
    ),
    Visit(
        "section-screening",
        "matters.section",
        "shuili",
        {**made(number="begun"), "code": always("screening")},
        faulty={},
    ),
    Visit(
        "section-assessment",
        "matters.section",
        "shuili",
        {**made(number="begun"), "code": always("assessment")},
        faulty={},
    ),
    Visit("check", "matters.check", "shuili", made(number="long"), faulty={"declared_on": "2099-01-01"}),
    Visit("check-incomplete", "matters.check", "shuili", made(number="begun")),
    Visit("work", "matters.work", "shuili", a_round("assessing"), faulty={"concluded_on": "2024-02-30"}),
    Visit("edit", "matters.edit", "shuili", made_round("returned"), faulty={"title": ""}),
    Visit("receipt", "matters.receipt", "jiaowei", a_round("submitted", also="owner_org LIKE '%教育%'")),
    Visit("matter-filed", "casefile.matter", "jiaowei", {"reg_no": _TWICE["reg_no"]}),
    Visit("matter-revoked", "casefile.matter", "lingdao", {"reg_no": a_round("revoked")["reg_no"]}),
    Visit("matter-exempt", "casefile.matter", "zhuren", {"reg_no": a_round("exempt")["reg_no"]}),
    Visit("round-correcting", "casefile.assessment", "wenlv", a_round("correcting")),
    Visit("round-assessing", "casefile.assessment", "shuili", a_round("assessing")),
    Visit("round-filed", "casefile.assessment", "zhuren", _FILED),
    Visit("form", "papers.form", "zhuren", _FILED, paper=True),
    Visit("filing-receipt", "papers.filing_receipt", "zhuren", _FILED, paper=True),
    Visit("received-receipt", "papers.received_receipt", "jingban", a_round("received"), paper=True),
    Visit("filings", "filings.index", "jingban"),
    Visit("filings-group", "filings.index", "zhuren", query={"group": "filed"}),
    Visit("review", "filings.review", "zhuren", made_round("waiting"), faulty={"filed_on": "2099-01-01"}),
    Visit("review-received", "filings.review", "shenhe", a_round("received"), faulty={"filed_on": "昨天"}),
    Visit("filed", "filings.filed", "zhuren", _FILED),
    *(
        Visit(f"step-{name}", "steps.take", account, {**found, "name": always(name)}, faulty=faulty)
        for name, account, found, faulty in _STEPS
    ),
    Visit("amend", "steps.amendment", "weijian", a_round("filed", also="owner_org LIKE '%卫生%'"), faulty={}),
    Visit("ledger", "ledgers.ledger", "zhuren", query={"year": "2024"}),
    Visit("ledger-department", "ledgers.ledger", "jiaowei", query={"year": "2024", "basis": "all"}),
    Visit("ledger-empty", "ledgers.ledger", "shuili", query={"year": "2019"}),
    Visit("ledger-refused", "ledgers.ledger", "zhuren", query={"from": "2024-13-01"}, status=422),
    Visit("counts", "statistics.counts", "lingdao", query={"year": "2024"}),
    Visit("counts-as-of", "statistics.counts", "tongji", query={"year": "2024", "as_of": "2024-06-30"}),
    Visit("counts-refused", "statistics.counts", "tongji", query={"as_of": "昨天"}, status=422),
    Visit("events", "home.events", "shenji"),
    Visit("logins", "home.logins", "anquan"),
    Visit("fields", "dictionary.fields", "shuili"),
    Visit("numbers", "numbers.first", "guanli", faulty={"year": "1", "first": "0"}),
    Visit("error-403", "numbers.first", "shuili", status=403),
    Visit("error-404", "casefile.matter", "shuili", {"reg_no": always("500229-1999-0001")}, status=404),
)

#: Every stop of the tour.
VISITS: tuple[Visit, ...] = (
    *_MAIN,
    *ACCOUNTS,
    *COMFORT,
    *DEPTH,
    *METHODS,
    *OFFICE,
    *ORGANISATIONS,
    *UPKEEP,
    *VIEWS,
)
