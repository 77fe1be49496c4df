"""What happens around every request, always in the same order; see ``open_request``."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge, SecurityError
from werkzeug.wrappers import Response

from risk_registry.core.personal_data import find_personal_data
from risk_registry.core.problems import NotAllowed
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import Clock
from risk_registry.db.engine import attach_gate, begin_write, prepare_engine
from risk_registry.db.extension import db
from risk_registry.web import access
from risk_registry.web.accounts import Stash, current_account

csrf = CSRFProtect()

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_DEMO = N_("演示模式的账号和密码是公开的，只能在安装本系统的电脑上访问，请用 http://127.0.0.1 打开。")
_URLENCODED = "application/x-www-form-urlencoded"
#: Endpoints that answer without asking who is there: they must work, and stay cheap, whatever state accounts are in.
_ANONYMOUS = frozenset({"static", "web.healthz", "web.readyz"})

SessionHook = Callable[[Any], None]
_attached: list[SessionHook] = []


def init_app(app: Flask, clock: Clock, hooks: tuple[SessionHook, ...] = ()) -> None:
    """Attach the plumbing. ``hooks`` (the event chain and the line projection) go on the session factory once."""
    app.extensions["clock"] = clock
    app.extensions.setdefault("resolve_account", [])
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    attach_gate(db.session.session_factory)
    for hook in hooks:
        # The factory belongs to the process, not to one application: a second application must not attach twice.
        if hook not in _attached:
            hook(db.session.session_factory)
            _attached.append(hook)
    app.before_request(open_request)
    app.teardown_request(_close_request)


def open_request() -> Response | None:
    """Number the request, set the clock, find out who asks, whether they may, whether they meant it; then the lock.

    Everything that can refuse comes before the write lock, so that a stranger never makes others wait.
    """
    g.request_id = _request_id()
    if not is_trusted(request.host, current_app.config["SITE_HOSTS"]):
        raise SecurityError(f"Host {request.host!r} is not trusted.")
    db.session.info["clock"] = current_app.extensions["clock"]
    if request.endpoint is None or request.endpoint in _ANONYMOUS:
        return None
    if not is_loopback(request.remote_addr or "") and _is_demo():
        raise NotAllowed.one("", _DEMO)
    unsafe = request.method not in access.SAFE_METHODS
    if unsafe:
        _bound_body()
        _check_origin()
    account = current_account()
    if unsafe and account is None:
        kept = _keep_form()
        if kept is not None:
            return kept
    refused = access.check(account)
    if refused is not None:
        return refused
    if unsafe:
        csrf.protect(apply_exemptions=True)
        if request.endpoint not in current_app.config["READS_FIRST"]:
            begin_write(db.session())
    return None


def _close_request(_error: BaseException | None) -> None:
    # Releases the gate at once when a view failed or forgot to commit; the session itself goes with the context.
    db.session.rollback()


def is_trusted(host: str, trusted: tuple[str, ...]) -> bool:
    """Whether ``host`` (its port does not matter) is one of ``trusted``; ".example" stands for all names below it."""
    name = re.sub(r":[0-9]*$", "", host).lower()
    return any(name == known.lower() or (known[0] == "." and name.endswith(known.lower())) for known in trusted)


def is_loopback(host: str) -> bool:
    """Whether only this machine has the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_demo() -> bool:
    """Whether the accounts of this registry are known to everybody, by the settings or by what the database holds."""
    demo: Callable[[], bool] | None = current_app.extensions.get("demo")
    return bool(current_app.config["DEMO"]) or (demo is not None and demo())


def _request_id() -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _bound_body() -> None:
    """Flask bounds the size of a body but not the number of fields in a urlencoded one."""
    if request.mimetype == _URLENCODED and request.get_data(cache=True).count(b"&") >= current_app.config["MAX_FIELDS"]:
        raise RequestEntityTooLarge


def _check_origin() -> None:
    """A form must come from a page of this site, by what the browser itself says; the token is checked besides."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        raise CSRFError("The request came from another site.")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise CSRFError("The request came from another origin.")
    g.same_origin = site == "same-origin" or origin is not None


def posted_values() -> dict[str, list[str]]:
    """What was posted, less the tokens of the session and every password."""
    return {
        name: request.form.getlist(name)
        for name in request.form
        if name != "csrf_token" and "password" not in name.lower()
    }


def _keepable(values: dict[str, list[str]]) -> dict[str, list[str]]:
    """Less every text that seems to hold a person: the form will refuse it, so it is not kept until then either."""
    return {name: [text for text in texts if not find_personal_data(text)] for name, texts in values.items()}


def _keep_form() -> Response | None:
    """A form posted after the session ended is kept for the same account and given back after sign-in."""
    stash: Stash | None = current_app.extensions.get("stash_form")
    owner: int | None = g.get("expired_account_id")
    rule: access.Rule | None = current_app.config["ACCESS"].get(request.endpoint)
    wanted = rule is not None and rule.signed_out is access.SignedOut.LOGIN
    if stash is None or owner is None or not wanted or not request.form or request.files:
        return None
    try:
        csrf.protect(apply_exemptions=False)
    except CSRFError:
        return None
    session = db.session()
    begin_write(session)
    token = stash(session, owner, request.full_path.removesuffix("?"), _keepable(posted_values()))
    session.commit()
    back = url_for(current_app.config["STASH_ENDPOINT"], token=token)
    return redirect(url_for(current_app.config["LOGIN_ENDPOINT"], next=back), 303)
