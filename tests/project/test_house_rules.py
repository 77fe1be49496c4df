"""Rules of the house that no linter checks: the size of rooms, and what the core may stand on."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "risk_registry").rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60
BANNED_NAMES = {"utils", "helpers", "common", "services", "misc"}


def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def short(path: Path) -> str:
    """The path as it is spoken of."""
    return path.relative_to(ROOT).as_posix()


def test_no_module_outgrows_its_room() -> None:
    sizes = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: size for name, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_no_function_outgrows_a_screen() -> None:
    long = []
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    long.append(f"{short(path)}:{node.lineno} {node.name} has {size} lines")
    assert long == []


def test_no_drawer_for_everything() -> None:
    assert [short(path) for path in SOURCES if BANNED_NAMES & {path.stem, path.parent.name}] == []


def test_core_stands_on_the_standard_library() -> None:
    foreign = []
    for path in SOURCES:
        if path.relative_to(ROOT).parts[:2] != ("risk_registry", "core"):
            continue
        for node in ast.walk(tree(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            foreign += [
                f"{short(path)}: {name}"
                for name in names
                if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("risk_registry.core")
            ]
    assert foreign == []


@pytest.mark.parametrize("call", ["date.today", "datetime.now", "datetime.utcnow", "time.time"])
def test_the_clock_is_read_in_one_place(call: str) -> None:
    allowed = {"risk_registry/db/clock.py"}
    found = []
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == call and short(path) not in allowed:
                found.append(f"{short(path)}:{node.lineno}")
    assert found == []
