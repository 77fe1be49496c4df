"""A database with the tables of organisations and events, on both engines."""

from __future__ import annotations

import pytest

from risk_registry.core.actors import Actor
from tests.accounts.empty import clock, sessions

__all__ = ["clock", "sessions"]


@pytest.fixture
def operator() -> Actor:
    """The operator at the command line."""
    return Actor("cli", None, "cli:root", None, "", frozenset())
