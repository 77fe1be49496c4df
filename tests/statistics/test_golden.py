"""The two fixtures of DOMAIN §8c, entered through operations day by day under a walking clock, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import EVERYTHING
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.audit.queries import breaks
from risk_registry.core.counting import MEASURES
from risk_registry.core.predicates import Question
from risk_registry.lines.queries import LineFilter, LineQuery
from risk_registry.settings.queries import settings
from risk_registry.statistics.queries import Counts, counts
from tests.acting import Cast, declare, take
from tests.registry import ENGINES, Registry, matter_values, registry_on

YEAR_END, JANUARY, OCTOBER = date(2024, 12, 31), date(2025, 1, 31), date(2024, 10, 31)

Deed = Callable[[Session, Cast], None]


class Diary:
    """What happens on which day; entered in the order of days, one unit of work an act."""

    def __init__(self) -> None:
        self.deeds: list[tuple[date, int, Deed]] = []
        self.rounds: dict[str, int] = {}

    def on(self, day: date, deed: Deed) -> None:
        """Do this on that day, after what was planned for it earlier."""
        self.deeds.append((day, len(self.deeds), deed))

    def step(self, day: date, name: str, step: str, **data: Any) -> None:
        """Take a step of the machine in a matter."""

        def deed(session: Session, cast: Cast) -> None:
            result = take(session, cast, session.get_one(Assessment, self.rounds[name]), step, **data)
            if isinstance(result, Assessment):
                session.flush()
                self.rounds[name] = result.id

        self.on(day, deed)

    def matter(self, name: str, concluded: date, *, outcome: str = "implement", level: str = "low") -> None:
        """A matter declared six days before it concludes."""

        def deed(session: Session, cast: Cast) -> None:
            assessment = declare(session, cast, title=f"示例事项{name}")
            session.flush()
            self.rounds[name] = assessment.id

        self.on(concluded - timedelta(days=6), deed)
        self.step(concluded - timedelta(days=4), name, "start")
        self.step(concluded, name, "conclude", outcome=outcome, level=level)

    def file(self, name: str, filed: date, *, submitted: date | None = None) -> None:
        """Submitted, received and filed."""
        sent = submitted or filed - timedelta(days=2)
        self.step(sent, name, "submit")
        self.step(filed - timedelta(days=1), name, "receive")
        self.step(filed, name, "accept")

    def enter(self, registry: Registry) -> None:
        """Live through the days."""
        for day, _, deed in sorted(self.deeds, key=lambda entry: entry[:2]):
            registry.clock.set(day)
            with registry.writing() as session:
                deed(session, Cast(session, day, settings(session)))


def first_fixture() -> Diary:
    """Ten plain matters, and d1, d2, d3, d4, d7, d11."""
    diary = Diary()
    for number in range(10):
        diary.matter(f"plain{number}", date(2024, number + 1, 10))
        diary.file(f"plain{number}", date(2024, number + 1, 17))
    diary.matter("d1", date(2023, 12, 25))
    diary.file("d1", date(2024, 1, 8))
    diary.matter("d2", date(2024, 12, 27))
    diary.file("d2", date(2025, 1, 6))
    diary.matter("d3", date(2024, 3, 10), outcome="deferred", level="medium")
    diary.file("d3", date(2024, 3, 15))
    diary.step(date(2024, 6, 1), "d3", "new_round")
    diary.step(date(2024, 6, 3), "d3", "start")
    diary.step(date(2024, 6, 20), "d3", "conclude")
    diary.file("d3", date(2024, 6, 28))
    diary.matter("d4", date(2024, 7, 10))
    diary.step(date(2024, 7, 15), "d4", "submit")
    diary.step(date(2024, 7, 20), "d4", "withdraw")
    diary.matter("d7", date(2024, 5, 6))
    diary.file("d7", date(2024, 5, 13))
    diary.step(date(2024, 11, 20), "d7", "revoke")
    diary.matter("d11", date(2024, 9, 2), outcome="rejected")
    diary.file("d11", date(2024, 9, 9))
    return diary


def second_fixture() -> Diary:
    """Fourteen matters filed in 2024, among them two corrected twice and one amended, and four that count nowhere."""
    diary = Diary()
    for number in range(14):
        name, month = f"m{number}", number % 12 + 1
        diary.matter(name, date(2024, month, 8))
        if number in (3, 4):
            diary.step(date(2024, month, 9), name, "submit")
            for day in (10, 12):
                diary.step(date(2024, month, day), name, "receive" if day == 10 else "request_correction")
            diary.step(date(2024, month, 14), name, "answer_correction")
            diary.step(date(2024, month, 15), name, "request_correction")
            diary.step(date(2024, month, 17), name, "answer_correction")
            diary.step(date(2024, month, 18), name, "accept")
        else:
            diary.file(name, date(2024, month, 16))
    diary.step(date(2024, 11, 1), "m5", "amend")
    diary.matter("withdrawn", date(2024, 5, 20))
    diary.step(date(2024, 5, 21), "withdrawn", "submit")
    diary.step(date(2024, 5, 22), "withdrawn", "withdraw")
    diary.on(date(2024, 4, 2), _exempted("waived"))
    diary.on(date(2024, 4, 3), _exempted("covered"))
    return diary


def _exempted(result: str) -> Deed:
    def deed(session: Session, cast: Cast) -> None:
        reasons = {"screening": result, "screening_reason": "理由", "screening_reference": "示稳评备〔2023〕2号"}
        assessing.declare_matter(session, cast.act("clerk"), {**matter_values(session), **reasons})

    return deed


def query(first: date, last: date, as_of: date, **asked: Any) -> LineQuery:
    return LineQuery(EVERYTHING, LineFilter(Question(first, last, as_of), **asked))


def year(session: Session, as_of: date) -> Counts:
    return counts(session, query(date(2024, 1, 1), YEAR_END, as_of))


#: The table of DOMAIN §8c, by as-of day.
TABLE = {
    YEAR_END: {
        **{"assessed": 15, "matters_assessed": 14, "passed": 13, "deferred": 1, "rejected": 1},
        **{"passed_and_filed": 11, "passed_and_filed_in_period": 12, "filed": 14},
        **{"carried_over": 1, "filed_not_passed": 2, "unfiled": 2, "reassessed": 1, "in_progress": 0, "overdue": 0},
    },
    JANUARY: {
        **{"assessed": 15, "matters_assessed": 14, "passed": 13, "deferred": 1, "rejected": 1},
        **{"passed_and_filed": 12, "passed_and_filed_in_period": 12, "filed": 14},
        **{"carried_over": 1, "filed_not_passed": 2, "unfiled": 1, "reassessed": 1, "in_progress": 0, "overdue": 0},
    },
}


@pytest.fixture(scope="module", params=ENGINES)
def golden(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """The first fixture; these tests only read it."""
    with registry_on(request.param, request, tmp_path_factory.mktemp("golden")) as registry:
        first_fixture().enter(registry)
        yield registry


def test_every_figure_of_the_table_at_both_dates_and_in_october(golden: Registry) -> None:
    with golden.reading() as session:
        for as_of, expected in TABLE.items():
            found = year(session, as_of)
            assert {name: found.measures[name] for name in expected} == expected, as_of
        assert year(session, YEAR_END).bridge_holds
        to_october = counts(session, query(date(2024, 1, 1), OCTOBER, OCTOBER))
        assert to_october.measures["filed"] == 15, "a cumulative figure can fall"
        assert year(session, OCTOBER).measures["filed"] == 15
        assert breaks(session) == []


def test_the_lists_behind_the_figures_hold_what_they_say(golden: Registry) -> None:
    with golden.reading() as session:
        for as_of in (YEAR_END, JANUARY, OCTOBER):
            found = year(session, as_of).measures
            for measure in MEASURES:
                asked = query(date(2024, 1, 1), YEAR_END, as_of, measure=measure.id)
                rows = list(asked.rows(session, ["matter_id", "title"]))
                assert asked.count(session) == len(rows)
                figure = len({row.matter_id for row in rows}) if measure.distinct_matters else len(rows)
                assert figure == found[measure.id], measure.id
        unfiled = query(date(2024, 1, 1), YEAR_END, YEAR_END, measure="unfiled")
        assert {row.title for row in unfiled.rows(session, ["title"])} == {"示例事项d2", "示例事项d7"}
        in_january = query(date(2024, 1, 1), YEAR_END, JANUARY, measure="unfiled")
        assert [row.title for row in in_january.rows(session, ["title"])] == ["示例事项d7"]


def test_the_withdrawn_one_counts_nowhere_but_as_declared(golden: Registry) -> None:
    with golden.reading() as session:
        for measure in MEASURES:
            rows = query(date(2024, 1, 1), YEAR_END, YEAR_END, measure=measure.id).rows(session, ["title"])
            counted = "示例事项d4" in {row.title for row in rows}
            assert counted == (measure.id in ("declared", "due")), measure.id
        # On the day before it was withdrawn it was one of those still to be filed.
        before = query(date(2024, 1, 1), YEAR_END, date(2024, 7, 19), measure="unfiled")
        assert "示例事项d4" in {row.title for row in before.rows(session, ["title"])}


def test_a_past_day_shows_numbers_and_statuses_of_that_day(golden: Registry) -> None:
    names = ["title", "status", "filing_number", "filed_on", "outcome", "ended_on"]
    with golden.reading() as session:
        rows = {row.title: row for row in query(date(2024, 1, 1), YEAR_END, YEAR_END, basis="all").rows(session, names)}
        assert rows["示例事项d2"].status == "concluded"
        assert (rows["示例事项d2"].filing_number, rows["示例事项d2"].filed_on) == (None, None)
        assert (rows["示例事项d7"].status, rows["示例事项d7"].ended_on) == ("revoked", date(2024, 11, 20))
        assert rows["示例事项d7"].filing_number is not None, "a revoked number stays visible"
        assert (rows["示例事项d4"].status, rows["示例事项d4"].ended_on) == ("withdrawn", date(2024, 7, 20))
        early = {row.title: row for row in query(date(2024, 1, 1), YEAR_END, date(2024, 5, 9)).rows(session, names)}
        assert (early["示例事项d7"].status, early["示例事项d7"].outcome) == ("concluded", "implement")
        assert (early["示例事项plain4"].status, early["示例事项plain4"].outcome) == ("assessing", None)
        assert "示例事项plain5" not in early, "declared on the last day of May"


def test_by_axes_each_figure_is_partitioned(golden: Registry) -> None:
    with golden.reading() as session:
        found = year(session, YEAR_END)
        for axis in ("kind", "field", "organisation", "month", "level_before", "level_after"):
            for measure in ("assessed", "passed", "filed", "passed_and_filed"):
                assert sum(row[measure] for row in found.by[axis].values()) == found.measures[measure], (axis, measure)
        assert found.by["month"]["2024-03"]["assessed"] == 2
        assert found.by["level_before"]["medium"]["assessed"] == 1
        assert found.matrix == {("low", "low"): 14, ("medium", "low"): 1}


def test_the_second_fixture_says_fourteen_and_fourteen(registry: Registry) -> None:
    second_fixture().enter(registry)
    with registry.reading() as session:
        for as_of in (YEAR_END, JANUARY):
            found = year(session, as_of)
            assert (found.measures["assessed"], found.measures["matters_assessed"]) == (14, 14)
            assert (found.measures["passed_and_filed"], found.measures["filed"]) == (14, 14)
            assert found.measures["unfiled"] == found.measures["reassessed"] == found.measures["carried_over"] == 0
            assert found.measures["declared"] == 17
            assert found.sentence_text == (
                "今年以来，共开展重大项目、重要决策社会稳定风险评估14件次，通过评估并备案14件次。"
            )
        numbers = query(date(2024, 1, 1), YEAR_END, YEAR_END, measure="filed").rows(session, ["number_seq"])
        assert [row.number_seq for row in numbers] == list(range(1, 15))
