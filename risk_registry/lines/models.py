"""Table of ledger lines. Append-only but for ``superseded_at``, which is set once."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from risk_registry.core.predicates import SPELL_WIDTH, SPELLS
from risk_registry.db import guards
from risk_registry.db.base import Base, Key, Scaled, Stamp

_CURRENT = text("superseded_at IS NULL")
_JOINT = text("superseded_at IS NULL AND co_org_ids IS NOT NULL")


class LedgerLine(Base):
    """An assessment as it stood from ``recorded_at`` until ``superseded_at`` (``None``: it still does).

    Codes stand beside the words that were valid on the conclusion date, else the declaration date; a later rename
    rewrites nothing. Dates that decide the status are those named in ``core.status``.
    """

    __tablename__ = "ledger_line"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    assessment_id: Mapped[int] = mapped_column(Key)
    version: Mapped[int]
    matter_id: Mapped[int] = mapped_column(Key)
    origin: Mapped[str] = mapped_column(String(8))
    seq: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))

    reg_no: Mapped[str] = mapped_column(String(24))
    filing_number: Mapped[str | None] = mapped_column(String(64))
    number_year: Mapped[int | None]
    number_seq: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str | None] = mapped_column(String(32))
    kind_text: Mapped[str | None] = mapped_column(String(64))
    field: Mapped[str | None] = mapped_column(String(32))
    field_text: Mapped[str | None] = mapped_column(String(64))
    decision_org_id: Mapped[int | None]
    decision_org: Mapped[str | None] = mapped_column(String(128))
    owner_org_id: Mapped[int]
    owner_org: Mapped[str] = mapped_column(String(128))
    owner_org_code: Mapped[str] = mapped_column(String(32))
    implement_org_id: Mapped[int | None]
    implement_org: Mapped[str | None] = mapped_column(String(128))
    third_party_id: Mapped[int | None]
    third_party: Mapped[str | None] = mapped_column(String(128))
    filing_office_id: Mapped[int | None]
    filing_office: Mapped[str | None] = mapped_column(String(128))
    location: Mapped[str | None] = mapped_column(String(200))
    invest_wan: Mapped[Decimal | None] = mapped_column(Scaled(2))
    households: Mapped[int | None]
    people: Mapped[int | None]
    procedure: Mapped[str | None] = mapped_column(String(32))
    procedure_text: Mapped[str | None] = mapped_column(String(64))
    mode: Mapped[str | None] = mapped_column(String(32))
    mode_text: Mapped[str | None] = mapped_column(String(64))
    notice_days: Mapped[int | None]
    forms_valid: Mapped[int | None]
    support: Mapped[int | None]
    oppose: Mapped[int | None]
    support_rate: Mapped[Decimal | None] = mapped_column(Scaled(2))
    meetings: Mapped[int | None]
    hearings: Mapped[int | None]
    visits: Mapped[int | None]
    level_before: Mapped[str | None] = mapped_column(String(32))
    level_before_text: Mapped[str | None] = mapped_column(String(64))
    level_after: Mapped[str | None] = mapped_column(String(32))
    level_after_text: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(32))
    outcome_text: Mapped[str | None] = mapped_column(String(64))
    decision_result: Mapped[str | None] = mapped_column(String(32))
    decision_result_text: Mapped[str | None] = mapped_column(String(64))
    decision_doc_no: Mapped[str | None] = mapped_column(String(64))
    decided_on: Mapped[date | None]
    implementation: Mapped[str | None] = mapped_column(String(32))
    implementation_text: Mapped[str | None] = mapped_column(String(64))
    tracking: Mapped[str | None] = mapped_column(Text)
    remark: Mapped[str | None] = mapped_column(Text)
    #: Further organisations of a joint matter: ids as ``;3;7;``, and their names. They are never added up.
    co_org_ids: Mapped[str | None] = mapped_column(Text)
    co_orgs: Mapped[str | None] = mapped_column(Text)
    #: What a back-entered or imported line lacks (资料不全); it is listed, never refused.
    incomplete: Mapped[bool] = mapped_column(default=False)

    declared_on: Mapped[date]
    returned_on: Mapped[date | None]
    screened_on: Mapped[date | None]
    exempted_on: Mapped[date | None]
    started_on: Mapped[date | None]
    concluded_on: Mapped[date | None]
    submitted_on: Mapped[date | None]
    received_on: Mapped[date | None]
    correcting_on: Mapped[date | None]
    declined_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    filed_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
    terminated_on: Mapped[date | None]
    voided_on: Mapped[date | None]
    due_on: Mapped[date | None]
    #: Earlier spells as withdrawn that ``withdrawn_on`` does not tell, as ``core.predicates.spells`` writes them.
    lapses: Mapped[str | None] = mapped_column(String(SPELLS * SPELL_WIDTH))
    #: Years of the three dates a period may go by: equality on them keeps a year's list in registration order. While a
    #: line is open its year of conclusion is ``core.status.OPEN_YEAR``.
    declared_year: Mapped[int]
    concluded_year: Mapped[int | None]
    filed_year: Mapped[int | None]

    #: Comparison forms of what the search box looks through, one a line.
    search_key: Mapped[str] = mapped_column(Text)
    rule_version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[int] = mapped_column(Stamp)
    superseded_at: Mapped[int | None] = mapped_column(Stamp)

    __table_args__ = (
        UniqueConstraint("assessment_id", "version"),
        CheckConstraint("status NOT IN ('filed', 'revoked') OR filed_on IS NOT NULL", name="filed_has_date"),
        CheckConstraint("filing_number IS NULL OR filed_on IS NOT NULL", name="number_has_date"),
        CheckConstraint(
            "origin <> 'registry' OR filed_on IS NULL OR filing_number IS NOT NULL", name="filed_has_number"
        ),
        CheckConstraint("superseded_at > recorded_at", name="superseded_later"),
        Index("uq_ledger_line_current", "assessment_id", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT),
        *(
            Index(
                f"ix_ledger_line_current_{name}",
                name,
                "assessment_id",
                sqlite_where=_CURRENT,
                postgresql_where=_CURRENT,
            )
            for name in (
                "status",
                "kind",
                "field",
                "level_after",
                "outcome",
                "owner_org_id",
                "filing_office_id",
                "matter_id",
            )
        ),
        *(
            Index(
                f"ix_ledger_line_current_{name}",
                name,
                "assessment_id",
                sqlite_where=_CURRENT,
                postgresql_where=_CURRENT,
            )
            for name in ("declared_on", "concluded_on", "filed_on")
        ),
        *(
            # With the owner in it, a capped count within a data scope reads the index alone.
            Index(
                f"ix_ledger_line_current_{name}",
                name,
                "assessment_id",
                "owner_org_id",
                sqlite_where=_CURRENT,
                postgresql_where=_CURRENT,
            )
            for name in ("declared_year", "concluded_year", "filed_year")
        ),
        # Joint matters are few; their table is read from this alone.
        Index("ix_ledger_line_current_joint", "assessment_id", sqlite_where=_JOINT, postgresql_where=_JOINT),
        Index("ix_ledger_line_recorded_at", "recorded_at"),
    )


guards.append_only(
    "ledger_line",
    key="id",
    changeable=("superseded_at",),
    unique=(
        "assessment_id = NEW.assessment_id AND version = NEW.version",
        "assessment_id = NEW.assessment_id AND superseded_at IS NULL AND NEW.superseded_at IS NULL",
    ),
)
