"""Who works at the command line, on which data folder: the context object of every command."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

from risk_registry import create_app
from risk_registry.accounts.cli import find_user
from risk_registry.accounts.models import Account
from risk_registry.accounts.queries import actor_for
from risk_registry.accounts.scope import EVERYTHING, Scope, scope_of
from risk_registry.assessments.act import Act
from risk_registry.casefile.projection import attach
from risk_registry.config import Config, load
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import OFFICE_ROLES
from risk_registry.db import migrate
from risk_registry.db.clock import Clock, SystemClock, today
from risk_registry.db.engine import make_engine
from risk_registry.db.work import Sessions, make_sessions, reading, writing
from risk_registry.settings.queries import settings
from risk_registry.upkeep import backup


class Operator(ScriptInfo):
    """The local operator. Settings, engine and application are made when a command first asks for them."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        super().__init__(create_app=self._make_app, set_debug_flag=False, load_dotenv_defaults=False)
        self.clock: Clock = clock or SystemClock()
        self.folder: Path | None = None
        self._known: Config | None = None

    @property
    def config(self) -> Config:
        """The effective settings. Raises ``SettingError``."""
        if self._known is None:
            self._known = load(data=self.folder)
        return self._known

    def forget_settings(self) -> None:
        """Read the settings anew: a key was made."""
        self._known = None

    def _make_app(self) -> Flask:
        self.require_registry()
        return create_app(self.config, clock=self.clock)

    @cached_property
    def actor(self) -> Actor:
        """``cli:OSUSER`` with the rights of the filing office."""
        return Actor("cli", None, f"cli:{_system_user()}", None, "", OFFICE_ROLES)

    def actor_as(self, session: Session, account: str | None) -> Actor:
        """The operator, or the account that ``--as`` names. Raises ``Refused`` for an unknown one."""
        return self.actor if account is None else actor_for(find_user(session, account))

    def act(self, session: Session, account: str | None = None) -> Act:
        """What surrounds an operation: who, today, under which settings."""
        return Act(self.actor_as(session, account), today(self.clock), settings(session))

    def scope(self, session: Session, account: str | None) -> Scope:
        """Everything, or what the account that ``--scope`` names may see."""
        return EVERYTHING if account is None else scope_of(self.account(session, account))

    def account(self, session: Session, name: str) -> Account:
        """The account of this name. Raises ``Refused``."""
        return find_user(session, name)

    @cached_property
    def engine(self) -> Engine:
        """The database, whatever state it is in."""
        if self.embedded:
            self.config.data.mkdir(parents=True, exist_ok=True)
        return make_engine(self.config.database_url)

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one."""
        return self.config.database_url.startswith("sqlite:")

    @property
    def database_file(self) -> Path | None:
        """The file of the embedded database."""
        name = make_url(self.config.database_url).database if self.embedded else None
        return Path(name) if name else None

    @cached_property
    def _sessions(self) -> Sessions:
        return make_sessions(self.engine, self.clock, attach)

    @property
    def sessions(self) -> Sessions:
        """The session factory, over a database with the present schema. Raises ``Refused`` where there is none."""
        self.require_registry()
        return self._sessions

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One writing unit of work, committed at its end."""
        with writing(self.sessions) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One reading unit of work over one snapshot."""
        with reading(self.sessions) as session:
            yield session

    def has_database(self) -> bool:
        """Whether there is a database with a schema of ours."""
        file = self.database_file
        if self.embedded and file is not None and not file.exists():
            return False
        with self.engine.connect() as connection:
            return migrate.current(connection) is not None

    def require_registry(self) -> None:
        """A database with the schema of this software: upgraded when it may be, refused when it is not there."""
        if not self.has_database():
            raise Refused.one(
                "data",
                N_("%(folder)s 中还没有登记库，请先运行 init 建库（或 demo 载入演示县）"),
                folder=self.config.data,
            )
        self.upgrade()

    def upgrade(self, *, copy: bool = True) -> bool:
        """Bring the database to the present schema, made where there is none; whether anything was to be done.

        What it held is copied first into ``backups``, unless ``copy`` is off. Raises ``Refused`` when the copy cannot
        be made or the role may not upgrade, ``SchemaTooNew`` for a database of a newer version.
        """
        found = self._schema()
        if found == migrate.head():
            return False
        if found is not None:
            if found not in migrate.known():
                raise migrate.SchemaTooNew(found)
            if not self.embedded and not self.config.migrate_url:
                raise Refused.one(
                    "database", N_("数据库结构需要升级，请设置 RISK_REGISTRY_MIGRATE_URL（所有者账号）后重试")
                )
            if copy:
                self._copy_before_upgrade(found)
        self.bring_to_head()
        return True

    def _schema(self) -> str | None:
        if not self.has_database():
            return None
        with self.engine.connect() as connection:
            return migrate.current(connection)

    def _copy_before_upgrade(self, found: str) -> None:
        target = self.config.data / "backups" / f"before-upgrade-from-{found}"
        if self.embedded:
            backup.copy_embedded(self.engine, target.with_suffix(".db"))
            return
        try:
            backup.write_backup(self.source(), target.with_suffix(".zip"), self.clock.now())
        except Refused as refused:
            raise Refused(
                [
                    *refused.problems,
                    Problem(
                        "database",
                        N_("升级前的备份没有做成，数据库没有升级。已用其他办法备份的，可运行 upgrade --without-backup"),
                    ),
                ]
            ) from None

    def bring_to_head(self) -> None:
        """The migrations alone, by the role that may, and with them what the application's role is granted."""
        url = self.config.migrate_url if not self.embedded and self.config.migrate_url else self.config.database_url
        if self.embedded or url == self.config.database_url:
            migrate.upgrade(self.engine)
            return
        owner = make_engine(url)
        try:
            migrate.upgrade(owner, application_role=make_url(self.config.database_url).username)
        finally:
            owner.dispose()

    def source(self) -> backup.Source:
        """What a backup copies: all that the owner of the tables sees."""
        return backup.Source(self.engine, self.config.migrate_url or self.config.database_url, self.config.data)

    def close(self) -> None:
        """Give the connections back."""
        engine = self.__dict__.pop("engine", None)
        self.__dict__.pop("_sessions", None)
        if engine is not None:
            engine.dispose()


def operator() -> Operator:
    """The operator of the running command; under ``flask --app risk_registry`` one is made for it."""
    context = click.get_current_context()
    found = context.find_object(Operator)
    if found is None:
        found = Operator()
        context.find_root().obj = found
        context.find_root().call_on_close(found.close)
    return found


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
