"""Pages of settings, dictionaries, calendar and first steps: forms that work, refusals that say the cure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from risk_registry.accounts.operations import lock_account
from risk_registry.administration.first_steps import lacking, progress, tick
from risk_registry.audit.queries import events_about
from risk_registry.calendar.operations import seed_calendar
from risk_registry.calendar.queries import days_of
from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.lines.predicates import LINE
from risk_registry.settings.operations import change_setting
from risk_registry.settings.queries import settings
from risk_registry.upkeep.backup import last_backup
from tests.case_site import form_of
from tests.core.test_holiday_notice import NOTICE_2026
from tests.ledgers.golden_site import page
from tests.registry import OPERATOR, Registry, account
from tests.site.cast_site import Site, cast_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with cast_site(tmp_path) as site:
        yield site


def send(client: FlaskClient, path: str, **typed: str) -> tuple[int, str]:
    """Fill the form of a page in and send it; the answer, or the page it leads to."""
    values = form_of(page(client, path), "token").values
    answer = client.post(path, data={**values, **typed})
    if answer.status_code == 303:
        return 303, page(client, answer.location)
    return answer.status_code, answer.text


def words(text: str) -> str:
    """The page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


# --- settings ---------------------------------------------------------------------------------------------------------


def test_a_setting_is_changed_with_its_basis_and_says_so(site: Site) -> None:
    client = site.client("sysadmin")
    status, text = send(client, "/admin/settings/term_file_within", value="10")
    assert status == 422
    assert "启用办理期限须写明依据文件" in text
    typed = {"value": "10", "basis": "示办发〔2024〕1号", "reason": "按新办法"}
    status, text = send(client, "/admin/settings/term_file_within", **typed)
    assert status == 303
    assert "示办发〔2024〕1号" in text
    assert "2024年3月5日 sysadmin" in words(text)
    assert "按新办法" in page(client, "/admin/settings/term_file_within")
    status, text = send(client, "/admin/settings/term_file_within", value="", basis="")
    assert status == 303
    with site.registry.reading() as session:
        assert settings(session)["term_file_within"] == ""


def test_suggestions_are_only_shown(site: Site) -> None:
    text = words(page(site.client("sysadmin"), "/admin/settings"))
    assert "未启用 建议 10个工作日" in text
    with site.registry.reading() as session:
        assert settings(session).number("term_file_within") == 0


def test_a_number_pattern_shows_its_example_before_it_is_kept(site: Site) -> None:
    client, path = site.client("sysadmin"), "/admin/settings/number_pattern"
    status, text = send(client, path, value="{简称}评备〔{年份}〕{序号}号", action="preview")
    assert status == 200
    assert "示评备〔2024〕1号" in text
    assert "评备〔" not in page(client, "/admin/settings").replace("稳评备", "")
    status, text = send(client, path, value="{简称}评备{序号}号", action="preview")
    assert status == 422
    assert "应各含一个{年份}和{序号}" in text
    assert send(client, path, value="{简称}评备〔{年份}〕{序号}号")[0] == 303


def test_a_setting_two_people_change_at_once_keeps_what_was_typed(site: Site) -> None:
    client, path = site.client("sysadmin"), "/admin/settings/seal_office"
    values = form_of(page(client, path), "token").values
    with site.registry.writing() as session:
        change_setting(session, OPERATOR, "seal_office", "县委政法委意见")
    answer = client.post(path, data={**values, "value": "本级维稳办意见"})
    assert answer.status_code == 409
    assert "县委政法委意见" in answer.text
    assert 'value="本级维稳办意见"' in answer.text
    again = form_of(answer.text, "token").values
    assert client.post(path, data=again).status_code == 303


def test_the_word_for_an_assessment_is_used_everywhere(site: Site) -> None:
    with site.registry.writing() as session:
        change_setting(session, OPERATOR, "term_word", "社会风险评估")
    client, case = site.client("leader"), f"/matters/{site.filed}/assessments/1"
    sentence = "共开展重大项目、重要决策社会风险评估2件次"
    assert sentence in words(page(client, "/counts")).replace(" ", "")
    assert "2024年度社会风险评估工作台账" in page(client, "/ledger")
    for paper in ("form", "receipt/filing", "receipt/received"):
        text = page(client, f"{case}/{paper}")
        assert "社会风险评估" in text
        assert "社会稳定风险评估" not in text, paper
    assert "社会风险评估事项报备表" in page(site.client("clerk"), f"/matters/drafts/{site.draft}/check")


def test_a_decision_before_the_filing(site: Site) -> None:
    client, path = site.client("clerk"), f"/matters/{site.waiting}/assessments/1/steps/record_decision"
    assert "应当先评估备案、后决策" in page(client, path)
    with site.registry.writing() as session:
        change_setting(session, OPERATOR, "filing_before_decision", "block")
    typed = {"decision_result": "implement", "decided_on": "2024-03-05", "decision_doc_no": "示府发〔2024〕8号"}
    status, text = send(client, path, **typed)
    assert status == 422
    assert "先备案、后决策" in text
    with site.registry.writing() as session:
        change_setting(session, OPERATOR, "filing_before_decision", "allow")
    assert "应当先评估备案、后决策" not in page(client, path)
    assert send(client, path, **typed)[0] == 303


# --- dictionaries -----------------------------------------------------------------------------------------------------


def test_a_dictionary_is_kept_through_its_pages(site: Site) -> None:
    client = site.client("sysadmin")
    status, text = send(
        client, "/admin/dictionaries/kind/new", label="信访积案", label_en="legacy case", axis="其它重大决策"
    )
    assert status == 303
    assert "信访积案" in text
    assert "信访积案" in page(site.client("clerk"), f"/matters/drafts/{site.draft}/basic")
    status, text = send(client, "/admin/dictionaries/kind", up="own1")
    assert status == 303
    labels = re.findall(r'<th scope="row">([^<]+)', text)
    assert labels[-2:] == ["信访积案", "其他"]
    status, text = send(
        client, "/admin/dictionaries/kind/policy", label="重大政策", valid_from="2024-03-05", reason="按县里叫法"
    )
    assert status == 303
    with site.registry.reading() as session:
        found = session.execute(select(LINE.c.kind_text).where(LINE.c.superseded_at.is_(None))).scalars().all()
    assert found == ["重大政策", "重大政策"]
    assert "2024年3月4日及以前：政策" in text
    status, text = send(client, "/admin/dictionaries/kind/own1/end", valid_to="2024-03-04")
    assert status == 422
    assert "不能早于启用日期" in text
    status, text = send(client, "/admin/dictionaries/kind/own1/end", valid_to="2024-03-05")
    assert status == 303
    assert "2024年3月5日至2024年3月5日" in text


def test_who_keeps_dictionaries(site: Site) -> None:
    client = site.client("auditor")
    assert "改名" not in page(client, "/admin/dictionaries/kind").split("<main")[1]
    assert client.get("/admin/dictionaries/kind/project").status_code == 403
    sysadmin = site.client("sysadmin")
    for path in ("nothing", "status", "kind/nothing", "level/new", "outcome/implement/end"):
        assert sysadmin.get(f"/admin/dictionaries/{path}").status_code == 404, path


# --- calendar ---------------------------------------------------------------------------------------------------------


def test_a_year_is_pasted_looked_at_and_loaded(site: Site) -> None:
    site.registry.clock.set(date(2025, 11, 10))
    client = site.client("sysadmin")
    assert "2026年的放假通知还没有载入" in page(client, "/")
    status, text = send(client, "/admin/calendar/load?year=2026", lines=NOTICE_2026, action="preview")
    assert status == 200
    assert "要登记的共 25 天：周一至周五放假 19 天，周末上班 6 天" in text
    with site.registry.reading() as session:
        assert days_of(session, 2026) == []
    again = form_of(text, "token").values
    answer = client.post("/admin/calendar/load?year=2026", data={**again, "action": "load"})
    assert answer.location == "/admin/calendar/2026"
    assert "2026年10月10日" in page(client, answer.location)
    status, text = send(client, "/admin/calendar/2026/2026-02-14/remove", reason="")
    assert status == 422
    status, text = send(client, "/admin/calendar/2026/2026-02-14/remove", reason="抄错")
    assert status == 303
    assert "2026年2月14日" not in text.split("<table")[1]
    with site.registry.reading() as session:
        assert len(days_of(session, 2026)) == 24


def test_what_cannot_be_read_is_not_loaded(site: Site) -> None:
    client = site.client("sysadmin")
    for action in ("preview", "load"):
        typed = {"lines": "1月1日至3日", "year": "2024", "notice": "示例通知", "action": action}
        status, text = send(client, "/admin/calendar/load", **typed)
        assert status == 422
        assert "后面没有写放假还是上班" in text
    assert client.get("/admin/calendar/2024").status_code == 404
    assert client.get("/admin/calendar/99999").status_code == 404
    assert client.get("/admin/calendar/2024/2024-13-01/remove").status_code == 404


def test_a_year_already_there_is_replaced_only_when_it_is_meant(site: Site) -> None:
    with site.registry.writing() as session:
        seed_calendar(session, OPERATOR)
    client = site.client("sysadmin")
    typed = {"lines": "1月1日放假", "year": "2024", "notice": "示例通知"}
    status, text = send(client, "/admin/calendar/load", **typed, action="load")
    assert status == 422
    assert "已经载入" in text
    status, text = send(client, "/admin/calendar/load?year=2024", **typed, action="preview")
    assert "以本次内容替换" in text
    again = form_of(text, "token").values
    assert client.post("/admin/calendar/load?year=2024", data={**again, "action": "load"}).status_code == 303
    with site.registry.reading() as session:
        assert [row.day for row in days_of(session, 2024)] == [date(2024, 1, 1)]


# --- first steps ------------------------------------------------------------------------------------------------------


def test_the_checklist_shrinks_as_things_are_done(site: Site, tmp_path: Path) -> None:
    client = site.client("sysadmin")
    text = page(client, "/")
    assert "启用准备（还有4项）" in text
    assert "看一遍业务字典" in text
    assert "登记机构" not in text.split("<main")[1]
    for code in ("dictionaries", "terms"):
        assert send(client, "/admin/first-steps", tick=code)[0] == 303
    with site.registry.writing() as session:
        seed_calendar(session, OPERATOR)
    (tmp_path / "backups").mkdir(exist_ok=True)
    (tmp_path / "backups" / "last-backup.txt").write_text("2024-03-05T08:00:00+08:00\n", encoding="ascii")
    assert last_backup(tmp_path) is not None
    text = page(client, "/")
    assert "还有" not in text.split("<main")[1]
    assert 'href="/admin/first-steps"' in text.split("<main")[1]
    assert "都已办好" in page(client, "/admin/first-steps")
    assert send(client, "/admin/first-steps", untick="terms")[0] == 303
    assert "启用准备（还有1项）" in page(client, "/")
    status, text = send(client, "/admin/first-steps", tick="backup")
    assert status == 422
    assert "不能直接标记" in text


def test_what_is_decided_is_an_event(registry: Registry, tmp_path: Path) -> None:
    with registry.writing() as session:
        actor = registry.act(session, "sysadmin").actor
        tick(session, actor, "terms", done=True)
        with pytest.raises(Refused):
            tick(session, actor, "units", done=True)
        with pytest.raises(NotAllowed):
            tick(session, registry.act(session, "officer").actor, "terms", done=True)
    with registry.reading() as session:
        found = progress(session, today=date(2024, 3, 5), data=tmp_path)
        assert found.ticked == {"terms"}
        assert found.done == {"terms", "office", "units", "accounts"}
        assert [event.action for event in events_about(session, "first_step", [6])] == ["tick_first_step"]
        assert lacking(session, today=date(2024, 3, 5)) == []


def test_two_people_are_needed(registry: Registry) -> None:
    from_day = date(2024, 3, 5)
    with registry.writing() as session:
        assert lacking(session, today=from_day) == []
        for name in ("approver", "second"):
            lock_account(session, OPERATOR, account(session, name))
        assert [step.code for step in lacking(session, today=from_day)] == ["accounts"]


def test_people_with_business_are_told_whom_to_ask(site: Site) -> None:
    assert "还在准备" not in page(site.client("clerk"), "/")
    with site.registry.writing() as session:
        for name in ("approver", "second"):
            lock_account(session, OPERATOR, account(session, name))
    text = words(page(site.client("clerk"), "/"))
    assert "登记库还在准备，暂不能办理备案，还差：开设账号。请联系sysadmin。" in text
    assert "还在准备" not in page(site.client("sysadmin"), "/")


def test_the_desk_says_how_the_registry_stands(site: Site) -> None:
    text = words(page(site.client("sysadmin"), "/"))
    for said in ("最近备份 从未", "最近核验 从未", "正在登录 1 人", "已锁定的账号 0 个"):
        assert said in text.replace("：", "").replace("  ", " "), said
    assert "正在登录" not in page(site.client("auditor"), "/")
