"""The main job through a real browser, with script and without: register, assess, submit, file, count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser
from sqlalchemy import create_engine, text

from risk_registry.demo.people import PASSWORD
from tests.browser_tests.hands import Person, person
from tests.server import Data, Server, copied, running

pytestmark = pytest.mark.browser

#: DOMAIN §5 no. 1, as published.
RIVER = "柞水县瓦房口镇马家台村四、五组河堤工程"
PRICE = "示例县城区停车收费标准调整"
#: Both years whole: the published assessment was concluded in 2023, the other one today.
PERIOD = "from=2023-01-01&to=2029-12-31"
MOST_INPUTS, MOST_PAGES, MOST_OFFICE_PAGES = 20, 5, 3


@pytest.fixture(scope="module", params=[True, False], ids=["script", "no-script"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs script."""
    return bool(request.param)


@pytest.fixture(scope="module")
def server(demo_data: Data, tmp_path_factory: pytest.TempPathFactory, javascript: bool) -> Iterator[Server]:
    with running(copied(demo_data, tmp_path_factory.mktemp("journey"))) as server:
        yield server


@pytest.fixture
def clerk(browser: Browser, server: Server, javascript: bool) -> Iterator[Person]:
    """The water department's clerk."""
    found = person(browser, server, javascript=javascript)
    found.sign_in("shuili", PASSWORD)
    yield found
    assert found.watch.taken() == []
    found.page.context.close()


@pytest.fixture
def officer(browser: Browser, server: Server, javascript: bool) -> Iterator[Person]:
    """The office's approver."""
    found = person(browser, server, javascript=javascript)
    found.sign_in("zhuren", PASSWORD)
    yield found
    assert found.watch.taken() == []
    found.page.context.close()


def passed_and_filed(person: Person) -> int:
    """通过评估并备案 of the period, from the sentence of the counts page."""
    person.open(f"/counts?{PERIOD}")
    sentence = person.page.locator("#sentence").inner_text()
    found = re.findall(r"(\d+)\s*件次", sentence)
    assert found, sentence
    return int(found[-1])


def ledger_titles(person: Person) -> list[str]:
    """事项名称 of every line of the period's workbook, in the official layout."""
    book = load_workbook(BytesIO(person.download(f"/ledger.xlsx?{PERIOD}")), read_only=True)
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    head = next(row for row in rows if "事项名称" in row)
    place = head.index("事项名称")
    number = head.index("备案编号")
    return [str(row[place]) for row in rows[rows.index(head) + 1 :] if len(row) > number and row[number]]


def test_published_matter_by_the_long_form(clerk: Person, officer: Person) -> None:
    before = passed_and_filed(officer)
    clerk.follow("新增登记")
    clerk.press("分步填报")
    clerk.follow("基本情况", exact=False, within="main")
    clerk.enter(
        title=RIVER,
        kind="project",
        field="water",
        location="柞水县瓦房口镇马家台村四、五组",
        summary="新建河堤1050米。总投资299.65万元，其中中央资金260万元、县级配套39.65万元。",
        invest_wan="299.65",
        plan_start="2024-04-01",
        plan_end="2024-11-30",
        sensitivity="open",
    )
    clerk.press("保存并返回")
    open_section(clerk, "责任单位", "responsible")
    clerk.enter(duty_contact="水利股", office_phone="0914-4321000", remark="示例：按公开资料登记。")
    clerk.press("保存并返回")
    open_section(clerk, "应评判定", "screening")
    clerk.enter(screening="required")
    clerk.press("保存并返回")
    open_section(clerk, "评估情况", "assessment")
    fill_assessment(clerk)
    clerk.press("保存并返回")
    assert not clerk.page.locator("[data-error-summary]").count(), clerk.faults()
    if not clerk.page.url.endswith("/check"):
        clerk.follow("核对", exact=False, within="main")
    assert "299.65" in clerk.page.locator("main").inner_text()
    assert RIVER in clerk.page.locator("main").inner_text()
    clerk.press("申报并报送备案")
    assert clerk.page.locator("h1").inner_text() == "报送回执", clerk.faults()
    reg_no = registration_number(clerk)
    file_it(officer, RIVER)
    assert passed_and_filed(officer) == before + 1
    assert ledger_titles(officer).count(RIVER) == 1
    clerk.open(f"/ledger?{PERIOD}&q=马家台")
    assert RIVER in clerk.page.locator("main table").first.inner_text()
    clerk.open(f"/matters/{reg_no}")
    shown = clerk.page.locator("main").inner_text()
    for figure in ("299.65", "100.00%", "2023年8月15日"):
        assert figure in shown, figure


def open_section(clerk: Person, label: str, code: str) -> None:
    """The next section: where saving led to, else from the list of tasks."""
    if not clerk.page.url.endswith(f"/{code}"):
        clerk.follow(label, exact=False, within="main")


def fill_assessment(clerk: Person) -> None:
    """The published figures: five ways of hearing people, all opinions adopted, low, implement, 2023-08-15."""
    clerk.enter(procedure="simplified", mode="self", started_on="2023-08-01")
    heard: list[dict[str, Any]] = [
        {"method": "department", "sessions": "1"},
        {"method": "meeting", "sessions": "1"},
        {"method": "hearing", "sessions": "1"},
        {"method": "visit", "sessions": "1"},
        {"method": "survey", "forms_issued": "5", "forms_valid": "5", "support": "5", "opinions": "5", "adopted": "5"},
    ]
    for number, row in enumerate(heard):
        if number:
            clerk.press("增加一行")
        clerk.rows(number, **row)
    clerk.enter(
        legality="met",
        rationality="met",
        feasibility="met",
        controllability="met",
        main_risks="隐患3项：施工占道、临时占地、汛期施工。",
        measures="化解1项，落实措施2项：错峰施工、预先补偿。",
        level_before="low",
        level_after="low",
        outcome="implement",
        concluded_on="2023-08-15",
        signed_by="分管负责人",
        signed_on="2023-08-15",
    )


def registration_number(clerk: Person) -> str:
    """登记号 on the receipt."""
    found = re.search(r"500229-\d{4}-\d{4,}", clerk.page.url)
    assert found
    return found.group(0)


def file_it(officer: Person, title: str) -> None:
    """From the desk to the number."""
    officer.open("/")
    officer.pages = ["/"]
    officer.take_up(title)
    officer.press("接收并备案")
    assert re.search(r"示稳评备〔\d{4}〕\d+号", officer.page.locator("main").inner_text()), officer.faults()


def test_short_path_costs_less_than_the_workbook(clerk: Person, officer: Person) -> None:
    """≤ 20 inputs and ≤ 5 pages from login to the receipt; ≤ 3 pages of the office through 接收并备案."""
    before = passed_and_filed(officer)
    # Signing in is what everybody does in the morning; it counts as a page, and its two boxes as inputs.
    clerk.follow("新增登记")
    clerk.press("一次填报")
    clerk.enter(
        title=PRICE,
        kind="policy",
        field="utility_price",
        summary="城区公共停车位收费标准由每小时2元调整为3元。",
        legality="met",
        rationality="met",
        feasibility="met",
        controllability="met",
        main_risks="车主对涨价的意见",
        measures="提前公告，设首小时免费",
        level_before="low",
        level_after="low",
        outcome="implement",
    )
    clerk.rows(0, method="meeting", sessions="1", participants="15")
    clerk.press("登记并报送备案")
    assert clerk.page.locator("h1").inner_text() == "报送回执", clerk.faults()
    assert clerk.inputs <= MOST_INPUTS, clerk.inputs
    assert len(clerk.pages) <= MOST_PAGES, clerk.pages
    file_it(officer, PRICE)
    assert len(officer.pages) <= MOST_OFFICE_PAGES, officer.pages
    assert passed_and_filed(officer) == before + 1
    assert ledger_titles(officer).count(PRICE) == 1
    clerk.open(f"/ledger?{PERIOD}&q=停车")
    assert PRICE in clerk.page.locator("main table").first.inner_text()


def test_a_form_sent_after_the_session_ended_comes_back(clerk: Person, server: Server) -> None:
    """Nothing typed is lost: after signing in again the form is sent on, once."""
    clerk.follow("新增登记")
    clerk.press("分步填报")
    clerk.follow("基本情况", exact=False, within="main")
    clerk.enter(title="示例灌渠清淤工程", kind="project", field="water", location="示例镇", summary="清淤灌渠三千米。")
    clerk.enter(invest_wan="88.5")
    end_sessions(server.data)
    clerk.press("保存并返回")
    assert "/login" in clerk.page.url
    clerk.enter(name="shuili", password=PASSWORD)
    clerk.press("登录")
    kept = clerk.page.locator("main").inner_text()
    assert "示例灌渠清淤工程" in kept
    assert "88.5" in kept
    clerk.press("继续提交")
    assert not clerk.page.locator("[data-error-summary]").count(), clerk.faults()
    clerk.open("/matters")
    assert clerk.page.locator("main").inner_text().count("示例灌渠清淤工程") <= 1
    clerk.open("/")
    assert "示例灌渠清淤工程" in clerk.page.locator("main").inner_text()


def end_sessions(data: Data) -> None:
    """An hour passes in which nobody touches anything."""
    assert Path(data.folder / "registry.db").exists()
    engine = create_engine(data.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE login_session SET last_seen_at = last_seen_at - 3600000000"))
    engine.dispose()
