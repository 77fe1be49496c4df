"""The site over the golden history of DOMAIN §8c, and what a reader takes from its pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape
from pathlib import Path

from flask.testing import FlaskClient

from risk_registry import create_app
from risk_registry.config import ensure_secret, load
from risk_registry.db.engine import make_engine
from risk_registry.db.migrate import upgrade
from tests.registry import opened_registry, populate
from tests.site.cast_site import Site
from tests.statistics.test_golden import first_fixture

_TAG = re.compile(r"<[^>]+>")
_TOTAL = re.compile(r"<p>共 <strong class=\"num\">([\d,]+)(\+?)</strong> (?:件（(\d+) 件次）|件次)")
_LINK = re.compile(r'href="(/ledger\?[^"]*measure=[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


@contextmanager
def golden_site(folder: Path) -> Iterator[Site]:
    """The site with the golden history in it; the clock stands on 2025-01-31."""
    ensure_secret(folder)
    url = f"sqlite:///{folder / 'registry.db'}"
    owner = make_engine(url)
    upgrade(owner)
    owner.dispose()
    with opened_registry(url) as registry:
        populate(registry, "unusable")
        first_fixture().enter(registry)
        registry.clock.set(date(2025, 1, 31))
        yield Site(create_app(load(data=folder, environ={}), clock=registry.clock), registry)


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    """The page at an address."""
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.text


def size(text: str) -> tuple[int, int]:
    """What a ledger page says it holds: the number, and the lines."""
    found = _TOTAL.search(text)
    if found is None:
        assert "没有符合条件的评估件次" in text
        return 0, 0
    number = int(found[1].replace(",", ""))
    return number, int(found[3]) if found[3] else number


def figure_links(text: str) -> list[tuple[str, int]]:
    """Every link of a page to the lines of a figure, with the number it stands on."""
    found = []
    for address, body in _LINK.findall(text):
        number = re.search(r"\d+", _TAG.sub(" ", re.sub(r'<span class="figure-(?:label|note)">.*?</span>', "", body)))
        assert number is not None, body
        found.append((unescape(address), int(number[0])))
    return found


def titles(text: str) -> list[str]:
    """The case each line of a ledger page opens, in order."""
    return re.findall(r'<a href="(/matters/[^"?]+/assessments/\d+)[^"]*">', text)


def csv_rows(client: FlaskClient, address: str) -> list[list[str]]:
    """The lines of the same question as CSV."""
    answer = client.get(address.replace("/ledger?", "/ledger.csv?"))
    assert answer.status_code == 200, address
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]
