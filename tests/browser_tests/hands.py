"""A person at the browser: what is typed and chosen is counted, and so is every page that comes up."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import new_context
from tests.page_checks import Watch
from tests.server import Server


@dataclass
class Person:
    """One browser window. ``inputs`` counts controls typed into or chosen, ``pages`` the pages seen."""

    page: Page
    server: Server
    watch: Watch
    inputs: int = 0
    pages: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to an address."""
        answer = self.page.goto(self.server.address + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)

    def enter(self, **values: str) -> None:
        """Type into, choose in or mark the controls of these names; what already stands there costs nothing."""
        for name, text in values.items():
            self._enter(name, text)

    def rows(self, number: int, **values: str) -> None:
        """The same in a consultation row."""
        for name, text in values.items():
            self._enter(f"consultations-{number}-{name}", text)

    def _enter(self, name: str, text: str) -> None:
        control = self.page.locator(f'main [name="{name}"]')
        kind = control.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
        if kind in ("radio", "checkbox"):
            choice = self.page.locator(f'main [name="{name}"][value="{text}"]')
            if choice.is_checked():
                return
            choice.check()
        elif kind == "select":
            if control.input_value() == text:
                return
            control.select_option(text)
        else:
            if control.input_value() == text:
                return
            control.fill(text)
        self.inputs += 1

    def choose_unit(self, name: str, unit: str) -> None:
        """Choose an organisation by its name."""
        self.page.locator(f'main [name="{name}"]').select_option(label=unit)
        self.inputs += 1

    def press(self, label: str) -> None:
        """Press the button of this label in the page proper and wait for what comes."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=label, exact=True).first.click()
        self.pages.append(self.page.url.removeprefix(self.server.address))

    def follow(self, label: str, *, exact: bool = True, within: str = "body") -> None:
        """Follow the link of this label."""
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("link", name=label, exact=exact).first.click()
        self.pages.append(self.page.url.removeprefix(self.server.address))

    def take_up(self, title: str) -> None:
        """Press 办理 in the row of this matter on the desk."""
        with self.page.expect_navigation():
            self.page.locator("main tr", has_text=title).get_by_role("link", name="办理").click()
        self.pages.append(self.page.url.removeprefix(self.server.address))

    def sign_in(self, name: str, password: str) -> None:
        """Sign in by the form; the counts begin here, with the login page as the first page."""
        self.page.goto(f"{self.server.address}/login")
        self.inputs, self.pages = 0, ["/login"]
        self.enter(name=name, password=password)
        self.press("登录")

    def faults(self) -> str:
        """What the page complains of, for the message of a failing test."""
        shown = self.page.locator("[data-error-summary]")
        return f"{self.page.url}: {shown.inner_text() if shown.count() else self.page.locator('h1').inner_text()}"

    def download(self, path: str) -> bytes:
        """A file behind this window's cookies."""
        answer = self.page.request.get(self.server.address + path)
        assert answer.status == 200, (path, answer.status)
        return answer.body()


def person(browser: Browser, server: Server, *, javascript: bool) -> Person:
    """A new window for a new person."""
    context: BrowserContext = new_context(browser, javascript=javascript)
    context.set_default_timeout(15_000)
    page = context.new_page()
    watch = Watch(server.address)
    watch.follow(page)
    return Person(page, server, watch)
