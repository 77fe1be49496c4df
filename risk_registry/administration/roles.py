"""Roles: what each may do, who holds which, and the separation of the three administrators."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from risk_registry.accounts import operations, separation
from risk_registry.accounts.fields import REASON, ROLE_TICKS, ROLE_WORDS, SCOPE
from risk_registry.accounts.models import Account, AccountRole
from risk_registry.accounts.rules import ADMINISTRATORS
from risk_registry.accounts.sessions import current_actor, signed_in
from risk_registry.administration.account_acts import account_of
from risk_registry.administration.accounts import ROLE_LABELS, has_roles, role_words, scope_choices, ticked_roles
from risk_registry.core.fields import Gate
from risk_registry.core.vocabulary import ROLES
from risk_registry.db.extension import db
from risk_registry.web.access import Rule, is_separated
from risk_registry.web.forms import form_class
from risk_registry.web.i18n import listed
from risk_registry.web.submit import submit

blueprint = Blueprint("role_admin", __name__)

RolesForm = form_class("RolesForm", (*ROLE_TICKS, SCOPE, REASON))
SwitchForm = form_class("SeparationForm", (REASON,))


@blueprint.get("/admin/roles")
def index() -> ResponseReturnValue:
    """Every role in plain words: what it is for, what it opens, how many hold it; and how the three are kept apart."""
    separated = is_separated()
    rows = [
        (term.code, gettext(term.zh), gettext(ROLE_WORDS[term.code]), _opens(term.code, separated=separated))
        for term in ROLES
    ]
    query = (
        select(AccountRole.role, func.count())
        .join(Account, AccountRole.account_id == Account.id)
        .where(Account.active)
        .group_by(AccountRole.role)
    )
    holders: Mapping[str, int] = {row[0]: row[1] for row in db.session.execute(query)}
    return render_template("admin/roles/index.html", rows=rows, holders=holders, separated=separated)


def _opens(role: str, *, separated: bool) -> list[tuple[str, list[str]]]:
    """The entries of the menu that the role opens, by group: from the very table that decides it."""
    access: Mapping[str, Rule] = current_app.config["ACCESS"]
    groups = []
    for title, entries in current_app.config["MENU"]:
        open_to = [
            gettext(label)
            for label, endpoint in entries
            if endpoint in access
            and access[endpoint].roles is not None
            and access[endpoint].allows(frozenset({role}), "GET", separated=separated)
        ]
        if open_to:
            groups.append((gettext(title), open_to))
    return groups


@blueprint.route("/admin/accounts/<int:number>/roles", methods=["GET", "POST"])
def account(number: int) -> ResponseReturnValue:
    """The roles and the data scope of one account."""
    found, separated = account_of(number), is_separated()
    if separated and number == signed_in().id:
        abort(403)
    values = {**{f"role_{role}": True for role in found.roles}, "scope": found.scope}
    form = RolesForm(
        values=values,
        choices={"scope": scope_choices()},
        require=Gate.DECLARE,
        also=("scope",),
        optional=("reason",),
        version=found.version,
    )

    def change() -> str:
        typed = form.typed()
        operations.set_roles(
            db.session(),
            current_actor(),
            account_of(number),
            roles=ticked_roles(form),
            scope=typed["scope"],
            reason=typed["reason"] or "",
            version=form.version.data or 0,
        )
        return url_for("account_admin.detail", number=number)

    good = form.validate() if form.is_submitted() else False
    if form.is_submitted():
        good = has_roles(form, separated=separated) and good
    answer = submit(form, change, done=gettext("角色已设定，立即生效")) if good else None
    if answer:
        return answer
    fresh = account_of(number)
    if form.http_status == 409:
        form.version.data = fresh.version
    page = render_template(
        "admin/roles/account.html",
        form=form,
        account=fresh,
        roles=role_words(fresh),
        ticks=ROLE_TICKS,
        separated=separated,
    )
    return page, form.http_status


@blueprint.route("/admin/roles/separation", methods=["GET", "POST"])
def separate() -> ResponseReturnValue:
    """Turn the separation on, once every account keeps to one kind of role; or off, with a reason."""
    on = is_separated()
    if on and "secadmin" not in signed_in().roles:
        abort(403)
    form = SwitchForm(require=Gate.DECLARE if on else None)

    def switch() -> str:
        reason = str(form.typed()["reason"] or "")
        # The page says what it is about to do; a switch turned meanwhile is refused, not turned back.
        if request.form.get("turn") == "off":
            separation.turn_off(db.session(), current_actor(), reason=reason)
        else:
            separation.turn_on(db.session(), current_actor(), reason=reason)
        return url_for("role_admin.index")

    answer = submit(form, switch, done=gettext("三员分立已停用") if on else gettext("三员分立已启用"))
    if answer:
        return answer
    found = separation.readiness(db.session())
    mixed = [(item, listed(*(gettext(ROLE_LABELS[role]) for role in item.roles))) for item in found.mixed]
    page = render_template(
        "admin/roles/separation.html",
        form=form,
        separated=on,
        mixed=mixed,
        missing=[gettext(ROLE_LABELS[role]) for role in found.missing],
        ready=found.ready,
        administrators=[(gettext(ROLE_LABELS[role]), gettext(ROLE_WORDS[role])) for role in ADMINISTRATORS],
    )
    return page, form.http_status
