"""Accounts: the list, one account with its sign-ins, a new one, a changed one; the list from a workbook beside it."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.accounts import operations
from risk_registry.accounts.fields import DISPLAY_NAME, NAME, ORGANISATION, REASON, ROLE_TICKS, SCOPE, SCOPE_CHOICES
from risk_registry.accounts.models import Account
from risk_registry.accounts.open_sessions import OpenLogin, browser_words, open_logins
from risk_registry.accounts.queries import Limits
from risk_registry.accounts.register import LOGIN_OUTCOMES, STATES, Wanted, account_page, login_records, state_of
from risk_registry.accounts.rules import role_problems
from risk_registry.accounts.sessions import current_actor, signed_in
from risk_registry.administration import account_acts, account_list, slips
from risk_registry.administration.account_acts import account_of
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import ROLES, labels
from risk_registry.db.clock import Clock, today
from risk_registry.db.extension import db
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import options
from risk_registry.web.access import is_separated
from risk_registry.web.forms import RegistryForm, filter_class, form_class
from risk_registry.web.i18n import listed
from risk_registry.web.listing import linked, read_cursor
from risk_registry.web.submit import repeated, submit

blueprint = Blueprint("account_admin", __name__)

ROLE_LABELS = labels(ROLES)
SCOPE_LABELS = dict(SCOPE_CHOICES)
STATE_LABELS = labels(STATES)

Query = filter_class(
    "AccountQuery",
    (
        Field("text", N_("账号或姓名"), Kind.TEXT, "query", length=64, guarded=False),
        Field("organisation", N_("机构名称或代码"), Kind.TEXT, "query", length=64, guarded=False),
        Field("role", N_("角色"), Kind.CHOICE, "query"),
        Field("state", N_("状态"), Kind.CHOICE, "query"),
    ),
)
NewForm = form_class("NewAccountForm", (NAME, DISPLAY_NAME, ORGANISATION, *ROLE_TICKS, SCOPE))
GrantedLaterForm = form_class("GrantedLaterAccountForm", (NAME, DISPLAY_NAME, ORGANISATION))
EditForm = form_class("EditAccountForm", (DISPLAY_NAME, ORGANISATION, SCOPE, REASON))
SeparatedEditForm = form_class("SeparatedEditAccountForm", (DISPLAY_NAME, ORGANISATION, REASON))


def now() -> datetime:
    """The present moment of the request."""
    clock: Clock = db.session.info["clock"]
    return clock.now()


def scope_choices() -> list[tuple[str, str]]:
    """The data scopes in the reader's language."""
    return [(code, gettext(label)) for code, label in SCOPE_CHOICES]


def ticked_roles(form: RegistryForm) -> list[str]:
    """The roles ticked on a form."""
    typed = form.typed()
    return [term.code for term in ROLES if typed.get(f"role_{term.code}")]


def has_roles(form: RegistryForm, *, separated: bool) -> bool:
    """Whether the roles ticked on a posted form may be held together; says on the form what is wrong with them."""
    problems = role_problems(ticked_roles(form), separation=separated)
    if problems:
        form.refuse(Refused(problems))
    return not problems


def organisation_choices(*, known: Organisation | None = None) -> list[tuple[str, str]]:
    """The organisations in use today; the one an account has stays choosable when it is closed."""
    found = [(str(number), name) for number, name in options(db.session(), on=today(db.session.info["clock"]))]
    if known is not None and str(known.id) not in dict(found):
        found.append((str(known.id), gettext("%(name)s（已停用）", name=known.name)))
    return found


def session_limits() -> Limits:
    """How long a sign-in lives, by the settings."""
    config = current_app.config
    return Limits.of(minutes=config["SESSION_IDLE_MINUTES"], hours=config["SESSION_HOURS"])


def browser(login: OpenLogin) -> str:
    """The browser of a sign-in in words."""
    name, version, machine = browser_words(login.agent)
    words = f"{gettext(name)} {version}".rstrip()
    return f"{words}，{gettext(machine)}" if machine else words


@blueprint.get("/admin/accounts")
def index() -> ResponseReturnValue:
    """Every account, the newest first, searched and filtered."""
    query = Query(
        choices={
            "role": [(code, gettext(label)) for code, label in ROLE_LABELS.items()],
            "state": [(code, gettext(label)) for code, label in STATE_LABELS.items()],
        }
    )
    good = query.validate()
    wanted = Wanted(**{name: str(value or "") for name, value in query.typed().items()}) if good else Wanted()
    page = account_page(db.session(), read_cursor(request.args.get("cursor")), wanted)
    rows = [(account, state_of(account), role_words(account)) for account in page.rows]
    return render_template(
        "admin/accounts/index.html",
        page=linked(page),
        rows=rows,
        form=query,
        states=STATE_LABELS,
        asked=wanted != Wanted(),
        separated=is_separated(),
    ), (200 if good else 422)


def role_words(account: Account) -> str:
    """The roles of an account in words, in their usual order."""
    return listed(*(gettext(label) for code, label in ROLE_LABELS.items() if code in account.roles))


@blueprint.get("/admin/accounts/<int:number>")
def detail(number: int) -> ResponseReturnValue:
    """What is known of an account, who is signed in to it, and the latest tries."""
    account, session = account_of(number), db.session()
    logins = open_logins(session, now=now(), limits=session_limits(), account_id=number)
    return render_template(
        "admin/accounts/detail.html",
        account=account,
        state=(state_of(account), gettext(STATE_LABELS[state_of(account)])),
        roles=role_words(account),
        scope=gettext(SCOPE_LABELS[account.scope]),
        logins=[(login, browser(login)) for login in logins],
        here=signed_in().login_id,
        records=[(row.at, row.address, gettext(LOGIN_OUTCOMES[row.outcome])) for row in login_records(session, number)],
        acts=[name for name in (*account_acts.PAGES, "reset") if account_acts.offered(account, name)],
        words={**account_acts.PAGES, "reset": account_acts.RESET},
        form=RegistryForm(),
        separated=is_separated(),
    )


@blueprint.route("/admin/accounts/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A new account; its one-time password stands in the answer to the first post alone."""
    separated = is_separated()
    choices = {"organisation": organisation_choices(), "scope": scope_choices()}
    form = (GrantedLaterForm if separated else NewForm)(choices=choices, require=Gate.DECLARE)
    again = repeated(form, gettext(slips.SHOWN_ALREADY))
    if again is not None:
        return again
    good = form.validate() if form.is_submitted() else False
    if form.is_submitted() and not separated:
        good = has_roles(form, separated=False) and good
    secret = slips.make_secrets(1)[0] if good else slips.Secret("", "")
    made: list[slips.Slip] = []

    def add() -> str:
        typed = form.typed()
        account = operations.create_account(
            db.session(),
            current_actor(),
            name=typed["name"],
            display_name=typed["display_name"],
            organisation=db.session().get_one(Organisation, int(typed["organisation"])),
            roles=ticked_roles(form),
            scope=typed.get("scope"),
            password_hash=secret.hash,
        )
        made.append(slips.slip_for(account, secret))
        return url_for("account_admin.detail", number=account.id)

    answer = None
    if good:
        answer = submit(
            form,
            add,
            shown=lambda: slips.page(made, title=gettext("账号已建立"), back=url_for("account_admin.index")),
            again=gettext(slips.SHOWN_ALREADY),
        )
    page = render_template("admin/accounts/new.html", form=form, ticks=ROLE_TICKS, separated=separated)
    return answer or (page, form.http_status)


@blueprint.route("/admin/accounts/<int:number>/edit", methods=["GET", "POST"])
def edit(number: int) -> ResponseReturnValue:
    """Another shown name, organisation or data scope."""
    account, separated = account_of(number), is_separated()
    values = _values(account)
    form = (SeparatedEditForm if separated else EditForm)(
        values=values,
        choices={"organisation": organisation_choices(known=account.organisation), "scope": scope_choices()},
        require=Gate.DECLARE,
        also=("scope",),
        optional=("reason",),
        version=account.version,
    )

    def change() -> str:
        typed = form.typed()
        found = account_of(number)
        operations.change_account(
            db.session(),
            current_actor(),
            found,
            display_name=typed["display_name"],
            organisation=db.session().get_one(Organisation, int(typed["organisation"])),
            scope=typed.get("scope") or found.scope,
            reason=typed["reason"] or "",
            version=form.version.data or 0,
        )
        return url_for("account_admin.detail", number=number)

    answer = submit(form, change, done=gettext("账号已修改"))
    if answer:
        return answer
    fresh = account_of(number)
    differences = form.differences(_values(fresh)) if form.http_status == 409 else []
    if differences:
        form.version.data = fresh.version
    page = render_template(
        "admin/accounts/edit.html", form=form, account=fresh, differences=differences, separated=separated
    )
    return page, form.http_status


def _values(account: Account) -> dict[str, object]:
    return {
        "display_name": account.display_name,
        "organisation": account.organisation_id,
        "scope": account.scope,
    }


@blueprint.route("/admin/accounts/<int:number>/lock", methods=["GET", "POST"])
def lock(number: int) -> ResponseReturnValue:
    """Keep the account out for the time being."""
    return account_acts.act(number, "lock")


@blueprint.route("/admin/accounts/<int:number>/unlock", methods=["GET", "POST"])
def unlock(number: int) -> ResponseReturnValue:
    """Let it in again."""
    return account_acts.act(number, "unlock")


@blueprint.route("/admin/accounts/<int:number>/disable", methods=["GET", "POST"])
def disable(number: int) -> ResponseReturnValue:
    """Close it: its holder left."""
    return account_acts.act(number, "disable")


@blueprint.route("/admin/accounts/<int:number>/enable", methods=["GET", "POST"])
def enable(number: int) -> ResponseReturnValue:
    """Open it again."""
    return account_acts.act(number, "enable")


@blueprint.route("/admin/accounts/<int:number>/reset", methods=["GET", "POST"])
def reset(number: int) -> ResponseReturnValue:
    """A new one-time password."""
    return account_acts.reset(number)


blueprint.add_url_rule("/admin/accounts/list", "list", account_list.upload, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/accounts/list/confirm", "confirm", account_list.confirm, methods=["POST"])
blueprint.add_url_rule("/admin/accounts/list/template.xlsx", "template", account_list.template)
