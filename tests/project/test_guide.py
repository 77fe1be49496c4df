"""The pages in Chinese say what the program says: words of buttons and menus, pictures, roles."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from risk_registry.core.vocabulary import ROLES
from risk_registry.home.guidance import GUIDES
from risk_registry.routes import MENU
from tests.guide_pictures import FOLDER, HIGHEST, PICTURES, STOPS
from tests.server import ROOT

GUIDE = ROOT / "docs" / "user-guide.zh-CN.md"
README = ROOT / "README.zh-CN.md"
#: What a page calls a button, an entry of the menu, a heading or a field stands in bold.
_WORDS = re.compile(r"\*\*([^*]+)\*\*")
_PICTURE = re.compile(r"!\[([^\]]+)\]\(pictures/guide/([\w-]+)\.png\)")
_MARKED = re.compile(r"(?:_|N_|_l)\(\s*(?:'([^']+)'|\"([^\"]+)\")")
#: Rules of the product: what no page for people may say.
_NEVER = ("批准", "受理", "审批通过")


@cache
def said_by_the_pages() -> frozenset[str]:
    """Every text of the program that a page may show: string constants of the code, marked texts of the templates."""
    found: set[str] = set()
    for path in (ROOT / "risk_registry").rglob("*.py"):
        # The demo county and the help page tell stories; neither is what a button says.
        if "demo" in path.parts or path.name == "guidance.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        found |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    for path in (ROOT / "templates").rglob("*.html"):
        found |= {single or double for single, double in _MARKED.findall(path.read_text("utf-8"))}
    return frozenset(found)


def test_the_guide_calls_things_by_the_words_of_the_pages() -> None:
    words = _WORDS.findall(GUIDE.read_text("utf-8"))
    assert len(words) > 100
    assert sorted({word for word in words if word not in said_by_the_pages()}) == []


def test_a_word_no_page_says_would_be_found() -> None:
    assert "报送备案" in said_by_the_pages()
    assert "提交审批" not in said_by_the_pages()


def test_the_guide_names_every_entry_of_the_menu() -> None:
    words = set(_WORDS.findall(GUIDE.read_text("utf-8")))
    assert [label for _group, entries in MENU for label, _endpoint in entries if label not in words] == []


def test_the_guide_speaks_to_every_role() -> None:
    text = GUIDE.read_text("utf-8")
    assert set(GUIDES) == {term.code for term in ROLES}
    assert [term.zh for term in ROLES if f"（{term.zh}）" not in text and f"\n## {term.zh}" not in text] == []


@pytest.mark.parametrize("page", [GUIDE, README], ids=lambda page: page.name)
def test_pages_for_people_keep_to_filing(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [word for word in _NEVER if word in text] == []


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_pictures_are_those_of_the_list() -> None:
    shown = [name for _words, name in _PICTURE.findall(GUIDE.read_text("utf-8"))]
    names = [picture.name for picture in PICTURES]
    assert len(set(names)) == len(names)
    assert sorted(shown) == sorted(names)
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(names)


def test_pictures_come_from_stops_of_the_tour() -> None:
    assert [picture.stop for picture in PICTURES if picture.stop not in STOPS] == []
    assert [picture.name for picture in PICTURES if picture.height > HIGHEST] == []


def test_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert [name for name, size in sizes.items() if size > 200 << 10] == []
    assert sum(sizes.values()) < 3 << 20


def test_the_guide_says_how_its_pictures_are_made() -> None:
    assert "python -m tests.guide_pictures" in GUIDE.read_text("utf-8")


# --- the two readmes --------------------------------------------------------------------------------------------------


def test_both_readmes_have_the_same_parts() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    shapes = []
    for text in (english, chinese):
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
        shapes.append(
            {
                "headings": len(re.findall(r"^## ", prose, re.M)),
                "links": sorted(link for link in re.findall(r"\]\(([^)]+)\)", prose) if not link.startswith("README")),
                "commands": sorted(re.findall(r"^\| ((?:`[a-z]+`(?:, |、)?)+) \|", prose.replace("、", ", "), re.M)),
                "folders": re.findall(r"^ {0,2}[a-z_]+/", text, re.M),
            }
        )
    assert shapes[0] == shapes[1]
    assert "(README.zh-CN.md)" in english
    assert "(README.md)" in chinese
