"""The forms of the pages about organisations."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext

from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.text_marks import N_
from risk_registry.organisations.fields import BY_NAME, ORGANISATION_KINDS, REGISTRATION_STATUSES, THIRD_PARTY
from risk_registry.web.forms import filter_class, form_class
from risk_registry.web.rows import row_class

_PAGE = "organisation"

PARENT = Field(
    "parent_id",
    N_("上级机构"),
    Kind.ORGANISATION,
    _PAGE,
    help=N_("部门、乡镇街道放在其备案机关之下，报送时据此找到备案机关"),
)
REASON = Field("reason", N_("原因或依据文件"), Kind.TEXT, _PAGE, Gate.DECLARE, length=500, official=True)
_BASIS = Field(
    "basis",
    N_("依据文件"),
    Kind.TEXT,
    _PAGE,
    Gate.DECLARE,
    length=500,
    official=True,
    help=N_("机构改革的文件名称和文号"),
)
_EFFECTIVE = Field(
    "effective_on",
    N_("生效日期"),
    Kind.DATE,
    _PAGE,
    Gate.DECLARE,
    help=N_("承接机构开始履职的第一天，不能晚于今天；原机构在前一天停用"),
)
_CODE = replace(BY_NAME["code"], help=N_("字母、数字，登记后不再改变，如部门的统一编码"))
#: Names of organisations are looked at as names of offices: a person's name has no place in them, a title may.
_NAME, _SHORT, _KIND = BY_NAME["name"], BY_NAME["short"], BY_NAME["kind"]

REGISTRATION = tuple(name for name, field in BY_NAME.items() if field.section == THIRD_PARTY)
_SHOWN_FOR_THIRD_PARTY = {
    name: {"data-show-when": "kind=third_party", "data-show-note": N_("只有第三方机构填写")} for name in REGISTRATION
}

DirectoryQuery = filter_class(
    "DirectoryQuery",
    (
        Field("text", N_("名称、曾用名或代码"), Kind.TEXT, "query", length=64, guarded=False),
        Field("kind", N_("机构类型"), Kind.CHOICE, "query", dictionary="organisation_kind"),
    ),
)

NewForm = form_class(
    "NewOrganisationForm",
    (
        _CODE,
        _NAME,
        _SHORT,
        _KIND,
        PARENT,
        replace(BY_NAME["valid_from"], help=N_("已有历史台账的，填台账开始以前的日期")),
        BY_NAME["uscc"],
        BY_NAME["region_code"],
        *(BY_NAME[name] for name in REGISTRATION),
    ),
    attributes=_SHOWN_FOR_THIRD_PARTY,
)
#: What is changed without a verb of its own: codes and a third party's own registration.
_CHANGED = (BY_NAME["uscc"], BY_NAME["region_code"])
EditForm = form_class("EditOrganisationForm", (*_CHANGED, REASON))
ThirdPartyForm = form_class("EditThirdPartyForm", (*_CHANGED, *(BY_NAME[name] for name in REGISTRATION), REASON))
RenameForm = form_class(
    "RenameOrganisationForm",
    (
        replace(_NAME, label=N_("新名称")),
        replace(_SHORT, label=N_("新简称"), help=N_("用于备案编号；不变的照填")),
        Field(
            "valid_from",
            N_("新名称启用日期"),
            Kind.DATE,
            _PAGE,
            Gate.DECLARE,
            help=N_("可以是以前、今天或将来的日子；这一天以前的台账仍用原名称"),
        ),
        REASON,
    ),
)
MoveForm = form_class("MoveOrganisationForm", (replace(PARENT, label=N_("新的上级机构")), REASON))
CloseForm = form_class(
    "CloseOrganisationForm",
    (replace(BY_NAME["valid_to"], required_at=Gate.DECLARE), replace(REASON, label=N_("停用原因"))),
)

_NEW_ONLY = {"data-show-when": "way=new", "data-show-note": N_("选“新设机构”时填写")}
_EXISTING_ONLY = {"data-show-when": "way=existing", "data-show-note": N_("选“已有机构”时填写")}
OTHERS = ("other_1", "other_2", "other_3")
MergeForm = form_class(
    "MergeOrganisationForm",
    (
        *(
            Field(name, label, Kind.ORGANISATION, _PAGE)
            for name, label in zip(
                OTHERS,
                (N_("一并合并的机构（一）"), N_("一并合并的机构（二）"), N_("一并合并的机构（三）")),
                strict=True,
            )
        ),
        Field("way", N_("承接机构"), Kind.CHOICE, _PAGE, Gate.DECLARE, dictionary="way"),
        Field("successor", N_("已有的承接机构"), Kind.ORGANISATION, _PAGE),
        replace(_CODE, required_at=None),
        replace(_NAME, required_at=None, label=N_("新机构名称")),
        replace(_SHORT, label=N_("新机构简称")),
        replace(PARENT, label=N_("新机构的上级机构"), help=""),
        _EFFECTIVE,
        _BASIS,
        Field(
            "move_accounts",
            N_("把原机构的账号一并转到承接机构"),
            Kind.BOOLEAN,
            _PAGE,
            help=N_("账号、密码和角色不变"),
            default="1",
        ),
    ),
    attributes={
        "successor": _EXISTING_ONLY,
        **dict.fromkeys(("code", "name", "short", "parent_id"), _NEW_ONLY),
    },
)
SplitForm = form_class("SplitOrganisationForm", (_EFFECTIVE, _BASIS))
HeirRow = row_class(
    "HeirRow",
    (
        Field("successor", N_("已有机构"), Kind.ORGANISATION, _PAGE, help=N_("新设的不选，在下面填写")),
        replace(_NAME, required_at=None, label=N_("新机构名称")),
        replace(_CODE, required_at=None, label=N_("新机构代码"), help=""),
        replace(_SHORT, label=N_("新机构简称")),
        Field(
            "inherits",
            N_("继承历史事项：能查看原机构的事项，并办理其中未办结的"),
            Kind.BOOLEAN,
            _PAGE,
            default="1",
        ),
    ),
)


def kind_options() -> list[tuple[str, str]]:
    """The kinds of organisations in the reader's language."""
    return [(term.code, gettext(term.zh)) for term in ORGANISATION_KINDS]


def registration_options() -> list[tuple[str, str]]:
    """The states of a third party's registration in the reader's language."""
    return [(term.code, gettext(term.zh)) for term in REGISTRATION_STATUSES]
