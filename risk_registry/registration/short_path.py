"""一次填报: one page registers, concludes and submits a finished simple assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.assessments.act import Act
from risk_registry.casefile.context import current_act, current_scope
from risk_registry.casefile.queries import similar
from risk_registry.core.fields import Gate
from risk_registry.core.gates import declaration_problems
from risk_registry.core.problems import Conflict, Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import STATUSES
from risk_registry.db.extension import db
from risk_registry.matters.joint import joint_problems
from risk_registry.matters.models import Draft
from risk_registry.matters.operations import drop_draft, save_draft
from risk_registry.matters.queries import draft_of
from risk_registry.registration import drafts
from risk_registry.registration.drafts import Content
from risk_registry.registration.forms import SHORT_FIELDS, Choices, ShortForm, form_choices
from risk_registry.registration.keeping import Sheet, answer, consultation_rows
from risk_registry.registration.parents import parent_problems, warn_of_project_code, with_parent
from risk_registry.registration.prefill import last_signer, prefilled, types_for_others
from risk_registry.registration.work import receipt_url
from risk_registry.web import access

#: The consultation of most simple assessments.
USUAL_METHOD = "meeting"
_GONE = N_("这份草稿已在别处办理，请返回事项列表查看。")


def page(found: Draft) -> ResponseReturnValue:
    """The short path's one page."""
    act = current_act()
    choices = form_choices(db.session(), act)
    sheet = short_sheet(found, act, choices)
    number = found.id

    def keep() -> str:
        return keep_short(number, sheet)

    def carry_out() -> str:
        return register(number, sheet)

    reply = answer(sheet, keep=keep, rules=_rules, act=carry_out, done="")
    if reply is not None:
        return reply
    if request.method in access.SAFE_METHODS and "short" in Content.of(found).sections:
        sheet.validate()
    return _rendered(found, sheet, choices, act), sheet.status


def short_sheet(found: Draft, act: Act, choices: Choices) -> Sheet:
    """The page as posted, as kept, else with everything that is known beforehand."""
    content = Content.of(found)
    texts = content.sections.get("short")
    form = ShortForm(
        raw=texts,
        values=_beforehand(act) if texts is None else {},
        choices=choices,
        require=Gate.CONCLUDE,
        version=found.version,
    )
    rows = consultation_rows(choices, raw=content.rows, preset=USUAL_METHOD)
    return Sheet(form, rows, preset=USUAL_METHOD)


def _beforehand(act: Act) -> dict[str, Any]:
    assert act.actor.account_id is not None
    signer = None if types_for_others(act) else last_signer(db.session(), act.actor.account_id)
    known = {
        **prefilled(db.session(), act),
        "procedure": "simplified",
        "mode": "self",
        "started_on": act.today,
        "concluded_on": act.today,
        "submitted_on": act.today,
        "signed_by": signer,
    }
    names = {field.name for field in SHORT_FIELDS}
    return {name: value for name, value in known.items() if name in names and value is not None}


def _complete(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the page does not ask because the short path settles it. A matter started earlier was declared by then."""
    found = {**values, "screening": "required"}
    found["started_on"] = values.get("started_on") or values.get("concluded_on")
    return found


def _rules(values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[Problem]:
    found = _complete(values)
    declared = declaration_problems(found) + joint_problems(found) + parent_problems(found)
    return declared + drafts.concluding(db.session(), current_act(), found, rows)


def keep_short(number: int, sheet: Sheet) -> str:
    """Keep the page in its draft."""
    found = _fresh(number)
    content = Content({"short": sheet.texts()}, sheet.row_texts(), Content.of(found).source)
    save_draft(
        db.session(),
        found,
        account_id=found.account_id,
        kind="short",
        content=content.stored(),
        title=content.sections["short"].get("title", ""),
        version=sheet.form.version.data,
    )
    sheet.form.version.data = found.version
    return url_for("matters.draft", number=number)


def register(number: int, sheet: Sheet) -> str:
    """Register, conclude and submit; the draft is done with."""
    act, session, found = current_act(), db.session(), _fresh(number)
    values = with_parent(_complete(sheet.form.typed()))
    if drafts.can_go_through(act):
        assessment = drafts.go_through(
            session,
            act,
            values,
            sheet.typed_rows(),
            declared_on=min(values["started_on"], act.today),
            submitted_on=values["submitted_on"],
        )
    else:
        raise Refused.one("", _not_through(act))
    drop_draft(session, found)
    warn_of_project_code(values)
    return receipt_url(assessment)


def _not_through(act: Act) -> str:
    if act.settings.switches.screening_first:
        return N_("本地设置为备案机关先作应评判定，请存为草稿，改用分步填报。")
    return N_("本地设置为由审签人账号确认评估完成，请存为草稿，改用分步填报。")


def _fresh(number: int) -> Draft:
    account_id = current_act().actor.account_id
    found = draft_of(db.session(), account_id, number) if account_id is not None else None
    if found is None:
        raise Conflict.one("", _GONE)
    return found


def _rendered(found: Draft, sheet: Sheet, choices: Choices, act: Act) -> str:
    differences: list[tuple[str, str, str]] = []
    if sheet.status == 409:
        stored = ShortForm(None, raw=Content.of(found).sections.get("short", {}), choices=choices)
        differences = sheet.form.differences(stored.typed())
        sheet.form.version.data = found.version
    title = str(sheet.form.raw_values()["title"])
    return render_template(
        "matters/short.html",
        draft=found,
        sheet=sheet,
        form=sheet.form,
        differences=differences,
        source=Content.of(found).source,
        alike=similar(db.session(), current_scope(), title) if title else (),
        words={term.code: gettext(term.zh) for term in STATUSES},
        others=types_for_others(act),
        closed=None if drafts.can_go_through(act) else gettext(_not_through(act)),
    )
