"""What every page must hold to in a browser: WCAG 2.2 AA by axe, one heading, no sideways scrolling, no other host."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

from tests.browser import SCREEN

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: The screen of SCREEN at 200 % zoom, as the page sees it.
ZOOMED = {"width": 683, "height": 384}

_STRUCTURE = """() => {
  const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
  return {
    headings: document.querySelectorAll('h1').length,
    title: document.title,
    lang: document.documentElement.lang,
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    unlabelled: [...document.querySelectorAll('table')].filter(table => !table.caption).length,
    dead: [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1))
      .filter(id => id && !ids.includes(id)),
    // In English “None” is a word.
    none: (document.body.innerText.match(document.documentElement.lang === 'en' ? /\\b(undefined|NaN|Undefined)\\b/g
      : /\\b(None|undefined|NaN|Undefined)\\b/g) || []).length,
  };
}"""
_WIDTH = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: What sticks out, for the message; what lies in a scrolling region of its own is not it.
_WIDE = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width > 0 && box.right > document.documentElement.clientWidth + 1 && !e.closest('.table-region');
}).slice(0, 3).map(e => e.tagName.toLowerCase() + '.' + e.className)"""


@dataclass
class Watch:
    """What a page did besides showing itself: errors in its console, requests to other hosts."""

    address: str
    complaints: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listen to the page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # A refused form is answered 4xx, which the browser notes as an error of loading; it is none of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.address).netloc:
            self.complaints.append(f"asked another host: {request.url}")

    def taken(self) -> list[str]:
        """The complaints since the last time."""
        found, self.complaints = self.complaints, []
        return found


def structure_faults(page: Page, *, paper: bool = False) -> list[str]:
    """Heading, title, language, ids, jumps that lead nowhere, values nobody set. A paper's title is its own alone."""
    found: dict[str, Any] = page.evaluate(_STRUCTURE)
    faults = []
    if found["headings"] != 1:
        faults.append(f"{found['headings']} h1")
    name, _, rest = found["title"].partition(" · ")
    if not name or not (rest or paper):
        faults.append(f"title {found['title']!r} does not name page and office")
    if found["lang"] not in ("zh-CN", "en"):
        faults.append(f"lang {found['lang']!r}")
    faults += [f"id {name!r} twice" for name in sorted(set(found["twice"]))]
    faults += [f"link to #{name}, which is not there" for name in sorted(set(found["dead"]))]
    if found["none"]:
        faults.append("None, NaN or undefined on the page")
    if found["unlabelled"]:
        faults.append(f"{found['unlabelled']} tables without caption")
    return faults


def width_faults(page: Page) -> list[str]:
    """Sideways scrolling on the usual screen and at 200 % zoom."""
    faults = []
    for name, size in (("1366", SCREEN), ("200 %", ZOOMED)):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        over = page.evaluate(_WIDTH)
        if over > 0:
            faults.append(f"{over} px too wide at {name}: {', '.join(page.evaluate(_WIDE))}")
    page.set_viewport_size({"width": SCREEN["width"], "height": SCREEN["height"]})
    return faults


def axe_faults(page: Page) -> list[str]:
    """Violations of WCAG 2.2 AA that axe finds, with the first places of each."""
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    violations = Axe().run(page, options=options).response["violations"]
    return [
        f"axe {violation['id']}: {'; '.join(node['html'][:160] for node in violation['nodes'][:3])}"
        for violation in violations
    ]


def faults(page: Page) -> list[str]:
    """Everything wrong with the page now shown."""
    return structure_faults(page) + axe_faults(page) + width_faults(page)
