"""A page of questions with consultation rows: shown, kept as typed, judged whole, carried out once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import abort, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from risk_registry.assessments.index import by_index
from risk_registry.casefile.context import current_act
from risk_registry.core.problems import Busy, Conflict, Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.engine import begin_write
from risk_registry.db.extension import db
from risk_registry.matters.models import Draft
from risk_registry.matters.queries import draft_of
from risk_registry.registration.drafts import Texts, keepable
from risk_registry.registration.forms import Choices, ConsultationRow, row_choices
from risk_registry.registration.risk_rows import RiskRows, calculate, is_action
from risk_registry.web import access, tokens
from risk_registry.web.accounts import signed_in
from risk_registry.web.forms import DeclaredForm, RegistryForm
from risk_registry.web.inputs import ChoiceControl, DeclaredControl
from risk_registry.web.rows import read_rows
from risk_registry.web.submit import submit

#: Finds what is wrong between typed values and consultation rows.
Rules = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], Sequence[Problem]]
#: Keeps what was typed; answers with the address to go on to.
Keep = Callable[[], str]

_ROW = re.compile(r"(consultations|factors|measures)-([0-9]+)-(\w+)")
_ROW_FAULT = N_("第%(number)s行：%(text)s")
_FACTOR_FAULT = N_("风险因素第%(number)s行：%(text)s")
_MEASURE_FAULT = N_("化解措施第%(number)s行：%(text)s")
_KEPT = N_("已存为草稿")


class Sheet:
    """A form, with consultation rows where ``rows`` are given and the risk table where ``risks`` is."""

    def __init__(
        self,
        form: RegistryForm,
        rows: list[DeclaredForm] | None = None,
        *,
        risks: RiskRows | None = None,
        preset: str = "",
    ) -> None:
        self.form = form
        self.rows = rows if rows is not None else []
        self.risks = risks
        #: The version of the index method that a round which came back was concluded with.
        self.method_version: int | None = None
        self.preset = preset
        self.others: list[tuple[str, str]] = []

    @property
    def status(self) -> int:
        """Status of an answer that shows this page."""
        if self.form.http_status == 200 and self.others and request.method not in access.SAFE_METHODS:
            return 422
        return self.form.http_status

    def filled_rows(self) -> list[DeclaredForm]:
        """The rows that say something; a preset method alone says nothing."""
        return [row for row in self.rows if row.filled() not in ({}, {"method": self.preset})]

    def typed_rows(self) -> list[dict[str, Any]]:
        """The rows as operations take them."""
        return [row.typed() for row in self.filled_rows()]

    def typed(self) -> dict[str, Any]:
        """The typed values; under ``risks`` the risk table, where there is one."""
        values = self.form.typed()
        return values if self.risks is None else {**values, "risks": self.risks.typed()}

    def risk_texts(self) -> dict[str, list[Texts]]:
        """What may be kept of the risk table."""
        return {} if self.risks is None else self.risks.texts(keepable)

    def _asks_risks(self) -> bool:
        return self.risks is not None and by_index(self.form.typed())

    def texts(self) -> Texts:
        """What may be kept of the form."""
        return keepable(self.form)

    def row_texts(self) -> list[Texts]:
        """What may be kept of the rows, blank ones too."""
        return [keepable(row) for row in self.rows]

    def validate(self, rules: Rules | None = None) -> bool:
        """Whether all is well-formed and, with ``rules``, complete and in agreement. Every fault is shown at once."""
        self.others = []
        good = self._validate_form(draft=rules is None)
        for row in self.filled_rows():
            good = row.validate(draft=True) and good
        if self.risks is not None and self._asks_risks():
            good = self.risks.validate() and good
        problems = rules(self.typed(), self.typed_rows()) if rules is not None else ()
        for problem in problems:
            self.place(problem)
        self._list_rows()
        if problems or not good:
            self.form.http_status = 422 if request.method not in access.SAFE_METHODS else 200
            return False
        return True

    def _validate_form(self, *, draft: bool) -> bool:
        good = self.form.validate(draft=draft)
        if request.method not in access.SAFE_METHODS:
            return good
        # Nothing was sent, so there was no CSRF token to look at: only the questions count.
        self.form["csrf_token"].errors = []
        return not self.form.errors

    def place(self, problem: Problem) -> None:
        """Show a problem at its field, unless that has one already; above the form when it has no field here."""
        text = problem.say(gettext)
        match = _ROW.fullmatch(problem.field)
        target = self._in_row(match.group(1), int(match.group(2)), match.group(3)) if match else None
        if target is not None:
            _add(target, text)
        elif problem.field == "consultations" and self.rows:
            self.others.append(("consultations", text))
        elif self.risks is not None and (problem.field == "factors" or match):
            self.others.append(("risk", text))
        elif problem.field in self.form._fields:
            _add(self.form._fields[problem.field], text)
        else:
            self.form.form_errors = [*self.form.form_errors, text]

    def _in_row(self, kind: str, position: int, name: str) -> object:
        if kind != "consultations":
            return self.risks.find(kind, position, name) if self.risks is not None else None
        rows = self.filled_rows()
        return rows[position]._fields.get(name) if position < len(rows) else None

    def _list_rows(self) -> None:
        lists = [(_ROW_FAULT, self.rows)]
        if self.risks is not None and self._asks_risks():
            lists += [(_FACTOR_FAULT, self.risks.factors), (_MEASURE_FAULT, self.risks.measures)]
        for message, rows in lists:
            for number, row in enumerate(rows, 1):
                for item in row.controls():
                    for text in item.errors:
                        self.others.append((_target(item), gettext(message, number=number, text=text)))


def _add(target: object, text: str) -> None:
    if isinstance(target, DeclaredControl) and not target.errors:
        target.errors = [*target.errors, text]


def _target(item: DeclaredControl) -> str:
    radio = isinstance(item, ChoiceControl) and type(item.widget).__name__ == "ListWidget"
    return f"{item.id}-0" if radio else str(item.id)


def consultation_rows(
    choices: Choices,
    *,
    raw: Sequence[Texts] | None = None,
    values: Sequence[Mapping[str, Any]] = (),
    least: int = 1,
    preset: str = "",
) -> list[DeclaredForm]:
    """Rows as posted, of a draft, or as stored; never fewer than ``least``, new ones with the method ``preset``."""
    choices = row_choices(choices)
    if request.method not in access.SAFE_METHODS:
        return read_rows(ConsultationRow, "consultations", choices=choices)
    given = [dict(row) for row in raw or ()]
    if not given and not values:
        given = [{"method": preset} if preset else {} for _ in range(least)]
    if given:
        return read_rows(ConsultationRow, "consultations", raw=given, blank=0, choices=choices)
    return read_rows(ConsultationRow, "consultations", values=values, blank=0, choices=choices)


def answer(sheet: Sheet, *, keep: Keep, rules: Rules | None, act: Callable[[], str], done: str) -> Response | None:
    """Answer a posted page: keep it as a draft, add or remove a row, or carry it out (without ``rules``: incomplete).

    ``None`` means: show the page again. Whatever was typed is kept in every case, except what may not be kept.
    """
    if request.method in access.SAFE_METHODS:
        return None
    action = request.form.get("action", "")
    if action == "add_row" or action.startswith("remove_"):
        return _change_rows(sheet, action, keep)
    if sheet.risks is not None and is_action(action):
        return _change_risks(sheet, sheet.risks, action, keep)
    if sheet.risks is not None and action == "calculate":
        return _calculate(sheet, keep)
    if action == "draft":
        if sheet.validate():
            return submit(sheet.form, keep, done=gettext(_KEPT), draft=True)
    elif sheet.validate(rules):
        found = submit(sheet.form, act, done=done, draft=rules is None)
        if found is not None:
            return found
    _keep_all_the_same(sheet, keep)
    return None


def _change_rows(sheet: Sheet, action: str, keep: Keep) -> Response | None:
    if action == "add_row":
        sheet.rows.append(_blank_row(sheet.rows))
    else:
        gone = f"consultations-{action.removeprefix('remove_')}-"
        sheet.rows = [row for row in sheet.rows if not str(row.controls()[0].name).startswith(gone)]
        sheet.rows = sheet.rows or [_blank_row([])]
    good = sheet.validate()
    kept = _keep(sheet, keep)
    # What may not be kept would be lost on the way: then the page is shown from what was posted.
    whole = good or _all_kept(sheet)
    return redirect(f"{request.path}#consultations", 303) if kept and whole else None


def _change_risks(sheet: Sheet, risks: RiskRows, action: str, keep: Keep) -> Response | None:
    risks.act(action)
    good = sheet.validate()
    kept = _keep(sheet, keep)
    return redirect(f"{request.path}#risk", 303) if kept and (good or _all_kept(sheet)) else None


def _calculate(sheet: Sheet, keep: Keep) -> Response | None:
    """计算: nothing but the draft is written. Levels not chosen yet are proposed; what prevents it is said."""
    good = sheet.validate()
    number = sheet.method_version
    view, problems = calculate(db.session(), current_act(), sheet.typed(), sheet.typed_rows(), number=number)
    if view is not None:
        for stage, name in zip(view.stages, ("level_before", "level_after"), strict=True):
            level = sheet.form._fields[name]
            if isinstance(level, DeclaredControl) and level.is_empty():
                level.take(stage.computed_code)
    sheet.others = []
    for problem in problems:
        sheet.place(problem)
    sheet._list_rows()
    kept = _keep(sheet, keep)
    if view is not None and good and kept:
        return redirect(f"{request.path}#risk-result", 303)
    if sheet.form.http_status == 200:
        sheet.form.http_status = 422
    return None


def _blank_row(rows: Sequence[DeclaredForm]) -> DeclaredForm:
    taken = [int(str(row.controls()[0].name).split("-")[1]) for row in rows]
    method = rows[-1]["method"] if rows else None
    offered = {"method": method.options} if isinstance(method, ChoiceControl) else {}
    return ConsultationRow(None, prefix=f"consultations-{max(taken, default=-1) + 1}", choices=offered)


def _all_kept(sheet: Sheet) -> bool:
    risks = sheet.risks.rows() if sheet.risks is not None else []
    return all(keepable(form) == form.filled() for form in (sheet.form, *sheet.rows, *risks))


def _keep_all_the_same(sheet: Sheet, keep: Keep) -> None:
    """What is incomplete or wrong is kept too, unless somebody else changed the record meanwhile."""
    if sheet.form.http_status != 409:
        _keep(sheet, keep)


def _keep(sheet: Sheet, keep: Keep) -> bool:
    session = db.session()
    session.rollback()
    try:
        begin_write(session)
        keep()
        session.commit()
    except Busy:
        session.rollback()
        raise
    except (Conflict, Refused) as refused:
        session.rollback()
        sheet.form.refuse(refused)
        return False
    return True


def earlier_answer() -> Response | None:
    """Where a form that was carried out once already has led; ``None`` for one that was not.

    For pages whose draft is gone because its form was posted twice. Gives the write transaction up.
    """
    if request.method in access.SAFE_METHODS:
        return None
    session = db.session()
    try:
        found = tokens.redeem(session, request.form.get("token", ""), signed_in().id)
    except Refused:
        found = None
    session.rollback()
    return redirect(found, 303) if found else None


def own_draft(number: int, *kinds: str) -> Draft:
    """A draft of the signed-in account before its declaration, of these kinds; 404 for any other."""
    account_id = current_act().actor.account_id
    found = draft_of(db.session(), account_id, number) if account_id is not None else None
    if found is None or found.kind not in (kinds or ("matter", "short")):
        abort(earlier_answer() or 404)
    return found
