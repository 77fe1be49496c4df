"""The annual figures, each with the lines behind it."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.accounts.sessions import current_actor
from risk_registry.core.problems import Refused
from risk_registry.db.clock import from_stamp
from risk_registry.db.engine import begin_write
from risk_registry.db.extension import db
from risk_registry.ledgers.asking import figures_of
from risk_registry.ledgers.bar import query_bar
from risk_registry.ledgers.export import record, region_of, settle
from risk_registry.ledgers.reading import address, read_question, unit_of
from risk_registry.statistics.joint import partners
from risk_registry.statistics.presentation import Figures
from risk_registry.statistics.queries import counts as count
from risk_registry.statistics.workbook import CountsBook
from risk_registry.web.downloads import XLSX, download
from risk_registry.web.i18n import is_english

blueprint = Blueprint("statistics", __name__)


@blueprint.get("/counts")
def counts() -> ResponseReturnValue:
    """The sentence, the figures, their rules and their tables, for any period and any two times."""
    reading = read_question()
    bar = {
        "reading": reading,
        "bar": query_bar(reading, "statistics.counts", figures=True),
        "problems": [(problem.field, problem.say(gettext)) for problem in reading.problems],
    }
    if reading.asked is None:
        return render_template("statistics/counts.html", **bar, asked=None), 422
    asked, session = figures_of(reading.asked), db.session()
    found = count(session, asked.query, english=is_english())
    figures = Figures(asked, found, reading.choices.order())
    columns, matrix = figures.matrix()
    return render_template(
        "statistics/counts.html",
        **bar,
        asked=asked,
        counts=found,
        figures=figures,
        joint=figures.joint(partners(session, asked.query)),
        matrix_columns=columns,
        matrix=matrix,
        bridge_due=asked.question.as_of <= asked.question.last,
        region=region_of(asked.office),
        xlsx=address("statistics.export", asked.args),
        fixed_url=address("statistics.counts", asked.fixed()),
        partial_counts=asked.settings.on("partial_counts_as_pass"),
    )


@blueprint.get("/counts.xlsx")
def export() -> ResponseReturnValue:
    """The same figures as a workbook; what leaves is recorded as of a ledger."""
    reading = read_question()
    if reading.asked is None:
        raise Refused(reading.problems)
    asked, session, actor = figures_of(reading.asked), db.session(), current_actor()
    begin_write(session)
    row = record(session, actor, asked, kind="counts-xlsx")
    head, number, started = row.head, row.id, row.started_at
    session.commit()
    book = CountsBook(
        counts=count(session, asked.query),
        asked=asked,
        order=reading.choices.order(),
        unit=unit_of(asked),
        head=head,
        made=from_stamp(started),
        partners=partners(session, asked.query),
    )
    file = BytesIO()
    written = book.write(file)
    begin_write(session)
    settle(session, number, written)
    session.commit()
    return download(file.getvalue(), f"{book.title}.xlsx", XLSX)
