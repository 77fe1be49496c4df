"""The ledger on screen and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Row

from risk_registry.accounts.sessions import current_actor
from risk_registry.casefile.back import back_words
from risk_registry.core.counting import MEASURE_BY_ID
from risk_registry.core.problems import Refused
from risk_registry.core.status import OUT
from risk_registry.db.clock import today
from risk_registry.db.engine import begin_write
from risk_registry.db.extension import db
from risk_registry.ledgers import column_pages, export_log, view_pages
from risk_registry.ledgers.asking import WORDS, Asked
from risk_registry.ledgers.bar import query_bar, unshown
from risk_registry.ledgers.cells import Table
from risk_registry.ledgers.export import FileKind, Layout, begin, finish, ledger_title, paper_for, write
from risk_registry.ledgers.listing import SIZE, Total, line_page, uncounted
from risk_registry.ledgers.queries import KeptView, find_view, visible_views
from risk_registry.ledgers.reading import Reading, address, read_ledger, unit_of
from risk_registry.ledgers.showing import Showing, line_names, read_showing
from risk_registry.web.downloads import XLSX, download
from risk_registry.web.listing import read_cursor
from risk_registry.web.paging import COUNT_CAP, Cursor, Page

blueprint = Blueprint("ledgers", __name__)
column_pages.add_to(blueprint)
export_log.add_to(blueprint)
view_pages.add_to(blueprint)

_MIMETYPES: dict[FileKind, str] = {
    "xlsx": XLSX,
    "csv": "text/csv",
}
_LAYOUTS: dict[str, Layout] = {"print": "print", "shown": "shown"}
#: Page of a printed ledger by the paper its columns need.
_PAGES = {"A3": "css/print-a3.css", "A4": "css/print-landscape.css"}
_IN_MEMORY = 8 * 1024 * 1024
_PIECE = 64 * 1024


@dataclass(frozen=True)
class Shown:
    """A question understood, how it is shown, and the view it came from; every address of its page is made here."""

    asked: Asked
    showing: Showing
    kept: KeptView | None

    def words(self, **changes: str | None) -> dict[str, str]:
        """The words of a link to the same, with some words of the question changed."""
        return {**self.asked.words(**changes), **self.showing.words}

    @property
    def title(self) -> str:
        """Title on paper: the view's own, else the usual one."""
        return (self.kept.heading if self.kept else "") or ledger_title(self.asked)

    def links(self) -> dict[str, str]:
        """Addresses of the same lines in other forms, and of a wider question."""
        words, measure, shown = self.words(), self.asked.query.filter.measure, self.showing.words
        return {
            "xlsx": address("ledgers.export", words, kind="xlsx"),
            "printed": address("ledgers.export", {**words, "layout": "print"}, kind="xlsx"),
            "csv": address("ledgers.export", words, kind="csv"),
            "shown_xlsx": address("ledgers.export", {**words, "layout": "shown"}, kind="xlsx"),
            "shown_csv": address("ledgers.export", {**words, "layout": "shown"}, kind="csv"),
            "exact_url": address("ledgers.ledger", {**words, "exact": "1"}),
            "fixed_url": address("ledgers.ledger", {**self.asked.fixed(), **shown}),
            "first_url": address("ledgers.ledger", words),
            "counted_url": address("ledgers.ledger", {**self.asked.with_measure("assessed"), **shown}),
            "wide_url": address("ledgers.ledger", self.words(basis="all", measure=None)),
            "columns_url": address("ledgers.columns", words),
            "save_url": address("ledgers.new_view", words),
            "rule": MEASURE_BY_ID[measure].rule if measure else "",
        }


@blueprint.get("/ledger")
def ledger() -> ResponseReturnValue:
    """The lines of a question, fifty a page; any address of it can be kept and sent on.

    ``view`` alone is the name of a question: the answer is the address that spells it out.
    """
    if "view" in request.args and not {*WORDS, "cols", "sort"} & {*request.args}:
        return redirect(_spelled_out())
    reading, showing, problems = read_ledger()
    said = [(problem.field, problem.say(gettext)) for problem in problems]
    extra = unshown(reading, "ledgers.ledger")
    page: dict[str, Any] = {"reading": reading, "extra": extra, "problems": said, "views": _views(reading)}
    page["bar"] = query_bar(reading, "ledgers.ledger", extra)
    if reading.asked is None or problems:
        return render_template("ledgers/ledger.html", **page, asked=None), 422
    return render_template("ledgers/ledger.html", **page, **_lines(reading, _shown(reading.asked, showing)))


def _lines(reading: Reading, shown: Shown) -> dict[str, Any]:
    """A page of lines with everything said around it."""
    asked, showing = shown.asked, shown.showing
    cursor, exact = read_cursor(request.args.get("cursor")), request.args.get("exact") == "1"
    page = line_page(db.session(), asked.query, cursor, showing)
    total = _total(reading, page, cursor, cap=None if exact else COUNT_CAP)
    first, rows = _first_number(cursor, total, len(page.rows)), page.rows
    table = Table(showing.columns, line_names(showing), f"{request.script_root}/matters/", back_words())
    whole = len(rows) == total.lines
    return {
        "asked": asked,
        "shown": shown,
        "rows": rows,
        "body": table.body(rows, first),
        "sums": table.total(rows, *_sum_words(len(rows), whole)) if rows else "",
        "first": first,
        "total": total,
        "uncounted": _uncounted(reading, page, total),
        "pages": _page_links(shown, page.previous, page.next, first=first, shown_rows=len(rows), exact=exact),
        "columns": [(column.key, gettext(column.heading)) for column in showing.columns],
        "title": shown.title,
        "page_css": _PAGES[paper_for(showing.columns)],
        **shown.links(),
        "changed": shown.kept is not None and shown.words() != shown.kept.words_on(reading.today),
        "sort": showing.sort_label,
        "unit": unit_of(asked),
    }


def _sum_words(number: int, whole: bool) -> tuple[str, str]:
    label = gettext("合计") if whole else gettext("本页小计")
    return label, gettext("%(count)s件次", count=number)


def _spelled_out() -> str:
    """The address a view stands for today; 404 for one the reader may not open."""
    actor, session, number = current_actor(), db.session(), read_showing({"view": request.args["view"]}).view
    kept = None if number is None else find_view(session, actor, number)
    if kept is None:
        abort(404)
    return address("ledgers.ledger", kept.words_on(today(session.info["clock"])))


def _shown(asked: Asked, showing: Showing) -> Shown:
    kept = find_view(db.session(), current_actor(), showing.view) if showing.view is not None else None
    return Shown(asked, showing if kept else showing.without_view(), kept)


def _views(reading: Reading) -> list[tuple[int, str]]:
    """The views the reader may open; every change of one is recorded, so they are kept with the other choices."""
    known, actor = reading.choices.views, current_actor()
    account = actor.account_id or 0
    if account not in known:
        known[account] = [(kept.view.id, kept.view.name) for kept in visible_views(db.session(), actor)]
    return known[account]


def _total(reading: Reading, page: Page[Row[Any]], cursor: Cursor, *, cap: int | None) -> Total:
    """The size of the list; a list of one page has been counted by showing it."""
    assert reading.asked is not None
    query = reading.asked.query
    measure = MEASURE_BY_ID.get(query.filter.measure)
    if cursor == Cursor() and page.next is None and not (measure and measure.distinct_matters):
        return Total(len(page.rows))
    return reading.count(query, cap=cap)


@blueprint.get("/ledger.xlsx", defaults={"kind": "xlsx"})
@blueprint.get("/ledger.csv", defaults={"kind": "csv"})
def export(kind: FileKind) -> ResponseReturnValue:
    """The same question as a file: all columns, ``layout=print`` the 14 of A4, ``layout=shown`` those on screen."""
    reading, showing, problems = read_ledger()
    if reading.asked is None or problems:
        raise Refused(problems)
    shown = _shown(reading.asked, showing)
    layout: Layout = _LAYOUTS.get(request.args.get("layout", ""), "full")
    heading = shown.kept.heading if shown.kept else ""
    actor, session = current_actor(), db.session()
    begin_write(session)
    opened = begin(
        session,
        actor,
        shown.asked,
        kind=kind,
        layout=layout,
        unit=unit_of(shown.asked),
        showing=shown.showing,
        heading=heading,
    )
    session.commit()
    file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed when the last piece is sent
    try:
        written = write(session, opened, file)  # type: ignore[arg-type]  # the spooled file is one in all but name
        begin_write(session)
        finish(session, opened, written)
        session.commit()
    except BaseException:
        file.close()
        raise
    return download(_pieces(file), opened.file_name, _MIMETYPES[kind])


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _uncounted(reading: Reading, page: Page[Row[Any]], total: Total) -> int:
    """How many of the listed lines no count counts; zero also where counting the list was not worth its time."""
    assert reading.asked is not None
    query = uncounted(reading.asked.query)
    if query is None or total.capped:
        return 0
    if len(page.rows) == total.lines:
        return sum(row.status in OUT for row in page.rows)
    return reading.count(query).lines


def _first_number(cursor: Cursor, total: Total, shown: int) -> int | None:
    """序号 of the first line shown: carried from page to page, counted from the end on the last; else unknown."""
    if cursor.key is None and not cursor.backwards:
        return 1
    if cursor.key is None:
        return None if total.capped else max(1, total.lines - shown + 1)
    carried = request.args.get("n", "")
    return int(carried) if carried.isascii() and carried.isdigit() and 0 < len(carried) < 9 else None


def _page_links(
    of: Shown, previous: Cursor | None, following: Cursor | None, *, first: int | None, shown_rows: int, exact: bool
) -> dict[str, str]:
    """Addresses of the first, previous, next and last page, where there is one."""
    kept = {**of.words(), **({"exact": "1"} if exact else {})}

    def at(cursor: Cursor, number: int | None = None) -> str:
        carried = {} if number is None else {"n": str(number)}
        return address("ledgers.ledger", {**kept, "cursor": cursor.encode(), **carried})

    links = {}
    if previous is not None:
        links["first"] = address("ledgers.ledger", kept)
        links["previous"] = at(previous, None if first is None else max(1, first - SIZE))
    if following is not None:
        links["next"] = at(following, None if first is None else first + shown_rows)
        links["last"] = at(Cursor(backwards=True))
    return links
