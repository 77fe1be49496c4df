"""Tables of exports (what left the registry, by whom, with which filter, digest of its rows) and of named views."""

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
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


class LedgerView(Base):
    """A named view of the ledger: what is asked, which columns in which order, how the lines are sorted.

    ``shared`` says who else may open it: nobody (``own``), the owner's organisation, or everybody; each reader sees
    the lines of his own data scope.
    """

    __tablename__ = "ledger_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    shared: Mapped[str] = mapped_column(String(16), default="own")
    #: JSON: the words of the question (``ledgers.asking.WORDS``).
    words: Mapped[str] = mapped_column(Text, default="{}")
    #: JSON: keys of the columns, in order; empty for the usual ones.
    columns: Mapped[str] = mapped_column(Text, default="[]")
    sorted_by: Mapped[str] = mapped_column(String(16), default="registered")
    #: JSON: title and heading texts of an export.
    layout: Mapped[str] = mapped_column(Text, default="{}")
    updated_at: Mapped[int] = mapped_column(Stamp)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        UniqueConstraint("account_id", "name"),
        CheckConstraint("shared IN ('own', 'organisation', 'all')", name="shared_known"),
    )
