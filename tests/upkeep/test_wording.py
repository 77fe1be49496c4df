"""Whatever ``verify`` reports has Chinese words: the phrases are taken from the code that reports."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from risk_registry.audit import chain
from risk_registry.upkeep import soundness, verification
from risk_registry.upkeep.wording import PHRASES, in_words

NAMES = {
    "status": {"filed": "已备案", "due": "待评"},
    "columns": {"title": "事项名称"},
    "measure": {"filed": "备案件次"},
}


def _as_written(text: str) -> str:
    return text


def phrases(module: object) -> set[str]:
    """Every text with places that a module makes, each place filled with 7, and every plain text of several words."""
    source = Path(str(getattr(module, "__file__", ""))).read_text("utf-8")
    found = set()
    tree = ast.parse(source)
    documented = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values))
        elif _is_text(node) and node.value not in documented:  # type: ignore[attr-defined]
            found.add(node.value)  # type: ignore[attr-defined]
    return found


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and bool(re.fullmatch(r"[a-z]+( [a-z]+)+", str(node.value)))


#: Texts of those modules that are no reports: SQL, names of triggers, the three parts of the one about counters.
NO_REPORTS = re.compile(r"SELECT|PRAGMA|_no_|%|^7$|^7-7$|sha256|^no number$|^7 numbers 7 to 7$|^7, the counter")


@pytest.mark.parametrize("module", [chain, soundness, verification], ids=["chain", "soundness", "verification"])
def test_every_report_has_words(module: object) -> None:
    found = {text for text in phrases(module) if not NO_REPORTS.search(text)}
    assert len(found) > 3
    silent = {text for text in found if re.search("[A-Za-z]{2}", in_words(text, _as_written, NAMES))}
    assert silent == set()


def test_places_are_kept_and_codes_are_said() -> None:
    said = in_words("its status filed differs from its dates (due)", _as_written, NAMES)
    assert said == "状态“已备案”与日期不符（应为“待评”）"
    assert in_words("figure filed", _as_written, NAMES) == "统计项“备案件次”"
    assert in_words("differs from its recomputation in title, x", _as_written, NAMES) == "与重算结果不同：事项名称、x"
    assert in_words("registrations 500229-2024", _as_written, NAMES) == "500229地区2024年登记号"
    said = in_words("3 numbers 1 to 4, the counter runs from 1 to 5", _as_written, NAMES)
    assert said == "有3个编号（1至4），计数为1至5"
    assert "没有编号" in in_words("no number, the counter runs from 1 to 5", _as_written, NAMES)
    assert in_words("something new", _as_written, NAMES) == "something new"


def test_every_phrase_has_its_places_in_both_languages() -> None:
    for phrase, words in PHRASES:
        assert sorted(re.findall(r"\{(\w+)\}", phrase)) == sorted(re.findall(r"%\((\w+)\)s", words)), phrase
