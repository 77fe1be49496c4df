"""Columns, orders and views on the pages: what is chosen stands in every address, and list, file and count agree."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from risk_registry.casefile.columns import CHOOSABLE, PRINT_LEDGER
from risk_registry.ledgers import listing, views
from risk_registry.ledgers.models import ExportRecord, LedgerView
from tests.ledgers.golden_site import csv_rows, golden_site, page, size, titles
from tests.site.cast_site import Site

COLS = "filed_on,title,filing_number,status,people"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with golden_site(tmp_path_factory.mktemp("views")) as site:
        yield site


@pytest.fixture
def counter(site: Site) -> FlaskClient:
    return site.client("counter")


def headings(text: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', text)]


def links(text: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="(/[^"]*)"', text)]


def words(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def form(client: FlaskClient, address: str, **values: str) -> dict[str, str]:
    """What the form of a page sends, with some values typed."""
    text = page(client, address)
    hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', text))
    hidden |= dict(re.findall(r'<input id="[^"]*" name="([^"]+)" type="hidden" value="([^"]*)"', text))
    return {**hidden, **values}


def test_chosen_columns_in_the_chosen_order(counter: FlaskClient) -> None:
    text = page(counter, f"/ledger?year=2024&basis=filed&cols={COLS}&sort=filed")
    assert headings(text) == ["序号", *(CHOOSABLE[key].heading for key in COLS.split(","))]
    days = re.findall(r'<td class="code">(\d{4}-\d\d-\d\d)</td><th scope="row"', text)
    assert len(days) == 15
    assert days == sorted(days, reverse=True)
    assert "行序：备案日期，新的在前" in text


def test_every_link_of_the_list_carries_the_columns(counter: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SIZE", 4)
    monkeypatch.setattr(views, "SIZE", 4)
    text = page(counter, f"/ledger?year=2024&cols={COLS}&sort=concluded")
    kept = {"cols": COLS, "sort": "concluded"}
    ours = [
        link
        for link in links(text)
        if link.startswith(("/ledger?", "/ledger.", "/ledger/columns", "/ledger/views/new"))
    ]
    # 查看其他视图 and 重置 leave the question.
    ours = [link for link in ours if "view=" not in link]
    assert len(ours) >= 8
    assert {tuple(words(link).get(name) for name in kept) for link in ours} == {tuple(kept.values())}
    assert f'<input type="hidden" name="cols" value="{COLS}">' in text


@pytest.mark.parametrize("sort", ["oldest", "filed", "concluded"])
def test_the_file_of_the_columns_is_the_list(counter: FlaskClient, sort: str) -> None:
    asked = f"year=2024&cols={COLS}&sort={sort}"
    text = page(counter, f"/ledger?{asked}")
    rows = csv_rows(counter, f"/ledger?{asked}&layout=shown")
    shown = [unescape(found) for found in re.findall(r'/assessments/\d+[^"]*">([^<]+)</a>', text)]
    assert [row[2] for row in rows] == shown
    assert len(rows) == size(text)[1] == 16
    book = openpyxl.load_workbook(io.BytesIO(counter.get(f"/ledger.xlsx?{asked}&layout=shown").data))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[3]] == headings(text)
    assert [sheet.cell(4 + place, 3).value for place in range(16)] == shown
    assert str(sheet.page_setup.paperSize) == "9"


def test_the_total_row_adds_up_what_is_shown(site: Site, counter: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page(counter, f"/ledger?year=2024&cols={COLS}")
    assert re.search(r'<tr class="total-row"><td class="ordinal">合计</td>.*16件次', text)
    assert "合计是台账所列各行之和" in text
    assert "其中已撤回、已终止、已作废的 1 件次仍列在台账里" in text
    monkeypatch.setattr(listing, "SIZE", 4)
    assert '<td class="ordinal">本页小计</td>' in page(counter, f"/ledger?year=2024&cols={COLS}")


def test_choosing_columns_without_script(counter: FlaskClient) -> None:
    text = page(counter, "/ledger/columns?year=2024&sort=filed")
    ticked = re.findall(r'name="c" value="([^"]+)"(?: checked)?>', text)
    assert ticked[:13] == [column.key for column in PRINT_LEDGER[1:]]
    assert sorted(ticked) == sorted(key for key in CHOOSABLE if key != "ordinal")
    moved = page(counter, "/ledger/columns?year=2024&c=filing_number&c=title&c=people&up=people")
    assert re.findall(r'<tr id="c-([^"]+)"', moved) == ["filing_number", "people", "title"]
    answer = counter.get("/ledger/columns?year=2024&sort=filed&c=people&c=filing_number&show=1")
    assert answer.status_code == 302
    assert words(answer.headers["Location"]) == {"year": "2024", "cols": "title,people,filing_number", "sort": "filed"}
    assert counter.get("/ledger/columns?year=20x4").status_code == 302


def test_a_faulty_address_says_so(counter: FlaskClient) -> None:
    text = page(counter, "/ledger?year=2024&cols=colour&sort=size", 422)
    assert "请重新选列" in text
    assert "没有网址中写的这种行序" in text
    assert counter.get("/ledger.xlsx?cols=colour").status_code == 422


def test_a_view_from_saving_to_dropping(site: Site, counter: FlaskClient) -> None:
    asked = f"/ledger/views/new?year=2025&kind=policy&cols={COLS}&sort=filed"
    sent = form(counter, asked, name="政策台账", shared="all", kept_year="this", heading="示例县政策评估台账")
    answer = counter.post(asked, data=sent)
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    number = words(address)["view"]
    assert counter.post(asked, data=sent).headers["Location"] == address, "twice sent is once saved"
    with site.registry.reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerView)) == 1
    opened = counter.get(address)
    assert opened.status_code == 302
    spelled = opened.headers["Location"]
    assert words(spelled) == {"year": "2025", "kind": "policy", "cols": COLS, "sort": "filed", "view": number}
    text = page(counter, spelled)
    assert "视图的条件已写成本页网址" in text
    assert re.search(r'<p class="paper-title print-only"[^>]*>示例县政策评估台账</p>', text)
    _agrees(counter, spelled)
    assert "与视图“政策台账”不同" in page(counter, spelled.replace("kind=policy", "kind=project"))
    _everybody_sees_his_own(site, address)
    _changed(site, counter, number, spelled)
    _dropped(counter, number, spelled)


def _agrees(client: FlaskClient, spelled: str) -> None:
    """List, file and count of a view are one query."""
    listed = titles(page(client, spelled.replace("year=2025", "basis=all")))
    address = spelled.replace("year=2025", "basis=all").replace("/ledger?", "/ledger.xlsx?") + "&layout=shown"
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).data))
    sheet = book.worksheets[0]
    assert sheet["A1"].value == "示例县政策评估台账"
    assert sheet.cell(4 + len(listed), 1).value == "合计"
    assert len(listed) == size(page(client, spelled.replace("year=2025", "basis=all")))[1] == 17


def _everybody_sees_his_own(site: Site, address: str) -> None:
    clerk, teacher = site.client("clerk"), site.client("teacher")
    for client, lines in ((clerk, 17), (teacher, 0)):
        spelled = client.get(address).headers["Location"].replace("year=2025", "basis=all")
        assert len(titles(page(client, spelled))) == lines
        assert "修改视图" not in page(client, spelled)
    assert "政策台账" in page(teacher, "/ledger/views")
    number = words(address)["view"]
    assert teacher.get(f"/ledger/views/{number}").status_code == 404
    assert teacher.get(f"/ledger/views/{number}/delete").status_code == 404
    assert teacher.get("/ledger?view=999").status_code == 404
    assert site.client("sysadmin").get("/ledger/views").status_code == 403


def _changed(site: Site, client: FlaskClient, number: str, spelled: str) -> None:
    """A change of the view moves its own address, not the addresses in words; a stale form keeps what was typed."""
    address = f"/ledger/views/{number}"
    stale = form(client, address, name="甲", shared="own", kept_year="fixed", heading="")
    sent = form(
        client, f"{address}?year=2024&outcome=implement", name="乙", shared="own", kept_year="fixed", heading=""
    )
    assert client.post(f"{address}?year=2024&outcome=implement", data=sent).status_code == 303
    answer = client.post(address, data=stale)
    assert answer.status_code == 409
    assert 'value="甲"' in answer.text
    moved = words(client.get(f"/ledger?view={number}").headers["Location"])
    assert moved == {"year": "2024", "outcome": "implement", "view": number}
    text = page(client, spelled.replace("year=2025", "basis=all"))
    assert headings(text)[1] == "备案日期", "the old link shows what it showed"
    assert site.client("clerk").get(f"/ledger?view={number}").status_code == 404, "it is shared no longer"


def _dropped(client: FlaskClient, number: str, spelled: str) -> None:
    address = f"/ledger/views/{number}/delete"
    assert client.post(address, data=form(client, address)).status_code == 303
    assert client.get(f"/ledger?view={number}").status_code == 404
    assert page(client, spelled)


def test_a_case_leads_back_to_the_list(site: Site, counter: FlaskClient) -> None:
    asked = f"/ledger?year=2024&kind=policy&cols={COLS}"
    case = next(link for link in links(page(counter, asked)) if link.startswith("/matters/"))
    assert words(case)["back"] == asked
    assert asked in links(page(counter, case))
    clerk = site.client("clerk")
    case = next(link for link in links(page(clerk, "/matters?status=filed")) if "/assessments/" in link)
    assert "/matters?status=filed" in links(page(clerk, case))
    for strange in ("//evil.example/ledger", "https://evil.example/ledger", "/admin/events", "/ledger\\evil"):
        text = counter.get(urlsplit(case).path, query_string={"back": strange}).text
        assert not [link for link in re.findall(r'href="([^"]*)"', text) if "evil" in link or "events" in link]


def test_exports_are_on_record(site: Site, counter: FlaskClient) -> None:
    assert counter.get(f"/ledger.csv?year=2024&cols={COLS}&layout=shown").status_code == 200
    assert counter.get("/counts.xlsx?year=2024").status_code == 200
    clerk = site.client("clerk")
    assert clerk.get("/ledger.xlsx?year=2024").status_code == 200
    everybody, own = page(site.client("officer"), "/ledger/exports"), page(clerk, "/ledger/exports")
    assert "CSV，所选列" in everybody
    assert "Excel，年度统计" in everybody
    assert "导出人" in everybody
    assert "Excel，全部列" in own
    assert "CSV，所选列" not in own
    with site.registry.reading() as session:
        record = session.scalars(select(ExportRecord).where(ExportRecord.kind == "csv-shown")).first()
        assert record is not None
        lines = record.lines
    again = next(link for link in links(everybody) if link.startswith("/ledger?") and "cols=" in link)
    assert {"cols", "as_of", "known_at", "year"} <= set(words(again))
    assert len(titles(page(counter, again))) == lines == 16


def test_the_workbook_of_the_counts(counter: FlaskClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(counter.get("/counts.xlsx?year=2024").data))
    first = {row[0]: row[1] for row in book.worksheets[0].iter_rows(min_row=4, values_only=True)}
    text = page(counter, "/counts?year=2024")
    assert f">{first['评估件次']}</a>" in text
    said = [str(row[0]) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert any("共开展重大项目、重要决策社会稳定风险评估" in line for line in said)
    assert any(line.startswith("截至：2024-12-31。台账数据时间：") and "校验码：" in line for line in said)
    for sheet in book.worksheets[1:]:
        assert str(sheet.page_setup.paperSize) == "9"
        assert sheet.page_setup.fitToWidth == 1
    assert counter.get("/counts.xlsx?year=20x4").status_code == 422
