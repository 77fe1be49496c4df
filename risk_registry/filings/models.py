"""Tables of filing."""

from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from risk_registry.assessments.models import Assessment
from risk_registry.audit.declared import Declared
from risk_registry.db.base import Base


class NumberCounter(Base):
    """The filing numbers of an office and year: gapless from the recorded opening, never reused (DOMAIN §4.6)."""

    __tablename__ = "number_counter"

    office_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    #: The first number the registry gives; set by an administrator before the year's first use, else 1.
    opening: Mapped[int]
    last: Mapped[int]

    __table_args__ = (CheckConstraint("opening >= 1 AND last >= opening - 1", name="counts_up"),)


class Filing(Declared, Base):
    """One attempt (报送) to have an assessment filed. At most one attempt of a round is ever accepted."""

    __tablename__ = "filing"
    __declared__: ClassVar[tuple[str, ...]] = (
        "submitted_on",
        "submitted_by",
        "received_on",
        "declined_on",
        "decline_reason",
        "withdrawn_on",
        "withdraw_reason",
        "filed_on",
        "accepted_by",
        "number_text",
        "office_opinion",
        "revoked_on",
        "revoke_reason",
        "revoke_doc_no",
        "upper_filed_on",
    )
    subject_kind: ClassVar[str] = "filing"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    attempt: Mapped[int]
    office_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    submitted_on: Mapped[date]
    #: Accounts; ``None`` for imported facts and for the operator at the command line.
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    typed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_name: Mapped[str] = mapped_column(String(128), default="")
    #: Digest of what was submitted; the acceptance is bound to it.
    content_digest: Mapped[str] = mapped_column(String(64), default="")
    #: The day was entered later than it happened (补录).
    backdated: Mapped[bool] = mapped_column(default=False)
    receipt_no: Mapped[str | None] = mapped_column(String(64))
    received_on: Mapped[date | None]
    received_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    declined_on: Mapped[date | None]
    decline_reason: Mapped[str | None] = mapped_column(Text)
    withdrawn_on: Mapped[date | None]
    withdraw_reason: Mapped[str | None] = mapped_column(Text)
    filed_on: Mapped[date | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    accepted_name: Mapped[str] = mapped_column(String(128), default="")
    number_text: Mapped[str | None] = mapped_column(String(64))
    number_year: Mapped[int | None]
    number_seq: Mapped[int | None]
    office_opinion: Mapped[str | None] = mapped_column(Text)
    revoked_on: Mapped[date | None]
    revoke_reason: Mapped[str | None] = mapped_column(Text)
    revoke_doc_no: Mapped[str | None] = mapped_column(String(64))
    upper_filed_on: Mapped[date | None]
    origin: Mapped[str] = mapped_column(String(8), default="registry")
    version: Mapped[int] = mapped_column(default=1)

    assessment: Mapped[Assessment] = relationship()
    corrections: Mapped[list["Correction"]] = relationship(back_populates="filing", order_by="Correction.seq")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        UniqueConstraint("assessment_id", "attempt"),
        UniqueConstraint("office_id", "number_text"),
        UniqueConstraint("office_id", "number_year", "number_seq"),
        Index(
            "uq_filing_accepted",
            "assessment_id",
            unique=True,
            sqlite_where=text("filed_on IS NOT NULL"),
            postgresql_where=text("filed_on IS NOT NULL"),
        ),
        CheckConstraint("number_text IS NULL OR filed_on IS NOT NULL", name="number_has_date"),
        CheckConstraint("origin <> 'registry' OR filed_on IS NULL OR number_text IS NOT NULL", name="filed_has_number"),
        CheckConstraint("accepted_by <> submitted_by", name="accepted_by_another"),
        CheckConstraint("accepted_by <> typed_by", name="accepted_by_no_typist"),
        CheckConstraint("received_on >= submitted_on", name="received_after_submitted"),
        CheckConstraint("filed_on >= received_on AND filed_on >= submitted_on", name="filed_in_order"),
        CheckConstraint("revoked_on >= filed_on", name="revoked_after_filed"),
        CheckConstraint("revoked_on IS NULL OR filed_on IS NOT NULL", name="only_filed_is_revoked"),
        CheckConstraint("origin IN ('registry', 'import')", name="origin_known"),
    )

    @property
    def subject_mark(self) -> int:
        """Which attempt of its assessment this is, in an event."""
        return self.attempt

    @property
    def open_correction(self) -> "Correction | None":
        """The correction still to be answered."""
        return next((item for item in self.corrections if item.answered_on is None), None)

    def event_subject(self) -> Declared:
        """The assessment whose event covers a change here."""
        return self.assessment


class Correction(Declared, Base):
    """退回补正: what the office asked for, once and in full, and how the department answered."""

    __tablename__ = "correction"
    __declared__: ClassVar[tuple[str, ...]] = ("issued_on", "items", "due_on", "answered_on", "answer")
    subject_kind: ClassVar[str] = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    seq: Mapped[int]
    issued_on: Mapped[date]
    items: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    answer: Mapped[str | None] = mapped_column(Text)

    filing: Mapped[Filing] = relationship(back_populates="corrections")

    __table_args__ = (
        UniqueConstraint("filing_id", "seq"),
        CheckConstraint("answered_on >= issued_on", name="answered_after_issued"),
    )

    @property
    def subject_mark(self) -> str:
        """Attempt and number of the correction, in an event."""
        return f"{self.filing.attempt}.{self.seq}"

    def event_subject(self) -> Declared:
        """The assessment whose event covers a change here."""
        return self.filing.assessment


class Amendment(Declared, Base):
    """变更备案: a change of a filed line with its reason and differences; the number stays (DOMAIN §8b row 17)."""

    __tablename__ = "amendment"
    __declared__: ClassVar[tuple[str, ...]] = ("amended_on", "reason")
    subject_kind: ClassVar[str] = "amendment"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    seq: Mapped[int]
    amended_on: Mapped[date]
    amended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    amended_name: Mapped[str] = mapped_column(String(128), default="")
    reason: Mapped[str] = mapped_column(Text)
    #: JSON: field → [before, after].
    differences: Mapped[str] = mapped_column(Text)

    assessment: Mapped[Assessment] = relationship()

    __table_args__ = (UniqueConstraint("assessment_id", "seq"),)

    @property
    def subject_mark(self) -> int:
        """Which amendment of its assessment this is, in an event."""
        return self.seq

    def event_subject(self) -> Declared:
        """The assessment whose event covers a change here."""
        return self.assessment
