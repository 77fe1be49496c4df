"""By keyboard alone: the skip link first, everything reached in order and seen, nothing traps, Enter is harmless."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.server import Data, copied, running
from tests.visit_table import VISITS
from tests.visits import Tour, tour

pytestmark = [pytest.mark.browser]

BY_NAME = {visit.name: visit for visit in VISITS}
#: A page of each sort: sign-in, list of work, long form, dense table, case, review, act.
PAGES = ("login", "desk-office", "short", "ledger", "matter-filed", "review", "step-decline", "help")

#: What Tab must reach, numbered in the order of the page; of a group of radio buttons the one that answers for it.
_MARK = """() => {
  let number = 0;
  const groups = new Set();
  for (const e of document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')) {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (e.disabled || e.tabIndex < 0 || e.type === 'hidden' || style.visibility === 'hidden') continue;
    if (!e.getClientRects().length || (box.width === 0 && box.height === 0)) continue;
    const fold = e.closest('details:not([open])');
    if (fold && !(e.tagName === 'SUMMARY' && e.parentElement === fold)) continue;
    if (e.type === 'radio') {
      const group = `${e.form ? [...document.forms].indexOf(e.form) : ''}/${e.name}`;
      const all = [...document.querySelectorAll(`input[type=radio][name="${e.name}"]`)];
      if (groups.has(group) || (all.some(one => one.checked) && !e.checked)) continue;
      groups.add(group);
    }
    e.dataset.stop = String(number++);
  }
  return number;
}"""
_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  return {
    stop: e.dataset.stop === undefined ? -1 : Number(e.dataset.stop),
    what: `${e.tagName.toLowerCase()} ${(e.innerText || e.name || e.id || '').slice(0, 30)}`,
    shown: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none',
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


@pytest.fixture(scope="module")
def walk(browser: Browser, demo_data: Data, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    folder = tmp_path_factory.mktemp("keyboard")
    data = copied(demo_data, folder / "data")
    with running(data) as server, tour(browser, server, folder / "pictures") as walk:
        yield walk


@pytest.fixture
def opened(walk: Tour, request: pytest.FixtureRequest) -> Iterator[Page]:
    visit = BY_NAME[request.param]
    page, _watch = walk.window(visit.account)
    page.goto(walk.address(visit))
    yield page
    page.close()


def stops(page: Page) -> list[dict[str, Any]]:
    """What gets the focus, Tab by Tab, until it leaves the page."""
    number = page.evaluate(_MARK)
    page.evaluate("() => { document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0); }")
    found: list[dict[str, Any]] = []
    for _ in range(number + 5):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:
            return found
        found.append(focused)
    raise AssertionError(f"Tab does not leave the page after {number + 5} presses: {found[-3:]}")


@pytest.mark.parametrize("opened", PAGES, indirect=True)
def test_everything_is_reached_in_order_and_shown(opened: Page) -> None:
    found = stops(opened)
    assert "跳到正文" in found[0]["what"]
    assert [stop["what"] for stop in found if not stop["shown"]] == []
    assert [stop["what"] for stop in found if not stop["seen"]] == []
    numbers = [stop["stop"] for stop in found]
    assert numbers == sorted(numbers)
    assert set(range(opened.evaluate(_MARK))) - set(numbers) == set()


@pytest.mark.parametrize("opened", ["desk-office", "ledger"], indirect=True)
def test_the_skip_link_leads_past_head_and_menu(opened: Page) -> None:
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    opened.keyboard.press("Tab")
    assert opened.evaluate("() => Boolean(document.activeElement.closest('main'))")


@pytest.mark.parametrize("opened", ["review", "step-revoke", "step-record_decision"], indirect=True)
def test_enter_in_a_box_takes_no_weighty_act(opened: Page) -> None:
    """Not even with everything filled in: the act has a button of its own."""
    box = opened.locator("main form[method=post] input[type=text]:not([readonly])").first
    before = opened.url
    box.focus()
    opened.keyboard.press("Enter")
    opened.wait_for_timeout(300)
    assert opened.url == before
    assert opened.locator("[data-error-summary]").count() == 0


@pytest.mark.parametrize("opened", ["short"], indirect=True)
def test_enter_in_a_long_form_keeps_a_draft(opened: Page) -> None:
    opened.locator("main [name=title]").fill("示例县键盘工程")
    with opened.expect_navigation():
        opened.keyboard.press("Enter")
    assert opened.locator("[data-error-summary]").count() == 0
    assert opened.locator("main [name=title]").input_value() == "示例县键盘工程"
