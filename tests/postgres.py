"""A private PostgreSQL for the tests: Debian's server program, a Unix socket in a temporary folder, gone afterwards.

Import `postgres_server` into a conftest; a test marked `postgres` asks it for fresh databases::

    urls = postgres_server.create_database()
    create_engine(urls.owner)   # migrates
    create_engine(urls.app)     # serves
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import sql

from tests.requirement import missing

OWNER, APP = "registry_owner", "registry_app"
# The cluster holds nothing worth keeping; durability of PostgreSQL itself is not what the tests are about.
SETTINGS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=200", "timezone=UTC")


class Urls(NamedTuple):
    """One database seen by its two roles: the one that owns the tables and the one the application uses."""

    owner: str
    app: str


class PostgresServer:
    """A running cluster that hands out databases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def create_database(self, template: Urls | None = None) -> Urls:
        """Create a database owned by `registry_owner`, empty or a copy of `template` (which nobody may be using)."""
        name = f"registry_{next(self._numbers)}"
        source = template.owner.partition("@/")[2].partition("?")[0] if template else "template0"
        with self._superuser() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(source)
                )
            )
        return Urls(self._url(OWNER, name), self._url(APP, name))

    def drop_database(self, urls: Urls) -> None:
        """Drop a database and end its connections."""
        name = urls.owner.partition("@/")[2].partition("?")[0]
        with self._superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def create_roles(self) -> None:
        """Create the owner's and the application's role, neither of them a superuser."""
        with self._superuser() as connection:
            for role in (OWNER, APP):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))

    @contextmanager
    def may_create_databases(self, role: str) -> Iterator[None]:
        """Let a role create databases for a while."""
        with self._superuser() as connection:
            connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(role)))
        try:
            yield
        finally:
            with self._superuser() as connection:
                connection.execute(sql.SQL("ALTER ROLE {} NOCREATEDB").format(sql.Identifier(role)))

    def _superuser(self) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self._folder), dbname="postgres", user="postgres", autocommit=True)

    def _url(self, role: str, name: str) -> str:
        return f"postgresql+psycopg://{role}@/{name}?host={self._folder}"


def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`, of the newest version; ``None`` where PostgreSQL is absent."""
    if os.name == "nt":
        return None  # no Unix sockets to hide it behind
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    on_path = shutil.which("pg_ctl")
    return Path(on_path).resolve().parent if on_path else None


def _run(command: list[str | Path], user: str | None) -> None:
    # Output goes to a file: the server inherits it, and a pipe would stay open as long as the server runs.
    with tempfile.TemporaryFile() as output:
        groups: list[str] | None = [] if user else None
        result = subprocess.run(
            command, cwd="/", stdout=output, stderr=output, user=user, group=user, extra_groups=groups
        )
        if result.returncode:
            output.seek(0)
            text = output.read().decode(errors="replace")
            raise RuntimeError(f"{command[0]} failed with exit code {result.returncode}:\n{text}")


@contextmanager
def cluster() -> Iterator[PostgresServer]:
    """A cluster of its own; skips, or fails when PostgreSQL is required, where the program is absent."""
    found = programs()
    if found is None:
        missing("postgres", "PostgreSQL is not installed (Debian: apt install postgresql)")
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="risk-registry-pg-"))
    data = folder / "data"
    try:
        if user:
            shutil.chown(folder, user)
        initdb: list[str | Path] = [found / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust"]
        _run([*initdb, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"], user)
        options = " ".join(f"-c {setting}" for setting in (*SETTINGS, f"unix_socket_directories={folder}"))
        control: list[str | Path] = [found / "pg_ctl", "--pgdata", data, "--wait", "--timeout=60"]
        _run([*control, "--log", folder / "log", "--options", options, "start"], user)
        try:
            server = PostgresServer(folder)
            server.create_roles()
            yield server
        finally:
            _run([*control, "--mode=immediate", "stop"], user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The cluster of this test run."""
    with cluster() as found:
        yield found
