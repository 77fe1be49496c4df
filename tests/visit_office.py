"""Stops of the tour: settings, dictionaries, calendar, first steps."""

from __future__ import annotations

from tests.visit import Visit

VISITS: tuple[Visit, ...] = ()
