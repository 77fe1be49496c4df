"""A small ledger with every kind of cell, and the facts of DOMAIN §5 as its lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from risk_registry.core.columns import CellKind, Column
from risk_registry.spreadsheets.sheet import Sheet

CREATED = datetime(2026, 11, 23, 5, 32, 10, tzinfo=UTC)

COLUMNS = (
    Column("ordinal", "序号", CellKind.INTEGER, 5),
    Column("reg_no", "登记号", CellKind.CODE, 13),
    Column("title", "事项名称", CellKind.TEXT, 26),
    Column("invest_wan", "总投资(万元)", CellKind.DECIMAL, 13, total=True),
    Column("people", "涉及人数", CellKind.INTEGER, 8, total=True),
    Column("support_rate", "支持率(%)", CellKind.PERCENT, 7),
    Column("filed_on", "备案日期", CellKind.DATE, 11),
    Column("remark", "备注", CellKind.TEXT, 13),
)

ROWS: tuple[tuple[object, ...], ...] = (
    (None, "500229-2024-0001", "马家台村四、五组河堤工程", Decimal("299.65"), 5, Decimal(100), date(2024, 3, 5), ""),
    (None, "500229", "自来水供水价格调整", None, 31_250, None, None, "=1+1"),
    (None, "0017", "县中医医院异地搬迁新建", Decimal("8688.425"), 0, Decimal("82.142857"), date(2024, 12, 31), None),
)


@pytest.fixture
def columns() -> tuple[Column, ...]:
    return COLUMNS


@pytest.fixture
def rows() -> tuple[tuple[object, ...], ...]:
    return ROWS


@pytest.fixture
def created() -> datetime:
    return CREATED


@pytest.fixture
def ledger() -> Sheet:
    return Sheet(
        title="示例县2024年度社会稳定风险评估工作台账",
        subtitle="填报单位(盖章)：示例县　统计期间：2024-01-01至2024-12-31　截至：2024-12-31　单位：件次、万元",
        columns=COLUMNS,
        sheet_name="2024年度台账",
        paper="A4",
        totals=True,
        signature="填表人：　审核人：　联系电话：　填表日期：",
        footer_left="共3件次 截至2024-12-31 校验码 9f3a61c0",
        notes=("注：示例数据。",),
        count_unit="件次",
    )


@pytest.fixture
def with_remark() -> Callable[[object], tuple[object, ...]]:
    """A line whose last cell holds the given value."""
    return lambda remark: (*ROWS[0][:-1], remark)
