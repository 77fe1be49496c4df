"""Every page of the site is opened in a browser, pictured and checked, and every form is sent with faults once.

The pictures go to ``build/pictures`` for people to look at; see `tests.visits` for the tour alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import create_engine, text

from risk_registry import routes
from tests.server import ROOT, Data, copied, running
from tests.visit import Visit
from tests.visit_table import NO_PAGE, VISITS
from tests.visits import Tour, tour

pytestmark = [pytest.mark.browser]

PICTURES = ROOT / "build" / "pictures"
#: Tables that a visit may write: sign-ins, one's own unfinished work, and the record of what was exported.
WRITTEN_BY_READING = {"login_session", "login_record", "login_failure", "export_record", "draft"}

#: The one column of other tables that a sign-in writes.
WRITTEN_BY_SIGNING_IN = {"last_login_at"}


@pytest.fixture(scope="module")
def walk(browser: Browser, demo_data: Data, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """One tour through one server; its visits change nothing, which the last test holds them to."""
    data = copied(demo_data, tmp_path_factory.mktemp("tour") / "data")
    with running(data) as server, tour(browser, server, PICTURES) as walk:
        walk.before = contents(data)
        yield walk


@pytest.mark.parametrize("visit", VISITS, ids=[visit.name for visit in VISITS])
def test_page(walk: Tour, visit: Visit) -> None:
    assert walk.faults(visit) == []


def test_visits_and_refused_forms_changed_nothing(walk: Tour) -> None:
    """GET writes nothing, and a refused form leaves nothing behind but what was typed."""
    after = contents(walk.server.data)
    changed = {name for name in after if after[name] != walk.before[name]}
    assert changed - WRITTEN_BY_READING == set()


def contents(data: Data) -> dict[str, str]:
    """A digest of every table."""
    engine = create_engine(data.database_url)
    found = {}
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        for name in names:
            rows = connection.execute(text(f'SELECT * FROM "{name}"')).mappings().all()
            kept = [[(key, value) for key, value in row.items() if key not in WRITTEN_BY_SIGNING_IN] for row in rows]
            found[name] = hashlib.sha256(repr(sorted(map(repr, kept))).encode()).hexdigest()
    engine.dispose()
    return found


def test_every_page_is_visited(walk: Tour) -> None:
    """A new endpoint that answers GET needs a line in the table of visits, a new form a faulty one."""
    rules = list(walk.app.url_map.iter_rules())
    pages = {rule.endpoint for rule in rules if "GET" in (rule.methods or set())} - NO_PAGE
    assert pages - {visit.endpoint for visit in VISITS} == set()
    forms = {rule.endpoint for rule in rules if {"GET", "POST"} <= (rule.methods or set())}
    refused = {visit.endpoint for visit in VISITS if visit.faulty is not None}
    assert forms - refused == BUTTONS_ALONE
    assert {visit.endpoint for visit in VISITS} <= set(routes.ACCESS)


#: Pages whose form asks nothing, so that nothing can be wrong in it.
BUTTONS_ALONE = {
    *("matters.new", "accounts.stashed", "accounts.sessions", "session_admin.index", "ledgers.delete_view"),
    *("dictionary_admin.book", "first_steps.index"),
}


def test_names_of_pictures_are_single() -> None:
    names = [visit.name for visit in VISITS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/healthz", "text/plain"),
        ("/readyz", "text/plain"),
        ("/static/css/theme.css", "text/css"),
        ("/ledger.xlsx?year=2024", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("/ledger.csv?year=2024", "text/csv"),
        ("/ledger.xlsx?year=2024&layout=print", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_answers_that_are_no_page(walk: Tour, path: str, kind: str) -> None:
    page, _watch = walk.window("zhuren")
    answer = page.request.get(walk.server.address + path)
    page.close()
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(kind), answer.headers["content-type"]
    assert answer.body()
