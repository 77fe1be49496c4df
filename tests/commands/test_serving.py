"""``serve``: loopback alone in the demo, a backup a day, an end without haste."""

from __future__ import annotations

import signal
import threading
import time
import urllib.request
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from risk_registry.commands.operator import Operator
from risk_registry.commands.serving import back_up_if_due, make_server
from risk_registry.db.clock import FixedClock
from risk_registry.db.engine import sqlite_module
from risk_registry.upkeep.backup import open_backup
from tests.commands.conftest import Commands
from tests.server import Data, copied, running


def test_the_demo_serves_its_accounts_backs_up_and_stops(demo_data: Data, tmp_path: Path) -> None:
    data = copied(demo_data, tmp_path / "data")
    with running(data) as server:
        with urllib.request.urlopen(f"{server.address}/login", timeout=30) as answer:
            page = answer.read().decode()
        assert "shili-demo-2024" in page
        assert "演示系统" in page
        deadline = time.monotonic() + 30
        while not (found := list((data.folder / "backups").glob("registry-*.zip"))):
            assert time.monotonic() < deadline, server.log
            time.sleep(0.05)
        assert open_backup(found[0]).manifest["counts"]["assessment"] > 20
        process = server.process
        assert process is not None
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert "已停止" in server.log


def test_the_demo_is_for_this_machine_alone(demo: Commands) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.7", "registry.example"):
        assert "只能在本机访问" in demo.refused("serve", "--host", host)


def test_a_backup_that_fails_does_not_end_the_service(
    demo: Commands, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    operator = Operator(clock=FixedClock(date(2026, 12, 1)))
    operator.folder = demo.folder
    for fault in (OSError(28, "No space left on device"), sqlite_module().OperationalError("disk I/O error")):
        caplog.clear()
        monkeypatch.setattr("risk_registry.commands.serving.daily_backup", _failing(fault))
        back_up_if_due(operator)
        assert "the daily backup failed" in caplog.text
    operator.close()


def _failing(fault: Exception) -> Callable[..., None]:
    def fail(*_arguments: object) -> None:
        raise fault

    return fail


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "192.0.2.7")])
def test_a_visitor_is_known_by_what_a_trusted_proxy_says_of_him(proxies: int, seen: str) -> None:
    """Without a proxy in front, whoever writes such a header must not be believed; with one, it must arrive."""
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: str(request.remote_addr))
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies)  # type: ignore[method-assign]
    server = make_server(app, proxies, host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        asked = urllib.request.Request(f"http://127.0.0.1:{server.effective_port}/")
        asked.add_header("X-Forwarded-For", "192.0.2.7")
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert answer.read().decode() == seen
    finally:
        server.close()
