"""Table of jobs."""

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from risk_registry.db.base import Base, Key, Stamp


class Job(Base):
    """One piece of long work. Its process writes ``done`` and ``seen_at`` as it goes, and once its end.

    One that has not been seen for a while has died with its process and is told so, never run again by itself.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    #: JSON: what was asked for.
    asked: Mapped[str] = mapped_column(Text, default="{}")
    account_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(128))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    created_at: Mapped[int] = mapped_column(Stamp)
    started_at: Mapped[int | None] = mapped_column(Stamp)
    seen_at: Mapped[int | None] = mapped_column(Stamp)
    finished_at: Mapped[int | None] = mapped_column(Stamp)
    #: JSON: what came of it.
    result: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        Index("ix_job_kind", "kind", "id"),
    )
