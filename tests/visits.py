"""Opens every page of the site with the demo county as one who uses it, pictures it, and says what is wrong with it.

    python -m tests.visits OUT_FOLDER [NAME …]

writes a picture of every page (and of every form sent with faults) to OUT_FOLDER and prints the faults found; with
names, only of those; with ``--english`` first, in English and large letters instead of Chinese and usual ones.

The table of what is opened is `tests.visit_table`: every route that answers GET has a line in it, every page that takes
a form has a faulty form.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO
from urllib.parse import urlencode

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page
from sqlalchemy import create_engine

from risk_registry import create_app
from risk_registry.config import load
from tests.browser import launched, new_context
from tests.language_checks import KEPT_WORDS, chinese_on_english, known_texts, latin_on_chinese, names_of
from tests.page_checks import Watch, axe_faults, structure_faults, width_faults
from tests.server import Server, copied, make_demo, running
from tests.visit import Known, Visit
from tests.visit_table import VISITS, furnish, password_of
from tests.weight_checks import weight_faults

#: The button that sends the form of a page.
SEND = "main form[method=post] button.btn-primary, main form[method=post] button.btn-danger"


@dataclass(frozen=True)
class Mode:
    """How the reader has set his pages. ``pictured``: every page is pictured and judged by axe."""

    english: bool = False
    large: bool = False
    pictured: bool = True

    @property
    def cookies(self) -> dict[str, str]:
        """What the switch at the head of the pages leaves in the browser."""
        return {"language": "en" if self.english else "zh", "large_text": "1" if self.large else "0"}

    @property
    def fault_mark(self) -> str:
        """How the title of a page with faults begins."""
        return "Error: " if self.english else "错误："


PLAIN = Mode()
ENGLISH_LARGE = Mode(english=True, large=True, pictured=False)
_LARGE = "large => document.documentElement.classList.toggle('large-text', large)"


@dataclass
class Tour:
    """One walk through the site."""

    browser: Browser
    server: Server
    app: Flask
    known: Known
    pictures: Path
    names: list[str]
    mode: Mode = PLAIN
    texts: set[str] = field(default_factory=set)
    windows: dict[str, tuple[BrowserContext, Watch]] = field(default_factory=dict)
    #: For a test's own use: what the database held when the tour began.
    before: dict[str, str] = field(default_factory=dict)

    def address(self, visit: Visit) -> str:
        """The address of the page with its parameters."""
        with self.app.test_request_context():
            path = self.app.url_map.bind("localhost").build(
                visit.endpoint, {name: found(self.known) for name, found in visit.values.items()}
            )
        query = {name: text(self.known) if callable(text) else text for name, text in visit.query.items()}
        return f"{self.server.address}{path}{'?' + urlencode(query) if query else ''}"

    def window(self, account: str) -> tuple[Page, Watch]:
        """A fresh page of the account's browser window; signed in once."""
        if account not in self.windows:
            context = new_context(self.browser)
            context.set_default_timeout(20_000)
            for name, value in self.mode.cookies.items():
                context.add_cookies([{"name": name, "value": value, "url": self.server.address}])
            self.windows[account] = (context, Watch(self.server.address))
            if account:
                sign_in(context.new_page(), self.server, account, password_of(account))
        context, watch = self.windows[account]
        page = context.new_page()
        watch.follow(page)
        return page, watch

    def faults(self, visit: Visit) -> list[str]:
        """Open the page, picture and check it; then send its faulty form and do the same."""
        page, watch = self.window(visit.account)
        try:
            found, shown = self._opened(page, visit)
            if visit.faulty is not None and shown:
                found += [f"faulty form: {fault}" for fault in self._refused(page, visit)]
            return found + watch.taken()
        finally:
            page.close()

    def _opened(self, page: Page, visit: Visit) -> tuple[list[str], bool]:
        """What is wrong with the page, and whether it is the page at all."""
        (self.pictures / f"{visit.name}.png").unlink(missing_ok=True)
        answer = page.goto(self.address(visit))
        assert answer is not None
        if answer.status != visit.status:
            return [f"answered {answer.status}, not {visit.status}: {page.url}"], False
        if page.url.partition("?")[0] != self.address(visit).partition("?")[0]:
            return [f"led to {page.url}"], False
        return self._seen(page, visit.name, visit), True

    def _refused(self, page: Page, visit: Visit) -> list[str]:
        for name, text in (visit.faulty or {}).items():
            fill(page, name, text)
        with page.expect_navigation() as navigation:
            page.locator(visit.send or SEND).first.click()
        status = navigation.value.status if navigation.value else 0
        faults = [] if status in (409, 422) else [f"answered {status}"]
        if not page.title().startswith(self.mode.fault_mark):
            faults.append(f"title {page.title()!r} does not say so")
        if page.locator("[data-error-summary]").count() != 1:
            faults.append("no error summary")
        return faults + self._seen(page, f"{visit.name}-faulty", visit)

    def _seen(self, page: Page, name: str, visit: Visit) -> list[str]:
        found = structure_faults(page, paper=visit.paper) + weight_faults(page)
        if self.mode.pictured:
            self.pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.pictures / f"{name}.png", full_page=True)
            found += axe_faults(page)
        if self.mode.english:
            kept = KEPT_WORDS if visit.endpoint.startswith("dictionary_admin.") else []
            found += chinese_on_english(page, sorted([*self.names, *kept], key=len, reverse=True), self.texts)
        else:
            found += latin_on_chinese(page, self.names)
        # A paper is as wide as paper is; at 200 % it may scroll (WCAG 1.4.10 excepts what needs two dimensions).
        return found if visit.paper else found + self._width(page)

    def _width(self, page: Page) -> list[str]:
        """Sideways scrolling in the letters of the mode, and in the other size."""
        found = width_faults(page)
        page.evaluate(_LARGE, not self.mode.large)
        other = "usual letters" if self.mode.large else "large letters"
        found += [f"{other}: {fault}" for fault in width_faults(page)]
        page.evaluate(_LARGE, self.mode.large)
        return found


def fill(page: Page, name: str, text: str) -> None:
    """Type into, choose in or mark the control of this name, whatever it is."""
    controls = page.locator(f'main [name="{name}"]')
    first = controls.first
    kind = first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
    if kind == "radio":
        page.locator(f'main [name="{name}"][value="{text}"]').check()
    elif kind == "checkbox":
        first.set_checked(bool(text))
    elif kind == "select":
        first.select_option(text)
    else:
        first.fill(text)


def sign_in(page: Page, server: Server, name: str, password: str) -> None:
    """Sign in by the form; the page then shows the desk."""
    page.goto(f"{server.address}/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click(SEND)
    page.wait_for_url(f"{server.address}/")


def typed() -> set[str]:
    """What the tour itself types into forms and addresses."""
    texts = [text for visit in VISITS for text in (*(visit.faulty or {}).values(), *visit.query.values())]
    return {line for text in texts if isinstance(text, str) and not text.isascii() for line in text.splitlines()}


@contextmanager
def tour(browser: Browser, server: Server, pictures: Path, mode: Mode = PLAIN) -> Iterator[Tour]:
    """A walk through the site that ``server`` serves, furnished with what the table needs."""
    made = furnish(server.data)
    app = create_app(load(data=server.data.folder, environ={}))
    engine = create_engine(server.data.database_url)
    with engine.connect() as connection:
        known = Known(connection, made)
        walk = Tour(browser, server, app, known, pictures, names_of(connection, typed()), mode, known_texts())
        try:
            yield walk
        finally:
            for context, _watch in walk.windows.values():
                context.close()
    engine.dispose()


def main(arguments: list[str], out: TextIO = sys.stdout) -> int:
    """Run as a script; the exit code is 1 when something is wrong."""
    english = "--english" in arguments
    arguments = [argument for argument in arguments if argument != "--english"]
    mode = Mode(english=True, large=True) if english else PLAIN
    pictures, names = Path(arguments[0]), arguments[1:]
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        made = make_demo(Path(folder) / "made")
        data = copied(made, Path(folder) / "data")
        with running(data) as server, launched() as browser, tour(browser, server, pictures, mode) as walk:
            for visit in VISITS:
                if names and not any(visit.name.startswith(name) for name in names):
                    continue
                try:
                    found = walk.faults(visit)
                except (Error, LookupError) as error:
                    found = [str(error).splitlines()[0]]
                wrong += len(found)
                out.write(f"{visit.name}: {'; '.join(found) or 'ok'}\n")
                out.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
