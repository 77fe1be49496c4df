"""Declared fields of an assessment (DOMAIN §8a) and of its consultation rows."""

from __future__ import annotations

from decimal import Decimal

from risk_registry.core.columns import CellKind
from risk_registry.core.fields import Field, Gate, Kind, Ledger
from risk_registry.core.text_marks import N_

SCREENING = "screening"
PROCESS = "process"
TESTS = "tests"
LEVELS = "levels"
REVIEW = "review"
CONCLUSION = "conclusion"
REPORT = "report"
DECISION = "decision"
FOLLOW_UP = "follow_up"
_C = Gate.CONCLUDE
_ZERO = Decimal(0)
_MANY = Decimal(10**7)

_SCREENING = (
    Field("screening", N_("应评判定"), Kind.CHOICE, SCREENING, Gate.DECLARE, dictionary="screening"),
    Field(
        "screening_reason",
        N_("判定理由"),
        Kind.LONG_TEXT,
        SCREENING,
        length=1000,
        help=N_("免评、不重复评估、移送须写明理由"),
    ),
    Field(
        "screening_reference",
        N_("引用的已有评估"),
        Kind.TEXT,
        SCREENING,
        length=200,
        help=N_("不重复评估的，写明已有评估的备案编号或文号"),
    ),
)

_PROCESS = (
    Field(
        "procedure",
        N_("评估程序"),
        Kind.CHOICE,
        PROCESS,
        _C,
        dictionary="procedure",
        ledger=Ledger(15, "评估程序", 5.5, ("程序", "评估程序(一般/简易)")),
    ),
    Field(
        "mode",
        N_("评估方式"),
        Kind.CHOICE,
        PROCESS,
        _C,
        dictionary="mode",
        ledger=Ledger(16, "评估方式", 5.5, ("方式", "评估方式(自评/委托)")),
    ),
    Field(
        "third_party",
        N_("第三方机构"),
        Kind.ORGANISATION,
        PROCESS,
        help=N_("委托评估时选择"),
        ledger=Ledger(10, "第三方机构", 11, ("第三方", "评估机构")),
    ),
    Field("commissioned_on", N_("委托日期"), Kind.DATE, PROCESS, help=N_("与第三方机构签订委托合同的日期")),
    Field("method", N_("评估方法"), Kind.CHOICE, PROCESS, _C, dictionary="method", default="QUALITATIVE"),
    Field(
        "started_on",
        N_("启动日期"),
        Kind.DATE,
        PROCESS,
        _C,
        ledger=Ledger(29, "启动日期", 11, ("评估启动日期", "启动时间")),
    ),
    Field("notice_from", N_("公示开始日期"), Kind.DATE, PROCESS),
    Field("notice_to", N_("公示结束日期"), Kind.DATE, PROCESS),
    Field("notice_channel", N_("公示渠道"), Kind.TEXT, PROCESS, length=200),
)

TEST_NAMES = ("legality", "rationality", "feasibility", "controllability")
_TEST_LABELS = (N_("合法性"), N_("合理性"), N_("可行性"), N_("可控性"))
_TEST_TEXTS = (N_("合法性说明"), N_("合理性说明"), N_("可行性说明"), N_("可控性说明"))
_TESTS = tuple(
    field
    for name, label, text in zip(TEST_NAMES, _TEST_LABELS, _TEST_TEXTS, strict=True)
    for field in (
        Field(name, label, Kind.CHOICE, TESTS, _C, dictionary="test_result"),
        Field(f"{name}_text", text, Kind.LONG_TEXT, TESTS, length=2000, help=N_("不是“符合”时填写")),
    )
)

_LEVELS = (
    Field("main_risks", N_("主要风险"), Kind.LONG_TEXT, LEVELS, _C, 2000, help=N_("写风险点，不写个人")),
    Field("measures", N_("化解措施"), Kind.LONG_TEXT, LEVELS, _C, 2000),
    Field(
        "level_before",
        N_("初始风险等级"),
        Kind.CHOICE,
        LEVELS,
        _C,
        dictionary="level",
        ledger=Ledger(25, "初始风险等级", 5.5, ("初始等级", "初始", "措施前等级")),
    ),
    Field(
        "level_after",
        N_("措施后风险等级"),
        Kind.CHOICE,
        LEVELS,
        _C,
        dictionary="level",
        ledger=Ledger(26, "措施后风险等级", 5.5, ("措施后等级", "措施后", "预期风险等级", "风险等级", "风险级别")),
    ),
    Field(
        "event_people",
        N_("单次事件预计人数"),
        Kind.INTEGER,
        LEVELS,
        minimum=_ZERO,
        maximum=_MANY,
        help=N_("只写人数，用于等级直接判定"),
    ),
    Field("severe_event", N_("可能发生恶性案件或极端事件"), Kind.BOOLEAN, LEVELS),
    Field(
        "event_people_after",
        N_("措施后单次事件预计人数"),
        Kind.INTEGER,
        LEVELS,
        minimum=_ZERO,
        maximum=_MANY,
    ),
    Field("severe_event_after", N_("措施后仍可能发生恶性案件或极端事件"), Kind.BOOLEAN, LEVELS),
    Field("level_reason", N_("等级确定理由"), Kind.LONG_TEXT, LEVELS, length=1000),
    Field("emergency_plan", N_("已制定应急预案"), Kind.BOOLEAN, LEVELS, help=N_("初始等级为中、高时须制定")),
)

_REVIEW = (
    Field("review_on", N_("评审日期"), Kind.DATE, REVIEW),
    Field("review_experts", N_("评审专家人数"), Kind.INTEGER, REVIEW, minimum=_ZERO, maximum=Decimal(999)),
    Field("review_result", N_("评审结论"), Kind.CHOICE, REVIEW, dictionary="review_result"),
    Field("review_opinion", N_("评审意见"), Kind.LONG_TEXT, REVIEW, length=2000),
    Field("review_revised_on", N_("评审后修改完成日期"), Kind.DATE, REVIEW, help=N_("评审结论为“修改后通过”时填写")),
)

_CONCLUSION = (
    Field(
        "outcome",
        N_("评估结论"),
        Kind.CHOICE,
        CONCLUSION,
        _C,
        dictionary="outcome",
        ledger=Ledger(27, "评估结论", 5.5, ("结论",)),
    ),
    Field("conclusion_text", N_("结论与建议"), Kind.LONG_TEXT, CONCLUSION, length=2000),
    Field(
        "concluded_on",
        N_("评估完成日期"),
        Kind.DATE,
        CONCLUSION,
        _C,
        ledger=Ledger(30, "评估完成日期", 11, ("完成日期", "评估完成时间", "完成时间")),
    ),
    Field("signed_by", N_("审签人"), Kind.TEXT, CONCLUSION, _C, 32, official=True, help=N_("单位负责人")),
    Field("signed_on", N_("审签日期"), Kind.DATE, CONCLUSION),
)

_REPORT = (
    Field("report_no", N_("评估报告文号"), Kind.TEXT, REPORT, length=64),
    Field("report_digest", N_("报告文件摘要（SHA-256）"), Kind.CODE, REPORT, length=64),
)

_DECISION = (
    Field(
        "decision_result",
        N_("决策结果"),
        Kind.CHOICE,
        DECISION,
        Gate.DECISION,
        dictionary="decision_result",
        ledger=Ledger(35, "决策结果", 5.5, ("决策情况",)),
    ),
    Field(
        "decision_doc_no",
        N_("决策文号"),
        Kind.TEXT,
        DECISION,
        length=64,
        ledger=Ledger(36, "决策文号", 13.5, ("文号", "批准文号"), CellKind.CODE),
    ),
    Field(
        "decided_on",
        N_("决策日期"),
        Kind.DATE,
        DECISION,
        Gate.DECISION,
        ledger=Ledger(37, "决策日期", 11, ("决策时间",)),
    ),
)

_FOLLOW_UP = (
    Field(
        "implementation",
        N_("实施状态"),
        Kind.CHOICE,
        FOLLOW_UP,
        dictionary="implementation",
        ledger=Ledger(38, "实施状态", 5.5, ("实施情况",)),
    ),
    Field(
        "tracking", N_("跟踪情况"), Kind.LONG_TEXT, FOLLOW_UP, length=2000, ledger=Ledger(39, "跟踪情况", 16, ("跟踪",))
    ),
)

FIELDS: tuple[Field, ...] = (
    *_SCREENING,
    *_PROCESS,
    *_TESTS,
    *_LEVELS,
    *_REVIEW,
    *_CONCLUSION,
    *_REPORT,
    *_DECISION,
    *_FOLLOW_UP,
)

BY_NAME = {field.name: field for field in FIELDS}


def in_sections(*sections: str) -> tuple[Field, ...]:
    """The fields of these sections, in their order."""
    return tuple(field for field in FIELDS if field.section in sections)


def _count(name: str, label: str) -> Field:
    return Field(name, label, Kind.INTEGER, "consultation", minimum=_ZERO, maximum=_MANY)


#: One consultation row: how it was done, how many, which themes. Never who (DOMAIN §0.12).
CONSULTATION_FIELDS: tuple[Field, ...] = (
    Field("method", N_("调查方式"), Kind.CHOICE, "consultation", _C, dictionary="consultation_method"),
    _count("sessions", N_("次数")),
    _count("participants", N_("人次")),
    _count("forms_issued", N_("发放问卷（份）")),
    _count("forms_valid", N_("有效问卷（份）")),
    _count("support", N_("支持（份）")),
    _count("conditional", N_("有条件支持（份）")),
    _count("neutral", N_("中立（份）")),
    _count("oppose", N_("反对（份）")),
    _count("opinions", N_("意见（条）")),
    _count("adopted", N_("采纳（条）")),
    Field("themes", N_("意见主题"), Kind.TEXT, "consultation", length=500, help=N_("只写主题，不写姓名、电话")),
)

RISK = "risk"


def _ratio(name: str, label: str) -> Field:
    return Field(name, label, Kind.RATIO, RISK, _C)


#: One risk factor of the index method, before and after measures (DOMAIN §8a factor).
FACTOR_FIELDS: tuple[Field, ...] = (
    Field("area", N_("风险领域"), Kind.CHOICE, RISK, dictionary="risk_area"),
    Field("name", N_("风险因素"), Kind.TEXT, RISK, _C, 64, help=N_("写事项的环节和影响，不写个人")),
    _ratio("w", N_("权重")),
    _ratio("p", N_("发生概率")),
    _ratio("q", N_("影响程度")),
    _ratio("p_after", N_("措施后发生概率")),
    _ratio("q_after", N_("措施后影响程度")),
    Field("reason", N_("升高的理由"), Kind.TEXT, RISK, length=500, help=N_("措施后概率或影响高于措施前时填写")),
)

#: One measure against a factor; ``factor`` is the number of its factor.
MEASURE_FIELDS: tuple[Field, ...] = (
    Field("factor", N_("针对的风险因素"), Kind.CHOICE, RISK, _C, dictionary="risk_row"),
    Field("text", N_("防范化解措施"), Kind.TEXT, RISK, _C, 500),
    Field("responsible_org", N_("责任单位"), Kind.ORGANISATION, RISK),
    Field("due_on", N_("完成时限"), Kind.DATE, RISK),
    Field("done_on", N_("落实日期"), Kind.DATE, RISK),
)
