"""The measures of the annual report: each a stored question about lines (DOMAIN §8c).

The unit is the 件次, one assessment round. A measure counts lines, or distinct matters where it says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from risk_registry.core.predicates import (
    BeforePeriod,
    FirstRound,
    Not,
    OneOf,
    Passed,
    Past,
    Predicate,
    Reached,
    Within,
    both,
    either,
)
from risk_registry.core.status import WITHDRAWN
from risk_registry.core.text_marks import N_

#: Out of every count but its own: withdrawn without a later submission, terminated, voided.
OUT = either(WITHDRAWN, Reached("terminated_on"), Reached("voided_on"))
FILED = both(Reached("filed_on"), Not(Reached("revoked_on")))
ASSESSED = both(Within("concluded_on"), Not(OUT))
_FILED_IN_PERIOD = both(Within("filed_on"), FILED)
_UNFILED = both(Reached("concluded_on"), Not(OUT), Not(FILED))
_VOID = Reached("voided_on")


@dataclass(frozen=True)
class Measure:
    """One figure: its rule text (口径), the lines it counts, and whether it counts their matters instead.

    ``period`` is false for figures that look at the as-of day alone.
    """

    id: str
    version: int
    label: str
    rule: str
    predicate: Predicate
    distinct_matters: bool = False
    period: bool = True


MEASURES: tuple[Measure, ...] = (
    Measure("assessed", 1, N_("评估件次"), N_("统计期内评估完成的评估轮次，不含撤回、终止、作废"), ASSESSED),
    Measure(
        "matters_assessed",
        1,
        N_("评估件数"),
        N_("统计期内评估完成的事项数，同一事项多轮评估只计一件"),
        ASSESSED,
        distinct_matters=True,
    ),
    Measure("passed", 1, N_("通过评估"), N_("评估件次中结论为准予、部分、分步实施的"), both(ASSESSED, Passed())),
    Measure(
        "deferred",
        1,
        N_("暂缓实施"),
        N_("评估件次中结论为暂缓实施的"),
        both(ASSESSED, OneOf("outcome", frozenset({"deferred"}))),
    ),
    Measure(
        "rejected",
        1,
        N_("不予实施"),
        N_("评估件次中结论为不予实施的"),
        both(ASSESSED, OneOf("outcome", frozenset({"rejected"}))),
    ),
    Measure(
        "passed_and_filed",
        1,
        N_("通过并备案（按评估完成时间，甲）"),
        N_("统计期内评估完成、结论为通过，且截至日已备案、未被撤销的"),
        both(ASSESSED, Passed(), FILED),
    ),
    Measure(
        "passed_and_filed_in_period",
        1,
        N_("通过并备案（按备案时间，乙）"),
        N_("结论为通过、备案日期在统计期内，且截至日未被撤销的"),
        both(Passed(), _FILED_IN_PERIOD),
    ),
    Measure("filed", 1, N_("备案件次"), N_("备案日期在统计期内，且截至日未被撤销的，不论结论"), _FILED_IN_PERIOD),
    Measure(
        "carried_over",
        1,
        N_("上期结转备案"),
        N_("统计期前评估完成、结论为通过，在统计期内备案的"),
        both(BeforePeriod("concluded_on"), Passed(), _FILED_IN_PERIOD),
    ),
    Measure(
        "filed_not_passed",
        1,
        N_("非通过备案"),
        N_("备案件次中结论为暂缓、不予实施的"),
        both(Not(Passed()), _FILED_IN_PERIOD),
    ),
    Measure(
        "unfiled",
        1,
        N_("未备案"),
        N_("截至日评估已完成而未备案或备案已撤销的，不论何时完成"),
        _UNFILED,
        period=False,
    ),
    Measure(
        "in_progress",
        1,
        N_("正在评估"),
        N_("截至日已启动、尚未完成的评估"),
        both(Reached("started_on"), Not(Reached("concluded_on")), Not(OUT)),
        period=False,
    ),
    Measure(
        "overdue",
        1,
        N_("逾期"),
        N_("截至日未备案且已超过办理期限的；期限未启用时为零"),
        both(_UNFILED, Past("due_on")),
        period=False,
    ),
    Measure("reassessed", 1, N_("复评件次"), N_("评估件次中第二轮及以后的"), both(ASSESSED, Not(FirstRound()))),
    Measure(
        "declared",
        1,
        N_("申报件数"),
        N_("统计期内申报的事项数，不含作废"),
        both(Within("declared_on"), FirstRound(), Not(_VOID)),
        distinct_matters=True,
    ),
    Measure(
        "due",
        1,
        N_("应评件数"),
        N_("统计期内申报、判定为应评的事项数，不含终止、作废"),
        both(
            Within("declared_on"),
            FirstRound(),
            Reached("screened_on"),
            Not(Reached("exempted_on")),
            Not(_VOID),
            Not(Reached("terminated_on")),
        ),
        distinct_matters=True,
    ),
)

MEASURE_BY_ID = {measure.id: measure for measure in MEASURES}

#: Axes along which measures are partitioned; the month is that of conclusion.
AXES = ("kind", "field", "organisation", "month", "level_before", "level_after")

#: What an assessment is called; an office may have it otherwise (setting ``term_word``).
TERM_WORD = N_("社会稳定风险评估")

SENTENCE = N_("今年以来，共开展重大项目、重要决策%(term)s%(assessed)d件次，通过评估并备案%(passed_and_filed)d件次。")
SENTENCE_PERIOD = N_(
    "%(first)s至%(last)s，共开展重大项目、重要决策%(term)s%(assessed)d件次，通过评估并备案%(passed_and_filed)d件次。"
)
