"""Lists in every order: whatever is asked and however it is paged, every line stands in it once, where it belongs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Row
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import EVERYTHING, Scope
from risk_registry.audit.queries import last_stamp
from risk_registry.core.predicates import Question
from risk_registry.ledgers import listing
from risk_registry.ledgers.listing import line_page
from risk_registry.ledgers.showing import Showing
from risk_registry.lines.queries import LineFilter, LineQuery
from risk_registry.web.paging import Cursor, Page
from tests.registry import ENGINES, Registry, organisation, registry_on
from tests.statistics.histories import LAST, Author

SORTS = ("", "oldest", "filed", "concluded")
BASES = ("concluded", "filed", "declared", "all")


@pytest.fixture(scope="module", params=ENGINES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Years of random histories: revoked, withdrawn, filed in a later year, never filed."""
    with registry_on(request.param, request, tmp_path_factory.mktemp("order")) as registry:
        Author(registry, matters=40, seed=7).write()
        registry.clock.set(LAST)
        yield registry


def questions(session: Session, chance: random.Random) -> Iterator[LineQuery]:
    """Every basis, whole years and odd periods, today and past days, scopes, filters and moments of recording."""
    water = Scope("own", organisation(session, "water").id)
    known = last_stamp(session)
    for basis in BASES:
        for first, last, as_of in (
            (date(2024, 1, 1), date(2024, 12, 31), LAST),
            (date(2025, 1, 1), date(2025, 12, 31), LAST),
            (date(2024, 1, 1), date(2024, 12, 31), date(2024, 12, 31)),
            (date(2024, 3, 5), date(2025, 2, 11), date(2024, 11, 20)),
        ):
            asked: dict[str, Any] = {"basis": basis}
            asked["statuses"] = chance.choice([(), (), ("filed",), ("concluded", "submitted")])
            asked["codes"] = chance.choice([(), (), (("kind", "policy"),)])
            asked["measure"] = chance.choice(["", "", "", "assessed", "filed", "unfiled"])
            scope, moment = chance.choice([EVERYTHING, EVERYTHING, water]), chance.choice([None, None, None, known])
            yield LineQuery(scope, LineFilter(Question(first, last, as_of), **asked), moment, present=LAST)


def walked(session: Session, query: LineQuery, showing: Showing, *, backwards: bool) -> list[Row[Any]]:
    """All the pages, from one end to the other, in the order of the list."""
    pages: list[Page[Row[Any]]] = []
    cursor: Cursor | None = Cursor(backwards=backwards)
    while cursor is not None:
        # As an address carries it.
        page = line_page(session, query, Cursor.decode(cursor.encode()), showing)
        pages.append(page)
        cursor = page.previous if backwards else page.next
        assert len(pages) < 500
    return [row for page in (reversed(pages) if backwards else pages) for row in page.rows]


def place(query: LineQuery, showing: Showing, row: Row[Any]) -> tuple[Any, ...]:
    """Where a line belongs, said without SQL."""
    if showing.sort in ("", "oldest"):
        return (row[0] if showing.sort else -row[0],)
    day, asked = row._mapping[f"{showing.sort}_on"], query.filter
    question, late = asked.question, not asked.measure and asked.basis in ("concluded", "declared")
    if day is not None and late and day < question.first:
        day = None
    return (day is None, -(day or date.min).toordinal(), -row[0])


@pytest.mark.parametrize("sort", SORTS)
def test_every_line_once_in_its_place(written: Registry, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    chance, showing, seen = random.Random(sort), Showing(sort=sort), 0  # type: ignore[arg-type]
    with written.reading() as session:
        for query in questions(session, chance):
            monkeypatch.setattr(listing, "SIZE", chance.randint(2, 7))
            there = walked(session, query, showing, backwards=False)
            expected = sorted(row[0] for row in session.execute(query.select(session, ())))
            assert sorted(row[0] for row in there) == expected, query
            assert there == sorted(there, key=lambda row: place(query, showing, row)), query
            assert walked(session, query, showing, backwards=True) == there, query
            filed = [row.assessment_id for row in query.rows(session, ["assessment_id"], order=sort or "registered")]  # type: ignore[arg-type]
            assert filed == [row[0] for row in there], query
            assert query.count(session) == len(there)
            seen += len(there)
    assert seen > 60


def test_turning_back_shows_the_page_before(written: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SIZE", 5)
    question = Question(date(2024, 1, 1), date(2024, 12, 31), LAST)
    with written.reading() as session:
        query = LineQuery(EVERYTHING, LineFilter(question, basis="all"), present=LAST)
        for sort in SORTS:
            showing = Showing(sort=sort)  # type: ignore[arg-type]
            page = first = line_page(session, query, Cursor(), showing)
            while page.next is not None:
                following = line_page(session, query, page.next, showing)
                assert following.previous is not None
                assert line_page(session, query, following.previous, showing).rows == page.rows
                page = following
            assert first.previous is None


def test_a_past_day_has_no_later_term(written: Registry) -> None:
    """办理期限 belongs to the step a line stands at; on a day before that step it is not shown."""
    question = Question(date(2023, 1, 1), date(2025, 12, 31), date(2024, 6, 30))
    with written.reading() as session:
        past = LineQuery(EVERYTHING, LineFilter(question, basis="all"), present=LAST)
        for row in past.rows(session, ["assessment_id", "status", "due_on"]):
            assert row.due_on is None or row.status in ("correcting", "received", "concluded")
