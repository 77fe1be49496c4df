"""A4 papers of a round: 报备表 (DOMAIN §4.1), 备案回执, 材料接收回执, 风险指数计算表."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.assessments.models import Assessment
from risk_registry.audit.queries import head_code
from risk_registry.casefile.context import current_act
from risk_registry.casefile.presentation import Wording, joint_text
from risk_registry.casefile.readers import attempt_or_404, readable_round
from risk_registry.casefile.risk import risk_view
from risk_registry.db.clock import to_stamp
from risk_registry.db.extension import db
from risk_registry.filings.models import Filing
from risk_registry.filings.queries import newest_attempt
from risk_registry.matters.joint import joint_of
from risk_registry.web.i18n import zh_date

blueprint = Blueprint("papers", __name__)


def _common(assessment: Assessment, filing: Filing | None) -> dict[str, Any]:
    """What every paper says: the wording of the day, the settings, the 校验码 and the time of printing."""
    session, act = db.session(), current_act()
    wording = Wording.of(session, assessment)
    return {
        "assessment": assessment,
        "facts": assessment.facts,
        "filing": filing,
        "wording": wording,
        "settings": act.settings,
        "owner": wording.name(assessment.facts.owner_org_id),
        "joint": joint_text(joint_of(assessment.facts), wording.name),
        "office": wording.name(filing.office_id if filing else assessment.filing_office_id),
        "check_code": head_code(session),
        "printed_at": to_stamp(session.info["clock"].now()),
    }


@blueprint.get("/matters/<reg_no>/assessments/<int:n>/form")
def form(reg_no: str, n: int) -> ResponseReturnValue:
    """社会稳定风险评估事项报备表."""
    assessment = readable_round(reg_no, n)
    filing = newest_attempt(db.session(), assessment.id)
    common = _common(assessment, filing)
    wording: Wording = common["wording"]
    return render_template(
        "casefile/form.html", **common, use=_use(assessment, wording), verdict=_verdict(assessment, wording)
    )


def _use(assessment: Assessment, wording: Wording) -> str:
    """评估结果运用: what was decided upon the assessment, else nothing yet."""
    if not assessment.decision_result:
        return ""
    result = wording.word("decision_result", assessment.decision_result)
    parts = [gettext("决策结果：%(result)s", result=result)]
    if assessment.decision_doc_no:
        parts.append(assessment.decision_doc_no)
    if assessment.decided_on:
        parts.append(zh_date(assessment.decided_on))
    return "，".join(parts) + "。"


def _verdict(assessment: Assessment, wording: Wording) -> str:
    """评估结论 with both levels; the decision goes by the level after measures (DOMAIN §0.5)."""
    if not assessment.outcome:
        return ""
    text: str = gettext(
        "%(outcome)s。初始风险等级：%(before)s；措施后风险等级：%(after)s。",
        outcome=wording.word("outcome", assessment.outcome),
        before=wording.word("level", assessment.level_before),
        after=wording.word("level", assessment.level_after),
    )
    return text + (f"\n{assessment.conclusion_text}" if assessment.conclusion_text else "")


@blueprint.get("/matters/<reg_no>/assessments/<int:n>/receipt/filing")
def filing_receipt(reg_no: str, n: int) -> ResponseReturnValue:
    """备案回执: certifies that the papers were complete and were filed, no more."""
    assessment = readable_round(reg_no, n)
    filing = attempt_or_404(assessment)
    if filing.filed_on is None:
        abort(404)
    return render_template("casefile/filing_receipt.html", **_common(assessment, filing))


@blueprint.get("/matters/<reg_no>/assessments/<int:n>/receipt/received")
def received_receipt(reg_no: str, n: int) -> ResponseReturnValue:
    """材料接收回执."""
    assessment = readable_round(reg_no, n)
    filing = attempt_or_404(assessment)
    if filing.received_on is None:
        abort(404)
    return render_template("casefile/received_receipt.html", **_common(assessment, filing))


@blueprint.get("/matters/<reg_no>/assessments/<int:n>/index")
def index_sheet(reg_no: str, n: int) -> ResponseReturnValue:
    """风险指数计算表: the factors, the arithmetic of both stages and the measures, as the page of the case has them."""
    assessment = readable_round(reg_no, n)
    common = _common(assessment, newest_attempt(db.session(), assessment.id))
    view = risk_view(db.session(), assessment, common["wording"])
    if view is None:
        abort(404)
    return render_template("casefile/index_sheet.html", **common, view=view)
