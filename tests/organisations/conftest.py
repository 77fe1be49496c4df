"""A database with the tables of organisations and events, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from risk_registry.audit import hook
from risk_registry.core.actors import Actor
from risk_registry.db import guards
from risk_registry.db.base import Base
from risk_registry.db.clock import FixedClock
from risk_registry.db.engine import MIGRATION, make_engine
from risk_registry.db.work import Sessions, make_sessions
from risk_registry.organisations import models
from tests.postgres import postgres_server

__all__ = ["postgres_server"]

assert models.Organisation.metadata is Base.metadata


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def sessions(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sessions]:
    """Sessions of an empty database, with the event hook, on 2024-03-05."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'registry.db'}"
    else:
        url = request.getfixturevalue("postgres_server").create_database().owner
    engine = make_engine(url)
    with engine.execution_options(**{MIGRATION: True}).begin() as connection:
        Base.metadata.create_all(connection)
        guards.install(connection)
    yield make_sessions(engine, FixedClock(date(2024, 3, 5)), hook.attach)
    engine.dispose()


@pytest.fixture
def operator() -> Actor:
    """The operator at the command line."""
    return Actor("cli", None, "cli:root", None, "", frozenset())
