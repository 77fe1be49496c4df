"""核对: a draft as the printed form shows it, what is still wrong, and the button that declares it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from risk_registry.assessments.fields import CONSULTATION_FIELDS
from risk_registry.assessments.index import by_index
from risk_registry.casefile.context import current_act, current_scope
from risk_registry.casefile.queries import similar
from risk_registry.casefile.relations import referred
from risk_registry.casefile.risk import RiskView
from risk_registry.core.problems import Conflict
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import STATUSES
from risk_registry.db.extension import db
from risk_registry.matters.models import Draft
from risk_registry.matters.operations import drop_draft
from risk_registry.registration import drafts, work
from risk_registry.registration.drafts import Content, Judged
from risk_registry.registration.forms import CheckForm, Choices, form_choices
from risk_registry.registration.keeping import own_draft
from risk_registry.registration.parents import parent_of, siblings, with_parent
from risk_registry.registration.risk_rows import calculate
from risk_registry.web import access
from risk_registry.web.i18n import bracketed, clauses
from risk_registry.web.inputs import DeclaredControl
from risk_registry.web.submit import submit


def page(number: int) -> ResponseReturnValue:
    """核对: the draft as the printed form shows it, what is still wrong, and the button that declares it."""
    found, act = own_draft(number, "matter"), current_act()
    choices = form_choices(db.session(), act)
    judged = drafts.judge(db.session(), act, Content.of(found), choices)
    through = judged.declarable and judged.assessed and drafts.can_go_through(act)
    started = judged.values.get("started_on") if through else None
    form = CheckForm(
        values={"declared_on": min(act.today, started or act.today), "submitted_on": act.today},
        version=found.version,
        optional=() if through else ("submitted_on",),
    )
    reply = _declare(form, found, judged, through) if judged.declarable else None
    if reply is not None:
        return reply
    status = 422 if request.method not in access.SAFE_METHODS and not judged.declarable else form.http_status
    return _check_page(found, judged, form, choices, through=through), status


def _check_page(found: Draft, judged: Judged, form: Any, choices: Choices, *, through: bool) -> str:
    title = judged.values.get("title") or ""
    labels = {item.short_name: item.label_of_choice() for item in _choices_of(judged)}
    above = parent_of(judged.values)
    if above is not None:
        labels["parent"] = f"{above.facts[-1].title}{bracketed(above.reg_no)}"
    return render_template(
        "matters/check.html",
        draft=found,
        form=form,
        judged=judged,
        through=through,
        labels=labels,
        alike=similar(db.session(), current_scope(), title) if title else (),
        settings=current_act().settings,
        words={term.code: gettext(term.zh) for term in STATUSES},
        related=siblings(judged.values),
        reference=referred(db.session(), current_scope(), judged.values.get("screening_reference")),
        office_screens=current_act().settings.switches.screening_first,
        talk_text=lambda row: _talk_text(row, choices),
        risk=_index(judged),
    )


def _index(judged: Judged) -> RiskView | None:
    """The calculation of a draft by the index method, where it can be made."""
    if not by_index(judged.values):
        return None
    view, _problems = calculate(db.session(), current_act(), judged.values, judged.rows)
    return view


def _talk_text(row: dict[str, Any], choices: Choices) -> str:
    """A consultation row in words: 座谈会：次数1，人次12."""
    method = dict(choices["consultation_method"]).get(row["method"] or "", "")
    counted = [field for field in CONSULTATION_FIELDS if field.name != "method" and row[field.name] not in (None, "")]
    return method + str(gettext("：")) + clauses(*(f"{gettext(field.label)} {row[field.name]}" for field in counted))


def _choices_of(judged: Judged) -> list[Any]:
    controls = [item for form in judged.forms.values() for item in form.controls()]
    return [item for item in controls if isinstance(item, DeclaredControl) and hasattr(item, "label_of_choice")]


def _declare(form: Any, found: Draft, judged: Judged, through: bool) -> Response | None:
    number, version = found.id, found.version

    def act() -> str:
        session, doing = db.session(), current_act()
        fresh = own_draft(number)
        if fresh.version != form.version.data or fresh.version != version:
            raise Conflict.one("", N_("这份草稿在您核对时又保存过，请重新核对后再申报。"))
        days = form.typed()
        if through:
            assessment = drafts.go_through(session, doing, with_parent(judged.values), judged.rows, **days)
        else:
            assessment = drafts.declare(session, doing, with_parent(judged.values), declared_on=days["declared_on"])
            session.flush()
            drafts.keep_unfinished(session, doing, Content.of(fresh), assessment)
        drop_draft(session, fresh)
        return work.receipt_url(assessment) if through else work.round_url(assessment)

    done = "" if through else gettext("已申报")
    return submit(form, act, done=done)
