from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_registry.core.personal_data import Finding, Trace, find_personal_data, personal_data_problems
from risk_registry.core.text import personal_data

QUIET = settings(deadline=None, derandomize=True, max_examples=200)
# A made-up number with a right check character: region, 1949-12-31, sequence 002.
IDENTITY = "11010519491231002X"

NAMED = """张三上访|李某某多次赴京上访|某某上访户|关于李某某上访问题的处理方案|村民王强到县政府上访
信访人张三反映|上访户：李四|张××多次进京上访|王先生信访件|上访人员陈某|欧阳明长期上访
2024年张三上访|李四等3人集体上访|曾某越级上访|XX上访户|对刘大伟因拆迁补偿进京上访开展劝返
刘建国缠访闹访|李四信访积案化解方案|赵某因征地补偿问题反复到市信访局闹访""".replace("\n", "|").split("|")

HARMLESS = """信访工作条例|化解信访积案方案|防范群众上访|可能引发群体上访|移民安置上访风险|施工扰民上访
周边群众上访|任何上访|主张集体上访|如何集体上访|某县信访局|某某县信访工作条例|某项目信访风险
高度重视上访问题|常年上访|马上上访|城口县信访办|走访群众32人次|重点走访|王家村上访风险
集体上访请愿、极端个人事件、围堵施工|个人非正常上访、静坐、拉横幅|上访人员陈述诉求|林场职工上访
任务较重，信访形势|有关信访事项|张家坝村民上访|何家沟水库移民信访稳定|曾多次上访|双方上访
万人上访|个别群众赴京上访|无上访户|上访户2户|某某项目信访风险|入户走访王家村、李家村
许多群众上访|信访人员较多|上访人数|信访件|走访12户、座谈3次|城口县教育委员会王某某主任""".replace("\n", "|").split("|")


@pytest.mark.parametrize("text", NAMED)
def test_petitioner_names_are_found(text: str) -> None:
    assert [finding.trace for finding in find_personal_data(text)] == [Trace.PETITIONER]


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_titles_pass(text: str) -> None:
    assert personal_data(text) == []


@pytest.mark.parametrize(
    ("text", "position"),
    [
        (IDENTITY, 1),
        (f"证号{IDENTITY.lower()}。", 3),
        ("证号110105 19491231 002X", 3),
        ("证号１１０１０５１９４９１２３１００２Ｘ", 3),
        ("110105********002X", 1),
    ],
)
def test_identity_numbers_are_found(text: str, position: int) -> None:
    assert find_personal_data(text) == (Finding(position, Trace.IDENTITY_NUMBER),)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("联系13800138000", 3),
        ("138-0013-8000", 1),
        ("电话：+86 138 0013 8000", 8),
        ("Tel13800138000", 4),
        ("名单,13800138000", 4),
        ("１３８００１３８０００", 1),
        ("023-59221234 13800138000", 14),
    ],
)
def test_mobile_numbers_are_found(text: str, position: int) -> None:
    assert find_personal_data(text) == (Finding(position, Trace.MOBILE_NUMBER),)


@pytest.mark.parametrize(
    "text",
    [
        "115001200505120618",  # a credit code of digits that also fits the check of an identity number
        "11500226009340925G",
        "9144030071526726XG",
        "914403001922038216",
        "91330100799655058B",
        "91310000631696382C",
        "2603-141124-89-05-346948",
        "2020-330327-48-01-167360",
        "总投资13800000000元",
        "共15000000000万元",
        "13,800,138,000",
        "13800138000.50",
        "6222021380013800138",
        "6222 0213 8001 3800 138",
        "023-59221234",
        "0.13800138000",
        "11010519491231002Y",
        "110105194913310020",
        "110105194912310021",
        "500229-2024-0017",
        "城稳评备〔2024〕14号",
        "2024-01-01至2024-12-31",
    ],
)
def test_codes_amounts_and_office_telephones_pass(text: str) -> None:
    assert personal_data(text) == []


def test_message_names_field_position_and_cure() -> None:
    (problem,) = personal_data_problems("联系13800138000", field="summary", label="事项概况")
    assert str(problem) == "事项概况：第3个字起是手机号码，请删去，改写为数量或主题"
    assert problem.field == "summary"
    assert "13800138000" not in repr(problem)


def test_two_traces_two_problems() -> None:
    problems = personal_data_problems(f"张三上访，电话13800138000，证号{IDENTITY}", field="themes", label="主题")
    assert len(problems) == 3


def test_code_fields_are_not_searched_for_names() -> None:
    assert personal_data_problems("张三上访", field="code", label="编号", code=True) == ()
    (problem,) = personal_data_problems("13800138000", field="office_phone", label="办公电话", code=True)
    assert "座机" in str(problem)


@QUIET
@given(st.from_regex(r"[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}", fullmatch=True))
def test_no_project_code_looks_like_a_person(code: str) -> None:
    assert personal_data(f"项目代码{code}。") == []


@QUIET
@given(
    st.sampled_from(["110101", "500229", "650102"]),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2024, 12, 31)),
    st.integers(0, 999),
)
def test_every_valid_identity_number_is_found(region: str, born: date, seq: int) -> None:
    body = f"{region}{born:%Y%m%d}{seq:03d}"
    weights = [pow(2, 17 - place, 11) for place in range(17)]
    check = (12 - sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11) % 11
    number = body + "0123456789X"[check]
    assert Finding(2, Trace.IDENTITY_NUMBER) in find_personal_data(f"，{number}，")


@pytest.mark.parametrize("unit", ["访", "因", "某", "张三因", "上访户", "138 ", "1", "×", "群众上访", "因上"])
def test_long_texts_stay_fast(unit: str) -> None:
    text = unit * (8000 // len(unit)) + "访"
    begun = time.process_time()
    find_personal_data(text)
    assert time.process_time() - begun < 2
