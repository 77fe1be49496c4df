"""Declared fields as people read them: words valid on the day of the assessment, dates and amounts as written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.assessments.fields import CONSULTATION_FIELDS, TEST_NAMES
from risk_registry.assessments.fields import FIELDS as ASSESSMENT_FIELDS
from risk_registry.assessments.models import Assessment, Consultation
from risk_registry.assessments.operations import assessment_values
from risk_registry.core import values
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.matters.fields import FIELDS as MATTER_FIELDS
from risk_registry.matters.joint import CO_ORGANISERS, PARTS, Joint, joint_of
from risk_registry.matters.operations import facts_values
from risk_registry.matters.queries import matter_with_id
from risk_registry.organisations.queries import NameBook, name_book, options
from risk_registry.settings.queries import WordBook
from risk_registry.web.i18n import bracketed, is_english, listed, yi, zh_date
from risk_registry.web.inputs import Options

#: Kinds of organisation that may be responsible for a matter, and those that may be commissioned to assess it.
RESPONSIBLE = ("department", "filing_office", "decision_body", "implementer")
ASSESSORS = ("third_party",)


@dataclass(frozen=True)
class Shown:
    """One fact on a page."""

    name: str
    label: str
    text: str
    code: str = ""
    dictionary: str = ""
    wide: bool = False


class Wording:
    """Words and names valid on one day: the conclusion date, else the declaration date, as in the ledger line."""

    def __init__(self, session: Session, day: date) -> None:
        self.day = day
        self.session = session
        self.words = WordBook(session, english=is_english())
        self.names: NameBook = name_book(session)

    @classmethod
    def of(cls, session: Session, assessment: Assessment) -> Wording:
        """The wording of a round."""
        return cls(session, assessment.concluded_on or assessment.declared_on)

    def name(self, organisation_id: int | None) -> str:
        """What an organisation was called."""
        return "" if organisation_id is None else self.names.name_on(organisation_id, self.day)

    def matter(self, matter_id: int | None) -> str:
        """The registration number of a matter."""
        found = matter_with_id(self.session, matter_id)
        return found.reg_no if found is not None else ""

    def word(self, dictionary: str, code: str | None) -> str:
        """The word of a code."""
        return self.words.text(dictionary, code, self.day)

    def text(self, field: Field, value: Any) -> str:
        """A value as people read it; "" for none."""
        if value is None or value == "":
            return ""
        if field.kind is Kind.CHOICE:
            return self.word(field.dictionary, str(value))
        if field.kind is Kind.ORGANISATION:
            return self.name(int(value))
        if field.kind is Kind.DATE:
            return zh_date(value if isinstance(value, date) else date.fromisoformat(str(value)))
        if field.kind is Kind.BOOLEAN:
            return str(gettext("是") if value else gettext("否"))
        if field.kind is Kind.MONEY:
            amount = Decimal(str(value))
            return f"{amount:,.2f}{bracketed(yi(amount))}"
        return str(value) if isinstance(value, str) else values.render(field, value)

    def shown(self, field: Field, value: Any) -> Shown:
        """A fact with its label."""
        code = str(value) if field.kind is Kind.CHOICE and value is not None else ""
        wide = field.kind is Kind.LONG_TEXT
        return Shown(field.name, gettext(field.label), self.text(field, value), code, field.dictionary, wide)


def rows(
    wording: Wording, fields: Iterable[Field], found: Mapping[str, Any], *, gate: Gate | None = None
) -> list[Shown]:
    """The facts that are there; an empty one only where it should not be empty at ``gate``."""
    needed = tuple(Gate)[: tuple(Gate).index(gate) + 1] if gate else ()
    made = []
    for field in fields:
        value = found.get(field.name)
        if value in (None, "") and field.required_at not in needed:
            continue
        made.append(wording.shown(field, value))
    return made


def matter_rows(wording: Wording, assessment: Assessment, *sections: str) -> list[Shown]:
    """Facts of the matter as this round sees them."""
    fields = [field for field in MATTER_FIELDS if not sections or field.section in sections]
    found = rows(wording, fields, facts_values(assessment.facts), gate=Gate.DECLARE)
    beside = joint_text(joint_of(assessment.facts), wording.name)
    if beside and (not sections or CO_ORGANISERS.section in sections):
        found.append(Shown(CO_ORGANISERS.name, gettext(CO_ORGANISERS.label), beside, wide=True))
    return found


def joint_text(found: Iterable[Joint], name: Callable[[int], str]) -> str:
    """The further organisations of a joint matter: 示例县教育局（共同主管）、…"""
    return listed(*(f"{name(row.organisation)}{bracketed(gettext(PARTS[row.part]))}" for row in found))


def assessment_rows(wording: Wording, assessment: Assessment, *sections: str) -> list[Shown]:
    """Facts of the round in these sections."""
    gate = Gate.CONCLUDE if assessment.concluded_on else None
    fields = [field for field in ASSESSMENT_FIELDS if field.section in sections]
    return rows(wording, fields, assessment_values(assessment), gate=gate)


def test_rows(wording: Wording, assessment: Assessment) -> list[tuple[str, str, str]]:
    """(test, result, text) of the tests that are answered."""
    by_name = {field.name: field for field in ASSESSMENT_FIELDS}
    found = []
    for name in TEST_NAMES:
        result = getattr(assessment, name)
        if result:
            label = gettext(by_name[name].label)
            found.append((label, wording.word("test_result", result), getattr(assessment, f"{name}_text") or ""))
    return found


def rate(part: int | None, whole: int | None) -> str:
    """A share in per cent, computed and never typed; the whole is the valid forms (DOMAIN §8d 30). "" for none."""
    if part is None or not whole:
        return ""
    return f"{(Decimal(part) * 100 / Decimal(whole)).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


@dataclass(frozen=True)
class Heard:
    """The consultation of a round as a table of counts."""

    headings: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str], str, str]]
    total: Sequence[str]
    total_rate: str


def heard(wording: Wording, consultations: Sequence[Consultation]) -> Heard:
    """Counts, computed support rates and themes; columns that no row fills are left out."""
    counted = [field for field in CONSULTATION_FIELDS if field.kind is Kind.INTEGER]
    used = [field for field in counted if any(getattr(row, field.name) is not None for row in consultations)]

    def cell(row: Consultation, name: str) -> str:
        value = getattr(row, name)
        return "" if value is None else f"{value:,}"

    def total(name: str) -> int | None:
        found = [value for row in consultations if (value := getattr(row, name)) is not None]
        return sum(found) if found else None

    lines = [
        (
            wording.word("consultation_method", row.method),
            [cell(row, field.name) for field in used],
            rate(row.support, row.forms_valid),
            row.themes or "",
        )
        for row in consultations
    ]
    sums = [f"{number:,}" if (number := total(field.name)) is not None else "" for field in used]
    return Heard([gettext(field.label) for field in used], lines, sums, rate(total("support"), total("forms_valid")))


def choices(
    session: Session, fields: Iterable[Field], day: date, *, keep: Mapping[str, Any] | None = None
) -> dict[str, Options]:
    """Options of the choices among ``fields`` on ``day``; a stored value gone out of use stays selectable."""
    words = WordBook(session, english=is_english())
    found: dict[str, Options] = {}
    for field in fields:
        if field.kind is Kind.CHOICE:
            offered: list[tuple[str, str]] = words.choices(field.dictionary, day)
        elif field.kind is Kind.ORGANISATION:
            kinds = ASSESSORS if field.name == "third_party" else RESPONSIBLE
            offered = [(str(number), name) for number, name in options(session, kinds=kinds, on=day)]
        else:
            continue
        stored = (keep or {}).get(field.name)
        if stored is not None and str(stored) not in {code for code, _ in offered}:
            offered = [*offered, (str(stored), Wording(session, day).text(field, stored))]
        found[field.name] = offered
    return found


def all_fields(names: Collection[str] | None = None) -> list[Field]:
    """Fields of matter and round in their order, those of ``names`` when given."""
    return [field for field in (*MATTER_FIELDS, *ASSESSMENT_FIELDS) if names is None or field.name in names]


def all_values(assessment: Assessment) -> dict[str, Any]:
    """Every declared value of a round and its matter."""
    return {**facts_values(assessment.facts), **assessment_values(assessment)}
