"""One posted form, one act: validate, use the token up, act, note the result, commit, redirect."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from risk_registry.core.problems import Busy, Conflict, NotAllowed, Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.engine import begin_write, is_taken
from risk_registry.db.extension import db
from risk_registry.web import access, tokens
from risk_registry.web.accounts import current_account
from risk_registry.web.forms import RegistryForm

_CHANGED = N_("您打开页面之后，这一记录已被他人修改。您填写的内容已保留，请核对后再保存。")


def submit(
    form: RegistryForm,
    act: Callable[[], str],
    *,
    done: str = "",
    draft: bool = False,
    shown: Callable[[], ResponseReturnValue] | None = None,
    again: str = "",
) -> Response | None:
    """Carry ``act`` out once for a posted ``form``; ``act`` answers with the address of its result.

    ``None`` means: show the page (again), with ``form.http_status``. A refused act leaves nothing behind and its
    problems are on the form. ``NotAllowed`` and ``Busy`` go on to their own pages. ``done`` is said on the next page.
    ``shown`` makes the answer of the one post that did the act, for what may be seen only once; a repeat is led to the
    result's address and told ``again``.
    """
    if request.method in access.SAFE_METHODS:
        return None
    if not form.validate(draft=draft):
        db.session.rollback()
        return None
    account = current_account()
    token = str(form.token.data or "")
    session = db.session()
    try:
        begin_write(session)
        earlier = tokens.redeem(session, token, account.id if account else 0)
        if earlier is not None:
            session.rollback()
            return _repeated(earlier, again)
        result = act()
        tokens.settle(session, token, result)
        session.commit()
    except (NotAllowed, Busy):
        session.rollback()
        raise
    except Refused as refused:
        session.rollback()
        form.refuse(refused)
        return None
    except (StaleDataError, IntegrityError) as error:
        session.rollback()
        if isinstance(error, IntegrityError) and not is_taken(error):
            raise
        form.refuse(Conflict.one("", _CHANGED))
        return None
    if shown is not None:
        return make_response(shown())
    if done:
        flash(done, "success")
    return redirect(result, 303)


def repeated(form: RegistryForm, again: str) -> Response | None:
    """The answer to a form carried out before, to be asked before slow work; ``None`` when it is new. Reads only."""
    if request.method in access.SAFE_METHODS:
        return None
    account = current_account()
    earlier = tokens.earlier_result(db.session(), str(form.token.data or ""), account.id if account else 0)
    return None if earlier is None else _repeated(earlier, again)


def _repeated(result: str, again: str) -> Response:
    if again:
        flash(again, "warning")
    return redirect(result, 303)
