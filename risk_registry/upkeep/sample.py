"""A large synthetic registry for measuring: written in bulk, projected by the same code, still sound for ``verify``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Table, insert, text
from sqlalchemy.orm import Session

from risk_registry.assessments.models import Assessment, Consultation
from risk_registry.audit.chain import ALGORITHM, seal
from risk_registry.audit.hook import lock_chain
from risk_registry.audit.models import Event
from risk_registry.casefile.projection import Books, Case, values_of
from risk_registry.core.actors import Actor
from risk_registry.core.numbering import format_number, format_registration
from risk_registry.db.clock import SHANGHAI, FixedClock, to_stamp
from risk_registry.db.work import Sessions, reading, writing
from risk_registry.filings.content import content_digest
from risk_registry.filings.models import Correction, Filing, NumberCounter
from risk_registry.lines.models import LedgerLine
from risk_registry.lines.search import reindex
from risk_registry.matters.models import Matter, MatterFacts, RegistrationCounter
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.operations import create_organisation
from risk_registry.settings.operations import change_setting, seed_dictionaries
from risk_registry.settings.queries import settings
from risk_registry.upkeep.invention import Invented, Inventor, Row

REGION = "500229"
_YEARS = 10
_BATCH = 2000
_ACTOR = Actor("system", None, "测试数据", None, "", frozenset())
_OFFICES, _DEPARTMENTS, _IMPLEMENTERS, _ASSESSORS = 3, 9, 6, 3

_TABLES = (Matter, MatterFacts, Assessment, Consultation, Filing, Correction, LedgerLine, Event)


def _empty(model: Any, *left_out: str) -> Row:
    names = cast(Table, model.__table__).c.keys()
    return dict.fromkeys(name for name in names if name not in left_out)


_FACTS, _ROUND = _empty(MatterFacts), _empty(Assessment)
_FILING, _HEARD = _empty(Filing), _empty(Consultation, "id")


@dataclass
class _Places:
    """The 40 organisations: a government, offices with their departments, implementers, third parties."""

    decision: int
    office_of: dict[int, int]
    shorts: dict[int, str]
    implementers: list[int]


class _Writer:
    """Numbers that run through all batches, and the rows of the present one."""

    def __init__(self, places: _Places, books: Books, pattern: str, versions: int) -> None:
        self._places, self._books, self._pattern, self._versions = places, books, pattern, versions
        self.numbers: Counter[tuple[int, int]] = Counter()
        self.registrations: Counter[int] = Counter()
        self._matter: Row = {}
        self._round = 0
        self._ids: Counter[str] = Counter()
        self._stamp = 0
        self._rows: dict[Any, list[Row]] = {}
        self._searched: list[tuple[int, str]] = []
        self._seq, self._digest = 0, ""

    def begin(self, session: Session) -> None:
        """Start a batch at the head of the chain."""
        self._seq, self._digest, stamp = lock_chain(session)
        self._stamp = max(self._stamp, stamp)
        self._rows = {table: [] for table in _TABLES}
        self._searched = []

    def flush(self, session: Session) -> None:
        """Write the batch: parents first."""
        for table, rows in self._rows.items():
            if rows:
                session.execute(insert(table.__table__), rows)
        reindex(session, self._searched)

    def add(self, new_matter: bool, case: Invented) -> None:
        """One round with its records, line versions and events."""
        declared: date = case.base["declared_on"]
        if new_matter:
            self._begin_matter(declared.year)
        self._round += 1
        self._ids["round"] += 1
        number, key = self._ids["round"], {"matter_id": self._matter["id"], "seq": self._round}
        facts = {**_FACTS, **case.facts, **key, "id": number}
        base = {
            **_ROUND,
            **key,
            "id": number,
            "facts_id": number,
            "trigger": "first" if self._round == 1 else "plan_changed",
            "trigger_reason": None if self._round == 1 else "方案调整",
            "origin": "registry",
            "filing_office_id": self._places.office_of[case.facts["owner_org_id"]],
            "version": 1,
            **case.base,
        }
        heard = [{**_HEARD, **row, "assessment_id": number} for row in case.consultations]
        stages = [base, {**base, **case.started}, {**base, **case.started, **case.conclusion}]
        final = {**stages[-1], **case.ended}
        filing = self._file(case, facts, final, heard)
        shown = _Shown(self._matter, facts, heard, filing, case.correcting_on)
        chosen = {1: [], 2: stages[:1], 3: [stages[0], stages[2]], 4: stages}.get(self._versions, stages)
        status = self._project(case, [*chosen, final], shown)
        self._rows[MatterFacts].append(facts)
        self._rows[Assessment].append({**final, "status": status})
        self._rows[Consultation] += heard

    def _begin_matter(self, year: int) -> None:
        self.registrations[year] += 1
        self._ids["matter"] += 1
        seq = self.registrations[year]
        reg_no = format_registration(REGION, year, seq)
        self._matter = {"id": self._ids["matter"], "reg_no": reg_no, "region": REGION, "year": year, "seq": seq}
        self._matter["parent_id"] = None
        self._round = 0
        self._rows[Matter].append(self._matter)

    def _file(self, case: Invented, facts: Row, final: Row, heard: list[Row]) -> Row:
        if not case.filing:
            return {}
        self._ids["filing"] += 1
        office = final["filing_office_id"]
        filing = {
            **_FILING,
            "id": self._ids["filing"],
            "assessment_id": final["id"],
            "attempt": 1,
            "office_id": office,
            "submitted_name": _ACTOR.name,
            "accepted_name": _ACTOR.name if "filed_on" in case.filing else "",
            "content_digest": "",
            "backdated": False,
            "receipt_no": f"{self._matter['reg_no']}-{self._round}-1",
            "origin": "registry",
            "version": 1,
            **case.filing,
        }
        if filing["filed_on"] is not None:
            year = filing["filed_on"].year
            self.numbers[office, year] += 1
            seq = self.numbers[office, year]
            number = format_number(self._pattern, short=self._places.shorts[office], year=year, seq=seq)
            filing |= {"number_text": number, "number_year": year, "number_seq": seq}
        whole = SimpleNamespace(
            **final,
            facts=SimpleNamespace(**facts, co_organisers=[]),
            consultations=[SimpleNamespace(**r) for r in heard],
            factors=[],
            risk_measures=[],
        )
        filing["content_digest"] = content_digest(cast(Assessment, whole))
        self._rows[Filing].append(filing)
        if case.correcting_on is not None:
            correction = {"filing_id": filing["id"], "seq": 1, "issued_on": case.correcting_on, "items": "补充材料"}
            self._rows[Correction].append({**correction, "due_on": None, "answered_on": None, "answer": None})
        return filing

    def _project(self, case: Invented, states: list[Row], shown: _Shown) -> str:
        """Line versions of these states and an event for each; the status of the last."""
        before: Row | None = None
        moment = to_stamp(datetime.combine(case.last, time(9), SHANGHAI))
        for place, state in enumerate(states):
            last = place == len(states) - 1
            values = values_of(shown.case(state, last=last), self._books, shown.correcting_on if last else None)
            if before is not None and before["digest"] == values["digest"]:
                continue
            self._stamp = max(moment, self._stamp + 1)
            if before is not None:
                before["superseded_at"] = self._stamp
            version = before["version"] + 1 if before is not None else 1
            values.update(version=version, recorded_at=self._stamp, superseded_at=None)
            self._rows[LedgerLine].append(values)
            self._record(values)
            before = values
        assert before is not None
        self._searched.append((before["assessment_id"], before["search_key"]))
        status: str = before["status"]
        return status

    def _record(self, line: Row) -> None:
        self._seq += 1
        row: Row = {
            "seq": self._seq,
            "recorded_at": self._stamp,
            "actor_kind": _ACTOR.kind,
            "account_id": None,
            "actor": _ACTOR.name,
            "organisation_id": None,
            "organisation": "",
            "roles": "",
            "address": "",
            "action": "generate",
            "subject_kind": "assessment",
            "subject_id": line["assessment_id"],
            "subject": f"{line['reg_no']}/{line['seq']} {line['title']}",
            "reason": "",
            "changes": "{}",
            "note": "{}",
            "line_digest": line["digest"],
            "algorithm": ALGORITHM,
            "previous": self._digest,
        }
        row["digest"] = self._digest = seal(row)
        self._rows[Event].append(row)


@dataclass(frozen=True)
class _Shown:
    """The records of a round that its line is read from."""

    matter: Row
    facts: Row
    heard: list[Row]
    filing: Row
    correcting_on: date | None

    def case(self, state: Row, *, last: bool) -> Case:
        """The case in an earlier state, or whole with its filing; plain objects stand in for mapped ones."""
        heard = [SimpleNamespace(**row) for row in self.heard] if state["concluded_on"] else []
        filings = [SimpleNamespace(**self.filing)] if last and self.filing else []
        assessment: Any = SimpleNamespace(**state)
        facts: Any = SimpleNamespace(**self.facts)
        matter: Any = SimpleNamespace(**self.matter)
        return Case(assessment, facts, matter, cast(Any, heard), cast(Any, filings))


def fill(sessions: Sessions, number: int, *, seed: int, versions: int, until: date) -> None:
    """Fill an empty registry with ``number`` assessments over ten years up to ``until``, up to ``versions`` lines each.

    One event stands for each line version; everything else is as the operations would have left it.
    """
    begun = until - timedelta(days=_YEARS * 365)
    clock = FixedClock(begun)
    with writing(sessions) as session:
        session.info["clock"] = clock
        places = _found(session, begun)
        pattern = settings(session)["number_pattern"]
    with reading(sessions) as session:
        writer = _Writer(places, Books.load(session), pattern, versions)
        # The books are read by every batch, after their session is gone.
        session.expunge_all()
    inventor = Inventor(
        seed, until, decision=places.decision, owners=list(places.office_of), implementers=places.implementers
    )
    cases = _cases(inventor, number, begun, until)
    while batch := list(islice(cases, _BATCH)):
        with writing(sessions) as session:
            session.info["clock"] = clock
            writer.begin(session)
            for new_matter, case in batch:
                writer.add(new_matter, case)
            writer.flush(session)
    with writing(sessions) as session:
        _close(session, writer)


def _cases(inventor: Inventor, number: int, begun: date, until: date) -> Iterator[tuple[bool, Invented]]:
    """So many rounds in the order of their declaration; the flag says whether a matter begins."""
    span, made = _YEARS * 365, 0
    while made < number:
        case = inventor.first_round(begun + timedelta(days=made * span // number))
        made += 1
        yield True, case
        while made < number and inventor.another_round(case):
            case = inventor.round_of(case.facts, min(case.last + timedelta(days=30), until))
            made += 1
            yield False, case


def _found(session: Session, begun: date) -> _Places:
    """Dictionaries, settings and the organisations, by the ordinary operations."""
    seed_dictionaries(session, _ACTOR)
    change_setting(session, _ACTOR, "region", REGION)

    def add(code: str, name: str, kind: str, parent: Organisation | None, short: str | None = None) -> Organisation:
        values = {"code": code, "name": name, "kind": kind, "short": short, "valid_from": begun}
        return create_organisation(session, _ACTOR, values=values, parent=parent)

    root = add("city", "测试市人民政府", "decision_body", None)
    places = _Places(root.id, {}, {}, [])
    for number in range(1, _OFFICES + 1):
        code = "office" if number == 1 else f"office{number}"
        office = add(code, f"测试市第{number}区信访办公室", "filing_office", root, f"测{number}")
        places.shorts[office.id] = f"测{number}"
        for place in range(1, _DEPARTMENTS + 1):
            unit = add(f"unit{number}{place}", f"第{number}区第{place}局", "department", office)
            places.office_of[unit.id] = office.id
    for number in range(1, _IMPLEMENTERS + 1):
        places.implementers.append(add(f"builder{number}", f"测试建设公司{number}", "implementer", root).id)
    for number in range(1, _ASSESSORS + 1):
        add(f"assessor{number}", f"测试评估公司{number}", "third_party", None)
    return places


def _close(session: Session, writer: _Writer) -> None:
    """The counters where the numbers ended; on PostgreSQL the sequences where the keys did."""
    numbers = [
        {"office_id": office, "year": year, "opening": 1, "last": last}
        for (office, year), last in writer.numbers.items()
    ]
    if numbers:
        session.execute(insert(NumberCounter), numbers)
    years = [{"region": REGION, "year": year, "last": last} for year, last in writer.registrations.items()]
    session.execute(insert(RegistrationCounter), years)
    if session.get_bind().dialect.name == "postgresql":
        for table in ("matter", "matter_facts", "assessment", "filing"):
            # The application's role may draw from a sequence, not set it.
            draw = f"nextval(pg_get_serial_sequence('{table}', 'id'))"
            session.execute(
                text(f"SELECT count({draw}) FROM generate_series(1, (SELECT coalesce(max(id), 0) FROM {table}))")
            )
