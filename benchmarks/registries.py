"""Large registries to measure on, both engines, each with a reader signed in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from risk_registry import config, create_app
from risk_registry.accounts.operations import create_account
from risk_registry.accounts.passwords import make_hash
from risk_registry.casefile.projection import attach
from risk_registry.core.actors import Actor
from risk_registry.db.clock import FixedClock
from risk_registry.db.engine import make_engine
from risk_registry.db.migrate import upgrade
from risk_registry.db.work import make_sessions, writing
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import by_code
from risk_registry.upkeep.sample import fill
from tests.postgres import cluster

ACCOUNT, PASSWORD = "reader", "measure-what-you-claim"
TODAY = date(2026, 11, 23)
_OPERATOR = Actor("cli", None, "cli:benchmark", None, "", frozenset())
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Place:
    """A registry of so many lines, its application and a signed-in reader."""

    lines: int
    app: Flask
    client: FlaskClient
    postmaster: int = 0

    def server_cpu(self) -> float:
        """CPU seconds of the database server's processes so far; zero for the embedded database."""
        if not self.postmaster:
            return 0.0
        total = 0
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                except OSError:
                    continue
                if int(fields[1]) == self.postmaster:
                    total += int(fields[11]) + int(fields[12])
        return total / _TICKS


def build(url: str, lines: int, *, versions: int) -> None:
    """Migrate, fill and add the reader: scope "own organisation and below", of the organisation on top of all."""
    engine = make_engine(url)
    upgrade(engine)
    clock = FixedClock(TODAY)
    sessions = make_sessions(engine, clock, attach)
    fill(sessions, lines, seed=1, versions=versions, until=TODAY)
    clock.set(TODAY)
    with writing(sessions) as session:
        top = by_code(session, "city")
        assert isinstance(top, Organisation)
        create_account(
            session,
            _OPERATOR,
            name=ACCOUNT,
            password_hash=make_hash(PASSWORD),
            organisation=top,
            roles=("leader",),
            scope="subtree",
            must_change_password=False,
        )
    if engine.dialect.name == "postgresql":
        # What autovacuum would have done by the time anybody reads.
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def opened(url: str, folder: Path, lines: int, postmaster: int = 0) -> Place:
    """The application on a built registry, with the reader signed in."""
    folder.mkdir(parents=True, exist_ok=True)
    config.ensure_secret(folder)
    settings = config.load(data=folder, environ={f"{config.PREFIX}DATABASE_URL": url})
    app = create_app(settings, clock=FixedClock(TODAY))
    client = app.test_client()
    page = client.get("/login").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    answer = client.post("/login", data={"name": ACCOUNT, "password": PASSWORD, "csrf_token": token[1]})
    assert answer.status_code == 303, answer.status_code
    return Place(lines, app, client, postmaster)


@contextmanager
def places(engine: str, sizes: tuple[int, ...], folder: Path, *, versions: int = 3) -> Iterator[list[Place]]:
    """A registry of each size on ``engine``."""
    if engine == "sqlite":
        made = []
        for size in sizes:
            url = f"sqlite:///{folder / f'{size}.db'}"
            build(url, size, versions=versions)
            made.append(opened(url, folder / str(size), size))
        yield made
        return
    with cluster() as server:
        made = []
        for size in sizes:
            url = server.create_database().owner
            build(url, size, versions=versions)
            found = make_engine(url)
            with found.connect() as connection:
                pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
                parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
            found.dispose()
            made.append(opened(url, folder / str(size), size, postmaster=parent))
        yield made
