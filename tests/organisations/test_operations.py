"""Organisations keep their history, their tree and their events."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.audit.models import Event
from risk_registry.audit.pending import UndeclaredChange
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.core.values import Raw
from risk_registry.db.engine import begin_write
from risk_registry.db.work import Sessions, reading, writing
from risk_registry.organisations import operations, queries
from risk_registry.organisations.models import Organisation, OrganisationTree

START = date(2020, 1, 1)
TODAY = date(2024, 3, 5)


def make(
    session: Session,
    actor: Actor,
    code: str,
    *,
    kind: str = "department",
    parent: Organisation | None = None,
    change: Mapping[str, Raw] | None = None,
    **more: str,
) -> Organisation:
    values: dict[str, Raw] = {
        "code": code,
        "name": f"机构{code}",
        "short": code[:2],
        "kind": kind,
        "valid_from": START,
        **more,
        **(change or {}),
    }
    return operations.create_organisation(session, actor, values=values, parent=parent)


def faults(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {problem.field for problem in refused.value.problems}


def test_create_records_one_event_with_values(sessions: Sessions, operator: Actor) -> None:
    with writing(sessions) as session:
        office = make(session, operator, "office", kind="filing_office", name="示例县信访办公室")
        number = office.id
    with reading(sessions) as session:
        event = session.scalars(select(Event)).one()
        assert (event.action, event.subject_kind, event.subject_id) == ("create_organisation", "organisation", number)
        assert "示例县信访办公室" in event.changes
        found = queries.by_code(session, "office")
        assert found is not None
        assert found.valid_from == START
        assert queries.get(session, number) is found


def test_every_faulty_field_is_named(sessions: Sessions, operator: Actor) -> None:
    with writing(sessions) as session:
        with pytest.raises(Refused) as refused:
            operations.create_organisation(
                session,
                operator,
                values={
                    "code": "有空格 ",
                    "name": "",
                    "kind": "军队",
                    "valid_from": "2024-02-30",
                    "uscc": "91500000MA5U000000",
                },
            )
        assert faults(refused) == {"code", "name", "kind", "valid_from", "uscc"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "filing_office", "short": ""}, "short"),
        ({"valid_to": "2019-12-31"}, "valid_to"),
        ({"reg_no": "渝稳评〔2023〕1号"}, "reg_no"),
        ({"region_code": "99"}, "region_code"),
        ({"name": "张三13800138000工作室"}, "name"),
        ({"name": "机" * 129}, "name"),
    ],
)
def test_rules_over_fields(sessions: Sessions, operator: Actor, change: dict[str, str], field: str) -> None:
    with writing(sessions) as session:
        with pytest.raises(Refused) as refused:
            make(session, operator, "a", change=change)
        assert faults(refused) == {field}


def test_code_is_unique(sessions: Sessions, operator: Actor) -> None:
    with writing(sessions) as session:
        make(session, operator, "zj")
        with pytest.raises(Refused) as refused:
            make(session, operator, "zj")
        assert faults(refused) == {"code"}


def test_rename_keeps_the_old_name_for_its_days(sessions: Sessions, operator: Actor) -> None:
    with writing(sessions) as session:
        bureau = make(session, operator, "zj", name="示例县建设委员会")
        operations.rename_organisation(
            session, operator, bureau, name="示例县住房和城乡建设委员会", valid_from=date(2024, 4, 1), today=TODAY
        )
        number = bureau.id
    with reading(sessions) as session:
        assert queries.name_on(session, number, date(2024, 3, 31)) == "示例县建设委员会"
        assert queries.name_on(session, number, date(2024, 4, 1)) == "示例县住房和城乡建设委员会"
        assert queries.name_on(session, number, date(1999, 1, 1)) == "示例县建设委员会"
        book = queries.name_book(session)
        assert book.name_on(number, date(2024, 4, 1)) == "示例县住房和城乡建设委员会"
        assert book.short_on(number, date(2024, 4, 1)) == "zj"
        with pytest.raises(KeyError):
            book.name_on(-1, TODAY)
        assert [item.id for item in queries.by_name(session, "示例县建设委员会")] == [number]
        assert queries.by_name(session, "示例县建设委员会", on=date(2024, 4, 1)) == []
        changes = session.scalars(select(Event.changes).order_by(Event.seq.desc())).first()
        assert changes is not None
        assert "dated_name[2020-01-01].valid_to" in changes
        assert queries.options(session, on=TODAY) == [(number, "示例县建设委员会")]


def test_backdated_rename_needs_someone_to_rewrite_lines(sessions: Sessions, operator: Actor) -> None:
    told: list[tuple[int, date]] = []
    with writing(sessions) as session:
        bureau = make(session, operator, "zj")
        for day in (TODAY, date(2024, 3, 1)):
            with pytest.raises(Refused) as refused:
                operations.rename_organisation(session, operator, bureau, name="新名称", valid_from=day, today=TODAY)
            assert faults(refused) == {"valid_from"}
        operations.rename_organisation(
            session,
            operator,
            bureau,
            name="新名称",
            valid_from=date(2024, 3, 1),
            today=TODAY,
            renamed=lambda item, day: told.append((item.id, day)),
        )
        assert told == [(bureau.id, date(2024, 3, 1))]
        with pytest.raises(Refused) as refused:
            operations.rename_organisation(
                session,
                operator,
                bureau,
                name="再改",
                valid_from=date(2024, 3, 1),
                today=TODAY,
                renamed=lambda *_: None,
            )
        assert faults(refused) == {"valid_from"}


def test_filing_office_is_the_nearest_above(sessions: Sessions, operator: Actor) -> None:
    with writing(sessions) as session:
        city = make(session, operator, "city", kind="filing_office")
        county = make(session, operator, "county", kind="filing_office", parent=city)
        bureau = make(session, operator, "bureau", parent=county)
        branch = make(session, operator, "branch", parent=bureau)
        loner = make(session, operator, "loner")
        for start, expected in ((branch, county), (county, county), (city, city), (loner, None)):
            assert queries.filing_office_for(session, start.id) is expected
        assert queries.subtree_ids(session, county.id) == {county.id, bureau.id, branch.id}
        assert queries.ancestors(session, branch.id) == [bureau, county, city]
        operations.move_organisation(session, operator, bureau, parent=city, reason="机构改革")
        assert queries.filing_office_for(session, branch.id) is city
        assert queries.subtree_ids(session, county.id) == {county.id}
        for impossible in (bureau, branch):
            with pytest.raises(Refused):
                operations.move_organisation(session, operator, bureau, parent=impossible)


@pytest.mark.parametrize("seed", range(5))
def test_closure_says_the_same_as_the_parents(sessions: Sessions, operator: Actor, seed: int) -> None:
    chance = random.Random(seed)
    with writing(sessions) as session:
        known = [make(session, operator, "root")]
        for number in range(15):
            parent = chance.choice([None, *known])
            known.append(make(session, operator, f"n{number}", parent=parent))
        for _ in range(20):
            moved, parent = chance.choice(known), chance.choice([None, *known])
            inside = parent is not None and parent.id in queries.subtree_ids(session, moved.id)
            if inside:
                with pytest.raises(Refused):
                    operations.move_organisation(session, operator, moved, parent=parent)
            else:
                operations.move_organisation(session, operator, moved, parent=parent)
            assert queries.tree_is_sound(session)
        session.delete(session.scalars(select(OrganisationTree).where(OrganisationTree.depth == 0)).first())
        session.flush()
        assert not queries.tree_is_sound(session)


def test_close_waits_for_those_below(sessions: Sessions, operator: Actor) -> None:
    last = date(2024, 6, 30)
    with writing(sessions) as session:
        bureau = make(session, operator, "zj")
        branch = make(session, operator, "zj1", parent=bureau)
        with pytest.raises(Refused) as refused:
            operations.close_organisation(session, operator, bureau, valid_to=last, reason="撤并")
        assert branch.name in str(refused.value)
        with pytest.raises(Refused):
            operations.close_organisation(session, operator, branch, valid_to=last, reason=" ")
        operations.close_organisation(session, operator, branch, valid_to=last, reason="撤并")
        operations.close_organisation(session, operator, bureau, valid_to=last, reason="撤并")
        assert [key for key, _ in queries.options(session, on=last)] == [bureau.id, branch.id]
        assert queries.options(session, on=date(2024, 7, 1)) == []
        with pytest.raises(Refused):
            make(session, operator, "late", parent=bureau, valid_from="2024-08-01")


def test_options_by_kind_and_place(sessions: Sessions, operator: Actor) -> None:
    with writing(sessions) as session:
        office = make(session, operator, "office", kind="filing_office")
        bureau = make(session, operator, "zj", parent=office)
        third = make(session, operator, "tp", kind="third_party")
        assert [key for key, _ in queries.options(session, kinds=["third_party"], on=TODAY)] == [third.id]
        assert [key for key, _ in queries.options(session, on=TODAY, within=office.id)] == [office.id, bureau.id]
        assert queries.options(session, on=date(2019, 1, 1)) == []


def test_stale_version_and_missing_role_are_refused(sessions: Sessions, operator: Actor) -> None:
    clerk = replace(operator, kind="account", account_id=1, name="张工", roles=frozenset({"submitter"}))
    officer = replace(clerk, roles=frozenset({"filing_officer"}))
    with writing(sessions) as session:
        with pytest.raises(NotAllowed):
            make(session, clerk, "x")
        with pytest.raises(NotAllowed):
            make(session, officer, "o", kind="filing_office")
        third = make(session, officer, "tp", kind="third_party")
        seen = third.version
        operations.change_organisation(session, operator, third, values={"reg_valid_to": "2024-12-31"}, version=seen)
        with pytest.raises(Conflict):
            operations.change_organisation(session, operator, third, values={"reg_no": "1"}, version=seen)
        with pytest.raises(ValueError, match="name"):
            operations.change_organisation(session, operator, third, values={"name": "x"})


def test_third_party_validity(sessions: Sessions, operator: Actor) -> None:
    with writing(sessions) as session:
        third = make(session, operator, "tp", kind="third_party", reg_valid_to="2024-12-31", reg_status="valid")
        assert queries.third_party_problem(third, date(2024, 12, 31)) is None
        assert "到期" in str(queries.third_party_problem(third, date(2025, 1, 1)))
        assert "启用" in str(queries.third_party_problem(third, date(2019, 1, 1)))
        operations.change_organisation(session, operator, third, values={"reg_status": "已注销"})
        assert "注销" in str(queries.third_party_problem(third, TODAY))
        operations.close_organisation(session, operator, third, valid_to=TODAY, reason="注销")
        assert queries.third_party_problem(third, TODAY) is None
        assert "停用" in str(queries.third_party_problem(third, date(2024, 3, 6)))
        bureau = make(session, operator, "zj")
        assert "不是第三方" in str(queries.third_party_problem(bureau, TODAY))


def test_change_without_an_act_is_refused(sessions: Sessions, operator: Actor) -> None:
    with writing(sessions) as session:
        make(session, operator, "zj")
    with sessions() as session:
        begin_write(session)
        found = queries.by_code(session, "zj")
        assert found is not None
        found.name = "悄悄改名"
        with pytest.raises(UndeclaredChange):
            session.commit()
