"""deploy/ starts the pages under gunicorn with PostgreSQL, as its units do: an owner upgrades, another role serves."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.http_client import Visitor, form_values
from tests.postgres import PostgresServer
from tests.server import Data, free_port

ROOT = Path(__file__).resolve().parents[2]
GUNICORN = Path(sys.executable).parent / "gunicorn"
FIRST, OWN = "correct horse battery staple", "another battery staple horse"
_PATIENCE = 60.0

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="gunicorn needs a Unix"),
]


@contextmanager
def gunicorn(data: Data, home: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """gunicorn with the very configuration of deploy/; its process and address."""
    port = free_port()
    environ = {name: value for name, value in data.environ.items() if not name.startswith("XDG_")}
    environ |= {
        "RISK_REGISTRY_DATA": str(data.folder),
        "GUNICORN_BIND": f"127.0.0.1:{port}",
        "GUNICORN_WORKERS": "2",
        "HOME": str(home),
    }
    command = [str(GUNICORN), "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "risk_registry:create_app()"]
    with (home / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(60)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """The first answer of ``/readyz``."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                assert answer.read() == b"ready\n"
                return
        except OSError:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.05)


def command(data: Data, *arguments: str, owner: str = "") -> str:
    """A command of the registry, by the owner's file of settings as well where ``owner`` is given; what it said."""
    environ = {**data.environ, **({"RISK_REGISTRY_MIGRATE_URL": owner} if owner else {})}
    done = subprocess.run(data.command(*arguments), env=environ, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_pages_under_gunicorn_with_postgresql(postgres_server: PostgresServer, tmp_path: Path) -> None:
    urls = postgres_server.create_database()
    data = Data(tmp_path / "data", urls.app)
    (tmp_path / "first.txt").write_text(FIRST + "\n", encoding="utf-8")
    office = ["--office", "示例县信访办公室", "--short", "示", "--region", "500229"]
    command(data, "init", *office, "--admin", "admin", "--password-file", str(tmp_path / "first.txt"), owner=urls.owner)
    assert "已是最新" in command(data, "upgrade", owner=urls.owner)
    log = tmp_path / "gunicorn.log"
    with gunicorn(data, tmp_path) as (process, address):
        wait_for(address, process, log)
        visitor = Visitor(address)
        visitor.sign_in("admin", FIRST)
        page = visitor.get("/password")
        changed = form_values(page.text, current_password=FIRST, new_password=OWN, repeat_password=OWN)
        assert visitor.post("/password", changed).status == 303
        desk = visitor.get("/")
        assert desk.status == 200
        assert "示例县信访办公室" in desk.text
        _static(address, desk.text)
        assert "PostgreSQL" in visitor.get("/admin/state").text
        _job(visitor, "/admin/state", "/admin/state/verify", "没有差异")
        _job(visitor, "/admin/backups", "/admin/backups/new", "核对无误")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text("utf-8")
    said = log.read_text("utf-8")
    assert "Booting worker" in said
    assert "Traceback" not in said
    # No socket through which the server could be steered.
    assert not list(tmp_path.rglob("gunicorn.ctl"))
    assert "已备份" in command(data, "backup", "--daily", owner=urls.owner)
    state = command(data, "check", owner=urls.owner)
    assert "分设两个账号" not in state


def _static(address: str, page: str) -> None:
    """Style and script of the page, to be kept for good."""
    parts = re.findall(r'(?:href|src)="(/static/[^"]+\?v=[^"]+)"', page)
    assert len(parts) >= 3
    for part in parts:
        with urllib.request.urlopen(address + part, timeout=30) as answer:
            assert answer.status == 200
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.read()


def _job(visitor: Visitor, page: str, action: str, expected: str) -> None:
    """Long work asked for on a page runs beside the workers."""
    answer = visitor.post(action, form_values(visitor.get(page).text))
    assert answer.status == 303, answer.text[:500]
    deadline = time.monotonic() + _PATIENCE
    while 'data-progress="over"' not in (shown := visitor.get(answer.location).text):
        assert time.monotonic() < deadline, shown
        time.sleep(0.05)
    assert expected in shown, shown
