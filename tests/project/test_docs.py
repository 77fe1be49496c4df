"""Every page and the code name the same commands, settings, roles, tables and routes, and links lead somewhere."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from werkzeug.routing import Rule as Route

from risk_registry.cli import cli
from risk_registry.config import SETTINGS
from risk_registry.core.vocabulary import ROLES
from risk_registry.db.guards import guarded_tables
from risk_registry.settings.queries import DEFAULTS
from risk_registry.tables import METADATA
from tests import route_table
from tests.server import ROOT

READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [*READMES, *sorted((ROOT / "docs").glob("*.md"))]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
#: A call of the program. Elsewhere the name is that of a service, a user or a folder.
_CALL = re.compile(r"(?:^ *|/bin/|\\Scripts\\|upgrade +)risk-registry(?:\.exe)? +(?:--data \S+ +)?([a-z].*)")
#: Lines that show without scrolling.
_FIRST_SCREEN = 45
#: Where addresses in backticks are folders of a machine, not pages.
_FOLDERS = ("/srv", "/etc", "/opt", "/var", "/data", "/run", "/media", "/path")


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


@pytest.mark.parametrize(("page", "heading"), [("README.md", "Commands"), ("README.zh-CN.md", "命令")])
def test_the_readme_names_every_command(page: str, heading: str) -> None:
    said = {name for row in rows(page, heading) for name in re.findall(r"`([a-z]+)`", row[0])}
    assert said == set(cli.commands)


def called(text: str) -> Iterator[list[str]]:
    """What stands behind `risk-registry` on the command lines of a page, in blocks and in backticks."""
    blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S)).replace("\\\n", " ")
    lines = [*blocks.splitlines(), *re.findall(r"`(risk-registry [^`]+)`", text)]
    for line in lines:
        found = _CALL.search(line)
        if found:
            yield [word.strip('"') for word in found[1].split()]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_command_lines_can_be_typed(file: Path) -> None:
    known = dict(commands(cli))
    for words in called(file.read_text("utf-8")):
        name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        assert name in known, f"{file.name}: {words}"
        options = {option for item in known[name].params if isinstance(item, click.Option) for option in item.opts}
        assert [word for word in words if word.startswith("--") and word not in options] == [], f"{file.name}: {words}"


def test_command_lines_are_found() -> None:
    found = [words[0] for page in PAGES for words in called(page.read_text("utf-8"))]
    assert {"init", "serve", "org", "user", "backup", "restore", "verify", "upgrade"} <= set(found)


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


# --- routes -----------------------------------------------------------------------------------------------------------


def test_every_route_stands_with_its_roles(tmp_path: Path) -> None:
    """Written anew by `python -m tests.route_table`."""
    written = route_table.table(route_table.site(tmp_path))
    assert written in (ROOT / "docs" / "security.md").read_text("utf-8")
    assert len(written.splitlines()) == len({rule.endpoint for rule in _routes(tmp_path)}) + 2


def _routes(folder: Path) -> list[Route]:
    return list(route_table.site(folder).url_map.iter_rules())


def test_addresses_in_the_text_are_pages(tmp_path: Path) -> None:
    patterns = [re.compile(re.sub(r"<[^>]+>", "[^/]+", str(route)) + "$") for route in _routes(tmp_path)]
    for page in PAGES:
        text = re.sub(r"^```.*?^```$|^\|.*\|$", "", page.read_text("utf-8"), flags=re.M | re.S)
        named = re.findall(r"`(/[a-z][\w/.-]*)`", text)
        pages = [address for address in named if not address.startswith(_FOLDERS)]
        assert [address for address in pages if not any(pattern.match(address) for pattern in patterns)] == [], page


# --- ASVS -------------------------------------------------------------------------------------------------------------

#: Sections of each chapter of OWASP ASVS 5.0.
_SECTIONS = (5, 4, 7, 4, 4, 8, 6, 4, 2, 7, 7, 3, 4, 3, 4, 5, 3)
_STATES = frozenset({"met", "partly", "not met", "not applicable"})


def asvs() -> list[list[str]]:
    """The rows of every chapter."""
    text = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    return [row for heading in re.findall(r"^## (V\d+ .*)$", text, re.M) for row in rows("docs/asvs.md", heading)]


def test_every_section_of_asvs_is_answered() -> None:
    wanted = [f"V{chapter}.{n}" for chapter, count in enumerate(_SECTIONS, start=1) for n in range(1, count + 1)]
    assert [row[0].split()[0] for row in asvs()] == wanted
    assert {row[1] for row in asvs()} == _STATES


def test_what_is_not_met_is_said_by_its_number() -> None:
    """A section that is not wholly met names a requirement of its own."""
    unsaid = []
    for title, state, reason in asvs():
        number = re.escape(title.split()[0].removeprefix("V"))
        if state in ("partly", "not met") and not re.search(rf"\b{number}\.\d+\b", reason):
            unsaid.append(title)
        assert reason, title
    assert unsaid == []


# --- packages ---------------------------------------------------------------------------------------------------------


def test_the_import_order_is_the_one_that_is_enforced() -> None:
    found = configparser.ConfigParser()
    found.read(ROOT / "setup.cfg", "utf-8")
    enforced = re.findall(r"[a-z_]+", found["importlinter:contract:order"]["layers"])
    said = [name for row in rows("docs/architecture.md", "Import order") for name in re.findall(r"`([a-z]+)`", row[0])]
    assert said == enforced


def test_both_readmes_place_every_package() -> None:
    packages = {path.parent.name for path in (ROOT / "risk_registry").glob("*/__init__.py")}
    for readme in READMES:
        said = set(re.findall(r"([a-z_]+)/", readme.read_text("utf-8")))
        assert packages - said == {"demo"}, readme.name


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


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_links_within_a_page_lead_to_its_headings(file: Path) -> None:
    text = file.read_text("utf-8")
    headings = {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, re.M)
    }
    assert [link for link in _LINK.findall(text) if link.startswith("#") and link[1:] not in headings] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda file: file.name)
def test_every_page_is_reached_from_the_readme(readme: Path) -> None:
    text = readme.read_text("utf-8")
    docs = [page.name for page in PAGES if page not in READMES]
    assert [name for name in docs if f"docs/{name}" not in text] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda file: file.name)
def test_the_first_screen_shows_what_it_is_and_how_to_start(readme: Path) -> None:
    lines = readme.read_text("utf-8").splitlines()[:_FIRST_SCREEN]
    for wanted in ("docs/pictures/", "python3 start.py", "python3 start.py test", "14件次"):
        assert any(wanted in line for line in lines), wanted


def test_pictures_are_small() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*"))
    assert [path.name for path in pictures if path.stat().st_size > 200 * 1024] == []
