from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_registry.core.codes import check_region_code
from risk_registry.core.fields import Field, Kind
from risk_registry.core.problems import Refused
from risk_registry.core.values import (
    Raw,
    Value,
    chinese_date,
    parse,
    parse_area,
    parse_boolean,
    parse_date,
    parse_integer,
    parse_money_wan,
    render,
)

QUIET = settings(deadline=None, derandomize=True, max_examples=150)
MIDNIGHT = datetime(2024, 3, 5)  # noqa: DTZ001  (a cell has no time zone)
NAN, INF = float("nan"), float("inf")


def a_field(kind: Kind, **more: object) -> Field:
    return Field(name="x", label="栏目", kind=kind, section="s", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "raw",
    [
        "2024-03-05",
        "2024-3-5",
        "2024/3/5",
        "2024.03.05",
        "2024年3月5日",
        "2024年03月05日",
        "２０２４年３月５日",
        "　2024－03－05 ",
        "20240305",
        20240305,
        20240305.0,
        "2024-03-05 00:00:00",
        "2024-03-05T00:00:00.000",
        date(2024, 3, 5),
        MIDNIGHT,
        MIDNIGHT.replace(hour=23, minute=59, second=51, microsecond=360_000),
    ],
)
def test_dates(raw: Raw) -> None:
    day = parse_date(raw)
    assert day == date(2024, 3, 5)
    assert type(day) is date


@pytest.mark.parametrize(
    "raw",
    [
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-3/5",
        "2024-03",
        "24-03-05",
        "3/5/2024",
        "2024-03-05 08:30",
        "1899-12-31",
        "2101-01-01",
        "٢٠٢٤-٠٣-٠٥",
        "2024-03-05至2024-03-06",
        "明天",
        45356,
        NAN,
        INF,
        True,
        Decimal("20240305"),
        datetime(2024, 3, 5, tzinfo=UTC),
        date(2101, 1, 1),
        "9" * 100_000,
    ],
)
def test_not_dates(raw: Raw) -> None:
    with pytest.raises(Refused) as caught:
        parse_date(raw, field="concluded_on", label="评估完成日期")
    assert caught.value.problems[0].field == "concluded_on"
    assert "评估完成日期" in str(caught.value)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize("raw", [None, "", "  ", "　"])
@pytest.mark.parametrize("kind", list(Kind))
def test_empty_is_none_for_every_kind(raw: Raw, kind: Kind) -> None:
    assert parse(a_field(kind), raw) is None
    with pytest.raises(Refused, match="请填写栏目"):
        parse(a_field(kind), raw, required=True)
    assert render(a_field(kind), None) == ""


@pytest.mark.parametrize(
    ("raw", "wan"),
    [
        ("299.65", "299.65"),
        (299.65, "299.65"),
        (0.1 + 0.2, "0.30"),
        (1808.72, "1808.72"),
        ("1.2亿", "12000.00"),
        ("1.2亿元", "12000.00"),
        ("1亿2000万", "12000.00"),
        ("1亿2000.5万元", "12000.50"),
        ("3000万", "3000.00"),
        ("３０００．５万元", "3000.50"),
        ("1,808.72", "1808.72"),
        ("2996500元", "299.65"),
        (0, "0.00"),
        ("0", "0.00"),
        ("-0", "0.00"),
        (Decimal("1E+3"), "1000.00"),
        ("99999999999999.99", "99999999999999.99"),
    ],
)
def test_money(raw: Raw, wan: str) -> None:
    amount = parse_money_wan(raw)
    assert str(amount) == wan
    assert render(a_field(Kind.MONEY), amount) == wan


@pytest.mark.parametrize(
    "raw",
    [
        "1_000",
        "1,00",
        "1e5",
        "NaN",
        "Infinity",
        NAN,
        INF,
        -INF,
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        "约2亿元",
        "2亿左右",
        "299.655",
        "29965元",
        1 / 3,
        "-1",
        "100000000000000",
        "1.",
        ".5",
        "--1",
        "٣",
        "1 000",
        True,
        date(2024, 1, 1),
        10**400,
        "9" * 100_000,
        "0.99999999999999999999999999999999999亿",
    ],
)
def test_not_money(raw: Raw) -> None:
    with pytest.raises(Refused) as caught:
        parse_money_wan(raw, field="invest_wan", label="总投资")
    assert "总投资" in str(caught.value)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("raw", "hectares"),
    [
        ("32.1793", "32.1793"),
        ("482.69亩", "32.1793"),
        ("86.8000公顷", "86.8000"),
        ("88940㎡", "8.8940"),
        ("88,940平方米", "8.8940"),
        (86.8, "86.8000"),
        ("15亩", "1.0000"),
    ],
)
def test_area(raw: Raw, hectares: str) -> None:
    area = parse_area(raw)
    assert str(area) == hectares
    assert render(a_field(Kind.AREA), area) == hectares


@pytest.mark.parametrize("raw", ["32.17931", "-1", "亩", "1_0", NAN, "100000000"])
def test_not_area(raw: Raw) -> None:
    with pytest.raises(Refused):
        parse_area(raw)


@pytest.mark.parametrize(
    ("raw", "number"),
    [("56", 56), ("５６", 56), (56.0, 56), ("56.0", 56), ("1,234,567", 1234567), (0, 0), ("+7", 7), ("0056", 56)],
)
def test_integers(raw: Raw, number: int) -> None:
    assert parse_integer(raw) == number


@pytest.mark.parametrize(
    "raw",
    ["56.5", 56.5, "五十六", "56户", "1_000", "12,34", "1e3", -1, "-1", True, NAN, INF, 2**31, "9" * 9999, 10**400],
)
def test_not_integers(raw: Raw) -> None:
    with pytest.raises(Refused) as caught:
        parse_integer(raw, label="涉及户数")
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize("kind", [Kind.DATE, Kind.INTEGER, Kind.MONEY, Kind.AREA, Kind.BOOLEAN, Kind.CODE, Kind.CHOICE])
def test_integers_too_long_to_write_out(kind: Kind) -> None:
    with pytest.raises(Refused, match="栏目"):
        parse(a_field(kind), 10**5000)


def test_ranges_come_from_the_field() -> None:
    field = a_field(Kind.INTEGER, minimum=Decimal(3), maximum=Decimal(9))
    assert [parse(field, raw) for raw in (3, "9")] == [3, 9]
    with pytest.raises(Refused, match="栏目不能小于3，现为2"):
        parse(field, 2)
    with pytest.raises(Refused, match="栏目不能大于9，现为10"):
        parse(field, "10")
    assert parse(a_field(Kind.MONEY, minimum=Decimal(-5)), "-4.50") == Decimal("-4.50")


@pytest.mark.parametrize(
    ("raw", "truth"), [("是", True), ("√", True), (1, True), ("否", False), (0, False), (True, True)]
)
def test_booleans(raw: Raw, truth: bool) -> None:
    assert parse_boolean(raw) is truth
    with pytest.raises(Refused, match="请填“是”或“否”"):
        parse_boolean("也许")


def test_text_is_cleaned_measured_and_guarded() -> None:
    title = a_field(Kind.TEXT, length=5)
    assert parse(title, " 河堤工程 ") == "河堤工程"
    with pytest.raises(Refused, match="最多5个字，现有6个字"):
        parse(title, "河堤工程一期")
    with pytest.raises(Refused, match="第3个字符"):
        parse(title, "河堤\x00工程")
    with pytest.raises(Refused, match="第1个字起像是信访人"):
        parse(title, "张三上访")
    assert parse(a_field(Kind.TEXT, guarded=False), "张三上访") == "张三上访"
    assert parse(a_field(Kind.LONG_TEXT), "一\r\n二") == "一\n二"
    with pytest.raises(Refused):
        parse(a_field(Kind.TEXT), "一\n二")


def test_office_telephone_yes_mobile_no() -> None:
    phone = Field(name="office_phone", label="办公电话", kind=Kind.CODE, section="s", length=32)
    assert parse(phone, "023-59221234") == "023-59221234"
    with pytest.raises(Refused, match=r"办公电话：第1个字起是手机号码.*座机"):
        parse(phone, 13800138000)


def test_cells_of_other_types_become_their_text() -> None:
    code = a_field(Kind.CODE)
    assert parse(code, 500229) == "500229"
    assert parse(code, 500229.0) == "500229"
    assert parse(code, date(2024, 3, 5)) == "2024-03-05"
    assert parse(code, MIDNIGHT) == "2024-03-05"
    with pytest.raises(Refused, match="超过15位"):
        parse(code, 1.150022600934092e17)


def test_choices_and_organisations() -> None:
    level = a_field(Kind.CHOICE, dictionary="level")
    choices = {"high": "high", "高": "high", "高风险": "high"}
    assert parse(level, " 高风险", choices=choices) == "high"
    with pytest.raises(Refused, match="栏目“极高”不在可选范围内"):
        parse(level, "极高", choices=choices)
    organisation = a_field(Kind.ORGANISATION)
    assert parse(organisation, "17") == 17
    assert parse(organisation, "县水利局") == "县水利局"
    assert parse(organisation, "县水利局", choices={"县水利局": 17}) == 17


VALUES = {
    Kind.DATE: st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)),
    Kind.INTEGER: st.integers(0, 2_147_483_647),
    Kind.MONEY: st.decimals(0, Decimal("99999999999999.99"), places=2),
    Kind.AREA: st.decimals(0, Decimal("99999999.9999"), places=4),
    Kind.BOOLEAN: st.booleans(),
    Kind.CODE: st.from_regex(r"[A-Z][A-Z0-9]{0,6}", fullmatch=True),
}


@QUIET
@given(st.sampled_from(list(VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind])))
def test_what_is_rendered_is_read_back(pair: tuple[Kind, Value]) -> None:
    kind, value = pair
    assert parse(a_field(kind), render(a_field(kind), value)) == value


@QUIET
@given(
    st.sampled_from(list(Kind)),
    st.one_of(st.text(), st.integers(), st.floats(), st.decimals(), st.datetimes(), st.dates(), st.booleans()),
)
def test_nothing_but_a_refusal_ever_comes_out(kind: Kind, raw: Raw) -> None:
    field = a_field(kind)
    refused: Refused | None = None
    try:
        value = parse(field, raw)
    except Refused as answer:
        refused = answer
    if refused is None:
        assert parse(field, render(field, value)) == value
    else:
        assert all(problem.field == "x" and "栏目" in str(problem) for problem in refused.problems)
        str(refused).encode()


def test_days_in_documents() -> None:
    assert chinese_date(date(2024, 3, 5)) == "2024年3月5日"


def test_a_large_import_is_read_in_seconds() -> None:
    row: list[tuple[Field, Raw]] = [
        (a_field(Kind.TEXT, length=200), "城口县任河流域防洪治理工程（一期）河堤加固及沿线道路改造"),
        (a_field(Kind.LONG_TEXT, length=2000), "工程位于高观镇，涉及4个村，走访群众32人次。" * 5),
        (a_field(Kind.DATE), "2024-03-05"),
        (a_field(Kind.DATE), MIDNIGHT),
        (a_field(Kind.INTEGER), 56),
        (a_field(Kind.MONEY), 299.65),
        (a_field(Kind.CODE), "500229-2024-0017"),
        (a_field(Kind.CHOICE), "工程项目"),
    ]
    begun = time.process_time()
    for _ in range(5_000):
        for field, raw in row:
            parse(field, raw)
    assert time.process_time() - begun < 6  # 40,000 cells; a check per character would take minutes


def test_a_named_official_comes_without_private_numbers() -> None:
    contact = a_field(Kind.TEXT, official=True)
    assert parse(contact, "办公室 王五") == "办公室 王五"
    for private in ("王五 13812345678", "110101199003078515"):
        with pytest.raises(Refused):
            parse(contact, private)


def test_a_code_with_a_check_is_kept_in_its_one_form() -> None:
    region = a_field(Kind.CODE, check=check_region_code)
    assert parse(region, "５００２２９") == "500229"
    assert parse(region, "") is None
    with pytest.raises(Refused, match="栏目应为6位、9位或12位数字"):
        parse(region, "12345")
