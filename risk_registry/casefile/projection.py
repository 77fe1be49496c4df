"""From the records of an assessment to its ledger line.

The projection is a pure reading of the records, so ``verify`` can do it again and compare. Words are those valid on the
conclusion date, else on the declaration date.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from risk_registry.assessments.fields import FIELDS as ASSESSMENT_FIELDS
from risk_registry.assessments.models import Assessment, Consultation
from risk_registry.audit import hook
from risk_registry.audit.chain import canonical
from risk_registry.core.fields import Field, Kind
from risk_registry.core.predicates import spells
from risk_registry.core.status import OPEN, OPEN_YEAR, STATUS_DATES, status_at
from risk_registry.filings.models import Correction, Filing
from risk_registry.lines.models import LedgerLine
from risk_registry.lines.predicates import LINE
from risk_registry.lines.search import reindex, search_key
from risk_registry.matters.fields import FIELDS as MATTER_FIELDS
from risk_registry.matters.fields import column_name
from risk_registry.matters.models import CoOrganiser, Matter, MatterFacts
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import NameBook, name_book
from risk_registry.settings.queries import WordBook

#: Version of the rule by which a line is made and its digest taken. Digests cover every column that is not empty, so a
#: column added later changes no old digest.
RULE_VERSION = 1

_BOOKKEEPING = frozenset(
    {
        *("id", "version", "recorded_at", "superseded_at", "digest", "rule_version"),
        *("search_key", "declared_year", "concluded_year", "filed_year"),
    }
)
_COVERED = tuple(column.name for column in LINE.columns if column.name not in _BOOKKEEPING)
_BATCH = 400


def line_digest(values: Mapping[str, Any]) -> str:
    """Digest of a line's covered columns under its rule version."""
    content = {name: values[name] for name in _COVERED if values[name] is not None}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


@dataclass
class Books:
    """What the projection looks words up in, loaded once for many lines."""

    names: NameBook
    words: WordBook
    codes: dict[int, str]

    @classmethod
    def load(cls, session: Session) -> Books:
        """Everything as it stands now; dated entries make the answer the same on any later day."""
        codes = {row.id: row.code for row in session.execute(select(Organisation.id, Organisation.code))}
        return cls(name_book(session), WordBook(session), codes)


@dataclass
class Case:
    """The records of one assessment that its line is read from."""

    assessment: Assessment
    facts: MatterFacts
    matter: Matter
    consultations: Sequence[Consultation]
    filings: Sequence[Filing]
    joint: Sequence[CoOrganiser] = ()


def cases(session: Session, ids: Sequence[int]) -> list[Case]:
    """The records of these assessments, in six queries however many they are."""
    records = session.execute(
        select(Assessment, MatterFacts, Matter)
        .join(MatterFacts, Assessment.facts_id == MatterFacts.id)
        .join(Matter, Assessment.matter_id == Matter.id)
        .where(Assessment.id.in_(ids))
        .order_by(Assessment.id)
    ).all()
    heard: dict[int, list[Consultation]] = defaultdict(list)
    for row in session.scalars(
        select(Consultation).where(Consultation.assessment_id.in_(ids)).order_by(Consultation.position)
    ):
        heard[row.assessment_id].append(row)
    sent: dict[int, list[Filing]] = defaultdict(list)
    for filing in session.scalars(select(Filing).where(Filing.assessment_id.in_(ids)).order_by(Filing.attempt)):
        sent[filing.assessment_id].append(filing)
    beside: dict[int, list[CoOrganiser]] = defaultdict(list)
    for partner in session.scalars(
        select(CoOrganiser)
        .join(Assessment, Assessment.facts_id == CoOrganiser.facts_id)
        .where(Assessment.id.in_(ids))
        .order_by(CoOrganiser.position)
    ):
        beside[partner.facts_id].append(partner)
    return [Case(a, f, m, heard[a.id], sent[a.id], beside[f.id]) for a, f, m in records]


def _open_corrections(session: Session, ids: Sequence[int]) -> dict[int, date]:
    query = (
        select(Filing.assessment_id, Correction.issued_on)
        .join(Correction, Correction.filing_id == Filing.id)
        .where(Filing.assessment_id.in_(ids), Correction.answered_on.is_(None))
        .where(Filing.withdrawn_on.is_(None), Filing.declined_on.is_(None))
    )
    return {row.assessment_id: row.issued_on for row in session.execute(query)}


def values_of(case: Case, books: Books, correcting_on: date | None) -> dict[str, Any]:
    """The line of a case: every column but the bookkeeping of versions."""
    assessment, facts = case.assessment, case.facts
    day = assessment.concluded_on or assessment.declared_on
    values: dict[str, Any] = dict.fromkeys(LINE.c.keys())
    del values["id"], values["version"], values["recorded_at"], values["superseded_at"]
    for field, source in [(f, facts) for f in MATTER_FIELDS] + [(f, assessment) for f in ASSESSMENT_FIELDS]:
        _copy(values, field, source, books, day)
    values.update(
        assessment_id=assessment.id,
        matter_id=assessment.matter_id,
        origin=assessment.origin,
        seq=assessment.seq,
        reg_no=case.matter.reg_no,
        owner_org_code=books.codes[facts.owner_org_id],
        filing_office_id=assessment.filing_office_id,
        filing_office=_name(books, assessment.filing_office_id, day),
        notice_days=_days(assessment.notice_from, assessment.notice_to),
        due_on=assessment.due_on,
        **_joint(case.joint, books, day),
        **_heard(case.consultations),
        **_dates(case, correcting_on),
    )
    values.update(_number(case.filings))
    values["status"] = status_at(values, date.max)
    values["incomplete"] = _incomplete(values)
    values["search_key"] = search_key(
        values[name] for name in ("title", "reg_no", "filing_number", "owner_org", "implement_org", "location")
    )
    for name in ("declared", "concluded", "filed"):
        values[f"{name}_year"] = values[f"{name}_on"].year if values[f"{name}_on"] else None
    if values["status"] in OPEN:
        values["concluded_year"] = OPEN_YEAR
    values["rule_version"] = RULE_VERSION
    values["digest"] = line_digest(values)
    return values


def _copy(values: dict[str, Any], field: Field, source: object, books: Books, day: date) -> None:
    """Carry a declared field into the line columns of its name, where the line has them."""
    column = column_name(field)
    value = getattr(source, column)
    if field.kind is Kind.ORGANISATION:
        if column in values:
            values[column] = value
            values[field.name] = _name(books, value, day)
        return
    if field.name in values:
        values[field.name] = value
        if field.kind is Kind.CHOICE and f"{field.name}_text" in values:
            values[f"{field.name}_text"] = books.words.text(field.dictionary, value, day) or None


def _name(books: Books, organisation_id: int | None, day: date) -> str | None:
    return None if organisation_id is None else books.names.name_on(organisation_id, day)


def _joint(rows: Sequence[CoOrganiser], books: Books, day: date) -> dict[str, str | None]:
    """The further organisations of a joint matter, each once; nothing where there are none."""
    numbers = list(dict.fromkeys(row.organisation_id for row in rows))
    if not numbers:
        return {"co_org_ids": None, "co_orgs": None}
    names = "、".join(books.names.name_on(number, day) for number in numbers)
    return {"co_org_ids": ";" + "".join(f"{number};" for number in numbers), "co_orgs": names}


def _days(first: date | None, last: date | None) -> int | None:
    return None if first is None or last is None else (last - first).days + 1


def _total(rows: Iterable[int | None]) -> int | None:
    found = [row for row in rows if row is not None]
    return sum(found) if found else None


def _heard(rows: Sequence[Consultation]) -> dict[str, Any]:
    """Sums over consultation rows; the rate is over valid forms (DOMAIN §8d 30) and is never typed."""
    valid = _total(row.forms_valid for row in rows)
    support = _total(row.support for row in rows)
    rate = None
    if valid and support is not None:
        rate = (Decimal(support) * 100 / Decimal(valid)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {
        "forms_valid": valid,
        "support": support,
        "oppose": _total(row.oppose for row in rows),
        "support_rate": rate,
        "meetings": _total(row.sessions for row in rows if row.method == "meeting"),
        "hearings": _total(row.sessions for row in rows if row.method == "hearing"),
        "visits": _total(row.participants for row in rows if row.method == "visit"),
    }


def _dates(case: Case, correcting_on: date | None) -> dict[str, date | str | None]:
    """The dates that decide the status: of the newest attempt, and the end of the one before it while it is older.

    Spells as withdrawn that those dates do not tell are kept beside them, so that a past day's count stays exact.
    """
    assessment, filings = case.assessment, case.filings
    dates: dict[str, date | str | None] = {name: getattr(assessment, name, None) for name in STATUS_DATES}
    if filings:
        newest = filings[-1]
        dates["submitted_on"] = newest.submitted_on
        for name in ("received_on", "filed_on", "revoked_on"):
            dates[name] = getattr(newest, name)
        for name in ("withdrawn_on", "declined_on"):
            before = getattr(filings[-2], name) if len(filings) > 1 else None
            dates[name] = getattr(newest, name) or (before if before and before < newest.submitted_on else None)
        dates["correcting_on"] = correcting_on
        dates["lapses"] = spells(
            (item.withdrawn_on, after.submitted_on)
            for item, after in pairwise(filings)
            if item.withdrawn_on
            and item.withdrawn_on < after.submitted_on
            # The one that `withdrawn_on` tells.
            and not (after is newest and newest.withdrawn_on is None)
        )
    return dates


def _number(filings: Sequence[Filing]) -> dict[str, Any]:
    accepted = next((filing for filing in filings if filing.filed_on is not None), None)
    if accepted is None:
        return {}
    return {
        "filing_number": accepted.number_text,
        "number_year": accepted.number_year,
        "number_seq": accepted.number_seq,
    }


def _incomplete(values: Mapping[str, Any]) -> bool:
    """资料不全: a line that records history without what the registry itself would have asked for."""
    needed = ["kind", "field", "decision_org_id", "implement_org_id"]
    if values["concluded_on"] is not None:
        needed += ["procedure", "mode", "level_before", "level_after", "outcome", "started_on"]
    if values["filed_on"] is not None:
        needed += ["filing_number", "submitted_on"]
    return any(values[name] is None for name in needed)


def recompute(session: Session, ids: Sequence[int], books: Books) -> Iterable[dict[str, Any]]:
    """The lines these assessments should have now."""
    correcting = _open_corrections(session, ids)
    for case in cases(session, ids):
        yield values_of(case, books, correcting.get(case.assessment.id))


def project(session: Session, ids: list[int], stamp: int) -> dict[int, str]:
    """Write a new line version for each assessment whose line changed; the digest of each one's present line."""
    digests: dict[int, str] = {}
    if not ids:
        return digests
    books = Books.load(session)
    for start in range(0, len(ids), _BATCH):
        _project_batch(session, ids[start : start + _BATCH], stamp, books, digests)
    return digests


def _project_batch(session: Session, ids: list[int], stamp: int, books: Books, digests: dict[int, str]) -> None:
    query = select(LINE.c.assessment_id, LINE.c.version, LINE.c.digest, LINE.c.search_key)
    known = {
        row.assessment_id: row
        for row in session.execute(query.where(LINE.c.assessment_id.in_(ids), LINE.c.superseded_at.is_(None)))
    }
    fresh, searched = [], []
    for values in recompute(session, ids, books):
        number = values["assessment_id"]
        digests[number] = values["digest"]
        before = known.get(number)
        if before is not None and before.digest == values["digest"]:
            continue
        values.update(version=before.version + 1 if before else 1, recorded_at=stamp, superseded_at=None)
        fresh.append(values)
        if before is None or before.search_key != values["search_key"]:
            searched.append((number, values["search_key"]))
    if fresh:
        changed = [values["assessment_id"] for values in fresh]
        session.execute(
            update(LedgerLine)
            .where(LedgerLine.assessment_id.in_(changed), LedgerLine.superseded_at.is_(None))
            .values(superseded_at=stamp)
            .execution_options(synchronize_session=False)
        )
        session.execute(insert(LedgerLine), fresh)
        reindex(session, searched)


def attach(factory: Any) -> None:
    """Attach events and projection to a session factory: done once, by the factory and the commands."""
    hook.attach(factory, project)
