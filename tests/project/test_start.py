"""`start.py` on its own: what it says, and what it refuses to lose."""

from __future__ import annotations

import importlib.util
import json
import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module of its own, which no other test shares."""
    spec = importlib.util.spec_from_file_location("start_under_test", ROOT / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def commands(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The `risk-registry` commands it ran, instead of running them."""
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr(start, "run", lambda _data, *arguments: seen.append(arguments))
    return seen


def test_says_which_debian_package_is_missing(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name))
    monkeypatch.setattr(start, "PYTHON", tmp_path / "python")
    with pytest.raises(SystemExit) as stopped:
        start.install(test=False)
    assert stopped.value.code == 1
    assert "sudo apt install python3-venv" in capsys.readouterr().err


def test_installs_nothing_twice(start: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(start, "STAMP", tmp_path / "installed.json")
    monkeypatch.setattr(start, "version_in_venv", lambda: "3.11.2")
    monkeypatch.setattr(start, "pip_install", lambda *arguments: calls.append(arguments))
    start.install(test=False)
    assert [call[-1] for call in calls] == ["requirements.txt", "."]
    assert "--require-hashes" in calls[0]
    start.install(test=False)
    assert len(calls) == 2
    start.install(test=True)
    assert [call[-1] for call in calls[2:]] == ["requirements-test.txt"]
    start.install(test=True)
    start.install(test=False)
    assert len(calls) == 3
    known = json.loads((tmp_path / "installed.json").read_text(encoding="utf-8"))
    (tmp_path / "installed.json").write_text(json.dumps(known | {"requirements.txt": "old"}), encoding="utf-8")
    start.install(test=False)
    assert [call[-1] for call in calls[3:]] == ["requirements.txt"]


def test_a_moved_checkout_is_installed_again(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(start, "STAMP", tmp_path / "installed.json")
    monkeypatch.setattr(start, "version_in_venv", lambda: "3.11.2")
    monkeypatch.setattr(start, "pip_install", lambda *arguments: calls.append(arguments))
    start.install(test=False)
    for name in ("requirements.txt", "requirements-test.txt", "setup.cfg", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(start, "ROOT", tmp_path)
    start.install(test=False)
    assert [call[-1] for call in calls[2:]] == ["."]


def test_demo_is_loaded_once(start: ModuleType, commands: list[tuple[str, ...]], tmp_path: Path) -> None:
    start.load_demo(tmp_path)
    assert commands == [("demo",)]
    (tmp_path / "registry.db").write_bytes(b"kept")
    start.load_demo(tmp_path)
    assert commands == [("demo",)]
    assert (tmp_path / "registry.db").read_bytes() == b"kept"


def test_a_demo_broken_off_is_put_aside_not_deleted(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(data: Path, *_arguments: str) -> None:
        (data / "registry.db").write_bytes(b"half")
        raise SystemExit(1)

    monkeypatch.setattr(start, "run", broken)
    with pytest.raises(SystemExit):
        start.load_demo(tmp_path)
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr(start, "run", lambda _data, *arguments: seen.append(arguments))
    start.load_demo(tmp_path)
    assert seen == [("demo",)]
    assert [path.read_bytes() for path in tmp_path.glob("interrupted-*/registry.db")] == [b"half"]


def test_a_taken_port_is_said_before_anything_is_installed(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "install", lambda **_options: pytest.fail("installed first"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit):
            start.main(["--port", str(port)])
    assert f"--port {port + 1}" in capsys.readouterr().err


def test_no_serve_runs_the_three_commands(
    start: ModuleType, commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(start, "install", lambda **_options: None)
    start.main(["--no-serve", "--data", str(tmp_path / "data")])
    ledger = str(tmp_path / "data" / "ledger-2024.xlsx")
    assert commands == [
        ("demo",),
        ("export", "--year", "2024", "-o", ledger),
        ("counts", "--year", "2024", "--text"),
    ]


def test_test_passes_its_arguments_on(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(start, "install", lambda **_options: None)
    monkeypatch.setattr(start, "replace_by", lambda command, _settings: seen.append(command))
    start.main(["test", "-k", "one or two"])
    assert seen[0][1:] == ["-m", "pytest", "-k", "one or two"]
    start.main(["test", "--install-only"])
    assert len(seen) == 1
