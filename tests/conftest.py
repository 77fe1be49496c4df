"""Fixtures of every test."""

from __future__ import annotations

from tests.browser import browser_context_args, browser_type_launch_args
from tests.postgres import postgres_server
from tests.registry import registry, sqlite_registry

__all__ = ["browser_context_args", "browser_type_launch_args", "postgres_server", "registry", "sqlite_registry"]
