"""The state machine against a table written from DOMAIN §8b and the roles of each row, not from the code."""

from __future__ import annotations

import random
from itertools import product

import pytest

from risk_registry.core.vocabulary import ROLES, STATUSES
from risk_registry.core.workflow import (
    BY_NAME,
    TRANSITIONS,
    Situation,
    Switches,
    available,
    refusal,
    union,
    ways_on,
)

ALL_STATUSES = tuple(term.code for term in STATUSES)
ALL_ROLES = tuple(term.code for term in ROLES)
DEPARTMENT = {"submitter", "department_head"}
OFFICE = {"filing_officer", "filing_approver"}
APPROVER = {"filing_approver"}
BEFORE_CONCLUSION = "declared returned exempt due assessing"
SENT = "submitted received correcting"

# step: row of §8b, statuses it starts from, status it leads to ("" stays), who
EXPECTED: dict[str, tuple[int, str, str, set[str]]] = {
    "redeclare": (2, "returned", "declared", DEPARTMENT),
    "screen_required": (3, "declared", "due", DEPARTMENT),
    "screen_exempt": (3, "declared due", "exempt", DEPARTMENT),
    "reopen": (3, "exempt", "declared", DEPARTMENT),
    "pull_back": (4, "declared due", "returned", DEPARTMENT),
    "return_declaration": (4, "declared due", "returned", OFFICE),
    "edit_declaration": (2, "declared returned due assessing withdrawn declined", "", DEPARTMENT),
    "start": (5, "due", "assessing", DEPARTMENT),
    "record_progress": (6, "assessing", "", DEPARTMENT),
    "conclude": (9, "assessing", "concluded", DEPARTMENT),
    "revise": (10, "withdrawn declined", "", DEPARTMENT),
    "submit": (10, "concluded withdrawn declined", "submitted", DEPARTMENT),
    "receive": (11, "submitted", "received", OFFICE),
    "request_correction": (12, "received", "correcting", OFFICE),
    "answer_correction": (13, "correcting", "received", DEPARTMENT),
    "accept": (14, "received", "filed", APPROVER),
    "decline": (15, "received correcting", "declined", APPROVER),
    "withdraw": (16, SENT, "withdrawn", DEPARTMENT),
    "amend": (17, "filed", "", DEPARTMENT),
    "revoke": (18, "filed", "revoked", APPROVER),
    "record_decision": (19, f"concluded {SENT} filed declined withdrawn revoked", "", DEPARTMENT),
    "new_round": (20, "concluded filed declined revoked terminated void", "", DEPARTMENT),
    "track": (21, f"concluded {SENT} filed revoked", "", DEPARTMENT),
    "terminate": (23, BEFORE_CONCLUSION, "terminated", DEPARTMENT),
    "void": (24, "concluded withdrawn declined", "void", APPROVER),
}
NEEDS_REASON = set(
    "pull_back return_declaration screen_exempt reopen request_correction answer_correction decline withdraw amend"
    " revoke new_round terminate void".split()
)


def expected(name: str, asked: Situation) -> bool:
    """Whether the step may be taken, by the table and the settings alone."""
    _, sources, _, who = EXPECTED[name]
    if name in ("screen_required", "screen_exempt", "reopen") and asked.switches.screening_first:
        who = OFFICE
    if name in ("conclude", "revise") and asked.switches.head_signs_online:
        who = {"department_head"}
    if asked.on_behalf and EXPECTED[name][3] is DEPARTMENT:
        who = who | OFFICE
    if not who & asked.roles or asked.status not in sources.split():
        return False
    if name == "accept" and asked.same_person:
        return False
    if name == "new_round":
        unfinished = asked.status == "concluded" and asked.outcome not in ("deferred", "rejected")
        return asked.latest_round and not unfinished
    return True


def test_the_machine_has_exactly_the_steps_of_the_table() -> None:
    assert set(BY_NAME) == set(EXPECTED)
    for step in TRANSITIONS:
        number, sources, target, _ = EXPECTED[step.name]
        assert (step.number, step.sources, step.target or "") == (number, frozenset(sources.split()), target), step.name
        assert step.reason == (step.name in NEEDS_REASON), step.name
        assert step.different_person == (step.name == "accept")


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_role_status_and_setting_gets_the_answer_of_the_table(name: str) -> None:
    crews = [frozenset({role}) for role in ALL_ROLES]
    crews += [frozenset(), frozenset({"submitter", "filing_approver"}), frozenset(ALL_ROLES)]
    switches = [Switches(first, signs) for first, signs in product((False, True), repeat=2)]
    checked = 0
    for status, roles, switch, behalf, same, latest, outcome in product(
        ALL_STATUSES, crews, switches, (False, True), (False, True), (False, True), ("implement", "deferred", None)
    ):
        asked = Situation(status, roles, switch, outcome, latest, behalf, same)
        problem = refusal(name, asked)
        assert (problem is None) == expected(name, asked), asked
        checked += 1
    assert checked == 15 * 12 * 4 * 8 * 3


def test_available_lists_what_is_not_refused() -> None:
    for status, role in product(ALL_STATUSES, ALL_ROLES):
        asked = Situation(status, frozenset({role}))
        assert {step.name for step in available(asked)} == {name for name in EXPECTED if expected(name, asked)}


def test_a_refusal_says_why_in_chinese() -> None:
    leader = Situation("received", frozenset({"leader"}))
    assert str(refusal("accept", leader)) == "您的岗位不能办理“予以备案”。"
    early = Situation("submitted", frozenset({"filing_approver"}))
    assert "当前状态不能办理“予以备案”" in str(refusal("accept", early))
    own = Situation("received", frozenset({"filing_approver"}), same_person=True)
    assert "不能自己备案" in str(refusal("accept", own))


def test_every_status_has_a_way_on_that_somebody_may_take_under_every_setting() -> None:
    for status, first, signs in product(ALL_STATUSES, (False, True), (False, True)):
        asked = Situation(status, frozenset(ALL_ROLES), Switches(first, signs), "implement")
        leading = {step.name for step in available(asked)} & {step.name for step in ways_on(status)}
        assert leading, status


@pytest.mark.parametrize("seed", range(40))
def test_a_random_walk_never_gets_stuck(seed: int) -> None:
    chance = random.Random(seed)
    switches = Switches(chance.random() < 0.5, chance.random() < 0.5)
    status, rounds = "declared", 1
    visited = {status}
    for _ in range(300):
        asked = Situation(status, frozenset(ALL_ROLES), switches, chance.choice(["implement", "deferred"]))
        steps = [step for step in available(asked) if step.target or step.name == "new_round"]
        assert steps, asked
        step = chance.choice(steps)
        rounds += step.name == "new_round"
        status = step.target or "due"
        visited.add(status)
    assert rounds > 1
    assert len(visited) > 6


def test_revoked_is_final_and_only_a_new_round_follows() -> None:
    assert [step.name for step in ways_on("revoked")] == ["new_round"]


def test_union_names_every_role_of_its_steps() -> None:
    assert union(["accept", "submit"]) == {"filing_approver", "submitter", "department_head"}
