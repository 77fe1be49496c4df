"""Headless Chromium for the tests: the system's own program, driven by playwright.

Import the two fixtures into a conftest, and the fixtures of pytest-playwright (`browser`, `context`, `page`) use them.
A script outside pytest opens its browser with `launched()`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.requirement import missing

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The screen most of the users have.
SCREEN = {"width": 1366, "height": 768}


def chromium_path() -> str:
    """The Chromium to run; skips, or fails when the browser is required, where there is none."""
    for name in PROGRAMS:
        path = shutil.which(name)
        if path:
            return path
    missing("browser", "Chromium is not installed (Debian: apt install chromium fonts-noto-cjk)")


def context_arguments(*, javascript: bool = True) -> dict[str, Any]:
    """The settings of a browser window as a county official has it."""
    return {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": dict(SCREEN),
        "java_script_enabled": javascript,
    }


@contextmanager
def launched() -> Iterator[Browser]:
    """A running browser, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def new_context(browser: Browser, *, javascript: bool = True) -> BrowserContext:
    """A fresh window without cookies; `javascript=False` shows the pages as they are without script."""
    return browser.new_context(**context_arguments(javascript=javascript))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Launch settings for the fixtures of pytest-playwright."""
    return {"executable_path": chromium_path(), "args": list(ARGUMENTS), "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """Window settings for the fixtures of pytest-playwright."""
    return context_arguments()
