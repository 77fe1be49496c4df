"""Table of exports: what left the registry, by whom, with which filter, and the digest of its rows."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from risk_registry.db.base import Base, Stamp


class ExportRecord(Base):
    """One export. Begun before the first byte leaves; finished with the lines and digest it came to."""

    __tablename__ = "export_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[int] = mapped_column(Stamp)
    finished_at: Mapped[int | None] = mapped_column(Stamp)
    account_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(16))
    #: JSON: the filter as asked.
    filter: Mapped[str] = mapped_column(Text)
    as_of: Mapped[str] = mapped_column(String(10))
    known_at: Mapped[int] = mapped_column(Stamp)
    #: 校验码 of the event chain's head at the start.
    head: Mapped[str] = mapped_column(String(32))
    lines: Mapped[int | None]
    digest: Mapped[str | None] = mapped_column(String(64))
