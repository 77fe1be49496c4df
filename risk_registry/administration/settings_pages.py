"""设置: what the office decides for itself, one page for each setting that says what it does and what it rests on."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from risk_registry.accounts.sessions import current_actor, signed_in
from risk_registry.administration.places import place
from risk_registry.casefile.context import current_day
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.numbering import format_number
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.extension import db
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.registry_office import OfficeNames, office_names
from risk_registry.settings.entries import BY_KEY, ENTRIES, SECTIONS, Entry
from risk_registry.settings.operations import BASIS, change_setting
from risk_registry.settings.queries import Held, held
from risk_registry.web.forms import RegistryForm, form_class
from risk_registry.web.submit import submit

blueprint = Blueprint("settings_admin", __name__)

_REASON = Field("reason", N_("修改原因"), Kind.TEXT, "setting", length=200, official=True)


def _value_field(entry: Entry) -> Field:
    whole = entry.kind is Kind.INTEGER
    return Field(
        "value",
        entry.label,
        entry.kind,
        "setting",
        None if entry.may_be_empty else Gate.DECLARE,
        length=entry.length if entry.kind is Kind.TEXT else None,
        dictionary="setting",
        help=entry.help,
        guarded=False,
        minimum=Decimal(entry.minimum) if whole else None,
        maximum=Decimal(entry.maximum) if whole else None,
    )


def _form(entry: Entry) -> type[RegistryForm]:
    attributes = {"value": {"data-unit": entry.unit, "data-width": "short"}} if entry.unit else {}
    return form_class("SettingForm", (_value_field(entry), BASIS, _REASON), attributes=attributes)


_FORMS = {entry.key: _form(entry) for entry in ENTRIES if entry.keepers and not entry.page}


@blueprint.get("/admin/settings")
def index() -> ResponseReturnValue:
    """Every setting with its value, what it rests on, and who changed it last."""
    session = db.session()
    found = held(session)
    sections = [
        (
            code,
            _(label),
            [_row(entry, found[entry.key]) for entry in ENTRIES if entry.section == code and entry.keepers],
        )
        for code, label in SECTIONS
    ]
    names = office_names(session)
    short = _short(session, names)
    return render_template(
        "admin/settings/index.html",
        sections=sections,
        office=names.on(current_day()),
        office_short=short,
        office_url=place("organisation_admin.index"),
        first_number_url=place("numbers.first"),
        example=_example(found["number_pattern"].value, short),
    )


def _row(entry: Entry, now: Held) -> dict[str, object]:
    """One line of the overview."""
    may = bool(signed_in().roles & set(entry.keepers))
    url = place(entry.page) if entry.page else place("settings_admin.change", "POST", key=entry.key) if may else ""
    return {"entry": entry, "held": now, "said": _said(entry, now.value), "url": url}


@blueprint.route("/admin/settings/<key>", methods=["GET", "POST"])
def change(key: str) -> ResponseReturnValue:
    """One setting: what it is, what changes with it from when on, and the document it rests on."""
    entry = BY_KEY.get(key)
    if entry is None or key not in _FORMS:
        abort(404)
    session = db.session()
    now = held(session)[key]
    options = {"setting": [(code, _(label)) for code, label in entry.choices]}
    form = _FORMS[key](
        values=_stored(entry, now),
        version=now.version,
        choices=options,
        require=Gate.DECLARE,
    )
    preview = request.form.get("action") == "preview" and form.validate(draft=True)
    answer = (
        None if request.form.get("action") == "preview" else submit(form, lambda: _save(form, key), done=_("已保存"))
    )
    if answer:
        return answer
    typed = form.typed()["value"]
    if form.http_status == 409:
        # What the other hand wrote; saving again is then deliberate.
        now = held(session)[key]
        form.version.data = now.version
    example, problem = "", ""
    if key == "number_pattern":
        example, problem = _previewed(session, str(typed or now.value))
    page = render_template(
        "admin/settings/change.html",
        entry=entry,
        form=form,
        held=now,
        section_label=_(dict(SECTIONS)[entry.section]),
        said=_said(entry, now.value),
        example=example,
        problem=problem,
        previewed=preview,
        differences=form.differences(_stored(entry, now)) if form.http_status == 409 else [],
    )
    status = 422 if problem and request.method == "POST" else form.http_status
    return page, status


def _said(entry: Entry, value: str) -> str:
    """The value in the reader's words."""
    return _(entry.said(value)) if entry.choices else entry.said(value)


def _stored(entry: Entry, now: Held) -> dict[str, object]:
    """Value and basis as they stand in the boxes."""
    value: object = now.value if entry.choices else entry.said(now.value)
    if entry.kind is Kind.INTEGER and now.value:
        value = int(now.value)
    return {"value": None if value == "" else value, "basis": now.basis or None}


def _save(form: RegistryForm, key: str) -> str:
    typed = form.typed()
    value = "" if typed["value"] is None else str(typed["value"])
    change_setting(
        db.session(),
        current_actor(),
        key,
        value,
        basis=typed["basis"] or "",
        reason=typed["reason"] or "",
        version=form.version.data or 0,
    )
    return url_for("settings_admin.index", _anchor=BY_KEY[key].section)


def _short(session: Session, names: OfficeNames) -> str:
    office = session.get(Organisation, names.organisation_id) if names.organisation_id is not None else None
    return (office.short or office.name) if office else ""


def _example(pattern: str, short: str) -> str:
    """How the first number of this year would read."""
    return format_number(pattern, short=short, year=current_day().year, seq=1)


def _previewed(session: Session, pattern: str) -> tuple[str, str]:
    """The example of a pattern, or what is wrong with it."""
    try:
        return _example(BY_KEY["number_pattern"].checked(pattern), _short(session, office_names(session))), ""
    except Refused as refused:
        return "", refused.problems[0].say(_)
