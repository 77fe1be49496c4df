from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from risk_registry.core.judgement import (
    FOUR_TESTS,
    Judgement,
    JudgementRules,
    check_chosen_level,
    check_emergency_plan,
    check_judgement,
    judgement_flags,
)

MET = {test.code: ("met", "") for test in FOUR_TESTS}
GOOD = Judgement(tests=MET, level_before="medium", level_after="low", procedure="ordinary", outcome="implement")


def fields(judgement: Judgement, rules: JudgementRules | None = None) -> list[str]:
    return [problem.field for problem in check_judgement(judgement, rules or JudgementRules())]


def test_five_minutes_are_enough() -> None:
    assert fields(GOOD) == []


def test_nothing_stated_names_everything() -> None:
    tests = ["test_legal", "test_rational", "test_feasible", "test_controllable"]
    assert fields(Judgement()) == [*tests, "level_before", "level_after"]
    assert "请选择合法性的评估结果" in str(check_judgement(Judgement())[0])


@pytest.mark.parametrize("code", [test.code for test in FOUR_TESTS])
@pytest.mark.parametrize("result", ["mostly", "unmet"])
def test_text_only_under_a_test_that_is_not_met(code: str, result: str) -> None:
    assert fields(replace(GOOD, tests={**MET, code: (result, " ")})) == [f"test_{code}_text"]
    assert fields(replace(GOOD, tests={**MET, code: (result, "补偿方案尚在征求意见")})) == []


@pytest.mark.parametrize(("before", "after"), list(product(["low", "medium", "high"], repeat=2)))
def test_after_above_before_needs_a_reason(before: str, after: str) -> None:
    order = ["low", "medium", "high"]
    judgement = replace(GOOD, level_before=before, level_after=after, outcome="deferred")
    rises = order.index(after) > order.index(before)
    assert fields(judgement) == (["level_reason"] if rises else [])
    assert fields(replace(judgement, level_reason="评估期间出现新情况")) == []


@pytest.mark.parametrize(("after", "fault"), [("low", []), ("medium", ["procedure"]), ("high", ["procedure"])])
def test_a_simplified_round_ends_low(after: str, fault: list[str]) -> None:
    judgement = replace(GOOD, level_before="high", level_after=after, procedure="simplified", outcome="deferred")
    assert fields(judgement) == fault
    assert fields(replace(judgement, procedure="ordinary")) == []
    if fault:
        assert "请转为一般程序" in str(check_judgement(judgement)[0])


@pytest.mark.parametrize("outcome", ["implement", "partial", "phased"])
def test_high_after_measures_blocks_a_pass_unless_set(outcome: str) -> None:
    judgement = replace(GOOD, level_before="high", level_after="high", outcome=outcome)
    assert fields(judgement) == ["outcome"]
    assert judgement_flags(judgement) == ()
    allowed = JudgementRules(allow_high_pass=True)
    assert fields(judgement, allowed) == []
    assert "措施后仍为高风险" in str(judgement_flags(judgement, allowed)[0])


@pytest.mark.parametrize("outcome", ["deferred", "rejected"])
def test_a_negative_outcome_may_stay_high(outcome: str) -> None:
    judgement = replace(GOOD, level_before="high", level_after="high", outcome=outcome)
    assert fields(judgement) == []
    assert judgement_flags(judgement, JudgementRules(allow_high_pass=True)) == ()


def test_unknown_levels_are_named_and_four_level_sets_work() -> None:
    assert fields(replace(GOOD, level_before="extreme")) == ["level_before"]
    four = JudgementRules(levels=(("l4", "四级"), ("l3", "三级"), ("l2", "二级"), ("l1", "一级")))
    assert fields(replace(GOOD, level_before="l2", level_after="l2"), four) == []
    assert fields(replace(GOOD, level_before="l1", level_after="l1"), four) == ["outcome"]


def test_a_lower_level_by_hand_needs_a_reason() -> None:
    (problem,) = check_chosen_level("high", "medium", " ")
    assert str(problem) == "选定的风险等级（中）低于计算结果（高），请填写理由"
    assert check_chosen_level("high", "medium", "专家组一致意见") == ()
    assert check_chosen_level("medium", "high", "") == ()
    assert check_chosen_level("low", "low", "") == ()


def test_an_emergency_plan_from_medium_up() -> None:
    assert check_emergency_plan("low", False) == ()
    assert check_emergency_plan("medium", True) == ()
    assert check_emergency_plan("medium", False)[0].field == "emergency_plan"


def test_words_inside_a_problem_are_translated() -> None:
    english = {
        "低": "low",
        "中": "medium",
        "高": "high",
        "请选择%(label)s的评估结果": "State %(label)s",
        "合法性": "legality",
    }
    (problem,) = check_chosen_level("high", "medium", "")
    assert "（medium）" in problem.say(lambda text: english.get(text, text))
    assert check_judgement(Judgement())[0].say(lambda text: english.get(text, text)) == "State legality"
