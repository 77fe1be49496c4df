"""Commands run in this process, on a folder, by a clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from risk_registry.cli import cli
from risk_registry.commands.operator import Operator
from risk_registry.db.clock import FixedClock
from tests.server import Data, copied


@dataclass
class Commands:
    """`risk-registry` on one data folder."""

    folder: Path
    clock: FixedClock

    def run(self, *arguments: str) -> Result:
        """Run a command; the caller looks at exit code and output."""
        operator = Operator(clock=self.clock)
        return CliRunner().invoke(cli, ["--data", str(self.folder), *arguments], obj=operator)

    def good(self, *arguments: str) -> str:
        """Run a command that must succeed; what it printed."""
        result = self.run(*arguments)
        assert result.exit_code == 0, (arguments, result.output, result.exception)
        return result.stdout

    def json(self, *arguments: str) -> dict[str, Any]:
        """The one object that a command prints with ``--json``."""
        found: dict[str, Any] = json.loads(self.good(*arguments, "--json"))
        return found

    def refused(self, *arguments: str) -> str:
        """Run a command that must be refused: exit 1, a reason on standard error, no traceback."""
        result = self.run(*arguments)
        assert result.exit_code == 1, (arguments, result.output)
        assert "Traceback" not in result.output
        return result.stderr


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the shell that runs the tests must not reach the commands."""
    for name in ("DATA", "DATABASE_URL", "MIGRATE_URL", "SECRET_KEY", "DEMO"):
        monkeypatch.delenv(f"RISK_REGISTRY_{name}", raising=False)


@pytest.fixture
def fresh(tmp_path: Path) -> Commands:
    """Commands on a folder that does not exist yet."""
    return Commands(tmp_path / "data", FixedClock(date(2026, 3, 2)))


@pytest.fixture
def demo(demo_data: Data, tmp_path: Path) -> Commands:
    """Commands on a copy of the demo county."""
    return Commands(copied(demo_data, tmp_path / "demo").folder, FixedClock(date(2026, 12, 1)))


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    """A file with a first password."""
    file = tmp_path / "password"
    file.write_text("correct horse battery staple\n", encoding="utf-8")
    return file


@pytest.fixture
def founded(fresh: Commands, password_file: Path) -> Commands:
    """Commands on a registry just begun."""
    fresh.good(*init_arguments(password_file))
    return fresh


def init_arguments(password_file: Path, **changes: str) -> list[str]:
    """The command line of ``init``."""
    options = {"office": "示例县信访办公室", "short": "示", "region": "500229", "admin": "admin"} | changes
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return ["init", *words, "--password-file", str(password_file)]
