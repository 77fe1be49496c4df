"""The ledger's columns: declared fields that name a place in it, and what is derived, in one order (DOMAIN §4.3)."""

from __future__ import annotations

from dataclasses import replace

from risk_registry.assessments.fields import FIELDS as ASSESSMENT_FIELDS
from risk_registry.core.columns import CellKind, Column
from risk_registry.core.fields import Field, Kind
from risk_registry.core.text_marks import N_
from risk_registry.lines.predicates import LINE
from risk_registry.matters.fields import FIELDS as MATTER_FIELDS

_CELLS = {
    Kind.DATE: CellKind.DATE,
    Kind.INTEGER: CellKind.INTEGER,
    Kind.MONEY: CellKind.DECIMAL,
    Kind.AREA: CellKind.DECIMAL,
    Kind.CODE: CellKind.CODE,
}
_TOTALS = frozenset({"invest_wan", "households", "people"})


def _column(field: Field) -> tuple[int, Column]:
    place = field.ledger
    assert place is not None
    cell = place.cell or _CELLS.get(field.kind, CellKind.TEXT)
    return place.position, Column(
        field.name, place.heading, cell, place.width, place.aliases, total=field.name in _TOTALS
    )


_T, _C, _I, _D = CellKind.TEXT, CellKind.CODE, CellKind.INTEGER, CellKind.DATE
_DERIVED: tuple[tuple[int, Column], ...] = (
    (1, Column("ordinal", "序号", _I, 5, ("No",))),
    (2, Column("reg_no", "登记号", _C, 13, ("事项登记号", "登记编号"))),
    (3, Column("filing_number", "备案编号", _C, 13.5, ("备案号", "备案文号"))),
    (17, Column("notice_days", N_("公示天数"), _I, 5.5, ("公示(天)",))),
    (18, Column("forms_valid", N_("有效问卷(份)"), _I, 6, ("问卷(份)", "有效问卷"), total=True)),
    (19, Column("support", N_("支持(份)"), _I, 6, ("支持",), total=True)),
    (20, Column("oppose", N_("反对(份)"), _I, 6, ("反对",), total=True)),
    (21, Column("support_rate", N_("支持率(%)"), CellKind.PERCENT, 7, ("支持率", "满意率(%)"))),
    (22, Column("meetings", N_("座谈(次)"), _I, 5.5, ("座谈", "座谈会(次)"), total=True)),
    (23, Column("hearings", N_("听证(次)"), _I, 5.5, ("听证", "听证会(次)"), total=True)),
    (24, Column("visits", N_("走访(人次)"), _I, 6, ("走访",), total=True)),
    (28, Column("seq", "评估轮次", _I, 5.5, ("轮次",))),
    (31, Column("submitted_on", "报送日期", _D, 11, ("报备日期", "报送时间"))),
    (32, Column("filed_on", "备案日期", _D, 11, ("备案时间",))),
    (33, Column("ended_on", "撤销日期", _D, 11, ("撤销时间",))),
    (34, Column("status", "办理状态", _T, 5.5, ("状态",))),
)

_PLACED = sorted(
    [*_DERIVED, *(_column(field) for field in (*MATTER_FIELDS, *ASSESSMENT_FIELDS) if field.ledger is not None)],
    key=lambda placed: placed[0],
)

#: The full ledger, A3 landscape. A field that is given a place beyond 40 follows at the end.
FULL_LEDGER: tuple[Column, ...] = tuple(column for _, column in _PLACED)
BY_KEY = {column.key: column for column in FULL_LEDGER}

#: What a line knows besides the full ledger. A reader may choose these columns; a file of the full ledger has none.
FURTHER: tuple[Column, ...] = (
    Column("co_orgs", N_("联合单位"), _T, 17),
    Column("filing_office", N_("备案机关"), _T, 17),
    Column("declared_on", N_("申报日期"), _D, 11),
    Column("due_on", N_("办理期限"), _D, 11),
)
#: Every column a ledger on screen may have, by key.
CHOOSABLE = {column.key: column for column in (*FULL_LEDGER, *FURTHER)}

_PRINT = (
    ("ordinal", "序号", 5.0),
    ("filing_number", "备案编号", 13.5),
    ("title", "事项名称", 34.0),
    ("kind", "分类", 9.0),
    ("owner_org", "评估主体", 17.0),
    ("third_party", N_("第三方"), 15.0),
    ("level_before", N_("初始"), 5.5),
    ("level_after", "措施后", 7.0),
    ("outcome", "结论", 9.0),
    ("concluded_on", "完成日期", 11.0),
    ("filed_on", "备案日期", 11.0),
    ("decision_result", "决策结果", 9.0),
    ("implementation", "实施状态", 9.0),
    ("remark", "备注", 16.0),
)

#: The 14 columns of the A4 print and of the screen.
PRINT_LEDGER: tuple[Column, ...] = tuple(
    replace(BY_KEY[key], heading=heading, width=width) for key, heading, width in _PRINT
)


def line_column(key: str) -> str:
    """The line column that shows a ledger column: the word where the line holds code and word."""
    return f"{key}_text" if f"{key}_text" in LINE.c else key
