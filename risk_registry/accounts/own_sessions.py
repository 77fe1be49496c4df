"""我的登录: the sign-ins of one's own account, on every computer where one has not signed out."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.accounts import queries
from risk_registry.accounts.open_sessions import browser_words, end_own_logins, open_logins
from risk_registry.accounts.queries import Limits
from risk_registry.accounts.sessions import current_actor, signed_in
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import Clock
from risk_registry.db.extension import db
from risk_registry.web.forms import form_class
from risk_registry.web.submit import submit

OwnForm = form_class("OwnSessionsForm", ())
_WHICH = N_("请在要结束的登录一行点击“结束”，或点击“结束其他全部登录”")


def page() -> ResponseReturnValue:
    """One's open sign-ins; a button ends one of the others, another all of them."""
    who = signed_in()
    form = OwnForm()

    def end() -> str:
        chosen = request.form.get("end", "")
        number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) <= 18 else None
        account = queries.get(db.session(), who.id)
        if account is None or (number is None and chosen != "others"):
            raise Refused.one("", _WHICH)
        end_own_logins(db.session(), current_actor(), account, keep=who.login_id, login_id=number)
        return url_for("accounts.sessions")

    answer = submit(form, end, done=gettext("登录已结束"))
    if answer:
        return answer
    clock: Clock = db.session.info["clock"]
    config = current_app.config
    limits = Limits.of(minutes=config["SESSION_IDLE_MINUTES"], hours=config["SESSION_HOURS"])
    logins = open_logins(db.session(), now=clock.now(), limits=limits, account_id=who.id)
    shown = []
    for login in logins:
        name, version, machine = browser_words(login.agent)
        words = f"{gettext(name)} {version}".rstrip()
        shown.append((login, f"{words}，{gettext(machine)}" if machine else words))
    answer_page = render_template("accounts/sessions.html", form=form, logins=shown, here=who.login_id)
    return answer_page, form.http_status
