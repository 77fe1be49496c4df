"""Tables of assessments and of their consultation."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from risk_registry.assessments.fields import CONSULTATION_FIELDS, FIELDS
from risk_registry.audit.declared import Declared, DeclaredRow
from risk_registry.core.vocabulary import STATUSES
from risk_registry.db.base import Base, Scaled
from risk_registry.matters.fields import column_name
from risk_registry.matters.models import Matter, MatterFacts

_STATUS_LIST = ", ".join(f"'{term.code}'" for term in STATUSES)


class Assessment(Declared, Base):
    """One round of assessment: the 件次 that everything counts."""

    __tablename__ = "assessment"
    __declared__: ClassVar[tuple[str, ...]] = (
        "status",
        "trigger",
        "trigger_reason",
        "origin",
        "declared_on",
        "returned_on",
        "screened_on",
        "exempted_on",
        "terminated_on",
        "voided_on",
        "due_on",
        "filing_office_id",
        *(column_name(field) for field in FIELDS),
    )
    subject_kind: ClassVar[str] = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"), index=True)
    facts_id: Mapped[int] = mapped_column(ForeignKey("matter_facts.id"), unique=True)
    seq: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    trigger: Mapped[str] = mapped_column(String(32))
    trigger_reason: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(8), default="registry")
    #: Nearest filing office at declaration; the office's scope is its assessments.
    filing_office_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    declared_on: Mapped[date]
    returned_on: Mapped[date | None]
    screened_on: Mapped[date | None]
    exempted_on: Mapped[date | None]
    terminated_on: Mapped[date | None]
    voided_on: Mapped[date | None]
    due_on: Mapped[date | None]
    #: Who typed it (代录 included); who typed it may not accept its filing.
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    screening: Mapped[str | None] = mapped_column(String(32))
    screening_reason: Mapped[str | None] = mapped_column(Text)
    screening_reference: Mapped[str | None] = mapped_column(String(200))
    procedure: Mapped[str | None] = mapped_column(String(32))
    mode: Mapped[str | None] = mapped_column(String(32))
    third_party_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    commissioned_on: Mapped[date | None]
    method: Mapped[str | None] = mapped_column(String(32))
    method_version: Mapped[int | None]
    started_on: Mapped[date | None]
    notice_from: Mapped[date | None]
    notice_to: Mapped[date | None]
    notice_channel: Mapped[str | None] = mapped_column(String(200))
    legality: Mapped[str | None] = mapped_column(String(32))
    legality_text: Mapped[str | None] = mapped_column(Text)
    rationality: Mapped[str | None] = mapped_column(String(32))
    rationality_text: Mapped[str | None] = mapped_column(Text)
    feasibility: Mapped[str | None] = mapped_column(String(32))
    feasibility_text: Mapped[str | None] = mapped_column(Text)
    controllability: Mapped[str | None] = mapped_column(String(32))
    controllability_text: Mapped[str | None] = mapped_column(Text)
    event_people: Mapped[int | None]
    severe_event: Mapped[bool | None]
    event_people_after: Mapped[int | None]
    severe_event_after: Mapped[bool | None]
    main_risks: Mapped[str | None] = mapped_column(Text)
    measures: Mapped[str | None] = mapped_column(Text)
    level_before: Mapped[str | None] = mapped_column(String(32))
    level_after: Mapped[str | None] = mapped_column(String(32))
    level_reason: Mapped[str | None] = mapped_column(Text)
    emergency_plan: Mapped[bool | None]
    review_on: Mapped[date | None]
    review_experts: Mapped[int | None]
    review_result: Mapped[str | None] = mapped_column(String(32))
    review_opinion: Mapped[str | None] = mapped_column(Text)
    review_revised_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(32))
    conclusion_text: Mapped[str | None] = mapped_column(Text)
    concluded_on: Mapped[date | None]
    signed_by: Mapped[str | None] = mapped_column(String(32))
    signed_on: Mapped[date | None]
    report_no: Mapped[str | None] = mapped_column(String(64))
    report_digest: Mapped[str | None] = mapped_column(String(64))
    decision_result: Mapped[str | None] = mapped_column(String(32))
    decision_doc_no: Mapped[str | None] = mapped_column(String(64))
    decided_on: Mapped[date | None]
    implementation: Mapped[str | None] = mapped_column(String(32))
    tracking: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    matter: Mapped[Matter] = relationship()
    facts: Mapped[MatterFacts] = relationship(backref=backref("assessment", uselist=False))
    consultations: Mapped[list["Consultation"]] = relationship(
        back_populates="assessment", cascade="all, delete-orphan", order_by="Consultation.position"
    )
    factors: Mapped[list["RiskFactor"]] = relationship(
        back_populates="assessment", cascade="all, delete-orphan", order_by="RiskFactor.position"
    )
    risk_measures: Mapped[list["RiskMeasure"]] = relationship(
        back_populates="assessment", cascade="all, delete-orphan", order_by="RiskMeasure.position"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        UniqueConstraint("matter_id", "seq"),
        CheckConstraint(f"status IN ({_STATUS_LIST})", name="status_known"),
        CheckConstraint("origin IN ('registry', 'import')", name="origin_known"),
        CheckConstraint("seq >= 1", name="seq_positive"),
        CheckConstraint("notice_to >= notice_from", name="notice_in_order"),
        CheckConstraint("concluded_on >= started_on", name="conclusion_after_start"),
        CheckConstraint(
            "origin <> 'registry' OR ((concluded_on IS NULL) = (outcome IS NULL)"
            " AND (concluded_on IS NULL) = (level_before IS NULL)"
            " AND (concluded_on IS NULL) = (level_after IS NULL))",
            name="conclusion_whole",
        ),
        CheckConstraint("seq = 1 OR trigger <> 'first'", name="later_round_has_trigger"),
        Index("ix_assessment_filing_office_id", "filing_office_id"),
    )

    @property
    def subject_text(self) -> str:
        return f"{self.matter.reg_no}/{self.seq} {self.facts.title}"


class Consultation(DeclaredRow, Base):
    """One way in which people were heard, in counts and themes. There is no column for a person, on purpose."""

    __tablename__ = "consultation"
    __declared__: ClassVar[tuple[str, ...]] = tuple(field.name for field in CONSULTATION_FIELDS)
    subject_kind: ClassVar[str] = "consultation"
    row_of: ClassVar[str] = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    method: Mapped[str] = mapped_column(String(32))
    sessions: Mapped[int | None]
    participants: Mapped[int | None]
    forms_issued: Mapped[int | None]
    forms_valid: Mapped[int | None]
    support: Mapped[int | None]
    conditional: Mapped[int | None]
    neutral: Mapped[int | None]
    oppose: Mapped[int | None]
    opinions: Mapped[int | None]
    adopted: Mapped[int | None]
    themes: Mapped[str | None] = mapped_column(String(500))

    assessment: Mapped[Assessment] = relationship(back_populates="consultations")

    __table_args__ = (
        CheckConstraint("forms_valid <= forms_issued", name="valid_forms_within_issued"),
        CheckConstraint(
            "coalesce(support, 0) + coalesce(conditional, 0) + coalesce(neutral, 0) + coalesce(oppose, 0)"
            " <= coalesce(forms_valid, 0)",
            name="answers_within_valid_forms",
        ),
        CheckConstraint("adopted <= opinions", name="adopted_within_opinions"),
        CheckConstraint(
            " AND ".join(
                f"coalesce({field.name}, 0) >= 0" for field in CONSULTATION_FIELDS if field.minimum is not None
            ),
            name="counts_not_negative",
        ),
    )


class RiskFactor(DeclaredRow, Base):
    """One risk factor of the index method: weight, probability and impact before and after measures (DOMAIN §3.2)."""

    __tablename__ = "risk_factor"
    __declared__: ClassVar[tuple[str, ...]] = ("area", "name", "w", "p", "q", "p_after", "q_after", "reason")
    subject_kind: ClassVar[str] = "factor"
    row_of: ClassVar[str] = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    area: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(64))
    w: Mapped[Decimal | None] = mapped_column(Scaled(4))
    p: Mapped[Decimal | None] = mapped_column(Scaled(4))
    q: Mapped[Decimal | None] = mapped_column(Scaled(4))
    p_after: Mapped[Decimal | None] = mapped_column(Scaled(4))
    q_after: Mapped[Decimal | None] = mapped_column(Scaled(4))
    reason: Mapped[str | None] = mapped_column(String(500))

    assessment: Mapped[Assessment] = relationship(back_populates="factors")

    __table_args__ = (
        # Whole numbers of the fourth place: 0 to 1.
        CheckConstraint(
            " AND ".join(f"({name} IS NULL OR {name} BETWEEN 0 AND 10000)" for name in "w p q p_after q_after".split()),
            name="values_in_range",
        ),
    )


class RiskMeasure(DeclaredRow, Base):
    """One measure against a risk factor, with who answers for it and until when (DOMAIN §2 step 9)."""

    __tablename__ = "risk_measure"
    __declared__: ClassVar[tuple[str, ...]] = ("factor", "text", "responsible_org_id", "due_on", "done_on")
    subject_kind: ClassVar[str] = "measure"
    row_of: ClassVar[str] = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    #: Position of the factor it works against.
    factor: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))
    responsible_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]

    assessment: Mapped[Assessment] = relationship(back_populates="risk_measures")
