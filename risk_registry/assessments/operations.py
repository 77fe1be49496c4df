"""Writes of assessments: declaration, screening, the assessment itself, decision, tracking, new rounds and ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.assessments.act import Act, acts_on_behalf, require_day, require_reason, require_step
from risk_registry.assessments.conclusion import conclude, revise
from risk_registry.assessments.faults import date_faults, survey_faults
from risk_registry.assessments.fields import (
    BY_NAME,
    DECISION,
    FIELDS,
    FOLLOW_UP,
    PROCESS,
    in_sections,
)
from risk_registry.assessments.models import Assessment
from risk_registry.assessments.stored import (
    assessment_values,
    refuse_if,
    same_version,
    set_consultations,
    set_fields,
    touch,
)
from risk_registry.assessments.transfer import closed_owner_problems, owner_now, units_now
from risk_registry.audit.operations import record
from risk_registry.core.fields import Gate
from risk_registry.core.gates import declaration_problems, missing, screening_problems
from risk_registry.core.problems import NotAllowed, Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import DEPARTMENT_ROLES, OFFICE_ROLES
from risk_registry.matters.fields import FIELDS as MATTER_FIELDS
from risk_registry.matters.joint import joint_problems
from risk_registry.matters.operations import (
    change_facts,
    change_joint,
    change_parent,
    copy_facts,
    facts_values,
    register_matter,
)
from risk_registry.organisations.queries import filing_office_for

Values = Mapping[str, Any]

#: Every write of a round by its verb, whichever module keeps it.
__all__ = [
    "assessment_values",
    "change_declaration",
    "conclude",
    "declare_matter",
    "open_round",
    "record_decision",
    "record_progress",
    "redeclare",
    "refuse_if",
    "reopen",
    "return_declaration",
    "revise",
    "same_version",
    "screen",
    "set_consultations",
    "set_fields",
    "start",
    "terminate",
    "touch",
    "track",
    "void",
]

_EXEMPTIONS = frozenset({"waived", "covered", "transferred"})


def declare_matter(
    session: Session,
    act: Act,
    values: Values,
    *,
    declared_on: date | None = None,
    parent_id: int | None = None,
) -> Assessment:
    """申报: register a matter and open its first round (§8b rows 1 to 3).

    While the office does not screen first, the department states 应评判定 in ``values`` and the round goes on to
    ``due`` or ``exempt`` at once, each step an event of its own.
    """
    _may_declare(session, act, values)
    day = require_day(declared_on, act, "declared_on", N_("申报日期"))
    first = act.settings.switches.screening_first
    problems = _declared_faults(values)
    if not first:
        problems += missing([BY_NAME["screening"]], values, Gate.DECLARE) + screening_problems(values)
    refuse_if(problems + closed_owner_problems(session, values["owner_org"], day))
    office = filing_office_for(session, values["owner_org"])
    above = values.get("parent_id") if parent_id is None else parent_id
    facts = register_matter(session, values, region=act.settings["region"], declared_on=day, parent_id=above)
    assessment = Assessment(
        matter=facts.matter,
        facts=facts,
        seq=1,
        status="declared",
        trigger="first",
        origin="registry",
        declared_on=day,
        filing_office_id=office.id if office else None,
        entered_by=act.actor.account_id,
    )
    session.add(assessment)
    record(session, act.actor, "declare", assessment)
    if not first:
        screen(session, act, assessment, values, screened_on=day)
    return assessment


def _may_declare(session: Session, act: Act, values: Values) -> None:
    owner = values.get("owner_org")
    if act.actor.kind != "account":
        return
    if act.actor.has(*DEPARTMENT_ROLES) and owner == act.actor.organisation_id:
        return
    if act.actor.has(*OFFICE_ROLES) and owner is not None:
        office = filing_office_for(session, owner)
        if office is not None and acts_on_behalf(session, act, owner, office.id):
            return
    raise NotAllowed.one("owner_org", N_("只能为本单位申报；备案机关只能为没有账号的单位代录。"))


def change_declaration(
    session: Session, act: Act, assessment: Assessment, values: Values, *, version: int | None = None
) -> None:
    """修改事项: the facts of a round that has not concluded."""
    same_version(assessment, version)
    require_step(session, act, assessment, "edit_declaration")
    merged = {**facts_values(assessment.facts), **values}
    _same_owner(assessment, merged)
    refuse_if(_declared_faults(merged))
    _change(session, assessment, values)
    touch(assessment)
    record(session, act.actor, "change_declaration", assessment)


def _declared_faults(values: Values) -> list[Problem]:
    return missing(MATTER_FIELDS, values, Gate.DECLARE) + declaration_problems(values) + joint_problems(values)


def _change(session: Session, assessment: Assessment, values: Values) -> None:
    """The facts, the further organisations and the place among other matters, as far as ``values`` names them."""
    change_facts(assessment.facts, values)
    change_joint(session, assessment.facts, values)
    change_parent(session, assessment.matter, values)


def _same_owner(assessment: Assessment, facts: Values) -> None:
    """The office of a round and who may read it follow from its owner, so that one stays from the declaration on."""
    if facts["owner_org"] != assessment.facts.owner_org_id:
        raise Refused.one("owner_org", N_("申报后不能更换评估主体；确需更换的，请终止后由新的评估主体申报。"))


def redeclare(
    session: Session, act: Act, assessment: Assessment, values: Values, *, version: int | None = None
) -> None:
    """重新申报 after a return; the declaration date stays that of the first time."""
    same_version(assessment, version)
    require_step(session, act, assessment, "redeclare")
    merged = {**facts_values(assessment.facts), **values}
    _same_owner(assessment, merged)
    refuse_if(_declared_faults(merged))
    _change(session, assessment, values)
    assessment.status, assessment.returned_on = "declared", None
    record(session, act.actor, "redeclare", assessment)
    if not act.settings.switches.screening_first and values.get("screening"):
        screen(session, act, assessment, values)


def return_declaration(
    session: Session, act: Act, assessment: Assessment, reason: str, *, by_department: bool, version: int | None = None
) -> None:
    """退回修改 by the office, or 撤回修改 by the department itself; the line stays."""
    same_version(assessment, version)
    name = "pull_back" if by_department else "return_declaration"
    require_step(session, act, assessment, name)
    assessment.status, assessment.returned_on, assessment.screened_on = "returned", act.today, None
    record(session, act.actor, name, assessment, reason=require_reason(reason))


def screen(
    session: Session,
    act: Act,
    assessment: Assessment,
    values: Values,
    *,
    screened_on: date | None = None,
    version: int | None = None,
) -> None:
    """应评判定: 应评, or 免评 / 不重复评估 / 移送 with its reason (第713号令第22条; DOMAIN §8b row 3)."""
    same_version(assessment, version)
    result = values.get("screening")
    exempt = result in _EXEMPTIONS
    require_step(session, act, assessment, "screen_exempt" if exempt else "screen_required")
    refuse_if(missing([BY_NAME["screening"]], values, Gate.DECLARE) + screening_problems(values))
    day = require_day(screened_on, act, "screened_on", N_("判定日期"))
    if day < assessment.declared_on:
        raise Refused.one("screened_on", N_("判定日期不能早于申报日期"))
    assessment.screening = result
    assessment.screening_reason = values.get("screening_reason")
    assessment.screening_reference = values.get("screening_reference") if result == "covered" else None
    assessment.screened_on, assessment.exempted_on = day, day if exempt else None
    assessment.status = "exempt" if exempt else "due"
    name = "screen_exempt" if exempt else "screen_required"
    record(session, act.actor, name, assessment, reason=values.get("screening_reason") or "")


def reopen(session: Session, act: Act, assessment: Assessment, reason: str, *, version: int | None = None) -> None:
    """重新判定 of a round that was found not to need assessment."""
    same_version(assessment, version)
    require_step(session, act, assessment, "reopen")
    change_facts(assessment.facts, {"owner_org": owner_now(session, act, assessment.facts.owner_org_id)})
    assessment.status = "declared"
    assessment.screening = assessment.screening_reason = assessment.screening_reference = None
    assessment.screened_on = assessment.exempted_on = None
    record(session, act.actor, "reopen", assessment, reason=require_reason(reason))


def start(
    session: Session, act: Act, assessment: Assessment, *, started_on: date | None = None, version: int | None = None
) -> None:
    """启动评估 (§8b row 5)."""
    same_version(assessment, version)
    require_step(session, act, assessment, "start")
    assessment.started_on = require_day(started_on, act, "started_on", N_("启动日期"))
    assessment.status = "assessing"
    record(session, act.actor, "start", assessment)


def record_progress(
    session: Session,
    act: Act,
    assessment: Assessment,
    values: Values,
    consultations: Sequence[Values] | None = None,
    *,
    version: int | None = None,
) -> None:
    """The dated facts inside ``assessing``: procedure, notice, survey (§8b 6 to 8). Levels come at the conclusion."""
    same_version(assessment, version)
    require_step(session, act, assessment, "record_progress")
    process = {field.name: values[field.name] for field in FIELDS if field.section == PROCESS and field.name in values}
    merged = {**assessment_values(assessment), **process}
    refuse_if(date_faults(merged, act) + survey_faults(consultations or ()))
    set_fields(assessment, process)
    if consultations is not None:
        set_consultations(assessment, consultations)
    touch(assessment)
    record(session, act.actor, "record_progress", assessment)


def record_decision(
    session: Session, act: Act, assessment: Assessment, values: Values, *, version: int | None = None
) -> None:
    """登记决策 (§8b row 19). A decision before the assessment is recorded and flagged, never refused (§8d 22).

    One before the filing is refused only where the office has decided so (setting ``filing_before_decision``).
    """
    same_version(assessment, version)
    require_step(session, act, assessment, "record_decision")
    if act.settings["filing_before_decision"] == "block" and not was_filed(assessment):
        raise Refused.one("", N_("本办公室规定先备案、后决策：本轮评估尚未备案，请备案后再登记决策"))
    decision = {field.name: values.get(field.name) for field in in_sections(DECISION)}
    problems = missing(FIELDS, decision, Gate.DECISION)
    if not problems:
        problems = [problem for problem in date_faults(decision, act) if problem.field == "decided_on"]
    refuse_if(problems)
    set_fields(assessment, decision)
    record(session, act.actor, "record_decision", assessment)


def was_filed(assessment: Assessment) -> bool:
    """Whether the round has been filed, be it that the filing was revoked since."""
    return assessment.status in ("filed", "revoked")


def track(session: Session, act: Act, assessment: Assessment, values: Values, *, version: int | None = None) -> None:
    """登记跟踪: how the matter is being carried out (§8b row 21)."""
    same_version(assessment, version)
    require_step(session, act, assessment, "track")
    if not values.get("implementation"):
        raise Refused.one("implementation", N_("请选择实施状态"))
    set_fields(assessment, {field.name: values.get(field.name) for field in in_sections(FOLLOW_UP)})
    record(session, act.actor, "track", assessment)


def open_round(
    session: Session, act: Act, assessment: Assessment, *, trigger: str, reason: str, declared_on: date | None = None
) -> Assessment:
    """重新评估: the next round of the matter, with the facts of the last one (§8b rows 20 and 22)."""
    require_step(session, act, assessment, "new_round")
    if trigger in ("", "first"):
        raise Refused.one("trigger", N_("请选择启动原因"))
    day = require_day(declared_on, act, "declared_on", N_("启动日期"))
    if assessment.concluded_on and day < assessment.concluded_on:
        raise Refused.one("declared_on", N_("新一轮的日期不能早于上一轮评估完成日期"))
    owner, office = units_now(session, act, assessment)
    facts = copy_facts(session, assessment.facts, seq=assessment.seq + 1)
    change_facts(facts, {"owner_org": owner})
    fresh = Assessment(
        matter=assessment.matter,
        facts=facts,
        seq=assessment.seq + 1,
        status="due",
        trigger=trigger,
        trigger_reason=require_reason(reason),
        origin="registry",
        screening="required",
        declared_on=day,
        screened_on=day,
        filing_office_id=office,
        entered_by=act.actor.account_id,
    )
    session.add(fresh)
    session.refresh(assessment.matter, ["facts"])
    record(session, act.actor, "new_round", fresh, reason=reason)
    return fresh


def terminate(session: Session, act: Act, assessment: Assessment, reason: str, *, version: int | None = None) -> None:
    """终止 before the conclusion (§8b row 23): by the department, the office is told."""
    same_version(assessment, version)
    require_step(session, act, assessment, "terminate")
    assessment.status, assessment.terminated_on = "terminated", act.today
    record(session, act.actor, "terminate", assessment, reason=require_reason(reason))


def void(session: Session, act: Act, assessment: Assessment, reason: str, *, version: int | None = None) -> None:
    """作废 of a concluded round that is not filed (§8b row 24), by the office."""
    same_version(assessment, version)
    require_step(session, act, assessment, "void")
    assessment.status, assessment.voided_on = "void", act.today
    record(session, act.actor, "void", assessment, reason=require_reason(reason))
