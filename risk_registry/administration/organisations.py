"""机构: the directory, one organisation with its names and lineage, and every change of one but merger and split."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.accounts.sessions import current_actor
from risk_registry.administration import organisation_forms as forms
from risk_registry.administration import organisation_reforms as reforms
from risk_registry.administration.places import place
from risk_registry.casefile import reorganisation
from risk_registry.casefile.context import current_act, current_day
from risk_registry.casefile.rewording import lines_naming
from risk_registry.core.fields import Gate
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import labels
from risk_registry.db.extension import db
from risk_registry.organisations import operations
from risk_registry.organisations.directory import children, dated_names, directory, open_options
from risk_registry.organisations.fields import ORGANISATION_KINDS, REGISTRATION_STATUSES
from risk_registry.organisations.lineage import lineage_of
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import in_use, name_on
from risk_registry.web.access import SAFE_METHODS
from risk_registry.web.forms import RegistryForm
from risk_registry.web.submit import submit

blueprint = Blueprint("organisation_admin", __name__)

KIND_LABELS = labels(ORGANISATION_KINDS)
_STATUS_LABELS = labels(REGISTRATION_STATUSES)
_LISTED = 50


def organisation_of(number: int) -> Organisation:
    """The organisation of the address; 404 for none."""
    found = db.session().get(Organisation, number) if number < 2**31 else None
    if found is None:
        abort(404)
    return found


def own_url(organisation: Organisation) -> str:
    """The page of an organisation."""
    return url_for("organisation_admin.detail", number=organisation.id)


@blueprint.get("/admin/organisations")
def index() -> ResponseReturnValue:
    """The directory as a tree; what a search finds; the closed ones folded."""
    session, day = db.session(), current_day()
    form = forms.DirectoryQuery(choices={"kind": forms.kind_options()})
    form.validate()
    asked = form.typed()
    top = organisation_of(under) if (under := request.args.get("under", 0, type=int)) else None
    found = directory(
        session, day, text=asked["text"] or "", kind=asked["kind"] or "", under=top.id if top is not None else None
    )
    return render_template(
        "admin/organisations/index.html",
        form=form,
        found=found,
        searching=bool(asked["text"] or asked["kind"]),
        top=top,
        kinds=KIND_LABELS,
        people=reorganisation.people(session),
        today=day,
    )


@blueprint.get("/admin/organisations/<int:number>")
def detail(number: int) -> ResponseReturnValue:
    """One organisation: facts, names by day, lineage, what hangs below it, its accounts and what it has to do."""
    session, day, unit = db.session(), current_day(), organisation_of(number)
    below = children(session, unit.id, day)
    people = reorganisation.accounts_of(session, [unit.id])
    return render_template(
        "admin/organisations/detail.html",
        unit=unit,
        name=name_on(session, unit.id, day),
        parent=session.get(Organisation, unit.parent_id) if unit.parent_id is not None else None,
        kind=gettext(KIND_LABELS[unit.kind]),
        registration=gettext(_STATUS_LABELS[unit.reg_status]) if unit.reg_status else "",
        open=in_use(unit, day) or unit.valid_from > day,
        names=dated_names(session, unit.id),
        lineage=lineage_of(session, unit.id),
        below=[item for item in below if in_use(item, day)],
        closed_below=[item for item in below if not in_use(item, day)],
        people=people[:_LISTED],
        people_total=len(people),
        people_url=place("account_admin.index", organisation=unit.code),
        log_url=place("home.events", kind="organisation", subject=f"（{unit.code}）"),
        kinds=KIND_LABELS,
        today=day,
        work=reforms.work_of(session, [unit.id]),
    )


@blueprint.route("/admin/organisations/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A new organisation."""
    session, day = db.session(), current_day()
    choices = {
        "kind": forms.kind_options(),
        "parent_id": open_options(session),
        "reg_status": forms.registration_options(),
    }
    under = request.args.get("under", type=int)
    values = {"valid_from": day.replace(month=1, day=1), "parent_id": under, "kind": "department"}
    form = forms.NewForm(values=values, choices=choices, require=Gate.DECLARE)

    def act() -> str:
        typed = form.typed()
        parent = _parent(db.session(), typed.pop("parent_id"), str(typed["kind"]))
        made = operations.create_organisation(db.session(), current_actor(), values=typed, parent=parent)
        return own_url(made)

    answer = submit(form, act, done=gettext("机构已建立"))
    page = render_template("admin/organisations/new.html", form=form, registration=forms.REGISTRATION)
    return answer or (page, form.http_status)


_ROOTS = frozenset({"decision_body", "filing_office", "third_party"})
_NO_PARENT = N_("上级机构：部门、乡镇街道和实施单位须选择上级机构，否则报送时找不到备案机关")


def _parent(session: Session, number: int | None, kind: str) -> Organisation | None:
    """The parent chosen on a form. Raises ``Refused`` when an organisation of this kind needs one."""
    if number is None:
        if kind not in _ROOTS:
            raise Refused.one("parent_id", _NO_PARENT)
        return None
    return session.get_one(Organisation, number)


@blueprint.route("/admin/organisations/<int:number>/edit", methods=["GET", "POST"])
def edit(number: int) -> ResponseReturnValue:
    """Credit code, region, and a third party's registration."""
    unit = _open_one(number)
    third = unit.kind == "third_party"
    names = ["uscc", "region_code", *(forms.REGISTRATION if third else ())]
    form = (forms.ThirdPartyForm if third else forms.EditForm)(
        values={name: getattr(unit, name) for name in names},
        choices={"reg_status": forms.registration_options()},
        version=unit.version,
        require=Gate.DECLARE,
    )

    def act() -> str:
        typed = form.typed()
        reason = typed.pop("reason") or ""
        operations.change_organisation(
            db.session(), current_actor(), unit, values=typed, reason=reason, version=form.version.data
        )
        return own_url(unit)

    return _changed(form, unit, act, gettext("修改机构信息"), [*names, "reason"])


@blueprint.route("/admin/organisations/<int:number>/move", methods=["GET", "POST"])
def move(number: int) -> ResponseReturnValue:
    """Another place in the tree."""
    session, unit = db.session(), _open_one(number)
    options = open_options(session, without=[unit.id])
    form = forms.MoveForm(
        values={"parent_id": unit.parent_id},
        choices={"parent_id": options},
        version=unit.version,
        require=Gate.DECLARE,
    )

    def act() -> str:
        typed = form.typed()
        parent = _parent(db.session(), typed["parent_id"], unit.kind)
        operations.move_organisation(
            db.session(),
            current_actor(),
            unit,
            parent=parent,
            reason=typed["reason"] or "",
            version=form.version.data or 0,
        )
        return own_url(unit)

    notes = (
        N_("数据范围为“本单位及下级”的账号，从保存起按新的隶属关系查看事项。"),
        N_("以后申报的事项送新隶属关系中最近的备案机关；已申报的事项，备案机关不变。"),
    )
    return _changed(form, unit, act, gettext("调整隶属"), ["parent_id", "reason"], notes)


@blueprint.route("/admin/organisations/<int:number>/close", methods=["GET", "POST"])
def close(number: int) -> ResponseReturnValue:
    """The last day of an organisation that nobody follows."""
    unit = _open_one(number)
    form = forms.CloseForm(version=unit.version, require=Gate.DECLARE)

    def act() -> str:
        typed = form.typed()
        operations.close_organisation(
            db.session(),
            current_actor(),
            unit,
            valid_to=typed["valid_to"],
            reason=typed["reason"] or "",
            version=form.version.data or 0,
        )
        return own_url(unit)

    notes = (
        N_("停用后不能再选用，以前的事项、台账和统计都保留原样。"),
        N_("职能由别的机构承接的，请用“合并”或“拆分”，未办结的事项和账号才会一并转过去。"),
        N_("停用不影响登录：不再使用的账号请在账号管理中停用。"),
    )
    work = reforms.work_of(db.session(), [unit.id])
    return _changed(form, unit, act, gettext("停用机构"), ["valid_to", "reason"], notes, work=work)


@blueprint.route("/admin/organisations/<int:number>/rename", methods=["GET", "POST"])
def rename(number: int) -> ResponseReturnValue:
    """Another name from a day on; before lines of past days are reworded, how many is shown first."""
    unit = _open_one(number)
    values = {"name": unit.name, "short": unit.short}
    form = forms.RenameForm(values=values, version=unit.version, require=Gate.DECLARE)

    def act() -> str:
        typed = form.typed()
        reorganisation.rename(
            db.session(),
            current_act(),
            unit,
            name=typed["name"],
            short=typed["short"] or "",
            valid_from=typed["valid_from"],
            reason=typed["reason"] or "",
            version=form.version.data or 0,
        )
        return own_url(unit)

    touched = _touched(form, unit)
    if touched:
        return _rename_page(form, unit, touched)
    answer = submit(form, act, done=gettext("更名已登记"))
    return answer or _rename_page(form, unit, 0)


def _touched(form: RegistryForm, unit: Organisation) -> int:
    """The lines whose words a posted renaming would change, while they were not confirmed yet."""
    if request.method in SAFE_METHODS or not form.validate():
        return 0
    since = form.typed()["valid_from"]
    found = lines_naming(db.session(), unit.id, since) if since <= current_day() else 0
    return 0 if request.form.get("confirmed") == f"{since}:{found}" else found


def _rename_page(form: RegistryForm, unit: Organisation, touched: int) -> ResponseReturnValue:
    since = form.typed()["valid_from"] if touched else None
    page = render_template(
        "admin/organisations/rename.html",
        form=form,
        unit=unit,
        names=dated_names(db.session(), unit.id),
        touched=touched,
        since=since,
        confirmed=f"{since}:{touched}",
    )
    return page, form.http_status


def _open_one(number: int) -> Organisation:
    """An organisation that may still be changed; 404 for a closed one."""
    unit = organisation_of(number)
    if unit.valid_to is not None and unit.valid_to < current_day():
        abort(404)
    return unit


def _changed(
    form: RegistryForm,
    unit: Organisation,
    act: Any,
    title: str,
    names: list[str],
    notes: tuple[str, ...] = (),
    *,
    work: reforms.Work | None = None,
) -> ResponseReturnValue:
    """The page of a change with one form."""
    answer = submit(form, act, done=gettext("已保存"))
    if answer is None and form.http_status == 409:
        form.version.data = unit.version
    page = render_template(
        "admin/organisations/change.html", form=form, unit=unit, title=title, names=names, notes=notes, work=work
    )
    return answer or (page, form.http_status)


blueprint.add_url_rule("/admin/organisations/<int:number>/merge", "merge", reforms.merge, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/organisations/<int:number>/split", "split", reforms.split, methods=["GET", "POST"])
