"""Who may read a case, and which steps of it are open to the reader."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import sees_business
from risk_registry.accounts.sessions import signed_in
from risk_registry.assessments.act import Act, situation
from risk_registry.assessments.models import Assessment
from risk_registry.casefile.context import round_or_404
from risk_registry.core.workflow import Situation, available
from risk_registry.db.extension import db
from risk_registry.filings.models import Filing
from risk_registry.filings.queries import newest_attempt, same_person
from risk_registry.web.access import is_separated

#: Steps with a page of their own; every other step has the generic one.
ELSEWHERE = {
    "redeclare": "matters.edit",
    "edit_declaration": "matters.edit",
    "record_progress": "matters.work",
    "conclude": "matters.work",
    "revise": "matters.work",
    "accept": "filings.review",
    "amend": "steps.amendment",
}

#: What a case in this status is most likely opened for: the first of these that is open stands in front.
FIRST = (
    "answer_correction accept receive screen_required redeclare start conclude submit record_decision track new_round"
).split()

#: Steps that take something back or end it.
GRAVE = frozenset({"decline", "revoke", "void", "terminate", "withdraw"})


@dataclass(frozen=True)
class Offer:
    """A step that is open now, and where it is taken."""

    name: str
    label: str
    url: str
    grave: bool


def business_only() -> None:
    """403 for separated administrators: they see no business (三员分立)."""
    account = signed_in()
    if not sees_business(account.roles, separation=is_separated()):
        abort(403)


def readable_round(reg_no: str, n: int | None = None) -> Assessment:
    """A round the reader may see; 404 outside his scope, 403 when his roles see no business at all."""
    business_only()
    return round_or_404(reg_no, n)


def standing(session: Session, act: Act, assessment: Assessment) -> Situation:
    """What the state machine must know of the round and its reader, who submitted or typed it included."""
    filing = newest_attempt(session, assessment.id)
    same = filing is not None and same_person(session, act.actor, filing)
    return situation(session, act, assessment, same_person=same)


def offers(session: Session, act: Act, assessment: Assessment) -> list[Offer]:
    """The steps open to the reader, the likeliest first."""
    found = available(standing(session, act, assessment))
    # A decision may come early; it is not what a case on its way to filing, or revoked, waits for.
    late: tuple[str, ...] = () if assessment.status == "filed" else ("record_decision", "track")
    if assessment.decision_result:
        late += ("record_decision",)
    first = [name for name in FIRST if name not in late and any(step.name == name for step in found)]
    ordered = sorted(found, key=lambda step: (step.name not in first[:1], step.name in late))
    return [
        Offer(step.name, gettext(step.label), step_url(assessment, step.name), step.name in GRAVE) for step in ordered
    ]


def step_url(assessment: Assessment, name: str) -> str:
    """Where a step of this round is taken."""
    reg_no, n = assessment.matter.reg_no, assessment.seq
    if name in ELSEWHERE:
        return url_for(ELSEWHERE[name], reg_no=reg_no, n=n)
    return url_for("steps.take", reg_no=reg_no, n=n, name=name)


def attempt_or_404(assessment: Assessment) -> Filing:
    """The newest attempt to file the round."""
    filing = newest_attempt(db.session(), assessment.id)
    if filing is None:
        abort(404)
    return filing
