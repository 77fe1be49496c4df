"""Stops of the tour: named views of the ledger."""

from __future__ import annotations

from tests.visit import Visit

VISITS: tuple[Visit, ...] = ()
