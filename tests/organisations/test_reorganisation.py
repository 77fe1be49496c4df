"""Mergers, splits and renamings over the turn of a year: last year stands, this year is right, scope follows.

DOMAIN §8d 7 to 9, on both engines.
"""

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
from risk_registry.organisations.operations import close_organisation, create_organisation
from risk_registry.organisations.queries import filing_office_for, subtree_ids, tree_is_sound
from risk_registry.organisations.registry_office import office_names
from risk_registry.organisations.succession import Heir, Reform
from tests.organisations.reforms import (
    ENTERED,
    FIRST,
    Before,
    Story,
    assert_history_stands,
    assert_partition,
    attempt_of,
    last_years_counts,
    seen_by,
    this_years_counts,
    turn_of_the_year,
)
from tests.registry import OPERATOR, Registry, account, matter_values, organisation

REFORM = Reform(FIRST, "示委发〔2025〕6号")
WATER = {"w-filed", "w-concluded", "w-open", "w-waiting"}
SCHOOL = {"s-filed", "s-filed-this-year", "s-due"}


@pytest.fixture
def story(registry: Registry) -> Story:
    """The county with its rounds, on the day the reform is entered."""
    return turn_of_the_year(registry)


def new_unit(session: Session, code: str, name: str, **more: str) -> Organisation:
    """An organisation below the office, from the day of the reform on."""
    values = {"code": code, "name": name, "kind": "department", "valid_from": FIRST.isoformat(), **more}
    parent = organisation(session, "office") if values["kind"] == "department" else organisation(session, "county")
    return create_organisation(session, OPERATOR, values=values, parent=parent)


def merged(registry: Registry, *, move_accounts: bool = True) -> None:
    """水利局 and 教育局 become one bureau."""
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        reorganisation.merge(
            session,
            registry.act(session, "sysadmin"),
            predecessors=[organisation(session, "water"), organisation(session, "school")],
            successor=new_unit(session, "bureau", "示例县水务教育局"),
            reform=REFORM,
            move_accounts=move_accounts,
        )


def actions(registry: Registry, story: Story, name: str) -> list[str]:
    """What was done to a round."""
    with registry.reading() as session:
        query = select(Event.action).where(Event.subject_kind == "assessment", Event.subject_id == story.rounds[name])
        return list(session.scalars(query.order_by(Event.seq)))


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


def test_a_large_office_gets_an_account_of_its_own(registry: Registry) -> None:
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
