"""备案办理: the office's queue, the review of what was submitted, and the page that announces the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Row
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import Scope
from risk_registry.assessments import fields
from risk_registry.assessments.act import Act, require_open
from risk_registry.assessments.models import Assessment
from risk_registry.casefile import checklist
from risk_registry.casefile.context import current_act, current_scope
from risk_registry.casefile.matter import STATUS_WORDS, RoundView, round_view, state
from risk_registry.casefile.presentation import Wording, assessment_rows, matter_rows
from risk_registry.casefile.readers import attempt_or_404, business_only, offers, readable_round, standing
from risk_registry.casefile.relations import Relative, family, related
from risk_registry.core.fields import Field, Kind
from risk_registry.core.predicates import Question
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.workflow import BY_NAME, Situation, refusal
from risk_registry.db.extension import db
from risk_registry.filings.content import content_digest
from risk_registry.filings.models import Filing
from risk_registry.filings.operations import receive_and_accept
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import Cursor, LineFilter, LineQuery
from risk_registry.web.forms import RegistryForm, form_class
from risk_registry.web.listing import linked, read_cursor
from risk_registry.web.paging import COUNT_CAP, count_text, make_page
from risk_registry.web.submit import submit

blueprint = Blueprint("filings", __name__)

#: Groups of the queue: status, title, since when a case waits there.
GROUPS = (
    ("submitted", N_("待接收"), "submitted_on"),
    ("received", N_("待备案"), "received_on"),
    ("correcting", N_("补正中"), "correcting_on"),
    ("filed", N_("最近备案"), "filed_on"),
)
_SINCE = {status: since for status, _title, since in GROUPS}
_TITLES = {status: title for status, title, _since in GROUPS}
_SHOWN, _PAGE = 10, 50
_COLUMNS = (
    "reg_no seq title owner_org level_after level_after_text outcome outcome_text submitted_on received_on "
    "correcting_on filed_on due_on filing_number status"
).split()

ReviewForm = form_class(
    "ReviewForm",
    [
        Field("filed_on", N_("备案日期"), Kind.DATE, "filing", help=N_("默认今天；补录的填写实际日期")),
        Field("opinion", N_("备案意见"), Kind.LONG_TEXT, "filing", length=1000, help=N_("可不填；不评价事项本身")),
    ],
    attributes={"opinion": {"rows": "2"}},
)


@dataclass(frozen=True)
class Group:
    """A group of the queue as the page shows it."""

    status: str
    title: str
    rows: Sequence[Row[Any]]
    since: str
    total: str
    more: bool


def queue(scope: Scope, status: str, day: date) -> LineQuery:
    """The lines that stand in ``status`` now, in the reader's scope."""
    return LineQuery(scope, LineFilter(Question(date.min, day, date.max), basis="all", statuses=(status,)), present=day)


@blueprint.get("/filings")
def index() -> ResponseReturnValue:
    """What waits for the office, how long, and what was filed last; one group alone when it is asked for."""
    business_only()
    wanted = request.args.get("group", "")
    if wanted:
        return _one_group(wanted)
    session, act, scope = db.session(), current_act(), current_scope()
    groups = [_group(session, scope, status, act.today) for status, _title, _since in GROUPS]
    return render_template("filings/index.html", groups=groups, today=act.today, columns=_SINCE)


def _group(session: Session, scope: Scope, status: str, day: date) -> Group:
    """The longest waiting first; of what is filed, the newest."""
    query, since = queue(scope, status, day), LINE.c[_SINCE[status]]
    order = since.desc() if status == "filed" else since
    statement = query.select(session, _COLUMNS).order_by(order, LINE.c.assessment_id).limit(_SHOWN + 1)
    rows = session.execute(statement).all()
    total = len(rows) if len(rows) <= _SHOWN else query.count(session, cap=COUNT_CAP + 1)
    return Group(status, gettext(_TITLES[status]), rows[:_SHOWN], _SINCE[status], count_text(total), len(rows) > _SHOWN)


def _one_group(status: str) -> str:
    if status not in _TITLES:
        abort(404)
    session, act = db.session(), current_act()
    query, cursor = queue(current_scope(), status, act.today), read_cursor(request.args.get("cursor"))
    place = Cursor(
        before=None if cursor.backwards else cursor.key,
        after=cursor.key if cursor.backwards else None,
        oldest=cursor.backwards and cursor.key is None,
    )
    rows = list(query.page(session, _COLUMNS, cursor=place, size=_PAGE))
    total = count_text(query.count(session, cap=COUNT_CAP + 1))
    found = rows[::-1] if cursor.backwards else rows
    page = linked(make_page(found, size=_PAGE, cursor=cursor, key=lambda row: row.assessment_id, total=total))
    group = Group(status, gettext(_TITLES[status]), page.rows, _SINCE[status], total, False)
    return render_template("filings/group.html", group=group, page=page, today=act.today)


@blueprint.route("/filings/<reg_no>/<int:n>", methods=["GET", "POST"])
def review(reg_no: str, n: int) -> ResponseReturnValue:
    """备案审查: facts and assessment side by side, what is there, and 接收并备案 as one act."""
    assessment, act = readable_round(reg_no, n), current_act()
    filing = attempt_or_404(assessment)
    form = ReviewForm(values={"filed_on": act.today}, version=filing.version)

    def carry_out() -> str:
        session = db.session()
        _require_complete(session, act, assessment)
        typed = form.typed()
        receive_and_accept(
            session,
            act,
            filing,
            filed_on=typed["filed_on"],
            opinion=typed["opinion"],
            digest=request.form.get("digest", ""),
            version=form.version.data or 0,
        )
        return url_for("filings.filed", reg_no=reg_no, n=n)

    answer = submit(form, carry_out)
    if answer is None and form.http_status == 409:
        form.version.data = filing.version
    return answer or (_review_page(form, act, assessment, filing), form.http_status)


def _require_complete(session: Session, act: Act, assessment: Assessment) -> None:
    """接收并备案 in one act only when everything is there, and only by those who may."""
    found = standing(session, act, assessment)
    if assessment.status == "submitted":
        require_open("receive", found)
        if not checklist.is_complete(checklist.checklist(session, act, assessment, Wording.of(session, assessment))):
            raise Refused.one("", N_("材料尚不齐备，不能接收并备案。请先接收，再退回补正。"))
        found = replace(found, status="received")
    require_open("accept", found)


def _acceptance(found: Situation) -> tuple[bool, str]:
    """Whether the reader may file it now, and what keeps him from it when that is worth saying."""
    status = "received" if found.status == "submitted" else found.status
    problem = refusal("accept", replace(found, status=status))
    if problem is None:
        return True, ""
    worth = found.same_person and status == "received" and bool(BY_NAME["accept"].roles & found.roles)
    return False, problem.say(gettext) if worth else ""


def _review_page(form: RegistryForm, act: Act, assessment: Assessment, filing: Filing) -> str:
    session = db.session()
    wording = Wording.of(session, assessment)
    checks = checklist.checklist(session, act, assessment, wording)
    may_accept, conflict = _acceptance(standing(session, act, assessment))
    present = content_digest(assessment)
    return render_template(
        "filings/review.html",
        form=form,
        assessment=assessment,
        filing=filing,
        view=_view(session, assessment),
        facts=matter_rows(wording, assessment),
        assessed=assessment_rows(wording, assessment, fields.SCREENING, fields.PROCESS, fields.LEVELS),
        closing=assessment_rows(wording, assessment, fields.REVIEW, fields.CONCLUSION, fields.REPORT),
        checks=checks,
        complete=checklist.is_complete(checks),
        flags_=checklist.flags(session, assessment, filing, wording),
        may_accept=may_accept,
        conflict=conflict,
        digest=present,
        unchanged=present == filing.content_digest,
        offers=[offer for offer in offers(session, act, assessment) if offer.name in _OFFICE_STEPS],
        state=state(session, act, assessment, wording),
        family=family(session, current_scope(), assessment.matter),
        related=_related(session, assessment),
        status_words=STATUS_WORDS,
        today=act.today,
    )


_OFFICE_STEPS = ("receive", "request_correction", "decline", "revoke")


def _related(session: Session, assessment: Assessment) -> list[Relative]:
    """Other matters of the same project or the same parent, in the reader's scope."""
    return related(
        session,
        current_scope(),
        project_code=assessment.facts.project_code,
        parent_id=assessment.matter.parent_id,
        own_id=assessment.matter_id,
    )


def _view(session: Session, assessment: Assessment) -> RoundView:
    return round_view(session, assessment)


@blueprint.get("/filings/<reg_no>/<int:n>/filed")
def filed(reg_no: str, n: int) -> ResponseReturnValue:
    """The number, told once it is given, and what to do next."""
    assessment, act = readable_round(reg_no, n), current_act()
    filing = attempt_or_404(assessment)
    if filing.filed_on is None:
        abort(404)
    session = db.session()
    waiting = [_group(session, current_scope(), status, act.today) for status in ("submitted", "received")]
    following = next((group.rows[0] for group in waiting if group.rows), None)
    return render_template(
        "filings/filed.html",
        assessment=assessment,
        filing=filing,
        wording=Wording.of(session, assessment),
        following=following,
    )
