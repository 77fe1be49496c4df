"""A new office begins: from `init` to its first filed matter, by pages alone, by keyboard alone, without script.

Every page on the way is pictured in both languages with usual and large letters, and judged each time: WCAG 2.2 AA by
axe, sideways scrolling, one heading, no word of the other language. The pictures go to ``build/pictures/new-office``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine

from risk_registry.db.clock import SystemClock, today
from tests.browser_tests.keyboard import Typist, typist
from tests.language_checks import chinese_on_english, known_texts, latin_on_chinese, names_of
from tests.page_checks import axe_faults, structure_faults, width_faults
from tests.server import ROOT, Data, Server, running

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PICTURES = ROOT / "build" / "pictures" / "new-office"
FIRST = "Diyici-2026-denglu"
OWN = {"guanli": "Guanli-jian-2026", "shuili": "Shuili-tian-2026", "shenhe": "Shenhe-bei-2026"}
MATTER = "示例县城东河堤整治工程"
#: Language and size of letters, as the switch at the head of the pages keeps them.
MODES = [(language, large) for language in ("zh", "en") for large in ("0", "1")]


class Onlooker:
    """Looks at every page a typist comes to, in each mode, and writes down what is wrong with it."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._texts = known_texts()
        self.seen: list[str] = []
        self.faults: list[str] = []

    def look(self, name: str, who: Typist) -> None:
        """The page as it stands for the reader, then opened again in each mode."""
        self.seen.append(name)
        self._note(name, who.page, "as typed", who.watch.taken() + structure_faults(who.page))
        for language, large in MODES:
            page = who.looked_at(language=language, large_text=large)
            self._judge(f"{name}-{language}{'-large' if large == '1' else ''}", page, english=language == "en")

    def look_once(self, name: str, who: Typist) -> None:
        """A page that is shown once alone (the answer with a password): as it stands, without opening it again."""
        self.seen.append(name)
        page = who.copied()
        self._judge(name, page, english=False)

    def _judge(self, name: str, page: Page, *, english: bool) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        engine = create_engine(self._data.database_url)
        with engine.connect() as connection:
            names = names_of(connection, set())
        engine.dispose()
        spoken = chinese_on_english(page, names, self._texts) if english else latin_on_chinese(page, names)
        self._note(name, page, "", structure_faults(page) + axe_faults(page) + width_faults(page) + spoken)

    def _note(self, name: str, page: Page, how: str, found: list[str]) -> None:
        self.faults += [f"{name} {how} {page.url}: {fault}" for fault in found]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A registry fresh from `init`, served."""
    folder: Path = tmp_path_factory.mktemp("office")
    password = folder / "first.txt"
    password.write_text(FIRST + "\n", "utf-8")
    data = Data(folder / "data")
    done = data.run(
        *("init", "--office", "示例县信访办公室", "--short", "示", "--region", "500229"),
        *("--admin", "guanli", "--password-file", str(password)),
    )
    assert done.returncode == 0, done.stderr
    with running(data) as server:
        yield server


def begin(browser: Browser, office: Server, seen: Onlooker, name: str, password: str) -> Typist:
    """Sign in for the first time and choose a password of one's own."""
    who = typist(browser, office)
    who.open("/login")
    seen.look(f"{name}-login", who)
    who.enter(name=name, password=password)
    who.press("登录")
    assert "/password" in who.page.url, who.state()
    seen.look(f"{name}-password", who)
    who.enter(current_password=password, new_password=OWN[name], repeat_password=OWN[name])
    who.press("保存新密码")
    assert who.page.url == f"{office.address}/", who.state()
    seen.look(f"{name}-desk", who)
    return who


def test_from_init_to_the_first_filed_matter(browser: Browser, office: Server) -> None:
    seen = Onlooker(office.data)
    administrator = begin(browser, office, seen, "guanli", FIRST)
    passwords = set_up(administrator, seen)
    clerk = begin(browser, office, seen, "shuili", passwords["shuili"])
    register(clerk, seen)
    approver = begin(browser, office, seen, "shenhe", passwords["shenhe"])
    number = file_it(approver, seen)
    assert number.startswith("示稳评备〔")
    assert number.endswith("〕1号")
    administrator.open("/admin/first-steps")
    assert "待办" not in administrator.page.locator("main tbody td:nth-child(2)").all_inner_texts()
    seen.look("guanli-first-steps-done", administrator)
    for who in (administrator, clerk, approver):
        assert who.unseen == set()
        who.close()
    assert not seen.faults, "\n".join(seen.faults)
    assert len(seen.seen) > 25


def set_up(who: Typist, seen: Onlooker) -> dict[str, str]:
    """What the list of first steps asks for, from top to bottom; the one-time passwords of the two accounts."""
    who.follow("启用准备", main=False)
    seen.look("guanli-first-steps", who)
    for code, name, kind, above in (
        ("gov", "示例县人民政府", "决策机关", ""),
        ("shuili", "示例县水利局", "部门、乡镇街道", "示例县信访办公室（office）"),
        ("shuitou", "示例县水务建设公司", "实施单位", "示例县信访办公室（office）"),
    ):
        add_organisation(who, seen, code=code, name=name, kind=kind, above=above)
    passwords = {
        "shuili": add_account(who, seen, "shuili", "水利局填报员", "示例县水利局", "submitter"),
        "shenhe": add_account(who, seen, "shenhe", "信访办审核员", "示例县信访办公室", "filing_approver"),
    }
    switch_a_term_on(who, seen)
    load_the_calendar(who, seen)
    for label in ("今年从1号开始，不另设首号", "已经看过，用词合适", "暂不启用期限"):
        who.open("/admin/first-steps")
        if label in who.text():
            who.press(label)
    seen.look("guanli-first-steps-ticked", who)
    for path in (
        "settings",
        "dictionaries",
        "organisations",
        "accounts",
        "roles",
        "methods",
        "sessions",
        "state",
        "backups",
    ):
        who.open(f"/admin/{path}")
        seen.look(f"guanli-{path}", who)
    return passwords


def add_organisation(who: Typist, seen: Onlooker, *, code: str, name: str, kind: str, above: str) -> None:
    who.follow("机构管理", main=False)
    who.follow("新增机构")
    if code == "gov":
        seen.look("guanli-organisation-new", who)
    who.enter(name=name, code=code, kind=kind, valid_from=f"{today(SystemClock()).year}-01-01")
    if above:
        who.enter(parent_id=above)
    who.press("保存")
    assert name in who.text(), who.state()
    if code == "shuili":
        seen.look("guanli-organisation", who)


def add_account(who: Typist, seen: Onlooker, name: str, shown: str, unit: str, role: str) -> str:
    """The one-time password on the slip."""
    who.follow("账号", main=False)
    who.follow("新增账号")
    if name == "shuili":
        seen.look("guanli-account-new", who)
    who.enter(name=name, display_name=shown, organisation=unit, **{f"role_{role}": "y"})
    who.press("建立账号并显示一次性密码")
    assert "一次性密码只在本页显示一次" in who.text(), who.state()
    seen.look_once(f"guanli-slip-{name}", who)
    found = who.page.locator("dt:text('一次性密码') + dd").inner_text()
    who.follow("已记下，返回")
    return found.strip()


def switch_a_term_on(who: Typist, seen: Onlooker) -> None:
    """A term is a suggestion until it is switched on with the document it rests on."""
    who.follow("系统设置", main=False)
    who.follow("修改报送期限")
    seen.look("guanli-setting", who)
    who.enter(value="10", basis="")
    who.press("保存")
    assert "依据" in who.page.locator("[data-error-summary]").inner_text()
    who.enter(basis="示办发〔2026〕1号")
    who.press("保存")
    assert "示办发〔2026〕1号" in who.text(), who.state()


def load_the_calendar(who: Typist, seen: Onlooker) -> None:
    """The year the list asks for, if it asks for one: towards the end of a year the next one."""
    who.open("/admin/first-steps")
    row = who.page.locator("main tr", has_text="载入工作日历")
    if "待办" not in row.inner_text():
        return
    who.follow("去办理：载入工作日历")
    who.follow(who.page.locator("main a", has_text=re.compile(r"^载入\d{4}年$")).first.inner_text())
    seen.look("guanli-calendar-load", who)
    year = who.page.locator("main [name=year]").input_value()
    who.enter(notice="示例通知", lines=f"{year}年1月1日放假\n5月1日放假\n10月1日放假")
    who.press("核对")
    who.press("核对无误，载入")
    assert f"{year}年" in who.text(), who.state()
    who.open("/admin/calendar")
    seen.look("guanli-calendar", who)


def register(who: Typist, seen: Onlooker) -> None:
    """The short path: one page from nothing to the receipt."""
    who.follow("新增登记", main=False)
    seen.look("shuili-new", who)
    who.press("一次填报")
    seen.look("shuili-short-empty", who)
    who.enter(
        title=MATTER,
        kind="project",
        field="water",
        decision_level="county",
        location="示例县城东街道",
        summary="整治河堤2.1公里。",
        invest_wan="1250.5",
        decision_org="示例县人民政府",
        implement_org="示例县水务建设公司",
        duty_contact="水利股",
        office_phone="023-59220000",
    )
    who.row("consultations", 0, method="meeting", sessions="2", participants="36")
    who.enter(
        legality="met",
        rationality="met",
        feasibility="met",
        controllability="met",
        main_risks="施工占道、汛期施工",
        measures="错峰施工，预先告知",
        level_before="low",
        level_after="low",
        outcome="implement",
        signed_by="分管负责人",
    )
    who.press("登记并报送备案")
    assert who.page.locator("h1").inner_text() == "报送回执", who.state()
    seen.look("shuili-receipt", who)
    who.follow("工作台", main=False)
    seen.look("shuili-desk-sent", who)


def file_it(who: Typist, seen: Onlooker) -> str:
    """From the desk to the number, the ledger and the counts; the filing number."""
    who.take_up(MATTER)
    seen.look("shenhe-review", who)
    who.press("接收并备案")
    found = re.search(r"示稳评备〔\d{4}〕\d+号", who.text())
    assert found, who.state()
    seen.look("shenhe-filed", who)
    who.follow("备案台账", main=False)
    assert found[0] in who.text(), who.state()
    seen.look("shenhe-ledger", who)
    who.follow("年度统计", main=False)
    assert "评估1件次，通过评估并备案1件次" in who.text(), who.state()
    seen.look("shenhe-counts", who)
    who.follow("帮助", main=False)
    seen.look("shenhe-help", who)
    return found[0]
