"""Stops of the tour: help and comfort."""

from __future__ import annotations

from tests.visit import Visit

VISITS: tuple[Visit, ...] = ()
