"""Stops of the tour: accounts, roles, sessions."""

from __future__ import annotations

from tests.visit import Visit

VISITS: tuple[Visit, ...] = ()
