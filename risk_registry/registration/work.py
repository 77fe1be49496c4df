"""Work on a declared round: its assessment, a change of its facts, the receipt of its submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import Act, acts_on_behalf
from risk_registry.assessments.fields import BY_NAME, CONSULTATION_FIELDS, PROCESS
from risk_registry.assessments.index import INDEX
from risk_registry.assessments.index import recorded as recorded_risks
from risk_registry.assessments.models import Assessment
from risk_registry.assessments.operations import assessment_values
from risk_registry.audit.queries import events_about, head_code
from risk_registry.casefile.context import current_act, current_scope, round_or_404
from risk_registry.casefile.presentation import Wording, joint_text
from risk_registry.casefile.queries import find_assessment
from risk_registry.casefile.readers import readable_round
from risk_registry.core.fields import Gate
from risk_registry.core.problems import Conflict, NotAllowed, Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import today
from risk_registry.db.extension import db
from risk_registry.filings import operations as filing
from risk_registry.filings.queries import newest_attempt
from risk_registry.matters.joint import joint_of
from risk_registry.matters.models import Draft
from risk_registry.matters.operations import drop_draft, facts_values, save_draft
from risk_registry.matters.queries import draft_about
from risk_registry.organisations.queries import name_on
from risk_registry.registration import drafts
from risk_registry.registration.drafts import Content
from risk_registry.registration.forms import (
    ActForm,
    AssessmentForm,
    Choices,
    form_choices,
    with_stored,
)
from risk_registry.registration.keeping import Sheet, answer, consultation_rows
from risk_registry.registration.risk_rows import RiskRows, risk_page
from risk_registry.web import access

_CAME_BACK = frozenset({"withdrawn", "declined"})
_WORKABLE = frozenset({"due", "assessing"}) | _CAME_BACK
_CHANGED = N_("本轮评估或您的草稿在打开页面之后又保存过，请核对后再保存。您填写的内容仍在页面上。")
_NOT_NOW = N_("本轮评估现在不能填写，请返回查看最新进展。")


def round_url(assessment: Assessment) -> str:
    """The page of a round."""
    return url_for("casefile.assessment", reg_no=assessment.matter.reg_no, n=assessment.seq)


def receipt_url(assessment: Assessment) -> str:
    """The receipt of a round's submission."""
    return url_for("matters.receipt", reg_no=assessment.matter.reg_no, n=assessment.seq)


def _stand(assessment: Assessment, draft: Draft | None) -> int:
    """One number for the version of the round and of the unsaved work on it: either change makes it another."""
    return assessment.version * 1_000_000 + (draft.version if draft is not None else 0)


def _own_draft(assessment: Assessment) -> Draft | None:
    account_id = current_act().actor.account_id
    assert account_id is not None
    return draft_about(db.session(), account_id, "assessment", assessment.id)


def page(reg_no: str, n: int) -> ResponseReturnValue:
    """评估情况 of a round: kept, started, recorded, concluded, submitted."""
    assessment, act = round_or_404(reg_no, n), current_act()
    owner_only(assessment, act)
    sheet = work_sheet(assessment, choices_for(assessment, act))
    reply = _answer(reg_no, n, sheet)
    if reply is not None:
        return reply
    if request.method in access.SAFE_METHODS and _own_draft(assessment) is not None:
        sheet.validate()
    return _work_page(assessment, act, sheet), sheet.status


def _answer(reg_no: str, n: int, sheet: Sheet) -> ResponseReturnValue | None:
    action = request.form.get("action")

    def keep() -> str:
        return keep_work(reg_no, n, sheet)

    def go_on() -> str:
        return progress(reg_no, n, sheet)

    def finish() -> str:
        return conclude(reg_no, n, sheet, submit=action == "submit")

    def rules(values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Sequence[Problem]:
        return drafts.concluding(db.session(), current_act(), values, rows, method_version=sheet.method_version)

    if action == "progress":
        return answer(sheet, keep=keep, rules=None, act=go_on, done=gettext("已保存进展"))
    # The receipt says itself that the submission went well.
    done = "" if action == "submit" else gettext("评估内容已保存")
    return answer(sheet, keep=keep, rules=rules, act=finish, done=done)


def owner_only(assessment: Assessment, act: Act) -> None:
    """The facts of a round are its department's; the office types for a unit without an account (代录)."""
    owner = assessment.facts.owner_org_id
    if act.actor.stands_for(owner) or acts_on_behalf(db.session(), act, owner, assessment.filing_office_id):
        return
    raise NotAllowed.one("", N_("只能由评估主体填写；备案机关只能为没有账号的单位代录。"))


def choices_for(assessment: Assessment, act: Act) -> Choices:
    """Options for a round already declared: what it holds stays on offer."""
    session = db.session()
    names = {}
    stored = {**facts_values(assessment.facts), "third_party": assessment.third_party_id}
    for name in ("owner_org", "decision_org", "implement_org", "third_party"):
        number = stored.get(name)
        names[name] = name_on(session, number, act.today) if number else ""
    choices = form_choices(session, act)
    return with_stored(choices, stored, names)


def work_sheet(assessment: Assessment, choices: Choices) -> Sheet:
    """The page as posted, as kept in unsaved work, else as recorded."""
    draft = _own_draft(assessment)
    content = Content.of(draft)
    texts = content.sections.get("assessment") if draft is not None else None
    values = assessment_values(assessment)
    if assessment.status == "due":
        values["started_on"] = values["started_on"] or today(db.session().info["clock"])
    form = AssessmentForm(
        raw=texts,
        values={} if texts is not None else {name: value for name, value in values.items() if value is not None},
        choices=choices,
        require=Gate.CONCLUDE,
        version=_stand(assessment, draft),
    )
    counted = [item.name for item in CONSULTATION_FIELDS]
    recorded = [{name: getattr(row, name) for name in counted} for row in assessment.consultations]
    rows = consultation_rows(choices, raw=content.rows, values=recorded)
    risks = RiskRows.read(choices, raw=content.risks if draft is not None else None, stored=recorded_risks(assessment))
    sheet = Sheet(form, rows, risks=risks)
    sheet.method_version = _kept_version(assessment)
    return sheet


def _kept_version(assessment: Assessment) -> int | None:
    """The version of the index method that a round which came back was concluded with."""
    if assessment.status in _CAME_BACK and assessment.method == INDEX:
        return assessment.method_version
    return None


def _same_stand(assessment: Assessment, sheet: Sheet) -> Draft | None:
    """The unsaved work on the round. Raises ``Conflict`` when it or the round changed since the page was read."""
    draft = _own_draft(assessment)
    if sheet.form.version.data != _stand(assessment, draft):
        raise Conflict.one("", _CHANGED)
    if assessment.status not in _WORKABLE:
        raise Refused.one("", _NOT_NOW)
    return draft


def keep_work(reg_no: str, n: int, sheet: Sheet) -> str:
    """Keep the page in a draft row: no version of the line, no event."""
    assessment, act = round_or_404(reg_no, n), current_act()
    draft = _same_stand(assessment, sheet)
    _save(assessment, act, draft, sheet)
    return url_for("matters.work", reg_no=reg_no, n=n)


def _save(assessment: Assessment, act: Act, draft: Draft | None, sheet: Sheet) -> None:
    assert act.actor.account_id is not None
    saved = save_draft(
        db.session(),
        draft,
        account_id=act.actor.account_id,
        kind="assessment",
        subject_id=assessment.id,
        content=Content({"assessment": sheet.texts()}, sheet.row_texts(), risks=sheet.risk_texts()).stored(),
        title=assessment.facts.title,
    )
    sheet.form.version.data = _stand(assessment, saved)


def progress(reg_no: str, n: int, sheet: Sheet) -> str:
    """启动评估 and the dated facts known so far; the rest stays unsaved work."""
    assessment, act, session = round_or_404(reg_no, n), current_act(), db.session()
    draft = _same_stand(assessment, sheet)
    values = sheet.form.typed()
    if assessment.status == "due":
        assessing.start(session, act, assessment, started_on=values.get("started_on"))
        session.flush()
    process = {name: value for name, value in values.items() if _is_process(name)}
    process["started_on"] = process.get("started_on") or assessment.started_on
    assessing.record_progress(session, act, assessment, process, sheet.typed_rows())
    session.flush()
    _save(assessment, act, draft, sheet)
    return url_for("matters.work", reg_no=reg_no, n=n)


def _is_process(name: str) -> bool:
    field = BY_NAME.get(name)
    return field is not None and field.section == PROCESS


def conclude(reg_no: str, n: int, sheet: Sheet, *, submit: bool) -> str:
    """评估完成, started first where it has not been; with ``submit`` also 报送. Each step is an event of its own."""
    assessment, act, session = round_or_404(reg_no, n), current_act(), db.session()
    draft = _same_stand(assessment, sheet)
    if assessment.status in _CAME_BACK:
        drafts.revise(session, act, assessment, sheet.typed(), sheet.typed_rows())
    else:
        drafts.conclude(session, act, assessment, sheet.typed(), sheet.typed_rows())
    if draft is not None:
        drop_draft(session, draft)
    if not submit:
        return round_url(assessment)
    filing.submit(session, act, assessment)
    return receipt_url(assessment)


def last_round(assessment: Assessment) -> Assessment | None:
    """The round before this one, where the reader may see it."""
    return find_assessment(db.session(), current_scope(), assessment.matter.reg_no, assessment.seq - 1)


def may_begin(assessment: Assessment) -> bool:
    """Whether nothing has been filled in yet, so that a new round may begin with the texts of the last one."""
    return assessment.status in ("due", "assessing") and not assessment.procedure and _own_draft(assessment) is None


def _work_page(assessment: Assessment, act: Act, sheet: Sheet) -> str:
    last = last_round(assessment) if assessment.seq > 1 else None
    return render_template(
        "matters/work.html",
        assessment=assessment,
        matter=assessment.matter,
        sheet=sheet,
        form=sheet.form,
        open=assessment.status in _WORKABLE,
        came_back=assessment.status in _CAME_BACK,
        risk=risk_page(db.session(), act, sheet.typed(), sheet.typed_rows(), number=sheet.method_version),
        last=last,
        last_wording=Wording.of(db.session(), last) if last is not None else None,
        begin_form=ActForm() if last is not None and may_begin(assessment) else None,
        may_conclude=drafts.may_conclude(db.session(), act, assessment),
        back=round_url(assessment),
    )


def receipt(reg_no: str, n: int) -> ResponseReturnValue:
    """报送回执: what was sent, when, under which code, and what happens next."""
    assessment = readable_round(reg_no, n)
    session = db.session()
    attempt = newest_attempt(session, assessment.id)
    if attempt is None:
        abort(404)
    wording = Wording.of(session, assessment)
    happened = [row for row in events_about(session, "assessment", [assessment.id]) if row.action == "submit"]
    return render_template(
        "matters/receipt.html",
        assessment=assessment,
        matter=assessment.matter,
        attempt=attempt,
        wording=wording,
        joint=joint_text(joint_of(assessment.facts), wording.name),
        stamp=happened[-1].recorded_at if happened else None,
        check_code=head_code(session),
        back=round_url(assessment),
    )
