"""Pages for signing in and out, for one's own password, and for a form that came too late."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_user, logout_user

from risk_registry.accounts import housekeeping, own_sessions, passwords, queries, signing_in
from risk_registry.accounts.forms import LoginForm, PasswordForm, show
from risk_registry.accounts.models import Account
from risk_registry.accounts.operations import change_own_password, drop_kept_form
from risk_registry.accounts.sessions import SignedIn, client_address, current_actor, entering, signed_in
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import Clock
from risk_registry.db.engine import begin_write
from risk_registry.db.extension import db
from risk_registry.web.access import safe_path
from risk_registry.web.accounts import current_account

blueprint = Blueprint("accounts", __name__)

_WRONG_PRESENT = Problem("current_password", N_("当前密码不正确，请重新输入"))


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Sign in and go on to where one wanted to go."""
    target = safe_path(request.args.get("next"), url_for("home.desk"))
    if request.method == "GET" and current_account() is not None:
        return redirect(target)
    form = LoginForm()
    if form.validate_on_submit():
        result = _try_password(str(form.name.data), str(form.password.data))
        if result.token is not None and result.account is not None:
            _enter(result.account, result.token)
            return redirect(target, 303)
        assert result.problem is not None
        show(form, Refused((result.problem,)))
    demo = current_app.config.get("DEMO_ACCOUNTS", ()) if current_app.config["DEMO"] else ()
    kept = target.startswith(url_for("accounts.stashed"))
    return render_template("accounts/login.html", form=form, demo_accounts=demo, kept=kept), 422 if form.errors else 200


def _try_password(name: str, password: str) -> signing_in.Result:
    """Read, compare the hash with no transaction open, then write: a slow hash must not hold up others."""
    clock: Clock = db.session.info["clock"]
    now = clock.now()
    candidate = signing_in.find_candidate(db.session(), name, address=client_address(), now=now)
    db.session.rollback()
    locked = candidate.locked_until is not None
    matched = not locked and passwords.matches(candidate.password_hash, password)
    begin_write(db.session())
    result = signing_in.settle(db.session(), candidate, matched=matched, agent=request.user_agent.string, now=now)
    before = current_account()
    if result.token is not None and isinstance(before, SignedIn):
        signing_in.end_session(db.session(), before.token, now=now)
    if result.token is not None:
        housekeeping.purge(db.session(), now=now)
    db.session.commit()
    return result


def _enter(account: Account, token: str) -> None:
    """Begin a cookie of one's own: nothing set before the sign-in is carried over."""
    session.clear()
    login_user(entering(account, token=token))


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session, in the table and in the browser."""
    clock: Clock = db.session.info["clock"]
    signing_in.end_session(db.session(), signed_in().token, now=clock.now())
    db.session.commit()
    logout_user()
    session.clear()
    flash(gettext("您已退出登录"), "info")
    answer = redirect(url_for("accounts.login"), 303)
    # What the browser still holds of the pages goes with the sign-in; cookies stay, for the language and this word.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Change one's own password; the only page there is while the password is somebody else's choice."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            _change_password(form)
        except Refused as refused:
            db.session.rollback()
            show(form, refused)
        else:
            flash(gettext("密码已修改，其他电脑上的登录已退出"), "success")
            return redirect(url_for("home.desk"), 303)
    must_change = signed_in().must_change_password
    page = render_template("accounts/password.html", form=form, must_change=must_change)
    return page, 422 if form.errors else 200


def _change_password(form: Any) -> None:
    """Check the present password and the new one with no transaction open, then write. Raises ``Refused``."""
    who, actor = signed_in(), current_actor()
    clock: Clock = db.session.info["clock"]
    now = clock.now()
    candidate = signing_in.find_candidate(db.session(), who.name, address=actor.address, now=now)
    db.session.rollback()
    if candidate.locked_until is not None:
        raise Refused((signing_in.locked_problem(candidate.locked_until),))
    if not passwords.matches(candidate.password_hash, str(form.current_password.data)):
        begin_write(db.session())
        result = signing_in.settle(db.session(), candidate, matched=False, agent="", now=now)
        db.session.commit()
        locked = result.problem is not None and result.problem is not signing_in.WRONG
        raise Refused((result.problem if locked and result.problem else _WRONG_PRESENT,))
    chosen = str(form.new_password.data)
    passwords.check_policy(chosen, names=(who.name, who.display_name, who.organisation_name))
    password_hash = passwords.make_hash(chosen)
    begin_write(db.session())
    account = queries.get(db.session(), who.id)
    if account is None or account.password_hash != candidate.password_hash:
        raise Refused((_WRONG_PRESENT,))
    change_own_password(db.session(), actor, account, password_hash=password_hash)
    # A new password means a new token; every session opened with the old one, this one too, has just ended.
    token = signing_in.open_session(
        db.session(), account, address=actor.address, agent=request.user_agent.string, now=now
    )
    db.session.commit()
    _enter(account, token)


@blueprint.route("/stashed", methods=["GET", "POST"])
def stashed() -> ResponseReturnValue:
    """Give back a form that was posted after the session had ended: show it, then send it on, once."""
    token = request.args.get("token", "")
    clock: Clock = db.session.info["clock"]
    kept = queries.kept_form(db.session(), token, account_id=signed_in().id, now=clock.now())
    if kept is None:
        abort(404)
    target = safe_path(kept.path)
    if request.method == "POST":
        drop_kept_form(db.session(), token, account_id=signed_in().id)
        db.session.commit()
        # 307 makes the browser post the same body to the page the form belongs to.
        return redirect(target, 307)
    return render_template(
        "accounts/restore.html",
        target=url_for("accounts.stashed", token=token),
        pairs=kept.pairs,
        rows=_readable(kept),
    )


def _readable(kept: queries.KeptForm) -> list[tuple[str, str]]:
    """(label, value) of what was typed into fields whose label the registry knows."""
    known: dict[str, str] = current_app.config.get("FIELD_LABELS", {})
    return [(gettext(known[name]), value) for name, value in kept.pairs if name in known and value]


blueprint.add_url_rule("/sessions", "sessions", own_sessions.page, methods=["GET", "POST"])
