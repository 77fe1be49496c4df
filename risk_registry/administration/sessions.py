"""Who is signed in now, and the end of a sign-in."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.accounts.open_sessions import end_logins, open_logins
from risk_registry.accounts.sessions import current_actor, signed_in
from risk_registry.administration.account_acts import account_of
from risk_registry.administration.accounts import browser, now, session_limits
from risk_registry.core.fields import Field, Kind
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.extension import db
from risk_registry.web.forms import filter_class, form_class
from risk_registry.web.submit import submit

blueprint = Blueprint("session_admin", __name__)

_MOST = 200
Query = filter_class(
    "SessionQuery", (Field("text", N_("账号、姓名、单位或地址"), Kind.TEXT, "query", length=64, guarded=False),)
)
EndForm = form_class("EndSessionForm", ())
_WHICH = N_("请在要结束的登录一行点击“结束”")


@blueprint.route("/admin/sessions", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Everybody who is signed in, the latest first. A button ends one sign-in, or all of an account."""
    form = EndForm()

    def end() -> str:
        """``end`` names an account, and with a point after it one of its sign-ins."""
        account_text, _point, login_text = request.form.get("end", "").partition(".")
        if not _is_number(account_text) or (login_text and not _is_number(login_text)):
            raise Refused.one("", _WHICH)
        account = account_of(int(account_text))
        end_logins(db.session(), current_actor(), account, login_id=int(login_text) if login_text else None)
        if "back" in request.form:
            return url_for("account_admin.detail", number=account.id)
        return url_for("session_admin.index")

    answer = submit(form, end, done=gettext("登录已结束"))
    if answer:
        return answer
    query = Query()
    text = str(query.typed()["text"] or "") if query.validate() else ""
    logins = open_logins(db.session(), now=now(), limits=session_limits(), name=text, most=_MOST)
    page = render_template(
        "admin/sessions/index.html",
        form=form,
        query=query,
        logins=[(login, browser(login)) for login in logins],
        here=signed_in().login_id,
        full=len(logins) >= _MOST,
        asked=bool(text),
    )
    return page, form.http_status


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
