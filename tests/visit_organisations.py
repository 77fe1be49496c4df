"""Stops of the tour: organisations and their lineage."""

from __future__ import annotations

from tests.visit import Visit

VISITS: tuple[Visit, ...] = ()
