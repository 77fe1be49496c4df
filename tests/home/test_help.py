"""Help: every role has its page, told in the words of the buttons; papers stay Chinese for an English reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.mofile import read_mo

from risk_registry import routes
from risk_registry.core.vocabulary import ROLES
from risk_registry.home.guidance import GUIDES, MEANINGS
from tests.ledgers.golden_site import page
from tests.server import ROOT
from tests.site.cast_site import Site, cast_site
from tests.visit_table import VISITS

QUOTED = re.compile("“([^”]+)”")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with cast_site(tmp_path_factory.mktemp("help")) as site:
        yield site


def test_every_role_has_its_page(site: Site) -> None:
    assert set(GUIDES) == {term.code for term in ROLES}
    client = site.client("clerk")
    for code, guide in GUIDES.items():
        text = page(client, f"/help/{code}")
        assert all(step.split("“")[0] in text for step in guide.steps)
    assert client.get("/help/nobody").status_code == 404


def test_the_first_page_shows_ones_own_role_first(site: Site) -> None:
    text = page(site.client("clerk"), "/help")
    assert text.index("您的岗位：填报员") < text.index("备案经办")


def test_buttons_are_called_by_their_words() -> None:
    """What help puts in quotation marks stands on a page: it is a text of the catalogue, or the beginning of one."""
    with (ROOT / "risk_registry" / "translations" / "en" / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        known = {str(message.id) for message in read_mo(file)}
    told = [text for guide in GUIDES.values() for text in (*guide.steps, *(answer for _q, answer in guide.questions))]
    told += [text for _word, text in MEANINGS]
    quoted = {word for text in told for word in QUOTED.findall(text)}
    assert quoted
    assert {word for word in quoted if not any(text.startswith(word) for text in known)} == set()


def test_papers_of_the_tour_are_official_documents() -> None:
    assert {visit.endpoint for visit in VISITS if visit.paper} <= routes.PAPERS
