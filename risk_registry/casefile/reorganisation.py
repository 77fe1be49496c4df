"""Renaming, merging and splitting organisations with everything that hangs on them: lines, rounds, accounts.

What is open goes on under the successor; what is concluded keeps the owner it concluded under, and its successors see
and finish it (DOMAIN §8d 9). What is not filed yet is filed by the office that follows. Earlier years stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, joinedload

from risk_registry.accounts.models import Account
from risk_registry.accounts.operations import change_account
from risk_registry.assessments.act import Act
from risk_registry.assessments.models import Assessment
from risk_registry.assessments.transfer import hand_over
from risk_registry.casefile.rewording import reword_names
from risk_registry.core.status import OPEN
from risk_registry.core.vocabulary import STATUSES
from risk_registry.filings.queries import newest_attempt
from risk_registry.lines.predicates import LINE
from risk_registry.organisations import operations, succession
from risk_registry.organisations.models import Organisation, OrganisationName
from risk_registry.organisations.queries import filing_office_for
from risk_registry.organisations.succession import Heir, Reform

#: Statuses in which a round has been filed, or will not be: its filing office stays in the record.
_SETTLED = frozenset({"filed", "revoked", "terminated", "void"})
_UNFILED = frozenset(term.code for term in STATUSES) - _SETTLED

#: A round that changes hands, or might: assessment_id, reg_no, seq, title, status.
Waiting = Row[int, str, int, str, str]


@dataclass(frozen=True)
class Shares:
    """Who takes what of a split organisation, by id; what is not named goes to the first heir that inherits."""

    rounds: Mapping[int, Organisation]
    accounts: Mapping[int, Organisation]
    children: Mapping[int, Organisation]


def rename(
    session: Session,
    act: Act,
    organisation: Organisation,
    *,
    name: str,
    short: str | None = None,
    valid_from: date,
    reason: str = "",
    version: int | None = None,
) -> OrganisationName:
    """Give another name from a day on. Lines of that day and later take it; all older ones keep the old name."""

    def follow(renamed: Organisation, since: date) -> None:
        reword_names(session, act.actor, renamed.id, since, reason=reason)

    return operations.rename_organisation(
        session,
        act.actor,
        organisation,
        name=name,
        short=short,
        valid_from=valid_from,
        today=act.today,
        reason=reason,
        version=version,
        renamed=follow,
    )


def merge(
    session: Session,
    act: Act,
    *,
    predecessors: Sequence[Organisation],
    successor: Organisation,
    reform: Reform,
    move_accounts: bool = True,
) -> None:
    """Merge organisations into one, which may be new or an old one: tree, lineage, open rounds, accounts.

    Raises ``Refused``, ``NotAllowed``.
    """
    succession.merge_organisations(
        session, act.actor, predecessors=predecessors, successor=successor, reform=reform, today=act.today
    )
    ids = [item.id for item in predecessors]
    waiting = open_rounds(session, ids)
    _hand_over(session, act, ids, {row.assessment_id: successor for row in waiting}, reform)
    if move_accounts:
        for account in accounts_of(session, ids):
            _move_account(session, act, account, successor, reform)


def split(session: Session, act: Act, predecessor: Organisation, *, heirs: Sequence[Heir], shares: Shares,
          reform: Reform) -> None:  # fmt: skip
    """Split an organisation among several, new or old ones. ``shares`` names who takes each round, account and unit.

    An account that ``shares`` does not name stays where it is. Raises ``Refused``, ``NotAllowed``.
    """
    succession.split_organisation(
        session, act.actor, predecessor, heirs=heirs, children=shares.children, reform=reform, today=act.today
    )
    first = next(heir.organisation for heir in heirs if heir.inherits)
    owners = {
        row.assessment_id: shares.rounds.get(row.assessment_id, first) for row in open_rounds(session, [predecessor.id])
    }
    _hand_over(session, act, [predecessor.id], owners, reform)
    for account in accounts_of(session, [predecessor.id]):
        if account.id in shares.accounts:
            _move_account(session, act, account, shares.accounts[account.id], reform)


def open_rounds(session: Session, organisation_ids: Collection[int]) -> Sequence[Waiting]:
    """The rounds that these organisations own and have not concluded, by registration."""
    return _rounds(session, LINE.c.owner_org_id, organisation_ids, OPEN)


def unfiled_rounds(session: Session, office_ids: Collection[int]) -> Sequence[Waiting]:
    """The rounds that are or will be sent to these offices and are not filed, by registration."""
    return _rounds(session, LINE.c.filing_office_id, office_ids, _UNFILED)


def unfinished_rounds(session: Session, organisation_ids: Collection[int]) -> Sequence[Waiting]:
    """The rounds that these organisations have concluded and not filed yet: they keep their owner."""
    return _rounds(session, LINE.c.owner_org_id, organisation_ids, _UNFILED - OPEN - {"exempt"})


def _rounds(session: Session, column: object, ids: Collection[int], statuses: Collection[str]) -> Sequence[Waiting]:
    query = select(LINE.c.assessment_id, LINE.c.reg_no, LINE.c.seq, LINE.c.title, LINE.c.status).where(
        LINE.c.superseded_at.is_(None),
        column.in_(set(ids)),  # type: ignore[attr-defined]
        LINE.c.status.in_(sorted(statuses)),
    )
    return session.execute(query.order_by(LINE.c.assessment_id)).all()


def accounts_of(session: Session, organisation_ids: Collection[int]) -> Sequence[Account]:
    """The accounts in use of these organisations, locked ones too, by name."""
    query = select(Account).where(Account.organisation_id.in_(set(organisation_ids)), Account.active.is_(True))
    return session.scalars(query.order_by(Account.name_key)).all()


def people(session: Session) -> dict[int, int]:
    """How many accounts in use each organisation has."""
    query = select(Account.organisation_id, func.count()).where(Account.active.is_(True))
    return {row[0]: row[1] for row in session.execute(query.group_by(Account.organisation_id))}


def _hand_over(
    session: Session, act: Act, closed_ids: Collection[int], owners: Mapping[int, Organisation], reform: Reform
) -> None:
    """Owners of what is open, and the office of what is not filed where that office is closed; one event a round."""
    moving = {*owners, *(row.assessment_id for row in unfiled_rounds(session, closed_ids))}
    query = select(Assessment).options(joinedload(Assessment.facts), joinedload(Assessment.matter))
    query = query.where(Assessment.id.in_(moving)).order_by(Assessment.id).with_for_update(of=Assessment)
    for assessment in session.scalars(query.execution_options(populate_existing=True)).unique().all():
        # Somebody may have concluded or filed a round since it was listed: that settles its owner and its office.
        owner = owners.get(assessment.id) if assessment.status in OPEN else None
        office = None
        if assessment.filing_office_id in closed_ids and assessment.status not in _SETTLED:
            owned_by = owner.id if owner is not None else assessment.facts.owner_org_id
            office = filing_office_for(session, owned_by)
            _redirect(session, assessment, office)
        if owner is None and office is None:
            continue
        hand_over(
            session,
            act.actor,
            assessment,
            owner=owner,
            office=office,
            effective_on=reform.effective_on,
            reason=reform.basis,
        )


def _redirect(session: Session, assessment: Assessment, office: Organisation | None) -> None:
    """An attempt that still waits is filed by the office that follows, under its number."""
    attempt = newest_attempt(session, assessment.id)
    if attempt is not None and office is not None and attempt.filed_on is None:
        attempt.office_id = office.id


def _move_account(session: Session, act: Act, account: Account, organisation: Organisation, reform: Reform) -> None:
    change_account(
        session,
        act.actor,
        account,
        display_name=account.display_name,
        organisation=organisation,
        scope=account.scope,
        reason=reform.basis,
    )
