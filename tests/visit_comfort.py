"""Stops of the tour: help and comfort."""

from __future__ import annotations

from risk_registry.home.guidance import GUIDES
from tests.visit import Visit, always

VISITS: tuple[Visit, ...] = (
    Visit("help-stranger", "help.index"),
    Visit("help", "help.index", "zhuren"),
    *(Visit(f"help-{role}", "help.role", "shuili", {"role": always(role)}) for role in GUIDES),
    Visit("about", "help.about", "guanli"),
)
