"""Mergers over the turn of a year: last year stands, this year is right, scope follows (DOMAIN §8d 7 to 9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.accounts.operations import create_account
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.casefile import reorganisation
from risk_registry.casefile.reorganisation import Shares
from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.filings import operations as filing
from risk_registry.filings.queries import same_person
from risk_registry.home.log import ACTIONS
from risk_registry.organisations.lineage import heir_ids, inherited_ids, kin_ids, lineage_of
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.operations import close_organisation
from risk_registry.organisations.queries import subtree_ids, tree_is_sound
from risk_registry.organisations.succession import Heir, Reform
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
    last_years_counts,
    merged,
    seen_by,
    this_years_counts,
    turn_of_the_year,
)
from tests.registry import OPERATOR, Registry, account, matter_values, organisation


def test_a_merger_leaves_last_year_as_it_was(story: Story, registry: Registry) -> None:
    before = Before.of(registry)
    merged(registry)
    assert_history_stands(registry, before)
    for name in ("w-filed", "w-concluded", "w-waiting", "s-filed-this-year"):
        assert (story.line(name).owner_org_code, actions(registry, story, name)[-1]) != ("bureau", "transfer_owner")
    for name, earlier in (("w-open", "start"), ("s-due", "screen_required")):
        assert story.line(name).owner_org == "示例县水务教育局"
        assert actions(registry, story, name)[-2:] == [earlier, "transfer_owner"]
    with registry.reading() as session:
        then, now = before.figures, last_years_counts(session)
        # What last year only began has no conclusion to be settled by: it goes with its new owner, and the total stays.
        assert then.by["organisation"]["water"]["declared"] == 3
        assert now.by["organisation"]["water"]["declared"] == 2
        assert now.by["organisation"]["bureau"]["declared"] == 1


def test_this_years_figures_after_a_merger_are_divided_by_the_owner_at_the_conclusion(
    story: Story, registry: Registry
) -> None:
    merged(registry)
    for name, steps in (("w-open", ("conclude",)), ("s-due", ("start", "conclude", "submit", "receive", "accept"))):
        for step in steps:
            story.step(date(2025, 8, 4), name, step)
    with registry.reading() as session:
        found = this_years_counts(session, date(2025, 9, 30))
        assert {code: row["assessed"] for code, row in found.by["organisation"].items() if row["assessed"]} == {
            "water": 1,
            "school": 1,
            "bureau": 2,
        }
        assert found.by["organisation"]["bureau"]["passed_and_filed"] == 1
        assert found.labels["organisation"]["bureau"] == "示例县水务教育局"
        assert found.labels["organisation"]["water"] == "示例县水利局"
        assert_partition(found)


def test_scope_follows_a_merger(story: Story, registry: Registry) -> None:
    everything = WATER | SCHOOL
    assert seen_by(registry, "clerk", story) == WATER
    assert seen_by(registry, "teacher", story) == SCHOOL
    merged(registry)
    for name in ("clerk", "teacher", "head", "officer", "leader"):
        assert seen_by(registry, name, story) == everything, name
    with registry.reading() as session:
        bureau, water = organisation(session, "bureau"), organisation(session, "water")
        builder = organisation(session, "builder")
        assert account(session, "clerk").organisation_id == bureau.id
        assert inherited_ids(session, bureau.id) == tuple(sorted((water.id, organisation(session, "school").id)))
        assert heir_ids(session, water.id) == (bureau.id,)
        assert kin_ids(session, water.id) == {bureau.id, water.id}
        assert (water.valid_to, water.parent_id) == (date(2025, 6, 30), bureau.id)
        assert builder.parent_id == bureau.id, "what hung below the predecessor is in use and hangs below the successor"
        assert subtree_ids(session, bureau.id) == {
            bureau.id, builder.id, water.id, organisation(session, "school").id
        }  # fmt: skip
        found = lineage_of(session, bureau.id)
        assert [(row.predecessor.code, row.kind, row.basis) for row in found.before] == [
            ("water", "merge", REFORM.basis),
            ("school", "merge", REFORM.basis),
        ]
        assert [row.successor.code for row in lineage_of(session, water.id).after] == ["bureau"]


def test_people_of_the_successor_finish_what_was_begun(story: Story, registry: Registry) -> None:
    """The teacher, moved to the new bureau, takes every step of what the water department left."""
    merged(registry)
    registry.clock.set(date(2025, 8, 4))
    with registry.writing() as session:
        teacher, second = registry.act(session, "teacher"), registry.act(session, "second")
        concluded = session.get_one(Assessment, story.rounds["w-concluded"])
        sent = filing.submit(session, teacher, concluded)
        assert sent.typed_by is None, "it was not typed for another unit"
        filing.receive(session, second, sent)
        filing.request_correction(session, second, sent, "补充公示照片")
        filing.answer_correction(session, teacher, sent, "已补充", {"summary": "补正"})
        assert not same_person(session, second.actor, sent)
        filing.accept(session, second, sent)
        decision = {
            "decision_result": "implement",
            "decision_doc_no": "示府发〔2025〕8号",
            "decided_on": date(2025, 8, 4),
        }
        assessing.record_decision(session, teacher, concluded, decision)
        assessing.track(session, teacher, concluded, {"implementation": "in_progress"})
        again = assessing.open_round(session, teacher, concluded, trigger="plan_changed", reason="方案调整")
        session.flush()
        story.rounds["again"] = again.id
    assert story.line("w-concluded").owner_org == "示例县水利局"
    assert story.line("again").owner_org == "示例县水务教育局"


def test_accounts_may_stay_and_still_act(story: Story, registry: Registry) -> None:
    merged(registry, move_accounts=False)
    assert seen_by(registry, "clerk", story) == WATER - {"w-open"}
    with registry.writing() as session:
        clerk = registry.act(session, "clerk")
        filed = session.get_one(Assessment, story.rounds["w-filed"])
        again = assessing.open_round(session, clerk, filed, trigger="plan_changed", reason="方案调整")
        assert again.facts.owner_org_id == organisation(session, "bureau").id
        with pytest.raises(Refused, match="停用"):
            assessing.declare_matter(session, clerk, matter_values(session))


def test_the_office_types_for_the_closed_one_only_while_no_heir_has_an_account(
    story: Story, registry: Registry
) -> None:
    merged(registry)
    with registry.writing() as session:
        officer = registry.act(session, "officer")
        concluded = session.get_one(Assessment, story.rounds["w-concluded"])
        with pytest.raises(NotAllowed):
            filing.submit(session, officer, concluded)


def test_one_may_be_merged_into_the_other_and_again(story: Story, registry: Registry) -> None:
    """A is merged into B, which existed; B is merged into C: C has inherited both."""
    before = Before.of(registry)
    registry.clock.set(ENTERED)
    for codes, into, day in ((["school"], "water", FIRST), (["water"], "town", date(2025, 7, 2))):
        with registry.writing() as session:
            reorganisation.merge(
                session,
                registry.act(session, "sysadmin"),
                predecessors=[organisation(session, code) for code in codes],
                successor=organisation(session, into),
                reform=Reform(day, "示委发〔2025〕7号"),
            )
    assert_history_stands(registry, before)
    assert seen_by(registry, "clerk", story) == WATER | SCHOOL
    with registry.reading() as session:
        town = organisation(session, "town")
        assert account(session, "teacher").organisation_id == town.id
        assert len(inherited_ids(session, town.id)) == 2
        assert story.line("s-due").owner_org_code == "town"


def test_a_successor_below_its_predecessor_is_lifted_out_first(story: Story, registry: Registry) -> None:
    with registry.writing() as session:
        registry.clock.set(ENTERED)
        reorganisation.merge(
            session,
            registry.act(session),
            predecessors=[organisation(session, "water")],
            successor=organisation(session, "builder"),
            reform=REFORM,
        )
        builder = organisation(session, "builder")
        assert builder.parent_id == organisation(session, "office").id
        assert tree_is_sound(session)


Refusal = Callable[[Session], tuple[Sequence[Organisation], Organisation, Reform]]

_REFUSED: Mapping[str, tuple[Refusal, str]] = {
    "tomorrow": (
        lambda s: ([organisation(s, "water")], organisation(s, "school"), Reform(date(2025, 7, 4), "示委发")),
        "effective_on",
    ),
    "no basis": (
        lambda s: ([organisation(s, "water")], organisation(s, "school"), Reform(FIRST, "  ")),
        "basis",
    ),
    "into itself": (lambda s: ([organisation(s, "water")], organisation(s, "water"), REFORM), "successor"),
    "nobody": (lambda s: ([], organisation(s, "water"), REFORM), ""),
    "office to department": (
        lambda s: ([organisation(s, "office")], organisation(s, "water"), REFORM),
        "successor",
    ),
    "department to third party": (
        lambda s: ([organisation(s, "water")], organisation(s, "assessor"), REFORM),
        "successor",
    ),
    "third party to department": (
        lambda s: ([organisation(s, "assessor")], organisation(s, "water"), REFORM),
        "successor",
    ),
    "older than itself": (
        lambda s: ([organisation(s, "water")], organisation(s, "school"), Reform(date(2009, 1, 1), "示委发")),
        "effective_on",
    ),
}


@pytest.mark.parametrize("case", _REFUSED)
def test_what_cannot_be_merged(registry: Registry, case: str) -> None:
    registry.clock.set(ENTERED)
    asked, field = _REFUSED[case]
    with registry.writing() as session:
        predecessors, successor, reform = asked(session)
        with pytest.raises(Refused) as refused:
            reorganisation.merge(
                session, registry.act(session), predecessors=predecessors, successor=successor, reform=reform
            )
        assert field in {problem.field for problem in refused.value.problems}
        session.rollback()


def test_a_closed_or_just_renamed_organisation_is_not_merged(registry: Registry) -> None:
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        close_organisation(session, OPERATOR, organisation(session, "town"), valid_to=FIRST, reason="撤销")
        act = registry.act(session)
        for predecessor, successor in (("town", "school"), ("school", "town")):
            with pytest.raises(Refused, match="停用"):
                reorganisation.merge(
                    session,
                    act,
                    predecessors=[organisation(session, predecessor)],
                    successor=organisation(session, successor),
                    reform=REFORM,
                )


def test_a_split_needs_two_heirs_and_one_who_inherits(registry: Registry) -> None:
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        act, water = registry.act(session), organisation(session, "water")
        school, town = organisation(session, "school"), organisation(session, "town")
        for heirs in ([Heir(school)], [Heir(school, inherits=False), Heir(town, inherits=False)], [Heir(school)] * 2):
            with pytest.raises(Refused):
                reorganisation.split(session, act, water, heirs=heirs, shares=Shares({}, {}, {}), reform=REFORM)


@pytest.mark.parametrize("name", ["clerk", "second", "secadmin", "auditor"])
def test_only_the_system_administrator_merges_and_splits(registry: Registry, name: str) -> None:
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        act, water, school = (
            registry.act(session, name),
            organisation(session, "water"),
            organisation(session, "school"),
        )
        with pytest.raises(NotAllowed):
            reorganisation.merge(session, act, predecessors=[water], successor=school, reform=REFORM)
        heirs = [Heir(school), Heir(organisation(session, "town"))]
        with pytest.raises(NotAllowed):
            reorganisation.split(session, act, water, heirs=heirs, shares=Shares({}, {}, {}), reform=REFORM)
        if name != "second":
            with pytest.raises(NotAllowed):
                reorganisation.rename(session, act, water, name="水务局", valid_from=FIRST)


def test_a_page_read_before_the_merger_is_stale(story: Story, registry: Registry) -> None:
    with registry.reading() as session:
        read_at = session.get_one(Assessment, story.rounds["w-open"]).version
    merged(registry)
    with registry.writing() as session:
        opened = session.get_one(Assessment, story.rounds["w-open"])
        with pytest.raises(Conflict):
            assessing.record_progress(session, registry.act(session, "clerk"), opened, {}, version=read_at)


def test_every_act_of_a_reform_has_words_in_the_log(story: Story, registry: Registry) -> None:
    with registry.reading() as session:
        before = session.scalars(select(Event.seq).order_by(Event.seq.desc())).first() or 0
    merged(registry)
    with registry.reading() as session:
        done = session.scalars(
            select(Event.action).where(Event.seq > before, Event.subject_kind == "organisation").order_by(Event.seq)
        )
        assert [action for action in done if action not in ACTIONS] == []


def test_an_account_made_afterwards_stands_for_the_predecessors_too(registry: Registry) -> None:
    """An account made at the successor afterwards stands for the predecessors as the moved ones do."""
    story = turn_of_the_year(registry)
    merged(registry)
    with registry.writing() as session:
        create_account(
            session,
            OPERATOR,
            name="fresh",
            password_hash="unusable",
            organisation=organisation(session, "bureau"),
            roles=("submitter",),
        )
    assert seen_by(registry, "fresh", story) == WATER | SCHOOL
