"""Writes of filing: submit, receive, correct, accept, decline, withdraw, revoke, amend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.accounts.units import organisation_of
from risk_registry.assessments.act import Act, require_day, require_reason, require_step
from risk_registry.assessments.faults import method_for, third_party_faults
from risk_registry.assessments.fields import BY_NAME as ASSESSMENT_FIELDS
from risk_registry.assessments.index import by_index, index_faults, recorded, recorded_survey
from risk_registry.assessments.models import Assessment
from risk_registry.assessments.operations import assessment_values, refuse_if, same_version, set_fields, touch
from risk_registry.assessments.terms import due_after
from risk_registry.audit.chain import canonical
from risk_registry.audit.operations import record
from risk_registry.core.dates_order import RoundDates, check_dates
from risk_registry.core.fields import Gate
from risk_registry.core.gates import ConclusionRules, conclusion_problems, declaration_problems, missing
from risk_registry.core.problems import Conflict, Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.filings.content import content_digest
from risk_registry.filings.models import Amendment, Correction, Filing
from risk_registry.filings.numbers import take_number
from risk_registry.filings.queries import amendments, attempts, newest_attempt, same_person
from risk_registry.matters.fields import BY_NAME as MATTER_FIELDS
from risk_registry.matters.fields import FIELDS as ALL_MATTER_FIELDS
from risk_registry.matters.operations import change_facts, facts_values
from risk_registry.organisations.lineage import kin_ids
from risk_registry.organisations.models import Organisation

#: Fields that neither a correction nor an amendment may touch: the conclusion, a change of which is a new round
#: (§8b row 17), and the classification, by which a year's table is divided for good (§8c).
FIXED_BY_FILING = frozenset(
    {"owner_org", "kind", "field", "level_before", "level_after", "outcome", "concluded_on", "started_on", "method"}
)
_FIXED = N_("补正时不能变更此项；分类、等级或结论有变化的，请撤回报送，修改后再报送。")
#: Fields of the assessment that the answer to a correction may change.
_CORRECTABLE = frozenset(
    name for name, field in ASSESSMENT_FIELDS.items() if field.section not in ("screening", "decision", "follow_up")
)
_CHECKED = (
    "notice_from",
    "notice_to",
    "started_on",
    "concluded_on",
    "commissioned_on",
    "review_on",
    "review_revised_on",
)
#: Fields of the assessment that an amendment may correct.
AMENDABLE = ("notice_channel", "main_risks", "measures", "conclusion_text", "report_no", "report_digest", "signed_by")


def submit(
    session: Session,
    act: Act,
    assessment: Assessment,
    *,
    submitted_on: date | None = None,
    version: int | None = None,
) -> Filing:
    """报送备案: a new attempt, bound to the digest of what is submitted (§8b row 10)."""
    same_version(assessment, version)
    require_step(session, act, assessment, "submit")
    day = require_day(submitted_on, act, "submitted_on", N_("报送日期"))
    if assessment.concluded_on and day < assessment.concluded_on:
        _too_early("submitted_on", N_("报送日期"), N_("评估完成日期"), assessment.concluded_on)
    earlier = attempts(session, assessment.id)
    for attempt in earlier:
        ended = attempt.withdrawn_on or attempt.declined_on
        if ended and day < ended:
            _too_early("submitted_on", N_("报送日期"), N_("上次报送结束日期"), ended)
    if assessment.filing_office_id is None:
        raise Refused.one("", N_("评估主体的上级中没有备案机关，请管理员在单位设置中补上后再报送。"))
    filing = Filing(
        assessment=assessment,
        attempt=len(earlier) + 1,
        office_id=assessment.filing_office_id,
        submitted_on=day,
        submitted_by=act.actor.account_id,
        submitted_name=act.actor.name,
        typed_by=_typist(session, assessment),
        content_digest=content_digest(assessment),
        backdated=day < act.today,
        receipt_no=f"{assessment.matter.reg_no}-{assessment.seq}-{len(earlier) + 1}",
    )
    session.add(filing)
    assessment.status = "submitted"
    record(session, act.actor, "submit", assessment)
    return filing


def _typist(session: Session, assessment: Assessment) -> int | None:
    """Who registered it for the unit, when not the unit itself (代录): may no more accept than the submitter."""
    entered_by = assessment.entered_by
    if entered_by is None:
        return None
    organisation = organisation_of(session, entered_by)
    return entered_by if organisation not in kin_ids(session, assessment.facts.owner_org_id) else None


def receive(
    session: Session, act: Act, filing: Filing, *, received_on: date | None = None, version: int | None = None
) -> None:
    """接收 (§8b row 11). Not an approval: the office looks whether the papers are complete."""
    assessment = filing.assessment
    _same_attempt(session, filing, version)
    require_step(session, act, assessment, "receive")
    day = require_day(received_on, act, "received_on", N_("接收日期"))
    if day < filing.submitted_on:
        _too_early("received_on", N_("接收日期"), N_("报送日期"), filing.submitted_on)
    filing.received_on, filing.received_by = day, act.actor.account_id
    assessment.due_on = due_after(session, act, "term_office_check", day)
    assessment.status = "received"
    record(session, act.actor, "receive", assessment)


def request_correction(
    session: Session, act: Act, filing: Filing, items: str, *, due_on: date | None = None, version: int | None = None
) -> Correction:
    """退回补正: everything that is missing, listed once and in full (§8b row 12)."""
    assessment = filing.assessment
    _same_attempt(session, filing, version)
    require_step(session, act, assessment, "request_correction")
    correction = Correction(
        filing=filing,
        seq=len(filing.corrections) + 1,
        issued_on=act.today,
        items=require_reason(items, "items"),
        due_on=due_on,
    )
    session.add(correction)
    assessment.status = "correcting"
    # A day the office names is a wish until it has switched the term on; before that nothing is overdue.
    term = due_after(session, act, "term_correction", act.today)
    assessment.due_on = (due_on or term) if term else None
    record(session, act.actor, "request_correction", assessment, reason=items)
    return correction


def answer_correction(
    session: Session,
    act: Act,
    filing: Filing,
    answer: str,
    values: Mapping[str, Any] | None = None,
    *,
    version: int | None = None,
) -> None:
    """提交补正: the answer, and the corrected content if any; the acceptance is bound to it anew (§8b row 13)."""
    assessment = filing.assessment
    _same_attempt(session, filing, version)
    require_step(session, act, assessment, "answer_correction")
    correction = filing.open_correction
    if correction is None:
        raise Refused.one("", N_("没有待答复的补正事项。"))
    if values:
        _correct_content(session, act, filing, values=values)
        if filing.typed_by is None and not act.actor.stands_for(assessment.facts.owner_org_id):
            filing.typed_by = act.actor.account_id
    correction.answered_on, correction.answer = act.today, require_reason(answer, "answer")
    session.flush()
    filing.content_digest = content_digest(assessment)
    # The office's clock stood still while the department corrected, and starts anew with its answer (DOMAIN §8b 13).
    assessment.due_on = due_after(session, act, "term_office_check", act.today)
    assessment.status = "received"
    record(session, act.actor, "answer_correction", assessment, reason=answer)


def _correct_content(session: Session, act: Act, filing: Filing, *, values: Mapping[str, Any]) -> None:
    assessment = filing.assessment
    before = {**facts_values(assessment.facts), **assessment_values(assessment)}
    fixed = sorted(name for name in FIXED_BY_FILING & values.keys() if values[name] != before[name])
    refuse_if([Problem(name, _FIXED) for name in fixed])
    facts = {**facts_values(assessment.facts), **{k: v for k, v in values.items() if k in MATTER_FIELDS}}
    found = {**assessment_values(assessment), **{k: v for k, v in values.items() if k in _CORRECTABLE}}
    problems = missing(ALL_MATTER_FIELDS, facts, Gate.DECLARE) + declaration_problems(facts)
    rules: ConclusionRules = act.conclusion_rules
    rows = len(assessment.consultations)
    problems += conclusion_problems(ASSESSMENT_FIELDS.values(), found, rows, rules)
    # A correction changes no row; a round without any was concluded before the method had them.
    if by_index(found) and assessment.factors:
        method = method_for(session, assessment.concluded_on or act.today, assessment.method_version).method
        survey, risks = recorded_survey(assessment), recorded(assessment)
        problems += index_faults(method, found, survey=survey, risks=risks, rules=rules.judgement)
    hired = ("mode", "third_party", "commissioned_on")
    if act.settings.on("third_party_must_be_valid") and any(found[name] != before[name] for name in hired):
        problems += third_party_faults(session, found)
    dates = RoundDates(**{name: found.get(name) for name in _CHECKED}, submitted_on=filing.submitted_on)
    refuse_if(problems + list(check_dates(dates, act.today)))
    change_facts(assessment.facts, facts)
    set_fields(assessment, found)


def accept(
    session: Session,
    act: Act,
    filing: Filing,
    *,
    filed_on: date | None = None,
    opinion: str | None = None,
    digest: str | None = None,
    version: int | None = None,
) -> str:
    """予以备案: another person than who submitted or typed; the number falls in this transaction (§8b row 14).

    ``digest`` is that of the content the page showed. Returns the number.
    """
    assessment = filing.assessment
    _same_attempt(session, filing, version)
    actor = act.actor
    require_step(session, act, assessment, "accept", same_person=same_person(session, actor, filing))
    _same_content(assessment, filing, digest)
    day = require_day(filed_on, act, "filed_on", N_("备案日期"))
    if filing.received_on and day < filing.received_on:
        _too_early("filed_on", N_("备案日期"), N_("接收日期"), filing.received_on)
    office = session.get_one(Organisation, filing.office_id)
    filing.number_text, filing.number_seq = take_number(session, act, office, day)
    filing.number_year, filing.filed_on = day.year, day
    filing.accepted_by, filing.accepted_name = actor.account_id, actor.name
    filing.office_opinion = opinion
    filing.backdated = filing.backdated or day < act.today
    assessment.status = "filed"
    record(session, actor, "accept", assessment)
    return filing.number_text


def receive_and_accept(
    session: Session,
    act: Act,
    filing: Filing,
    *,
    filed_on: date | None = None,
    opinion: str | None = None,
    digest: str | None = None,
    version: int | None = None,
) -> str:
    """接收并备案 in one act when everything is there; two events, one transaction."""
    if filing.assessment.status == "submitted":
        receive(session, act, filing, received_on=filed_on, version=version)
        version = None
    return accept(session, act, filing, filed_on=filed_on, opinion=opinion, digest=digest, version=version)


def _same_content(assessment: Assessment, filing: Filing, digest: str | None) -> None:
    present = content_digest(assessment)
    if filing.content_digest != present or (digest is not None and digest != present):
        raise Conflict.one("", N_("报送内容与页面上看到的不一致，请重新打开核对后再备案。"))


def decline(session: Session, act: Act, filing: Filing, reason: str, *, version: int | None = None) -> None:
    """不予备案, with the reason (out of scope, unregistered third party, untrue); the same round may be sent again."""
    assessment = filing.assessment
    _same_attempt(session, filing, version)
    require_step(session, act, assessment, "decline")
    filing.declined_on, filing.decline_reason = act.today, require_reason(reason)
    assessment.status = "declined"
    record(session, act.actor, "decline", assessment, reason=reason)


def withdraw(session: Session, act: Act, filing: Filing, reason: str, *, version: int | None = None) -> None:
    """撤回报送 (§8b row 16); the row stays."""
    assessment = filing.assessment
    _same_attempt(session, filing, version)
    require_step(session, act, assessment, "withdraw")
    filing.withdrawn_on, filing.withdraw_reason = act.today, require_reason(reason)
    assessment.status = "withdrawn"
    record(session, act.actor, "withdraw", assessment, reason=reason)


def revoke(
    session: Session,
    act: Act,
    filing: Filing,
    reason: str,
    *,
    doc_no: str,
    revoked_on: date | None = None,
    version: int | None = None,
) -> None:
    """撤销备案 (§8b row 18): final for this round. The number stays and is never given again."""
    assessment = filing.assessment
    _same_attempt(session, filing, version)
    require_step(session, act, assessment, "revoke")
    day = require_day(revoked_on, act, "revoked_on", N_("撤销日期"))
    if filing.filed_on and day < filing.filed_on:
        _too_early("revoked_on", N_("撤销日期"), N_("备案日期"), filing.filed_on)
    filing.revoked_on, filing.revoke_reason = day, require_reason(reason)
    filing.revoke_doc_no = require_reason(doc_no, "doc_no")
    assessment.status = "revoked"
    record(session, act.actor, "revoke", assessment, reason=reason)


def amend(
    session: Session,
    act: Act,
    assessment: Assessment,
    values: Mapping[str, Any],
    reason: str,
    *,
    version: int | None = None,
) -> Amendment:
    """变更备案 of a filed line: reason and differences are kept, the number stays (§8b row 17).

    Another level or outcome is a new round, and refused here.
    """
    same_version(assessment, version)
    require_step(session, act, assessment, "amend")
    text = require_reason(reason)
    facts, found = facts_values(assessment.facts), assessment_values(assessment)
    before = {**facts, **found}
    changed = {name: value for name, value in values.items() if name in before and before[name] != value}
    fixed = FIXED_BY_FILING & changed.keys()
    unknown = {name for name in changed if name not in facts and name not in AMENDABLE}
    refuse_if(
        [Problem(name, N_("已备案后不能变更此项；等级或结论变化的，请重新评估。")) for name in sorted(fixed | unknown)]
    )
    if not changed:
        raise Refused.one("", N_("没有改动任何内容。"))
    merged = {**facts, **{name: value for name, value in changed.items() if name in facts}}
    refuse_if(missing(ALL_MATTER_FIELDS, merged, Gate.DECLARE) + declaration_problems(merged))
    change_facts(assessment.facts, {name: value for name, value in changed.items() if name in facts})
    set_fields(assessment, {name: value for name, value in changed.items() if name not in facts})
    amendment = Amendment(
        assessment=assessment,
        seq=len(amendments(session, assessment.id)) + 1,
        amended_on=act.today,
        amended_by=act.actor.account_id,
        amended_name=act.actor.name,
        reason=text,
        differences=canonical({name: [before[name], value] for name, value in changed.items()}),
    )
    session.add(amendment)
    touch(assessment)
    _rebind(session, assessment)
    record(session, act.actor, "amend", assessment, reason=text)
    return amendment


def _rebind(session: Session, assessment: Assessment) -> None:
    """The accepted attempt goes with the content as amended."""
    session.flush()
    filing = newest_attempt(session, assessment.id)
    if filing is not None:
        filing.content_digest = content_digest(assessment)


def _same_attempt(session: Session, filing: Filing, version: int | None) -> None:
    newest = newest_attempt(session, filing.assessment_id)
    if newest is not filing or (version is not None and filing.version != version):
        raise Conflict.one("", N_("这次报送已被他人办理，请刷新页面查看最新进展。"))


def _too_early(field: str, label: str, other: str, day: date) -> None:
    message = N_("%(label)s不能早于%(other)s（%(day)s）")
    raise Refused.one(field, message, label=label, other=other, day=day.isoformat())
