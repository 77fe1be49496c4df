"""A database copied whole at one moment, while a service goes on writing, and looked through before it is used."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, func, inspect, make_url, select, table, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from risk_registry.audit.chain import Break
from risk_registry.audit.queries import breaks, head
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db import migrate
from risk_registry.db.engine import sqlite_module

#: Rows of the search index are made from the lines; its own shadow tables differ between engines.
_NOT_COUNTED = "line_search"


@dataclass(frozen=True)
class Content:
    """What a copy holds: schema revision, head of the event chain, rows of every table."""

    schema: str
    seq: int
    digest: str
    counts: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return {"schema": self.schema, "head": {"seq": self.seq, "digest": self.digest}, "counts": self.counts}


def content_of(connection: Connection) -> Content:
    """What the database shows to this connection. Raises ``Refused`` where the event chain does not hold."""
    with Session(connection) as session:
        found = breaks(session)
        if found:
            raise broken_chain(found[0])
        seq, digest = head(session)
    names = sorted(name for name in inspect(connection).get_table_names() if not name.startswith(_NOT_COUNTED))
    counts = {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
    return Content(migrate.current(connection) or "", seq, digest, counts)


def broken_chain(found: Break) -> Refused:
    """The refusal that names the first place where the chain breaks."""
    return Refused.one("", N_("操作日志第%(seq)s条起与校验链不符：%(fault)s"), seq=found.seq, fault=found.fault)


def copy_embedded(engine: Engine, target: Path) -> None:
    """Copy the embedded database into a new file, whole, as of one moment (``VACUUM INTO``).

    Raises ``Refused`` when the database cannot be read or the copy not be written (no space, no right).
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    driver = sqlite_module()
    try:
        with contextlib.closing(driver.connect(engine.url.database, timeout=30.0, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except driver.Error as error:
        raise Refused.one("", N_("数据库未能复制到“%(file)s”：%(fault)s"), file=target, fault=error) from None
    sync(target)


@contextmanager
def opened(file: Path) -> Iterator[Connection]:
    """A copied database, opened so that nothing is written to it or beside it."""
    address = f"sqlite:///file:{quote(str(file.absolute()))}?mode=ro&immutable=1&uri=true"
    engine = create_engine(address, module=sqlite_module())
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def examined(file: Path) -> Content:
    """What an embedded copy holds. Raises ``Refused`` when the file is damaged, rows lack their parents, or the chain
    is broken.
    """
    with opened(file) as connection:
        try:
            said = connection.execute(text("PRAGMA integrity_check(1)")).scalar_one()
            orphans = connection.execute(text("PRAGMA foreign_key_check")).first()
        except sqlite_module().DatabaseError as error:
            said, orphans = error, None
        if said != "ok":
            raise Refused.one("", N_("数据库文件已损坏：%(fault)s"), fault=said)
        if orphans is not None:
            raise Refused.one("", N_("数据表“%(table)s”中有记录缺少所属记录"), table=orphans[0])
        return content_of(connection)


def dump_postgresql(engine: Engine, url: str, target: Path) -> Content:
    """Dump with ``pg_dump`` from the very snapshot whose content is returned."""
    program = postgresql_program("pg_dump")
    with engine.connect() as connection, connection.begin():
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        run_postgresql([program, "--format=custom", f"--snapshot={snapshot}", f"--file={target}"], url)
        found = content_of(connection)
    sync(target)
    return found


def postgresql_program(name: str) -> str:
    """Path of a PostgreSQL client program. Raises ``Refused`` naming what to install."""
    found = shutil.which(name)
    if found is None:
        newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
        found = str(newest[-1]) if newest else None
    if found is None:
        raise Refused.one("", N_("找不到程序 %(name)s，请先安装 postgresql-client"), name=name)
    return found


def run_postgresql(command: list[str], url: str | None) -> None:
    """Run a client program, on a database when ``url`` names one; a password goes by the environment, never by the
    command line, which others can read.
    """
    settings = dict(os.environ)
    if url is not None:
        address = make_url(url)
        command = [*command, f"--dbname={_plain(address)}"]
        if address.password:
            settings["PGPASSWORD"] = str(address.password)
    result = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    if result.returncode:
        last = result.stderr.strip().splitlines()[-1:] or [str(result.returncode)]
        raise Refused.one("", N_("%(name)s 未成功：%(fault)s"), name=Path(command[0]).name, fault=last[0])


def _plain(address: URL) -> str:
    bare = address.set(drivername="postgresql")
    return URL.create(
        bare.drivername, bare.username, None, bare.host, bare.port, bare.database, bare.query
    ).render_as_string(hide_password=False)


def sync(path: Path) -> None:
    """Force a file or the entries of a folder to disk; a folder cannot be on Windows."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
