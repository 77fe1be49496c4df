"""The ledger on screen and as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape
from sqlalchemy import Row

from risk_registry.accounts.sessions import current_actor, signed_in
from risk_registry.casefile.columns import PRINT_LEDGER
from risk_registry.core.counting import MEASURE_BY_ID
from risk_registry.core.problems import Refused
from risk_registry.core.vocabulary import STATUS_GROUPS, STATUSES, labels
from risk_registry.db.engine import begin_write
from risk_registry.db.extension import db
from risk_registry.ledgers.asking import LABELS, WORDS, Asked
from risk_registry.ledgers.choices import MOST_KEPT
from risk_registry.ledgers.export import FileKind, Layout, begin, finish, ledger_title, write
from risk_registry.ledgers.listing import OUT, SIZE, Total, line_page, uncounted
from risk_registry.ledgers.reading import Reading, address, read_question
from risk_registry.web.downloads import download
from risk_registry.web.listing import read_cursor
from risk_registry.web.paging import COUNT_CAP, Cursor, Page

blueprint = Blueprint("ledgers", __name__)

_MIMETYPES: dict[FileKind, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
_STATUS_LABELS = labels(STATUSES)
_IN_MEMORY = 8 * 1024 * 1024
_PIECE = 64 * 1024


class Pieces(dict[Any, Any]):
    """Ready pieces of a row by what they say: the same few words and units fill most cells of a page."""

    def __init__(self, make: Callable[[Any], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> str:
        made = self[key] = str(self._make(key))
        return made


def _number_cell(key: tuple[str | None, str]) -> str:
    """备案编号, and 办理状态 where it is not filed. A number may break before its year, nowhere else."""
    number, status = key
    shown = str(escape(number or "")).replace("〔", "<wbr>〔")
    if status == "filed":
        return shown
    return f'{shown}{"<br>" if shown else ""}<span class="tag tag-{escape(status)}">{_word_of(status)}</span>'


def _word_of(status: str) -> str:
    return str(escape(gettext(_STATUS_LABELS.get(status, status))))


def _tag(axis: str) -> Callable[[tuple[str | None, str | None]], str]:
    def make(key: tuple[str | None, str | None]) -> str:
        code, word = key
        return f'<span class="tag {axis}-{escape(code)}">{escape(word or code)}</span>' if code else ""

    return make


@blueprint.get("/ledger")
def ledger() -> ResponseReturnValue:
    """The lines of a question, fifty a page; any address of it can be kept and sent on."""
    reading = read_question()
    asked = reading.asked
    if asked is None:
        return render_template("ledgers/ledger.html", **_bar(reading), asked=None), 422
    cursor = read_cursor(request.args.get("cursor"))
    exact = request.args.get("exact") == "1"
    page = line_page(db.session(), asked.query, cursor)
    total = _total(reading, page, cursor, cap=None if exact else COUNT_CAP)
    first = _first_number(cursor, total, len(page.rows))
    return render_template(
        "ledgers/ledger.html",
        **_bar(reading),
        asked=asked,
        rows=page.rows,
        first=first,
        total=total,
        uncounted=_uncounted(reading, page, total),
        pages=_page_links(asked, page.previous, page.next, first=first, shown=len(page.rows), exact=exact),
        words=Pieces(lambda text: escape(text or "")),
        numbers=Pieces(_number_cell),
        levels=Pieces(_tag("level")),
        outcomes=Pieces(_tag("outcome")),
        matters=f"{request.script_root}/matters/",
        columns=PRINT_LEDGER,
        title=ledger_title(asked),
        **_links(asked),
        unit=_unit(asked),
    )


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
    """The same question as a file: ``layout=print`` for the 14 columns of A4."""
    reading = read_question()
    if reading.asked is None:
        raise Refused(reading.problems)
    layout: Layout = "print" if request.args.get("layout") == "print" else "full"
    actor, session = current_actor(), db.session()
    begin_write(session)
    opened = begin(session, actor, reading.asked, kind=kind, layout=layout, unit=_unit(reading.asked))
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


def _unit(asked: Asked) -> str:
    """Who fills the ledger in: a department its own, else the office."""
    if asked.query.scope.kind in ("own", "subtree"):
        return signed_in().organisation_name
    return asked.settings["office_name"]


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


def _links(asked: Asked) -> dict[str, str]:
    """Addresses of the same lines in other forms, and of a wider question."""
    words, measure = asked.words(), asked.query.filter.measure
    return {
        "xlsx": address("ledgers.export", words, kind="xlsx"),
        "printed": address("ledgers.export", {**words, "layout": "print"}, kind="xlsx"),
        "csv": address("ledgers.export", words, kind="csv"),
        "exact_url": address("ledgers.ledger", {**words, "exact": "1"}),
        "fixed_url": address("ledgers.ledger", asked.fixed()),
        "first_url": address("ledgers.ledger", words),
        "counted_url": address("ledgers.ledger", asked.with_measure("assessed")),
        "wide_url": address("ledgers.ledger", asked.words(basis="all", measure=None)),
        "rule": MEASURE_BY_ID[measure].rule if measure else "",
    }


def _page_links(
    asked: Asked, previous: Cursor | None, following: Cursor | None, *, first: int | None, shown: int, exact: bool
) -> dict[str, str]:
    """Addresses of the first, previous, next and last page, where there is one."""
    kept = {**asked.words(), **({"exact": "1"} if exact else {})}

    def at(cursor: Cursor, number: int | None = None) -> str:
        carried = {} if number is None else {"n": str(number)}
        return address("ledgers.ledger", {**kept, "cursor": cursor.encode(), **carried})

    links = {}
    if previous is not None:
        links["first"] = address("ledgers.ledger", kept)
        links["previous"] = at(previous, None if first is None else max(1, first - SIZE))
    if following is not None:
        links["next"] = at(following, None if first is None else first + shown)
        links["last"] = at(Cursor(backwards=True))
    return links


def _bar(reading: Reading) -> dict[str, object]:
    """The query bar, and what else the page says of the question: filters without a control, faults."""
    extra = _extra(reading)
    return {
        "reading": reading,
        "extra": extra,
        "bar": _rendered_bar(reading, extra),
        "problems": [(problem.field, problem.say(gettext)) for problem in reading.problems],
    }


def _rendered_bar(reading: Reading, extra: list[tuple[str, str, str, str, str]]) -> Markup:
    """The same words in the same choices are the same bar: it is rendered once until anything is recorded."""
    known = reading.choices.bars
    key = (str(get_locale()), request.script_root, str(reading.asked is None), *map(reading.given, WORDS))
    if key not in known:
        if len(known) >= MOST_KEPT:
            known.clear()
        more = "from to basis level_before level_after outcome kind field as_of known_at".split()
        known[key] = current_app.jinja_env.get_template("ledgers/bar.html").render(
            reading=reading,
            asked=reading.asked,
            choices=reading.choices,
            given=reading.given,
            groups=[(",".join(codes), label) for _code, label, codes in STATUS_GROUPS if len(codes) > 1],
            more_open=any(reading.given(name) for name in more),
            extra=extra,
        )
    return Markup(known[key])  # our own template's output


def _extra(reading: Reading) -> list[tuple[str, str, str, str, str]]:
    """Filters that no control of the bar shows: (word, code, label, text, address without it)."""
    if reading.asked is None:
        return []
    asked = reading.asked
    texts = dict(reading.choices.filters(asked))
    return [
        (name, asked.args[name], LABELS[name], texts[name], address("ledgers.ledger", asked.words(**{name: None})))
        for name in ("measure", "office", "month")
        if name in asked.args
    ]
