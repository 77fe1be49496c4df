"""修改事项 and 重新申报: the declared facts of a round that has not concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import Act
from risk_registry.assessments.fields import FIELDS, SCREENING
from risk_registry.assessments.models import Assessment
from risk_registry.casefile.context import current_act, round_or_404
from risk_registry.core.fields import Gate
from risk_registry.core.gates import declaration_problems, screening_problems
from risk_registry.core.problems import Problem
from risk_registry.core.workflow import BY_NAME
from risk_registry.db.extension import db
from risk_registry.matters.fields import PARENT
from risk_registry.matters.joint import CO_ORGANISERS, joint_of, joint_problems
from risk_registry.matters.operations import facts_values
from risk_registry.matters.queries import matter_with_id
from risk_registry.registration.forms import ChangeForm, EditForm
from risk_registry.registration.keeping import Sheet
from risk_registry.registration.merging import (
    Choice,
    base_text,
    carried,
    choices_to_make,
    keep_theirs,
    meet,
)
from risk_registry.registration.parents import parent_problems, reference_to, warn_of_project_code, with_parent
from risk_registry.registration.work import choices_for, owner_only, round_url
from risk_registry.web import access
from risk_registry.web.forms import DeclaredForm
from risk_registry.web.i18n import listed
from risk_registry.web.submit import submit

_EDITABLE = BY_NAME["edit_declaration"].sources


def edit(reg_no: str, n: int) -> ResponseReturnValue:
    """修改事项 of a round that has not concluded; 重新申报 after a return."""
    assessment, act = round_or_404(reg_no, n), current_act()
    owner_only(assessment, act)
    again = assessment.status == "returned"
    parent = matter_with_id(db.session(), assessment.matter.parent_id)
    sheet = edit_sheet(assessment, act, again=again)
    if request.method not in access.SAFE_METHODS:
        keep_theirs(sheet.form, _stored(assessment, act, again=again))

    def carry_out() -> str:
        return change(reg_no, n, sheet)

    def rules(values: Mapping[str, Any], _rows: Sequence[Mapping[str, Any]]) -> Sequence[Problem]:
        found = declaration_problems(values) + joint_problems(values) + parent_problems(values, parent)
        return found + (screening_problems(values) if again else [])

    reply = None
    if request.method not in access.SAFE_METHODS and sheet.validate(rules):
        done = gettext("已重新申报") if again else gettext("已保存修改")
        reply = submit(sheet.form, carry_out, done=done)
    return reply or (_edit_page(assessment, sheet, again=again), sheet.status)


def edit_sheet(assessment: Assessment, act: Act, *, again: bool) -> Sheet:
    """The declared facts to be changed; after a return the 应评判定 too, unless the office states it first."""
    screened = again and not act.settings.switches.screening_first
    values = {**stored_values(assessment), **_screening_of(assessment)}
    if screened and not values["screening_reference"]:
        above = matter_with_id(db.session(), assessment.matter.parent_id)
        values["screening_reference"] = reference_to(above) or None
    known = {name: value for name, value in values.items() if value is not None}
    form = (EditForm if screened else ChangeForm)(
        values=known, choices=choices_for(assessment, act), require=Gate.DECLARE, version=assessment.version
    )
    return Sheet(form)


def _stored(assessment: Assessment, act: Act, *, again: bool) -> DeclaredForm:
    """The same questions answered by what is stored, whatever was posted."""
    screened = again and not act.settings.switches.screening_first
    values = {**stored_values(assessment), **_screening_of(assessment)}
    known = {name: value for name, value in values.items() if value is not None}
    return (EditForm if screened else ChangeForm)(None, values=known, choices=choices_for(assessment, act))


def stored_values(assessment: Assessment) -> dict[str, Any]:
    """What the page changes, as it is stored: facts, further organisations, the parent by its registration number."""
    above = matter_with_id(db.session(), assessment.matter.parent_id)
    joint = joint_of(assessment.facts)
    return {
        **facts_values(assessment.facts),
        CO_ORGANISERS.name: joint or None,
        PARENT.name: above.reg_no if above is not None else None,
    }


def _screening_of(assessment: Assessment) -> dict[str, Any]:
    return {field.name: getattr(assessment, field.name) for field in FIELDS if field.section == SCREENING}


def change(reg_no: str, n: int, sheet: Sheet) -> str:
    """Carry the change out."""
    assessment, act, session = round_or_404(reg_no, n), current_act(), db.session()
    again = assessment.status == "returned"
    if sheet.form.version.data != assessment.version:
        taken = meet(sheet.form, _stored(assessment, act, again=again))
        sheet.form.version.data = assessment.version
        if taken:
            flash(gettext("他人同时改动了：%(names)s，已与您的修改合并保存。", names=listed(*taken)), "info")
    present = matter_with_id(session, assessment.matter.parent_id)
    values, version = with_parent(sheet.form.typed(), present), sheet.form.version.data
    if assessment.status == "returned":
        assessing.redeclare(session, act, assessment, values, version=version or 0)
    else:
        assessing.change_declaration(session, act, assessment, values, version=version or 0)
    warn_of_project_code(values)
    return round_url(assessment)


def _edit_page(assessment: Assessment, sheet: Sheet, *, again: bool) -> str:
    choices: list[Choice] = []
    if sheet.status == 409:
        stored = _stored(assessment, current_act(), again=again)
        choices = choices_to_make(sheet.form, stored)
        sheet.form.version.data = assessment.version
    return render_template(
        "matters/edit.html",
        assessment=assessment,
        matter=assessment.matter,
        form=sheet.form,
        again=again,
        open=assessment.status in _EDITABLE,
        choices=choices,
        base=base_text(stored) if sheet.status == 409 else carried(sheet.form),
        back=round_url(assessment),
    )
