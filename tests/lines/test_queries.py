"""The one scoped query: scope, filters, paging and search say the same in list, count and rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import EVERYTHING, Scope
from risk_registry.assessments.models import Assessment
from risk_registry.audit.queries import last_stamp
from risk_registry.casefile.queries import find_assessment, similar
from risk_registry.core.predicates import Question
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import Cursor, LineFilter, LineQuery
from risk_registry.lines.search import matches_slowly
from risk_registry.settings.queries import settings
from risk_registry.statistics.queries import counts
from tests.acting import PATHS, Cast, bring_to, take
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


#: What an assessment and its follow-up bring, in the ledger's own columns.
LATER = (
    "procedure_text mode_text third_party notice_days forms_valid support oppose support_rate meetings hearings visits "
    "level_before_text level_after_text outcome_text started_on concluded_on submitted_on filed_on filing_number "
    "decision_result_text decision_doc_no decided_on implementation_text tracking ended_on"
).split()


def test_a_past_day_shows_nothing_that_came_later(registry: Registry) -> None:
    """Every column, and the search by a number that was not yet given."""
    registry.clock.set(date(2024, 3, 4))
    with registry.writing() as session:
        early = Cast(session, date(2024, 3, 4), settings(session))
        known = bring_to(session, early, "due", title="示例河堤工程").id
    registry.clock.set(TODAY)
    with registry.writing() as session:
        later = Cast(session, TODAY, settings(session))
        assessment = session.get_one(Assessment, known)
        for step in ("start", "conclude", "submit", "receive", "accept", "record_decision", "track"):
            take(session, later, assessment, step)
    with registry.reading() as session:
        past = Question(date(2024, 1, 1), date(2024, 12, 31), date(2024, 3, 4))

        def rows(question: Question, text: str = "", known_at: int | None = None) -> list[tuple[object, ...]]:
            asked = LineFilter(question, basis="all", text=text)
            query = LineQuery(EVERYTHING, asked, known_at, present=TODAY)
            return [tuple(row)[1:] for row in query.rows(session, LATER)]

        now = rows(QUESTION)[0]
        empty = {name for name, value in zip(LATER, now, strict=True) if value is None}
        assert empty == {"third_party", "notice_days", "oppose", "hearings", "visits", "ended_on"}
        assert rows(past) == [(None,) * len(LATER)]
        number = str(now[LATER.index("filing_number")])
        for moment in (None, last_stamp(session)):
            assert rows(QUESTION, number, moment), "today it is found by its number"
            assert rows(past, "河堤", moment)
            assert not rows(past, number, moment)


def test_the_day_of_a_later_withdrawal_is_not_shown_before_it(registry: Registry) -> None:
    days = date(2024, 7, 15), date(2024, 7, 20), date(2024, 8, 1), date(2024, 9, 1)
    with registry.writing() as session:
        registry.clock.set(days[0])
        assessment = bring_to(session, Cast(session, days[0], settings(session)), "submitted")
        for day, step in zip(days[1:], ("withdraw", "submit", "withdraw"), strict=True):
            registry.clock.set(day)
            take(session, Cast(session, day, settings(session)), assessment, step)
    with registry.reading() as session:

        def shown(day: date) -> tuple[object, ...]:
            asked = LineFilter(Question(date(2024, 1, 1), date(2024, 12, 31), day), basis="all")
            return tuple(*LineQuery(EVERYTHING, asked, present=days[3]).rows(session, ["status", "ended_on"]))[1:]

        assert shown(date(2024, 7, 25)) == ("withdrawn", None)
        assert shown(date(2024, 8, 15)) == ("submitted", None)
        assert shown(days[3]) == ("withdrawn", days[3])
