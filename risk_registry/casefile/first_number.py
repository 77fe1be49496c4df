"""The page on which an administrator sets a year's first filing number, before the registry gives one (DOMAIN §4.6)."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from risk_registry.casefile.context import current_act
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.numbering import format_number
from risk_registry.core.text_marks import N_
from risk_registry.db.extension import db
from risk_registry.filings.models import NumberCounter
from risk_registry.filings.numbers import set_first_number
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import options
from risk_registry.web.forms import form_class
from risk_registry.web.submit import submit

blueprint = Blueprint("numbers", __name__)

FIELDS = (
    Field("office", N_("备案机关"), Kind.ORGANISATION, "number", Gate.DECLARE),
    Field("year", N_("年份"), Kind.INTEGER, "number", Gate.DECLARE, minimum=Decimal(1990), maximum=Decimal(2100)),
    Field(
        "first",
        N_("首号"),
        Kind.INTEGER,
        "number",
        Gate.DECLARE,
        minimum=Decimal(1),
        maximum=Decimal(99999),
        help=N_("系统在该年度给出的第一个编号。启用前已有纸质编号的，填其后一号"),
    ),
)
NumberForm = form_class("NumberForm", FIELDS)


@blueprint.route("/admin/numbers", methods=["GET", "POST"])
def first() -> ResponseReturnValue:
    """The counters there are, and a form for a year that has none in use yet."""
    session = db.session()
    act = current_act()
    offices = options(session, kinds=("filing_office",), on=act.today)
    form = NumberForm(choices={"office": [(str(number), name) for number, name in offices]}, require=Gate.DECLARE)

    def set_it() -> str:
        values = form.typed()
        office = session.get_one(Organisation, values["office"])
        set_first_number(session, current_act(), office, values["year"], values["first"])
        return url_for("numbers.first")

    answer = submit(form, set_it, done=_("已设定首号"))
    if answer:
        return answer
    query = select(NumberCounter, Organisation).join(Organisation, NumberCounter.office_id == Organisation.id)
    counters = [
        (office.name, counter.year, counter.opening, _next(act.settings["number_pattern"], office, counter))
        for counter, office in session.execute(query.order_by(NumberCounter.year.desc(), Organisation.code))
    ]
    return render_template("casefile/first_number.html", form=form, counters=counters), form.http_status


def _next(pattern: str, office: Organisation, counter: NumberCounter) -> str:
    return format_number(pattern, short=office.short or office.name, year=counter.year, seq=counter.last + 1)
