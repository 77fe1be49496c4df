"""Two administrators at the same setting or dictionary at once, where the engine lets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from risk_registry.core.problems import Conflict
from risk_registry.settings.dictionaries import add_entry
from risk_registry.settings.operations import change_setting
from risk_registry.settings.queries import held, settings
from tests.overtaking import overtaken
from tests.registry import OPERATOR, Registry

pytestmark = pytest.mark.postgres


def test_the_second_of_two_changes_of_a_setting_is_told(postgres_registry: Registry) -> None:
    registry = postgres_registry
    with registry.writing() as session:
        change_setting(session, OPERATOR, "minimum_experts", "4")
    with registry.reading() as session:
        read_at = held(session)["minimum_experts"].version

    def change(value: str) -> Callable[[Session], None]:
        def act(session: Session) -> None:
            change_setting(session, OPERATOR, "minimum_experts", value, version=read_at)

        return act

    found = overtaken(registry, change("5"), change("7"))
    assert isinstance(found, Conflict)
    with registry.reading() as session:
        assert settings(session)["minimum_experts"] == "5"


def test_two_entries_added_at_once_get_codes_of_their_own(postgres_registry: Registry) -> None:
    def first(session: Session) -> str:
        return add_entry(session, OPERATOR, "decision_level", label="村级", valid_from=date(2024, 1, 1)).code

    def second(session: Session) -> str:
        return add_entry(session, OPERATOR, "decision_level", label="园区级", valid_from=date(2024, 2, 1)).code

    assert overtaken(postgres_registry, first, second) == "own2"
