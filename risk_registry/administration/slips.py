"""One-time passwords on slips: made outside any transaction, shown in one answer, kept nowhere.

Only the hash reaches the database. The answer of the first post shows the passwords; a repeat of that post, a reload
included, is told that they were shown and where to reset them.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from flask import render_template, request, url_for
from flask_babel import gettext

from risk_registry.accounts import passwords
from risk_registry.accounts.models import Account
from risk_registry.core.columns import CellKind, Column
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import Clock
from risk_registry.db.extension import db
from risk_registry.spreadsheets.sheet import Sheet, write_workbook
from risk_registry.web.downloads import XLSX

#: scrypt lets other threads work meanwhile.
_AT_ONCE = 4

SHOWN_ALREADY = N_("这份表单已经提交过，一次性密码只在第一次提交后显示。没有记下的，请在账号页面重置密码。")

_COLUMNS = (
    Column("organisation", N_("单位"), CellKind.TEXT, 32),
    Column("display_name", N_("姓名"), CellKind.TEXT, 14),
    Column("name", N_("账号"), CellKind.CODE, 16),
    Column("password", N_("一次性密码"), CellKind.CODE, 26),
    Column("address", N_("登录地址"), CellKind.TEXT, 36),
)


@dataclass(frozen=True)
class Secret:
    """A one-time password and its hash; the password never shows in a trace."""

    password: str = field(repr=False)
    hash: str = field(repr=False)


@dataclass(frozen=True)
class Slip:
    """What is handed to the holder of a new or reset account."""

    organisation: str
    display_name: str
    name: str
    password: str = field(repr=False)


def make_secrets(count: int) -> list[Secret]:
    """So many one-time passwords. A third of a second each: ends the present transaction first, opens none."""
    db.session.rollback()
    chosen = [passwords.one_time_password() for _ in range(count)]
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        return [Secret(*pair) for pair in zip(chosen, workers.map(passwords.make_hash, chosen), strict=True)]


def slip_for(account: Account, secret: Secret) -> Slip:
    """The slip of an account, as plain values that outlive the transaction."""
    return Slip(account.organisation_name, account.display_name, account.name, secret.password)


def page(slips: Sequence[Slip], *, title: str, back: str) -> str:
    """The page that shows the passwords: to print, and for a list to download in the same answer."""
    address = url_for("accounts.login", _external=True)
    workbook = _data_address(slips, address) if len(slips) > 1 else ""
    return render_template(
        "admin/accounts/slips.html", slips=slips, title=title, back=back, address=address, workbook=workbook
    )


def _data_address(slips: Sequence[Slip], address: str) -> str:
    """The workbook inside the page itself, so that the server need not keep it until somebody fetches it."""
    clock: Clock = db.session.info["clock"]
    file = io.BytesIO()
    sheet = Sheet(
        title=gettext("一次性密码"),
        subtitle=gettext("首次登录后须修改密码。请当面交给本人，交完即删除本文件。"),
        columns=_COLUMNS,
        sheet_name=gettext("一次性密码"),
        paper="A4",
        totals=False,
        signature="",
        footer_left=request.host,
    )
    rows = [(slip.organisation, slip.display_name, slip.name, slip.password, address) for slip in slips]
    write_workbook(file, sheet, rows, created=clock.now())
    return f"data:{XLSX};base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
