"""The package list, the requirement files and the folders on disk say the same."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

from risk_registry import paths

ROOT = Path(__file__).resolve().parents[2]
BESIDE = ("migrations", "static", "templates")


@pytest.fixture(scope="module")
def settings() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def pins(name: str) -> dict[str, str]:
    """The pinned version of every package in a requirements file."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([a-z0-9-]+(?:\[[a-z]+\])?)==(\S+)", line) for line in lines)
    return {match[1].partition("[")[0]: match[2] for match in found if match}


def test_every_package_on_disk_is_listed(settings: configparser.ConfigParser) -> None:
    listed = set(settings["options"]["packages"].split())
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "risk_registry").rglob("*.py")} | {
        f"risk_registry.{name}" for name in BESIDE
    }
    assert listed == found


def test_every_package_on_disk_says_what_it_is() -> None:
    folders = {path.parent for path in (ROOT / "risk_registry").rglob("*.py")}
    silent = [str(folder) for folder in folders if not (folder / "__init__.py").read_text("utf-8").startswith('"""')]
    assert silent == []


def test_every_file_beside_the_code_matches_a_package_data_pattern(settings: configparser.ConfigParser) -> None:
    data = settings["options.package_data"]
    missed = []
    for name in BESIDE:
        patterns = [item.strip() for item in f"{data['*']}, {data[f'risk_registry.{name}']}".split(",")]
        shipped = {path for pattern in patterns for path in (ROOT / name).glob(pattern)}
        files = {path for path in (ROOT / name).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
        missed += [str(path.relative_to(ROOT)) for path in files - shipped]
    assert missed == []


@pytest.mark.parametrize("name", BESIDE)
def test_folder_is_found_beside_the_package_in_a_checkout(name: str) -> None:
    assert paths.folder(name) == ROOT / name


def test_folder_inside_the_package_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "risk_registry" / "static").mkdir(parents=True)
    (tmp_path / "static").mkdir()
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "risk_registry")
    assert paths.folder("static") == tmp_path / "risk_registry" / "static"
    assert paths.folder("templates") == tmp_path / "templates"
    with pytest.raises(FileNotFoundError, match="migrations"):
        paths.folder("migrations")
    assert paths.checkout() is None


def test_checkout_is_known() -> None:
    assert paths.checkout() == ROOT


def test_all_requirements_hold_the_same_versions() -> None:
    core, server, test = (pins(f"requirements{name}.txt") for name in ("", "-server", "-test"))
    assert {"flask", "sqlalchemy", "setuptools", "wheel"} <= core.keys()
    assert {"psycopg", "gunicorn"} <= server.keys()
    assert {name: server.get(name) for name in core} == core
    assert {name: test.get(name) for name in server} == server


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-server.txt", "requirements-test.txt"])
def test_requirements_name_no_machine_and_pin_every_line(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|find-links|index-url|(^|\s)/", text, re.M)
    starts = re.findall(r"^[a-z0-9].*(?:\n {4}--hash=sha256:[0-9a-f]{64}.*)+", text, re.M)
    assert len(starts) == len(re.findall(r"^[a-z0-9]", text, re.M)) > 20


def test_declared_dependencies_are_pinned(settings: configparser.ConfigParser) -> None:
    extras = settings["options.extras_require"]
    for file, text in (
        ("requirements.txt", settings["options"]["install_requires"]),
        ("requirements-server.txt", settings["options"]["install_requires"] + extras["postgres"]),
        ("requirements-test.txt", "".join(extras[name] for name in ("postgres", "fast", "test"))),
    ):
        names = {re.split(r"[\[><=;]", line)[0].strip().lower() for line in text.splitlines() if line.strip()}
        assert names <= pins(file).keys()
