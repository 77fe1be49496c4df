"""Table of events: who did what to which thing, why, what it was before and after, chained by digest."""

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from risk_registry.db import guards
from risk_registry.db.base import Base, Key, Stamp


class Event(Base):
    """One act about one subject. ``seq`` has no gaps; ``previous`` is the digest of the event before."""

    __tablename__ = "event"

    seq: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    recorded_at: Mapped[int] = mapped_column(Stamp)
    actor_kind: Mapped[str] = mapped_column(String(8))
    account_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(128))
    organisation_id: Mapped[int | None]
    organisation: Mapped[str] = mapped_column(String(128))
    roles: Mapped[str] = mapped_column(String(256))
    address: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(48))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int | None] = mapped_column(Key)
    subject: Mapped[str] = mapped_column(String(256))
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    line_digest: Mapped[str | None] = mapped_column(String(64))
    algorithm: Mapped[str] = mapped_column(String(16))
    previous: Mapped[str] = mapped_column(String(128))
    digest: Mapped[str] = mapped_column(String(128))

    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq_positive"),
        CheckConstraint("actor <> '' AND action <> ''", name="actor_and_action"),
        Index("ix_event_subject", "subject_kind", "subject_id", "seq"),
        Index("ix_event_recorded_at", "recorded_at"),
    )


guards.append_only("event", key="seq")
