"""Declared fields of a matter's facts (DOMAIN §8a)."""

from __future__ import annotations

from decimal import Decimal

from risk_registry.core.codes import check_office_phone, check_region_code
from risk_registry.core.columns import CellKind
from risk_registry.core.fields import Field, Gate, Kind, Ledger
from risk_registry.core.text_marks import N_

BASIC = "basic"
RESPONSIBLE = "responsible"
_D = Gate.DECLARE
_LARGE = Decimal(10**9)

FIELDS: tuple[Field, ...] = (
    Field(
        "title",
        N_("事项名称"),
        Kind.TEXT,
        BASIC,
        _D,
        200,
        help=N_("与立项、请示文件中的名称一致，不写个人姓名"),
        ledger=Ledger(4, "事项名称", 26, ("项目名称", "评估事项", "评估事项名称", "重大事项名称", "名称")),
    ),
    Field(
        "kind",
        N_("事项分类"),
        Kind.CHOICE,
        BASIC,
        _D,
        dictionary="kind",
        ledger=Ledger(5, "事项分类", 5.5, ("分类", "项目分类", "事项类型")),
    ),
    Field(
        "field",
        N_("涉及领域"),
        Kind.CHOICE,
        BASIC,
        _D,
        dictionary="field",
        ledger=Ledger(6, "涉及领域", 9, ("领域", "项目类别", "所属领域")),
    ),
    Field("decision_level", N_("决策层级"), Kind.CHOICE, BASIC, _D, dictionary="decision_level"),
    Field(
        "location",
        N_("实施地点"),
        Kind.TEXT,
        BASIC,
        _D,
        200,
        ledger=Ledger(11, "实施地点", 11, ("地点", "项目地点", "建设地点")),
    ),
    Field(
        "region_code",
        N_("区划代码"),
        Kind.CODE,
        BASIC,
        length=12,
        help=N_("6、9或12位区划代码"),
        check=check_region_code,
    ),
    Field("summary", N_("事项概况"), Kind.LONG_TEXT, BASIC, _D, 2000, help=N_("内容、规模、涉及范围，写数量和主题")),
    Field(
        "invest_wan",
        N_("总投资（万元）"),
        Kind.MONEY,
        BASIC,
        minimum=Decimal(0),
        maximum=Decimal("99999999999999"),
        help=N_("可写 299.65 或 1.2亿；工程项目必填"),
        ledger=Ledger(12, N_("总投资(万元)"), 13, ("总投资（万元）", "总投资", "投资额(万元)", "投资规模")),
    ),
    Field("project_code", N_("投资项目代码"), Kind.CODE, BASIC, length=24, help=N_("形如2603-141124-89-05-346948")),
    Field(
        "land_ha",
        N_("征地面积（公顷）"),
        Kind.AREA,
        BASIC,
        minimum=Decimal(0),
        maximum=_LARGE,
        help=N_("可写 482.69亩"),
    ),
    Field(
        "households",
        N_("涉及户数"),
        Kind.INTEGER,
        BASIC,
        minimum=Decimal(0),
        maximum=_LARGE,
        ledger=Ledger(13, "涉及户数", 7, ("户数", "涉及群众(户)"), CellKind.INTEGER),
    ),
    Field(
        "people",
        N_("涉及人数"),
        Kind.INTEGER,
        BASIC,
        minimum=Decimal(0),
        maximum=_LARGE,
        ledger=Ledger(14, "涉及人数", 7, ("人数", "涉及群众(人)"), CellKind.INTEGER),
    ),
    Field("plan_start", N_("计划开始日期"), Kind.DATE, BASIC),
    Field("plan_end", N_("计划结束日期"), Kind.DATE, BASIC),
    Field("actual_start", N_("实际开工日期"), Kind.DATE, BASIC),
    Field("sensitivity", N_("公开属性"), Kind.CHOICE, BASIC, _D, dictionary="sensitivity", default="open"),
    Field(
        "owner_org",
        N_("评估主体（谁主管谁负责）"),
        Kind.ORGANISATION,
        RESPONSIBLE,
        _D,
        ledger=Ledger(8, "评估主体", 11, ("评估主体(责任单位)", "责任单位", "责任主体", "稳评责任单位", "评估单位")),
    ),
    Field(
        "decision_org",
        N_("决策机关（谁决策谁负责）"),
        Kind.ORGANISATION,
        RESPONSIBLE,
        _D,
        ledger=Ledger(7, "决策机关", 11, ("决策主体", "决策部门")),
    ),
    Field(
        "implement_org",
        N_("实施单位（谁实施谁负责）"),
        Kind.ORGANISATION,
        RESPONSIBLE,
        _D,
        ledger=Ledger(9, "实施单位", 13, ("实施(项目)单位", "项目单位", "建设单位")),
    ),
    Field("duty_contact", N_("工作联系人"), Kind.TEXT, RESPONSIBLE, _D, 32, official=True, help=N_("本单位经办人员")),
    Field(
        "office_phone",
        N_("办公电话"),
        Kind.CODE,
        RESPONSIBLE,
        _D,
        20,
        help=N_("只填办公座机，如023-59220000"),
        guarded=False,
        check=check_office_phone,
    ),
    Field(
        "remark",
        N_("备注"),
        Kind.LONG_TEXT,
        RESPONSIBLE,
        length=1000,
        ledger=Ledger(40, "备注", 13, ("说明",)),
    ),
)

#: 上级事项, as typed: a registration number, or part of a title. The matter keeps it, not its facts.
PARENT = Field(
    "parent",
    N_("上级事项"),
    Kind.TEXT,
    BASIC,
    length=200,
    help=N_("属于某个已登记事项的，填它的登记号，或填名称中的几个字查找；没有的不填"),
)

BY_NAME = {field.name: field for field in FIELDS}

#: Fields of a kind that hold an organisation: their column is ``<name>_id``.
ORGANISATION_FIELDS = tuple(field.name for field in FIELDS if field.kind is Kind.ORGANISATION)


def column_name(field: Field) -> str:
    """The typed column behind a declared field."""
    return f"{field.name}_id" if field.kind is Kind.ORGANISATION else field.name
