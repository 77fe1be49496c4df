"""Every page that says "no": in plain words, with the request number, and never at the price of what was typed."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from risk_registry.core.problems import Busy, Conflict, NotAllowed, Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.engine import is_locked
from risk_registry.db.extension import db
from risk_registry.web.i18n import sentences, speak_to_reader
from risk_registry.web.requests import posted_values

_log = logging.getLogger(__name__)
#: Refusals, apart from faults, so that they can be collected by this name.
_security = logging.getLogger("risk_registry.security")

RETRY_AFTER = "5"
_PAGES = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)
#: PostgreSQL: deadlock, lock not available, serialisation failure. Trying again helps.
_TRY_AGAIN = frozenset({"40P01", "55P03", "40001"})

_BUSY = N_("系统正忙，其他人正在保存，请稍后重试。您填写的内容没有丢失。")
_FORGED = N_("这份表单不是从本系统的页面提交的，或页面已经失效，因此没有保存。请核对后重新提交。")
_HOST = N_("请使用管理员告知的网址访问本系统。")


def init_app(app: Flask) -> None:
    """Attach the pages."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(NotAllowed, _not_allowed)
    app.register_error_handler(Conflict, _conflict)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(DBAPIError, _database)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        # The address itself is not ours: nothing that builds addresses, no template, may run.
        return _plain(400, gettext(_HOST))
    if error.code == 403:
        _note_refusal()
    headers = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]
    if error.code == 500:
        # Flask has logged the cause with its trace; the number ties the page to that entry.
        _log.error("request %s failed: %s %s", g.get("request_id", ""), request.method, request.path)
    return page(error.code, headers=headers)


def _csrf(error: CSRFError) -> ResponseReturnValue:
    _log.info("request %s: %s", g.get("request_id", ""), error.description)
    if g.get("same_origin"):
        return retry_page(400, gettext(_FORGED))
    return page(400, gettext(_FORGED))


def _not_allowed(error: NotAllowed) -> ResponseReturnValue:
    _note_refusal()
    return page(403, _say(error.problems))


def _note_refusal() -> None:
    """Somebody asked for what is not his (安全审计, GB/T 22239-2019): who, for what, from where; nothing he typed."""
    account = g.get("account")
    _security.warning(
        "request %s refused: account %s, %s %s, address %s",
        g.get("request_id", ""),
        account.id if account is not None else "-",
        request.method,
        request.endpoint or "-",
        request.remote_addr or "-",
    )


def _conflict(error: Conflict) -> ResponseReturnValue:
    return page(409, _say(error.problems))


def _stale(_error: StaleDataError) -> ResponseReturnValue:
    return page(409)


def _refused(error: Refused) -> ResponseReturnValue:
    return page(422, _say(error.problems))


def _busy(_error: Busy) -> ResponseReturnValue:
    return retry_page(503, gettext(_BUSY))


def _database(error: DBAPIError) -> ResponseReturnValue:
    if is_locked(error) or getattr(error.orig, "sqlstate", None) in _TRY_AGAIN:
        return retry_page(503, gettext(_BUSY))
    raise error


def _say(problems: Iterable[Problem]) -> str:
    return sentences(*(problem.say(gettext) for problem in problems))


def page(code: int, message: str = "", *, headers: Iterable[tuple[str, str]] = ()) -> ResponseReturnValue:
    """The page of ``code``; a plain one when the template or the database behind it fails too."""
    found = code if code in _PAGES else 500 if code >= 500 else 400
    return _render((f"errors/{found}.html", "errors/400.html"), code, message), code, list(headers)


def retry_page(code: int, message: str) -> ResponseReturnValue:
    """The page of ``code`` that holds everything posted and can send it again; without it when it held a password."""
    headers = [("Retry-After", RETRY_AFTER)] if code == 503 else []
    secret = any("password" in name.lower() for name in request.form)
    if request.method != "POST" or secret or request.files or not request.form:
        return page(code, message, headers=headers)
    pairs = [(name, text) for name, texts in posted_values().items() for text in texts]
    target = request.full_path.removesuffix("?")
    return _render(("web/retry.html",), code, message, pairs=pairs, target=target), code, headers


def _render(templates: tuple[str, ...], code: int, message: str, **context: object) -> str:
    db.session.rollback()
    try:
        speak_to_reader()
        return render_template(
            list(templates), code=code, message=message, request_id=g.get("request_id", ""), **context
        )
    except Exception:
        _log.exception("request %s: the error page itself failed", g.get("request_id", ""))
        return _plain(code, message)[0]


def _plain(code: int, message: str) -> tuple[str, int]:
    """A page that needs nothing: no template, no address, no database."""
    name = current_app.config.get("CONTACT") or ""
    words = message or gettext("系统没能完成这一步，本次提交没有保存。已经保存的内容不受影响。")
    number = escape(g.get("request_id", ""))
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{code}</title></head><body><main><h1>{escape(gettext('未能完成'))}</h1><p>{escape(words)}</p>"
        f"<p>{escape(gettext('请求编号'))} {number} {escape(name)}</p></main></body></html>",
        code,
    )
