"""Tables of settings and dictionaries."""

from datetime import date
from typing import ClassVar

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from risk_registry.audit.declared import Declared
from risk_registry.db.base import Base


class Setting(Declared, Base):
    """One value an office has set; ``basis`` is the document that allows it (a term, a threshold)."""

    __tablename__ = "setting"
    __declared__: ClassVar[tuple[str, ...]] = ("value", "basis")
    subject_kind: ClassVar[str] = "setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(48), unique=True)
    value: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text, default="")

    @property
    def subject_text(self) -> str:
        return self.key


class DictionaryEntry(Declared, Base):
    """One word of a dictionary with the days it is valid; a relabelled code has a later row of its own."""

    __tablename__ = "dictionary_entry"
    __declared__: ClassVar[tuple[str, ...]] = ("label", "label_en", "axis", "position", "valid_from", "valid_to")
    subject_kind: ClassVar[str] = "dictionary_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    dictionary: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(64))
    label_en: Mapped[str] = mapped_column(String(64), default="")
    axis: Mapped[str] = mapped_column(String(32), default="")
    position: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    __table_args__ = (
        UniqueConstraint("dictionary", "code", "valid_from"),
        Index("ix_dictionary_entry_dictionary", "dictionary", "position"),
    )

    @property
    def subject_text(self) -> str:
        return f"{self.dictionary}/{self.code}"
