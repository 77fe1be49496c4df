"""The form of a version of the index method, and how its boxes become the content of a version and come from one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext

from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.risk_method import INDEX_428, JIANGSU_TRIGGERS, PRACTICE_TRIGGERS, Fact, IndexMethod, Trigger
from risk_registry.core.risk_method_content import BOUNDARY, SCALES, content_of
from risk_registry.core.text_marks import N_
from risk_registry.web.forms import form_class

_D = Gate.DECLARE
_ONE, _HUNDRED = Decimal(1), Decimal(100)

#: Words of the bands whose upper bound is asked; the last band of each scale ends at one.
_BOUNDS: dict[str, tuple[str, ...]] = {
    "probability": (N_("很低，至"), N_("较低，至"), N_("中等，至"), N_("较高，至")),
    "impact": (N_("可忽略，至"), N_("较小，至"), N_("中等，至"), N_("较大，至")),
    "degree": (N_("微小，至"), N_("较小，至"), N_("一般，至"), N_("较大，至")),
    "composite": (N_("低风险，至"), N_("中风险，至")),
}
BOUNDS = {name: tuple(f"{name}_{row}" for row in range(1, len(words) + 1)) for name, words in _BOUNDS.items()}


def _count(name: str, label: str) -> Field:
    return Field(name, label, Kind.INTEGER, "counts", minimum=_ONE, maximum=_HUNDRED)


def _people(name: str, label: str) -> Field:
    return Field(name, label, Kind.INTEGER, "triggers", minimum=_ONE, maximum=Decimal(10**7))


#: (form field of the number, form field of “含本数”, level, fact) of the direct triggers an office may state.
_OWN = (
    ("oppose_high", "oppose_high_incl", "high", Fact.OPPOSITION),
    ("oppose_medium", "oppose_medium_incl", "medium", Fact.OPPOSITION),
    ("people_high", "people_high_incl", "high", Fact.EVENT_PEOPLE),
    ("people_medium", "people_medium_incl", "medium", Fact.EVENT_PEOPLE),
)
_COUNTS = (
    ("major_high", "high", "major"),
    ("larger_high", "high", "larger"),
    ("major_medium", "medium", "major"),
    ("larger_medium", "medium", "larger"),
)
COUNT_NAMES = tuple(name for name, _level, _degree in _COUNTS)
OWN_NAMES = tuple(name for pair in _OWN for name in pair[:2])

FIELDS: tuple[Field, ...] = (
    Field("name", N_("版本名称"), Kind.TEXT, "text", _D, 64),
    Field("basis", N_("依据文件"), Kind.LONG_TEXT, "text", _D, 500, help=N_("文件名称和文号")),
    Field("valid_from", N_("启用日期"), Kind.DATE, "text", _D, help=N_("评估完成日期在这一天及以后的，按本版本计算")),
    *(
        Field(name, word, Kind.RATIO, scale, _D)
        for scale, words in _BOUNDS.items()
        for name, word in zip(BOUNDS[scale], words, strict=True)
    ),
    Field("weight_tolerance", N_("权重之和允许的误差"), Kind.RATIO, "text", _D),
    Field("measure_from", N_("须有措施的风险程度，从这一档起"), Kind.CHOICE, "text", _D, dictionary="degree"),
    _count("major_high", N_("重大因素达到几个，为高风险")),
    _count("larger_high", N_("较大因素达到几个，为高风险")),
    _count("major_medium", N_("重大因素达到几个，为中风险")),
    _count("larger_medium", N_("较大因素达到几个，为中风险")),
    Field("trigger_set", N_("直接判定标准"), Kind.CHOICE, "triggers", _D, dictionary="trigger_set"),
    Field("oppose_high", N_("反对比例，为高风险"), Kind.RATIO, "triggers"),
    Field("oppose_high_incl", N_("高风险的反对比例含本数"), Kind.BOOLEAN, "triggers"),
    Field("oppose_medium", N_("反对比例，为中风险"), Kind.RATIO, "triggers"),
    Field("oppose_medium_incl", N_("中风险的反对比例含本数"), Kind.BOOLEAN, "triggers"),
    _people("people_high", N_("单次事件人数，为高风险")),
    Field("people_high_incl", N_("高风险的人数含本数"), Kind.BOOLEAN, "triggers"),
    _people("people_medium", N_("单次事件人数，为中风险")),
    Field("people_medium_incl", N_("中风险的人数含本数"), Kind.BOOLEAN, "triggers"),
    Field("severe_high", N_("可能发生恶性案件或极端事件的，为高风险"), Kind.BOOLEAN, "triggers"),
)
_OWN_NOTE = {"data-show-when": "trigger_set=own", "data-show-note": lazy_gettext("选“自定”时填写；不填的不作为标准")}
VersionForm = form_class(
    "VersionForm",
    FIELDS,
    attributes={"basis": {"rows": "2"}, **dict.fromkeys((*OWN_NAMES, "severe_high"), _OWN_NOTE)},
)

TRIGGER_SETS = (
    ("practice", N_("通行做法：反对10%、33%，人数20、200")),
    ("jiangsu", N_("江苏：反对20%、50%，人数100、200，恶性案件")),
    ("own", N_("自定")),
    ("none", N_("不用直接判定")),
)
_SETS: Mapping[str, tuple[Trigger, ...]] = {"practice": PRACTICE_TRIGGERS, "jiangsu": JIANGSU_TRIGGERS, "none": ()}
#: Where a fault of the content is shown on the form when it has no box of its own.
_PLACES = {
    "counts_major": "major_high",
    "counts_larger": "larger_high",
    "triggers_opposition": "oppose_high",
    "triggers_event_people": "people_high",
}


def values_of(method: IndexMethod) -> dict[str, Any]:
    """What the form begins with: the numbers of a version."""
    content = content_of(method)
    values: dict[str, Any] = {
        name: Decimal(upper) for scale in SCALES for name, upper in zip(BOUNDS[scale], content[scale], strict=False)
    }
    values |= {"weight_tolerance": method.weight_tolerance, "measure_from": method.measure_from}
    counted = {(rule.level, rule.degree): rule.at_least for rule in method.counts}
    values |= {name: counted.get((level, degree)) for name, level, degree in _COUNTS}
    same = (name for name, triggers in _SETS.items() if set(triggers) == set(method.triggers))
    values["trigger_set"] = next(same, "own")
    by_place = {(trigger.fact, trigger.level): trigger for trigger in method.triggers}
    for name, inclusive, level, fact in _OWN:
        trigger = by_place.get((fact, level))
        if trigger is not None:
            number = trigger.threshold if fact is Fact.OPPOSITION else int(trigger.threshold)
            values |= {name: number, inclusive: trigger.inclusive}
    values["severe_high"] = (Fact.SEVERE_EVENT, "high") in by_place
    return {name: value for name, value in values.items() if value is not None}


def content_from(values: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a version as typed; what it is worth is judged where it is read."""
    scales = {scale: [*(_plain(values[name]) for name in BOUNDS[scale]), "1"] for scale in SCALES}
    counts = [
        {"level": level, "degree": degree, "at_least": values[name]}
        for name, level, degree in _COUNTS
        if values[name] is not None
    ]
    return {
        **scales,
        "boundary": BOUNDARY,
        "counts": counts,
        "triggers": _triggers(values),
        "weight_tolerance": _plain(values["weight_tolerance"]),
        "measure_from": values["measure_from"],
    }


def _plain(number: Decimal | int) -> str:
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _triggers(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    chosen = _SETS.get(values["trigger_set"] or "")
    if chosen is not None:
        return list(content_of(replace(INDEX_428, triggers=chosen))["triggers"])
    found = [
        {"level": level, "fact": fact.value, "threshold": _plain(values[name]), "inclusive": bool(values[inclusive])}
        for name, inclusive, level, fact in _OWN
        if values[name] is not None
    ]
    if values["severe_high"]:
        found.append({"level": "high", "fact": Fact.SEVERE_EVENT.value, "threshold": "1", "inclusive": True})
    return found


def placed(refused: Refused) -> Refused:
    """The refusal with its problems at boxes of the form."""
    return Refused(
        Problem(_PLACES.get(problem.field, problem.field), problem.message, problem.params)
        for problem in refused.problems
    )
