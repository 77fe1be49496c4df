"""办理: the act pages of a round of assessment."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.assessments.act import Act, require_open
from risk_registry.assessments.models import Assessment
from risk_registry.assessments.operations import was_filed
from risk_registry.audit.chain import canonical
from risk_registry.casefile.context import current_act, current_scope
from risk_registry.casefile.matter import suggestion, trigger_for
from risk_registry.casefile.presentation import Wording, all_fields, all_values, choices
from risk_registry.casefile.readers import readable_round, standing, step_url
from risk_registry.casefile.relations import reference_of
from risk_registry.core.fields import Field
from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.workflow import BY_NAME
from risk_registry.db.extension import db
from risk_registry.filings.operations import AMENDABLE, FIXED_BY_FILING, amend
from risk_registry.filings.queries import newest_attempt
from risk_registry.handling.step_table import PAGES, StepPage
from risk_registry.matters.fields import FIELDS as MATTER_FIELDS
from risk_registry.web.access import SAFE_METHODS
from risk_registry.web.forms import RegistryForm, form_class
from risk_registry.web.submit import submit

blueprint = Blueprint("steps", __name__)

_FORMS: dict[str, type[RegistryForm]] = {
    name: form_class(
        "StepForm",
        page.fields,
        attributes={
            "screening_reference": {
                "data-show-when": "screening=covered",
                "data-show-note": N_("判定为“不重复评估”时填写"),
            },
            "items": {"rows": "6"},
        },
    )
    for name, page in PAGES.items()
}
_AMEND_NAMES = frozenset({field.name for field in MATTER_FIELDS} - FIXED_BY_FILING) | frozenset(AMENDABLE)
_AMEND_FIELDS = [
    *(replace(field, default="") for field in all_fields(_AMEND_NAMES)),
    replace(PAGES["pull_back"].fields[0], label=N_("变更理由")),
]
AmendForm = form_class("AmendForm", _AMEND_FIELDS)


@blueprint.route("/matters/<reg_no>/assessments/<int:n>/steps/<name>", methods=["GET", "POST"])
def take(reg_no: str, n: int, name: str) -> ResponseReturnValue:
    """The page of one step; what it asks stands in the table of steps."""
    page = PAGES.get(name)
    if page is None:
        abort(404)
    assessment, act = readable_round(reg_no, n), current_act()
    closed = _closed(act, assessment, name)
    if closed is not None:
        return closed
    form = _form(act, assessment, name, page)

    def carry_out() -> str:
        require_open(name, standing(db.session(), act, assessment))
        result = page.run(db.session(), act, assessment, form.typed(), form.version.data or 0)
        return url_for("casefile.assessment", reg_no=result.matter.reg_no, n=result.seq)

    answer = submit(form, carry_out, done=gettext(page.done))
    if answer is None and form.http_status == 409:
        form.version.data = _version(db.session(), assessment, page)
    return answer or (_page(form, assessment, name, page), form.http_status)


def _closed(act: Act, assessment: Assessment, name: str) -> ResponseReturnValue | None:
    """403 when the step is not the reader's; back to the case, with the reason, when it is not its time.

    A posted form goes on: a repeated post must get its first result, although the time of the step is over.
    """
    try:
        require_open(name, standing(db.session(), act, assessment))
    except NotAllowed:
        raise
    except Refused as refused:
        if request.method not in SAFE_METHODS:
            return None
        flash(refused.problems[0].say(gettext), "warning")
        return redirect(url_for("casefile.assessment", reg_no=assessment.matter.reg_no, n=assessment.seq))
    return None


def _form(act: Act, assessment: Assessment, name: str, page: StepPage) -> RegistryForm:
    session = db.session()
    stored = {key: value for key, value in all_values(assessment).items() if key in page.stored}
    values: dict[str, Any] = {**stored, **({page.today: act.today} if page.today else {})}
    options = choices(session, page.fields, act.today, keep=stored)
    if name == "screen_exempt":
        values["screening_reference"] = _covering(session, assessment)
        options["screening"] = [option for option in options["screening"] if option[0] != "required"]
    if name == "new_round":
        options["trigger"] = [option for option in options["trigger"] if option[0] != "first"]
        values["trigger"] = trigger_for(act, assessment) or None
    version = _version(session, assessment, page)
    form = _FORMS[name](values=values, choices=options, also=page.required, version=version)
    for item in form.controls():
        item.flags.required = item.short_name in page.required
    return form


def _covering(session: Session, assessment: Assessment) -> str | None:
    """How to refer to the report on the whole, of which this matter is a part (第713号令第22条)."""
    above = assessment.matter.parent_id
    return (reference_of(session, current_scope(), above) or None) if above is not None else None


def _version(session: Session, assessment: Assessment, page: StepPage) -> int:
    filing = newest_attempt(session, assessment.id) if page.of_attempt else None
    return filing.version if filing is not None else assessment.version


def _page(form: RegistryForm, assessment: Assessment, name: str, page: StepPage) -> str:
    folded = [field.name for field in page.fields if page.folded and field.name not in page.required]
    filing = newest_attempt(db.session(), assessment.id)
    return render_template(
        "steps/take.html",
        form=form,
        assessment=assessment,
        filing=filing,
        correction=filing.open_correction if filing is not None else None,
        step=BY_NAME[name],
        page=page,
        folded=folded,
        open_fold=any(form[field].errors for field in folded),
        asked=[field.name for field in page.fields if field.name not in folded],
        wording=Wording.of(db.session(), assessment),
        again=suggestion(current_act(), assessment) if name == "new_round" else "",
        early=name == "record_decision"
        and current_act().settings["filing_before_decision"] == "warn"
        and not was_filed(assessment),
    )


@blueprint.route("/matters/<reg_no>/assessments/<int:n>/steps/amend", methods=["GET", "POST"])
def amendment(reg_no: str, n: int) -> ResponseReturnValue:
    """变更备案: the changes are shown against what is filed before they are kept."""
    assessment, act = readable_round(reg_no, n), current_act()
    closed = _closed(act, assessment, "amend")
    if closed is not None:
        return closed
    stored = {name: value for name, value in all_values(assessment).items() if name in _AMEND_NAMES}
    options = choices(db.session(), _AMEND_FIELDS, act.today, keep=stored)
    form = AmendForm(values=stored, choices=options, also=_needed(), version=assessment.version)
    differences = _checked(form, stored)
    if differences is not None:
        return _amend_page(form, assessment, differences), form.http_status

    def carry_out() -> str:
        require_open("amend", standing(db.session(), act, assessment))
        typed = form.typed()
        reason = typed.pop("reason") or ""
        amend(db.session(), act, assessment, typed, reason, version=form.version.data or 0)
        return url_for("casefile.assessment", reg_no=reg_no, n=n)

    answer = submit(form, carry_out, done=gettext("变更已登记，备案编号不变"))
    if answer is None and form.http_status == 409:
        form.version.data = assessment.version
    return answer or (_amend_page(form, assessment, None), form.http_status)


def _needed() -> set[str]:
    return {"reason"} | {field.name for field in MATTER_FIELDS if field.required_at and field.name in _AMEND_NAMES}


def _checked(form: RegistryForm, stored: dict[str, Any]) -> list[tuple[str, str, str]] | None:
    """The differences to look at first; ``None`` when there is nothing to confirm or exactly these were confirmed."""
    if request.method in SAFE_METHODS or not form.validate():
        return None
    differences = form.differences(stored)
    if not differences or request.form.get("confirmed") == _mark(differences):
        return None
    return differences


def _mark(differences: list[tuple[str, str, str]]) -> str:
    return hashlib.sha256(canonical(differences).encode()).hexdigest()


def _amend_page(form: RegistryForm, assessment: Assessment, differences: list[tuple[str, str, str]] | None) -> str:
    def section(fields: list[Field], name: str) -> list[str]:
        return [field.name for field in fields if field.section == name]

    sections = [
        (gettext(N_("基本情况")), section(_AMEND_FIELDS, "basic")),
        (gettext(N_("责任单位")), section(_AMEND_FIELDS, "responsible")),
        (gettext(N_("评估情况")), list(AMENDABLE)),
    ]
    return render_template(
        "steps/amend.html",
        form=form,
        assessment=assessment,
        filing=newest_attempt(db.session(), assessment.id),
        differences=differences,
        confirmed=_mark(differences) if differences else "",
        sections=sections,
        cancel=step_url(assessment, "amend"),
    )
