"""What an administrator does to one account: lock, unlock, close, open again, reset the password. A page for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.accounts import operations, queries
from risk_registry.accounts.fields import REASON
from risk_registry.accounts.models import Account
from risk_registry.accounts.register import state_of
from risk_registry.accounts.sessions import current_actor, signed_in
from risk_registry.accounts.signing_in import has_failures
from risk_registry.administration import slips
from risk_registry.core.fields import Gate
from risk_registry.core.text_marks import N_
from risk_registry.db.extension import db
from risk_registry.web.forms import form_class
from risk_registry.web.submit import repeated, submit

ReasonForm = form_class("AccountReasonForm", (REASON,))


@dataclass(frozen=True)
class Page:
    """The words of one act. ``danger``: it shuts somebody out; ``states``: of an account it can be done to."""

    title: str
    lead: str
    button: str
    done: str
    states: tuple[str, ...]
    needs_reason: bool = False
    danger: bool = False
    own: bool = False


_OPEN = ("usable", "first", "ungranted")

PAGES = {
    "lock": Page(
        N_("锁定账号"),
        N_("锁定后不能登录，已打开的登录立即结束；查清情况后可以解锁。"),
        N_("锁定"),
        N_("账号已锁定，其登录已全部结束"),
        _OPEN,
        needs_reason=True,
        danger=True,
    ),
    "unlock": Page(
        N_("解锁账号"),
        N_("解锁后可以重新登录，连续输错密码的记录同时清除。"),
        N_("解锁"),
        N_("账号已解锁"),
        ("locked", *_OPEN),
        own=True,
    ),
    "disable": Page(
        N_("停用账号"),
        N_("人员调离时停用。停用后不能登录，已打开的登录立即结束；过去的记录都保留，账号不删除。"),
        N_("停用"),
        N_("账号已停用，其登录已全部结束"),
        ("locked", *_OPEN),
        needs_reason=True,
        danger=True,
    ),
    "enable": Page(
        N_("启用账号"),
        N_("重新启用停用的账号。角色和数据范围仍是停用前的，请先核对。"),
        N_("启用"),
        N_("账号已启用"),
        ("disabled",),
    ),
}

RESET = Page(
    N_("重置密码"),
    N_("生成新的一次性密码，原密码作废，已打开的登录立即结束。本人首次登录须改为自己的密码。"),
    N_("重置并显示一次性密码"),
    "",
    ("locked", *_OPEN),
    danger=True,
)

_ACTS: dict[str, Callable[..., None]] = {
    "lock": operations.lock_account,
    "unlock": operations.unlock_account,
    "disable": operations.disable_account,
    "enable": operations.enable_account,
}


def account_of(number: int) -> Account:
    """The account of an address; 404 when there is none."""
    account = queries.get(db.session(), number)
    if account is None:
        abort(404)
    return account


def offered(account: Account, name: str) -> bool:
    """Whether the act makes sense for this account now; nobody shuts himself out."""
    page = RESET if name == "reset" else PAGES[name]
    if name == "unlock" and not account.locked and not has_failures(db.session(), account.name_key):
        return False
    return state_of(account) in page.states and (page.own or account.id != signed_in().id)


def act(number: int, name: str) -> ResponseReturnValue:
    """The page of one act, and the act itself."""
    words = PAGES[name]
    form = ReasonForm(require=Gate.DECLARE if words.needs_reason else None)

    def carry_out() -> str:
        account = _fitting(number, name)
        _ACTS[name](db.session(), current_actor(), account, reason=str(form.typed()["reason"] or ""))
        return url_for("account_admin.detail", number=number)

    answer = submit(form, carry_out, done=gettext(words.done))
    return answer or _page(number, name, words, form)


def reset(number: int) -> ResponseReturnValue:
    """A new one-time password, shown in the answer to the first post and never again."""
    form = ReasonForm()
    again = repeated(form, gettext(slips.SHOWN_ALREADY))
    if again is not None:
        return again
    secret = slips.make_secrets(1)[0] if form.is_submitted() and form.validate() else slips.Secret("", "")
    made: list[slips.Slip] = []
    back = url_for("account_admin.detail", number=number)

    def carry_out() -> str:
        account = _fitting(number, "reset")
        reason = str(form.typed()["reason"] or "")
        operations.reset_password(db.session(), current_actor(), account, password_hash=secret.hash, reason=reason)
        made.append(slips.slip_for(account, secret))
        return back

    answer = submit(
        form,
        carry_out,
        shown=lambda: slips.page(made, title=gettext("密码已重置"), back=back),
        again=gettext(slips.SHOWN_ALREADY),
    )
    return answer or _page(number, "reset", RESET, form)


def _fitting(number: int, name: str) -> Account:
    """The account, if the act still fits it (409 when another administrator was faster)."""
    account = account_of(number)
    if not offered(account, name):
        abort(409)
    return account


def _page(number: int, name: str, words: Page, form: object) -> ResponseReturnValue:
    account = account_of(number)
    if not offered(account, name):
        abort(409)
    page = render_template("admin/accounts/act.html", account=account, words=words, form=form, name=name)
    return page, getattr(form, "http_status", 200)
