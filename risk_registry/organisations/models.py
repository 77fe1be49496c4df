"""Tables of organisations: the current row, its dated names, and the tree as a closure."""

from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from risk_registry.audit.declared import Declared
from risk_registry.db.base import Base, Key

_OPEN = text("valid_to IS NULL")


class Organisation(Declared, Base):
    """A department, filing office, decision body, implementer or third party. Closed by ``valid_to``, never deleted.

    ``name`` and ``short`` are the newest recorded ones; what it was called on a day stands in ``OrganisationName``.
    ``valid_to`` is the last day of validity.
    """

    __tablename__ = "organisation"
    __declared__: ClassVar[tuple[str, ...]] = (
        "code",
        "name",
        "short",
        "kind",
        "parent_id",
        "region_code",
        "uscc",
        "valid_from",
        "valid_to",
        "reg_authority",
        "reg_no",
        "reg_valid_to",
        "reg_status",
    )
    subject_kind: ClassVar[str] = "organisation"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    short: Mapped[str | None] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[int | None] = mapped_column(Key, ForeignKey("organisation.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(String(12))
    uscc: Mapped[str | None] = mapped_column(String(18))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    reg_authority: Mapped[str | None] = mapped_column(String(128))
    reg_no: Mapped[str | None] = mapped_column(String(64))
    reg_valid_to: Mapped[date | None] = mapped_column(Date)
    reg_status: Mapped[str | None] = mapped_column(String(16))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it once, at mapping)
    __table_args__ = (
        CheckConstraint(
            "kind IN ('department', 'filing_office', 'decision_body', 'implementer', 'third_party')", name="kind"
        ),
        CheckConstraint("reg_status IS NULL OR reg_status IN ('valid', 'suspended', 'struck_off')", name="reg_status"),
        CheckConstraint("kind <> 'filing_office' OR short IS NOT NULL", name="office_has_short"),
        CheckConstraint("code <> '' AND name <> ''", name="code_and_name"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_order"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),
    )

    @property
    def subject_text(self) -> str:
        """Name and code."""
        return f"{self.name}（{self.code}）"


class OrganisationName(Declared, Base):
    """What an organisation was called from ``valid_from`` to ``valid_to``, both days included."""

    __tablename__ = "organisation_name"
    __declared__: ClassVar[tuple[str, ...]] = ("name", "short", "valid_from", "valid_to")
    subject_kind: ClassVar[str] = "dated_name"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(128))
    short: Mapped[str | None] = mapped_column(String(16))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    organisation: Mapped[Organisation] = relationship()

    __table_args__ = (
        UniqueConstraint("organisation_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_order"),
        Index("ix_organisation_name_open", "organisation_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    @property
    def subject_mark(self) -> str:
        """Tells one dated name from another in the event."""
        return self.valid_from.isoformat()

    def event_subject(self) -> Declared:
        """A name is a fact about its organisation."""
        return self.organisation


class OrganisationTree(Base):
    """Closure of the tree: every pair of an organisation and one at or above it; ``depth`` 0 is itself."""

    __tablename__ = "organisation_tree"

    ancestor_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"), primary_key=True)
    descendant_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"), primary_key=True)
    depth: Mapped[int]

    __table_args__ = (
        CheckConstraint("depth >= 0 AND (depth = 0) = (ancestor_id = descendant_id)", name="depth"),
        Index("ix_organisation_tree_descendant", "descendant_id", "depth"),
    )


class OrganisationSuccession(Declared, Base):
    """Dated lineage (机构改革): ``successor`` carries on the work of ``predecessor`` from ``effective_on`` on.

    A merger joins several predecessors to one successor, a split one predecessor to several successors. ``inherits``:
    the successor's scope holds what the predecessor owned. Nothing recorded under the predecessor is renamed.
    """

    __tablename__ = "organisation_succession"
    __declared__: ClassVar[tuple[str, ...]] = ("kind", "successor_id", "effective_on", "basis", "inherits")
    subject_kind: ClassVar[str] = "succession"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    predecessor_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"))
    successor_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"), index=True)
    effective_on: Mapped[date] = mapped_column(Date)
    #: The document that orders it.
    basis: Mapped[str] = mapped_column(Text)
    inherits: Mapped[bool] = mapped_column()

    predecessor: Mapped[Organisation] = relationship(foreign_keys=[predecessor_id])
    successor: Mapped[Organisation] = relationship(foreign_keys=[successor_id])

    __table_args__ = (
        UniqueConstraint("predecessor_id", "successor_id"),
        CheckConstraint("kind IN ('merge', 'split')", name="kind"),
        CheckConstraint("predecessor_id <> successor_id", name="not_itself"),
    )

    @property
    def subject_mark(self) -> int:
        """Tells one successor from another in the event."""
        return self.successor_id

    def event_subject(self) -> Declared:
        """Lineage is a fact about the predecessor."""
        return self.predecessor
