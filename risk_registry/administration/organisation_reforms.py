"""合并 and 拆分: entered once, shown with everything that moves, and carried out only after that was confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account
from risk_registry.accounts.scope import sees_business
from risk_registry.accounts.sessions import current_actor, signed_in
from risk_registry.administration import organisation_forms as forms
from risk_registry.audit.chain import canonical
from risk_registry.casefile import reorganisation
from risk_registry.casefile.context import current_act
from risk_registry.casefile.reorganisation import Shares, Waiting
from risk_registry.core.fields import Gate
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import STATUSES, labels
from risk_registry.db.engine import begin_write
from risk_registry.db.extension import db
from risk_registry.organisations.directory import open_options
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.operations import create_organisation, same_version
from risk_registry.organisations.succession import Heir, Reform, open_children
from risk_registry.web.access import SAFE_METHODS, is_separated
from risk_registry.web.forms import DeclaredForm, RegistryForm
from risk_registry.web.inputs import ChoiceControl
from risk_registry.web.rows import filled_rows, read_rows, validate_rows
from risk_registry.web.submit import repeated, submit

STATUS_LABELS = labels(STATUSES)
#: Rounds, accounts and units assigned one by one on a page; what is beyond goes to the first heir.
MOST = 200
_SHOWN = 20
WAYS = (("existing", N_("已有机构")), ("new", N_("新设机构")))


@dataclass(frozen=True)
class Work:
    """What hangs on some organisations: what a reform moves, and what stays under the old name."""

    #: Not concluded: goes to the successor.
    open: Sequence[Waiting]
    #: Concluded and not filed: keeps its owner, is finished by the successor.
    unfinished: Sequence[Waiting]
    #: Sent to one of these as the filing office and not filed yet: filed by the office that follows.
    unfiled: Sequence[Waiting]
    accounts: Sequence[Account]
    units: Sequence[Organisation]


def work_of(session: Session, ids: Sequence[int]) -> Work:
    """What hangs on these organisations now."""
    units = [child for number in ids for child in open_children(session, session.get_one(Organisation, number))]
    return Work(
        reorganisation.open_rounds(session, ids),
        reorganisation.unfinished_rounds(session, ids),
        reorganisation.unfiled_rounds(session, ids),
        reorganisation.accounts_of(session, ids),
        [unit for unit in units if unit.id not in ids],
    )


def _organisation(number: int) -> Organisation:
    """The organisation of the address; 404 for none."""
    found = db.session().get(Organisation, number) if number < 2**31 else None
    if found is None:
        abort(404)
    return found


def _rehearsed(form: RegistryForm, act: Callable[[], object]) -> bool:
    """Whether the act would go through: it is done once and taken back, its problems are on the form."""
    session = db.session()
    try:
        begin_write(session)
        act()
        session.flush()
    except Refused as refused:
        form.refuse(refused)
        return False
    finally:
        session.rollback()
    return True


def _chosen(form: DeclaredForm, name: str) -> str:
    """The label of the option chosen in a question; "" for none."""
    item = next(item for item in form.controls() if item.short_name == name)
    return dict(item.options).get(item.text, "") if isinstance(item, ChoiceControl) else ""


def _mark(content: object) -> str:
    """What a confirmation is bound to: exactly what was shown."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _shape(work: Work, *more: object) -> list[object]:
    return [
        [row.assessment_id for row in (*work.open, *work.unfiled)],
        [account.id for account in work.accounts],
        [unit.id for unit in work.units],
        *more,
    ]


def _reform(form: RegistryForm) -> Reform:
    typed = form.typed()
    return Reform(typed["effective_on"], typed["basis"] or "")


def _new_unit(session: Session, like: Organisation, values: Mapping[str, object], reform: Reform) -> Organisation:
    """A successor that begins with the reform; of the kind of what it follows."""
    parent_id = values.get("parent_id") or like.parent_id
    parent = session.get(Organisation, parent_id) if parent_id else None
    given = {name: str(values.get(name) or "") for name in ("code", "name", "short")}
    return create_organisation(
        session,
        current_actor(),
        values={**given, "kind": like.kind, "valid_from": reform.effective_on},
        parent=parent,
    )


def merge(number: int) -> ResponseReturnValue:
    """合并: this one and up to three more become one, new or old."""
    session, unit = db.session(), _organisation(number)
    others = open_options(session, without=[unit.id])
    form = forms.MergeForm(
        values={"effective_on": current_act().today, "parent_id": unit.parent_id, "move_accounts": True},
        choices={
            **dict.fromkeys((*forms.OTHERS, "successor"), others),
            "parent_id": others,
            "way": [(code, gettext(label)) for code, label in WAYS],
        },
        version=unit.version,
        require=Gate.DECLARE,
    )
    way = request.form.get("way")
    form.require(Gate.DECLARE, also={"new": ("code", "name"), "existing": ("successor",)}.get(way or "", ()))

    def predecessors() -> list[Organisation]:
        typed = form.typed()
        more = [db.session().get_one(Organisation, typed[name]) for name in forms.OTHERS if typed[name]]
        return [unit, *more]

    def act() -> str:
        typed, reform = form.typed(), _reform(form)
        same_version(unit, form.version.data or 0)
        joined = predecessors()
        successor = (
            _new_unit(db.session(), unit, typed, reform)
            if typed["way"] == "new"
            else db.session().get_one(Organisation, typed["successor"])
        )
        reorganisation.merge(
            db.session(),
            current_act(),
            predecessors=joined,
            successor=successor,
            reform=reform,
            move_accounts=bool(typed["move_accounts"]),
        )
        return url_for("organisation_admin.detail", number=successor.id)

    def shape() -> tuple[Work, str]:
        work = work_of(db.session(), [item.id for item in predecessors()])
        return work, _mark(_shape(work, form.raw_values()))

    answer, work, confirmed = _deliberate(form, unit, act, shape, gettext("合并已登记"))
    return answer or _merge_page(form, unit, work, confirmed, predecessors() if work is not None else ())


def _deliberate(
    form: RegistryForm,
    unit: Organisation,
    act: Callable[[], str],
    shape: Callable[[], tuple[Work, str]],
    done: str,
) -> tuple[ResponseReturnValue | None, Work | None, str]:
    """The answer once exactly what ``shape`` shows was confirmed; before that the work to be shown, and its mark."""
    earlier = repeated(form, "")
    if earlier is not None:
        return earlier, None, ""
    if unit.valid_to is not None:
        abort(404)
    if request.method in SAFE_METHODS or not form.validate() or not _rehearsed(form, act):
        return None, None, ""
    work, mark = shape()
    if request.form.get("confirmed") != mark:
        return None, work, mark
    answer = submit(form, act, done=done)
    return answer, None, ""


def _merge_page(
    form: RegistryForm,
    unit: Organisation,
    work: Work | None,
    confirmed: str,
    predecessors: Sequence[Organisation] = (),
) -> ResponseReturnValue:
    successor = ""
    if work is not None:
        typed = form.typed()
        successor = typed["name"] if typed["way"] == "new" else _chosen(form, "successor")
    page = render_template(
        "admin/organisations/merge.html",
        form=form,
        unit=unit,
        work=work,
        confirmed=confirmed,
        predecessors=predecessors,
        successor=successor,
        shown=_SHOWN,
        titles=_may_see_titles(),
        status_labels=STATUS_LABELS,
        others=forms.OTHERS,
    )
    return page, form.http_status


def split(number: int) -> ResponseReturnValue:
    """拆分: this one becomes two or more; each open round, account and unit below is given to one of them."""
    session, unit = db.session(), _organisation(number)
    form = forms.SplitForm(values={"effective_on": current_act().today}, version=unit.version, require=Gate.DECLARE)
    options = open_options(session, without=[unit.id])
    rows = read_rows(forms.HeirRow, "heirs", blank=4, choices={"successor": options})

    def act() -> str:
        same_version(unit, form.version.data or 0)
        reform = _reform(form)
        heirs = [_heir(unit, row, reform) for row in filled_rows(rows)]
        shares = _shares(unit, heirs)
        reorganisation.split(db.session(), current_act(), unit, heirs=heirs, shares=shares, reform=reform)
        return url_for("organisation_admin.detail", number=unit.id)

    def shape() -> tuple[Work, str]:
        work = work_of(db.session(), [unit.id])
        return work, _mark(_shape(work, form.raw_values(), [row.raw_values() for row in filled_rows(rows)]))

    sound = request.method in SAFE_METHODS or _sound(form, rows)
    answer, work, confirmed = (None, None, "") if not sound else _deliberate(
        form, unit, act, shape, gettext("拆分已登记")
    )  # fmt: skip
    return answer or _split_page(form, rows, unit, work, confirmed)


_ONE_OF_BOTH = N_("请选择已有机构，或者填写新机构的名称和代码，两者取一")


def _sound(form: RegistryForm, rows: Sequence[DeclaredForm]) -> bool:
    """Whether the rows are well-formed and each names one organisation; every fault is shown at once."""
    good = form.validate() & validate_rows(rows)
    for row in filled_rows(rows):
        typed = row.typed()
        fresh = typed["name"] and typed["code"]
        if bool(typed["successor"]) == bool(fresh) or (typed["successor"] and (typed["name"] or typed["code"])):
            row["successor"].errors = [*row["successor"].errors, gettext(_ONE_OF_BOTH)]
            good = False
    if not good:
        form.http_status = 422
        db.session.rollback()
    return bool(good)


def _heir(unit: Organisation, row: DeclaredForm, reform: Reform) -> Heir:
    typed = row.typed()
    found = (
        db.session().get_one(Organisation, typed["successor"])
        if typed["successor"]
        else _new_unit(db.session(), unit, typed, reform)
    )
    return Heir(found, bool(typed["inherits"]))


def _first(heirs: Sequence[Heir]) -> int:
    """Place of the heir that takes what is not given to another: the first that inherits."""
    return next((place for place, heir in enumerate(heirs) if heir.inherits), 0)


def _shares(unit: Organisation, heirs: Sequence[Heir]) -> Shares:
    """Who takes what, as chosen on the page; what the page did not ask for goes to the first heir."""
    work, session = work_of(db.session(), [unit.id]), db.session()
    if not heirs:
        return Shares({}, {}, {})
    chosen = heirs[_first(heirs)].organisation

    def given(prefix: str, numbers: Sequence[int]) -> dict[int, Organisation]:
        found = {}
        for number in numbers:
            text = request.form.get(f"{prefix}-{number}", "")
            if text == "stay":
                continue
            place = int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else -1
            found[number] = heirs[place].organisation if 0 <= place < len(heirs) else chosen
        return found

    session.flush()
    return Shares(
        given("round", [row.assessment_id for row in work.open]),
        given("account", [account.id for account in work.accounts]),
        given("unit", [item.id for item in work.units]),
    )


def _split_page(
    form: RegistryForm, rows: Sequence[DeclaredForm], unit: Organisation, work: Work | None, confirmed: str
) -> ResponseReturnValue:
    filled = filled_rows(rows) if work is not None else []
    names = []
    for row in filled:
        typed = row.typed()
        names.append(typed["name"] or _chosen(row, "successor"))
    inherits = [bool(row.typed()["inherits"]) for row in filled]
    page = render_template(
        "admin/organisations/split.html",
        form=form,
        rows=rows,
        unit=unit,
        work=work,
        confirmed=confirmed,
        heirs=names,
        inherits=inherits,
        first=inherits.index(True) if True in inherits else 0,
        most=MOST,
        titles=_may_see_titles(),
        status_labels=STATUS_LABELS,
        has_errors=form.http_status == 422,
    )
    return page, form.http_status


def _may_see_titles() -> bool:
    """Separated administrators see no business (三员分立): a round is then shown by its number alone."""
    return sees_business(signed_in().roles, separation=is_separated())
