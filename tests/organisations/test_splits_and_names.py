"""Splits, filing offices and new names over the turn of a year, on both engines (DOMAIN §8d 7 to 9)."""

from __future__ import annotations

from datetime import date

import pytest

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.casefile import reorganisation
from risk_registry.casefile.reorganisation import Shares
from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.filings import operations as filing
from risk_registry.organisations.queries import filing_office_for
from risk_registry.organisations.registry_office import office_names
from risk_registry.organisations.succession import Heir
from tests.organisations.reforms import (
    ENTERED,
    FIRST,
    REFORM,
    SCHOOL,
    WATER,
    Before,
    Story,
    actions,
    assert_history_stands,
    assert_partition,
    attempt_of,
    last_years_counts,
    new_unit,
    seen_by,
    this_years_counts,
)
from tests.registry import Registry, account, organisation


def test_a_split_divides_what_is_open_and_leaves_last_year(story: Story, registry: Registry) -> None:
    before = Before.of(registry)
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        river = new_unit(session, "river", "示例县河道管理局")
        supply = new_unit(session, "supply", "示例县供排水局")
        reorganisation.split(
            session,
            registry.act(session, "sysadmin"),
            organisation(session, "water"),
            heirs=[Heir(supply, inherits=False), Heir(river)],
            shares=Shares(
                {story.rounds["w-open"]: supply},
                {account(session, "clerk").id: river, account(session, "colleague").id: supply},
                {organisation(session, "builder").id: supply},
            ),
            reform=REFORM,
        )
    assert_history_stands(registry, before)
    assert story.line("w-open").owner_org == "示例县供排水局"
    assert seen_by(registry, "clerk", story) == WATER - {"w-open"}
    assert seen_by(registry, "colleague", story) == {"w-open"}, "who does not inherit sees what was given to it"
    assert seen_by(registry, "officer", story) == WATER | SCHOOL
    with registry.reading() as session:
        assert organisation(session, "builder").parent_id == organisation(session, "supply").id
        assert organisation(session, "water").parent_id == organisation(session, "river").id
        assert account(session, "head").organisation_id == organisation(session, "water").id, "not named, stays"
    story.step(date(2025, 7, 7), "w-concluded", "submit")
    with registry.writing() as session:
        with pytest.raises(NotAllowed):
            filing.withdraw(
                session, registry.act(session, "colleague"), attempt_of(session, story, "w-concluded"), "撤回"
            )
        filing.withdraw(session, registry.act(session, "clerk"), attempt_of(session, story, "w-concluded"), "撤回")
    with registry.reading() as session:
        assert_partition(this_years_counts(session, date(2025, 9, 30)))


def test_after_a_split_a_new_round_belongs_to_the_heir_who_begins_it(story: Story, registry: Registry) -> None:
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        units = [new_unit(session, "river", "示例县河道管理局"), new_unit(session, "supply", "示例县供排水局")]
        reorganisation.split(
            session,
            registry.act(session),
            organisation(session, "water"),
            heirs=[Heir(unit) for unit in units],
            shares=Shares({}, {account(session, "clerk").id: units[1]}, {}),
            reform=REFORM,
        )
    with registry.writing() as session:
        filed = session.get_one(Assessment, story.rounds["w-filed"])
        with pytest.raises(Refused, match="已拆分"):
            assessing.open_round(
                session, registry.act(session, "head"), filed, trigger="plan_changed", reason="方案调整"
            )
        again = assessing.open_round(
            session, registry.act(session, "clerk"), filed, trigger="plan_changed", reason="方案调整"
        )
        assert again.facts.owner_org_id == organisation(session, "supply").id
    assert story.line("w-open").owner_org_code == "river", "what is not named goes to the first that inherits"


def test_a_filing_office_is_merged_with_what_waits_there(story: Story, registry: Registry) -> None:
    """Numbers given stay in the old office's series; what still waits is filed under the new one's."""
    before = Before.of(registry)
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        bureau = new_unit(session, "social", "示例县社会工作部", kind="filing_office", short="社")
        reorganisation.merge(
            session,
            registry.act(session, "sysadmin"),
            predecessors=[organisation(session, "office")],
            successor=bureau,
            reform=REFORM,
        )
        assert filing_office_for(session, organisation(session, "water").id) is bureau
    with registry.reading() as session:
        names = office_names(session)
        assert names.on(date(2025, 6, 30)) == "示例县信访办公室"
        assert names.on(FIRST) == "示例县社会工作部"
    for name in ("officer", "second", "counter"):
        assert seen_by(registry, name, story) == WATER | SCHOOL, name
    waiting, filed = story.line("w-waiting"), story.line("w-filed")
    assert (waiting.filing_office, filed.filing_office) == ("示例县社会工作部", "示例县信访办公室")
    assert actions(registry, story, "w-waiting")[-1] == "transfer_office"
    with registry.writing() as session:
        second = registry.act(session, "second")
        number = filing.receive_and_accept(session, second, attempt_of(session, story, "w-waiting"))
        assert number == "社稳评备〔2025〕1号"
        old = attempt_of(session, story, "w-filed")
        assert old.number_text == "示稳评备〔2024〕1号"
        filing.revoke(session, second, old, "材料不实", doc_no="示社发〔2025〕3号", revoked_on=ENTERED)
    # The revocation is of this year; the figures of last year, as of its end, do not know it.
    assert_history_stands(registry, Before(before.known_at, _without_digests(registry), before.figures, before.ledger))
    registry.clock.set(date(2025, 8, 4))
    with registry.writing() as session:
        again = assessing.open_round(
            session,
            registry.act(session, "clerk"),
            session.get_one(Assessment, story.rounds["w-filed"]),
            trigger="revoked",
            reason="重新评估",
        )
        assert again.filing_office_id == organisation(session, "social").id


def _without_digests(registry: Registry) -> list[tuple[object, ...]]:
    """Last year's lines now: a revocation, and the office of what was not filed, do change a line."""
    return Before.of(registry).lines


def test_a_split_office_shares_its_rounds_by_their_departments(story: Story, registry: Registry) -> None:
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        letters = new_unit(session, "letters", "示例县信访局", kind="filing_office", short="信")
        social = new_unit(session, "social", "示例县社会工作部", kind="filing_office", short="社")
        reorganisation.split(
            session,
            registry.act(session, "sysadmin"),
            organisation(session, "office"),
            heirs=[Heir(letters), Heir(social)],
            shares=Shares({}, {account(session, "second").id: social}, {organisation(session, "school").id: social}),
            reform=REFORM,
        )
    assert story.line("s-due").filing_office == "示例县社会工作部"
    assert story.line("w-open").filing_office == "示例县信访局"
    assert seen_by(registry, "second", story) == {"w-filed", "s-filed", "s-filed-this-year", "s-due"}


def test_renaming_from_a_past_day_rewords_that_day_and_later(story: Story, registry: Registry) -> None:
    before, version = Before.of(registry), story.line("w-filed").version
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        act, water = registry.act(session, "sysadmin"), organisation(session, "water")
        reorganisation.rename(
            session, act, water, name="示例县水务局", valid_from=date(2025, 1, 1), reason="示委发〔2025〕1号"
        )
    assert_history_stands(registry, before)
    names = {name: story.line(name).owner_org for name in WATER}
    assert names == {
        "w-filed": "示例县水利局",
        "w-concluded": "示例县水利局",
        # Its words are those of the declaration until it concludes.
        "w-open": "示例县水利局",
        "w-waiting": "示例县水务局",
    }
    assert actions(registry, story, "w-waiting")[-1] == "reword"
    assert actions(registry, story, "w-filed")[-1] == "accept"
    assert story.line("w-filed").version == version
    story.step(date(2025, 8, 4), "w-open", "conclude")
    assert story.line("w-open").owner_org == "示例县水务局"
    assert seen_by(registry, "clerk", story) == WATER
    with registry.reading() as session:
        found = this_years_counts(session, date(2025, 9, 30))
        assert found.by["organisation"]["water"]["assessed"] == 2
        assert found.labels["organisation"]["water"] == "示例县水务局"
        assert last_years_counts(session).labels["organisation"]["water"] == "示例县水利局"


def test_renaming_rewords_every_part_an_organisation_plays(story: Story, registry: Registry) -> None:
    """Decision body, implementer and filing office are named in lines, too; another short name alone changes none."""
    before = Before.of(registry)
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        act = registry.act(session, "sysadmin")
        for code, name in (
            ("county", "示例县人民政府（新）"),
            ("builder", "示例水利建设集团"),
            ("office", "示例县信访局"),
        ):
            reorganisation.rename(
                session, act, organisation(session, code), name=name, valid_from=FIRST, short="示", reason="更名"
            )
    assert_history_stands(registry, before)
    story.begin(date(2025, 7, 7), "later", "school")
    line = story.line("later")
    found = (line.decision_org, line.implement_org, line.filing_office)
    assert found == ("示例县人民政府（新）", "示例水利建设集团", "示例县信访局")
    older = story.line("s-due")
    assert (older.decision_org, older.filing_office) == ("示例县人民政府", "示例县信访办公室")


def test_a_future_name_waits_for_its_day(story: Story, registry: Registry) -> None:
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        reorganisation.rename(
            session,
            registry.act(session, "sysadmin"),
            organisation(session, "school"),
            name="示例县教育和体育局",
            valid_from=date(2025, 8, 1),
        )
    story.begin(date(2025, 7, 31), "before", "school")
    story.begin(date(2025, 8, 1), "after", "school")
    assert (story.line("before").owner_org, story.line("after").owner_org) == ("示例县教育局", "示例县教育和体育局")
