"""The composite risk index and the rules that override it, in exact decimals (DOMAIN §3.2-3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, Inexact, localcontext
from fractions import Fraction

from risk_registry.core.problems import Problem, Refused
from risk_registry.core.risk_method import INDEX_428, Band, Fact, IndexMethod, Trigger, band_of, rank_of
from risk_registry.core.statements import Statement
from risk_registry.core.text_marks import N_

__all__ = ["INDEX_428", "Assessment", "Factor", "Facts", "IndexResult", "assess", "check_factors", "check_measures"]

ONE = Decimal(1)


@dataclass(frozen=True)
class Facts:
    """Facts for the direct triggers; None: not known, the trigger is not asked. Counts only, never a person."""

    oppose: int | None = None
    valid: int | None = None
    event_people: int | None = None
    severe_event: bool | None = None


@dataclass(frozen=True)
class Factor:
    """One risk factor: probability, impact and weight before measures, probability and impact after them."""

    name: str
    p: Decimal
    q: Decimal
    w: Decimal
    p_after: Decimal
    q_after: Decimal
    reason: str = ""  # why p or q rises after measures
    measures: int = 0  # number of measures recorded for it


@dataclass(frozen=True)
class FactorLine:
    """The arithmetic of one factor: degree = p × q, share = w × degree."""

    name: str
    w: Decimal
    p: Decimal
    q: Decimal
    p_band: Band
    q_band: Band
    degree: Decimal
    degree_band: Band
    share: Decimal


@dataclass(frozen=True)
class Ground:
    """One reason for a level, from the index, the factor counts or a direct trigger."""

    level: str
    statement: Statement


@dataclass(frozen=True)
class IndexResult:
    """The index of one stage. `index` is exact and is what was compared; `shown` is it to 4 places, half up."""

    lines: tuple[FactorLine, ...]
    weight_sum: Decimal
    index: Decimal
    shown: str
    index_level: str
    counts: Mapping[str, int]
    count_level: str
    fired: tuple[Trigger, ...]
    level: str
    grounds: tuple[Ground, ...]
    arithmetic: tuple[Statement, ...]

    @property
    def overridden(self) -> bool:
        """Whether counts or triggers made the level more severe than the index alone."""
        return self.level != self.index_level


@dataclass(frozen=True)
class Assessment:
    """Initial level and the level expected after measures; the decision follows the second (DOMAIN §0.5)."""

    before: IndexResult
    after: IndexResult


_RANGE = N_("第%(row)s个因素“%(name)s”的%(what)s应在0至1之间，最多%(places)s位小数，现为%(value)s")
_WEIGHTS = N_("各因素权重之和应为1（允许相差%(tolerance)s），现为%(total)s，请调整权重")
_NO_FACTORS = N_("请至少登记一个风险因素")
_NO_NAME = N_("第%(row)s个因素没有名称，请填写")
_RISES = N_("第%(row)s个因素“%(name)s”落实措施后的%(what)s高于措施前，请核对，确实如此的请填写理由")
_NO_MEASURE = N_("第%(row)s个因素“%(name)s”风险程度为%(degree)s，请至少登记一条防范化解措施")
_SHARE_COUNTS = N_("反对份数不能大于有效问卷份数，请核对（反对%(oppose)s份，有效%(valid)s份）")
_NEGATIVE = N_("人数和份数不能小于0，请核对")

_YES, _NO = N_("是"), N_("否")
_EACH, _AND = N_("%(degree)s %(count)s 个"), N_("%(first)s、%(rest)s")
_P, _Q, _W = N_("发生概率"), N_("影响程度"), N_("权重")
_LINE = N_("%(row)s. %(name)s：R = %(p)s × %(q)s = %(degree)s（%(band)s）；w × R = %(w)s × %(degree)s = %(share)s")
_WEIGHT_LINE = N_("权重之和 Σw = %(terms)s = %(total)s")
_WEIGHT_NOTE = N_("权重之和 %(total)s 与 1 相差不超过 %(tolerance)s，按原权重计算")
_SUM_LINE = N_("综合指数 I = %(terms)s = %(total)s，显示为 %(shown)s")
_INDEX_GROUND = N_("综合指数 %(total)s 属于 %(low)s < I ≤ %(high)s，为%(level)s风险")
_LOWEST_GROUND = N_("综合指数 %(total)s 属于 I ≤ %(high)s，为%(level)s风险")
_COUNT_GROUND = N_("%(degree)s风险因素 %(count)s 个，达到 %(at_least)s 个，为%(level)s风险")
_COUNT_NONE = N_("%(counts)s，单因素个数未达到%(next)s风险标准，为%(level)s风险")
_TRIGGER_GROUND = N_("%(text)s（%(value)s），为%(level)s风险")
_FINAL = N_("综合指数、单因素个数和直接判定取最严重的一项：%(level)s风险")


def number_text(value: Decimal) -> str:
    """The exact value without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _in_range(value: Decimal, places: int) -> bool:
    if not value.is_finite() or not 0 <= value <= 1:
        return False
    return value == value.quantize(ONE.scaleb(-places))


def check_factors(method: IndexMethod, factors: Sequence[Factor]) -> tuple[Problem, ...]:
    """Everything that keeps the factors from being calculated; empty when they can be."""
    if not factors:
        return (Problem("factors", _NO_FACTORS),)
    problems = []
    for row, factor in enumerate(factors, 1):
        key = f"factors-{row - 1}"
        if not factor.name.strip():
            problems.append(Problem(f"{key}-name", _NO_NAME, {"row": row}))
        checks = (
            ("p", _P, factor.p),
            ("q", _Q, factor.q),
            ("w", _W, factor.w),
            ("p_after", _P, factor.p_after),
            ("q_after", _Q, factor.q_after),
        )
        for name, what, value in checks:
            if not _in_range(value, method.input_places):
                params = {
                    "row": row,
                    "name": factor.name,
                    "what": Statement(what),
                    "places": method.input_places,
                    "value": value,
                }
                problems.append(Problem(f"{key}-{name}", _RANGE, params))
    total = sum((factor.w for factor in factors), Decimal(0))
    if not problems and abs(total - 1) > method.weight_tolerance:
        params = {"tolerance": method.weight_tolerance, "total": number_text(total)}
        problems.append(Problem("factors", _WEIGHTS, params))
    return tuple(problems)


def check_measures(method: IndexMethod, factors: Sequence[Factor]) -> tuple[Problem, ...]:
    """Consistency at the conclusion: a reason where p or q rises, a measure per factor of degree 较大 or worse."""
    problems = []
    least = rank_of(method.degree, method.measure_from)
    for row, factor in enumerate(factors, 1):
        key = f"factors-{row - 1}"
        if not factor.reason.strip():
            for what, rises in ((_P, factor.p_after > factor.p), (_Q, factor.q_after > factor.q)):
                if rises:
                    problems.append(
                        Problem(f"{key}-reason", _RISES, {"row": row, "name": factor.name, "what": Statement(what)})
                    )
        degree = band_of(method.degree, factor.p * factor.q)
        if rank_of(method.degree, degree.code) >= least and factor.measures < 1:
            params = {"row": row, "name": factor.name, "degree": Statement(degree.zh)}
            problems.append(Problem(f"{key}-measures", _NO_MEASURE, params))
    return tuple(problems)


def check_facts(facts: Facts) -> tuple[Problem, ...]:
    """Counts must not be negative, and no more can oppose than handed in a valid form."""
    counts = (facts.oppose, facts.valid, facts.event_people)
    if any(count is not None and count < 0 for count in counts):
        return (Problem("facts", _NEGATIVE),)
    if facts.oppose is not None and facts.valid is not None and facts.oppose > facts.valid:
        return (Problem("oppose", _SHARE_COUNTS, {"oppose": facts.oppose, "valid": facts.valid}),)
    return ()


def _fact_values(facts: Facts) -> dict[Fact, tuple[Fraction, object]]:
    values: dict[Fact, tuple[Fraction, object]] = {}
    if facts.oppose is not None and facts.valid:
        values[Fact.OPPOSITION] = Fraction(facts.oppose, facts.valid), f"{facts.oppose}/{facts.valid}"
    if facts.event_people is not None:
        values[Fact.EVENT_PEOPLE] = Fraction(facts.event_people), str(facts.event_people)
    if facts.severe_event is not None:
        values[Fact.SEVERE_EVENT] = Fraction(int(facts.severe_event)), Statement(_YES if facts.severe_event else _NO)
    return values


def _factor_line(method: IndexMethod, name: str, w: Decimal, p: Decimal, q: Decimal) -> FactorLine:
    degree = p * q
    return FactorLine(
        name=name,
        w=w,
        p=p,
        q=q,
        p_band=band_of(method.probability, p),
        q_band=band_of(method.impact, q),
        degree=degree,
        degree_band=band_of(method.degree, degree),
        share=w * degree,
    )


def _level_word(method: IndexMethod, level: str) -> Statement:
    return Statement(method.composite[method.severity(level)].zh)


def _index_ground(method: IndexMethod, index: Decimal) -> Ground:
    # Weights may add up to 1.001, so the index of all-one factors may pass 1; the last band takes it.
    band = band_of(method.composite, min(index, method.composite[-1].upper))
    rank = method.severity(band.code)
    params: dict[str, object] = {
        "total": number_text(index),
        "high": number_text(band.upper),
        "level": Statement(band.zh),
    }
    if rank == 0:
        return Ground(band.code, Statement(_LOWEST_GROUND, params))
    params["low"] = number_text(method.composite[rank - 1].upper)
    return Ground(band.code, Statement(_INDEX_GROUND, params))


def _count_ground(method: IndexMethod, counts: Mapping[str, int]) -> Ground:
    met = [rule for rule in method.counts if counts[rule.degree] >= rule.at_least]
    if met:
        rule = max(met, key=lambda rule: method.severity(rule.level))
        degree = Statement(method.degree[rank_of(method.degree, rule.degree)].zh)
        params = {"degree": degree, "count": counts[rule.degree], "at_least": rule.at_least}
        return Ground(rule.level, Statement(_COUNT_GROUND, {**params, "level": _level_word(method, rule.level)}))
    lowest, following = method.composite[0], method.composite[1]
    words = _listed([(band.zh, counts[band.code]) for band in reversed(method.degree) if counts[band.code]])
    return Ground(
        lowest.code,
        Statement(_COUNT_NONE, {"counts": words, "next": Statement(following.zh), "level": Statement(lowest.zh)}),
    )


def _listed(counted: Sequence[tuple[str, int]]) -> Statement:
    """The degrees with the number of factors of each: 较大 1 个、微小 1 个."""
    (degree, count), rest = counted[0], counted[1:]
    first = Statement(_EACH, {"degree": Statement(degree), "count": count})
    return Statement(_AND, {"first": first, "rest": _listed(rest)}) if rest else first


def _trigger_grounds(method: IndexMethod, facts: Facts) -> tuple[tuple[Trigger, ...], tuple[Ground, ...]]:
    """The most severe trigger that fires for each fact, with its ground."""
    fired, grounds = [], []
    for fact, (value, shown) in _fact_values(facts).items():
        hits = [trigger for trigger in method.triggers if trigger.fact is fact and trigger.fires(value)]
        if hits:
            trigger = max(hits, key=lambda hit: method.severity(hit.level))
            fired.append(trigger)
            params = {"text": trigger.statement, "value": shown, "level": _level_word(method, trigger.level)}
            grounds.append(Ground(trigger.level, Statement(_TRIGGER_GROUND, params)))
    return tuple(fired), tuple(grounds)


def _arithmetic(
    method: IndexMethod,
    lines: Sequence[FactorLine],
    total: Decimal,
    index: Decimal,
    grounds: Iterable[Ground],
    level: str,
) -> tuple[Statement, ...]:
    out = []
    for row, line in enumerate(lines, 1):
        params: dict[str, object] = {"row": row, "name": line.name, "band": Statement(line.degree_band.zh)}
        numbers = {"p": line.p, "q": line.q, "w": line.w, "degree": line.degree, "share": line.share}
        params.update({key: number_text(value) for key, value in numbers.items()})
        out.append(Statement(_LINE, params))
    weights = " + ".join(number_text(line.w) for line in lines)
    out.append(Statement(_WEIGHT_LINE, {"terms": weights, "total": number_text(total)}))
    if total != 1:
        out.append(Statement(_WEIGHT_NOTE, {"total": number_text(total), "tolerance": method.weight_tolerance}))
    shares = " + ".join(number_text(line.share) for line in lines)
    shown = shown_index(index, method.shown_places)
    out.append(Statement(_SUM_LINE, {"terms": shares, "total": number_text(index), "shown": shown}))
    out += [ground.statement for ground in grounds]
    out.append(Statement(_FINAL, {"level": _level_word(method, level)}))
    return tuple(out)


def shown_index(index: Decimal, places: int = 4) -> str:
    """The index for display, half up. Never compare this text: 0.36004 shows as 0.3600 and is medium."""
    return format(index.quantize(ONE.scaleb(-places), rounding=ROUND_HALF_UP), "f")


def stage_result(
    method: IndexMethod, scores: Sequence[tuple[str, Decimal, Decimal, Decimal]], facts: Facts
) -> IndexResult:
    """The result of one stage from (name, weight, probability, impact) rows already checked.

    The level is the most severe of the composite index, the factor counts and the direct triggers (DOMAIN §3.4).
    """
    with localcontext() as context:
        context.prec = 60
        context.traps[Inexact] = True
        lines = tuple(_factor_line(method, name, w, p, q) for name, w, p, q in scores)
        total = sum((line.w for line in lines), Decimal(0))
        index = sum((line.share for line in lines), Decimal(0))
    counts = {band.code: sum(1 for line in lines if line.degree_band is band) for band in method.degree}
    by_index, by_count = _index_ground(method, index), _count_ground(method, counts)
    fired, by_trigger = _trigger_grounds(method, facts)
    grounds = (by_index, by_count, *by_trigger)
    level = max((ground.level for ground in grounds), key=method.severity)
    return IndexResult(
        lines=lines,
        weight_sum=total,
        index=index,
        shown=shown_index(index, method.shown_places),
        index_level=by_index.level,
        counts=counts,
        count_level=by_count.level,
        fired=fired,
        level=level,
        grounds=grounds,
        arithmetic=_arithmetic(method, lines, total, index, grounds, level),
    )


def assess(
    method: IndexMethod, factors: Sequence[Factor], *, facts: Facts = Facts(), facts_after: Facts = Facts()
) -> Assessment:
    """Both stages. Raises Refused when a value is out of range, the weights do not add up or counts contradict.

    Survey facts describe the state before measures; `facts_after` are facts established after them, if any.
    """
    problems = check_factors(method, factors) + check_facts(facts) + check_facts(facts_after)
    if problems:
        raise Refused(problems)
    before = [(factor.name, factor.w, factor.p, factor.q) for factor in factors]
    after = [(factor.name, factor.w, factor.p_after, factor.q_after) for factor in factors]
    return Assessment(stage_result(method, before, facts), stage_result(method, after, facts_after))
