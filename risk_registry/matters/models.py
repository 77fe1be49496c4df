"""Tables of matters."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from risk_registry.audit.declared import Declared, DeclaredRow
from risk_registry.db.base import Base, Scaled, Stamp
from risk_registry.matters.fields import FIELDS, column_name

_IS_PART = text("parent_id IS NOT NULL")
_HAS_CODE = text("project_code IS NOT NULL")


class RegistrationCounter(Base):
    """Next registration number of a region and year (DOMAIN §4.6)."""

    __tablename__ = "registration_counter"

    region: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Matter(Declared, Base):
    """A major project or decision. It is what its newest facts say; ``reg_no`` never changes."""

    __tablename__ = "matter"
    __declared__: ClassVar[tuple[str, ...]] = ("parent_id",)
    subject_kind: ClassVar[str] = "matter"

    id: Mapped[int] = mapped_column(primary_key=True)
    reg_no: Mapped[str] = mapped_column(String(24), unique=True)
    region: Mapped[str] = mapped_column(String(12))
    year: Mapped[int]
    seq: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("matter.id"))

    facts: Mapped[list["MatterFacts"]] = relationship(back_populates="matter", order_by="MatterFacts.seq")

    __table_args__ = (
        UniqueConstraint("region", "year", "seq"),
        Index("ix_matter_parent", "parent_id", sqlite_where=_IS_PART, postgresql_where=_IS_PART),
    )

    def event_subject(self) -> Declared:
        """The newest round: its event covers a change of what the matter is a part of."""
        return self.facts[-1].event_subject() if self.facts else self


class MatterFacts(Declared, Base):
    """The facts of a matter as one round of assessment sees them; frozen with it when it concludes (DOMAIN §8c)."""

    __tablename__ = "matter_facts"
    __declared__: ClassVar[tuple[str, ...]] = tuple(column_name(field) for field in FIELDS)
    subject_kind: ClassVar[str] = "matter"

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"))
    seq: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    #: Comparison form of the title, for the duplicate hint.
    title_key: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str | None] = mapped_column(String(32))
    field: Mapped[str | None] = mapped_column(String(32))
    decision_level: Mapped[str | None] = mapped_column(String(32))
    location: Mapped[str | None] = mapped_column(String(200))
    region_code: Mapped[str | None] = mapped_column(String(12))
    summary: Mapped[str | None] = mapped_column(Text)
    invest_wan: Mapped[Decimal | None] = mapped_column(Scaled(2))
    project_code: Mapped[str | None] = mapped_column(String(24))
    land_ha: Mapped[Decimal | None] = mapped_column(Scaled(4))
    households: Mapped[int | None]
    people: Mapped[int | None]
    plan_start: Mapped[date | None]
    plan_end: Mapped[date | None]
    actual_start: Mapped[date | None]
    sensitivity: Mapped[str | None] = mapped_column(String(32))
    owner_org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    decision_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    implement_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    duty_contact: Mapped[str | None] = mapped_column(String(32))
    office_phone: Mapped[str | None] = mapped_column(String(20))
    remark: Mapped[str | None] = mapped_column(Text)

    matter: Mapped[Matter] = relationship(back_populates="facts")
    co_organisers: Mapped[list["CoOrganiser"]] = relationship(
        back_populates="facts", cascade="all, delete-orphan", order_by="CoOrganiser.position"
    )

    __table_args__ = (
        UniqueConstraint("matter_id", "seq"),
        Index("ix_matter_facts_project_code", "project_code", sqlite_where=_HAS_CODE, postgresql_where=_HAS_CODE),
        CheckConstraint("invest_wan >= 0", name="invest_not_negative"),
        CheckConstraint("land_ha >= 0", name="land_not_negative"),
        CheckConstraint("households >= 0 AND people >= 0", name="affected_not_negative"),
        CheckConstraint("plan_end >= plan_start", name="plan_in_order"),
        CheckConstraint("sensitivity IN ('open', 'internal')", name="never_classified"),
    )

    def event_subject(self) -> Declared:
        """The assessment that sees these facts (set by its relationship); its event covers a change here."""
        assessment: Declared = getattr(self, "assessment", None) or self
        return assessment


class CoOrganiser(DeclaredRow, Base):
    """A further organisation of a joint matter, beside the one in the lead. It is shown apart and never added up."""

    __tablename__ = "matter_co_organiser"
    __declared__: ClassVar[tuple[str, ...]] = ("part", "organisation_id")
    subject_kind: ClassVar[str] = "co_organiser"
    row_of: ClassVar[str] = "facts"

    id: Mapped[int] = mapped_column(primary_key=True)
    facts_id: Mapped[int] = mapped_column(ForeignKey("matter_facts.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: As what it takes part: ``owner``, ``decision`` or ``implement``.
    part: Mapped[str] = mapped_column(String(16))
    position: Mapped[int] = mapped_column(default=1)

    facts: Mapped[MatterFacts] = relationship(back_populates="co_organisers")

    __table_args__ = (
        UniqueConstraint("facts_id", "organisation_id", "part"),
        CheckConstraint("part IN ('owner', 'decision', 'implement')", name="part_known"),
    )


class Draft(Base):
    """Unsaved work: typed values of a form, before a declaration or between the stages of an assessment.

    It has no number, no event and no line; only its owner sees it, and it may be deleted.
    """

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200), default="")
    #: JSON: section → field → text as typed.
    content: Mapped[str] = mapped_column(Text, default="{}")
    updated_at: Mapped[int] = mapped_column(Stamp)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("kind IN ('matter', 'short', 'assessment', 'amendment')", name="kind_known"),
        UniqueConstraint("account_id", "kind", "subject_id"),
    )
