"""Accounts from a workbook: template, upload with every fault at once, preview, and all of them added or none.

Between preview and confirmation the lines travel in the page, not on the server; they are checked again when they come
back, like anything typed.
"""

from __future__ import annotations

import io
import json

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import FileField, HiddenField

from risk_registry.accounts import account_list
from risk_registry.accounts.account_list import COLUMNS, HEADINGS, MOST, Checked, Row
from risk_registry.accounts.models import Account
from risk_registry.accounts.scope import SCOPES
from risk_registry.accounts.sessions import current_actor
from risk_registry.administration import slips
from risk_registry.casefile.context import current_day
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import ROLES, labels
from risk_registry.db.clock import Clock, today
from risk_registry.db.extension import db
from risk_registry.organisations.queries import listing
from risk_registry.spreadsheets.intake import Header, Limits, read_tables
from risk_registry.spreadsheets.sheet import Sheet, write_workbook
from risk_registry.web.access import is_separated
from risk_registry.web.downloads import XLSX, download
from risk_registry.web.forms import RegistryForm
from risk_registry.web.i18n import listed
from risk_registry.web.submit import repeated, submit

#: A list of a hundred accounts is small; a larger file is another file.
_LIMITS = Limits(size=1 << 20, inflated=16 << 20, rows=2_000, columns=50, cells=100_000)
#: Units written into the template, so that nobody types their codes.
_UNITS = 500

_CHOOSE = N_("请选择填好的名单文件（XLSX 或 CSV）")
_DAMAGED = N_("名单没有完整送达，请重新上传文件")
_CHANGED = N_("核对之后情况有变，名单里有了新的错误。请改正文件后重新上传。")


class UploadForm(RegistryForm):
    """The file with the list."""

    file = FileField(
        lazy_gettext("名单文件"),
        description=lazy_gettext("由模板填写的 Excel 工作簿（XLSX）或 CSV 文件，一次最多100个账号"),
        render_kw={"accept": ".xlsx,.csv"},
    )


class ConfirmForm(RegistryForm):
    """The lines that were checked, as texts."""

    lines = HiddenField()


def template() -> ResponseReturnValue:
    """An empty list with the units there are; lines without account and name are not read."""
    clock: Clock = db.session.info["clock"]
    day = today(clock)
    units = [unit for unit in listing(db.session()) if unit.valid_to is None or unit.valid_to >= day][:_UNITS]
    rows = [("", "", unit.code, unit.name, "", "") for unit in units if unit.kind != "third_party"]
    sheet = Sheet(
        title=gettext("账号名单"),
        subtitle=gettext("一行一个账号；只填了机构、没有账号和姓名的行不导入。同一单位有几个人的，复制该行。"),
        columns=COLUMNS,
        sheet_name=gettext("账号名单"),
        paper="A4",
        totals=False,
        signature="",
        footer_left="",
    )
    file = io.BytesIO()
    write_workbook(file, sheet, rows, created=clock.now())
    return download(file.getvalue(), f"{gettext('账号名单模板')}.xlsx", XLSX)


def upload() -> ResponseReturnValue:
    """Choose a file; its faults, all at once, or its preview."""
    form = UploadForm()
    if not form.is_submitted():
        return _upload_page(form, None, 200)
    try:
        if not form.validate():
            return _upload_page(form, None, 422)
        checked, header, hidden = _read()
    except Refused as refused:
        form.file.errors = [problem.say(gettext) for problem in refused.problems]
        return _upload_page(form, None, 422)
    if checked.faults:
        return _upload_page(form, checked, 422)
    return _preview(ConfirmForm(formdata=None), checked, unknown=header.unknown, hidden=hidden), 200


def _read() -> tuple[Checked, Header, tuple[int, ...]]:
    """The posted file, read and checked. Raises ``Refused``."""
    sent = request.files.get("file")
    data = sent.stream.read(_LIMITS.size + 1) if sent is not None and sent.filename else b""
    if not data:
        raise Refused.one("file", _CHOOSE)
    header, rows, hidden = account_list.read_rows(read_tables(data, _LIMITS))
    return account_list.check(db.session(), rows, day=current_day(), header=header), header, hidden


def confirm() -> ResponseReturnValue:
    """Add every account of the list that was looked at, and show their one-time passwords once."""
    form = ConfirmForm()
    again = repeated(form, gettext(slips.SHOWN_ALREADY))
    if again is not None:
        return again
    rows = _posted_rows(str(form.lines.data or ""))
    if rows is None:
        upload_form = UploadForm(formdata=None)
        upload_form.file.errors = [gettext(_DAMAGED)]
        return _upload_page(upload_form, None, 422)
    checked = account_list.check(db.session(), rows, day=current_day())
    if checked.faults:
        return _refused(checked)
    secrets = slips.make_secrets(len(checked.wanted)) if form.validate() else []
    made: list[slips.Slip] = []

    def add() -> str:
        now = account_list.check(db.session(), rows, day=current_day())
        if now.faults:
            raise Refused(fault.problem for fault in now.faults)
        hashes = [secret.hash for secret in secrets]
        accounts: list[Account] = account_list.add_accounts(db.session(), current_actor(), now.wanted, hashes)
        made.extend(slips.slip_for(account, secret) for account, secret in zip(accounts, secrets, strict=True))
        return url_for("account_admin.index")

    answer = submit(
        form,
        add,
        shown=lambda: slips.page(
            made, title=gettext("已建立%(count)s个账号", count=len(made)), back=url_for("account_admin.index")
        ),
        again=gettext(slips.SHOWN_ALREADY),
    )
    return answer or (_preview(form, checked), form.http_status)


def _refused(checked: Checked) -> ResponseReturnValue:
    form = UploadForm(formdata=None)
    form.file.errors = [gettext(_CHANGED)]
    return _upload_page(form, checked, 422)


def _posted_rows(text: str) -> tuple[Row, ...] | None:
    """The lines as they came back; ``None`` when they are not what the preview sent."""
    try:
        found = json.loads(text)
        rows = tuple(
            Row(int(number), {column.key: str(texts[column.key]) for column in COLUMNS}) for number, texts in found
        )
        # Half a character comes through JSON and can be neither stored nor shown: no preview of ours sent it.
        "".join(value for row in rows for value in row.texts.values()).encode()
        account_list.require_size(rows)
    except (ValueError, OverflowError, TypeError, KeyError, RecursionError, Refused):
        return None
    return rows


def _preview(
    form: ConfirmForm, checked: Checked, *, unknown: tuple[str, ...] = (), hidden: tuple[int, ...] = ()
) -> str:
    form.lines.data = json.dumps([(row.number, dict(row.texts)) for row in checked.rows], ensure_ascii=False)
    role_labels, scope_labels = labels(ROLES), labels(SCOPES)
    rows = [
        (
            item,
            listed(*(gettext(role_labels[role]) for role in item.roles)),
            gettext(scope_labels[item.scope]),
        )
        for item in checked.wanted
    ]
    return render_template(
        "admin/accounts/preview.html",
        form=form,
        rows=rows,
        unknown=unknown,
        hidden_rows=hidden,
        separated=is_separated(),
    )


def _upload_page(form: UploadForm, checked: Checked | None, status: int) -> ResponseReturnValue:
    faults = checked.faults if checked is not None else ()
    if faults and not form.file.errors:
        form.file.errors = [gettext("名单里有%(count)s处错误，没有建立任何账号。请改正后重新上传。", count=len(faults))]
    page = render_template(
        "admin/accounts/list.html",
        form=form,
        faults=[(fault, gettext(fault.column), fault.problem.say(gettext)) for fault in faults],
        lines=len(checked.rows) if checked is not None else 0,
        headings=HEADINGS,
        roles=[gettext(term.zh) for term in ROLES],
        scopes=[gettext(term.zh) for term in SCOPES],
        most=MOST,
        separated=is_separated(),
        has_errors=bool(form.file.errors),
    )
    return page, status
