"""The manual and the code name the same commands, settings, roles and tables, and its links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from risk_registry.cli import cli
from risk_registry.config import SETTINGS
from risk_registry.core.vocabulary import ROLES
from risk_registry.db.guards import guarded_tables
from risk_registry.settings.queries import DEFAULTS
from risk_registry.tables import METADATA

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
#: Lines that show without scrolling.
_FIRST_SCREEN = 45


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading of a page."""
    text = (ROOT / page).read_text("utf-8")
    body = re.split(r"^## ", text.split(f"\n## {heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]
    lines = re.search(r"^\|.*\n\|[-|]+\|\n((?:\|.*\n)+)", body, re.M)
    assert lines is not None, f"{page}: no table under {heading}"
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[1].splitlines()]


def code(cell: str) -> str:
    """What stands between backticks; "" for an empty cell."""
    found = re.match(r"`([^`]*)`", cell)
    return found[1] if found else ""


def commands(group: click.Group, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its whole name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


# --- commands ---------------------------------------------------------------------------------------------------------


def test_every_command_and_option_is_in_the_manual() -> None:
    said = {}
    for usage in (code(row[0]) for row in rows("docs/operations.md", "Commands")):
        name = re.match(r"[a-z]+(?: [a-z]+)*", usage)
        assert name is not None, usage
        said[name[0]] = set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", usage))
    ours = {
        name: {option for item in command.params if isinstance(item, click.Option) for option in item.opts}
        for name, command in commands(cli)
    }
    known = {name: options for name, options in ours.items() if name not in FLASKS_OWN}
    assert said.keys() == ours.keys()
    assert {name: said[name] for name in known} == known


#: Flask's commands: named in the manual, their options are Flask's.
FLASKS_OWN = frozenset({"shell", "routes"})


def test_the_readme_names_every_command() -> None:
    said = {name for row in rows("README.md", "Commands") for name in re.findall(r"`([a-z]+)`", row[0])}
    assert said == set(cli.commands)


def test_every_command_has_help() -> None:
    assert [name for name, command in commands(cli) if not command.help] == []


# --- settings ---------------------------------------------------------------------------------------------------------


def test_every_setting_of_the_installation_is_in_the_manual() -> None:
    said = [
        (code(row[0]), code(row[1]), code(row[2]), row[3])
        for row in rows("docs/operations.md", "Settings of the installation")
    ]
    ours = []
    for item in SETTINGS:
        default = item.default
        shown = ",".join(default) if isinstance(default, tuple) else str(default)
        shown = str(default).lower() if isinstance(default, bool) else shown
        ours.append((item.name, item.variable, "data" if item.name == "data" else shown, item.en))
    assert said == ours


def test_every_setting_of_the_office_is_in_the_manual() -> None:
    said = {code(row[0]): code(row[1]) for row in rows("docs/operations.md", "What the office decides")}
    assert said == DEFAULTS


# --- roles and tables -------------------------------------------------------------------------------------------------


def test_every_role_is_in_the_manual() -> None:
    assert [(code(row[0]), row[1]) for row in rows("docs/security.md", "Roles")] == [
        (term.code, term.zh) for term in ROLES
    ]


def test_every_table_is_in_the_data_model() -> None:
    said = {code(row[0]): row[-1] for row in rows("docs/data-model.md", "Tables")}
    assert sorted(said) == list(said) == sorted(METADATA.tables)
    assert {name for name, mark in said.items() if mark == "append-only"} == set(guarded_tables())


# --- links and form ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_link_leads_somewhere(file: Path) -> None:
    links = [link.partition("#")[0] for link in _LINK.findall(file.read_text("utf-8"))]
    local = [link for link in links if link and "://" not in link]
    assert [link for link in local if not (file.parent / link).exists()] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_path_named_exists(file: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", file.read_text("utf-8"), flags=re.M | re.S)
    named = re.findall(r"`((?:risk_registry|tests|docs|migrations|templates|static|\.ci)/[\w./-]+)`", text)
    example = "migrations/versions/0002_jobs.py"
    assert [name for name in named if name != example and not (ROOT / name).exists()] == []


def test_every_page_is_reached_from_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert [page.name for page in PAGES[1:] if f"docs/{page.name}" not in text] == []


def test_the_first_screen_shows_what_it_is_and_how_to_start() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()[:_FIRST_SCREEN]
    for wanted in ("docs/pictures/", "python3 start.py", "python3 start.py test", "14件次"):
        assert any(wanted in line for line in lines), wanted


def test_pictures_are_small() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*"))
    assert [path.name for path in pictures if path.stat().st_size > 200 * 1024] == []
