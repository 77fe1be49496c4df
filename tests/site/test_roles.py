"""Every page of the tour, asked for by every kind of account with the real views behind it.

The table of access decides who is let in; whoever is let in sees a page or is told that the object is not his. Nobody
ever meets an error of the program, and no page of another side shows under a wrong role.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from risk_registry import create_app, routes
from risk_registry.config import load
from risk_registry.core.vocabulary import ROLES
from risk_registry.demo.people import PEOPLE
from risk_registry.web.access import SignedOut
from tests.races.crew import signed_in
from tests.server import Data, copied
from tests.visit import Known, Visit
from tests.visit_table import VISITS, furnish

#: One account of each kind.
ACCOUNTS = {person.roles: person.name for person in reversed(PEOPLE)}


@dataclass
class Town:
    """The demo county's site and a browser for each kind of account."""

    app: Flask
    known: Known
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def address(self, visit: Visit) -> str:
        """The address of a visit."""
        with self.app.test_request_context():
            values = {name: found(self.known) for name, found in visit.values.items()}
            path = self.app.url_map.bind("localhost").build(visit.endpoint, values)
        query = {name: text(self.known) if callable(text) else text for name, text in visit.query.items()}
        return f"{path}?{urlencode(query)}" if query else path


@pytest.fixture(scope="module")
def town(demo_data: Data, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    data = copied(demo_data, tmp_path_factory.mktemp("roles") / "data")
    made = furnish(data)
    app = create_app(load(data=data.folder, environ={}))
    engine = create_engine(data.database_url)
    with engine.connect() as connection:
        town = Town(app, Known(connection, made))
        for visitor, name in zip(signed_in(data, "", ACCOUNTS.values()), ACCOUNTS.values(), strict=True):
            town.clients[name] = app.test_client()
            town.clients[name].set_cookie("registry", visitor.cookies["registry"])
        yield town
    engine.dispose()


def test_the_county_has_every_role() -> None:
    assert {role for roles in ACCOUNTS for role in roles} == {term.code for term in ROLES}


@pytest.mark.parametrize("roles", ACCOUNTS, ids=lambda roles: "+".join(roles))
def test_pages_by_role(town: Town, roles: tuple[str, ...]) -> None:
    client = town.clients[ACCOUNTS[roles]]
    for visit in VISITS:
        address = town.address(visit)
        rule = routes.ACCESS[visit.endpoint]
        status = client.get(address).status_code
        if rule.roles is not None and rule.roles.isdisjoint(roles):
            assert status == 403, (visit.name, address)
        else:
            # 302: a step whose time is over leads back to its case; 403, 404: this object is not this account's.
            whose = {302, 403, 404} if visit.values or callable(visit.query.get("token")) else set()
            signed_in_already = {302} if rule.signed_out is SignedOut.PAGE else set()
            assert status in {200, visit.status} | whose | signed_in_already, (visit.name, address, status)


@pytest.mark.parametrize("visit", VISITS, ids=[visit.name for visit in VISITS])
def test_strangers_get_the_login_page(town: Town, visit: Visit) -> None:
    rule = routes.ACCESS[visit.endpoint]
    answer = town.app.test_client().get(town.address(visit))
    if rule.signed_out is SignedOut.PAGE:
        assert answer.status_code == 200
    elif rule.signed_out is SignedOut.HIDDEN:
        assert answer.status_code == 404
    else:
        assert answer.status_code == 302
        assert (answer.location or "").startswith("/login")
