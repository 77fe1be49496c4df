"""Rules between levels, tests, procedure and outcome that hold for every method (DOMAIN §1.4, §2, §3.1, §8a)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from risk_registry.core.problems import Problem
from risk_registry.core.statements import Statement
from risk_registry.core.text_marks import N_


@dataclass(frozen=True)
class Test:
    """One of the tests an assessment must answer; a local rule may add tests."""

    __test__ = False  # not a case for pytest

    code: str
    zh: str


FOUR_TESTS = (
    Test("legal", N_("合法性")),
    Test("rational", N_("合理性")),
    Test("feasible", N_("可行性")),
    Test("controllable", N_("可控性")),
)


@dataclass(frozen=True)
class JudgementRules:
    """Settings of a jurisdiction: the level set from slight to severe, its words, and what an outcome means."""

    tests: tuple[Test, ...] = FOUR_TESTS
    levels: tuple[tuple[str, str], ...] = (("low", N_("低")), ("medium", N_("中")), ("high", N_("高")))
    met: str = "met"
    simplified: str = "simplified"
    pass_outcomes: frozenset[str] = frozenset({"implement", "partial", "phased"})
    #: Setting: a pass outcome with a high level after measures is only flagged, not refused.
    allow_high_pass: bool = False

    def severity(self, level: str) -> int:
        """Rank of a level, 0 the least severe. Raises KeyError for an unknown level."""
        for rank, (code, _) in enumerate(self.levels):
            if code == level:
                return rank
        raise KeyError(level)

    def word(self, level: str) -> str:
        """The level's Chinese word."""
        return dict(self.levels)[level]


DEFAULT_RULES = JudgementRules()


@dataclass(frozen=True)
class Judgement:
    """What an assessment states; empty text means not stated. `tests` maps a test to its result code and its text."""

    tests: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    level_before: str = ""
    level_after: str = ""
    level_reason: str = ""
    procedure: str = ""
    outcome: str = ""


_TEST_MISSING = N_("请选择%(label)s的评估结果")
_TEST_TEXT = N_("%(label)s不是“符合”，请写明情况")
_BEFORE_MISSING = N_("请选择初始风险等级")
_AFTER_MISSING = N_("请选择措施后风险等级")
_UNKNOWN_LEVEL = N_("风险等级“%(value)s”不在现行等级之内，请重新选择")
_RISES = N_("措施后风险等级（%(after)s）高于初始风险等级（%(before)s），请核对，确实如此的请填写等级说明")
_SIMPLIFIED = N_("简易程序只适用于低风险，措施后等级为%(after)s，请转为一般程序")
_HIGH_PASS = N_("措施后仍为高风险，不能作出实施的评估结论，请调整方案降低风险，或改为暂缓实施、不予实施")
_HIGH_PASS_FLAG = N_("措施后仍为高风险而结论为实施，已按设置放行，请注意")
_LOWER = N_("选定的风险等级（%(chosen)s）低于计算结果（%(computed)s），请填写理由")
_PLAN = N_("初始风险等级为%(level)s，请附应急预案")


def check_tests(judgement: Judgement, rules: JudgementRules = DEFAULT_RULES) -> tuple[Problem, ...]:
    """Every test answered; a text under each that is not 符合. Problem fields are test_<code> and test_<code>_text."""
    problems = []
    for test in rules.tests:
        result, text = judgement.tests.get(test.code, ("", ""))
        if not result:
            problems.append(Problem(f"test_{test.code}", _TEST_MISSING, {"label": test.zh}))
        elif result != rules.met and not text.strip():
            problems.append(Problem(f"test_{test.code}_text", _TEST_TEXT, {"label": test.zh}))
    return tuple(problems)


def check_levels(judgement: Judgement, rules: JudgementRules = DEFAULT_RULES) -> tuple[Problem, ...]:
    """Both levels stated and known; after not above before without a reason; a simplified round ends low."""
    problems = []
    known = {code for code, _ in rules.levels}
    stated = (
        ("level_before", judgement.level_before, _BEFORE_MISSING),
        ("level_after", judgement.level_after, _AFTER_MISSING),
    )
    for name, level, missing in stated:
        if not level:
            problems.append(Problem(name, missing))
        elif level not in known:
            problems.append(Problem(name, _UNKNOWN_LEVEL, {"value": level}))
    if problems:
        return tuple(problems)
    before, after = judgement.level_before, judgement.level_after
    if rules.severity(after) > rules.severity(before) and not judgement.level_reason.strip():
        words = {"after": Statement(rules.word(after)), "before": Statement(rules.word(before))}
        problems.append(Problem("level_reason", _RISES, words))
    if judgement.procedure == rules.simplified and rules.severity(after) > 0:
        problems.append(Problem("procedure", _SIMPLIFIED, {"after": Statement(rules.word(after))}))
    return tuple(problems)


def _passes_high(judgement: Judgement, rules: JudgementRules) -> bool:
    return judgement.level_after == rules.levels[-1][0] and judgement.outcome in rules.pass_outcomes


def check_outcome(judgement: Judgement, rules: JudgementRules = DEFAULT_RULES) -> tuple[Problem, ...]:
    """An outcome of implementing is refused while the level after measures is the highest, unless set otherwise."""
    if _passes_high(judgement, rules) and not rules.allow_high_pass:
        return (Problem("outcome", _HIGH_PASS),)
    return ()


def check_judgement(judgement: Judgement, rules: JudgementRules = DEFAULT_RULES) -> tuple[Problem, ...]:
    """The whole of QUALITATIVE at the conclusion; the last two checks hold for every method."""
    return check_tests(judgement, rules) + check_levels(judgement, rules) + check_outcome(judgement, rules)


def judgement_flags(judgement: Judgement, rules: JudgementRules = DEFAULT_RULES) -> tuple[Statement, ...]:
    """What stays visible though it was let through."""
    return (Statement(_HIGH_PASS_FLAG),) if _passes_high(judgement, rules) and rules.allow_high_pass else ()


def check_chosen_level(
    computed: str, chosen: str, reason: str, rules: JudgementRules = DEFAULT_RULES
) -> tuple[Problem, ...]:
    """A level chosen by hand below the computed one needs a reason; a more severe one does not (DOMAIN §3.4)."""
    if rules.severity(chosen) >= rules.severity(computed) or reason.strip():
        return ()
    words = {"chosen": Statement(rules.word(chosen)), "computed": Statement(rules.word(computed))}
    return (Problem("level_reason", _LOWER, words),)


def check_emergency_plan(
    level_before: str, has_plan: bool, rules: JudgementRules = DEFAULT_RULES
) -> tuple[Problem, ...]:
    """An emergency plan belongs to an assessment whose initial level is above the lowest (DOMAIN §8a)."""
    if has_plan or rules.severity(level_before) == 0:
        return ()
    return (Problem("emergency_plan", _PLAN, {"level": Statement(rules.word(level_before))}),)
