"""Addresses of administrators' pages, where they are there and the reader may open them."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from risk_registry.web.access import may_open
from risk_registry.web.accounts import current_account


def place(endpoint: str, method: str = "GET", **values: Any) -> str:
    """The address of a page; "" when it is not part of this application or not open to the reader."""
    if endpoint not in current_app.view_functions or not may_open(current_account(), endpoint, method):
        return ""
    return url_for(endpoint, **values)
