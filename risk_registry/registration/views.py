"""Registration: the list, what is begun and not yet declared, the long form section by section, the check page."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from risk_registry.assessments.act import Act
from risk_registry.assessments.fields import CONSULTATION_FIELDS
from risk_registry.casefile.context import current_act, current_scope
from risk_registry.casefile.queries import similar
from risk_registry.core.fields import Field, Kind
from risk_registry.core.gates import declaration_problems, screening_problems
from risk_registry.core.predicates import Question
from risk_registry.core.problems import Conflict
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import FIELDS as MATTER_FIELD_TERMS
from risk_registry.core.vocabulary import STATUSES
from risk_registry.db.clock import today
from risk_registry.db.extension import db
from risk_registry.lines.queries import Cursor as LineCursor
from risk_registry.lines.queries import LineFilter, LineQuery
from risk_registry.matters.models import Draft
from risk_registry.matters.operations import drop_draft, save_draft
from risk_registry.matters.queries import draft_of, untouched
from risk_registry.registration import changes, drafts, short_path, work
from risk_registry.registration.drafts import Content, Judged
from risk_registry.registration.forms import (
    SECTION_BY_CODE,
    SECTION_CHECKS,
    SECTION_FORMS,
    ActForm,
    CheckForm,
    Choices,
    Section,
    form_choices,
)
from risk_registry.registration.keeping import Sheet, answer, consultation_rows, earlier_answer
from risk_registry.registration.prefill import prefilled, types_for_others
from risk_registry.web import access
from risk_registry.web.forms import filter_class
from risk_registry.web.inputs import DeclaredControl
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


def own_draft(number: int, *kinds: str) -> Draft:
    """A draft of the signed-in account before its declaration, of these kinds; 404 for any other."""
    account_id = current_act().actor.account_id
    found = draft_of(db.session(), account_id, number) if account_id is not None else None
    if found is None or found.kind not in (kinds or ("matter", "short")):
        abort(earlier_answer() or 404)
    return found


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
        "matters/tasks.html", draft=found, items=_tasks(found, judged), form=ActForm(), others=types_for_others(act)
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
        "hint": gettext("按报备表的样子核对后申报"),
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
    )


def section_sheet(part: Section, found: Draft, act: Act, choices: Choices) -> Sheet:
    """The page of a section: as posted, as kept, else with what is known beforehand."""
    content = Content.of(found)
    texts = content.sections.get(part.code)
    values = prefilled(db.session(), act) if texts is None else {}
    values = {name: values[name] for name in values if name != "location"}
    form = SECTION_FORMS[part.code](raw=texts, values=values, choices=choices, require=part.gate, version=found.version)
    rows = consultation_rows(choices, raw=content.rows) if part.code == "assessment" else None
    return Sheet(form, rows)


def section_rules(part: Section, act: Act) -> Any:
    """The rules between the fields of one section."""

    def rules(values: Any, rows: Any) -> Any:
        if part.code == "basic":
            return declaration_problems(values)
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
        content.rows = sheet.row_texts()
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
    return url_for("matters.draft", number=number)


@blueprint.route("/matters/drafts/<int:number>/check", methods=["GET", "POST"])
def check(number: int) -> ResponseReturnValue:
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
    return render_template(
        "matters/check.html",
        draft=found,
        form=form,
        judged=judged,
        through=through,
        labels={item.short_name: item.label_of_choice() for item in _choices_of(judged)},
        alike=similar(db.session(), current_scope(), title) if title else (),
        settings=current_act().settings,
        words=dict(_statuses()),
        talk_text=lambda row: _talk_text(row, choices),
    )


def _talk_text(row: dict[str, Any], choices: Choices) -> str:
    """A consultation row in words: 座谈会：次数1，人次12."""
    method = dict(choices["consultation_method"]).get(row["method"] or "", "")
    counted = [field for field in CONSULTATION_FIELDS if field.name != "method" and row[field.name] not in (None, "")]
    return method + "：" + "，".join(f"{gettext(field.label)} {row[field.name]}" for field in counted)


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
            assessment = drafts.go_through(session, doing, judged.values, judged.rows, **days)
        else:
            assessment = drafts.declare(session, doing, judged.values, declared_on=days["declared_on"])
            session.flush()
            drafts.keep_unfinished(session, doing, Content.of(fresh), assessment)
        drop_draft(session, fresh)
        return work.receipt_url(assessment) if through else work.round_url(assessment)

    done = "" if through else gettext("已申报")
    return submit(form, act, done=done)


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
