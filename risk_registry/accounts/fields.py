"""Declared fields of an account: the form, the list from a workbook and the commands read them alike."""

from __future__ import annotations

from risk_registry.accounts.scope import SCOPES
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import ROLES

LONGEST_NAME = 64

NAME = Field(
    "name",
    N_("账号"),
    Kind.TEXT,
    "account",
    Gate.DECLARE,
    length=LONGEST_NAME,
    official=True,
    help=N_("登录时填写，不区分大小写和全半角；建好后不再改，也不给别人用"),
)
DISPLAY_NAME = Field(
    "display_name",
    N_("姓名"),
    Kind.TEXT,
    "account",
    Gate.DECLARE,
    length=LONGEST_NAME,
    official=True,
    help=N_("页面和日志上显示的称呼"),
)
ORGANISATION = Field("organisation", N_("所属机构"), Kind.ORGANISATION, "account", Gate.DECLARE)
SCOPE = Field(
    "scope",
    N_("数据范围"),
    Kind.CHOICE,
    "account",
    dictionary="scope",
    help=N_("能看到哪些单位的事项；不选的按角色确定"),
)
REASON = Field("reason", N_("理由"), Kind.TEXT, "account", Gate.DECLARE, length=200, help=N_("记入操作日志"))

#: What each role is for, in the words of an office.
ROLE_WORDS: dict[str, str] = {
    "submitter": N_("登记本单位的事项，填写评估情况，报送备案"),
    "department_head": N_("审签本单位的评估报告和报送材料，也可以填报"),
    "filing_officer": N_("接收、核对各单位报送的材料，退回补正，代单位录入"),
    "filing_approver": N_("予以备案并编发备案编号，不予备案，撤销备案"),
    "statistician": N_("查看台账和统计，导出、打印报表"),
    "leader": N_("查看台账、统计和事项，不办理"),
    "auditor": N_("查看操作日志和登录日志，不办理业务"),
    "sysadmin": N_("管理机构、账号、参数、字典和备份"),
    "secadmin": N_("授予角色和数据范围，锁定账号，结束登录"),
}

#: One tick for each role.
ROLE_TICKS = tuple(
    Field(f"role_{term.code}", term.zh, Kind.BOOLEAN, "roles", help=ROLE_WORDS[term.code]) for term in ROLES
)

SCOPE_CHOICES = tuple((term.code, term.zh) for term in SCOPES)
