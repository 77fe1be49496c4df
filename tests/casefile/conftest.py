"""Fixtures of the pages of a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.casefile.site import Site, made_site


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path) -> Iterator[Site]:
    """The real site over the county, on a day in March 2024."""
    with made_site(tmp_path, sqlite_template) as found:
        found.today(date(2024, 3, 4))
        yield found
