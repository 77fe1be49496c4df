"""The page of figures: the golden fixture on it, and behind each number the lines it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from risk_registry.accounts.scope import EVERYTHING
from risk_registry.audit.queries import last_stamp
from risk_registry.casefile.columns import PRINT_LEDGER
from risk_registry.db.clock import today
from risk_registry.ledgers.asking import ask
from risk_registry.ledgers.export import ledger_rows
from risk_registry.ledgers.listing import count_lines
from risk_registry.settings.queries import settings
from tests.ledgers.golden_site import csv_rows, figure_links, golden_site, page, size
from tests.site.cast_site import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with golden_site(tmp_path_factory.mktemp("golden")) as site:
        yield site


@pytest.fixture
def leader(site: Site) -> FlaskClient:
    return site.client("leader")


def _measures(text: str) -> dict[str, int]:
    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="num"><a href="[^"]*measure=\w+[^"]*">(\d+)</a>', text)
    return {label: int(number) for label, number in rows}


@pytest.mark.parametrize(
    ("as_of", "cohort", "filed", "unfiled"),
    [("2024-12-31", 11, 14, 2), ("2025-01-31", 12, 14, 1)],
)
def test_the_golden_fixture_on_the_page(leader: FlaskClient, as_of: str, cohort: int, filed: int, unfiled: int) -> None:
    text = page(leader, f"/counts?year=2024&as_of={as_of}")
    found = _measures(text)
    assert (found["评估件次"], found["评估件数"]) == (15, 14)
    assert (found["通过评估"], found["暂缓实施"], found["不予实施"]) == (13, 1, 1)
    assert found["通过并备案（按评估完成时间，甲）"] == cohort
    assert found["通过并备案（按备案时间，乙）"] == 12
    assert (found["备案件次"], found["未备案"]) == (filed, unfiled)
    sentence = re.sub(r"<[^>]+>", "", re.findall(r'id="sentence">(.*?)</p>', text, re.DOTALL)[0])
    assert sentence.strip() == (
        f"今年以来，共开展重大项目、重要决策社会稳定风险评估15件次，通过评估并备案{cohort}件次。"
    )


def test_the_bridge_is_checked_while_it_must_hold(leader: FlaskClient) -> None:
    assert "核对相符" in page(leader, "/counts?year=2024")
    assert "核对" not in page(leader, "/counts?year=2024&as_of=2025-01-31").replace("不与期内备案件次核对", "")


@pytest.mark.parametrize(
    "question",
    [
        "year=2024",
        "year=2024&as_of=2024-06-10",
        "year=2024&as_of=2025-01-31",
        "from=2023-12-01&to=2024-03-31",
        "year=2024&known_at=2024-07-01",
        "year=2024&org=water",
    ],
)
def test_every_number_counts_the_lines_of_its_link(site: Site, question: str) -> None:
    links = list(dict.fromkeys(figure_links(page(site.client("leader"), f"/counts?{question}"))))
    assert len(links) > 25
    with site.registry.reading() as session:
        options, newest = settings(session), last_stamp(session)
        for address, number in links:
            words = dict(parse_qsl(urlsplit(address).query))
            asked = ask(
                EVERYTHING, options, today(site.registry.clock), newest, organisations=None, offices=None, **words
            )
            total = count_lines(session, asked.query)
            assert total.number == number, address
            assert len(list(ledger_rows(session, asked.query, PRINT_LEDGER))) == total.lines, address


@pytest.mark.parametrize("name", ["leader", "counter"])
def test_a_number_opens_the_list_and_the_file_it_counts(site: Site, name: str) -> None:
    client = site.client(name)
    links = list(dict.fromkeys(figure_links(page(client, "/counts?year=2024&as_of=2024-12-30"))))
    for address, number in links[::8]:
        shown, lines = size(page(client, address))
        assert shown == number, address
        assert len(csv_rows(client, address)) == lines, address


def test_a_reader_counts_no_more_than_he_may_see(site: Site) -> None:
    assert _measures(page(site.client("teacher"), "/counts?year=2024"))["评估件次"] == 0
    assert _measures(page(site.client("clerk"), "/counts?year=2024"))["评估件次"] == 15


def test_the_same_two_times_give_the_same_figures_for_ever(leader: FlaskClient) -> None:
    text = page(leader, "/counts?year=2024")
    fixed = re.search(r'<a href="(/counts\?[^"]*known_at=[^"]*)">固定链接', text)
    assert fixed is not None
    assert _measures(page(leader, fixed[1].replace("&amp;", "&"))) == _measures(text)


def test_bad_words_are_explained(leader: FlaskClient) -> None:
    text = page(leader, "/counts?year=abc&as_of=2030-01-01", 422)
    assert "年度应为1900至2100之间的四位数字" in text
    assert "截至日期不能晚于今天" in text
