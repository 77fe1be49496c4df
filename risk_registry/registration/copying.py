"""复制以往事项: a new draft begun from an earlier matter; a new round begun from the last one.

Copied are facts, units, contact, ways of consultation, texts and measures: never dates, quantities, numbers, levels or
conclusions, which belong to the assessment that found them.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.assessments.act import Act
from risk_registry.assessments.fields import TEST_NAMES
from risk_registry.assessments.models import Assessment
from risk_registry.assessments.operations import assessment_values
from risk_registry.casefile.context import current_act, current_scope, round_or_404
from risk_registry.casefile.relations import find_matters
from risk_registry.core.fields import Field, Kind
from risk_registry.core.problems import Conflict, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import STATUSES
from risk_registry.db.extension import db
from risk_registry.matters.joint import CO_ORGANISERS, joint_of
from risk_registry.matters.operations import facts_values, save_draft
from risk_registry.registration.drafts import Content, Texts
from risk_registry.registration.forms import SECTION_CHECKS, SHORT_FIELDS, ActForm, Choices, form_choices
from risk_registry.registration.joint import JointControl
from risk_registry.registration.prefill import prefilled, types_for_others
from risk_registry.registration.work import last_round, may_begin, owner_only
from risk_registry.web.forms import DeclaredForm, filter_class
from risk_registry.web.inputs import ChoiceControl
from risk_registry.web.submit import submit

#: Facts that are carried over; amounts, areas, numbers of people, codes and days are not.
_FACTS = ("title", "kind", "field", "decision_level", "location", "region_code", "summary", "sensitivity")
_CONTACT = ("duty_contact", "office_phone")
_UNITS = ("owner_org", "decision_org", "implement_org", *_CONTACT)
#: What of an assessment is carried over: how it was done and what was written, not what was found.
_ASSESSED = (
    *("procedure", "mode", "third_party", "method", "notice_channel", "main_risks", "measures"),
    *(f"{name}_text" for name in TEST_NAMES),
)
_FOUND = 20

SearchForm = filter_class(
    "SearchForm", [Field("text", N_("事项名称、登记号或备案编号"), Kind.TEXT, "query", length=64, guarded=False)]
)


def page() -> ResponseReturnValue:
    """复制以往事项: found by name or number within what the reader may see, copied into a draft of his own."""
    search = SearchForm()
    search.validate()
    text = (search.typed()["text"] or "").strip()
    form = ActForm()

    def act() -> str:
        if not request.form.get("reg_no"):
            raise Refused.one("", N_("请选择要复制的事项"))
        return copy(request.form.get("reg_no", ""), short=request.form.get("way") == "short")

    reply = submit(form, act, done=gettext("已复制为草稿，请逐项核对"))
    return reply or (
        render_template(
            "matters/copy.html",
            form=form,
            search=search,
            text=text,
            rows=find_matters(db.session(), current_scope(), text)[:_FOUND],
            words={term.code: gettext(term.zh) for term in STATUSES},
            others=types_for_others(current_act()),
        ),
        form.http_status,
    )


def begin(reg_no: str, n: int) -> ResponseReturnValue:
    """以上一轮的内容开始填写: unsaved work of a new round that has none yet."""
    assessment, form = round_or_404(reg_no, n), ActForm()
    owner_only(assessment, current_act())

    def act() -> str:
        session, doing = db.session(), current_act()
        fresh = round_or_404(reg_no, n)
        last = last_round(fresh)
        if last is None or not may_begin(fresh):
            raise Conflict.one("", N_("本轮评估已经开始填写，请刷新页面查看。"))
        assert doing.actor.account_id is not None
        save_draft(
            session,
            None,
            account_id=doing.actor.account_id,
            kind="assessment",
            subject_id=fresh.id,
            content=again(session, doing, last).stored(),
            title=fresh.facts.title,
        )
        return work_url

    work_url = url_for("matters.work", reg_no=reg_no, n=n)
    reply = submit(form, act, done=gettext("已按上一轮的内容填好，请逐项核对修改"))
    if reply is None and form.form_errors:
        flash(form.form_errors[0], "warning")
    return reply or redirect(work_url, 303)


def copy(reg_no: str, *, short: bool) -> str:
    """Begin a draft from the newest round of a matter; the address of the draft. 404 when it is not in scope."""
    session, act = db.session(), current_act()
    source = round_or_404(reg_no)
    content = copied(session, act, source, short=short)
    assert act.actor.account_id is not None
    draft = save_draft(
        session,
        None,
        account_id=act.actor.account_id,
        kind="short" if short else "matter",
        content=content.stored(),
        title=source.facts.title,
    )
    return url_for("matters.draft", number=draft.id)


def copied(session: Session, act: Act, source: Assessment, *, short: bool) -> Content:
    """What a draft begins with that is copied from ``source``."""
    choices = form_choices(session, act)
    facts = facts_values(source.facts)
    values: dict[str, Any] = {name: value for name, value in prefilled(session, act).items() if value is not None}
    own = act.actor.organisation_id
    # Another unit's contact is not carried into one's own matter.
    foreign = not types_for_others(act) and facts["owner_org"] != own
    names = [name for name in (*_FACTS, *_UNITS) if not (foreign and name in _CONTACT)]
    values |= {name: facts[name] for name in names if facts[name] is not None}
    if not types_for_others(act):
        values["owner_org"] = own
    values[CO_ORGANISERS.name] = joint_of(source.facts)
    mark = (source.matter.reg_no, source.facts.title)
    if short:
        values |= assessed_values(source)
        asked = {field.name for field in SHORT_FIELDS}
        texts = {
            name: text for check in SECTION_CHECKS.values() for name, text in _texts(check, values, choices).items()
        }
        return Content(
            {"short": {name: text for name, text in texts.items() if name in asked}}, ways_heard(source), mark
        )
    sections = {code: _texts(SECTION_CHECKS[code], values, choices) for code in ("basic", "responsible")}
    sections["assessment"] = _texts(SECTION_CHECKS["assessment"], assessed_values(source), choices)
    whole = {code: texts for code, texts in sections.items() if texts}
    return Content(whole, ways_heard(source), mark, risk_names(source))


def again(session: Session, act: Act, last: Assessment) -> Content:
    """What the page of a new round may begin with: the last round's texts, without its findings."""
    texts = _texts(SECTION_CHECKS["assessment"], assessed_values(last), form_choices(session, act))
    return Content({"assessment": texts}, ways_heard(last), risks=risk_names(last))


def assessed_values(source: Assessment) -> dict[str, Any]:
    """What is carried over of a round's assessment, by field name."""
    values = assessment_values(source)
    return {name: values[name] for name in _ASSESSED if values[name] not in (None, "")}


def ways_heard(source: Assessment) -> list[Texts]:
    """The ways people were heard, each once, without counts."""
    return [{"method": method} for method in dict.fromkeys(row.method for row in source.consultations)]


def risk_names(source: Assessment) -> dict[str, list[Texts]]:
    """The risk factors by area and name, and the measures against them: no weight, no value, no day."""
    if not source.factors:
        return {}
    factors = [{"area": row.area or "", "name": row.name} for row in source.factors]
    measures = [{"factor": str(row.factor), "text": row.text} for row in source.risk_measures]
    return {"factors": factors, "measures": measures}


def _texts(check: type[DeclaredForm], values: dict[str, Any], choices: Choices) -> Texts:
    """The values as texts of a section; what may no longer be chosen is left out."""
    names = {field.name for field in check.declared}
    form = check(None, values={name: value for name, value in values.items() if name in names}, choices=choices)
    return {item.short_name: item.text for item in form.controls() if item.text and _offered(item)}


def _offered(item: Any) -> bool:
    if isinstance(item, JointControl):
        return all(str(row.organisation) in dict(item.options) for row in item.data)
    return not isinstance(item, ChoiceControl) or item.text in dict(item.options)
