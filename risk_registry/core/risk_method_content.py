"""A version of the index method as plain data: strictly read, every fault named, and written back alike (DOMAIN §3.5).

The data hold numbers and codes and no sentence, so that no version can hold an item about a person or a kind of person.
Bands keep the shipped codes and words; what differs between places is where they end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from risk_registry.core.problems import Problem, Refused
from risk_registry.core.risk_method import (
    INDEX_428,
    JIANGSU_TRIGGERS,
    PRACTICE_TRIGGERS,
    Band,
    CountRule,
    Fact,
    IndexMethod,
    Trigger,
)
from risk_registry.core.statements import Statement
from risk_registry.core.text_marks import N_

#: The four scales of a version and what they are called.
SCALES = {
    "probability": N_("发生概率"),
    "impact": N_("影响程度"),
    "degree": N_("风险程度"),
    "composite": N_("综合指数"),
}
#: How bounds are read: a value equal to a bound belongs to the band below it. The only convention there is yet.
BOUNDARY = "lower"
_KEYS = frozenset({*SCALES, "boundary", "counts", "triggers", "weight_tolerance", "measure_from"})
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")
_LARGEST_TOLERANCE = Decimal("0.01")
_MOST_FACTORS = 100
_MOST_PEOPLE = Decimal(10**7)
_LEVELS = tuple(band.code for band in INDEX_428.composite)
_DEGREES = tuple(band.code for band in INDEX_428.degree)
_LOCAL = N_("本版本依据文件")

_NOT_DATA = N_("方法内容应为一组键和值")
_MISSING = N_("方法内容缺少“%(name)s”")
_UNKNOWN = N_("方法内容中有不认识的“%(name)s”")
_BOUND = N_("%(label)s第%(row)s档的上限“%(value)s”不是0至1之间的数，最多4位小数")
_HOW_MANY = N_("%(label)s应有%(wanted)s档，现有%(count)s档")
_RISING = N_("%(label)s各档上限应由低到高递增，第%(row)s档（%(value)s）不大于前一档（%(before)s）")
_WHOLE = N_("%(label)s最后一档的上限应为1，各档才能覆盖0至1，现为%(value)s")
_BOUNDARY_FAULT = N_("界限值只能归入较低一档")
_TOLERANCE = N_("权重之和允许的误差“%(value)s”应在0至%(limit)s之间")
_MEASURE_FROM = N_("须有措施的风险程度“%(value)s”不在五档之内")
_COUNT = N_("因素个数规则第%(row)s条不完整或有误")
_COUNT_ORDER = N_("“%(degree)s”因素判为高风险的个数（%(high)s）不能少于判为中风险的个数（%(medium)s）")
_TRIGGER = N_("直接判定第%(row)s条不完整或有误")
_TRIGGER_ORDER = N_("直接判定：判为高风险的界限不能低于判为中风险的界限")
_TWICE = N_("第%(row)s条与前面的重复")

_WORDS: dict[tuple[Fact, bool], str] = {
    (Fact.OPPOSITION, False): N_("反对比例超过%(limit)s"),
    (Fact.OPPOSITION, True): N_("反对比例达到%(limit)s"),
    (Fact.EVENT_PEOPLE, False): N_("单次事件可能超过%(limit)s人"),
    (Fact.EVENT_PEOPLE, True): N_("单次事件可能达到%(limit)s人"),
    (Fact.SEVERE_EVENT, True): N_("可能发生恶性案件或极端事件"),
}


def trigger_of(level: str, fact: Fact, threshold: Decimal, *, inclusive: bool) -> Trigger:
    """A direct trigger with its words: the shipped one of these numbers, else one that names them."""
    for known in (*PRACTICE_TRIGGERS, *JIANGSU_TRIGGERS):
        if (known.level, known.fact, known.threshold, known.inclusive) == (level, fact, threshold, inclusive):
            return known
    shown = _plain(threshold * 100) + "%" if fact is Fact.OPPOSITION else _plain(threshold)
    params = {} if fact is Fact.SEVERE_EVENT else {"limit": shown}
    return Trigger(level, fact, threshold, inclusive, _WORDS[fact, inclusive], _LOCAL, params)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def content_of(method: IndexMethod) -> dict[str, Any]:
    """The data of a version; `method_of` reads them back to the same version."""
    found: dict[str, Any] = {name: [_plain(band.upper) for band in getattr(method, name)] for name in SCALES}
    return {
        **found,
        "boundary": BOUNDARY,
        "counts": [{"level": rule.level, "degree": rule.degree, "at_least": rule.at_least} for rule in method.counts],
        "triggers": [
            {
                "level": trigger.level,
                "fact": trigger.fact.value,
                "threshold": _plain(trigger.threshold),
                "inclusive": trigger.inclusive,
            }
            for trigger in method.triggers
        ],
        "weight_tolerance": _plain(method.weight_tolerance),
        "measure_from": method.measure_from,
    }


def method_of(content: object, *, version: str, source: str) -> IndexMethod:
    """The version these data describe. Raises ``Refused`` with every fault, at ``degree_2``, ``counts_0`` and so on."""
    if not isinstance(content, Mapping):
        raise Refused.one("", _NOT_DATA)
    problems = [Problem("", _MISSING, {"name": name}) for name in sorted(_KEYS - content.keys())]
    problems += [Problem("", _UNKNOWN, {"name": str(name)[:40]}) for name in sorted(map(str, content.keys() - _KEYS))]
    if problems:
        raise Refused(problems)
    scales = {name: _scale(name, content[name], problems) for name in SCALES}
    if content["boundary"] != BOUNDARY:
        problems.append(Problem("boundary", _BOUNDARY_FAULT))
    tolerance = _number(content["weight_tolerance"])
    if tolerance is None or tolerance > _LARGEST_TOLERANCE:
        shown = {"value": content["weight_tolerance"], "limit": _LARGEST_TOLERANCE}
        problems.append(Problem("weight_tolerance", _TOLERANCE, shown))
    if content["measure_from"] not in _DEGREES:
        problems.append(Problem("measure_from", _MEASURE_FROM, {"value": content["measure_from"]}))
    counts = _counts(content["counts"], problems)
    triggers = _triggers(content["triggers"], problems)
    if problems or tolerance is None:
        raise Refused(problems)
    return replace(
        INDEX_428,
        version=version,
        source=source,
        probability=scales["probability"],
        impact=scales["impact"],
        degree=scales["degree"],
        composite=scales["composite"],
        counts=counts,
        triggers=triggers,
        weight_tolerance=tolerance,
        measure_from=content["measure_from"],
    )


def _number(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def _scale(name: str, uppers: object, problems: list[Problem]) -> tuple[Band, ...]:
    """The bands of one scale: as many as shipped, rising, the last ending at one."""
    shipped: tuple[Band, ...] = getattr(INDEX_428, name)
    label = SCALES[name]
    if not isinstance(uppers, list) or len(uppers) != len(shipped):
        count = len(uppers) if isinstance(uppers, list) else 0
        problems.append(Problem(name, _HOW_MANY, {"label": label, "wanted": len(shipped), "count": count}))
        return shipped
    found: list[Decimal] = []
    for row, text in enumerate(uppers, 1):
        upper = _number(text)
        if upper is None or upper > 1 or _plain(upper)[::-1].find(".") > INDEX_428.input_places:
            problems.append(Problem(f"{name}_{row}", _BOUND, {"label": label, "row": row, "value": text}))
            return shipped
        if upper <= (found[-1] if found else 0):
            params = {"label": label, "row": row, "value": text, "before": _plain(found[-1]) if found else "0"}
            problems.append(Problem(f"{name}_{row}", _RISING, params))
        found.append(upper)
    if found[-1] != 1:
        problems.append(Problem(f"{name}_{len(found)}", _WHOLE, {"label": label, "value": _plain(found[-1])}))
    return tuple(replace(band, upper=upper) for band, upper in zip(shipped, found, strict=True))


def _entries(value: object, keys: frozenset[str]) -> Sequence[Mapping[str, Any] | None]:
    """The entries of a list; none for one that has other keys."""
    if not isinstance(value, list):
        return [None]
    return [entry if isinstance(entry, Mapping) and entry.keys() == keys else None for entry in value]


def _counts(value: object, problems: list[Problem]) -> tuple[CountRule, ...]:
    found: dict[tuple[str, str], CountRule] = {}
    for row, entry in enumerate(_entries(value, frozenset({"level", "degree", "at_least"}))):
        number = entry["at_least"] if entry is not None else None
        good = isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= _MOST_FACTORS
        if entry is None or not good or entry["level"] not in _LEVELS[1:] or entry["degree"] not in _DEGREES:
            problems.append(Problem(f"counts_{row}", _COUNT, {"row": row + 1}))
        elif (entry["degree"], entry["level"]) in found:
            problems.append(Problem(f"counts_{row}", _TWICE, {"row": row + 1}))
        else:
            rule = CountRule(entry["level"], entry["degree"], entry["at_least"])
            found[rule.degree, rule.level] = rule
    for band in INDEX_428.degree:
        high, medium = found.get((band.code, "high")), found.get((band.code, "medium"))
        if high and medium and high.at_least < medium.at_least:
            params = {"degree": Statement(band.zh), "high": high.at_least, "medium": medium.at_least}
            problems.append(Problem(f"counts_{band.code}", _COUNT_ORDER, params))
    return tuple(found.values())


def _triggers(value: object, problems: list[Problem]) -> tuple[Trigger, ...]:
    found: dict[tuple[Fact, str], Trigger] = {}
    for row, entry in enumerate(_entries(value, frozenset({"level", "fact", "threshold", "inclusive"}))):
        trigger = _trigger(entry) if entry is not None else None
        if trigger is None:
            problems.append(Problem(f"triggers_{row}", _TRIGGER, {"row": row + 1}))
        elif (trigger.fact, trigger.level) in found:
            problems.append(Problem(f"triggers_{row}", _TWICE, {"row": row + 1}))
        else:
            found[trigger.fact, trigger.level] = trigger
    for fact in Fact:
        high, medium = found.get((fact, "high")), found.get((fact, "medium"))
        if high and medium and high.threshold < medium.threshold:
            problems.append(Problem(f"triggers_{fact.value}", _TRIGGER_ORDER))
    return tuple(found.values())


def _trigger(entry: Mapping[str, Any]) -> Trigger | None:
    threshold, inclusive = _number(entry["threshold"]), entry["inclusive"]
    facts = {fact.value: fact for fact in Fact}
    fact = facts.get(entry["fact"]) if isinstance(entry["fact"], str) else None
    if threshold is None or fact is None or entry["level"] not in _LEVELS[1:] or not isinstance(inclusive, bool):
        return None
    fits = {
        Fact.OPPOSITION: threshold <= 1,
        Fact.EVENT_PEOPLE: threshold == threshold.to_integral_value() and 1 <= threshold <= _MOST_PEOPLE,
        Fact.SEVERE_EVENT: threshold == 1 and inclusive,
    }
    return trigger_of(entry["level"], fact, threshold, inclusive=inclusive) if fits[fact] else None
