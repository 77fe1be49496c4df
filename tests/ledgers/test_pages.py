"""The ledger on screen: filters, paging there and back, what another day shows, and the files of the same lines."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from html import unescape

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from risk_registry.casefile.columns import FULL_LEDGER, PRINT_LEDGER
from risk_registry.ledgers import listing, views
from risk_registry.ledgers.export import region_of
from risk_registry.ledgers.models import ExportRecord
from tests.ledgers.golden_site import csv_rows, golden_site, page, size, titles
from tests.site.cast_site import Site

ROUNDS = 17


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with golden_site(tmp_path_factory.mktemp("golden")) as site:
        yield site


@pytest.fixture
def leader(site: Site) -> FlaskClient:
    return site.client("leader")


def _workbook(client: FlaskClient, address: str) -> openpyxl.Workbook:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def test_fourteen_columns_and_the_case_behind_each_line(site: Site, leader: FlaskClient) -> None:
    text = page(leader, "/ledger?year=2024&basis=filed&status=filed")
    headings = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', text)
    assert headings == [column.heading for column in PRINT_LEDGER]
    assert size(text)[0] == len(titles(text)) == 14
    with site.app.test_request_context():
        adapter = site.app.url_map.bind("localhost")
        assert {adapter.match(address)[0] for address in titles(text)} == {"casefile.assessment"}
    assert leader.get(titles(text)[0]).status_code == 200


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("year=2024", 16),
        ("year=2024&as_of=2024-10-31", 15),
        ("year=2024&basis=filed", 15),
        ("year=2024&basis=filed&status=filed", 14),
        ("year=2024&basis=filed&status=filed&as_of=2024-10-31", 15),
        ("basis=all&status=filed,revoked", 16),
        ("basis=all&status=withdrawn", 1),
        ("basis=all&outcome=rejected", 1),
        ("basis=all&level_before=medium", 1),
        ("basis=all&q=示例事项d3", 2),
        ("basis=all&q=2024〕14号", 1),
        ("basis=all&org=school", 0),
        ("basis=all&org=water", ROUNDS),
        ("basis=all&kind=policy&field=water", ROUNDS),
        ("basis=all&kind=none", 0),
        ("from=2024-12-01&to=2025-01-31&basis=filed", 1),
        ("year=2024&known_at=2024-03-01", 2),
    ],
)
def test_filters(leader: FlaskClient, question: str, lines: int) -> None:
    assert size(page(leader, f"/ledger?{question}"))[1] == lines
    assert len(csv_rows(leader, f"/ledger?{question}")) == lines


def test_lines_that_no_count_counts_are_named(leader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "（其中已撤回、已终止、已作废 1 件次，不计入统计）"
    assert said in page(leader, "/ledger?year=2024")
    assert "不计入统计" not in page(leader, "/ledger?year=2024&status=withdrawn")
    assert "不计入统计" not in page(leader, "/ledger?year=2024&measure=assessed")
    assert "不计入统计" not in page(leader, "/ledger?year=2024&basis=filed")
    notes = [str(row[0].value) for row in _workbook(leader, "/ledger.xlsx?year=2024").worksheets[0].iter_rows()]
    assert sum(note.startswith(f"共16件次{said.replace(' ', '')}。") for note in notes) == 1
    monkeypatch.setattr("risk_registry.ledgers.listing.SIZE", 5)
    assert said in page(leader, "/ledger?year=2024")


def test_another_day_shows_what_was_known_then(leader: FlaskClient) -> None:
    text = page(leader, "/ledger?year=2024&as_of=2024-05-10&q=示例事项d7")
    assert "截至 2024-05-10" in text
    assert "2024-05-06" in text
    assert "2024-05-13" not in text
    assert "已撤销" not in re.sub(r"<select.*?</select>", "", text, flags=re.DOTALL)


def test_what_lies_outside_the_scope_is_not_there(site: Site) -> None:
    assert size(page(site.client("teacher"), "/ledger?basis=all"))[0] == 0
    assert csv_rows(site.client("teacher"), "/ledger?basis=all") == []
    assert size(page(site.client("counter"), "/ledger?basis=all"))[0] == ROUNDS
    assert site.client("sysadmin").get("/ledger").status_code == 403


def test_every_line_once_there_and_back(leader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SIZE", 4)
    monkeypatch.setattr(views, "SIZE", 4)
    whole = [line for found in _walk(leader, "/ledger?basis=all", "next") for line in found]
    assert len(whole) == len(set(whole)) == ROUNDS
    last = _link(page(leader, "/ledger?basis=all"), "last")
    assert last is not None
    back = [line for found in reversed(list(_walk(leader, last, "prev"))) for line in found]
    assert back == whole


def _walk(client: FlaskClient, address: str, rel: str) -> Iterator[list[str]]:
    following: str | None = address
    while following is not None:
        text = page(client, following)
        yield titles(text)
        following = _link(text, rel)


def _link(text: str, rel: str) -> str | None:
    found = re.search(rf'<a href="([^"]+)" rel="{rel}"', text)
    return unescape(found[1]) if found else None


def test_lines_are_numbered_through_the_pages(leader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SIZE", 4)
    monkeypatch.setattr(views, "SIZE", 4)
    text = page(leader, "/ledger?basis=all")
    second = page(leader, _link(text, "next") or "")
    assert "本页第 5 至 8" in second
    assert "本页第 1 至 4" in page(leader, _link(second, "prev") or "")
    assert "本页第 14 至 17" in page(leader, _link(text, "last") or "")


def test_a_long_list_is_counted_only_on_request(leader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "COUNT_CAP", 10)
    monkeypatch.setattr(listing, "SIZE", 4)
    text = page(leader, "/ledger?basis=all")
    assert re.search(r'<strong class="num">[\d,]+\+</strong>', text)
    assert "数到底" in text
    assert size(page(leader, "/ledger?basis=all&exact=1"))[0] == ROUNDS


def test_a_damaged_address(leader: FlaskClient) -> None:
    assert leader.get("/ledger?cursor=xyz").status_code == 404
    text = page(leader, "/ledger?year=20x4&status=zzz", 422)
    assert "年度应为1900至2100之间的四位数字" in text
    assert '<a href="#status">办理状态没有“zzz”这一项' in text
    assert leader.get("/ledger.xlsx?year=20x4").status_code == 422


def test_the_workbook(site: Site, leader: FlaskClient) -> None:
    book = _workbook(leader, "/ledger.xlsx?year=2024&basis=filed&status=filed&as_of=2024-12-31")
    sheet = book.worksheets[0]
    assert sheet["A1"].value == "示例县2024年度社会稳定风险评估工作台账"
    line = sheet["A2"].value
    for part in (
        "填报单位（盖章）：示例县信访办公室",
        "统计期间：2024-01-01至2024-12-31",
        "口径：按备案时间",
        "截至：2024-12-31",
    ):
        assert part in line
    assert [cell.value for cell in sheet[3]] == [column.heading for column in FULL_LEDGER]
    rows = [
        dict(zip((column.key for column in FULL_LEDGER), values, strict=True))
        for values in sheet.iter_rows(4, 17, values_only=True)
    ]
    assert [row["ordinal"] for row in rows] == list(range(1, 15))
    assert rows[0]["filing_number"] == "示稳评备〔2024〕1号"
    assert rows[0]["filed_on"] == datetime.combine(date(2024, 1, 8), time())
    assert [str(row["filed_on"]) for row in rows] == sorted(str(row["filed_on"]) for row in rows)
    assert {row["status"] for row in rows} == {"已备案"}
    assert {row["kind"] for row in rows} == {"政策"}
    assert sheet["A18"].value == "合计"
    notes = str(sheet["A19"].value)
    assert notes.startswith("共14件次。筛选条件：办理状态 已备案。截至：2024-12-31。台账数据时间：")
    with site.registry.reading() as session:
        record = session.scalars(select(ExportRecord).order_by(ExportRecord.id.desc())).first()
        assert record is not None
        assert (record.kind, record.actor, record.lines, record.as_of) == ("xlsx", "leader", 14, "2024-12-31")
        assert record.finished_at is not None
        assert record.head in notes
        assert record.digest is not None
        assert len(record.digest) == 64


def test_the_same_lines_have_the_same_digest_in_every_file(site: Site, leader: FlaskClient) -> None:
    for address in ("/ledger.xlsx?year=2024", "/ledger.csv?year=2024"):
        assert leader.get(address).status_code == 200
    with site.registry.reading() as session:
        found = session.scalars(select(ExportRecord).order_by(ExportRecord.id.desc()).limit(2)).all()
        assert len({record.digest for record in found}) == 1
        assert {record.kind for record in found} == {"xlsx", "csv"}


def test_the_print_has_fourteen_columns(site: Site) -> None:
    sheet = _workbook(site.client("clerk"), "/ledger.xlsx?year=2024&layout=print").worksheets[0]
    assert [cell.value for cell in sheet[3]] == [column.heading for column in PRINT_LEDGER]
    assert "填报单位（盖章）：示例县水利局" in sheet["A2"].value
    assert sheet.page_setup.orientation == "landscape"


@pytest.mark.parametrize(
    ("office", "region"),
    [
        ("示例县信访办公室", "示例县"),
        ("重庆市城口县信访办公室", "重庆市城口县"),
        ("中共城口县委政法委员会", "城口县"),
        ("城口县城市管理局", "城口县"),
        ("忠县信访办公室", "忠县"),
        ("柳州市信访局", "柳州市"),
        ("信访办", "信访办"),
    ],
)
def test_the_region_in_the_title(office: str, region: str) -> None:
    assert region_of(office) == region
