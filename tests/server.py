"""The real server for tests: `risk-registry serve` in a process of its own, on a copy of prepared data.

Two sorts of data: the demo county (built once a run by `risk-registry demo`, `demo_data`), and the small cast of
`tests.registry` (`cast_data`), which also goes to PostgreSQL. Everything listens on 127.0.0.1 alone.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from risk_registry.accounts.passwords import make_hash
from risk_registry.config import PREFIX, ensure_secret
from risk_registry.db.engine import make_engine
from risk_registry.db.migrate import upgrade
from tests.postgres import APP, PostgresServer, Urls
from tests.registry import PASSWORD, opened_registry, populate

__all__ = ["PASSWORD", "Data", "Server", "cast_data", "copied", "demo_data", "running"]

ROOT = Path(__file__).resolve().parents[1]
#: Seconds a server may take from its start to its first answer, on a busy machine.
PATIENCE = 40.0


@dataclass(frozen=True)
class Data:
    """A data folder with a registry in it; ``url`` names the database where it is not the embedded one."""

    folder: Path
    url: str = ""
    urls: Urls | None = None

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a command that works on this data, with no setting left over from outside."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        kept["PYTHONUTF8"] = "1"
        if self.url:
            kept[f"{PREFIX}DATABASE_URL"] = self.url
        return kept

    @property
    def database_url(self) -> str:
        """The address of the database."""
        return self.url or f"sqlite:///{self.folder / 'registry.db'}"

    def run(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run one `risk-registry` command on the data and wait for it; the caller looks at the exit code."""
        return subprocess.run(
            self.command(*arguments), env=self.environ, cwd=ROOT, capture_output=True, text=True, timeout=timeout
        )

    def command(self, *arguments: str) -> list[str]:
        """The command line of a `risk-registry` command on the data."""
        return [sys.executable, "-m", "risk_registry.cli", "--data", str(self.folder), *arguments]


@dataclass
class Server:
    """A running server. ``address`` has no slash at its end."""

    data: Data
    threads: int = 4
    environ: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it wrote so far."""
        return (self.data.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it and wait for the first answer. Raises ``RuntimeError`` with its log when none comes."""
        self.port = self.port or free_port()
        command = self.data.command("serve", "--port", str(self.port), "--threads", str(self.threads))
        with (self.data.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env={**self.data.environ, **self.environ}, cwd=ROOT, stdout=log, stderr=log
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the server did not start:\n{self.log}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """End it as an administrator would."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """End it as a power cut of the process would: nothing of it runs on."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
            self.process.wait(20)
        self.process = None


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(data: Data, *, threads: int = 4, environ: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server on ``data``, ended at the end of the block."""
    server = Server(data, threads, environ or {})
    server.start()
    try:
        yield server
    finally:
        server.stop()


def make_demo(folder: Path) -> Data:
    """The demo county in an empty folder."""
    data = Data(folder)
    done = data.run("demo")
    if done.returncode:
        raise RuntimeError(f"risk-registry demo failed:\n{done.stdout}\n{done.stderr}")
    return data


def make_cast(folder: Path, urls: Urls | None = None) -> Data:
    """The county and cast of `tests.registry`, whose accounts sign in with ``PASSWORD``."""
    folder.mkdir(parents=True, exist_ok=True)
    ensure_secret(folder)
    data = Data(folder, urls.app if urls else "", urls)
    owner = make_engine(urls.owner if urls else data.database_url)
    upgrade(owner, application_role=APP if urls else None)
    owner.dispose()
    with opened_registry(data.database_url) as registry:
        populate(registry, make_hash(PASSWORD))
    return data


def copied(data: Data, folder: Path, postgres: PostgresServer | None = None) -> Data:
    """The same data once more, for a test that writes; no server may be running on ``data``."""
    shutil.copytree(data.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.log", "backups"))
    if data.urls is None:
        return Data(folder)
    assert postgres is not None
    urls = postgres.create_database(template=data.urls)
    return Data(folder, urls.app, urls)


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The demo county, made once; copy it before writing."""
    return make_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def cast_data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The small county on the embedded database, made once; copy it before writing."""
    return make_cast(tmp_path_factory.mktemp("cast"))


@pytest.fixture(scope="session")
def postgres_cast(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Data:
    """The small county on PostgreSQL, made once; copy it before writing."""
    return make_cast(tmp_path_factory.mktemp("cast-postgres"), postgres_server.create_database())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine_data(request: pytest.FixtureRequest, tmp_path: Path) -> Data:
    """A copy of the small county on either engine."""
    if request.param == "sqlite":
        return copied(request.getfixturevalue("cast_data"), tmp_path / "data")
    server = request.getfixturevalue("postgres_server")
    return copied(request.getfixturevalue("postgres_cast"), tmp_path / "data", server)


@pytest.fixture
def demo_server(demo_data: Data, tmp_path: Path) -> Iterator[Server]:
    """A server on a copy of the demo county."""
    with running(copied(demo_data, tmp_path / "data")) as server:
        yield server
