"""``serve``: the web application behind waitress, with a daily backup beside it."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from dataclasses import replace
from types import FrameType
from typing import Any

import click
from flask import Flask
from waitress.server import create_server

from risk_registry import create_app
from risk_registry.commands.operator import Operator, operator
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.demo.people import SIGN_IN
from risk_registry.settings.queries import settings
from risk_registry.upkeep.backup import backup_due, daily_backup
from risk_registry.web import logs
from risk_registry.web.requests import is_loopback

_log = logging.getLogger(__name__)
#: Seconds between two looks whether a backup is due.
_EVERY = 600.0


@click.command("serve", help="启动网页服务，每天自动备份 (serve the pages; backs up daily).")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 (address).")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口 (port).")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="线程数 (threads).")
def serve(host: str, port: int, threads: int) -> None:
    """Upgrade the embedded database, then serve until told to stop."""
    logs.configure(sys.stderr)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    owner = operator()
    with owner.reading() as session:
        demo = owner.config.demo or settings(session).on("demo")
    if demo and not is_loopback(host):
        raise Refused.one("host", N_("演示模式只能在本机访问，请不要用 --host %(host)s"), host=host)
    app = create_app(replace(owner.config, demo=demo), clock=owner.clock)
    if demo:
        app.config["DEMO_ACCOUNTS"] = SIGN_IN
    stopped = threading.Event()
    keeper = threading.Thread(target=_keep, args=(owner, stopped), name="daily-backup", daemon=True)
    try:
        server = make_server(app, owner.config.proxies, host=host, port=port, threads=threads)
    except OSError as error:
        raise Refused.one(
            "port", N_("无法监听 %(host)s:%(port)s：%(error)s"), host=host, port=port, error=error
        ) from None
    signal.signal(signal.SIGTERM, _stop)
    keeper.start()
    click.echo(f"已启动，请访问 http://{_address(host)}:{port} ，按 Ctrl+C 停止（serving）")
    try:
        server.run()
    finally:
        stopped.set()
        server.close()
        keeper.join(timeout=60)
    click.echo("已停止（stopped）")


def make_server(app: Flask, proxies: int, *, host: str, port: int, threads: int) -> Any:
    """The server; what proxies say of the visitor reaches the application only where there are proxies to say it."""
    return create_server(
        app, host=host, port=port, threads=threads, ident="", clear_untrusted_proxy_headers=not proxies
    )


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Waitress answers what it has begun, then ends."""
    raise SystemExit(0)


def _address(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _keep(owner: Operator, stopped: threading.Event) -> None:
    """Once a day, while the server runs; a failure is logged and tried again, it never ends the service."""
    while not stopped.is_set():
        back_up_if_due(owner)
        stopped.wait(_EVERY)


def back_up_if_due(owner: Operator) -> None:
    """Make the backup of this day unless it is there. Nothing that goes wrong ends the thread that calls this."""
    try:
        if backup_due(owner.config.data, owner.clock.now()):
            file = daily_backup(owner.source(), owner.clock.now())
            _log.info("daily backup written: %s", file)
    except Exception:
        _log.exception("the daily backup failed")
