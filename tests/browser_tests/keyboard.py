"""A person who has only a keyboard: every control is reached by Tab, every choice made by arrows and space.

Nothing here clicks, and the window runs no script; the tests look at what is focused from outside the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser import new_context
from tests.page_checks import Watch
from tests.server import Server

#: What has the focus: enough of it to know it again.
_FOCUSED = r"""() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const style = getComputedStyle(e);
  return {
    tag: e.tagName.toLowerCase(), type: e.type || '', name: e.name || '', value: e.value || '',
    text: (e.innerText || e.value || '').replace(/\s+/g, ''), checked: !!e.checked, id: e.id,
    main: !!e.closest('main'),
    outline: style.outlineStyle !== 'none' || style.boxShadow !== 'none', seen: box.width > 0 && box.height > 0,
    row: (e.closest('tr, li, .state-line') || {innerText: ''}).innerText,
    option: e.tagName === 'SELECT' ? (e.selectedOptions[0] || {text: ''}).text.trim() : '',
    options: e.tagName === 'SELECT' ? [...e.options].map(o => o.value) : [],
    labels: e.tagName === 'SELECT' ? [...e.options].map(o => o.text.trim()) : [],
  };
}"""
#: Tabs after which a control that was not met is not there.
MOST_TABS = 600


@dataclass
class Typist:
    """One window of one person. ``unseen`` names what had the focus without showing it."""

    page: Page
    server: Server
    watch: Watch
    #: A second window of the same person, with script: only checks that need one look through it.
    eye: Page
    pages: list[str] = field(default_factory=list)
    unseen: set[str] = field(default_factory=set)

    def open(self, path: str) -> None:
        """Type an address into the address line."""
        answer = self.page.goto(self.server.address + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        self.pages.append(path)

    def focused(self) -> dict[str, Any] | None:
        """What has the focus now."""
        found: dict[str, Any] | None = self.page.evaluate(_FOCUSED)
        return found

    def reach(self, what: str, **wanted: object) -> dict[str, Any]:
        """Press Tab until the focused element has the ``wanted`` marks. Fails when a whole round does not meet it."""
        for _ in range(MOST_TABS):
            found = self.focused()
            if found is not None and all(found[name] == value for name, value in wanted.items()):
                return found
            self.page.keyboard.press("Tab")
            found = self.focused()
            if found is not None and not (found["outline"] and found["seen"]):
                self.unseen.add(
                    f"{self.page.url.removeprefix(self.server.address)}: {found['tag']} {found['text'][:20]}"
                )
        raise AssertionError(f"{what} is not reached by Tab: {self.state()}")

    def enter(self, **values: str) -> None:
        """Type into, choose in or mark the controls of these names."""
        for name, text in values.items():
            self._enter(name, text)

    def row(self, prefix: str, number: int, **values: str) -> None:
        """The same in a row of repeated questions."""
        for name, text in values.items():
            self._enter(f"{prefix}-{number}-{name}", text)

    def _enter(self, name: str, text: str) -> None:
        found = self.reach(name, name=name, main=True)
        if found["type"] == "radio":
            self._choose_radio(name, text)
        elif found["type"] == "checkbox":
            self._mark(name, text)
        elif found["tag"] == "select":
            self._choose(found, text)
        else:
            self.page.keyboard.press("Control+A")
            if text:
                self.page.keyboard.insert_text(text)
            else:
                self.page.keyboard.press("Delete")

    def _choose_radio(self, name: str, value: str) -> None:
        # Arrows walk round the group and choose as they go; from none chosen, space takes the first.
        for _ in range(20):
            found = self.focused()
            assert found is not None
            if found["value"] == value and found["checked"]:
                return
            self.page.keyboard.press("Space" if found["value"] == value else "ArrowDown")
        raise AssertionError(f"{name} has no choice {value!r}: {self.state()}")

    def _mark(self, name: str, value: str) -> None:
        """``value`` of a box in a group of that name; ``y`` or empty for a box that stands alone."""
        found = self.focused()
        assert found is not None
        alone = value in ("", "y")
        if not alone and found["value"] != value:
            found = self.reach(f"{name}={value}", name=name, value=value, main=True)
        if found["checked"] != bool(value):
            self.page.keyboard.press("Space")

    def _choose(self, found: dict[str, Any], text: str) -> None:
        """An option by its value or by its words."""
        names = found["options"] if text in found["options"] else found["labels"]
        assert text in names, (found["name"], text, found["labels"][:40])
        self.page.keyboard.press("Home")
        for _ in range(names.index(text)):
            self.page.keyboard.press("ArrowDown")
        now = self.focused()
        assert now is not None
        assert text in (now["value"], now["option"]), (found["name"], text, now["option"])

    def press(self, label: str) -> None:
        """Press the button of this label in the page proper and wait for what comes."""
        self._go(label, tag="button", text="".join(label.split()), main=True)

    def follow(self, label: str, *, main: bool = True) -> None:
        """Follow the link of this label, in the page proper or in the menu."""
        self._go(label, tag="a", text="".join(label.split()), main=main)

    def _go(self, label: str, **wanted: object) -> None:
        self.reach(label, **wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.pages.append(self.page.url.removeprefix(self.server.address))

    def take_up(self, title: str) -> None:
        """Follow 办理 in the row of this matter on the desk."""
        for _ in range(MOST_TABS):
            found = self.focused()
            if found is not None and found["tag"] == "a" and found["text"].startswith("办理") and title in found["row"]:
                with self.page.expect_navigation():
                    self.page.keyboard.press("Enter")
                self.pages.append(self.page.url.removeprefix(self.server.address))
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no work on {title}: {self.state()}")

    def looked_at(self, **cookies: str) -> Page:
        """The page now shown, opened once more in the window with script, with these settings of the reader."""
        self._lend_cookies(**cookies)
        self.eye.goto(self.page.url)
        return self.eye

    def copied(self) -> Page:
        """The page now shown, copied into the window with script: for an answer that is given once alone."""
        self._lend_cookies()
        self.eye.goto(f"{self.server.address}/login")
        self.eye.set_content(self.page.content())
        return self.eye

    def _lend_cookies(self, **cookies: str) -> None:
        self.eye.context.clear_cookies()
        self.eye.context.add_cookies(self.page.context.cookies())  # type: ignore[arg-type]  # the same shape
        for name, value in cookies.items():
            self.eye.context.add_cookies([{"name": name, "value": value, "url": self.server.address}])

    def close(self) -> None:
        """Close both windows."""
        self.eye.context.close()
        self.page.context.close()

    def state(self) -> str:
        """What the page shows and complains of, for the message of a failing test."""
        shown = self.page.locator("[data-error-summary]")
        said = shown.inner_text() if shown.count() else self.page.locator("h1").inner_text()
        return f"{self.page.url}: {said}"

    def text(self) -> str:
        """The words of the page proper."""
        return self.page.locator("main").inner_text()


def typist(browser: Browser, server: Server) -> Typist:
    """A new window without script for a new person."""
    context = new_context(browser, javascript=False)
    context.set_default_timeout(15_000)
    page = context.new_page()
    watch = Watch(server.address)
    watch.follow(page)
    return Typist(page, server, watch, new_context(browser).new_page())
