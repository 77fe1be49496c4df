"""业务字典: the words that forms offer and ledgers print, kept by the office: own, renamed, ended, in its order."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from risk_registry.accounts.sessions import current_actor
from risk_registry.casefile.context import current_day
from risk_registry.casefile.rewording import reword_words
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import STATUSES
from risk_registry.db.extension import db
from risk_registry.settings.dictionaries import (
    BOOKS,
    LABEL,
    LABEL_EN,
    REASON,
    Book,
    add_entry,
    end_entry,
    entries,
    move_entry,
    relabel_entry,
    version_of,
)
from risk_registry.settings.models import DictionaryEntry
from risk_registry.web.forms import form_class
from risk_registry.web.submit import submit

blueprint = Blueprint("dictionary_admin", __name__)

_CODE = Field(
    "code",
    N_("代码"),
    Kind.CODE,
    "entry",
    length=31,
    help=N_("可不填，由系统编排；上级统一规定代码的填上级的代码"),
    guarded=False,
)
_AXIS = Field("axis", N_("季报类别"), Kind.CHOICE, "entry", dictionary="axis", help=N_("季度报表中归入哪一类"))
_FROM = Field("valid_from", N_("启用日期"), Kind.DATE, "entry", Gate.DECLARE)
_TO = Field("valid_to", N_("停用日期"), Kind.DATE, "entry", Gate.DECLARE, help=N_("最后一个可以选用的日子"))

AddForm = form_class("AddForm", (LABEL, LABEL_EN, _AXIS, _CODE, _FROM))
RelabelForm = form_class("RelabelForm", (LABEL, LABEL_EN, _AXIS, _FROM, REASON))
EndForm = form_class("EndForm", (_TO, REASON))
MoveForm = form_class("MoveForm", [])


@blueprint.get("/admin/dictionaries")
def index() -> ResponseReturnValue:
    """Every dictionary with its words of today; the statuses beside them, which are steps and not words."""
    session, day = db.session(), current_day()
    books = []
    for book in BOOKS.values():
        groups = entries(session, book.name)
        offered = [row.label for group in groups for row in group if _valid(row, day)]
        books.append((book, offered, sum(group[0].code.startswith("own") for group in groups)))
    return render_template("admin/dictionaries/index.html", books=books, statuses=[_(term.zh) for term in STATUSES])


@blueprint.route("/admin/dictionaries/<name>", methods=["GET", "POST"])
def book(name: str) -> ResponseReturnValue:
    """The entries of one dictionary; its form moves one of them."""
    found = _book_or_404(name)
    form = MoveForm()

    def move() -> str:
        up, down = request.form.get("up", ""), request.form.get("down", "")
        move_entry(db.session(), current_actor(), name, up or down, up=bool(up))
        return url_for("dictionary_admin.book", name=name)

    answer = submit(form, move)
    if answer:
        return answer
    day, groups = current_day(), entries(db.session(), name)
    rows = [
        {
            "code": group[0].code,
            "rows": group,
            "last": group[-1],
            "state": _state(group, day),
            "ends": _may_end(found, group),
        }
        for group in groups
    ]
    return render_template("admin/dictionaries/book.html", book=found, rows=rows, form=form), form.http_status


@blueprint.route("/admin/dictionaries/<name>/new", methods=["GET", "POST"])
def add(name: str) -> ResponseReturnValue:
    """An entry of the office's own."""
    found = _book_or_404(name)
    if not found.grows:
        abort(404)
    form = AddForm(
        values={"valid_from": current_day()}, choices={"axis": _axes(found)}, require=Gate.DECLARE, also=_asked(found)
    )

    def act() -> str:
        typed = form.typed()
        add_entry(
            db.session(),
            current_actor(),
            name,
            label=typed["label"] or "",
            label_en=typed["label_en"] or "",
            axis=typed["axis"] or "",
            code=typed["code"] or "",
            valid_from=typed["valid_from"],
        )
        return url_for("dictionary_admin.book", name=name)

    answer = submit(form, act, done=_("已增加"))
    return answer or (render_template("admin/dictionaries/add.html", book=found, form=form), form.http_status)


@blueprint.route("/admin/dictionaries/<name>/<code>", methods=["GET", "POST"])
def relabel(name: str, code: str) -> ResponseReturnValue:
    """Another word from a day on; the page tells what happens to lines already written."""
    found, rows = _rows_or_404(name, code)
    last = rows[-1]
    form = RelabelForm(
        values={
            "label": last.label,
            "label_en": last.label_en or None,
            "axis": last.axis or None,
            "valid_from": current_day(),
        },
        choices={"axis": _axes(found)},
        require=Gate.DECLARE,
        also=_asked(found),
        version=version_of(db.session(), rows),
    )

    def act() -> str:
        session, actor, typed = db.session(), current_actor(), form.typed()
        reason = typed["reason"] or ""

        def reworded(dictionary: str, word: str, since: date) -> None:
            reword_words(session, actor, dictionary, word, since, reason=reason)

        relabel_entry(
            session,
            actor,
            name,
            code,
            label=typed["label"] or "",
            label_en=typed["label_en"] or "",
            axis=typed["axis"] or "",
            valid_from=typed["valid_from"],
            reason=reason,
            version=form.version.data or 0,
            reworded=reworded,
        )
        return url_for("dictionary_admin.book", name=name)

    answer = submit(form, act, done=_("已保存"))
    if answer:
        return answer
    if form.http_status == 409:
        form.version.data = version_of(db.session(), rows)
    page = render_template(
        "admin/dictionaries/relabel.html", book=found, form=form, rows=rows, last=last, ends=_may_end(found, rows)
    )
    return page, form.http_status


@blueprint.route("/admin/dictionaries/<name>/<code>/end", methods=["GET", "POST"])
def end(name: str, code: str) -> ResponseReturnValue:
    """Take an entry out of use after a day."""
    found, rows = _rows_or_404(name, code)
    if not _may_end(found, rows):
        abort(404)
    form = EndForm(values={"valid_to": current_day()}, require=Gate.DECLARE, version=version_of(db.session(), rows))

    def act() -> str:
        typed = form.typed()
        end_entry(
            db.session(),
            current_actor(),
            name,
            code,
            valid_to=typed["valid_to"],
            reason=typed["reason"] or "",
            version=form.version.data or 0,
        )
        return url_for("dictionary_admin.book", name=name)

    answer = submit(form, act, done=_("已停用"))
    if answer:
        return answer
    if form.http_status == 409:
        form.version.data = version_of(db.session(), rows)
    return render_template("admin/dictionaries/end.html", book=found, form=form, last=rows[-1]), form.http_status


def _book_or_404(name: str) -> Book:
    found = BOOKS.get(name)
    if found is None:
        abort(404)
    return found


def _rows_or_404(name: str, code: str) -> tuple[Book, list[DictionaryEntry]]:
    found = _book_or_404(name)
    rows = next((group for group in entries(db.session(), name) if group[0].code == code), None)
    if rows is None:
        abort(404)
    return found, rows


def _axes(book: Book) -> list[tuple[str, str]]:
    return [(axis, _(axis)) for axis in book.axes]


def _asked(book: Book) -> tuple[str, ...]:
    return ("label", "axis") if book.axes else ("label",)


def _may_end(book: Book, rows: list[DictionaryEntry]) -> bool:
    return rows[-1].valid_to is None and (book.grows or rows[0].code in book.may_end)


def _valid(row: DictionaryEntry, day: date) -> bool:
    return (row.valid_from or date.min) <= day and (row.valid_to is None or day <= row.valid_to)


def _state(rows: list[DictionaryEntry], day: date) -> str:
    """``open``, ``ended`` or ``later``, as of a day."""
    if any(_valid(row, day) for row in rows):
        return "open"
    return "ended" if (rows[-1].valid_from or date.min) <= day else "later"
