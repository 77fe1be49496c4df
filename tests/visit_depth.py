"""Stops of the tour: joint matters, parts of a matter, copies."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from risk_registry.accounts.queries import actor_for, by_name
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import Act
from risk_registry.assessments.models import Assessment
from risk_registry.db.clock import today
from risk_registry.matters.operations import save_draft
from risk_registry.organisations.queries import by_code
from risk_registry.settings.queries import settings
from tests.registry import CONCLUSION, CONSULTATION, matter_values
from tests.visit import Visit, a_round, always, made, made_round

_JOINT = a_round("filed", also="co_org_ids IS NOT NULL")
_WHOLE = a_round("filed", also="title LIKE '%成片开发%'")
_DEFERRED = made_round("deferred")


_AGAIN = {**made_round("again"), "n": always(2)}
_CODE = "2026-500229-76-01-000001"


def furnish(session: Session) -> dict[str, Any]:
    """A whole and a part of one project, a draft that is joint and a part, copies, a round after a deferral."""
    account = by_name(session, "shuili")
    assert account is not None
    act = Act(actor_for(account), today(session.info["clock"]), settings(session))
    whole = _declared(session, act, "示例县灌区续建配套工程", project_code=_CODE)
    _declared(session, act, "示例县灌区续建配套工程一标段", project_code=_CODE, parent_id=whole.matter_id)
    last = _declared(session, act, "示例县河道采砂规划")
    assessing.start(session, act, last)
    found = {
        **CONCLUSION,
        "concluded_on": act.today,
        "outcome": "deferred",
        "conclusion_text": "暂缓，补充论证后再报。",
    }
    assessing.conclude(session, act, last, found, CONSULTATION)
    assessing.open_round(session, act, last, trigger="resubmitted", reason="方案已调整，重新提出。")
    session.flush()
    source = [whole.matter.reg_no, whole.facts.title]
    basic = {"title": "示例县灌区续建配套工程二标段", "kind": "project", "field": "water", "invest_wan": "860"}
    texts = {"summary": "改造渠系12公里。", "decision_level": "county", "sensitivity": "open"}
    basic |= {**texts, "parent": whole.matter.reg_no, "project_code": _CODE}
    units = {name: by_code(session, code) for name, code in (("owner", "water"), ("body", "county"), ("town", "town"))}
    numbers = {name: unit.id for name, unit in units.items() if unit is not None}
    responsible = {
        "owner_org": str(numbers["owner"]),
        "decision_org": str(numbers["body"]),
        "implement_org": str(numbers["owner"]),
        "co_organisers": f"{numbers['town']}:implement",
        "duty_contact": "水利股",
        "office_phone": "023-59220000",
    }
    screening = {"screening": "covered", "screening_reason": "由上级事项的评估覆盖。"}
    screening["screening_reference"] = whole.matter.reg_no
    joint = {"basic": basic, "responsible": responsible, "screening": screening}
    return {
        "again": last.matter.reg_no,
        "whole": whole.matter.reg_no,
        "joint": _draft(session, account.id, "matter", {"sections": joint}),
        "joint_whole": _draft(
            session, account.id, "matter", {"sections": {**joint, "basic": {**basic, "location": "示例镇"}}}
        ),
        "copied": _draft(session, account.id, "matter", {"sections": {"basic": basic}, "source": source}),
        "copied_short": _draft(session, account.id, "short", {"sections": {"short": basic}, "source": source}),
    }


def _declared(session: Session, act: Act, title: str, **more: Any) -> Assessment:
    values = {**matter_values(session, title=title, implement_org="waterworks"), **more}
    found = assessing.declare_matter(session, act, values)
    session.flush()
    return found


def _draft(session: Session, account_id: int, kind: str, content: dict[str, Any]) -> int:
    whole = {"consultations": [], **content}
    return save_draft(session, None, account_id=account_id, kind=kind, content=whole, title="灌区二标段").id


VISITS: tuple[Visit, ...] = (
    Visit("copy", "matters.copy", "shuili", faulty={}),
    Visit("copy-nothing", "matters.copy", "shuili", query={"text": "没有这样的事项"}),
    Visit("copied", "matters.draft", "shuili", made(number="copied")),
    Visit("copied-short", "matters.draft", "shuili", made(number="copied_short")),
    Visit(
        "joint-rows",
        "matters.section",
        "shuili",
        {**made(number="joint"), "code": always("responsible")},
        faulty={"co_organisers-0-part": "", "office_phone": "13812345678"},
    ),
    Visit(
        "parent",
        "matters.section",
        "shuili",
        {**made(number="joint"), "code": always("basic")},
        faulty={"parent": "水利"},
    ),
    Visit("covered", "matters.section", "shuili", {**made(number="joint_whole"), "code": always("screening")}),
    Visit("check-joint", "matters.check", "shuili", made(number="joint_whole"), faulty={"declared_on": "2099-01-01"}),
    Visit("edit-joint", "matters.edit", "shuili", a_round("assessing"), faulty={"parent": "500229-1999-0001"}),
    Visit("matter-joint", "casefile.assessment", "guizi", _JOINT),
    Visit("matter-whole", "casefile.assessment", "guizi", _WHOLE),
    Visit("matter-parts", "casefile.assessment", "shuili", made_round("whole")),
    Visit("matter-deferred", "casefile.assessment", "shuili", _DEFERRED),
    Visit("review-joint", "filings.review", "zhuren", _JOINT),
    Visit("form-joint", "papers.form", "zhuren", _JOINT, paper=True),
    Visit("receipt-joint", "papers.filing_receipt", "zhuren", _JOINT, paper=True),
    Visit("new-round-deferred", "steps.take", "shuili", {**_DEFERRED, "name": always("new_round")}, faulty={}),
    Visit("work-again", "matters.work", "shuili", _AGAIN, faulty={"concluded_on": "2024-02-30"}),
    Visit("counts-joint", "statistics.counts", "lingdao", query={"year": "2024"}),
    Visit("ledger-joint", "ledgers.ledger", "lingdao", query={"year": "2024", "joint": "town", "measure": "assessed"}),
)
