"""评估方法: versions of the risk index as data, shown line by line, added and ended; the office's own risk factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.accounts.sessions import current_actor
from risk_registry.administration.method_forms import (
    BOUNDS,
    COUNT_NAMES,
    OWN_NAMES,
    TRIGGER_SETS,
    VersionForm,
    content_from,
    placed,
    values_of,
)
from risk_registry.casefile.context import current_day
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.problems import Refused
from risk_registry.core.risk import number_text
from risk_registry.core.risk_factors import AREAS, LIBRARY_SOURCE
from risk_registry.core.risk_method import INDEX_428, Band, IndexMethod
from risk_registry.core.risk_method_content import SCALES
from risk_registry.core.text_marks import N_
from risk_registry.db.extension import db
from risk_registry.methods import operations
from risk_registry.methods.queries import Version, own_factors, version, versions
from risk_registry.settings.queries import WordBook
from risk_registry.web.forms import RegistryForm, form_class
from risk_registry.web.i18n import is_english
from risk_registry.web.submit import submit

blueprint = Blueprint("methods", __name__)

EndForm = form_class(
    "EndForm",
    [
        Field("valid_to", N_("停用日期"), Kind.DATE, "end", Gate.DECLARE, help=N_("最后一天有效的日期")),
        Field("reason", N_("理由"), Kind.TEXT, "end", Gate.DECLARE, 200),
    ],
)
_LETTERS = {"probability": "p", "impact": "q", "degree": "R", "composite": "I"}
FactorsForm = form_class(
    "FactorsForm",
    [Field(area.code, area.zh, Kind.LONG_TEXT, "factors", length=2000) for area in AREAS],
    attributes={area.code: {"rows": "3"} for area in AREAS},
)


@dataclass(frozen=True)
class Scale:
    """One scale of a version in words: (band, interval)."""

    label: str
    bands: Sequence[tuple[str, str]]


def scales_of(method: IndexMethod) -> list[Scale]:
    """The four scales; an interval leaves its lower bound to the band below (DOMAIN §3.2)."""
    return [Scale(gettext(label), _intervals(getattr(method, name), _LETTERS[name])) for name, label in SCALES.items()]


def _intervals(bands: Sequence[Band], letter: str) -> list[tuple[str, str]]:
    found, lower = [], ""
    for band in bands:
        upper = number_text(band.upper)
        text = f"{lower} < {letter} ≤ {upper}" if lower else f"0 ≤ {letter} ≤ {upper}"
        found.append((gettext(band.zh), text))
        lower = upper
    return found


def rules_of(method: IndexMethod, words: dict[str, str]) -> list[tuple[str, str]]:
    """(condition, level) of the rules of numbers and of the direct triggers."""
    degrees = {band.code: gettext(band.zh) for band in method.degree}
    counts = [
        (gettext("%(degree)s因素达到%(count)s个", degree=degrees[rule.degree], count=rule.at_least), words[rule.level])
        for rule in method.counts
    ]
    return counts + [(trigger.statement.say(gettext), words[trigger.level]) for trigger in method.triggers]


def _levels(session: Session) -> dict[str, str]:
    return dict(WordBook(session, english=is_english()).choices("level", current_day()))


def _title(found: Version) -> str:
    return gettext("随系统提供") if found.row is None else found.row.name


def _is_in_force(found: Version, all_of_them: Sequence[Version], day: date) -> bool:
    """Whether a round concluded on ``day`` is calculated by this version."""
    for item in all_of_them:
        row = item.row
        if row is None or (row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)):
            return item.number == found.number
    return False


@blueprint.get("/admin/methods")
def index() -> ResponseReturnValue:
    """Every version, the newest first, and which one is in force today."""
    found = versions(db.session())
    rows = [(item, _title(item), _is_in_force(item, found, current_day())) for item in found]
    own = own_factors(db.session(), current_day())
    return render_template("admin/methods/index.html", rows=rows, own=sum(len(names) for names in own.values()))


@blueprint.get("/admin/methods/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """One version line by line, for everybody who calculates by it."""
    found = version(db.session(), number) or abort(404)
    return _show_page(found, EndForm(values={"valid_to": current_day()}, require=Gate.DECLARE))


def _show_page(found: Version, form: RegistryForm) -> str:
    method = found.method
    degrees = {band.code: gettext(band.zh) for band in method.degree}
    return render_template(
        "admin/methods/show.html",
        found=found,
        title=_title(found),
        source=gettext(method.source) if found.row is None else method.source,
        scales=scales_of(method),
        rules=rules_of(method, _levels(db.session())),
        measure_from=degrees[method.measure_from],
        tolerance=number_text(method.weight_tolerance),
        form=form,
    )


@blueprint.post("/admin/methods/<int:number>/end")
def end(number: int) -> ResponseReturnValue:
    """停用: the last day on which a version is offered."""
    found = version(db.session(), number) or abort(404)
    row = found.row or abort(404)
    form = EndForm(require=Gate.DECLARE)

    def act() -> str:
        values = form.typed()
        operations.end_version(
            db.session(), current_actor(), row, valid_to=values["valid_to"], reason=values["reason"] or ""
        )
        return url_for("methods.index")

    answer = submit(form, act, done=gettext("已设定停用日期"))
    return answer or (_show_page(found, form), form.http_status)


@blueprint.route("/admin/methods/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A later version, beginning with the numbers of the newest."""
    newest = versions(db.session())[0].method
    choices = {
        "measure_from": [(band.code, gettext(band.zh)) for band in INDEX_428.degree],
        "trigger_set": [(code, gettext(label)) for code, label in TRIGGER_SETS],
    }
    form = VersionForm(values={**values_of(newest), "valid_from": current_day()}, choices=choices, require=Gate.DECLARE)

    def act() -> str:
        values = form.typed()
        texts = {name: str(values[name]) for name in ("name", "basis")}
        try:
            row = operations.add_version(
                db.session(), current_actor(), **texts, content=content_from(values), valid_from=values["valid_from"]
            )
        except Refused as refused:
            raise placed(refused) from None
        return url_for("methods.show", number=row.version)

    answer = submit(form, act, done=gettext("已增加方法版本"))
    page = render_template(
        "admin/methods/new.html", form=form, bounds=BOUNDS, scales=SCALES, counts=COUNT_NAMES, own=OWN_NAMES
    )
    return answer or (page, form.http_status)


@blueprint.route("/admin/methods/factors", methods=["GET", "POST"])
def factors() -> ResponseReturnValue:
    """The library of risk factors, and the office's own ones by area, one a line."""
    day = current_day()
    own = own_factors(db.session(), day)
    form = FactorsForm(values={code: "\n".join(names) for code, names in own.items() if names})

    def act() -> str:
        typed = form.typed()
        named = {area.code: (typed[area.code] or "").split("\n") for area in AREAS}
        named = {code: [name for name in names if name.strip()] for code, names in named.items()}
        operations.set_own_factors(db.session(), current_actor(), named, valid_from=day)
        return url_for("methods.factors")

    answer = submit(form, act, done=gettext("已保存自有风险因素"))
    areas = [(area.code, gettext(area.zh), area.factors) for area in AREAS]
    page = render_template("admin/methods/factors.html", form=form, areas=areas, source=gettext(LIBRARY_SOURCE))
    return answer or (page, form.http_status)
