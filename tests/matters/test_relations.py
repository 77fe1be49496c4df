"""上级与下级事项, one project in several matters, an assessment referred to: found in scope (both engines)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import EVERYTHING, Scope
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.casefile.relations import family, find_matters, parent_named, reference_of, referred, related
from risk_registry.core.problems import Refused
from risk_registry.filings import operations as filing
from risk_registry.matters.models import Matter
from risk_registry.upkeep.verification import verify
from tests.registry import CONCLUSION, CONSULTATION, Registry, matter_values, organisation

DAY = date(2024, 3, 4)


def declare(session: Session, registry: Registry, who: str = "clerk", **changes: Any) -> Assessment:
    values = matter_values(session, **{name: value for name, value in changes.items() if name != "parent_id"})
    found = assessing.declare_matter(session, registry.act(session, who), {**values, **changes, **_units(values)})
    session.flush()
    return found


def _units(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("owner_org", "decision_org", "implement_org")}


def file(session: Session, registry: Registry, found: Assessment) -> None:
    act = registry.act(session, "clerk")
    assessing.start(session, act, found)
    assessing.conclude(session, act, found, {**CONCLUSION, "concluded_on": act.today}, CONSULTATION)
    filing.receive_and_accept(session, registry.act(session, "second"), filing.submit(session, act, found))


COVERED = {"screening": "covered", "screening_reason": "上级事项的评估已覆盖"}


def test_a_family_says_what_is_counted(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        whole = declare(session, registry, title="示例灌区工程")
        file(session, registry, whole)
        number = reference_of(session, EVERYTHING, whole.matter_id)
    with registry.writing() as session:
        whole = session.scalars(select(Assessment)).one()
        number = reference_of(session, EVERYTHING, whole.matter_id)
        assert number == "示稳评备〔2024〕1号"
        above = whole.matter_id
        covered = declare(
            session, registry, title="示例灌区工程一标段", parent_id=above, screening_reference=number, **COVERED
        )
        apart = declare(session, registry, title="示例灌区工程二标段", parent_id=above)
        file(session, registry, apart)
        declare(session, registry, title="别的工程")
        assert covered.status == "exempt"
    with registry.reading() as session:
        found = family(session, EVERYTHING, session.get_one(Matter, above))
        assert found is not None
        assert found.parent is None
        assert (found.own.counted, found.counted_below, found.covered, found.all_apart) == (1, 1, 1, False)
        lot = family(session, EVERYTHING, session.get_one(Matter, apart.matter_id))
        assert lot is not None
        assert lot.parent is not None
        assert lot.parent.newest.title == "示例灌区工程"
        row = referred(session, EVERYTHING, number)
        assert row is not None
        assert row.matter_id == above
        assert family(session, EVERYTHING, session.scalars(select(Matter).where(Matter.seq == 4)).one()) is None
        # Whoever may not see the parts sees none.
        school = Scope("own", organisation(session, "school").id)
        assert family(session, school, session.get_one(Matter, above)) is None
        assert referred(session, school, number) is None
        assert verify(session, DAY).ok


def test_parts_that_are_all_assessed_by_themselves_are_told(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        whole = declare(session, registry, title="示例灌区工程")
        for name in "一二":
            part = declare(session, registry, title=f"示例灌区工程{name}标段", parent_id=whole.matter_id)
        file(session, registry, part)
        above = whole.matter_id
    with registry.reading() as session:
        found = family(session, EVERYTHING, session.get_one(Matter, above))
        assert found is not None
        assert found.all_apart
        assert (found.own.counted, found.counted_below) == (0, 1)


def test_a_parent_is_named_by_number_or_title(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        first = declare(session, registry, title="示例灌区工程")
        declare(session, registry, title="示例灌区工程二期")
        declare(session, registry, "teacher", title="示例校舍", owner_org="school", implement_org="school")
        wanted = first.matter_id
    with registry.reading() as session:
        own = Scope("own", organisation(session, "water").id)
        assert parent_named(session, own, " 500229-2024-0001 ") == wanted
        assert parent_named(session, own, "示例灌区工程") == wanted, "an equal title wins"
        assert parent_named(session, own, "二期") is not None
        assert parent_named(session, own, "") is None
        with pytest.raises(Refused, match="500229-2024-0002"):
            parent_named(session, own, "灌区")
        with pytest.raises(Refused, match="没有找到"):
            parent_named(session, own, "示例校舍")
        with pytest.raises(Refused, match="不在您可以看到的事项中"):
            parent_named(session, own, "500229-2024-0003")
        # What the matter has already may stay, though the editor cannot see it.
        present = session.scalars(select(Matter).where(Matter.seq == 3)).one()
        assert parent_named(session, own, present.reg_no, present=present) == present.id


def test_a_change_of_the_parent_is_an_event_and_never_a_circle(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        whole, part = declare(session, registry), declare(session, registry)
        act = registry.act(session, "clerk")
        assessing.change_declaration(session, act, part, {"parent_id": whole.matter_id})
        with pytest.raises(Refused, match="不能是本事项自己"):
            assessing.change_declaration(session, act, whole, {"parent_id": part.matter_id})
        with pytest.raises(Refused, match="不能是本事项自己"):
            assessing.change_declaration(session, act, whole, {"parent_id": whole.matter_id})
    with registry.reading() as session:
        changes = json.loads(session.scalars(select(Event.changes).where(Event.action == "change_declaration")).one())
        assert changes == {"matter.parent_id": [None, 1]}


def test_one_project_in_several_matters_is_seen(registry: Registry) -> None:
    registry.clock.set(DAY)
    code = "2024-500229-76-01-123456"
    with registry.writing() as session:
        first = declare(session, registry, title="一标段", project_code=code)
        second = declare(session, registry, title="二标段", project_code=code)
        third = declare(session, registry, title="三标段", parent_id=first.matter_id)
        fourth = declare(session, registry, title="四标段", parent_id=first.matter_id)
        ids = [item.matter_id for item in (first, second, third, fourth)]
    with registry.reading() as session:

        def titles(scope: Scope = EVERYTHING, **asked: Any) -> list[str]:
            return [item.newest.title for item in related(session, scope, **asked)]

        assert titles(project_code=code, parent_id=None, own_id=ids[0]) == ["二标段"]
        assert titles(project_code=None, parent_id=ids[0], own_id=ids[2]) == ["四标段"]
        assert titles(project_code=code, parent_id=ids[0]) == ["一标段", "二标段", "三标段", "四标段"]
        assert titles(project_code=None, parent_id=None) == []
        school = Scope("own", organisation(session, "school").id)
        assert titles(school, project_code=code, parent_id=None) == []


def test_only_what_is_covered_keeps_a_reference(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        waived = {"screening": "waived", "screening_reason": "日常养护", "screening_reference": "示稳评备〔2024〕1号"}
        assert declare(session, registry, **waived).screening_reference is None
        with pytest.raises(Refused, match="备案编号"):
            declare(session, registry, **COVERED)
        session.rollback()


def test_a_search_finds_each_matter_once(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        found = declare(session, registry, title="示例灌区工程")
        file(session, registry, found)
        assessing.open_round(session, registry.act(session, "clerk"), found, trigger="new_risk", reason="方案调整")
    with registry.reading() as session:
        (row,) = find_matters(session, EVERYTHING, "灌区")
        assert row.seq == 2
        assert find_matters(session, EVERYTHING, "没有") == []
