"""Versions of the index method and the office's own factors on both engines: added, ended, never changed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from risk_registry.audit.models import Event
from risk_registry.core.problems import Refused
from risk_registry.core.risk_method import INDEX_428
from risk_registry.core.risk_method_content import content_of
from risk_registry.methods.models import MethodVersion
from risk_registry.methods.operations import add_version, end_version, set_own_factors
from risk_registry.methods.queries import faults, in_force, library, own_factors, version, versions
from tests.registry import OPERATOR, Registry

DAY = date(2024, 3, 4)
TEXTS = {"name": "县标准", "basis": "示信发〔2024〕9号"}


def content(**changes: Any) -> dict[str, Any]:
    """The shipped content with changes."""
    return {**content_of(INDEX_428), **changes}


def test_a_later_version_is_in_force_from_its_day_to_its_last(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        strict = content(composite=["0.3", "0.5", "1"])
        row = add_version(session, OPERATOR, **TEXTS, content=strict, valid_from=DAY)
        add_version(session, OPERATOR, **TEXTS, content=content(), valid_from=date(2025, 1, 1))
        assert row.version == 2
    with registry.reading() as session:
        assert [item.number for item in versions(session)] == [3, 2, 1]
        days = {date(2024, 3, 3): 1, DAY: 2, date(2024, 12, 31): 2, date(2025, 1, 1): 3}
        assert {day: in_force(session, day).number for day in days} == days
        found = version(session, 2)
        assert found is not None
        assert [str(band.upper) for band in found.method.composite] == ["0.3", "0.5", "1"]
        assert found.method.source == TEXTS["basis"]
        assert version(session, 9) is None
        assert faults(session) == (2, [])
    with registry.writing() as session:
        last = session.scalars(select(MethodVersion).where(MethodVersion.version == 3)).one()
        with pytest.raises(Refused, match="停用日期不能早于启用日期"):
            end_version(session, OPERATOR, last, valid_to=DAY, reason="依据废止")
        with pytest.raises(Refused, match="理由"):
            end_version(session, OPERATOR, last, valid_to=date(2025, 6, 30), reason=" ")
        end_version(session, OPERATOR, last, valid_to=date(2025, 6, 30), reason="依据废止")
        with pytest.raises(Refused, match="已经停用"):
            end_version(session, OPERATOR, last, valid_to=date(2025, 7, 31), reason="依据废止")
    with registry.reading() as session:
        assert in_force(session, date(2025, 7, 1)).number == 2
        event = session.scalars(select(Event).where(Event.action == "end_method_version")).one()
        assert json.loads(event.changes) == {"valid_to": [None, "2025-06-30"]}
        assert event.reason == "依据废止"


def test_a_faulty_version_is_refused_whole(registry: Registry) -> None:
    registry.clock.set(DAY)
    wrong = content(degree=["0.04", "0.16", "0.1", "0.64", "1"])
    with pytest.raises(Refused) as caught, registry.writing() as session:
        add_version(session, OPERATOR, name="", basis="联系张三13812345678", content=wrong, valid_from=DAY)
    assert {problem.field for problem in caught.value.problems} == {"name", "basis", "degree_3"}
    with registry.reading() as session:
        assert [item.number for item in versions(session)] == [1]


def test_what_was_changed_behind_the_registry_is_found(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        add_version(session, OPERATOR, **TEXTS, content=content(), valid_from=DAY)
    with registry.writing() as session:
        session.connection().exec_driver_sql("UPDATE method_version SET content = replace(content, '0.36', '0.46')")
    with registry.reading() as session:
        assert faults(session) == (1, [("INDEX_428 2", "its content differs from its digest")])


def test_own_factors_join_the_library_and_name_nobody(registry: Registry) -> None:
    registry.clock.set(DAY)
    with registry.writing() as session:
        set_own_factors(session, OPERATOR, {"land": ["青苗补偿", "坟墓迁移"]}, valid_from=DAY)
    with registry.writing() as session:
        with pytest.raises(Refused, match="没有改动"):
            set_own_factors(session, OPERATOR, {"land": ["青苗补偿", "坟墓迁移"]}, valid_from=DAY)
        names = {"land": ["补偿标准", "上访户"], "media": ["网络舆情", "网络舆情"], "safety": ["长" * 65]}
        with pytest.raises(Refused) as caught:
            set_own_factors(session, OPERATOR, names, valid_from=DAY)
        assert sorted(problem.field for problem in caught.value.problems) == ["land", "land", "media", "safety"]
    with registry.reading() as session:
        land = next(area for area in library(session, DAY) if area.code == "land")
        assert land.factors[-2:] == ("青苗补偿", "坟墓迁移")
        assert sum(len(area.factors) for area in library(session, DAY)) == 51
        assert own_factors(session, date(2024, 3, 3))["land"] == ()
    with registry.writing() as session:
        set_own_factors(session, OPERATOR, {}, valid_from=DAY)
        assert own_factors(session, DAY)["land"] == ()
