"""A question in words: defaults, what is refused and how it is said, and the way back into a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from risk_registry.accounts.scope import EVERYTHING
from risk_registry.core.problems import Refused
from risk_registry.db.clock import SHANGHAI, end_of_day, to_stamp
from risk_registry.ledgers.asking import Asked, Word, ask, figures_of
from risk_registry.settings.queries import DEFAULTS, Settings

TODAY = date(2024, 11, 23)
NEWEST = to_stamp(datetime(2024, 11, 22, 15, 4, 5, 123456, SHANGHAI))
UNITS = {"water": 3, "office": 2}


def asked(**options: Word) -> Asked:
    return ask(EVERYTHING, Settings(DEFAULTS), TODAY, NEWEST, organisations=UNITS, offices=None, **options)


def refused(**options: Word) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        asked(**options)
    return {problem.field: str(problem) for problem in caught.value.problems}


def test_nothing_said_is_this_year_until_today() -> None:
    found = asked()
    assert (found.question.first, found.question.last) == (date(2024, 1, 1), date(2024, 12, 31))
    assert found.question.as_of == TODAY
    assert found.query.known_at is None
    assert found.known_at == NEWEST
    assert found.query.is_present
    assert found.args == {"year": "2024"}
    assert (found.title_period, found.basis_label) == ("2024年度", "按评估完成时间")


def test_a_past_year_is_seen_as_of_its_end() -> None:
    found = asked(year="2023")
    assert found.question.as_of == date(2023, 12, 31)
    assert not found.query.is_present


def test_half_a_period_is_the_rest_of_its_year() -> None:
    assert asked(**{"from": "2024年3月5日"}).args == {"from": "2024-03-05", "to": "2024-12-31"}
    assert asked(to=date(2023, 6, 30), from_=None).args == {"from": "2023-01-01", "to": "2023-06-30"}
    assert asked(year="2020", to="2023-06-30").question.first == date(2023, 1, 1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-11-01", end_of_day(date(2024, 11, 1))),
        ("2024-11-01 15:04:05", to_stamp(datetime(2024, 11, 1, 15, 4, 5, 0, SHANGHAI))),
        ("2024-11-01T15:04:05.123456", to_stamp(datetime(2024, 11, 1, 15, 4, 5, 123456, SHANGHAI))),
        ("2024-11-01T07:04:05+00:00", to_stamp(datetime(2024, 11, 1, 15, 4, 5, 0, SHANGHAI))),
        ("2024-11-01 15:04", to_stamp(datetime(2024, 11, 1, 15, 4, 59, 999999, SHANGHAI))),
        ("2024-11-23", NEWEST),
        (NEWEST - 7, NEWEST - 7),
    ],
)
def test_known_at(written: str | int, meant: int) -> None:
    found = asked(known_at=written)
    assert found.query.known_at == meant
    assert asked(known_at=found.args["known_at"]).query.known_at == meant


def test_a_link_asks_the_same_again() -> None:
    found = asked(
        year="2023", basis="filed", as_of="2024-02-01", known_at="2024-06-30", status="filed,revoked", kind="project",
        level_before="none", org="water", office="office", month="2023-03", q=" 河堤 ",
    )  # fmt: skip
    again = asked(**found.words())
    assert again.query == found.query
    assert again.args == found.args
    assert found.query.filter.codes == (
        ("kind", "project"), ("level_before", None), ("owner_org_id", 3), ("filing_office_id", 2),
    )  # fmt: skip
    assert found.words(kind=None, status="due")["status"] == "due"
    assert "kind" not in found.words(kind=None)


def test_a_fixed_link_names_both_times() -> None:
    found = asked(**asked().fixed())
    assert found.query.known_at == NEWEST
    assert found.question.as_of == TODAY


def test_figures_drop_filters_on_single_lines() -> None:
    found = figures_of(asked(org="water", kind="project", q="河堤", status="filed", measure="passed"))
    assert found.args == {"year": "2024", "org": "water"}
    assert found.query.filter.codes == (("owner_org_id", 3),)
    assert found.query.filter == replace(found.query.filter, text="", statuses=(), measure="", basis="all")
    assert found.with_measure("passed", kind="none") == {
        "year": "2024", "measure": "passed", "kind": "none", "org": "water",
    }  # fmt: skip


def test_an_owner_outside_the_choices_is_found_by_his_code() -> None:
    assert asked(org="closed-unit").query.filter.codes == (("owner_org_code", "closed-unit"),)


def test_every_fault_is_told_at_once_and_how_to_mend_it() -> None:
    said = refused(
        year="20x4", basis="heard", as_of="2025-01-01", known_at="gestern", status="filed,zzz", kind="a b",
        measure="all", month="2024-13", office="nowhere", q="字" * 65,
    )  # fmt: skip
    assert said["year"] == "年度应为1900至2100之间的四位数字，例如2024"
    assert said["basis"] == "统计口径没有“heard”这一项，请从列出的选项中选择"
    assert said["as_of"].startswith("截至日期不能晚于今天2024")
    assert said["known_at"].startswith("台账数据时间应写作2024-12-31（指当日结束）")
    assert said["status"] == "办理状态没有“zzz”这一项，请从列出的选项中选择"
    assert said["month"] == "评估完成月份应写作2024-03，请改正"
    assert said["q"] == "文字最多64个字，请缩短后再查"
    assert set(said) >= {"kind", "measure", "office"}
    assert "请" in refused(**{"from": "2024-02-30"})["from"]
    assert refused(**{"from": "2024-05-01", "to": "2024-04-01"})["to"].startswith("截止日期不能早于起始日期")
    assert "q" in refused(q="河\u202e堤")
    assert "手机号码" in refused(q="13800138000")["q"], "a search is recorded with the file it led to"


def test_an_unknown_word_is_the_callers_mistake() -> None:
    with pytest.raises(TypeError, match="colour"):
        asked(colour="red")
