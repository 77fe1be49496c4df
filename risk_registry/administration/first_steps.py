"""启用准备: what an office needs before it can register for real, read from what is there.

Most steps are done when the thing is there. A few are decisions (the dictionaries are looked through, no terms are
wanted): those are ticked off, and the tick is an event like any other act.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account, AccountRole
from risk_registry.audit.operations import record_fact
from risk_registry.audit.queries import events_about
from risk_registry.calendar.queries import missing_years
from risk_registry.core.actors import Actor
from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.core.text_marks import N_
from risk_registry.filings.models import NumberCounter
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import valid_on
from risk_registry.organisations.registry_office import office_names
from risk_registry.settings.queries import Settings, settings
from risk_registry.upkeep.backup import last_backup

_KIND = "first_step"


@dataclass(frozen=True)
class Step:
    """One thing to see to: why, and the endpoint where it is done. ``decided``: a decision that is ticked off."""

    number: int
    code: str
    label: str
    why: str
    endpoint: str
    decided: str = ""


#: In the order in which an office does them. The numbers are kept in events and never given anew.
STEPS = (
    Step(
        1,
        "office",
        N_("办公室名称、简称和行政区划"),
        N_("名称印在文书和台账上，简称用于备案编号，区划代码用于登记号。"),
        "settings_admin.index",
    ),
    Step(
        3,
        "units",
        N_("登记机构"),
        N_("至少要有一个评估主体（部门、乡镇街道）和一个决策机关，事项才能填写责任单位。"),
        "organisation_admin.index",
    ),
    Step(
        4,
        "accounts",
        N_("开设账号"),
        N_("至少要有一名部门填报员和一名备案审核人员，并且是两个人：报送的人不能自己备案。"),
        "account_admin.index",
    ),
    Step(
        2,
        "numbers",
        N_("备案编号格式和首号"),
        N_("今年已经用过纸质编号的，要从其后一号接着编；给出第一个编号以后就不能再设。"),
        "numbers.first",
        N_("今年从1号开始，不另设首号"),
    ),
    Step(
        5,
        "dictionaries",
        N_("看一遍业务字典"),
        N_("事项分类、涉及领域等用词是否合本地习惯，趁还没有登记先改好。"),
        "dictionary_admin.index",
        N_("已经看过，用词合适"),
    ),
    Step(
        6,
        "terms",
        N_("定办理期限"),
        N_("没有启用期限时不计算逾期；有文件规定的，写明依据后启用。"),
        "settings_admin.index",
        N_("暂不启用期限"),
    ),
    Step(
        7,
        "calendar",
        N_("载入工作日历"),
        N_("期限按工作日计算，放假和调休以国务院办公厅每年的通知为准。"),
        "calendar_admin.index",
    ),
    Step(
        8,
        "backup",
        N_("备份一次"),
        N_("电脑会坏，备份要另存一处；先做一次，确认知道文件在哪里。"),
        "backups.index",
    ),
)
BY_CODE = {step.code: step for step in STEPS}

#: Without these nobody can register and file.
ESSENTIAL = ("office", "units", "accounts")


@dataclass(frozen=True)
class Progress:
    """Which steps are done, and which of them because somebody said so."""

    done: frozenset[str]
    ticked: frozenset[str]

    @property
    def left(self) -> list[Step]:
        """The steps still to be done."""
        return [step for step in STEPS if step.code not in self.done]


def progress(session: Session, *, today: date, data: Path) -> Progress:
    """How far the office has come."""
    found = settings(session)
    ticked = _ticked(session)
    facts = set(_facts(session, found, today))
    if _numbered(session, today):
        facts.add("numbers")
    if any(found[key] for key in ("term_file_within", "term_office_check", "term_correction")):
        facts.add("terms")
    if not missing_years(session, today):
        facts.add("calendar")
    if last_backup(data) is not None:
        facts.add("backup")
    return Progress(frozenset(facts | ticked), frozenset(ticked - facts))


def lacking(session: Session, *, today: date) -> list[Step]:
    """The essential steps not yet done: what keeps everybody from working."""
    found = set(_facts(session, settings(session), today))
    return [BY_CODE[code] for code in ESSENTIAL if code not in found]


def whom_to_ask(session: Session) -> list[str]:
    """Shown names of a few system administrators."""
    query = (
        select(Account.display_name)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.role == "sysadmin", Account.active, ~Account.locked)
        .order_by(Account.id)
        .limit(3)
    )
    return list(session.scalars(query))


def tick(session: Session, actor: Actor, code: str, *, done: bool) -> None:
    """Record that a step that is a decision was taken, or that it is open again.

    Raises ``Refused`` for a step that is not ticked off, ``NotAllowed`` for other accounts.
    """
    if actor.kind == "account" and not actor.has("sysadmin"):
        raise NotAllowed.one("", N_("启用准备由系统管理员办理"))
    step = BY_CODE.get(code)
    if step is None or not step.decided:
        raise Refused.one("", N_("这一项要到对应页面办理，不能直接标记"))
    action = "tick_first_step" if done else "untick_first_step"
    record_fact(session, actor, action, kind=_KIND, text=step.label, subject_id=step.number, note={"step": code})


def _ticked(session: Session) -> frozenset[str]:
    last = {json.loads(event.note)["step"]: event.action for event in events_about(session, _KIND, _NUMBERS)}
    return frozenset(code for code, action in last.items() if action == "tick_first_step")


_NUMBERS = tuple(step.number for step in STEPS)


def _facts(session: Session, found: Settings, today: date) -> Iterator[str]:
    """The essential steps that are done."""
    office = office_names(session).organisation_id
    row = session.get(Organisation, office) if office is not None else None
    if row is not None and row.short and found["region"]:
        yield "office"
    open_kinds = set(session.scalars(select(Organisation.kind).where(valid_on(today)).distinct()))
    if {"department", "decision_body"} <= open_kinds:
        yield "units"
    if _two_people(session):
        yield "accounts"


def _two_people(session: Session) -> bool:
    """Whether somebody may submit, and somebody else accept."""
    submitters, approvers = _holders("submitter"), _holders("filing_approver")
    both = select(func.count()).select_from(
        select(AccountRole.account_id)
        .join(Account, AccountRole.account_id == Account.id)
        .where(AccountRole.role.in_(("submitter", "filing_approver")), Account.active, ~Account.locked)
        .distinct()
        .limit(2)
        .subquery()
    )
    row = session.execute(select(submitters, approvers, both.scalar_subquery())).one()
    return bool(row[0] and row[1] and row[2] > 1)


def _holders(role: str) -> Exists:
    return exists().where(
        AccountRole.account_id == Account.id, AccountRole.role == role, Account.active, ~Account.locked
    )


def _numbered(session: Session, today: date) -> bool:
    """Whether this year's numbers have a beginning already."""
    return bool(session.scalar(select(exists().where(NumberCounter.year == today.year))))


def states(found: Progress, wanted: Collection[Step] = STEPS) -> list[tuple[Step, str]]:
    """Each step with ``done``, ``ticked`` or ``open``."""
    return [
        (step, "ticked" if step.code in found.ticked else "done" if step.code in found.done else "open")
        for step in wanted
    ]
