"""What belongs to another department is not there: on every route that names an object, whoever asks and however."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule as Route

from risk_registry import routes
from risk_registry.handling.step_table import PAGES
from tests.site.cast_site import Site, cast_site

#: Parameters of addresses that say which object is meant; every other one is a choice among pages.
OBJECTS = {"reg_no", "number", "n"}
PAGE_CHOICES: dict[str, Any] = {"name": "withdraw", "code": "basic", "kind": "xlsx", "paper": "report", "filename": "x"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with cast_site(tmp_path_factory.mktemp("scope")) as site:
        yield site


def _object_routes(site: Site) -> list[Route]:
    found = [route for route in site.app.url_map.iter_rules() if set(route.arguments) & OBJECTS]
    return [route for route in found if route.endpoint not in EVERYBODYS]


#: Objects that are everybody's to read: a version of the method says how any index was calculated.
EVERYBODYS = frozenset({"methods.show"})


def _values(site: Site) -> dict[str, Any]:
    return {**PAGE_CHOICES, "reg_no": site.waiting, "n": 1, "number": site.draft}


def _csrf(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/password").text)
    assert found
    return found.group(1)


@pytest.mark.parametrize("stranger", ["teacher", "colleague"])
def test_objects_of_others_are_not_there(site: Site, stranger: str) -> None:
    """Another department sees nothing of the matter; a colleague sees the matter but not the clerk's draft."""
    client = site.client(stranger)
    token = _csrf(client)
    asked = 0
    for route in _object_routes(site):
        if stranger == "colleague" and "number" not in route.arguments:
            continue
        for method in sorted((route.methods or set()) & {"GET", "POST"}):
            rule = routes.ACCESS[route.endpoint]
            wanted = rule.post if rule.post is not None and method == "POST" else rule.roles
            if wanted is not None and "submitter" not in wanted:
                continue
            for reg_no in (site.waiting, site.filed):
                address = site.address(route, {**_values(site), "reg_no": reg_no})
                answer = client.open(address, method=method, data={"csrf_token": token} if method == "POST" else None)
                assert answer.status_code == 404, (route.endpoint, method, address)
                asked += 1
    assert asked >= 4


def test_every_step_of_another_department_is_not_there(site: Site) -> None:
    client = site.client("teacher")
    token = _csrf(client)
    for name in PAGES:
        address = f"/matters/{site.waiting}/assessments/1/steps/{name}"
        assert client.get(address).status_code == 404, name
        assert client.post(address, data={"csrf_token": token}).status_code == 404, name


def test_the_owner_finds_what_the_stranger_does_not(site: Site) -> None:
    """Else the tests above would pass on a site that answers 404 to everybody."""
    clerk = site.client("clerk")
    assert clerk.get(f"/matters/{site.waiting}").status_code == 200
    assert clerk.get(f"/matters/drafts/{site.draft}").status_code == 200
    assert site.client("officer").get(f"/matters/{site.waiting}").status_code == 200


def test_lists_hints_and_files_of_a_stranger_hold_nothing(site: Site) -> None:
    client, owner = site.client("teacher"), site.client("clerk")
    for path in (
        "/",
        "/matters",
        "/ledger?year=2024&basis=all",
        "/ledger.csv?year=2024&basis=all",
        "/counts?year=2024",
    ):
        mine, theirs = client.get(path), owner.get(path)
        assert (mine.status_code, theirs.status_code) == (200, 200), path
        for word in ("河堤加固", "水库除险", site.filed):
            assert word not in mine.get_data(as_text=True), (path, word)
    assert "水库除险" in owner.get("/ledger.csv?year=2024&basis=all").get_data(as_text=True)


def test_an_address_that_no_database_can_be_asked_for_is_the_address_of_nothing(site: Site) -> None:
    client = site.client("clerk")
    for path in (
        f"/matters/{site.filed}/assessments/99999999999999999999",
        f"/matters/{site.filed}/assessments/999999999999999999/form",
        "/matters/drafts/99999999999999999999",
        "/matters/a%00b",
        "/matters/a%00b/assessments/1/work",
        "/filings/%F0%9F%8F%9E/1",
    ):
        assert client.get(path).status_code == 404, path
