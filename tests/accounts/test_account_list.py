"""A list of accounts from a workbook: every fault at once, each at its cell; all of them or none."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from risk_registry.accounts import separation
from risk_registry.accounts.account_list import COLUMNS, MOST, Checked, Row, add_accounts, check, read_rows
from risk_registry.accounts.models import Account
from risk_registry.accounts.queries import actor_for
from risk_registry.audit.models import Event
from risk_registry.core.problems import Refused
from risk_registry.organisations.models import Organisation
from risk_registry.spreadsheets.intake import read_tables
from tests.registry import Registry, account, organisation

DAY = date(2024, 3, 5)
HEADER = tuple(column.heading for column in COLUMNS)
Texts = tuple[str, ...]


def written(*rows: Texts, header: Texts = HEADER) -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["账号名单"])
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    book.save(file)
    return file.getvalue()


def checked(registry: Registry, *rows: Texts, header: Texts = HEADER) -> Checked:
    found, lines, _hidden = read_rows(read_tables(written(*rows, header=header)))
    with registry.reading() as session:
        return check(session, lines, day=DAY, header=found)


def faults(registry: Registry, *rows: Texts) -> list[tuple[str, str]]:
    found = checked(registry, *rows)
    assert not found.wanted, "a list with one fault makes no account"
    return [(fault.cell, str(fault.problem)) for fault in found.faults]


def test_a_good_list(registry: Registry) -> None:
    found = checked(
        registry,
        ("Wang", "王工", "water", "", "填报员、审签人", ""),
        ("", "", "school", "示例县教育局", "", ""),
        ("2024001", "经办", "", "示例县信访办公室", "filing officer", "全部"),
        ("lingdao", "领导", "county", "示例县人民政府", "领导", ""),
    )
    assert not found.faults
    assert [(item.row, item.name, item.organisation, item.roles, item.scope) for item in found.wanted] == [
        (3, "Wang", "示例县水利局", ("submitter", "department_head"), "own"),
        (5, "2024001", "示例县信访办公室", ("filing_officer",), "all"),
        (6, "lingdao", "示例县人民政府", ("leader",), "subtree"),
    ]


def test_every_fault_at_its_cell(registry: Registry) -> None:
    found = faults(
        registry,
        ("ＣＬＥＲＫ", "", "nowhere", "", "皇帝", "天下"),
        ("a", "甲", "water", "示例县教育局", "", "本备案机关"),
        ("Ａ", "联系13812345678", "", "没有的局", "填报员", ""),
        ("b\u202e", "乙", "", "", "填报员", ""),
    )
    assert [cell for cell, _words in found] == [
        "A3", "B3", "C3", "E3", "F3",
        "D4", "E4", "F4",
        "A5", "B5", "D5",
        "A6", "C6",
    ]  # fmt: skip
    words = dict(found)
    assert "已存在" in words["A3"]
    assert "没有“皇帝”这个角色，可填：填报员、" in words["E3"]
    assert "该代码是“示例县水利局”" in words["D4"]
    assert "与第4行的账号重复" in words["A5"]
    assert "手机号码" in words["B5"]
    assert "请填写机构代码或机构名称" in words["C6"]


def test_closed_units_and_shared_names(registry: Registry) -> None:
    with registry.writing() as session:
        session.execute(
            Organisation.metadata.tables["organisation"]
            .update()
            .where(Organisation.id == organisation(session, "town").id)
            .values(valid_to=date(2024, 1, 1), name="示例县水利局")
        )
    assert faults(registry, ("a", "甲", "town", "", "填报员", ""), ("b", "乙", "", "示例县水利局", "填报员", "")) == [
        ("C3", "该机构已停用，请改填承接其工作的机构"),
        ("D4", "有几个机构叫这个名称，请填写机构代码"),
    ]


def test_lists_that_are_none(registry: Registry) -> None:
    with pytest.raises(Refused, match="没有要建立的账号"):
        read_rows(read_tables(written(("", "", "water", "", "", ""))))
    many = [(f"a{number}", "甲", "water", "", "填报员", "") for number in range(MOST + 1)]
    with pytest.raises(Refused, match="一次最多导入100个账号，名单里有101个"):
        read_rows(read_tables(written(*many)))
    with pytest.raises(Refused, match="没有找到表头"):
        read_rows(read_tables(written(header=("甲", "乙"))))
    assert checked(registry, ("a", "water"), header=("用户名", "单位代码")).faults[0].cell == "3", "no such column"


def test_formulas_without_a_result_are_faults(registry: Registry) -> None:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEADER))
    sheet.append(["a", '="甲"&"乙"', "water", "", "填报员", ""])
    book.save(file)
    header, rows, _hidden = read_rows(read_tables(file.getvalue()))
    with registry.reading() as session:
        found = check(session, rows, day=DAY, header=header)
    assert [(fault.cell, str(fault.problem)) for fault in found.faults] == [
        ("B2", "这一格是没有结果的公式，请改填文字")
    ]


def test_with_separation_the_list_grants_nothing(registry: Registry) -> None:
    with registry.writing() as session:
        separation.turn_on(session, actor_for(account(session, "sysadmin")))
    assert [cell for cell, _words in faults(registry, ("a", "甲", "water", "", "填报员", "全部"))] == ["E3", "F3"]
    found = checked(registry, ("a", "甲", "water", "", "", ""))
    with registry.writing() as session:
        [made] = add_accounts(session, actor_for(account(session, "sysadmin")), found.wanted, ["hash"])
        assert (made.roles, made.lane, made.scope) == (frozenset(), "business", "own")


def test_all_or_none(registry: Registry) -> None:
    found = checked(registry, ("a", "甲", "water", "", "填报员", ""), ("b", "乙", "school", "", "填报员", ""))
    with registry.writing() as session:
        keeper = actor_for(account(session, "sysadmin"))
        made = add_accounts(session, keeper, found.wanted[1:], ["hash b"])
        assert made[0].must_change_password
    with pytest.raises(Refused, match="“b”已存在"), registry.writing() as session:
        add_accounts(session, actor_for(account(session, "sysadmin")), found.wanted, ["hash a", "hash b"])
    with registry.reading() as session:
        assert session.scalar(select(func.count()).where(Account.name == "a")) == 0
        events = session.scalars(select(Event).where(Event.action == "create_account", Event.actor == "sysadmin")).all()
        assert [event.subject for event in events] == ["乙（b）"]
        assert "hash" not in events[0].changes


def test_rows_without_a_header_are_named_by_their_number(registry: Registry) -> None:
    texts = dict.fromkeys((column.key for column in COLUMNS), "")
    with registry.reading() as session:
        found = check(session, [Row(7, {**texts, "name": "a"})], day=DAY)
    assert {(fault.row, fault.cell) for fault in found.faults} == {(7, "7")}
