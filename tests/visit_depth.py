"""Stops of the tour: joint matters, parts of a matter, copies."""

from __future__ import annotations

from tests.visit import Visit

VISITS: tuple[Visit, ...] = ()
