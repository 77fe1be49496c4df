"""A version of the index method as plain data: read back alike, refused with every fault named."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from risk_registry.core.problems import Refused
from risk_registry.core.risk import Factor, Facts, assess
from risk_registry.core.risk_factors import AREAS, factor_name_problems
from risk_registry.core.risk_method import INDEX_428, JIANGSU_TRIGGERS, Fact
from risk_registry.core.risk_method_content import content_of, method_of, trigger_of

SHIPPED = content_of(INDEX_428)
D = Decimal


def count(level: str, degree: str, at_least: Any) -> dict[str, Any]:
    """A rule of numbers."""
    return {"level": level, "degree": degree, "at_least": at_least}


def trigger(level: str, fact: str, threshold: str, inclusive: Any) -> dict[str, Any]:
    """A direct trigger."""
    return {"level": level, "fact": fact, "threshold": threshold, "inclusive": inclusive}


def read(**changes: Any) -> Any:
    """The shipped content with changes, through JSON as it is kept."""
    return method_of(json.loads(json.dumps({**SHIPPED, **changes})), version="2", source="示信发〔2024〕9号")


def faults(**changes: Any) -> dict[str, str]:
    """What it is refused for, by field."""
    with pytest.raises(Refused) as caught:
        read(**changes)
    return {problem.field: str(problem) for problem in caught.value.problems}


@pytest.mark.parametrize(
    "method", [INDEX_428, replace(INDEX_428, triggers=JIANGSU_TRIGGERS), replace(INDEX_428, triggers=())]
)
def test_content_is_read_back_to_the_same_version(method: Any) -> None:
    found = method_of(json.loads(json.dumps(content_of(method))), version=method.version, source=method.source)
    assert found == method
    assert content_of(found) == content_of(method)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"degree": ["0.04", "0.16", "0.16", "0.64", "1"]}, "degree_3", "应由低到高递增，第3档（0.16）"),
        ({"probability": ["0", "0.4", "0.6", "0.8", "1"]}, "probability_1", "第1档（0）不大于前一档（0）"),
        ({"impact": ["0.2", "0.4", "0.6", "0.8", "0.9"]}, "impact_5", "最后一档的上限应为1"),
        ({"composite": ["0.36", "1.2", "1"]}, "composite_2", "不是0至1之间的数"),
        ({"composite": ["0.36", 0.64, "1"]}, "composite_2", "不是0至1之间的数"),
        ({"composite": ["0.36", "0.12345", "1"]}, "composite_2", "最多4位小数"),
        ({"composite": ["0.36", "1"]}, "composite", "应有3档，现有2档"),
        ({"composite": "0.36"}, "composite", "应有3档，现有0档"),
        ({"boundary": "upper"}, "boundary", "较低一档"),
        ({"weight_tolerance": "0.5"}, "weight_tolerance", "0至0.01之间"),
        ({"weight_tolerance": "NaN"}, "weight_tolerance", "0至0.01之间"),
        ({"measure_from": "huge"}, "measure_from", "不在五档之内"),
        ({"counts": [count("high", "major", 0)]}, "counts_0", "第1条"),
        ({"counts": [count("low", "major", 1)]}, "counts_0", "第1条"),
        ({"counts": [count("high", "major", True)]}, "counts_0", "第1条"),
        ({"counts": [{"level": "high"}]}, "counts_0", "第1条"),
        ({"counts": "all"}, "counts_0", "第1条"),
        (
            {"counts": [count("high", "major", 1), count("medium", "major", 2)]},
            "counts_major",
            "“重大”因素判为高风险的个数（1）不能少于判为中风险的个数（2）",
        ),
        ({"triggers": [trigger("high", "oppose", "0.3", True)]}, "triggers_0", "第1条"),
        ({"triggers": [trigger("high", "opposition", "1.3", True)]}, "triggers_0", "第1条"),
        ({"triggers": [trigger("high", "event_people", "2.5", True)]}, "triggers_0", "第1条"),
        ({"triggers": [trigger("high", "severe_event", "1", False)]}, "triggers_0", "第1条"),
        ({"triggers": [trigger("high", "event_people", "9", 1)]}, "triggers_0", "第1条"),
        (
            {
                "triggers": [
                    trigger("high", "event_people", "50", True),
                    trigger("medium", "event_people", "60", True),
                ]
            },
            "triggers_event_people",
            "不能低于",
        ),
        ({"triggers": [SHIPPED["triggers"][0], SHIPPED["triggers"][0]]}, "triggers_1", "重复"),
    ],
)
def test_every_fault_is_named(changes: dict[str, Any], field: str, said: str) -> None:
    assert said in faults(**changes)[field]


def test_all_faults_at_once_and_nothing_unknown() -> None:
    assert set(faults(degree=["1"], boundary="", weight_tolerance="9")) == {"degree", "boundary", "weight_tolerance"}
    assert "不认识的“people”" in faults(people=["张三"])[""]
    nothing: tuple[object, ...] = ({}, [], "x", None, 1)
    for wrong in nothing:
        with pytest.raises(Refused):
            method_of(wrong, version="2", source="")
    less = {name: value for name, value in SHIPPED.items() if name != "counts"}
    with pytest.raises(Refused, match="缺少“counts”"):
        method_of(less, version="2", source="")


def test_a_local_trigger_says_its_own_numbers() -> None:
    method = read(
        triggers=[
            trigger("high", "opposition", "0.4", False),
            trigger("medium", "opposition", "0.125", True),
            trigger("high", "event_people", "150", True),
            trigger("medium", "event_people", "30", False),
            trigger("medium", "severe_event", "1", True),
        ]
    )
    factor = Factor("补偿标准", D("0.1"), D("0.1"), D(1), D("0.1"), D("0.1"))
    said = {
        Facts(oppose=41, valid=100): "反对比例超过40%（41/100），为高风险",
        Facts(oppose=1, valid=8): "反对比例达到12.5%（1/8），为中风险",
        Facts(event_people=150): "单次事件可能达到150人（150），为高风险",
        Facts(event_people=31): "单次事件可能超过30人（31），为中风险",
        Facts(severe_event=True): "可能发生恶性案件或极端事件（是），为中风险",
    }
    for facts, line in said.items():
        assert line in [str(item) for item in assess(method, [factor], facts=facts).before.arithmetic]
    assert trigger_of("high", Fact.EVENT_PEOPLE, D(200), inclusive=True) in JIANGSU_TRIGGERS


def test_the_content_holds_no_sentence() -> None:
    """Numbers and codes alone: no version can hold an item about a person (DOMAIN §3.5)."""
    assert not any("\u3400" <= char <= "\u9fff" for char in json.dumps(SHIPPED, ensure_ascii=False))


@pytest.mark.parametrize("name", "重点人员稳控 上访户反复 带头人煽动 涉稳人员 退役军人诉求 张三上访 少数民族".split())
def test_a_factor_names_no_person_and_no_kind_of_person(name: str) -> None:
    (problem,) = factor_name_problems(name, field="x", label="风险因素")
    assert problem.field == "x"
    assert "风险因素" in str(problem)


def test_the_library_passes_its_own_guard() -> None:
    for area in AREAS:
        for name in area.factors:
            assert factor_name_problems(name, field="x", label=area.zh) == ()
