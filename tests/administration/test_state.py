"""The pages of state and backups: who may, what is asked once, what the last result says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from risk_registry.accounts import separation
from risk_registry.jobs import process
from risk_registry.jobs.operations import finish, take
from tests.case_site import Site, form_of
from tests.registry import OPERATOR

FAULTS = [
    {"check": "chain", "place": "event 77", "fault": "its content differs from its digest"},
    {
        "check": "lines",
        "place": "line 3 (500229-2024-0001/1 version 2)",
        "fault": "differs from its recomputation in outcome, title",
    },
    {
        "check": "lines",
        "place": "assessment 1 (500229-2024-0001/1)",
        "fault": "its status filed differs from its dates (due)",
    },
]
FOUND = {"ok": False, "head": "9-abc", "checked": {"chain": 9, "lines": 2}, "found": {"chain": 1, "lines": 2}}


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, dict[str, Any]]]:
    """The processes that would have been started."""
    seen: list[tuple[int, dict[str, Any]]] = []
    monkeypatch.setattr(process, "start", lambda number, **how: seen.append((number, how)))
    return seen


def press(site: Site, name: str, page: str, action: str) -> str:
    """Press a button of a page; where it leads."""
    person = site.person(name)
    answer = person.client.post(action, data=person.form(page, holding="token"))
    assert answer.status_code == 303, (answer.status_code, answer.text)
    return str(answer.location)


def end(site: Site, number: int, result: dict[str, Any]) -> None:
    """The job as its process would have ended it."""
    with site.registry.writing() as session:
        take(session, number)
        finish(session, number, result)


def words(html: str) -> str:
    """The text of the page's content."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index('id="content"') :]))


def test_the_state_page_says_what_runs_and_where_settings_come_from(site: Site, tmp_path: Path) -> None:
    said = words(site.person("sysadmin").get("/admin/state").text)
    for expected in (
        "SQLite",
        "0002",
        "最新",
        "数据文件夹中的密钥文件",
        "超过三天没有备份",
        "三员分立未启用",
        "***",
        str(tmp_path),
    ):
        assert expected in said, expected
    key = (tmp_path / "secret.key").read_text("ascii").strip()
    assert key not in said


def test_a_verification_is_asked_for_once_and_started_once(site: Site, begun: list[tuple[int, dict[str, Any]]]) -> None:
    person = site.person("auditor")
    form = person.form("/admin/state", holding="token")
    places = {person.client.post("/admin/state/verify", data=form).location for _ in range(3)}
    assert len(places) == 1
    [(number, how)] = begun
    assert places == {f"/admin/jobs/{number}"}
    assert how["environ"]["RISK_REGISTRY_DATABASE_URL"].endswith("/registry.db")
    # Who asks while it runs is led to it.
    assert press(site, "sysadmin", "/admin/state", "/admin/state/verify") == f"/admin/jobs/{number}"
    assert len(begun) == 1
    page = person.get(f"/admin/jobs/{number}").text
    assert 'http-equiv="refresh"' in page
    assert "<progress" in page
    assert "刷新" in page
    end(site, number, {**FOUND, "ok": True, "faults": [], "found": {}})
    page = person.get(f"/admin/jobs/{number}").text
    assert "http-equiv" not in page
    assert "没有差异" in words(page)
    assert "没有差异" in words(site.person("secadmin").get("/admin/state").text)


def test_differences_are_named_in_chinese(site: Site, begun: list[tuple[int, dict[str, Any]]]) -> None:
    place = press(site, "auditor", "/admin/state", "/admin/state/verify")
    end(site, begun[0][0], {**FOUND, "faults": FAULTS})
    for page in (place, "/admin/state"):
        said = words(site.person("auditor").get(page).text)
        assert "操作日志第77条 内容与校验值不符" in said
        assert "台账行3（500229-2024-0001，第1轮，版本2） 与重算结果不同：评估结论、事项名称" in said
        assert "状态“已备案”与日期不符（应为“待评”）" in said
        assert "发现差异 3 处" in said


def test_separated_administrators_do_not_see_where(site: Site, begun: list[tuple[int, dict[str, Any]]]) -> None:
    place = press(site, "auditor", "/admin/state", "/admin/state/verify")
    end(site, begun[0][0], {**FOUND, "faults": FAULTS})
    with site.registry.writing() as session:
        separation.turn_on(session, OPERATOR)
    said = words(site.person("sysadmin").get(place).text)
    assert "发现差异 3 处" in said
    assert "500229-2024-0001" not in said
    assert "500229-2024-0001" in site.person("auditor").get(place).text


@pytest.mark.parametrize(
    ("action", "place", "allowed"),
    [
        ("/admin/state/check", "/admin/state", {"sysadmin"}),
        ("/admin/state/verify", "/admin/state", {"sysadmin", "auditor"}),
        ("/admin/backups/new", "/admin/backups", {"sysadmin"}),
        ("/admin/backups/examine", "/admin/backups", {"sysadmin"}),
    ],
)
def test_who_may(site: Site, begun: list[object], action: str, place: str, allowed: set[str]) -> None:
    for name in ("sysadmin", "secadmin", "auditor", "clerk", "second", "leader"):
        person = site.person(name)
        reads = person.get(place).status_code
        assert reads == (200 if name in ("sysadmin", "secadmin", "auditor") else 403), name
        form = site.person("sysadmin").form("/admin/state", holding="token")
        status = person.client.post(action, data=form).status_code
        # Another's token is no use: whoever may act is shown the page again, the others never get there.
        expected = {303} if name == "sysadmin" else {400, 422} if name in allowed else {403}
        assert status in expected, (name, status)


def test_a_silent_job_is_shown_as_dead_and_can_be_asked_for_again(
    site: Site, begun: list[tuple[int, dict[str, Any]]]
) -> None:
    place = press(site, "sysadmin", "/admin/state", "/admin/state/check")
    site.registry.clock.advance(minutes=4)
    page = site.person("sysadmin").get(place).text
    assert "已中断" in words(page)
    assert "http-equiv" not in page
    assert press(site, "sysadmin", "/admin/state", "/admin/state/check") != place
    assert len(begun) == 2


def test_a_process_that_does_not_start_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_number: int, **_how: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(process, "start", fail)
    place = press(site, "sysadmin", "/admin/state", "/admin/state/check")
    assert "任务的进程没有启动" in words(site.person("sysadmin").get(place).text)


def test_backups_are_listed_with_what_is_known_of_them(
    site: Site, begun: list[tuple[int, dict[str, Any]]], tmp_path: Path
) -> None:
    person = site.person("sysadmin")
    assert "还没有备份" in words(person.get("/admin/backups").text)
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("registry-20240303-120000.zip", "by-hand-20240303-130000.zip", "before-upgrade-from-0001.db"):
        (folder / name).write_bytes(b"x" * 3000)
    (folder / ".by-hand.zip.partial").write_bytes(b"x")
    (folder / "notes.txt").write_text("x", encoding="ascii")
    press(site, "sysadmin", "/admin/backups", "/admin/backups/examine")
    mark = (folder / "by-hand-20240303-130000.zip").stat().st_mtime_ns
    good = {"mark": mark, "good": True, "size": 3000, "assessments": 14, "events": 99}
    end(
        site,
        begun[0][0],
        {"files": {"by-hand-20240303-130000.zip": good, "registry-20240303-120000.zip": {"mark": 1, "good": True}}},
    )
    page = person.get("/admin/backups").text
    said = words(page)
    assert "2024年3月4日核对无误，14件次" in said
    assert said.count("未核对") == 2
    for expected in ("每日自动", "手工", "升级前", "2.9 KB"):
        assert expected in said
    assert "partial" not in said
    assert "notes.txt" not in said
    # What is a backup is nobody's to take through a browser.
    assert not re.search(r'(?:href|action)="[^"]*\.zip', page)
    assert form_of(page, "token").action == "/admin/backups/new"


def test_a_backup_gets_a_name_of_its_own_and_is_recorded(site: Site, begun: list[tuple[int, dict[str, Any]]]) -> None:
    press(site, "sysadmin", "/admin/backups", "/admin/backups/new")
    assert len(begun) == 1
    said = words(site.person("auditor").get("/admin/events").text)
    assert "后台任务 by-hand-20240304-100000.zip" in said


@pytest.mark.parametrize("number", ["999", "0"])
def test_no_such_job(site: Site, number: str) -> None:
    assert site.person("sysadmin").get(f"/admin/jobs/{number}").status_code == 404
