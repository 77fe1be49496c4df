"""Stops of the tour: state of the system, checks, backups."""

from __future__ import annotations

from tests.visit import Visit

VISITS: tuple[Visit, ...] = ()
