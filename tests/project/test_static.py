"""Static files keep to what the oldest browser in the offices understands: Chromium 86."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [path for path in sorted((ROOT / "static").rglob("*")) if path.suffix in (".css", ".js")]

#: What came later, and in which version.
CSS_TOO_NEW = {
    r":has\(": "105",
    r":is\(": "88",
    r":where\(": "88",
    r"color-mix\(": "111",
    r"oklch\(|oklab\(": "111",
    r"@layer\b": "99",
    r"@container\b": "105",
    r"@scope\b|@starting-style\b": "117",
    r"(?:^|[;{])\s*&": "112",
    r"\b\d+(?:dvh|svh|lvh|cqw)\b": "105",
    r"light-dark\(": "123",
}
JS_TOO_NEW = {
    r"\.at\(": "92",
    r"\bstatic\s*\{": "94",
    r"\bstructuredClone\b": "98",
    r"^await\b": "89",
    r"\.findLast(?:Index)?\(": "97",
    r"\bObject\.hasOwn\b": "93",
    r"\.to(?:Sorted|Reversed|Spliced)\(": "110",
    r"\bObject\.groupBy\b": "117",
    r"\bArray\.fromAsync\b": "121",
    r"#\w+\s+in\s+": "91",
}


def test_there_are_files() -> None:
    assert {path.suffix for path in FILES} == {".css", ".js"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_newer_than_chromium_86(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    too_new = CSS_TOO_NEW if path.suffix == ".css" else JS_TOO_NEW
    found = {
        f"{pattern} (Chromium {version})" for pattern, version in too_new.items() if re.search(pattern, text, re.M)
    }
    assert found == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_is_fetched_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    addresses = set(re.findall(r"(?:url\(|import |from )\s*[\"']?((?:https?:)?//[^\"')\s]+)", text))
    assert addresses == set()


@pytest.mark.parametrize(
    ("kind", "text"),
    [("css", ".a { &:hover { color: red } }"), ("css", "p:has(a) { }"), ("js", "list.at(-1)"), ("js", "await ready()")],
)
def test_the_patterns_find_what_they_are_for(kind: str, text: str) -> None:
    patterns = CSS_TOO_NEW if kind == "css" else JS_TOO_NEW
    assert any(re.search(pattern, text, re.M) for pattern in patterns)
