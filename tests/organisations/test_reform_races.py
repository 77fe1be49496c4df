"""A reform while others work: none is merged into what closes, nothing settled moves, nothing is declared late."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from risk_registry.casefile import reorganisation
from risk_registry.core.problems import Conflict, Refused
from risk_registry.settings.queries import settings
from tests.acting import Cast, declare
from tests.organisations.reforms import ENTERED, REFORM, Before, assert_history_stands, merged, turn_of_the_year
from tests.overtaking import overtaken
from tests.registry import Registry, organisation

pytestmark = pytest.mark.postgres


def merge(registry: Registry, session: Session, predecessor: str, successor: str) -> None:
    reorganisation.merge(
        session,
        registry.act(session, "sysadmin"),
        predecessors=[organisation(session, predecessor)],
        successor=organisation(session, successor),
        reform=REFORM,
    )


def test_nobody_is_merged_into_one_that_is_just_being_closed(postgres_registry: Registry) -> None:
    registry = postgres_registry
    registry.clock.set(ENTERED)
    found = overtaken(
        registry,
        lambda session: merge(registry, session, "water", "school"),
        lambda session: merge(registry, session, "town", "water"),
    )
    assert isinstance(found, Conflict)
    with registry.reading() as session:
        assert organisation(session, "town").valid_to is None


@pytest.mark.parametrize(("name", "step"), [("w-open", "conclude"), ("w-waiting", "accept")])
def test_what_is_settled_meanwhile_keeps_its_owner(
    postgres_registry: Registry, monkeypatch: pytest.MonkeyPatch, name: str, step: str
) -> None:
    registry, story = postgres_registry, turn_of_the_year(postgres_registry)
    if step == "accept":
        story.step(ENTERED, name, "receive")
    before, listed = Before.of(registry), reorganisation.open_rounds

    def listed_and_overtaken(session: Session, ids: list[int]) -> object:
        found = listed(session, ids)
        story.step(ENTERED, name, step)
        return found

    monkeypatch.setattr(reorganisation, "open_rounds", listed_and_overtaken)
    merged(registry)
    assert story.line(name).owner_org_code == "water"
    assert_history_stands(registry, before)


def test_nothing_is_declared_for_one_that_is_being_merged(postgres_registry: Registry) -> None:
    registry = postgres_registry
    registry.clock.set(ENTERED)

    def late(session: Session) -> object:
        return declare(session, Cast(session, ENTERED, settings(session)), "water", title="示例迟报事项").id

    found = overtaken(registry, lambda session: merge(registry, session, "water", "school"), late)
    assert isinstance(found, Refused)
