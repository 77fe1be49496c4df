"""Every stop of the tour once more, in English and large letters: language, structure, weight and width."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.server import Data, copied, running
from tests.visit import Visit
from tests.visit_table import VISITS
from tests.visits import ENGLISH_LARGE, Tour, tour

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def walk(browser: Browser, demo_data: Data, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """One tour through one server."""
    folder = tmp_path_factory.mktemp("english-tour")
    data = copied(demo_data, folder / "data")
    with running(data) as server, tour(browser, server, folder / "pictures", ENGLISH_LARGE) as walk:
        yield walk


@pytest.mark.parametrize("visit", VISITS, ids=[visit.name for visit in VISITS])
def test_page(walk: Tour, visit: Visit) -> None:
    assert walk.faults(visit) == []
