"""The one scoped query: scope, filters, paging and search say the same in list, count and rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import EVERYTHING, Scope
from risk_registry.casefile.queries import find_assessment, similar
from risk_registry.core.predicates import Question
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import Cursor, LineFilter, LineQuery
from risk_registry.lines.search import matches_slowly
from risk_registry.settings.queries import settings
from risk_registry.statistics.queries import counts
from tests.acting import PATHS, Cast, bring_to
from tests.registry import ENGINES, Registry, organisation, registry_on

TODAY = date(2024, 5, 6)
QUESTION = Question(date(2024, 1, 1), date(2024, 12, 31), TODAY)
TITLES = ("示例河堤工程（一期）", "城区道路改造", "学校撤并调整方案", "水库移民安置", "ＡＢＣ产业园 2号地块")


@pytest.fixture(scope="module", params=ENGINES)
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """One matter of each status and unit."""
    with registry_on(request.param, request, tmp_path_factory.mktemp("full")) as registry:
        registry.clock.set(TODAY)
        with registry.writing() as session:
            cast = Cast(session, TODAY, settings(session))
            for number, status in enumerate(sorted(PATHS)):
                for owner in ("water", "school"):
                    title = f"{TITLES[number % len(TITLES)]}{number}"
                    bring_to(session, cast, status, owner, title=title, kind=("policy", "reform")[number % 2])
        yield registry


def ids(session: Session, scope: Scope, **asked: object) -> list[int]:
    query = LineQuery(scope, LineFilter(QUESTION, **{"basis": "all", **asked}), present=TODAY)  # type: ignore[arg-type]
    found = [row.assessment_id for row in query.rows(session, ["assessment_id"])]
    assert query.count(session) == len(found)
    page = query.page(session, ["status"], cursor=Cursor(), size=1000)
    assert [row.assessment_id for row in page] == sorted(found, reverse=True)
    return sorted(found)


def test_scopes_hold_for_lists_counts_hints_and_finding(full: Registry) -> None:
    with full.reading() as session:
        water, school, office, county = (
            organisation(session, code).id for code in ("water", "school", "office", "county")
        )
        everything = ids(session, EVERYTHING)
        own = ids(session, Scope("own", water))
        assert len(everything) == 30
        assert len(own) == 15
        assert not set(own) & set(ids(session, Scope("own", school)))
        assert ids(session, Scope("office", office)) == everything
        assert ids(session, Scope("subtree", county)) == everything
        assert ids(session, Scope("office", county)) == []
        for scope, part in ((Scope("own", water), 15), (EVERYTHING, 30)):
            figures = counts(session, LineQuery(scope, LineFilter(QUESTION))).measures
            assert figures["declared"] == part - part // 15, "all but the void one"
        line = session.execute(select(LINE.c.reg_no, LINE.c.title).where(LINE.c.owner_org_id == school)).first()
        assert line is not None
        assert find_assessment(session, Scope("own", school), line.reg_no) is not None
        assert find_assessment(session, Scope("own", water), line.reg_no) is None
        assert similar(session, Scope("own", school), line.title)
        assert {row.owner_org for row in similar(session, Scope("own", water), line.title)} <= {"示例县水利局"}


def test_a_status_filter_finds_each_once(full: Registry) -> None:
    with full.reading() as session:
        found = [number for status in PATHS for number in ids(session, EVERYTHING, statuses=(status,))]
        assert sorted(found) == ids(session, EVERYTHING)


def test_filters_by_code_partition(full: Registry) -> None:
    with full.reading() as session:
        parts = [ids(session, EVERYTHING, codes=(("kind", kind),)) for kind in ("policy", "reform")]
        assert sorted(parts[0] + parts[1]) == ids(session, EVERYTHING)
        low = ids(session, EVERYTHING, codes=(("level_after", "low"),))
        none = ids(session, EVERYTHING, codes=(("level_after", None),))
        assert sorted(low + none) == ids(session, EVERYTHING)


@pytest.mark.parametrize("basis", ["concluded", "filed", "declared", "all"])
def test_pages_join_without_gap_or_repeat_forwards_and_back(full: Registry, basis: str) -> None:
    with full.reading() as session:
        query = LineQuery(EVERYTHING, LineFilter(QUESTION, basis=basis), present=TODAY)  # type: ignore[arg-type]
        whole = LineQuery(EVERYTHING, LineFilter(Question(QUESTION.first, QUESTION.last, TODAY), basis=basis))  # type: ignore[arg-type]
        expected = sorted((row.assessment_id for row in whole.rows(session, ["assessment_id"])), reverse=True)
        seen: list[int] = []
        cursor = Cursor()
        while True:
            page = [row.assessment_id for row in query.page(session, ["status"], cursor=cursor, size=4)]
            seen += page[:4]
            if len(page) < 5:
                break
            cursor = Cursor(before=page[3])
        assert seen == expected
        back = query.page(session, ["status"], cursor=Cursor(after=seen[-1]), size=4)
        assert [row.assessment_id for row in back][-4:] == seen[-5:-1]
        last = query.page(session, ["status"], cursor=Cursor(oldest=True), size=4)
        assert [row.assessment_id for row in last][-4:] == seen[-4:]


@pytest.mark.parametrize(
    "words",
    [
        "河堤",
        "河",
        "示例河堤工程",
        "改造",
        "2号",
        "abc",
        "ＡＢＣ",
        "一期",
        "移民 水库",
        "没有",
        "%",
        "0_1",
        "撤并调整",
        "稳评备",
    ],
)
def test_search_finds_what_like_finds(full: Registry, words: str) -> None:
    with full.reading() as session:
        found = ids(session, EVERYTHING, text=words)
        slow = session.scalars(
            select(LINE.c.assessment_id).where(LINE.c.superseded_at.is_(None), *matches_slowly(words))
        )
        assert found == sorted(slow)
        if words in ("河堤", "河", "2号", "移民 水库", "稳评备"):
            assert found
