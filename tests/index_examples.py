"""Worked examples of the risk index, computed by hand: what is typed and every line of arithmetic as printed.

The lines are written out here from DOMAIN §3.2-3.4, not taken from the program; pages and papers are compared too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from risk_registry.core.risk import Factor, Facts
from risk_registry.core.risk_method import INDEX_428, JIANGSU_TRIGGERS, IndexMethod

#: The shipped version with the direct triggers of 江苏.
JIANGSU = replace(INDEX_428, version="2", triggers=JIANGSU_TRIGGERS)
#: A place that draws every line lower: low ends at 0.1, medium at 0.5.
_CUTS = zip(INDEX_428.composite, ("0.1", "0.5", "1"), strict=True)
STRICT = replace(INDEX_428, version="2", composite=tuple(replace(band, upper=Decimal(cut)) for band, cut in _CUTS))

#: (name, w, p, q, p', q')
Row = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Example:
    """One example. ``before`` and ``after`` are the printed lines; ``levels`` the proposed levels of both stages."""

    rows: tuple[Row, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    levels: tuple[str, str]
    facts: Facts = field(default_factory=Facts)
    facts_after: Facts = field(default_factory=Facts)
    method: IndexMethod = INDEX_428

    @property
    def factors(self) -> list[Factor]:
        """The factors as the arithmetic takes them."""
        return [
            Factor(name, Decimal(p), Decimal(q), Decimal(w), Decimal(p_after), Decimal(q_after), measures=1)
            for name, w, p, q, p_after, q_after in self.rows
        ]


_MOST = "综合指数、单因素个数和直接判定取最严重的一项："
_QUIET_AFTER = (
    "综合指数 0.01 属于 I ≤ 0.36，为低风险",
    "微小 1 个，单因素个数未达到中风险标准，为低风险",
    f"{_MOST}低风险",
)


def _one(p: str, q: str, before: tuple[str, ...], level: str, **more: object) -> Example:
    """A single factor of weight 1 that measures bring down to 0.1 × 0.1."""
    after = (
        "1. 补偿标准：R = 0.1 × 0.1 = 0.01（微小）；w × R = 1 × 0.01 = 0.01",
        "权重之和 Σw = 1 = 1",
        "综合指数 I = 0.01 = 0.01，显示为 0.0100",
        *_QUIET_AFTER,
    )
    example = Example((("补偿标准", "1", p, q, "0.1", "0.1"),), before, after, (level, "low"))
    return replace(example, **more)  # type: ignore[arg-type]


#: The same slight factor before measures; only the direct trigger differs.
def _triggered(facts: Facts, ground: str, level: str, *, method: IndexMethod = INDEX_428) -> Example:
    words = {"low": "低", "medium": "中", "high": "高"}
    before = (
        "1. 补偿标准：R = 0.2 × 0.2 = 0.04（微小）；w × R = 1 × 0.04 = 0.04",
        "权重之和 Σw = 1 = 1",
        "综合指数 I = 0.04 = 0.04，显示为 0.0400",
        "综合指数 0.04 属于 I ≤ 0.36，为低风险",
        "微小 1 个，单因素个数未达到中风险标准，为低风险",
        *((ground,) if ground else ()),
        f"{_MOST}{words[level]}风险",
    )
    return _one("0.2", "0.2", before, level, facts=facts, method=method)


EXAMPLES: Mapping[str, Example] = {
    # R: 0.7×0.8 = 0.56; 0.5×0.6 = 0.30; 0.2×0.3 = 0.06. I = 0.25×0.56 + 0.35×0.30 + 0.40×0.06 = 0.14+0.105+0.024.
    # After: 0.4×0.5 = 0.20; 0.3×0.4 = 0.12; 0.2×0.2 = 0.04. I = 0.05 + 0.042 + 0.016 = 0.108.
    "a mixed project": Example(
        (
            ("补偿标准", "0.25", "0.7", "0.8", "0.4", "0.5"),
            ("噪声振动", "0.35", "0.5", "0.6", "0.3", "0.4"),
            ("周边交通", "0.4", "0.2", "0.3", "0.2", "0.2"),
        ),
        (
            "1. 补偿标准：R = 0.7 × 0.8 = 0.56（较大）；w × R = 0.25 × 0.56 = 0.14",
            "2. 噪声振动：R = 0.5 × 0.6 = 0.3（一般）；w × R = 0.35 × 0.3 = 0.105",
            "3. 周边交通：R = 0.2 × 0.3 = 0.06（较小）；w × R = 0.4 × 0.06 = 0.024",
            "权重之和 Σw = 0.25 + 0.35 + 0.4 = 1",
            "综合指数 I = 0.14 + 0.105 + 0.024 = 0.269，显示为 0.2690",
            "综合指数 0.269 属于 I ≤ 0.36，为低风险",
            "较大 1 个、一般 1 个、较小 1 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        (
            "1. 补偿标准：R = 0.4 × 0.5 = 0.2（一般）；w × R = 0.25 × 0.2 = 0.05",
            "2. 噪声振动：R = 0.3 × 0.4 = 0.12（较小）；w × R = 0.35 × 0.12 = 0.042",
            "3. 周边交通：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.4 × 0.04 = 0.016",
            "权重之和 Σw = 0.25 + 0.35 + 0.4 = 1",
            "综合指数 I = 0.05 + 0.042 + 0.016 = 0.108，显示为 0.1080",
            "综合指数 0.108 属于 I ≤ 0.36，为低风险",
            "一般 1 个、较小 1 个、微小 1 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        ("low", "low"),
    ),
    # 0.2+0.15+0.15+0.1×5 is 1 exactly; in binary floats 0.9999999999999999 (DOMAIN §3.3). Every R = 0.5×0.4 = 0.2.
    "the float trap": Example(
        tuple(
            (f"因素{n}", w, "0.5", "0.4", "0.2", "0.2") for n, w in enumerate(("0.2", "0.15", "0.15", *["0.1"] * 5), 1)
        ),
        (
            "1. 因素1：R = 0.5 × 0.4 = 0.2（一般）；w × R = 0.2 × 0.2 = 0.04",
            "2. 因素2：R = 0.5 × 0.4 = 0.2（一般）；w × R = 0.15 × 0.2 = 0.03",
            "3. 因素3：R = 0.5 × 0.4 = 0.2（一般）；w × R = 0.15 × 0.2 = 0.03",
            *(f"{n}. 因素{n}：R = 0.5 × 0.4 = 0.2（一般）；w × R = 0.1 × 0.2 = 0.02" for n in range(4, 9)),
            "权重之和 Σw = 0.2 + 0.15 + 0.15 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 = 1",
            "综合指数 I = 0.04 + 0.03 + 0.03 + 0.02 + 0.02 + 0.02 + 0.02 + 0.02 = 0.2，显示为 0.2000",
            "综合指数 0.2 属于 I ≤ 0.36，为低风险",
            "一般 8 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        (
            "1. 因素1：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.2 × 0.04 = 0.008",
            "2. 因素2：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.15 × 0.04 = 0.006",
            "3. 因素3：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.15 × 0.04 = 0.006",
            *(f"{n}. 因素{n}：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.1 × 0.04 = 0.004" for n in range(4, 9)),
            "权重之和 Σw = 0.2 + 0.15 + 0.15 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 = 1",
            "综合指数 I = 0.008 + 0.006 + 0.006 + 0.004 + 0.004 + 0.004 + 0.004 + 0.004 = 0.04，显示为 0.0400",
            "综合指数 0.04 属于 I ≤ 0.36，为低风险",
            "微小 8 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        ("low", "low"),
    ),
    # 0.6×0.6 = 0.36 belongs to the band below: I ≤ 0.36 low, R 一般.
    "exactly 0.36": _one(
        "0.6",
        "0.6",
        (
            "1. 补偿标准：R = 0.6 × 0.6 = 0.36（一般）；w × R = 1 × 0.36 = 0.36",
            "权重之和 Σw = 1 = 1",
            "综合指数 I = 0.36 = 0.36，显示为 0.3600",
            "综合指数 0.36 属于 I ≤ 0.36，为低风险",
            "一般 1 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        "low",
    ),
    # 0.9999 × 0.36 + 0.0001 × 0.76 = 0.359964 + 0.000076 = 0.36004: shown 0.3600, compared unrounded, medium.
    "0.36004 shows as 0.3600 and is medium": Example(
        (("补偿标准", "0.9999", "0.9", "0.4", "0.1", "0.1"), ("补偿资金", "0.0001", "0.95", "0.8", "0.1", "0.1")),
        (
            "1. 补偿标准：R = 0.9 × 0.4 = 0.36（一般）；w × R = 0.9999 × 0.36 = 0.359964",
            "2. 补偿资金：R = 0.95 × 0.8 = 0.76（重大）；w × R = 0.0001 × 0.76 = 0.000076",
            "权重之和 Σw = 0.9999 + 0.0001 = 1",
            "综合指数 I = 0.359964 + 0.000076 = 0.36004，显示为 0.3600",
            "综合指数 0.36004 属于 0.36 < I ≤ 0.64，为中风险",
            "重大风险因素 1 个，达到 1 个，为中风险",
            f"{_MOST}中风险",
        ),
        (
            "1. 补偿标准：R = 0.1 × 0.1 = 0.01（微小）；w × R = 0.9999 × 0.01 = 0.009999",
            "2. 补偿资金：R = 0.1 × 0.1 = 0.01（微小）；w × R = 0.0001 × 0.01 = 0.000001",
            "权重之和 Σw = 0.9999 + 0.0001 = 1",
            "综合指数 I = 0.009999 + 0.000001 = 0.01，显示为 0.0100",
            "综合指数 0.01 属于 I ≤ 0.36，为低风险",
            "微小 2 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        ("medium", "low"),
    ),
    # 0.8×0.8 = 0.64: still medium by the index; R 较大, one alone makes no medium by number.
    "exactly 0.64": _one(
        "0.8",
        "0.8",
        (
            "1. 补偿标准：R = 0.8 × 0.8 = 0.64（较大）；w × R = 1 × 0.64 = 0.64",
            "权重之和 Σw = 1 = 1",
            "综合指数 I = 0.64 = 0.64，显示为 0.6400",
            "综合指数 0.64 属于 0.36 < I ≤ 0.64，为中风险",
            "较大 1 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}中风险",
        ),
        "medium",
    ),
    # 0.8001×0.8 = 0.64008: high by the index, one 重大: medium by number; the most severe wins.
    "just above 0.64": _one(
        "0.8001",
        "0.8",
        (
            "1. 补偿标准：R = 0.8001 × 0.8 = 0.64008（重大）；w × R = 1 × 0.64008 = 0.64008",
            "权重之和 Σw = 1 = 1",
            "综合指数 I = 0.64008 = 0.64008，显示为 0.6401",
            "综合指数 0.64008 属于 0.64 < I ≤ 1，为高风险",
            "重大风险因素 1 个，达到 1 个，为中风险",
            f"{_MOST}高风险",
        ),
        "high",
    ),
    # 0.2×0.2001 = 0.04002: just above 微小.
    "just above 0.04": _one(
        "0.2",
        "0.2001",
        (
            "1. 补偿标准：R = 0.2 × 0.2001 = 0.04002（较小）；w × R = 1 × 0.04002 = 0.04002",
            "权重之和 Σw = 1 = 1",
            "综合指数 I = 0.04002 = 0.04002，显示为 0.0400",
            "综合指数 0.04002 属于 I ≤ 0.36，为低风险",
            "较小 1 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        "low",
    ),
    # One 重大 hidden in a mean of 0.1×0.81 + 0.9×0.04 = 0.081 + 0.036 = 0.117 (DOMAIN §8d 14).
    "one major factor hidden in the mean": Example(
        (("补偿标准", "0.1", "0.9", "0.9", "0.5", "0.6"), ("就业", "0.9", "0.2", "0.2", "0.2", "0.2")),
        (
            "1. 补偿标准：R = 0.9 × 0.9 = 0.81（重大）；w × R = 0.1 × 0.81 = 0.081",
            "2. 就业：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.9 × 0.04 = 0.036",
            "权重之和 Σw = 0.1 + 0.9 = 1",
            "综合指数 I = 0.081 + 0.036 = 0.117，显示为 0.1170",
            "综合指数 0.117 属于 I ≤ 0.36，为低风险",
            "重大风险因素 1 个，达到 1 个，为中风险",
            f"{_MOST}中风险",
        ),
        (
            "1. 补偿标准：R = 0.5 × 0.6 = 0.3（一般）；w × R = 0.1 × 0.3 = 0.03",
            "2. 就业：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.9 × 0.04 = 0.036",
            "权重之和 Σw = 0.1 + 0.9 = 1",
            "综合指数 I = 0.03 + 0.036 = 0.066，显示为 0.0660",
            "综合指数 0.066 属于 I ≤ 0.36，为低风险",
            "一般 1 个、微小 1 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        ("medium", "low"),
    ),
    # Two 重大: 0.05×0.81 + 0.05×0.9025 + 0.9×0.01 = 0.0405 + 0.045125 + 0.009 = 0.094625; high by number.
    # After: one 较大 (0.7×0.7 = 0.49) each: 0.0245 + 0.0245 + 0.009 = 0.058; two 较大 are medium.
    "two major factors, two larger after": Example(
        (
            ("补偿标准", "0.05", "0.9", "0.9", "0.7", "0.7"),
            ("拆迁过程", "0.05", "0.95", "0.95", "0.7", "0.7"),
            ("就业", "0.9", "0.1", "0.1", "0.1", "0.1"),
        ),
        (
            "1. 补偿标准：R = 0.9 × 0.9 = 0.81（重大）；w × R = 0.05 × 0.81 = 0.0405",
            "2. 拆迁过程：R = 0.95 × 0.95 = 0.9025（重大）；w × R = 0.05 × 0.9025 = 0.045125",
            "3. 就业：R = 0.1 × 0.1 = 0.01（微小）；w × R = 0.9 × 0.01 = 0.009",
            "权重之和 Σw = 0.05 + 0.05 + 0.9 = 1",
            "综合指数 I = 0.0405 + 0.045125 + 0.009 = 0.094625，显示为 0.0946",
            "综合指数 0.094625 属于 I ≤ 0.36，为低风险",
            "重大风险因素 2 个，达到 2 个，为高风险",
            f"{_MOST}高风险",
        ),
        (
            "1. 补偿标准：R = 0.7 × 0.7 = 0.49（较大）；w × R = 0.05 × 0.49 = 0.0245",
            "2. 拆迁过程：R = 0.7 × 0.7 = 0.49（较大）；w × R = 0.05 × 0.49 = 0.0245",
            "3. 就业：R = 0.1 × 0.1 = 0.01（微小）；w × R = 0.9 × 0.01 = 0.009",
            "权重之和 Σw = 0.05 + 0.05 + 0.9 = 1",
            "综合指数 I = 0.0245 + 0.0245 + 0.009 = 0.058，显示为 0.0580",
            "综合指数 0.058 属于 I ≤ 0.36，为低风险",
            "较大风险因素 2 个，达到 2 个，为中风险",
            f"{_MOST}中风险",
        ),
        ("high", "medium"),
    ),
    # Five 较大 of 0.49: 5 × 0.05×0.49 + 0.75×0.04 = 0.1225 + 0.03 = 0.1525; high by number. After, one 一般 each of
    # 0.5×0.5 = 0.25: 5 × 0.0125 + 0.03 = 0.0925; many 一般 make no medium.
    "five larger factors": Example(
        (
            *((f"因素{n}", "0.05", "0.7", "0.7", "0.5", "0.5") for n in range(1, 6)),
            ("就业", "0.75", "0.2", "0.2", "0.2", "0.2"),
        ),
        (
            *(f"{n}. 因素{n}：R = 0.7 × 0.7 = 0.49（较大）；w × R = 0.05 × 0.49 = 0.0245" for n in range(1, 6)),
            "6. 就业：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.75 × 0.04 = 0.03",
            "权重之和 Σw = 0.05 + 0.05 + 0.05 + 0.05 + 0.05 + 0.75 = 1",
            "综合指数 I = 0.0245 + 0.0245 + 0.0245 + 0.0245 + 0.0245 + 0.03 = 0.1525，显示为 0.1525",
            "综合指数 0.1525 属于 I ≤ 0.36，为低风险",
            "较大风险因素 5 个，达到 5 个，为高风险",
            f"{_MOST}高风险",
        ),
        (
            *(f"{n}. 因素{n}：R = 0.5 × 0.5 = 0.25（一般）；w × R = 0.05 × 0.25 = 0.0125" for n in range(1, 6)),
            "6. 就业：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.75 × 0.04 = 0.03",
            "权重之和 Σw = 0.05 + 0.05 + 0.05 + 0.05 + 0.05 + 0.75 = 1",
            "综合指数 I = 0.0125 + 0.0125 + 0.0125 + 0.0125 + 0.0125 + 0.03 = 0.0925，显示为 0.0925",
            "综合指数 0.0925 属于 I ≤ 0.36，为低风险",
            "一般 5 个、微小 1 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        ("high", "low"),
    ),
    # Weights of 1.0005 are accepted, said, and not scaled: 0.25×0.56 + 0.7505×0.04 = 0.14 + 0.03002.
    # After: 0.25×0.01 + 0.7505×0.04 = 0.0025 + 0.03002 = 0.03252.
    "weights within a thousandth": Example(
        (("补偿标准", "0.25", "0.7", "0.8", "0.1", "0.1"), ("就业", "0.7505", "0.2", "0.2", "0.2", "0.2")),
        (
            "1. 补偿标准：R = 0.7 × 0.8 = 0.56（较大）；w × R = 0.25 × 0.56 = 0.14",
            "2. 就业：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.7505 × 0.04 = 0.03002",
            "权重之和 Σw = 0.25 + 0.7505 = 1.0005",
            "权重之和 1.0005 与 1 相差不超过 0.001，按原权重计算",
            "综合指数 I = 0.14 + 0.03002 = 0.17002，显示为 0.1700",
            "综合指数 0.17002 属于 I ≤ 0.36，为低风险",
            "较大 1 个、微小 1 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        (
            "1. 补偿标准：R = 0.1 × 0.1 = 0.01（微小）；w × R = 0.25 × 0.01 = 0.0025",
            "2. 就业：R = 0.2 × 0.2 = 0.04（微小）；w × R = 0.7505 × 0.04 = 0.03002",
            "权重之和 Σw = 0.25 + 0.7505 = 1.0005",
            "权重之和 1.0005 与 1 相差不超过 0.001，按原权重计算",
            "综合指数 I = 0.0025 + 0.03002 = 0.03252，显示为 0.0325",
            "综合指数 0.03252 属于 I ≤ 0.36，为低风险",
            "微小 2 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
        ("low", "low"),
    ),
    "opposition 9 of 100": _triggered(Facts(oppose=9, valid=100), "", "low"),
    "opposition 10 of 100": _triggered(
        Facts(oppose=10, valid=100), "反对比例在10%至33%之间（10/100），为中风险", "medium"
    ),
    "opposition 1 of 3": _triggered(Facts(oppose=1, valid=3), "反对比例超过33%（1/3），为高风险", "high"),
    "19 people": _triggered(Facts(event_people=19), "", "low"),
    "20 people": _triggered(Facts(event_people=20), "单次事件可能达20至200人（20），为中风险", "medium"),
    "201 people": _triggered(Facts(event_people=201), "单次事件可能超过200人（201），为高风险", "high"),
    "practice asks no severe event": _triggered(Facts(severe_event=True), "", "low"),
    "江苏 20 of 100": _triggered(Facts(oppose=20, valid=100), "", "low", method=JIANGSU),
    "江苏 21 of 100": _triggered(
        Facts(oppose=21, valid=100), "反对比例超过20%、不超过50%（21/100），为中风险", "medium", method=JIANGSU
    ),
    "江苏 51 of 100": _triggered(
        Facts(oppose=51, valid=100), "反对比例超过50%（51/100），为高风险", "high", method=JIANGSU
    ),
    "江苏 100 people": _triggered(
        Facts(event_people=100), "单次事件可能达100人以上（100），为中风险", "medium", method=JIANGSU
    ),
    "江苏 200 people": _triggered(
        Facts(event_people=200), "单次事件可能达200人以上（200），为高风险", "high", method=JIANGSU
    ),
    "江苏 severe event": _triggered(
        Facts(severe_event=True), "可能发生恶性案件或极端事件（是），为高风险", "high", method=JIANGSU
    ),
    # The most severe of all three: medium by the index (0.5), low by number, high by the trigger; after, 30 people.
    "the most severe wins, after measures too": Example(
        (("补偿标准", "1", "0.625", "0.8", "0.2", "0.2"),),
        (
            "1. 补偿标准：R = 0.625 × 0.8 = 0.5（较大）；w × R = 1 × 0.5 = 0.5",
            "权重之和 Σw = 1 = 1",
            "综合指数 I = 0.5 = 0.5，显示为 0.5000",
            "综合指数 0.5 属于 0.36 < I ≤ 0.64，为中风险",
            "较大 1 个，单因素个数未达到中风险标准，为低风险",
            "反对比例在10%至33%之间（12/100），为中风险",
            "单次事件可能超过200人（300），为高风险",
            f"{_MOST}高风险",
        ),
        (
            "1. 补偿标准：R = 0.2 × 0.2 = 0.04（微小）；w × R = 1 × 0.04 = 0.04",
            "权重之和 Σw = 1 = 1",
            "综合指数 I = 0.04 = 0.04，显示为 0.0400",
            "综合指数 0.04 属于 I ≤ 0.36，为低风险",
            "微小 1 个，单因素个数未达到中风险标准，为低风险",
            "单次事件可能达20至200人（30），为中风险",
            f"{_MOST}中风险",
        ),
        ("high", "medium"),
        facts=Facts(oppose=12, valid=100, event_people=300),
        facts_after=Facts(event_people=30),
    ),
    # The cut-offs are data: 0.4×0.5 = 0.2 is medium where low ends at 0.1.
    "a stricter place": _one(
        "0.4",
        "0.5",
        (
            "1. 补偿标准：R = 0.4 × 0.5 = 0.2（一般）；w × R = 1 × 0.2 = 0.2",
            "权重之和 Σw = 1 = 1",
            "综合指数 I = 0.2 = 0.2，显示为 0.2000",
            "综合指数 0.2 属于 0.1 < I ≤ 0.5，为中风险",
            "一般 1 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}中风险",
        ),
        "medium",
        method=STRICT,
        after=(
            "1. 补偿标准：R = 0.1 × 0.1 = 0.01（微小）；w × R = 1 × 0.01 = 0.01",
            "权重之和 Σw = 1 = 1",
            "综合指数 I = 0.01 = 0.01，显示为 0.0100",
            "综合指数 0.01 属于 I ≤ 0.1，为低风险",
            "微小 1 个，单因素个数未达到中风险标准，为低风险",
            f"{_MOST}低风险",
        ),
    ),
}
