"""Stops of the tour: the risk index and its methods."""

from __future__ import annotations

from tests.visit import Visit

VISITS: tuple[Visit, ...] = ()
