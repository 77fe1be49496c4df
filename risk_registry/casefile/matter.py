"""一事一档: one matter whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.assessments import fields
from risk_registry.assessments.act import Act
from risk_registry.assessments.models import Assessment
from risk_registry.audit.queries import head_code, last_stamp
from risk_registry.casefile import checklist
from risk_registry.casefile.back import came_from, this_list
from risk_registry.casefile.context import current_act, current_scope
from risk_registry.casefile.history import differences, timeline
from risk_registry.casefile.presentation import (
    Heard,
    Shown,
    Wording,
    assessment_rows,
    heard,
    matter_rows,
    test_rows,
)
from risk_registry.casefile.printed import print_mark
from risk_registry.casefile.queries import find_assessment, rounds
from risk_registry.casefile.readers import offers, readable_round
from risk_registry.casefile.relations import family, referred
from risk_registry.casefile.risk import RiskView, risk_view
from risk_registry.core.reassessment import suggested_trigger
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import STATUSES, labels
from risk_registry.db.extension import db
from risk_registry.filings.models import Amendment, Filing
from risk_registry.filings.queries import amendments, attempts
from risk_registry.matters.fields import BASIC, RESPONSIBLE

blueprint = Blueprint("casefile", __name__)
blueprint.add_app_template_global(this_list)
blueprint.add_app_template_global(came_from)
blueprint.add_app_template_global(print_mark)

STATUS_WORDS = labels(STATUSES)

#: What a case in this status waits for, and on whose side: ``owner``, ``office`` or nobody.
WAITS: dict[str, tuple[str, str]] = {
    "declared": (N_("等待应评判定"), "owner"),
    "returned": (N_("等待修改后重新申报"), "owner"),
    "due": (N_("等待启动评估"), "owner"),
    "assessing": (N_("评估进行中"), "owner"),
    "concluded": (N_("等待报送备案"), "owner"),
    "submitted": (N_("等待接收"), "office"),
    "received": (N_("等待备案"), "office"),
    "correcting": (N_("等待补正"), "owner"),
    "withdrawn": (N_("已撤回，可以再次报送"), "owner"),
    "declined": (N_("不予备案，可以补充后再次报送"), "owner"),
    "revoked": (N_("备案已撤销，需要备案的请重新评估"), "owner"),
    "exempt": (N_("不需评估，办理完毕"), ""),
    "terminated": (N_("已终止，办理完毕"), ""),
    "void": (N_("已作废，不计入统计"), ""),
}


#: What became of a round that is not assessed, by its 应评判定.
_EXEMPT = {
    "waived": N_("免评，登记留存，不计件次"),
    "covered": N_("不重复评估，引用已有评估，不计件次"),
    "transferred": N_("移送，按判定理由办理，不计件次"),
}


@dataclass(frozen=True)
class RoundView:
    """One round as its page shows it."""

    assessment: Assessment
    wording: Wording
    parts: dict[str, list[Shown]]
    tests: list[tuple[str, str, str]]
    heard: Heard | None
    risk: RiskView | None
    filings: Sequence[Filing]
    amendments: Sequence[tuple[Amendment, list[tuple[str, str, str]]]]
    flags: list[checklist.Flag]


_PARTS = {
    "screening": (fields.SCREENING,),
    "process": (fields.PROCESS,),
    "levels": (fields.LEVELS,),
    "review": (fields.REVIEW,),
    "conclusion": (fields.CONCLUSION, fields.REPORT),
    "decision": (fields.DECISION, fields.FOLLOW_UP),
}


def round_view(session: Session, assessment: Assessment) -> RoundView:
    """Everything a page says of one round."""
    wording = Wording.of(session, assessment)
    sent = attempts(session, assessment.id)
    changed = [(item, differences(item.differences, wording)) for item in amendments(session, assessment.id)]
    return RoundView(
        assessment,
        wording,
        {name: assessment_rows(wording, assessment, *sections) for name, sections in _PARTS.items()},
        test_rows(wording, assessment),
        heard(wording, assessment.consultations) if assessment.consultations else None,
        risk_view(session, assessment, wording),
        sent,
        changed,
        checklist.flags(session, assessment, sent[-1] if sent else None, wording),
    )


@blueprint.get("/matters/<reg_no>")
def matter(reg_no: str) -> ResponseReturnValue:
    """The matter with all its rounds, the newest first."""
    newest = readable_round(reg_no)
    return _page(newest, _in_scope(newest))


def _in_scope(shown: Assessment) -> list[Assessment]:
    """The rounds of its matter that the reader may see: an earlier one may have been another unit's."""
    session, scope, reg_no = db.session(), current_scope(), shown.matter.reg_no
    return [item for item in rounds(session, shown.matter_id) if find_assessment(session, scope, reg_no, item.seq)]


@blueprint.get("/matters/<reg_no>/assessments/<int:n>")
def assessment(reg_no: str, n: int) -> ResponseReturnValue:
    """One round alone."""
    found = readable_round(reg_no, n)
    return _page(found, [found])


def _page(shown: Assessment, seen: Sequence[Assessment]) -> str:
    session, act = db.session(), current_act()
    wording = Wording.of(session, shown)
    return render_template(
        "casefile/matter.html",
        assessment=shown,
        views=[round_view(session, item) for item in reversed(seen)],
        others=[item for item in _in_scope(shown) if item not in seen] if len(seen) == 1 else [],
        family=family(session, current_scope(), shown.matter),
        again=suggestion(act, shown),
        referred={item.id: _referred(item) for item in seen},
        basic=matter_rows(wording, shown, BASIC),
        responsible=matter_rows(wording, shown, RESPONSIBLE),
        offers=offers(session, act, shown),
        state=state(session, act, shown, wording),
        progress=progress(shown, attempts(session, shown.id)),
        history=timeline(session, seen, wording),
        check_code=head_code(session),
        known_at=last_stamp(session),
        status_words=STATUS_WORDS,
    )


def _referred(shown: Assessment) -> Any:
    """The assessment that covers this round, where it is registered here and the reader may see it."""
    return referred(db.session(), current_scope(), shown.screening_reference)


#: What is said where another round is called for.
_AGAIN = {
    "resubmitted": N_("本轮结论为暂缓或不予实施。方案调整、条件具备后重新提出的，请办理重新评估；本轮结论保留。"),
    "revoked": N_("备案已撤销。仍需备案的，请办理重新评估，另开一轮；本轮编号和结论保留。"),
    "expired": N_("评估完成已满24个月，尚未登记实施。情况可能已有变化，实施前请考虑重新评估。"),
}


def suggestion(act: Act, shown: Assessment) -> str:
    """Why another round is called for, "" where it is not."""
    return gettext(_AGAIN[name]) if (name := trigger_for(act, shown)) in _AGAIN else ""


def trigger_for(act: Act, shown: Assessment) -> str:
    """The trigger a new round after this one most likely has."""
    carried_out = shown.implementation not in (None, "not_started") or shown.facts.actual_start is not None
    return suggested_trigger(
        shown.status, outcome=shown.outcome, concluded_on=shown.concluded_on, started=carried_out, today=act.today
    )


@dataclass(frozen=True)
class State:
    """The state line of a case."""

    status: str
    word: str
    waits: str
    turn: str
    number: str
    filing: Filing | None


def state(session: Session, act: Act, shown: Assessment, wording: Wording) -> State:
    """What the case waits for and whose turn it is."""
    sent = attempts(session, shown.id)
    newest = sent[-1] if sent else None
    waits, side = WAITS.get(shown.status, ("", ""))
    if shown.status == "declared" and act.settings.switches.screening_first:
        side = "office"
    if shown.status == "filed":
        waits, side = _after_filing(shown)
    if shown.status == "exempt":
        waits = _EXEMPT.get(shown.screening or "", waits)
    turn = {"owner": shown.facts.owner_org_id, "office": shown.filing_office_id}.get(side)
    return State(
        shown.status,
        gettext(STATUS_WORDS[shown.status]),
        gettext(waits) if waits else "",
        wording.name(turn),
        (newest.number_text or "") if newest is not None else "",
        newest,
    )


def _after_filing(shown: Assessment) -> tuple[str, str]:
    if not shown.decision_result:
        return N_("等待登记决策结果"), "owner"
    if shown.implementation != "completed" and shown.decision_result not in ("deferred", "rejected"):
        return N_("跟踪实施情况"), "owner"
    return N_("办理完毕"), ""


def progress(shown: Assessment, sent: Sequence[Filing]) -> list[dict[str, Any]]:
    """The steps of the case with their days; the first one without a day is where it stands."""
    newest = sent[-1] if sent else None
    ended = shown.status in ("exempt", "terminated", "void", "revoked")
    days = [
        (N_("申报"), shown.declared_on if shown.status != "returned" else None),
        (N_("应评判定"), shown.screened_on or shown.exempted_on),
        (N_("启动评估"), shown.started_on),
        (N_("评估完成"), shown.concluded_on),
        (N_("报送"), newest.submitted_on if newest and shown.status not in ("withdrawn", "declined") else None),
        (N_("备案"), newest.filed_on if newest else None),
        (N_("决策"), shown.decided_on),
    ]
    found: list[dict[str, Any]] = []
    current = not ended
    for label, day in days:
        place = "done" if day else "current" if current else "todo"
        current = current and bool(day)
        found.append({"label": gettext(label), "state": place, "date": day.isoformat() if day else ""})
    return found
