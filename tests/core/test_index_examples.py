"""The risk index as a calculator, a hand and DOMAIN §3.2-3.4 have it: every line of arithmetic as printed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from risk_registry.core.judgement import Judgement, check_chosen_level, check_levels
from risk_registry.core.risk import assess, check_factors
from risk_registry.core.risk_method import INDEX_428, JIANGSU_TRIGGERS, PRACTICE_TRIGGERS
from tests.index_examples import EXAMPLES, Example


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_the_arithmetic_as_printed(example: Example) -> None:
    result = assess(example.method, example.factors, facts=example.facts, facts_after=example.facts_after)
    assert tuple(str(line) for line in result.before.arithmetic) == example.before
    assert tuple(str(line) for line in result.after.arithmetic) == example.after
    assert (result.before.level, result.after.level) == example.levels


def test_every_rule_decides_an_example() -> None:
    """Each band, each rule of numbers and each direct trigger of both sets stands in some example's lines."""
    said = "\n".join(line for example in EXAMPLES.values() for line in (*example.before, *example.after))
    for band in INDEX_428.degree:
        assert f"（{band.zh}）" in said
    for rule in INDEX_428.counts:
        degree = next(band.zh for band in INDEX_428.degree if band.code == rule.degree)
        level = {"high": "高", "medium": "中"}[rule.level]
        assert f"{degree}风险因素 {rule.at_least} 个，达到 {rule.at_least} 个，为{level}风险" in said
    for trigger in (*PRACTICE_TRIGGERS, *JIANGSU_TRIGGERS):
        assert f"{trigger.text}（" in said
    for words in ("I ≤ 0.36，为低风险", "0.36 < I ≤ 0.64，为中风险", "0.64 < I ≤ 1，为高风险"):
        assert words in said


def test_the_float_trap_is_a_trap_for_floats_only() -> None:
    weights = [float(row[1]) for row in EXAMPLES["the float trap"].rows]
    assert sum(weights) == 0.9999999999999999
    exact = replace(INDEX_428, weight_tolerance=Decimal(0))
    assert check_factors(exact, EXAMPLES["the float trap"].factors) == ()


def test_a_level_by_hand() -> None:
    """Lower than computed only with a reason; more severe without one (DOMAIN §3.4)."""
    for name, example in EXAMPLES.items():
        computed = example.levels[0]
        for chosen in ("low", "medium", "high"):
            lower = INDEX_428.severity(chosen) < INDEX_428.severity(computed)
            assert bool(check_chosen_level(computed, chosen, "")) is lower, name
            assert check_chosen_level(computed, chosen, "专家评审意见") == ()


def test_a_simplified_round_ends_low() -> None:
    """The simplified procedure is for low risk; a computed medium converts it to the ordinary one (DOMAIN §2)."""
    example = EXAMPLES["the most severe wins, after measures too"]
    before, after = example.levels
    (problem,) = check_levels(Judgement(level_before=before, level_after=after, procedure="simplified"))
    assert str(problem) == "简易程序只适用于低风险，措施后等级为中，请转为一般程序"
    assert check_levels(Judgement(level_before=before, level_after=after, procedure="ordinary")) == ()
