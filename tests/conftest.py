"""Fixtures of every test."""

from __future__ import annotations

from tests.browser import browser_context_args, browser_type_launch_args
from tests.case_site import site
from tests.postgres import postgres_server
from tests.registry import postgres_registry, postgres_template, registry, sqlite_registry, sqlite_template
from tests.server import cast_data, demo_data, engine_data, postgres_cast

__all__ = [
    "browser_context_args",
    "browser_type_launch_args",
    "cast_data",
    "demo_data",
    "engine_data",
    "postgres_cast",
    "postgres_registry",
    "postgres_server",
    "postgres_template",
    "registry",
    "site",
    "sqlite_registry",
    "sqlite_template",
]
