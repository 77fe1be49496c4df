"""Dictionaries: own entries, other words from a day on, entries out of use; old lines keep their words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.audit.queries import events_about
from risk_registry.casefile.rewording import reword_names, reword_words
from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.lines.predicates import LINE
from risk_registry.organisations.operations import rename_organisation
from risk_registry.settings.dictionaries import (
    BOOKS,
    add_entry,
    end_entry,
    entries,
    move_entry,
    relabel_entry,
    version_of,
)
from risk_registry.settings.queries import WordBook, settings
from risk_registry.upkeep.verification import verify
from tests.acting import Cast, bring_to
from tests.registry import OPERATOR, Registry, organisation

TODAY = date(2024, 5, 6)
_PROJECT = "重大工程项目"


def relabel(session: Session, code: str, label: str, valid_from: date, **more: Any) -> list[int]:
    """Relabel an entry of 事项分类; how many lines followed, when any were asked."""
    followed = []

    def reworded(dictionary: str, word: str, since: date) -> None:
        followed.append(reword_words(session, OPERATOR, dictionary, word, since))

    relabel_entry(
        session, OPERATOR, "kind", code, label=label, axis=_PROJECT, valid_from=valid_from, reworded=reworded, **more
    )
    return followed


def declared(registry: Registry, day: date, **values: Any) -> int:
    """A matter of kind 工程项目 declared on a day."""
    registry.clock.set(day)
    with registry.writing() as session:
        cast = Cast(session, day, settings(session))
        return bring_to(session, cast, "due", kind="project", invest_wan=Decimal("1.00"), **values).id


def kind_text(session: Session, number: int) -> tuple[str, int]:
    """The word of the present line, and its version."""
    row = session.execute(
        select(LINE.c.kind_text, LINE.c.version).where(LINE.c.assessment_id == number, LINE.c.superseded_at.is_(None))
    ).one()
    return row.kind_text, row.version


def test_every_dictionary_but_the_statuses_is_kept_by_the_office() -> None:
    assert set(BOOKS) | {"status"} >= set(DICTIONARIES)
    for book in BOOKS.values():
        assert book.may_end <= {term.code for term in DICTIONARIES[book.name]}


def test_a_word_of_tomorrow_leaves_today_alone(registry: Registry) -> None:
    number = declared(registry, TODAY)
    with registry.writing() as session:
        assert relabel(session, "project", "重大项目", date(2024, 5, 7)) == [0]
    with registry.reading() as session:
        assert kind_text(session, number) == ("工程项目", 1)
        words = WordBook(session)
        assert words.text("kind", "project", TODAY) == "工程项目"
        assert words.text("kind", "project", date(2024, 5, 7)) == "重大项目"
        assert faults(session) == []


def test_a_back_dated_word_reaches_the_lines_of_its_days_and_no_others(registry: Registry) -> None:
    old = declared(registry, date(2024, 2, 1), title="示例旧工程")
    new = declared(registry, date(2024, 4, 1), title="示例新工程")
    other = declared(registry, date(2024, 4, 2), title="示例其他")
    registry.clock.set(TODAY)
    with registry.writing() as session:
        assert relabel(session, "project", "重大项目", date(2024, 3, 1)) == [2]
    with registry.reading() as session:
        assert kind_text(session, old) == ("工程项目", 1)
        assert kind_text(session, new) == ("重大项目", 2)
        assert kind_text(session, other) == ("重大项目", 2)
        assert [event.action for event in events_about(session, "assessment", [new])][-1] == "reword"
        assert [event.action for event in events_about(session, "assessment", [old])][-1] != "reword"
        assert faults(session) == []


def test_a_back_dated_name_reaches_the_lines_of_its_days(registry: Registry) -> None:
    old = declared(registry, date(2024, 2, 1), title="示例旧工程")
    new = declared(registry, date(2024, 4, 1), title="示例新工程")
    registry.clock.set(TODAY)
    with registry.writing() as session:
        water, followed = organisation(session, "water"), []
        rename_organisation(
            session,
            OPERATOR,
            water,
            name="示例县水务局",
            valid_from=date(2024, 3, 1),
            today=TODAY,
            renamed=lambda unit, day: followed.append(reword_names(session, OPERATOR, unit.id, day)),
        )
        assert followed == [1]
    with registry.reading() as session:
        query = select(LINE.c.assessment_id, LINE.c.owner_org).where(LINE.c.superseded_at.is_(None))
        assert {row.assessment_id: row.owner_org for row in session.execute(query)} == {
            old: "示例县水利局",
            new: "示例县水务局",
        }
        assert faults(session) == []


def faults(session: Session) -> list[str]:
    """What does not hold in the registry."""
    return [str(fault) for fault in verify(session, TODAY).faults]


def test_an_own_entry_is_offered_from_its_day_and_out_of_use_after_its_last(registry: Registry) -> None:
    with registry.writing() as session:
        entry = add_entry(session, OPERATOR, "kind", label="信访积案", axis="其它重大决策", valid_from=date(2024, 5, 1))
        assert entry.code == "own1"
        end_entry(session, OPERATOR, "kind", "own1", valid_to=date(2024, 6, 30), reason="并入其他")
    with registry.reading() as session:
        words = WordBook(session)
        offered = [dict(words.choices("kind", day)) for day in (date(2024, 4, 30), TODAY, date(2024, 7, 1))]
        assert [found.get("own1") for found in offered] == [None, "信访积案", None]
        # What was recorded with it keeps its word, and lists still ask for it.
        assert words.text("kind", "own1", date(2024, 7, 1)) == "信访积案"
        assert dict(words.every("kind", date(2024, 7, 1)))["own1"] == "信访积案"


def test_a_word_may_come_back_and_a_slip_be_put_right(registry: Registry) -> None:
    with registry.writing() as session:
        add_entry(session, OPERATOR, "kind", label="信访积按", axis=_PROJECT, valid_from=date(2024, 5, 1))
        relabel(session, "own1", "信访积案", date(2024, 5, 1))
        end_entry(session, OPERATOR, "kind", "own1", valid_to=date(2024, 5, 31))
        relabel(session, "own1", "信访积案", date(2024, 7, 1))
    with registry.reading() as session:
        rows = next(group for group in entries(session, "kind") if group[0].code == "own1")
        assert [(row.label, row.valid_from, row.valid_to) for row in rows] == [
            ("信访积案", date(2024, 5, 1), date(2024, 5, 31)),
            ("信访积案", date(2024, 7, 1), None),
        ]


def test_english_and_class_change_at_once_and_touch_no_line(registry: Registry) -> None:
    number = declared(registry, TODAY)
    with registry.writing() as session:
        assert relabel(session, "project", "工程项目", TODAY, label_en="works") == []
    with registry.reading() as session:
        assert WordBook(session, english=True).text("kind", "project", TODAY) == "Works"
        assert kind_text(session, number) == ("工程项目", 1)


def test_order(registry: Registry) -> None:
    with registry.writing() as session:
        before = [group[0].code for group in entries(session, "kind")]
        move_entry(session, OPERATOR, "kind", before[1], up=True)
        move_entry(session, OPERATOR, "kind", before[1], up=True)
        move_entry(session, OPERATOR, "kind", before[2], up=False)
    with registry.reading() as session:
        after = [code for code, _word in WordBook(session).choices("kind", TODAY)]
        assert after == [before[1], before[0], before[3], before[2], *before[4:]]


def test_what_is_refused(registry: Registry) -> None:
    with registry.writing() as session:
        for label, said in (("政策", "已是另一项的名称"), ("", "名称"), ("工程项目", "没有可保存的改动")):
            with pytest.raises(Refused, match=said):
                relabel(session, "project", label, TODAY, label_en="project")
        relabel(session, "project", "重大项目", TODAY)
        with pytest.raises(Refused, match="不能早于"):
            relabel(session, "project", "大项目", date(2024, 5, 1))
        with pytest.raises(Refused, match="不能增加项目"):
            add_entry(session, OPERATOR, "level", label="极高", valid_from=TODAY)
        with pytest.raises(Refused, match="季报类别"):
            add_entry(session, OPERATOR, "kind", label="信访积案", valid_from=TODAY)
        with pytest.raises(Refused, match="已被使用"):
            add_entry(session, OPERATOR, "kind", label="信访积案", axis=_PROJECT, code="policy", valid_from=TODAY)
        with pytest.raises(Refused, match="不能停用"):
            end_entry(session, OPERATOR, "outcome", "implement", valid_to=TODAY)
        with pytest.raises(Refused, match="不能修改"):
            move_entry(session, OPERATOR, "status", "filed", up=True)
        with pytest.raises(NotAllowed):
            end_entry(session, registry.act(session, "officer").actor, "outcome", "phased", valid_to=TODAY)


def test_the_last_entry_in_use_stays(registry: Registry) -> None:
    with registry.writing() as session:
        codes = [group[0].code for group in entries(session, "decision_level")]
        for code in codes[1:]:
            end_entry(session, OPERATOR, "decision_level", code, valid_to=TODAY)
        with pytest.raises(Refused, match="最后一个"):
            end_entry(session, OPERATOR, "decision_level", codes[0], valid_to=TODAY)


def test_two_hands_at_once(registry: Registry) -> None:
    with registry.reading() as session:
        rows = next(group for group in entries(session, "kind") if group[0].code == "project")
        read_at = version_of(session, rows)
    with registry.writing() as session:
        relabel(session, "project", "重大项目", TODAY, version=read_at)
    with registry.writing() as session, pytest.raises(Conflict):
        relabel(session, "project", "大项目", date(2024, 5, 9), version=read_at)
