"""What surrounds an act: who, on which business day, under which settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from risk_registry.accounts.units import has_submitter
from risk_registry.assessments.models import Assessment
from risk_registry.core.actors import Actor
from risk_registry.core.gates import ConclusionRules
from risk_registry.core.judgement import DEFAULT_RULES
from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import DEPARTMENT_ROLES, OFFICE_ROLES
from risk_registry.core.workflow import Situation, refusal, role_allows
from risk_registry.settings.queries import Settings


@dataclass(frozen=True)
class Act:
    """Actor, day and settings of one act."""

    actor: Actor
    today: date
    settings: Settings

    @property
    def conclusion_rules(self) -> ConclusionRules:
        """The office's rules for a conclusion."""
        judgement = replace(DEFAULT_RULES, allow_high_pass=self.settings.on("high_may_pass"))
        return ConclusionRules(
            self.settings.number("minimum_notice_days"), self.settings.number("minimum_experts"), judgement
        )


def acts_on_behalf(session: Session, act: Act, owner_org_id: int, office_id: int | None) -> bool:
    """代录: an officer of its filing office types for a unit that has no account of its own."""
    actor = act.actor
    if actor.kind != "account":
        return True
    if not actor.roles & OFFICE_ROLES or actor.stands_for(owner_org_id) or not actor.stands_for(office_id):
        return False
    return not has_submitter(session, owner_org_id)


def roles_here(actor: Actor, owner_org_id: int, office_id: int | None) -> frozenset[str]:
    """The roles that count for a round: a department's in its own matters, an office's in what is filed with it.

    A wide data scope lets one read, not act; so an office account that also registers for its own office stays the
    office in everybody else's matters. Who succeeded an organisation stands for it, so that nothing begun is orphaned.
    """
    roles = actor.roles
    if actor.kind != "account":
        return roles
    if not actor.stands_for(owner_org_id):
        roles -= DEPARTMENT_ROLES
    if not actor.stands_for(office_id):
        roles -= OFFICE_ROLES
    return roles


def situation(session: Session, act: Act, assessment: Assessment, *, same_person: bool = False) -> Situation:
    """What the state machine must know."""
    newest = max(facts.seq for facts in assessment.matter.facts)
    owner, office = assessment.facts.owner_org_id, assessment.filing_office_id
    return Situation(
        status=assessment.status,
        roles=roles_here(act.actor, owner, office),
        switches=act.settings.switches,
        outcome=assessment.outcome,
        latest_round=assessment.seq == newest,
        on_behalf=acts_on_behalf(session, act, owner, office),
        same_person=same_person,
    )


def require_step(session: Session, act: Act, assessment: Assessment, name: str, *, same_person: bool = False) -> None:
    """Raises ``NotAllowed`` or ``Refused`` unless the state machine lets this actor take the step now."""
    require_open(name, situation(session, act, assessment, same_person=same_person))


def require_open(name: str, found: Situation) -> None:
    """Raises ``NotAllowed`` when the step is not the actor's, ``Refused`` when it is not its time."""
    problem = refusal(name, found)
    if problem is None:
        return
    if found.same_person or not role_allows(name, found):
        raise NotAllowed((problem,))
    raise Refused((problem,))


def require_reason(reason: str | None, field: str = "reason") -> str:
    """The reason of a step that needs one."""
    if not reason or not reason.strip():
        raise Refused.one(field, N_("请填写理由"))
    return reason.strip()


def require_day(day: date | None, act: Act, field: str, label: str) -> date:
    """The business day of a step: today unless an earlier one is entered (补录); never a later one."""
    found = day or act.today
    if found > act.today:
        message = N_("%(label)s不能晚于今天（%(today)s）")
        raise Refused.one(field, message, label=label, today=act.today.isoformat())
    return found
