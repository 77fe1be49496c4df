"""Registration: the list, what is begun and not yet declared, the long form section by section, the check page."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.assessments.act import Act
from risk_registry.casefile.context import current_act, current_scope
from risk_registry.core.fields import Field, Kind
from risk_registry.core.gates import declaration_problems, screening_problems
from risk_registry.core.predicates import Question
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import FIELDS as MATTER_FIELD_TERMS
from risk_registry.core.vocabulary import STATUSES
from risk_registry.db.clock import today
from risk_registry.db.extension import db
from risk_registry.lines.queries import Cursor as LineCursor
from risk_registry.lines.queries import LineFilter, LineQuery
from risk_registry.matters.joint import joint_problems
from risk_registry.matters.models import Draft, Matter
from risk_registry.matters.operations import drop_draft, save_draft
from risk_registry.matters.queries import untouched
from risk_registry.registration import changes, check, copying, drafts, short_path, work
from risk_registry.registration.drafts import Content, Judged
from risk_registry.registration.forms import (
    SECTION_BY_CODE,
    SECTION_CHECKS,
    SECTION_FORMS,
    ActForm,
    Choices,
    Section,
    form_choices,
)
from risk_registry.registration.keeping import Sheet, answer, consultation_rows, own_draft
from risk_registry.registration.parents import (
    parent_of,
    parent_problems,
    reference_to,
    warn_of_project_code,
)
from risk_registry.registration.prefill import prefilled, types_for_others
from risk_registry.registration.risk_rows import RiskPage, RiskRows, risk_page
from risk_registry.web import access
from risk_registry.web.forms import filter_class
from risk_registry.web.listing import linked, read_cursor
from risk_registry.web.paging import COUNT_CAP, Page, count_text, make_page
from risk_registry.web.submit import submit

blueprint = Blueprint("matters", __name__)
PAGE_SIZE = 50
_COLUMNS = ("reg_no", "seq", "title", "kind_text", "owner_org", "status", "declared_on")
_FIRST_YEAR = 2000

ListQuery = filter_class(
    "ListQuery",
    [
        Field("text", N_("事项名称、编号"), Kind.TEXT, "query", length=64, guarded=False),
        Field("status", N_("状态"), Kind.CHOICE, "query", dictionary="status"),
        Field("year", N_("申报年度"), Kind.CHOICE, "query", dictionary="year"),
    ],
)


@blueprint.get("/matters")
def index() -> ResponseReturnValue:
    """事项登记: what this account may see, newest first."""
    day = today(db.session.info["clock"])
    form = ListQuery(choices={"status": _statuses(), "year": _years(day)})
    form.validate()
    asked = form.typed()
    query = _line_query(day, asked)
    session, cursor = db.session(), read_cursor(request.args.get("cursor"))
    place = LineCursor(
        before=None if cursor.backwards else cursor.key,
        after=cursor.key if cursor.backwards else None,
        oldest=cursor.backwards and cursor.key is None,
    )
    rows = query.page(session, _COLUMNS, cursor=place, size=PAGE_SIZE)
    rows = list(reversed(rows)) if cursor.backwards else list(rows)
    total = count_text(query.count(session, cap=COUNT_CAP + 1))
    page: Page[Any] = make_page(
        rows, size=PAGE_SIZE, cursor=cursor, key=lambda row: int(row.assessment_id), total=total
    )
    return render_template("matters/index.html", form=form, page=linked(page), words=dict(_statuses()), asked=asked)


def _statuses() -> list[tuple[str, str]]:
    return [(term.code, gettext(term.zh)) for term in STATUSES]


def _years(day: date) -> list[tuple[str, str]]:
    years = range(day.year, max(_FIRST_YEAR, day.year - 15), -1)
    return [(str(year), gettext("%(year)s年", year=year)) for year in years]


def _line_query(day: date, asked: dict[str, Any]) -> LineQuery:
    year = int(asked["year"]) if asked["year"] else None
    first, last = (date(year, 1, 1), date(year, 12, 31)) if year else (date.min, date.max)
    found = LineFilter(
        Question(first, last, date.max),
        basis="declared" if year else "all",
        statuses=(asked["status"],) if asked["status"] else (),
        text=asked["text"] or "",
    )
    return LineQuery(current_scope(), found)


@blueprint.route("/matters/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """新增登记: by one page or section by section."""
    form = ActForm()
    kind = "matter" if request.form.get("way") == "matter" else "short"

    def act() -> str:
        account_id = current_act().actor.account_id
        assert account_id is not None
        empty = Content().stored()
        draft = untouched(db.session(), account_id, kind, empty) or save_draft(
            db.session(), None, account_id=account_id, kind=kind, content=empty
        )
        return url_for("matters.draft", number=draft.id)

    found = submit(form, act)
    others = types_for_others(current_act())
    return found or (render_template("matters/new.html", form=form, others=others), form.http_status)


@blueprint.route("/matters/drafts/<int:number>", methods=["GET", "POST"])
def draft(number: int) -> ResponseReturnValue:
    """A draft: the one page of the short path, or the task list of the long one."""
    found = own_draft(number)
    if found.kind == "short":
        return short_path.page(found)
    if request.method not in access.SAFE_METHODS:
        abort(405)
    act = current_act()
    judged = drafts.judge(db.session(), act, Content.of(found), form_choices(db.session(), act))
    return render_template(
        "matters/tasks.html",
        draft=found,
        items=_tasks(found, judged),
        form=ActForm(),
        others=types_for_others(act),
        source=Content.of(found).source,
        office_screens=act.settings.switches.screening_first,
    )


def _tasks(found: Draft, judged: Judged) -> list[dict[str, Any]]:
    items = [
        {
            "label": gettext(part.section.label),
            "url": url_for("matters.section", number=found.id, code=part.section.code),
            "state_code": part.state,
            "state_label": gettext(drafts.STATE_LABELS[part.state]),
            "hint": gettext(part.section.hint),
        }
        for part in judged.parts
    ]
    ready = judged.declarable
    check = {
        "label": gettext("核对"),
        "url": url_for("matters.check", number=found.id),
        "state_code": "started" if ready else "empty",
        "state_label": gettext("可以申报") if ready else gettext("未开始"),
        "hint": gettext("按报备表样式核对后申报"),
    }
    return [*items, check]


@blueprint.route("/matters/drafts/<int:number>/<code>", methods=["GET", "POST"])
def section(number: int, code: str) -> ResponseReturnValue:
    """One section of the long form; what is typed is kept even when it is incomplete."""
    part = SECTION_BY_CODE.get(code) or abort(404)
    found, act = own_draft(number, "matter"), current_act()
    choices = form_choices(db.session(), act)
    sheet = section_sheet(part, found, act, choices)

    def keep() -> str:
        return keep_section(found.id, part, sheet)

    reply = answer(sheet, keep=keep, rules=section_rules(part, act), act=keep, done=gettext("已保存"))
    if reply is not None:
        return reply
    if request.method in access.SAFE_METHODS and part.code in Content.of(found).sections:
        sheet.validate(section_rules(part, act) if request.args.get("check") else None)
    return _section_page(found, part, sheet, choices), sheet.status


def _section_page(found: Draft, part: Section, sheet: Sheet, choices: Choices) -> str:
    differences: list[tuple[str, str, str]] = []
    if sheet.status == 409:
        stored = SECTION_CHECKS[part.code](None, raw=Content.of(found).sections.get(part.code, {}), choices=choices)
        differences = sheet.form.differences(stored.typed())
        sheet.form.version.data = found.version
    return render_template(
        f"matters/section_{part.code}.html",
        draft=found,
        part=part,
        sheet=sheet,
        form=sheet.form,
        differences=differences,
        fields_of_interest=[gettext(term.zh) for term in MATTER_FIELD_TERMS if term.code != "other"],
        others=types_for_others(current_act()),
        parent=_parent(found) if part.code == "screening" else None,
        office_screens=current_act().settings.switches.screening_first,
        risk=_risk(sheet),
    )


def _risk(sheet: Sheet) -> RiskPage | None:
    """The library and the calculation, where the page has a risk table."""
    if sheet.risks is None:
        return None
    return risk_page(db.session(), current_act(), sheet.typed(), sheet.typed_rows())


def _parent(found: Draft) -> Matter | None:
    """The matter the draft names as its parent, if one is understood."""
    return parent_of(Content.of(found).sections.get("basic", {}))


def section_sheet(part: Section, found: Draft, act: Act, choices: Choices) -> Sheet:
    """The page of a section: as posted, as kept, else with what is known beforehand."""
    content = Content.of(found)
    texts = content.sections.get(part.code)
    values = prefilled(db.session(), act) if texts is None else {}
    values = {name: values[name] for name in values if name != "location"}
    if part.code == "screening" and not (texts or {}).get("screening_reference"):
        # A part is covered by the report on the whole: what is referred to is known (第713号令第22条).
        reference = reference_to(_parent(found))
        values["screening_reference"] = reference or None
        texts = {**texts, "screening_reference": reference} if texts is not None else None
    form = SECTION_FORMS[part.code](raw=texts, values=values, choices=choices, require=part.gate, version=found.version)
    if part.code != "assessment":
        return Sheet(form)
    rows = consultation_rows(choices, raw=content.rows)
    return Sheet(form, rows, risks=RiskRows.read(choices, raw=content.risks))


def section_rules(part: Section, act: Act) -> Any:
    """The rules between the fields of one section."""

    def rules(values: Any, rows: Any) -> Any:
        if part.code == "basic":
            return declaration_problems(values) + parent_problems(values)
        if part.code == "responsible":
            return joint_problems(values)
        if part.code == "screening":
            return screening_problems(values)
        return drafts.concluding(db.session(), act, values, rows) if part.code == "assessment" else ()

    return rules


def keep_section(number: int, part: Section, sheet: Sheet) -> str:
    """Keep one section in its draft; the address of the task list."""
    found = own_draft(number)
    content = Content.of(found)
    content.sections[part.code] = sheet.texts()
    if part.code == "assessment":
        content.rows, content.risks = sheet.row_texts(), sheet.risk_texts()
    title = content.sections.get("basic", {}).get("title", "")
    save_draft(
        db.session(),
        found,
        account_id=found.account_id,
        kind=found.kind,
        content=content.stored(),
        title=title,
        version=sheet.form.version.data,
    )
    sheet.form.version.data = found.version
    if part.code == "basic":
        warn_of_project_code(sheet.form.typed())
    return url_for("matters.draft", number=number)


@blueprint.post("/matters/drafts/<int:number>/delete")
def delete(number: int) -> ResponseReturnValue:
    """Forget a draft; only drafts can be deleted."""
    own_draft(number)
    form = ActForm()

    def act() -> str:
        drop_draft(db.session(), own_draft(number))
        return url_for("matters.index")

    return submit(form, act, done=gettext("草稿已删除")) or redirect(url_for("matters.draft", number=number), 303)


blueprint.add_url_rule(
    "/matters/<reg_no>/assessments/<int:n>/work", "work", view_func=work.page, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/matters/<reg_no>/assessments/<int:n>/edit", "edit", view_func=changes.edit, methods=["GET", "POST"]
)
blueprint.add_url_rule("/matters/<reg_no>/assessments/<int:n>/receipt", "receipt", view_func=work.receipt)
blueprint.add_url_rule("/matters/drafts/<int:number>/check", "check", view_func=check.page, methods=["GET", "POST"])
blueprint.add_url_rule("/matters/new/copy", "copy", view_func=copying.page, methods=["GET", "POST"])
blueprint.add_url_rule(
    "/matters/<reg_no>/assessments/<int:n>/begin", "begin", view_func=copying.begin, methods=["POST"]
)
