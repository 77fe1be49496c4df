"""工作日历: the years whose notices are loaded, the days that differ from the plain week, and loading another year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from risk_registry.accounts.sessions import current_actor
from risk_registry.calendar.models import CalendarDay, CalendarYear
from risk_registry.calendar.operations import NOTICE, REASON, load_year, remove_day
from risk_registry.calendar.queries import days_of, loaded_years, missing_years
from risk_registry.casefile.context import current_day
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.holiday_notice import Notice, read_notice
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.extension import db
from risk_registry.web.forms import RegistryForm, form_class
from risk_registry.web.submit import submit

blueprint = Blueprint("calendar_admin", __name__)

_LINES = Field(
    "lines",
    N_("放假和上班的日期"),
    Kind.LONG_TEXT,
    "calendar",
    Gate.DECLARE,
    length=4000,
    help=N_("可把通知正文整段粘贴进来，也可一行写一条，如：1月1日至3日放假；1月4日上班"),
    guarded=False,
)
_YEAR = Field("year", N_("年份"), Kind.INTEGER, "calendar", Gate.DECLARE, minimum=Decimal(2000), maximum=Decimal(2100))

LoadForm = form_class("LoadForm", (_YEAR, NOTICE, _LINES), attributes={"lines": {"rows": "10"}})
RemoveForm = form_class("RemoveForm", (REASON,))

WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))


@blueprint.get("/admin/calendar")
def index() -> ResponseReturnValue:
    """The years there are, and which one is missing."""
    session = db.session()
    return render_template(
        "admin/calendar/index.html", years=loaded_years(session), missing=missing_years(session, current_day())
    )


@blueprint.get("/admin/calendar/<int:year>")
def year(year: int) -> ResponseReturnValue:
    """A year's days off and days worked, month by month."""
    session = db.session()
    known = session.get(CalendarYear, year) if year <= _LAST_YEAR else None
    if known is None:
        abort(404)
    return render_template("admin/calendar/year.html", known=known, months=_months(days_of(session, year)))


@blueprint.route("/admin/calendar/load", methods=["GET", "POST"])
def load() -> ResponseReturnValue:
    """Type or paste a notice, see what was understood, then load it."""
    session, day = db.session(), current_day()
    form = LoadForm(values=_suggested(day), require=Gate.DECLARE, also=("notice",))
    shown = request.form.get("action") != "load"
    answer = None if shown else submit(form, lambda: _load(form, day), done=_("日历已载入"))
    if answer:
        return answer
    understood, known = None, False
    if request.method == "POST" and form.validate():
        typed = form.typed()
        understood = read_notice(typed["lines"], typed["year"])
        known = session.get(CalendarYear, typed["year"]) is not None
        if understood.problems and not form.errors:
            form.refuse(Refused(understood.problems))
    months = _months([CalendarDay(day=n.day, working=n.working) for n in understood.days]) if understood else []
    plain = {named.day for named in understood.days if named.plain} if understood else set()
    page = render_template(
        "admin/calendar/load.html", form=form, understood=understood, months=months, plain=plain, known=known
    )
    return page, form.http_status


@blueprint.route("/admin/calendar/<int:year>/<day>/remove", methods=["GET", "POST"])
def remove(year: int, day: str) -> ResponseReturnValue:
    """Take one wrong day out."""
    row = db.session().get(CalendarDay, _day_or_404(year, day))
    if row is None:
        abort(404)
    form = RemoveForm(require=None, also=("reason",))
    meant, working = row.day, row.working

    def act() -> str:
        remove_day(db.session(), current_actor(), meant, reason=form.typed()["reason"] or "")
        return url_for("calendar_admin.year", year=year)

    answer = submit(form, act, done=_("已删除"))
    if answer:
        return answer
    page = render_template(
        "admin/calendar/remove.html", form=form, day=meant, working=working, weekday=WEEKDAYS[meant.weekday()]
    )
    return page, form.http_status


_LAST_YEAR = 2100


def _day_or_404(year: int, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if found.year != year:
        abort(404)
    return found


def _suggested(day: date) -> dict[str, object]:
    """The year whose notice is asked for: that of the link, else the first one missing, else the next."""
    asked = request.args.get("year", "")
    if asked.isascii() and asked.isdigit() and len(asked) == len("2027"):
        known = db.session().get(CalendarYear, int(asked))
        return {"year": int(asked), "notice": known.notice if known else _notice_name(int(asked))}
    missing = missing_years(db.session(), day)
    wanted = missing[0] if missing else day.year + 1
    return {"year": wanted, "notice": _notice_name(wanted)}


def _notice_name(year: int) -> str:
    return f"国务院办公厅关于{year}年部分节假日安排的通知"


def _load(form: RegistryForm, day: date) -> str:
    typed = form.typed()
    understood: Notice = read_notice(typed["lines"], typed["year"])
    if understood.problems:
        raise Refused(understood.problems)
    load_year(
        db.session(),
        current_actor(),
        typed["year"],
        understood.exceptions,
        notice=typed["notice"] or "",
        today=day,
        replace=request.form.get("replace") == "1",
    )
    return url_for("calendar_admin.year", year=typed["year"])


def _months(days: Sequence[CalendarDay]) -> list[tuple[tuple[int, int], list[tuple[date, bool, str]]]]:
    """Days with their weekday, by month."""
    rows = [(row.day, row.working, WEEKDAYS[row.day.weekday()]) for row in days]
    return [(month, list(group)) for month, group in groupby(rows, key=lambda row: (row[0].year, row[0].month))]
