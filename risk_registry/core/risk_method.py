"""What a version of the index method is made of, and the shipped version INDEX_428 (DOMAIN §3.2-3.5).

The outline 428号 leaves the cut-offs to local criteria, so every threshold is data of a version with a stated source.
A version in use is never changed; a new one is added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from risk_registry.core.statements import Statement
from risk_registry.core.text_marks import N_


@dataclass(frozen=True)
class Band:
    """The half-open interval (upper of the band below, upper]; the lowest band holds 0 too."""

    code: str
    zh: str
    upper: Decimal


def rank_of(bands: Sequence[Band], code: str) -> int:
    """Place of the band from slight (0) to severe. Raises KeyError for an unknown code."""
    for place, band in enumerate(bands):
        if band.code == code:
            return place
    raise KeyError(code)


def band_of(bands: Sequence[Band], value: Decimal) -> Band:
    """The band with value ≤ upper and above the band below. Raises ValueError outside 0..last upper."""
    if value >= 0:
        for band in bands:
            if value <= band.upper:
                return band
    raise ValueError(f"{value} lies in no band")


@dataclass(frozen=True)
class CountRule:
    """`level` holds when at least `at_least` factors have the degree `degree`."""

    level: str
    degree: str
    at_least: int


class Fact(Enum):
    """What a direct trigger looks at."""

    OPPOSITION = "opposition"  # share of valid forms that oppose, 0 to 1
    EVENT_PEOPLE = "event_people"  # people expected in one event
    SEVERE_EVENT = "severe_event"  # 1 when a severe case or an extreme incident is expected


@dataclass(frozen=True)
class Trigger:
    """`level` holds when the fact is above `threshold`, or equal to it where `inclusive`."""

    level: str
    fact: Fact
    threshold: Decimal
    inclusive: bool
    text: str
    source: str
    #: What fills the places of ``text``; none when it names its numbers itself.
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def statement(self) -> Statement:
        """What the trigger says, in words."""
        return Statement(self.text, self.params)

    def fires(self, value: Fraction) -> bool:
        """Whether the fact reaches the threshold; compared exactly."""
        bound = Fraction(self.threshold)
        return value > bound or (self.inclusive and value == bound)


@dataclass(frozen=True)
class IndexMethod:
    """One version of the method. Bands and `composite` run from slight to severe; `composite` codes are the levels."""

    id: str
    version: str
    source: str
    probability: tuple[Band, ...]
    impact: tuple[Band, ...]
    degree: tuple[Band, ...]
    composite: tuple[Band, ...]
    counts: tuple[CountRule, ...]
    triggers: tuple[Trigger, ...]
    weight_tolerance: Decimal
    shown_places: int
    input_places: int
    measure_from: str  # degree from which a factor needs a measure

    def severity(self, level: str) -> int:
        """Rank of a level, 0 the least severe. Raises KeyError for a level the method does not know."""
        return rank_of(self.composite, level)


def _bands(*bands: tuple[str, str, str]) -> tuple[Band, ...]:
    return tuple(Band(code, zh, Decimal(upper)) for code, zh, upper in bands)


_PRACTICE = N_("通行做法风险程度对照表")
_SHARES = N_("上海、陕西汉中反对比例标准")
_JIANGSU = N_("江苏直接判定标准")

PRACTICE_TRIGGERS = (
    Trigger("high", Fact.EVENT_PEOPLE, Decimal(200), False, N_("单次事件可能超过200人"), _PRACTICE),
    Trigger("medium", Fact.EVENT_PEOPLE, Decimal(20), True, N_("单次事件可能达20至200人"), _PRACTICE),
    Trigger("high", Fact.OPPOSITION, Decimal("0.33"), False, N_("反对比例超过33%"), _SHARES),
    Trigger("medium", Fact.OPPOSITION, Decimal("0.10"), True, N_("反对比例在10%至33%之间"), _SHARES),
)
JIANGSU_TRIGGERS = (
    Trigger("high", Fact.OPPOSITION, Decimal("0.50"), False, N_("反对比例超过50%"), _JIANGSU),
    Trigger("medium", Fact.OPPOSITION, Decimal("0.20"), False, N_("反对比例超过20%、不超过50%"), _JIANGSU),
    Trigger("high", Fact.EVENT_PEOPLE, Decimal(200), True, N_("单次事件可能达200人以上"), _JIANGSU),
    Trigger("medium", Fact.EVENT_PEOPLE, Decimal(100), True, N_("单次事件可能达100人以上"), _JIANGSU),
    Trigger("high", Fact.SEVERE_EVENT, Decimal(1), True, N_("可能发生恶性案件或极端事件"), _JIANGSU),
)

#: The shipped version. R cut-offs are the squares of the p and q cut-offs.
INDEX_428 = IndexMethod(
    id="INDEX_428",
    version="1",
    source=N_("发改办投资〔2013〕428号编制大纲；分档界限为通行做法，以当地标准为准"),
    probability=_bands(
        ("very_low", N_("很低"), "0.20"),
        ("low", N_("较低"), "0.40"),
        ("medium", N_("中等"), "0.60"),
        ("high", N_("较高"), "0.80"),
        ("very_high", N_("很高"), "1"),
    ),
    impact=_bands(
        ("negligible", N_("可忽略"), "0.20"),
        ("small", N_("较小"), "0.40"),
        ("medium", N_("中等"), "0.60"),
        ("large", N_("较大"), "0.80"),
        ("severe", N_("严重"), "1"),
    ),
    degree=_bands(
        ("tiny", N_("微小"), "0.04"),
        ("small", N_("较小"), "0.16"),
        ("general", N_("一般"), "0.36"),
        ("larger", N_("较大"), "0.64"),
        ("major", N_("重大"), "1"),
    ),
    composite=_bands(("low", N_("低"), "0.36"), ("medium", N_("中"), "0.64"), ("high", N_("高"), "1")),
    counts=(
        CountRule("high", "major", 2),
        CountRule("high", "larger", 5),
        CountRule("medium", "major", 1),
        CountRule("medium", "larger", 2),
    ),
    triggers=PRACTICE_TRIGGERS,
    weight_tolerance=Decimal("0.001"),
    shown_places=4,
    input_places=4,
    measure_from="larger",
)
