"""An empty database with every table known so far, the event chain on, at a standing clock; on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from risk_registry.accounts import models
from risk_registry.audit import hook
from risk_registry.db import guards
from risk_registry.db.base import Base
from risk_registry.db.clock import FixedClock
from risk_registry.db.engine import MIGRATION, make_engine
from risk_registry.db.work import Sessions, make_sessions

assert models.Account.metadata is Base.metadata

TODAY = date(2024, 3, 5)


def create_tables(engine: Engine) -> None:
    """Tables and triggers, without the migrations."""
    with engine.execution_options(**{MIGRATION: True}).begin() as connection:
        Base.metadata.create_all(connection)
        guards.install(connection)
    # On the embedded database such a connection checks no foreign keys; it must not serve the tests.
    engine.dispose()


@pytest.fixture
def clock() -> FixedClock:
    """Ten in the morning of 2024-03-05 in Shanghai."""
    return FixedClock(TODAY)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def sessions(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Sessions]:
    """Sessions of the empty database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'registry.db'}"
    else:
        url = request.getfixturevalue("postgres_server").create_database().owner
    engine = make_engine(url)
    create_tables(engine)
    yield make_sessions(engine, clock, hook.attach)
    engine.dispose()
