"""The event log and the sign-in log as an auditor reads them: newest first, page by page, by subject and actor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Row, Table, or_, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import LoginRecord
from risk_registry.accounts.register import LOGIN_OUTCOMES
from risk_registry.audit.models import Event
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import ROLES, labels
from risk_registry.web.paging import Cursor, Page, make_page

SIZE = 50

KINDS = {
    "assessment": N_("评估"),
    "matter": N_("事项"),
    "filing": N_("报送"),
    "organisation": N_("机构"),
    "account": N_("账号"),
    "setting": N_("设置"),
    "dictionary_entry": N_("字典"),
    "method_version": N_("评估方法"),
    "calendar": N_("工作日历"),
    "number_counter": N_("备案编号"),
    "first_step": N_("启用准备"),
    "backup": N_("备份"),
    "job": N_("后台任务"),
    "ledger_view": N_("台账视图"),
}

#: Kinds that show business; closed to separated administrators (三员分立), not to the auditor.
BUSINESS_KINDS = ("assessment", "matter", "filing")

ACTIONS = {
    "create_account": N_("建立账号"),
    "change_account": N_("修改账号"),
    "disable_account": N_("停用账号"),
    "enable_account": N_("启用账号"),
    "lock_account": N_("锁定账号"),
    "unlock_account": N_("解锁账号"),
    "reset_password": N_("重置密码"),
    "change_own_password": N_("修改密码"),
    "set_roles": N_("设定角色"),
    "end_sessions": N_("结束登录"),
    "turn_on_separation": N_("启用三员分立"),
    "turn_off_separation": N_("停用三员分立"),
    "create_organisation": N_("建立机构"),
    "change_organisation": N_("修改机构"),
    "rename_organisation": N_("机构更名"),
    "move_organisation": N_("调整隶属"),
    "close_organisation": N_("停用机构"),
    "merge_organisation": N_("机构合并"),
    "split_organisation": N_("机构拆分"),
    "change_setting": N_("修改设置"),
    "add_dictionary_entry": N_("增加字典项"),
    "relabel_dictionary_entry": N_("修改字典项"),
    "end_dictionary_entry": N_("停用字典项"),
    "move_dictionary_entry": N_("调整字典顺序"),
    "add_method_version": N_("增加方法版本"),
    "end_method_version": N_("停用方法版本"),
    "set_own_factors": N_("设定自有风险因素"),
    "load_calendar": N_("载入工作日历"),
    "change_calendar": N_("修改工作日历"),
    "remove_calendar_day": N_("删除工作日历中的一天"),
    "tick_first_step": N_("确认启用准备"),
    "untick_first_step": N_("启用准备改为待办"),
    "save_view": N_("保存视图"),
    "change_view": N_("修改视图"),
    "delete_view": N_("删除视图"),
    "set_first_number": N_("设定起始编号"),
    "backup": N_("备份"),
    "check": N_("体检"),
    "verify": N_("核验"),
    "examine": N_("核对备份文件"),
}

OUTCOMES = LOGIN_OUTCOMES

#: Names of declared columns that the fields of a case do not name.
COLUMNS = {
    "name": N_("名称"),
    "shared": N_("谁可以打开"),
    "display_name": N_("显示名"),
    "organisation_id": N_("所属机构"),
    "scope": N_("数据范围"),
    "active": N_("启用"),
    "locked": N_("锁定"),
    "must_change_password": N_("须改密码"),
    "password_changed_at": N_("密码修改时间"),
    "role": N_("角色"),
    "value": N_("值"),
    "basis": N_("依据文件"),
    "label": N_("名称"),
    "position": N_("顺序"),
    "axis": N_("季报类别"),
    "label_en": N_("英文名称"),
    "code": N_("代码"),
    "short": N_("简称"),
    "valid_from": N_("启用日期"),
    "valid_to": N_("停用日期"),
    "uscc": N_("统一社会信用代码"),
    "reg_authority": N_("第三方备案机关"),
    "reg_no": N_("第三方备案号"),
    "reg_valid_to": N_("第三方备案有效期至"),
    "reg_status": N_("第三方备案状态"),
    "region_code": N_("行政区划代码"),
    "effective_on": N_("生效日期"),
    "inherits": N_("继承历史事项"),
    "status": N_("办理状态"),
}


@dataclass(frozen=True)
class Change:
    """One column that an event changed, as recorded."""

    name: str
    before: str
    after: str


def event_page(
    session: Session, cursor: Cursor, *, kind: str = "", subject: str = "", actor: str = "", hidden: Sequence[str] = ()
) -> Page[Row[Any]]:
    """Fifty events from ``cursor`` on; ``subject`` and ``actor`` are looked for inside their texts."""
    table = Event.__table__
    conditions: list[ColumnElement[bool]] = []
    if kind:
        conditions.append(table.c.subject_kind == kind)
    if hidden:
        conditions.append(table.c.subject_kind.not_in(hidden))
    if subject:
        conditions.append(table.c.subject.contains(subject, autoescape=True))
    if actor:
        named = (table.c.actor, table.c.organisation)
        conditions.append(or_(*(column.contains(actor, autoescape=True) for column in named)))
    return _page(session, Event.__table__, "seq", conditions, cursor)


def login_page(session: Session, cursor: Cursor, *, name: str = "", outcome: str = "") -> Page[Row[Any]]:
    """Fifty tries to sign in from ``cursor`` on."""
    table = LoginRecord.__table__
    conditions: list[ColumnElement[bool]] = []
    if name:
        conditions.append(or_(table.c.name.contains(name, autoescape=True), table.c.address == name))
    if outcome:
        conditions.append(table.c.outcome == outcome)
    return _page(session, table, "id", conditions, cursor)


def _page(
    session: Session, table: Any, name: str, conditions: Sequence[ColumnElement[bool]], cursor: Cursor
) -> Page[Row[Any]]:
    assert isinstance(table, Table)
    key = table.c[name]
    query = select(*table.columns).where(*conditions).limit(SIZE + 1)
    if cursor.key is not None:
        query = query.where(key > cursor.key if cursor.backwards else key < cursor.key)
    rows: Sequence[Any] = session.execute(query.order_by(key if cursor.backwards else key.desc())).all()
    return make_page(rows, size=SIZE, cursor=cursor, key=lambda row: getattr(row, name))


def changes(text: str) -> list[Change]:
    """What an event changed: the column as it was named, the values as they were recorded."""
    found = []
    for key, (before, after) in json.loads(text).items():
        found.append(Change(key, _shown(before), _shown(after)))
    return found


_SAID = {"true": N_("是"), "false": N_("否"), "on": N_("启用"), "off": N_("停用")}
_ROLES = labels(ROLES)


def word(name: str, text: str) -> str:
    """A recorded value in words: roles, yes and no, switches; anything else as it was recorded."""
    known = _ROLES if name == "role" else _SAID
    return str(gettext(known[text])) if text in known else text


def notes(text: str) -> list[tuple[str, str]]:
    """What else an event says of itself."""
    return [(str(name), _shown(value)) for name, value in json.loads(text).items()]


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "、".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
