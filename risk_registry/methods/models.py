"""Table of method versions."""

from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from risk_registry.audit.declared import Declared
from risk_registry.db.base import Base, Key


class MethodVersion(Declared, Base):
    """One version of a method: its thresholds as JSON, with the document they rest on (DOMAIN §3.5).

    A version is never changed once it is there; other thresholds are a later version. ``valid_to`` ends its being
    offered; rounds concluded by it keep it.
    """

    __tablename__ = "method_version"
    __declared__: ClassVar[tuple[str, ...]] = ("name", "basis", "content", "digest", "valid_from", "valid_to")
    subject_kind: ClassVar[str] = "method_version"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    method: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(64))
    basis: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    #: SHA-256 of ``content``.
    digest: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    __table_args__ = (
        UniqueConstraint("method", "version"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_order"),
    )

    @property
    def subject_text(self) -> str:
        return f"{self.method} {self.version}"
