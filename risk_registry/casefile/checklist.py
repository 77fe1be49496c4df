"""材料齐备核对: what the filing form asks for, judged by the same rules as the conclusion, and what stays flagged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account
from risk_registry.assessments.act import Act
from risk_registry.assessments.faults import method_for, third_party_faults
from risk_registry.assessments.fields import FIELDS, TEST_NAMES
from risk_registry.assessments.index import by_index, index_faults, recorded, recorded_survey
from risk_registry.assessments.models import Assessment
from risk_registry.assessments.operations import assessment_values
from risk_registry.casefile.presentation import Wording, joint_text, rate
from risk_registry.core.dates_order import RoundDates, date_flags, notice_days
from risk_registry.core.fields import Gate
from risk_registry.core.gates import conclusion_problems, declaration_problems, missing, needs_notice, needs_review
from risk_registry.core.judgement import Judgement, check_outcome
from risk_registry.core.problems import Problem
from risk_registry.core.text_marks import N_
from risk_registry.filings.models import Filing
from risk_registry.matters.fields import FIELDS as MATTER_FIELDS
from risk_registry.matters.joint import joint_of
from risk_registry.matters.operations import facts_values
from risk_registry.organisations.lineage import kin_ids
from risk_registry.web.i18n import clauses, listed, sentences


@dataclass(frozen=True)
class Check:
    """One line: ``state`` is ``there``, ``missing`` or ``none`` (not asked for here)."""

    label: str
    state: str
    detail: str


@dataclass(frozen=True)
class Flag:
    """Something the office should see before it acts. It stops nothing."""

    text: str
    kind: str = "warning"


_UNITS = ("owner_org", "decision_org", "implement_org")
_Describe = Callable[[Wording, Assessment, dict[str, Any]], str]


def _units(wording: Wording, assessment: Assessment, values: dict[str, Any]) -> str:
    found = listed(*(wording.name(values[name]) for name in _UNITS if values[name]))
    beside = joint_text(joint_of(assessment.facts), wording.name)
    return f"{found}；{gettext('联合单位')}：{beside}" if beside else found


def _tests(wording: Wording, _assessment: Assessment, values: dict[str, Any]) -> str:
    return listed(*(wording.word("test_result", values[name]) for name in TEST_NAMES if values[name]))


def _levels(wording: Wording, _assessment: Assessment, values: dict[str, Any]) -> str:
    words = [wording.word("level", values[name]) or "—" for name in ("level_before", "level_after")]
    return str(gettext("初始%(before)s，措施后%(after)s", before=words[0], after=words[1]))


def _survey(_wording: Wording, assessment: Assessment, _values: dict[str, Any]) -> str:
    heard = assessment.consultations
    valid = sum(row.forms_valid or 0 for row in heard)
    people = sum(row.participants or 0 for row in heard)
    parts = [gettext("%(count)s种方式", count=len(heard))]
    if valid:
        support = rate(sum(row.support or 0 for row in heard), valid)
        parts.append(gettext("有效问卷%(valid)s份，支持率%(rate)s", valid=valid, rate=support))
    if people:
        parts.append(gettext("%(people)s人次", people=people))
    return clauses(*parts)


def _notice(_wording: Wording, _assessment: Assessment, values: dict[str, Any]) -> str:
    days = notice_days(RoundDates(notice_from=values["notice_from"], notice_to=values["notice_to"]))
    if days is None:
        return "" if needs_notice(values) else str(gettext("简易程序，不要求"))
    return str(gettext("公示%(days)s天", days=days))


def _review(wording: Wording, _assessment: Assessment, values: dict[str, Any]) -> str:
    if values["review_on"] is None:
        return "" if needs_review(values) else str(gettext("低风险自评，不要求"))
    result = wording.word("review_result", values["review_result"])
    return str(gettext("专家%(count)s人，%(result)s", count=values["review_experts"] or 0, result=result))


def _plan(_wording: Wording, _assessment: Assessment, values: dict[str, Any]) -> str:
    if values["emergency_plan"]:
        return str(gettext("已制定"))
    return str(gettext("初始风险等级为低，不要求")) if values["level_before"] == "low" else ""


def _assessor(wording: Wording, _assessment: Assessment, values: dict[str, Any]) -> str:
    if values["mode"] == "commissioned":
        return str(gettext("委托 %(name)s", name=wording.name(values["third_party"])))
    return wording.word("mode", values["mode"])


def _outcome(wording: Wording, _assessment: Assessment, values: dict[str, Any]) -> str:
    return wording.word("outcome", values["outcome"])


def _signed(_wording: Wording, _assessment: Assessment, values: dict[str, Any]) -> str:
    return str(values["signed_by"] or "")


def _index(_wording: Wording, _assessment: Assessment, values: dict[str, Any]) -> str:
    if not by_index(values):
        return str(gettext("定性评估法，不要求"))
    return str(gettext("%(count)s个风险因素", count=values["factors"]))


def _nothing(_wording: Wording, _assessment: Assessment, _values: dict[str, Any]) -> str:
    return ""


#: (label, fields whose faults belong to the line, what to say, fields one of which must be there to count as given).
_LINES: tuple[tuple[str, frozenset[str], _Describe], ...] = (
    (N_("三个责任单位"), frozenset(_UNITS), _units),
    (N_("评估方式与机构"), frozenset({"mode", "third_party"}), _assessor),
    (N_("公示"), frozenset({"notice_from", "notice_to"}), _notice),
    (N_("风险调查"), frozenset({"consultations"}), _survey),
    (N_("四性评估"), frozenset((*TEST_NAMES, *(f"{name}_text" for name in TEST_NAMES))), _tests),
    (N_("风险因素与指数"), frozenset({"factors"}), _index),
    (N_("风险等级"), frozenset({"level_before", "level_after", "level_reason", "procedure"}), _levels),
    (N_("主要风险与化解措施"), frozenset({"main_risks", "measures"}), _nothing),
    (N_("应急预案"), frozenset({"emergency_plan"}), _plan),
    (N_("评审"), frozenset({"review_on", "review_experts", "review_result", "review_revised_on"}), _review),
    (N_("评估结论"), frozenset({"outcome", "concluded_on"}), _outcome),
    (N_("单位负责人审签"), frozenset({"signed_by"}), _signed),
)
_OPTIONAL = {name: name for name in ("notice_from", "review_on", "emergency_plan", "factors")}


def _faults(session: Session, act: Act, assessment: Assessment, values: dict[str, Any]) -> list[Problem]:
    facts = facts_values(assessment.facts)
    found = missing(MATTER_FIELDS, facts, Gate.DECLARE) + declaration_problems(facts)
    found += conclusion_problems(FIELDS, values, len(assessment.consultations), act.conclusion_rules)
    if act.settings.on("third_party_must_be_valid"):
        found += third_party_faults(session, values)
    if by_index(values):
        version = method_for(session, assessment.concluded_on or act.today, assessment.method_version)
        survey, risks, rules = recorded_survey(assessment), recorded(assessment), act.conclusion_rules.judgement
        table = index_faults(version.method, values, survey=survey, risks=risks, rules=rules)
        found += [replace(item, field="factors") if "-" in item.field else item for item in table]
    return found


def checklist(session: Session, act: Act, assessment: Assessment, wording: Wording) -> list[Check]:
    """Line by line what the form asks, with the reason where something is missing."""
    values = {**facts_values(assessment.facts), **assessment_values(assessment)}
    values["factors"] = len(assessment.factors)
    faults = _faults(session, act, assessment, values)
    checks = []
    for label, fields, describe in _LINES:
        mine = [problem for problem in faults if problem.field in fields]
        faults = [problem for problem in faults if problem not in mine]
        if mine:
            checks.append(Check(gettext(label), "missing", sentences(*(problem.say(gettext) for problem in mine))))
            continue
        asked = next((name for name in _OPTIONAL if name in fields), None)
        state = "none" if asked is not None and not values[asked] else "there"
        checks.append(Check(gettext(label), state, describe(wording, assessment, values)))
    if faults:
        checks.append(Check(gettext("其他项目"), "missing", sentences(*(problem.say(gettext) for problem in faults))))
    return checks


def is_complete(checks: Sequence[Check]) -> bool:
    """Whether everything is there."""
    return all(check.state != "missing" for check in checks)


def flags(session: Session, assessment: Assessment, filing: Filing | None, wording: Wording) -> list[Flag]:
    """Decision or start before the assessment, a high level let through, conflicts of persons, 代录 and 补录."""
    facts = assessment.facts
    dates = RoundDates(
        concluded_on=assessment.concluded_on, decided_on=assessment.decided_on, actual_start=facts.actual_start
    )
    found = [Flag(statement.say(gettext)) for statement in date_flags(dates)]
    judgement = Judgement(level_after=assessment.level_after or "", outcome=assessment.outcome or "")
    if check_outcome(judgement):
        found.append(Flag(gettext("措施后仍为高风险而结论为实施，请注意")))
    values = assessment_values(assessment)
    found += [Flag(problem.say(gettext)) for problem in third_party_faults(session, values)]
    if facts.owner_org_id == assessment.filing_office_id:
        found.append(Flag(gettext("评估主体就是备案机关：本机关事项由本机关备案，须由另一人办理，此情况记录在案")))
    typist = _typist(session, assessment)
    if typist:
        owner = wording.name(facts.owner_org_id)
        found.append(Flag(gettext("代录：由%(who)s代%(owner)s填写", who=typist, owner=owner), "info"))
    if filing is not None and filing.backdated:
        found.append(Flag(gettext("补录：报送或备案日期早于录入日期"), "info"))
    return found


def _typist(session: Session, assessment: Assessment) -> str:
    """Who typed it for a unit that is not his own."""
    account = session.get(Account, assessment.entered_by) if assessment.entered_by is not None else None
    if account is None or account.organisation_id in kin_ids(session, assessment.facts.owner_org_id):
        return ""
    return f"{account.organisation_name}{account.display_name}"
