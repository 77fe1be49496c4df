"""A database with the tables of organisations and events, on both engines."""

from __future__ import annotations

import pytest

from risk_registry.core.actors import Actor
from tests.accounts.empty import clock, sessions
from tests.organisations.reforms import Story, turn_of_the_year
from tests.registry import Registry

__all__ = ["clock", "sessions"]


@pytest.fixture
def operator() -> Actor:
    """The operator at the command line."""
    return Actor("cli", None, "cli:root", None, "", frozenset())


@pytest.fixture
def story(registry: Registry) -> Story:
    """The county with its rounds, on the day the reform is entered."""
    return turn_of_the_year(registry)
