"""What must be filled at which step, and which facts must agree: the same for pages, commands and import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from risk_registry.core.dates_order import RoundDates, notice_days
from risk_registry.core.fields import Field, Gate
from risk_registry.core.judgement import (
    DEFAULT_RULES,
    Judgement,
    JudgementRules,
    Test,
    check_emergency_plan,
    check_judgement,
)
from risk_registry.core.problems import Problem
from risk_registry.core.text_marks import N_

REQUIRED = N_("请填写%(label)s")

#: The four tests under the names of their declared fields.
TESTS = (
    Test("legality", N_("合法性")),
    Test("rationality", N_("合理性")),
    Test("feasibility", N_("可行性")),
    Test("controllability", N_("可控性")),
)


def missing(fields: Iterable[Field], values: Mapping[str, Any], gate: Gate) -> list[Problem]:
    """A problem for each field that is required at ``gate`` itself and empty. Zero and False are answers."""
    return [
        Problem(field.name, REQUIRED, {"label": field.label})
        for field in fields
        if field.required_at is gate and values.get(field.name) in (None, "")
    ]


def declaration_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Facts of a matter that must agree at declaration (DOMAIN §8a)."""
    problems = []
    if values.get("kind") == "project" and values.get("invest_wan") is None:
        problems.append(Problem("invest_wan", N_("工程项目请填写总投资（万元）")))
    start, end = values.get("plan_start"), values.get("plan_end")
    if start and end and end < start:
        problems.append(Problem("plan_end", N_("计划结束日期不能早于计划开始日期")))
    if values.get("sensitivity") not in (None, "open", "internal"):
        problems.append(Problem("sensitivity", N_("本系统不得登记涉密事项")))
    return problems


def screening_problems(values: Mapping[str, Any]) -> list[Problem]:
    """应评判定: anything but 应评 needs its reason, 不重复评估 its reference (第713号令第22条; DOMAIN §8a)."""
    screening = values.get("screening")
    if screening in (None, "", "required"):
        return []
    problems = []
    if not values.get("screening_reason"):
        problems.append(Problem("screening_reason", N_("判定为不需评估的，请填写判定理由")))
    if screening == "covered" and not values.get("screening_reference"):
        problems.append(Problem("screening_reference", N_("不重复评估的，请填写已有评估的备案编号或文号")))
    return problems


def consultation_problems(row: Mapping[str, Any], prefix: str = "") -> list[Problem]:
    """Counts of one consultation row must fit together; rates are computed from them, never typed (DOMAIN §8d 13)."""

    def count(name: str) -> int:
        return int(row.get(name) or 0)

    problems = []
    if row.get("forms_issued") is not None and count("forms_valid") > count("forms_issued"):
        problems.append(Problem(f"{prefix}forms_valid", N_("有效问卷不能多于发放问卷")))
    if sum(count(name) for name in ("support", "conditional", "neutral", "oppose")) > count("forms_valid"):
        problems.append(Problem(f"{prefix}support", N_("支持、有条件支持、中立、反对合计不能多于有效问卷")))
    if count("adopted") > count("opinions"):
        problems.append(Problem(f"{prefix}adopted", N_("采纳条数不能多于意见条数")))
    return problems


@dataclass(frozen=True)
class ConclusionRules:
    """What an office asks of a conclusion: days of public notice, experts in a review, and its judgement rules."""

    notice_days: int = 10
    experts: int = 3
    judgement: JudgementRules = DEFAULT_RULES


def needs_notice(values: Mapping[str, Any]) -> bool:
    """公示 belongs to the ordinary procedure."""
    return values.get("procedure") == "ordinary"


def needs_review(values: Mapping[str, Any]) -> bool:
    """Expert review belongs to medium and high initial levels and to commissioned assessments of any level."""
    return values.get("level_before") in ("medium", "high") or values.get("mode") == "commissioned"


def conclusion_problems(
    fields: Iterable[Field], values: Mapping[str, Any], consultations: int, rules: ConclusionRules
) -> list[Problem]:
    """Everything that stands between an assessment and its conclusion (DOMAIN §8a gate C, §8b rows 6 to 9)."""
    problems = missing(fields, values, Gate.CONCLUDE)
    if values.get("mode") == "commissioned" and values.get("third_party") is None:
        problems.append(Problem("third_party", N_("委托评估请选择第三方机构")))
    if values.get("mode") == "self" and values.get("third_party") is not None:
        problems.append(Problem("third_party", N_("自评不填第三方机构；由第三方评估的，评估方式请选委托")))
    if consultations == 0:
        problems.append(Problem("consultations", N_("请至少填写一项调查情况（方式和次数、人次或份数）")))
    if needs_notice(values):
        problems += _notice_problems(values, rules)
    if needs_review(values):
        problems += _review_problems(values, rules)
    known = {problem.field for problem in problems}
    return problems + [problem for problem in _judgement_problems(values, rules) if problem.field not in known]


def _notice_problems(values: Mapping[str, Any], rules: ConclusionRules) -> list[Problem]:
    days = notice_days(RoundDates(notice_from=values.get("notice_from"), notice_to=values.get("notice_to")))
    if days is None:
        return [Problem("notice_from", N_("一般程序请填写公示开始和结束日期"))]
    if days < rules.notice_days:
        params = {"days": days, "least": rules.notice_days}
        return [Problem("notice_to", N_("公示%(days)d天，少于规定的%(least)d天，请核对公示日期"), params)]
    return []


def _review_problems(values: Mapping[str, Any], rules: ConclusionRules) -> list[Problem]:
    problems = []
    if values.get("review_on") is None:
        problems.append(Problem("review_on", N_("初始等级为中、高或委托评估的，请填写评审日期")))
    if (values.get("review_experts") or 0) < rules.experts:
        problems.append(Problem("review_experts", N_("评审专家不得少于%(least)d人"), {"least": rules.experts}))
    if values.get("review_result") is None:
        problems.append(Problem("review_result", N_("请选择评审结论")))
    elif values["review_result"] == "failed":
        problems.append(Problem("review_result", N_("评审不通过的，请修改评估报告并重新评审后再完成评估")))
    elif values["review_result"] == "revise" and values.get("review_revised_on") is None:
        problems.append(Problem("review_revised_on", N_("评审结论为“修改后通过”的，请填写评审后修改完成日期")))
    return problems


def _judgement_problems(values: Mapping[str, Any], rules: ConclusionRules) -> list[Problem]:
    judgement = Judgement(
        tests={test.code: (values.get(test.code) or "", values.get(f"{test.code}_text") or "") for test in TESTS},
        level_before=values.get("level_before") or "",
        level_after=values.get("level_after") or "",
        level_reason=values.get("level_reason") or "",
        procedure=values.get("procedure") or "",
        outcome=values.get("outcome") or "",
    )
    wanted = replace(rules.judgement, tests=TESTS)
    found = list(check_judgement(judgement, wanted))
    if judgement.level_before:
        found += check_emergency_plan(judgement.level_before, bool(values.get("emergency_plan")), wanted)
    return [replace(problem, field=problem.field.removeprefix("test_")) for problem in found]
