from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_registry.core.problems import Refused
from risk_registry.core.risk import (
    INDEX_428,
    Factor,
    Facts,
    IndexResult,
    assess,
    check_factors,
    check_measures,
    number_text,
    shown_index,
)
from risk_registry.core.risk_factors import AREAS
from risk_registry.core.risk_method import JIANGSU_TRIGGERS, PRACTICE_TRIGGERS, band_of

QUIET = settings(deadline=None, derandomize=True, max_examples=150)
D = Decimal


def factors(*rows: tuple[str, str, str]) -> list[Factor]:
    """Rows of (weight, probability, impact); after measures p and q are halved, to 4 places."""
    cent = D("0.0001")
    return [
        Factor(
            name=f"因素{row}",
            w=D(w),
            p=D(p),
            q=D(q),
            p_after=(D(p) / 2).quantize(cent),
            q_after=(D(q) / 2).quantize(cent),
            measures=1,
        )
        for row, (w, p, q) in enumerate(rows, 1)
    ]


def before(*rows: tuple[str, str, str], facts: Facts | None = None) -> IndexResult:
    return assess(INDEX_428, factors(*rows), facts=facts or Facts()).before


# Each case is worked out by hand: rows (w, p, q), index, level of the index alone, of the counts, final level.
CASES = {
    # 1 × 0.2 × 0.2 = 0.04, upper end of 微小
    "one slight factor": ([("1", "0.2", "0.2")], "0.04", "low", "low", "low"),
    # 1 × 0.6 × 0.6 = 0.36: I ≤ 0.36 is low, R 0.36 still 一般
    "exactly on the lower bound": ([("1", "0.6", "0.6")], "0.36", "low", "low", "low"),
    # 0.6001 × 0.6 = 0.36006: just above; R is 较大 but one alone makes no medium
    "just above the lower bound": ([("1", "0.6001", "0.6")], "0.36006", "medium", "low", "medium"),
    # 0.8 × 0.8 = 0.64: still medium, R 较大
    "exactly on the upper bound": ([("1", "0.8", "0.8")], "0.64", "medium", "low", "medium"),
    # 0.8001 × 0.8 = 0.64008: high; R 重大, one of them: medium by count
    "just above the upper bound": ([("1", "0.8001", "0.8")], "0.64008", "high", "medium", "high"),
    # 0.25×0.56 + 0.35×0.3 + 0.4×0.06 = 0.14 + 0.105 + 0.024 = 0.269
    "a mixed project": (
        [("0.25", "0.7", "0.8"), ("0.35", "0.5", "0.6"), ("0.4", "0.2", "0.3")],
        "0.269",
        "low",
        "low",
        "low",
    ),
    # 0.1×0.81 + 0.9×0.04 = 0.081 + 0.036 = 0.117: low on average, one 重大 lifts it to medium
    "one major factor hidden in the mean": (
        [("0.1", "0.9", "0.9"), ("0.9", "0.2", "0.2")],
        "0.117",
        "low",
        "medium",
        "medium",
    ),
    # 0.05×0.81 + 0.05×0.9025 + 0.9×0.01 = 0.0405 + 0.045125 + 0.009 = 0.094625: two 重大
    "two major factors": (
        [("0.05", "0.9", "0.9"), ("0.05", "0.95", "0.95"), ("0.9", "0.1", "0.1")],
        "0.094625",
        "low",
        "high",
        "high",
    ),
    # 2 × 0.1×0.49 + 0.8×0.04 = 0.098 + 0.032 = 0.13: two 较大
    "two larger factors": (
        [("0.1", "0.7", "0.7"), ("0.1", "0.7", "0.7"), ("0.8", "0.2", "0.2")],
        "0.13",
        "low",
        "medium",
        "medium",
    ),
    # 4 × 0.05×0.49 + 0.8×0.04 = 0.098 + 0.032 = 0.13: four 较大 are medium still
    "four larger factors": ([("0.05", "0.7", "0.7")] * 4 + [("0.8", "0.2", "0.2")], "0.13", "low", "medium", "medium"),
    # 5 × 0.05×0.49 + 0.75×0.04 = 0.1225 + 0.03 = 0.1525: five 较大
    "five larger factors": ([("0.05", "0.7", "0.7")] * 5 + [("0.75", "0.2", "0.2")], "0.1525", "low", "high", "high"),
    # every R is 0.5 × 0.4 = 0.2 and the weights add up to 1 exactly, so I = 0.2
    "the float trap": (
        [("0.2", "0.5", "0.4"), ("0.15", "0.5", "0.4"), ("0.15", "0.5", "0.4")] + [("0.1", "0.5", "0.4")] * 5,
        "0.2",
        "low",
        "low",
        "low",
    ),
    # 5 × R 0.2025 (一般): the table knows no rule for many 一般, so low
    "many general factors": ([("0.2", "0.45", "0.45")] * 5, "0.2025", "low", "low", "low"),
    # all at the top: 1 × 1 × 1
    "everything at one": ([("0.5", "1", "1"), ("0.5", "1", "1")], "1", "high", "high", "high"),
    # zero lies in the lowest bands
    "nothing can happen": ([("1", "0", "1")], "0", "low", "low", "low"),
    # weights 3 × 0.3333 = 0.9999 are accepted and not scaled: 0.9999 × 0.25
    "thirds": ([("0.3333", "0.5", "0.5")] * 3, "0.249975", "low", "low", "low"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_worked_cases(case: tuple[list[tuple[str, str, str]], str, str, str, str]) -> None:
    rows, index, by_index, by_count, level = case
    result = before(*rows)
    assert result.index == D(index)
    assert (result.index_level, result.count_level, result.level) == (by_index, by_count, level)
    assert result.overridden == (level != by_index)


def test_the_trap_is_one() -> None:
    assert 0.2 + 0.15 + 0.15 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 != 1.0
    rows, *_ = CASES["the float trap"]
    assert before(*rows).weight_sum == 1


def test_shown_to_four_places_and_compared_unrounded() -> None:
    # 0.9999 × 0.9 × 0.4 + 0.0001 × 0.6001 × 1 = 0.359964 + 0.00006001
    result = before(("0.9999", "0.9", "0.4"), ("0.0001", "0.6001", "1"))
    assert result.index == D("0.36002401")
    assert result.shown == "0.3600"
    assert result.index_level == "medium"
    assert shown_index(D("0.00005")) == "0.0001"


@pytest.mark.parametrize(
    ("facts", "level", "said"),
    [
        (Facts(event_people=19), "low", ""),
        (Facts(event_people=20), "medium", "20至200人（20）"),
        (Facts(event_people=200), "medium", "20至200人（200）"),
        (Facts(event_people=201), "high", "超过200人（201）"),
        (Facts(oppose=9, valid=100), "low", ""),
        (Facts(oppose=10, valid=100), "medium", "10%至33%之间（10/100）"),
        (Facts(oppose=33, valid=100), "medium", "（33/100）"),
        (Facts(oppose=1, valid=3), "high", "超过33%（1/3）"),
        (Facts(oppose=0, valid=0), "low", ""),
        (Facts(oppose=5), "low", ""),
        (Facts(oppose=50, valid=100, event_people=5), "high", "（50/100）"),
    ],
)
def test_direct_triggers_of_practice(facts: Facts, level: str, said: str) -> None:
    result = before(("1", "0.2", "0.2"), facts=facts)
    assert result.index_level == "low"
    assert result.level == level
    assert bool(result.fired) == bool(said)
    assert said in "\n".join(str(line) for line in result.arithmetic)


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        (Facts(oppose=20, valid=100), "low"),
        (Facts(oppose=21, valid=100), "medium"),
        (Facts(oppose=50, valid=100), "medium"),
        (Facts(oppose=51, valid=100), "high"),
        (Facts(event_people=99), "low"),
        (Facts(event_people=100), "medium"),
        (Facts(event_people=200), "high"),
        (Facts(severe_event=True), "high"),
        (Facts(severe_event=False), "low"),
    ],
)
def test_direct_triggers_of_another_place_are_data(facts: Facts, level: str) -> None:
    method = replace(INDEX_428, version="local", triggers=JIANGSU_TRIGGERS)
    assert assess(method, factors(("1", "0.2", "0.2")), facts=facts).before.level == level


def test_thresholds_are_data_of_the_version() -> None:
    strict = tuple(replace(band, upper=D("0.10")) if band.code == "low" else band for band in INDEX_428.composite)
    method = replace(INDEX_428, version="strict", composite=strict)
    assert assess(method, factors(("1", "0.5", "0.4"))).before.level == "medium"
    assert INDEX_428.source
    assert all(trigger.source for trigger in PRACTICE_TRIGGERS + JIANGSU_TRIGGERS)


def test_the_survey_speaks_of_the_time_before_measures() -> None:
    result = assess(INDEX_428, factors(("1", "0.2", "0.2")), facts=Facts(oppose=40, valid=100))
    assert (result.before.level, result.after.level) == ("high", "low")
    assert result.after.index == D("0.01")


def test_a_milder_trigger_does_not_lower() -> None:
    assert before(("1", "0.9", "0.9"), facts=Facts(event_people=30)).level == "high"


def test_the_printed_arithmetic() -> None:
    result = before(("0.25", "0.7", "0.8"), ("0.7505", "0.2", "0.2"), facts=Facts(event_people=30))
    assert [str(line) for line in result.arithmetic] == [
        "1. 因素1：R = 0.7 × 0.8 = 0.56（较大）；w × R = 0.25 × 0.56 = 0.14",
        "2. 因素2：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.7505 × 0.04 = 0.03002",
        "权重之和 Σw = 0.25 + 0.7505 = 1.0005",
        "权重之和 1.0005 与 1 相差不超过 0.001，按原权重计算",
        "综合指数 I = 0.14 + 0.03002 = 0.17002，显示为 0.1700",
        "综合指数 0.17002 属于 I ≤ 0.36，为低风险",
        "较大 1 个、微小 1 个，单因素个数未达到中风险标准，为低风险",
        "单次事件可能达20至200人（30），为中风险",
        "综合指数、单因素个数和直接判定取最严重的一项：中风险",
    ]
    high = before(("1", "0.9", "0.9"))
    assert str(high.arithmetic[3]) == "综合指数 0.81 属于 0.64 < I ≤ 1，为高风险"
    assert str(high.arithmetic[4]) == "重大风险因素 1 个，达到 1 个，为中风险"


@pytest.mark.parametrize(
    ("weights", "fine"),
    [(["0.5", "0.499"], True), (["0.5", "0.501"], True), (["0.5", "0.4989"], False), (["0.5", "0.5011"], False)],
)
def test_weights_add_up_within_a_thousandth(weights: list[str], fine: bool) -> None:
    rows = factors(*[(weight, "1", "1") for weight in weights])
    assert (check_factors(INDEX_428, rows) == ()) is fine
    if fine:
        assert assess(INDEX_428, rows).before.level == "high"
    else:
        with pytest.raises(Refused, match="权重之和应为1"):
            assess(INDEX_428, rows)


@pytest.mark.parametrize("name", ["p", "q", "w", "p_after", "q_after"])
@pytest.mark.parametrize("value", ["-0.1", "1.0001", "0.12345", "NaN", "Infinity", "-Infinity"])
def test_values_out_of_range_are_named(name: str, value: str) -> None:
    (good,) = factors(("1", "0.5", "0.5"))
    wrong = replace(good, **{name: D(value)})  # type: ignore[arg-type]
    (problem,) = check_factors(INDEX_428, [wrong])
    assert problem.field == f"factors-0-{name}"
    assert "第1个因素“因素1”" in str(problem)
    assert value in str(problem)


def test_no_factors_no_name_no_sense() -> None:
    assert check_factors(INDEX_428, [])[0].field == "factors"
    (good,) = factors(("1", "0.5", "0.5"))
    assert check_factors(INDEX_428, [replace(good, name=" ")])[0].field == "factors-0-name"
    with pytest.raises(Refused, match="反对份数不能大于有效问卷份数"):
        assess(INDEX_428, [good], facts=Facts(oppose=11, valid=10))
    with pytest.raises(Refused, match="不能小于0"):
        assess(INDEX_428, [good], facts_after=Facts(event_people=-1))


def test_larger_factors_need_a_measure() -> None:
    rows = [
        replace(row, measures=0)
        for row in factors(("0.3", "0.6", "0.6"), ("0.3", "0.61", "0.6"), ("0.4", "0.9", "0.9"))
    ]
    problems = check_measures(INDEX_428, rows)
    assert [problem.field for problem in problems] == ["factors-1-measures", "factors-2-measures"]
    assert "风险程度为较大" in str(problems[0])
    assert "风险程度为重大" in str(problems[1])
    assert check_measures(INDEX_428, [replace(row, measures=1) for row in rows]) == ()


def test_a_rise_after_measures_needs_a_reason() -> None:
    (good,) = factors(("1", "0.5", "0.5"))
    risen = replace(good, p_after=D("0.6"), q_after=D("0.5"))
    (problem,) = check_measures(INDEX_428, [risen])
    assert problem.field == "factors-0-reason"
    assert "发生概率高于措施前" in str(problem)
    assert check_measures(INDEX_428, [replace(risen, reason="施工期延长")]) == ()


def test_degree_cuts_are_the_squares_of_the_scale() -> None:
    for p, q, degree in zip(INDEX_428.probability, INDEX_428.impact, INDEX_428.degree, strict=True):
        assert p.upper == q.upper
        assert degree.upper == p.upper**2


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0", "tiny"),
        ("0.04", "tiny"),
        ("0.0401", "small"),
        ("0.16", "small"),
        ("0.36", "general"),
        ("0.64", "larger"),
        ("1", "major"),
    ],
)
def test_bands_are_half_open(value: str, code: str) -> None:
    assert band_of(INDEX_428.degree, D(value)).code == code


def test_outside_every_band() -> None:
    for value in ("-0.0001", "1.0001"):
        with pytest.raises(ValueError, match="no band"):
            band_of(INDEX_428.degree, D(value))


def test_the_library_has_eight_areas_and_forty_nine_factors() -> None:
    names = [name for area in AREAS for name in area.factors]
    assert len(AREAS) == 8
    assert len(names) == len(set(names)) == 49
    assert [len(area.factors) for area in AREAS] == [5, 11, 2, 12, 4, 11, 3, 1]


UNIT = st.integers(0, 10_000).map(lambda n: D(n).scaleb(-4))


@st.composite
def weighted(draw: st.DrawFn) -> list[Factor]:
    parts = draw(st.lists(st.integers(0, 2_000), min_size=1, max_size=8).filter(lambda parts: sum(parts) <= 10_000))
    weights = [D(part).scaleb(-4) for part in parts]
    weights.append(1 - sum(weights, D(0)))
    return [
        Factor(name=f"因素{row}", w=w, p=draw(UNIT), q=draw(UNIT), p_after=draw(UNIT), q_after=draw(UNIT))
        for row, w in enumerate(weights)
    ]


@QUIET
@given(weighted(), st.randoms(use_true_random=False))
def test_order_of_factors_changes_nothing(rows: list[Factor], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = assess(INDEX_428, rows), assess(INDEX_428, shuffled)
    assert first.before.index == second.before.index
    assert (first.before.level, first.after.level) == (second.before.level, second.after.level)


@QUIET
@given(weighted())
def test_the_level_is_the_most_severe_ground_and_the_index_a_mean(rows: list[Factor]) -> None:
    result = assess(INDEX_428, rows).before
    degrees = [line.degree for line in result.lines]
    assert min(degrees) <= result.index <= max(degrees)
    assert sum(result.counts.values()) == len(rows)
    ranks = [INDEX_428.severity(ground.level) for ground in result.grounds]
    assert INDEX_428.severity(result.level) == max(ranks)
    assert D(number_text(result.index)) == result.index


@QUIET
@given(weighted(), st.data())
def test_raising_one_probability_never_lowers_the_level(rows: list[Factor], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    worse = list(rows)
    worse[place] = replace(rows[place], p=data.draw(st.sampled_from([rows[place].p, D(1)])))
    first, second = assess(INDEX_428, rows).before, assess(INDEX_428, worse).before
    assert second.index >= first.index
    assert INDEX_428.severity(second.level) >= INDEX_428.severity(first.level)
