"""The desk by role, and the two logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from risk_registry.home import log
from risk_registry.matters.operations import save_draft
from risk_registry.settings.queries import settings
from tests.acting import Cast, bring_to
from tests.ledgers.golden_site import figure_links, page, size, titles
from tests.registry import account
from tests.site.cast_site import TODAY, Site, cast_site

BACK = ("returned", "correcting", "declined", "withdrawn")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with cast_site(tmp_path_factory.mktemp("desk")) as site:
        with site.registry.writing() as session:
            cast = Cast(session, TODAY, settings(session))
            for status in (*BACK, "due", "assessing", "received", "filed"):
                bring_to(session, cast, status, title=f"示例{status}事项")
            bring_to(session, cast, "submitted", "school", title="示例学校事项")
            save_draft(
                session, None, account_id=account(session, "clerk").id, kind="matter", content={}, title="未完草稿"
            )
        yield site


def _waiting(text: str) -> list[str]:
    table = text.split('class="table work"')[1].split("</table>")[0]
    return [re.sub(r"<[^>]+>", "", name).strip() for name in re.findall(r'class="title-cell">(.*?)</th>', table)]


def test_a_department_sees_its_drafts_and_what_came_back(site: Site) -> None:
    text = page(site.client("clerk"), "/")
    waiting = _waiting(text)
    assert "未完草稿" in waiting
    assert {f"示例{status}事项" for status in (*BACK, "due", "assessing")} <= set(waiting)
    assert "示例received事项" not in waiting
    assert "示例学校事项" not in text


def test_the_office_sees_what_waits_for_it(site: Site) -> None:
    client = site.client("officer")
    text = page(client, "/")
    assert {"示例学校事项", "示例received事项"} <= set(_waiting(text))
    assert not {f"示例{status}事项" for status in BACK} & set(_waiting(text))
    for address in re.findall(r'btn-sm" href="([^"]+)"', text):
        assert client.get(address).status_code == 200, address


def test_figures_and_groups_open_what_they_count(site: Site) -> None:
    for name in ("clerk", "officer", "leader"):
        client = site.client(name)
        text = page(client, "/")
        links = figure_links(text)
        assert len(links) >= 4
        for address, number in links:
            assert size(page(client, address))[0] == number, address
        groups = re.findall(r'<h3><a href="([^"]+)">[^<]+</a><span class="num">(\d+)</span>', text)
        assert len(groups) == 5
        whole = 0
        for address, number in groups:
            shown = page(client, address.replace("&amp;", "&"))
            assert size(shown)[0] == len(titles(shown)) == int(number), address
            whole += int(number)
        assert whole == size(page(client, "/ledger?basis=all"))[0]


def test_a_leader_comes_for_figures(site: Site) -> None:
    text = page(site.client("leader"), "/")
    assert "今年以来，共开展重大项目、重要决策社会稳定风险评估" in text
    assert text.index("今年以来") < text.index("办理进度")
    assert "待我办理" not in text


def test_administrators_see_no_business_but_the_backup(site: Site) -> None:
    text = page(site.client("sysadmin"), "/")
    assert "还没有备份" in text
    assert "示例" not in re.sub(r"示例县信访办公室", "", text)
    assert "还没有备份" not in page(site.client("officer"), "/")


def test_nothing_to_do_says_what_next(tmp_path: Path) -> None:
    with cast_site(tmp_path) as site:
        text = page(site.client("teacher"), "/")
        assert "没有等待您办理的事项" in text
        assert '<a class="btn btn-primary" href="/matters/new">新增登记</a>' in text


def test_the_event_log_page_by_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "SIZE", 20)
    client, seen, address = site.client("auditor"), [], "/admin/events"
    while address:
        text = page(client, address)
        seen += [int(number) for number in re.findall(r'<tr><td class="num">(\d+)</td>', text)]
        found = re.search(r'<a href="([^"]+)" rel="next"', text)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == list(range(seen[0], 0, -1))


def test_the_event_log_by_subject_actor_and_kind(site: Site) -> None:
    client = site.client("auditor")
    text = page(client, "/admin/events?subject=示例学校事项")
    assert set(re.findall(r"</span> ([^<]+)</td>", text)) == {"500229-2024-0011/1 示例学校事项"}
    assert "申报登记" in text
    assert "改动" in text
    assert "teacher" in page(client, "/admin/events?actor=teacher")
    assert "没有符合条件的日志" in page(client, "/admin/events?actor=nobody%25")
    assert "示例" not in re.sub("示例县|示例镇|示例评估", "", page(client, "/admin/events?kind=account"))
    assert client.get("/admin/events?cursor=zz").status_code == 404
    assert site.client("clerk").get("/admin/events").status_code == 403


def test_the_sign_in_log(site: Site) -> None:
    client = site.client("auditor")
    assert client.get("/admin/logins").status_code == 200
    assert "没有符合条件的登录记录" in page(client, "/admin/logins?name=nobody&outcome=wrong")
