"""Fixtures of every test."""

from __future__ import annotations

from tests.browser import browser_context_args, browser_type_launch_args
from tests.postgres import postgres_server
from tests.registry import postgres_registry, postgres_template, registry, sqlite_registry, sqlite_template

__all__ = [
    "browser_context_args",
    "browser_type_launch_args",
    "postgres_registry",
    "postgres_server",
    "postgres_template",
    "registry",
    "sqlite_registry",
    "sqlite_template",
]
