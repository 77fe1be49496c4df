"""The pictures of the user guide, made from stops of the tour of the site (`tests.visits`).

    python -m tests.guide_pictures [NAME …]

opens each stop with the demo county as the account that uses the page and writes `docs/pictures/guide/NAME.png`; with
names, only those. `tests.project.test_guide` holds the guide, the list and the folder against one another.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from playwright.sync_api import BrowserContext, FloatRect, Page

from tests.browser import SCREEN, context_arguments, launched
from tests.server import ROOT, copied, make_demo, running
from tests.visit import Visit
from tests.visit_table import VISITS, password_of
from tests.visits import Tour, sign_in, tour

FOLDER = ROOT / "docs" / "pictures" / "guide"
#: Highest part of a page that is pictured, in pixels of the page: more is too small to read beside the text.
HIGHEST = 1000
#: Pixels of a picture for each of the page: still read easily, and half the bytes.
SCALE = 0.75
#: Room left above the part that is shown.
_MARGIN = 12


@dataclass(frozen=True)
class Picture:
    """One picture of the guide: the stop it is made from, and what of the page is shown.

    ``stop`` is the name of a visit; ``account`` opens it instead of the account of the visit. ``part`` selects the
    element that is shown, with what stands below it; empty: the page from its head. ``height`` in pixels of the page.
    """

    name: str
    stop: str
    account: str = ""
    part: str = ""
    height: int = SCREEN["height"]


PICTURES = (
    Picture("login", "login", height=640),
    Picture("desk-department", "desk-department", account="jiaotong"),
    Picture("new", "new"),
    Picture("short", "short"),
    Picture("section-basic", "section-basic"),
    Picture("joint", "joint-rows"),
    Picture("work", "work"),
    Picture("risk-index", "work-index", part="#risk", height=HIGHEST),
    Picture("matter-index", "matter-index", part="#risk-factors", height=HIGHEST),
    Picture("receipt", "receipt"),
    Picture("matter-filed", "matter-filed", height=HIGHEST),
    Picture("correction", "step-answer_correction"),
    Picture("amendment", "amend"),
    Picture("new-round", "step-new_round"),
    Picture("filings", "filings"),
    Picture("review", "review-received", height=HIGHEST),
    Picture("filed", "filed"),
    Picture("revoke", "step-revoke"),
    Picture("counts", "counts", height=HIGHEST),
    Picture("ledger", "ledger", height=840),
    Picture("columns", "columns"),
    Picture("view", "view-new"),
    Picture("first-steps", "office-first-steps"),
    Picture("organisation-merge", "organisation-merge"),
    Picture("account-list", "account-list"),
    Picture("settings", "office-settings"),
    Picture("methods", "methods-shipped"),
    Picture("state", "state"),
    Picture("backups", "backups", height=520),
)
STOPS: dict[str, Visit] = {visit.name: visit for visit in VISITS}


class Album:
    """Windows of the browser, one for each account, and the pictures taken in them."""

    def __init__(self, walk: Tour) -> None:
        self._walk = walk
        self._windows: dict[str, BrowserContext] = {}

    def take(self, wanted: Picture, file: Path) -> None:
        """Write one picture. Raises ``RuntimeError`` when its page does not open."""
        visit = STOPS[wanted.stop]
        page = self._window(wanted.account or visit.account).new_page()
        answer = page.goto(self._walk.address(visit))
        if answer is None or answer.status != visit.status:
            raise RuntimeError(f"{wanted.name}: {page.url} did not open")
        page.screenshot(path=file, full_page=True, clip=_shown(page, wanted), animations="disabled", caret="hide")
        page.close()

    def _window(self, account: str) -> BrowserContext:
        if account not in self._windows:
            context = self._walk.browser.new_context(**context_arguments(), device_scale_factor=SCALE)
            context.set_default_timeout(60_000)
            self._windows[account] = context
            if account:
                sign_in(context.new_page(), self._walk.server, account, password_of(account))
        return self._windows[account]


def _shown(page: Page, wanted: Picture) -> FloatRect:
    """The part of the page in the picture, in pixels of the page."""
    whole = float(page.evaluate("document.documentElement.scrollHeight"))
    if not wanted.part:
        return {"x": 0, "y": 0, "width": SCREEN["width"], "height": min(wanted.height, whole)}
    box = page.locator(wanted.part).first.bounding_box()
    if box is None:
        raise RuntimeError(f"{wanted.name}: {wanted.part} is not on the page")
    left, top = box["x"] - _MARGIN, box["y"] - _MARGIN
    return {"x": left, "y": top, "width": box["width"] + 2 * _MARGIN, "height": min(wanted.height, whole - top)}


def main(names: list[str], out: TextIO = sys.stdout) -> int:
    """Run as a script; the exit code is 1 when a name is none of the pictures."""
    unknown = sorted(set(names) - {wanted.name for wanted in PICTURES})
    if unknown:
        out.write(f"no such picture: {', '.join(unknown)}\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = copied(make_demo(Path(folder) / "made"), Path(folder) / "data")
        with running(data) as server, launched() as browser, tour(browser, server, Path(folder)) as walk:
            album = Album(walk)
            for wanted in PICTURES:
                if not names or wanted.name in names:
                    file = FOLDER / f"{wanted.name}.png"
                    album.take(wanted, file)
                    out.write(f"{wanted.name}: {file.stat().st_size >> 10} KiB\n")
                    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
