"""The state machine of an assessment (DOMAIN §8b): who may do what, from where, to where, under which setting.

A transition is data; ``refusal`` is the only judge. Pages ask it which buttons to show, operations ask it again before
they write, tests try every transition from every status by every role under every setting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from risk_registry.core.problems import Problem
from risk_registry.core.text_marks import N_, P_

_SUBMITTER = frozenset({"submitter", "department_head"})
_HEAD = frozenset({"department_head"})
_OFFICE = frozenset({"filing_officer", "filing_approver"})
_APPROVER = frozenset({"filing_approver"})


@dataclass(frozen=True)
class Switches:
    """Settings that change who may do what.

    ``screening_first``: the office states 应评判定 before the department goes on (default off: the department states
    it, the office confirms on receipt). ``head_signs_online``: only the department head's account may conclude (default
    off: the sign-off is a recorded name and date).
    """

    screening_first: bool = False
    head_signs_online: bool = False


@dataclass(frozen=True)
class Transition:
    """One step. ``target`` ``None`` leaves the status as it is; ``number`` is the row of DOMAIN §8b."""

    name: str
    label: str
    number: int
    sources: frozenset[str]
    target: str | None
    roles: frozenset[str]
    reason: bool = False
    different_person: bool = False

    @property
    def by_department(self) -> bool:
        """Whether the department takes this step; the office may take it for a unit without an account (代录)."""
        return bool(self.roles & _SUBMITTER)


def _step(
    name: str,
    label: str,
    number: int,
    sources: str,
    target: str | None,
    roles: frozenset[str],
    *,
    reason: bool = False,
    different_person: bool = False,
) -> Transition:
    return Transition(name, label, number, frozenset(sources.split()), target, roles, reason, different_person)


TRANSITIONS: tuple[Transition, ...] = (
    _step("redeclare", N_("重新申报"), 2, "returned", "declared", _SUBMITTER),
    _step("pull_back", N_("撤回修改"), 4, "declared due", "returned", _SUBMITTER, reason=True),
    _step("return_declaration", P_("act", "退回修改"), 4, "declared due", "returned", _OFFICE, reason=True),
    _step("screen_required", N_("判定应评"), 3, "declared", "due", _SUBMITTER | _OFFICE),
    _step("screen_exempt", N_("判定不需评估"), 3, "declared due", "exempt", _SUBMITTER | _OFFICE, reason=True),
    _step("reopen", N_("重新判定"), 3, "exempt", "declared", _SUBMITTER | _OFFICE, reason=True),
    _step(
        "edit_declaration", N_("修改事项"), 2, "returned declared due assessing withdrawn declined", None, _SUBMITTER
    ),
    _step("start", N_("启动评估"), 5, "due", "assessing", _SUBMITTER),
    _step("record_progress", N_("填写评估情况"), 6, "assessing", None, _SUBMITTER),
    _step("conclude", P_("act", "评估完成"), 9, "assessing", "concluded", _SUBMITTER),
    _step("revise", N_("修改评估内容"), 10, "withdrawn declined", None, _SUBMITTER),
    _step("submit", N_("报送备案"), 10, "concluded withdrawn declined", "submitted", _SUBMITTER),
    _step("receive", N_("接收"), 11, "submitted", "received", _OFFICE),
    _step("request_correction", N_("退回补正"), 12, "received", "correcting", _OFFICE, reason=True),
    _step("answer_correction", N_("提交补正"), 13, "correcting", "received", _SUBMITTER, reason=True),
    _step("accept", N_("予以备案"), 14, "received", "filed", _APPROVER, different_person=True),
    _step("decline", P_("act", "不予备案"), 15, "received correcting", "declined", _APPROVER, reason=True),
    _step("withdraw", N_("撤回报送"), 16, "submitted received correcting", "withdrawn", _SUBMITTER, reason=True),
    _step("amend", N_("变更备案"), 17, "filed", None, _SUBMITTER, reason=True),
    _step("revoke", N_("撤销备案"), 18, "filed", "revoked", _APPROVER, reason=True),
    _step(
        "record_decision",
        N_("登记决策"),
        19,
        "concluded submitted received correcting filed declined withdrawn revoked",
        None,
        _SUBMITTER,
    ),
    _step("track", N_("登记跟踪"), 21, "concluded submitted received correcting filed revoked", None, _SUBMITTER),
    _step(
        "new_round",
        N_("重新评估"),
        20,
        "concluded filed declined revoked terminated void",
        None,
        _SUBMITTER,
        reason=True,
    ),
    _step("terminate", N_("终止"), 23, "declared returned due assessing exempt", "terminated", _SUBMITTER, reason=True),
    _step("void", N_("作废"), 24, "concluded withdrawn declined", "void", _APPROVER, reason=True),
)

BY_NAME = {transition.name: transition for transition in TRANSITIONS}

#: An outcome of which the same round may not go on, so that a new round may follow without a filing (§8b row 20).
NOT_PASSED = frozenset({"deferred", "rejected"})


@dataclass(frozen=True)
class Situation:
    """What the machine must know of the assessment and of who asks.

    ``on_behalf``: the actor is an officer of the filing office acting for a unit that has no account (代录).
    ``same_person``: the actor submitted or typed what is to be accepted.
    """

    status: str
    roles: frozenset[str]
    switches: Switches = Switches()
    outcome: str | None = None
    latest_round: bool = True
    on_behalf: bool = False
    same_person: bool = False


def role_allows(name: str, situation: Situation) -> bool:
    """Whether the actor's roles cover the step under the settings, whatever the status."""
    return _role_allows(BY_NAME[name], situation)


def refusal(name: str, situation: Situation) -> Problem | None:
    """Why the step may not be taken now; ``None`` when it may."""
    transition = BY_NAME[name]
    if not _role_allows(transition, situation):
        return Problem("", N_("您的岗位不能办理“%(label)s”。"), {"label": transition.label})
    if situation.status not in transition.sources:
        return Problem("", N_("当前状态不能办理“%(label)s”，请刷新页面查看最新进展。"), {"label": transition.label})
    if transition.different_person and situation.same_person:
        return Problem("", N_("报送或代录的人不能自己备案，请由另一位备案审核人员办理。"))
    if name == "new_round":
        return _round_refusal(situation)
    return None


def _role_allows(transition: Transition, situation: Situation) -> bool:
    roles = _effective_roles(transition, situation.switches)
    if roles & situation.roles:
        return True
    return situation.on_behalf and transition.by_department and bool(situation.roles & _OFFICE)


def _effective_roles(transition: Transition, switches: Switches) -> frozenset[str]:
    if transition.name in ("screen_required", "screen_exempt", "reopen"):
        return _OFFICE if switches.screening_first else _SUBMITTER
    if transition.name in ("conclude", "revise") and switches.head_signs_online:
        return _HEAD
    return transition.roles


def _round_refusal(situation: Situation) -> Problem | None:
    if not situation.latest_round:
        return Problem("", N_("只能在最近一轮评估之后重新评估。"))
    if situation.status == "concluded" and situation.outcome not in NOT_PASSED:
        return Problem("", N_("本轮评估尚未备案，请先报送备案；结论为暂缓或不予实施的，方可直接重新评估。"))
    return None


def available(situation: Situation) -> tuple[Transition, ...]:
    """The steps that may be taken now, in the order of the table."""
    return tuple(item for item in TRANSITIONS if refusal(item.name, situation) is None)


def ways_on(status: str) -> tuple[Transition, ...]:
    """Steps that lead out of ``status`` whoever takes them; never empty."""
    return tuple(item for item in TRANSITIONS if status in item.sources and (item.target or item.name == "new_round"))


def union(names: Iterable[str]) -> frozenset[str]:
    """Every role that can take one of these steps under some setting."""
    return frozenset(role for name in names for role in BY_NAME[name].roles)
