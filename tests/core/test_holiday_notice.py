"""The yearly notice read into days: its own sentences, short lines, and everything that must not be guessed."""

from __future__ import annotations

from datetime import date

import pytest
from chinese_calendar import constants

from risk_registry.core.holiday_notice import read_notice

NOTICE_2026 = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""


def test_the_notice_of_2026_gives_the_calendar_of_2026() -> None:
    notice = read_notice(NOTICE_2026, 2026)
    off = {day: False for day in constants.holidays if day.year == 2026 and day.weekday() < 5}
    worked = {day: True for day in constants.workdays if day.year == 2026 and day.weekday() >= 5}
    assert notice.problems == []
    assert notice.exceptions == off | worked
    assert len(worked) == 6


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("2027年1月1日放假", {"2027-01-01": False}),
        ("2月13日上班", {"2027-02-13": True}),
        ("１月１日放假", {"2027-01-01": False}),
        ("2027-01-01放假", {"2027-01-01": False}),
        ("2月5日、8日至10日放假", {f"2027-02-{n:02}": False for n in (5, 8, 9, 10)}),
        ("2026年12月31日至2027年1月2日放假调休", {"2026-12-31": False, "2027-01-01": False}),
        ("10月1日-4日休息；10月9日补班", {"2027-10-01": False, "2027-10-04": False, "2027-10-09": True}),
        ("各地区、各部门要妥善安排好值班。", {}),
    ],
)
def test_lines_people_type(line: str, days: dict[str, bool]) -> None:
    notice = read_notice(line, 2027)
    assert [str(problem) for problem in notice.problems] == []
    assert {day.isoformat(): working for day, working in notice.exceptions.items()} == days


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1月1日至3日", "没有写放假还是上班"),
        ("3日放假", "没有写明月份"),
        ("2月30日放假", "没有“2月30日”这一天"),
        ("1/1放假", "不是日期"),
        ("2026年5月1日放假", "不在2027年"),
        ("12月31日至1月2日放假", "跨年的请写明年份"),
        ("5月1日至3月1日放假", "应晚于前一个"),
        ("1月1日至30日放假", "超过十五天"),
        ("1月1日不放假", "说不清"),
        ("放假", "前面没有日期"),
        ("至3日放假", "前后应各有一个日期"),
        ("1月2日（周日）放假", "是周六，文中写的是周日"),
        ("1月1日放假，共3天", "共3天，日期算得1天"),
        ("1月4日上班", "是周一，本来就上班"),
        ("1月1日放假\n1月1日上班", "既写了放假又写了上班"),
    ],
)
def test_nothing_is_guessed(line: str, said: str) -> None:
    problems = read_notice(line, 2027).problems
    assert any(said in str(problem) for problem in problems), [str(problem) for problem in problems]
    assert all(problem.field == "lines" and "第" in str(problem) for problem in problems)


def test_weekends_are_read_but_are_no_exceptions() -> None:
    notice = read_notice("1月1日至3日放假", 2027)
    assert [(named.day, named.plain) for named in notice.days] == [
        (date(2027, 1, 1), False),
        (date(2027, 1, 2), True),
        (date(2027, 1, 3), True),
    ]
