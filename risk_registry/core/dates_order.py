"""The order of business dates of one assessment (DOMAIN §2, §7, §8a). A missing date breaks no rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from risk_registry.core.problems import Problem
from risk_registry.core.statements import Statement
from risk_registry.core.text_marks import N_


@dataclass(frozen=True)
class RoundDates:
    """Dates of one round and of its current filing attempt; all local business dates."""

    notice_from: date | None = None
    notice_to: date | None = None
    started_on: date | None = None
    concluded_on: date | None = None
    submitted_on: date | None = None
    received_on: date | None = None
    filed_on: date | None = None
    decided_on: date | None = None
    actual_start: date | None = None
    commissioned_on: date | None = None
    review_on: date | None = None
    review_revised_on: date | None = None


LABELS = {
    "notice_from": N_("公示开始日期"),
    "notice_to": N_("公示结束日期"),
    "started_on": N_("启动日期"),
    "concluded_on": N_("评估完成日期"),
    "submitted_on": N_("报送日期"),
    "received_on": N_("接收日期"),
    "filed_on": N_("备案日期"),
    "decided_on": N_("决策日期"),
    "actual_start": N_("实际开工日期"),
    "commissioned_on": N_("委托日期"),
    "review_on": N_("评审日期"),
    "review_revised_on": N_("评审后修改完成日期"),
}
# (earlier, later): the later may not be before the earlier. With the dates between them missing, the outer ones
# still hold their order, so pairs reach across gaps.
_CHAIN = ("started_on", "concluded_on", "submitted_on", "received_on", "filed_on")
# A notice may be planned ahead; facts may not.
_FACTS = (
    "started_on",
    "concluded_on",
    "submitted_on",
    "received_on",
    "filed_on",
    "decided_on",
    "actual_start",
    "commissioned_on",
    "review_on",
    "review_revised_on",
)
# The contract comes before the conclusion, the revision after the review that asked for it (DOMAIN §2 steps 4 and 12).
_PAIRS = (
    ("notice_from", "notice_to"),
    ("commissioned_on", "concluded_on"),
    ("review_on", "review_revised_on"),
)

_ORDER = N_("%(label)s（%(value)s）不能早于%(other)s（%(limit)s），请核对两个日期")
_FUTURE = N_("%(label)s（%(value)s）晚于今天（%(today)s），请核对")
_DECIDED_EARLY = N_("先决策后评估：决策日期（%(value)s）早于评估完成日期（%(limit)s）")
_DECIDED_WITHOUT = N_("先决策后评估：已有决策日期（%(value)s），评估尚未完成")
_BUILT_EARLY = N_("先开工后评估：实际开工日期（%(value)s）早于评估完成日期（%(limit)s）")
_BUILT_WITHOUT = N_("先开工后评估：已有实际开工日期（%(value)s），评估尚未完成")


def _order_problem(dates: RoundDates, earlier: str, later: str) -> Problem | None:
    first, second = getattr(dates, earlier), getattr(dates, later)
    if first is None or second is None or first <= second:
        return None
    params = {"label": LABELS[later], "value": second, "other": Statement(LABELS[earlier]), "limit": first}
    return Problem(later, _ORDER, params)


def check_dates(dates: RoundDates, today: date) -> tuple[Problem, ...]:
    """Refusals, at most one per date: order within the chain and the notice, and facts in the future."""
    problems = []
    pairs = list(_PAIRS)
    last = None
    for name in _CHAIN:
        if getattr(dates, name) is not None:
            if last is not None:
                pairs.append((last, name))
            last = name
    faulty = set()
    for earlier, later in pairs:
        problem = _order_problem(dates, earlier, later)
        if problem is not None:
            problems.append(problem)
            faulty.add(later)
    for name in _FACTS:
        day = getattr(dates, name)
        if day is not None and day > today and name not in faulty:
            problems.append(Problem(name, _FUTURE, {"label": LABELS[name], "value": day, "today": today}))
    return tuple(problems)


def date_flags(dates: RoundDates) -> tuple[Statement, ...]:
    """Flags that stay visible and refuse nothing: the truth must be recordable (DOMAIN §8d.22)."""
    flags = []
    for day, early, without in (
        (dates.decided_on, _DECIDED_EARLY, _DECIDED_WITHOUT),
        (dates.actual_start, _BUILT_EARLY, _BUILT_WITHOUT),
    ):
        if day is None:
            continue
        if dates.concluded_on is None:
            flags.append(Statement(without, {"value": day}))
        elif day < dates.concluded_on:
            flags.append(Statement(early, {"value": day, "limit": dates.concluded_on}))
    return tuple(flags)


def notice_days(dates: RoundDates) -> int | None:
    """Length of the public notice in calendar days, first and last day counted; None when a date is missing."""
    if dates.notice_from is None or dates.notice_to is None or dates.notice_to < dates.notice_from:
        return None
    return (dates.notice_to - dates.notice_from).days + 1
