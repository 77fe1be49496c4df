"""What an office needs to begin: lineage of organisations, method versions, risk factors, joint matters, views, jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CURRENT = sa.text("superseded_at IS NULL")
_JOINT = sa.text("superseded_at IS NULL AND co_org_ids IS NOT NULL")
_IS_PART = sa.text("parent_id IS NOT NULL")
_HAS_CODE = sa.text("project_code IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("account_id", _KEY, nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("done", _KEY, nullable=False),
        sa.Column("total", _KEY, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_kind", "job", ["kind", "id"], unique=False)
    op.create_table(
        "method_version",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("version", _KEY, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_method_version_valid_order")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_method_version_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_method_version")),
        sa.UniqueConstraint("method", "version", name=op.f("uq_method_version_method_version")),
    )
    op.create_table(
        "organisation_succession",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("predecessor_id", _KEY, nullable=False),
        sa.Column("successor_id", _KEY, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("inherits", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('merge', 'split')", name=op.f("ck_organisation_succession_kind")),
        sa.CheckConstraint("predecessor_id <> successor_id", name=op.f("ck_organisation_succession_not_itself")),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["organisation.id"], name=op.f("fk_organisation_succession_predecessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["organisation.id"], name=op.f("fk_organisation_succession_successor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_succession")),
        sa.UniqueConstraint(
            "predecessor_id", "successor_id", name=op.f("uq_organisation_succession_predecessor_id_successor_id")
        ),
    )
    op.create_index(
        op.f("ix_organisation_succession_successor_id"), "organisation_succession", ["successor_id"], unique=False
    )
    op.create_table(
        "ledger_view",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("organisation_id", _KEY, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("shared", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("sorted_by", sa.String(length=16), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("version", _KEY, nullable=False),
        sa.CheckConstraint("shared IN ('own', 'organisation', 'all')", name=op.f("ck_ledger_view_shared_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ledger_view_account_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_ledger_view_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_view")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_ledger_view_account_id_name")),
    )
    op.create_index(op.f("ix_ledger_view_organisation_id"), "ledger_view", ["organisation_id"], unique=False)
    op.create_table(
        "matter_co_organiser",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("facts_id", _KEY, nullable=False),
        sa.Column("organisation_id", _KEY, nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("position", _KEY, nullable=False),
        sa.CheckConstraint(
            "part IN ('owner', 'decision', 'implement')", name=op.f("ck_matter_co_organiser_part_known")
        ),
        sa.ForeignKeyConstraint(["facts_id"], ["matter_facts.id"], name=op.f("fk_matter_co_organiser_facts_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_matter_co_organiser_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_co_organiser")),
        sa.UniqueConstraint(
            "facts_id", "organisation_id", "part", name=op.f("uq_matter_co_organiser_facts_id_organisation_id_part")
        ),
    )
    op.create_index(op.f("ix_matter_co_organiser_facts_id"), "matter_co_organiser", ["facts_id"], unique=False)
    op.create_index(
        op.f("ix_matter_co_organiser_organisation_id"), "matter_co_organiser", ["organisation_id"], unique=False
    )
    op.create_table(
        "risk_factor",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("assessment_id", _KEY, nullable=False),
        sa.Column("position", _KEY, nullable=False),
        sa.Column("area", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("w", sa.BigInteger(), nullable=True),
        sa.Column("p", sa.BigInteger(), nullable=True),
        sa.Column("q", sa.BigInteger(), nullable=True),
        sa.Column("p_after", sa.BigInteger(), nullable=True),
        sa.Column("q_after", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(w IS NULL OR w BETWEEN 0 AND 10000) AND (p IS NULL OR p BETWEEN 0 AND 10000) AND (q IS NULL OR q BETWEEN 0 AND 10000) AND (p_after IS NULL OR p_after BETWEEN 0 AND 10000) AND (q_after IS NULL OR q_after BETWEEN 0 AND 10000)",
            name=op.f("ck_risk_factor_values_in_range"),
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_risk_factor_assessment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_factor")),
    )
    op.create_index(op.f("ix_risk_factor_assessment_id"), "risk_factor", ["assessment_id"], unique=False)
    op.create_table(
        "risk_measure",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("assessment_id", _KEY, nullable=False),
        sa.Column("position", _KEY, nullable=False),
        sa.Column("factor", _KEY, nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("responsible_org_id", _KEY, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_risk_measure_assessment_id")),
        sa.ForeignKeyConstraint(
            ["responsible_org_id"], ["organisation.id"], name=op.f("fk_risk_measure_responsible_org_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_measure")),
    )
    op.create_index(op.f("ix_risk_measure_assessment_id"), "risk_measure", ["assessment_id"], unique=False)
    op.add_column("assessment", sa.Column("commissioned_on", sa.Date(), nullable=True))
    op.add_column("assessment", sa.Column("event_people", _KEY, nullable=True))
    op.add_column("assessment", sa.Column("severe_event", sa.Boolean(), nullable=True))
    op.add_column("assessment", sa.Column("event_people_after", _KEY, nullable=True))
    op.add_column("assessment", sa.Column("severe_event_after", sa.Boolean(), nullable=True))
    op.add_column("assessment", sa.Column("review_revised_on", sa.Date(), nullable=True))
    op.add_column("ledger_line", sa.Column("co_org_ids", sa.Text(), nullable=True))
    op.add_column("ledger_line", sa.Column("co_orgs", sa.Text(), nullable=True))
    op.drop_index(op.f("ix_ledger_line_current_concluded_on"), table_name="ledger_line", sqlite_where=_CURRENT)
    op.create_index(
        "ix_ledger_line_current_concluded_on",
        "ledger_line",
        ["concluded_on", "assessment_id"],
        unique=False,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.drop_index(op.f("ix_ledger_line_current_declared_on"), table_name="ledger_line", sqlite_where=_CURRENT)
    op.create_index(
        "ix_ledger_line_current_declared_on",
        "ledger_line",
        ["declared_on", "assessment_id"],
        unique=False,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.drop_index(op.f("ix_ledger_line_current_filed_on"), table_name="ledger_line", sqlite_where=_CURRENT)
    op.create_index(
        "ix_ledger_line_current_filed_on",
        "ledger_line",
        ["filed_on", "assessment_id"],
        unique=False,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.create_index(
        "ix_ledger_line_current_joint",
        "ledger_line",
        ["assessment_id"],
        unique=False,
        sqlite_where=_JOINT,
        postgresql_where=_JOINT,
    )
    op.create_index("ix_matter_parent", "matter", ["parent_id"], sqlite_where=_IS_PART, postgresql_where=_IS_PART)
    op.create_index(
        "ix_matter_facts_project_code",
        "matter_facts",
        ["project_code"],
        sqlite_where=_HAS_CODE,
        postgresql_where=_HAS_CODE,
    )


def downgrade() -> None:
    op.drop_index("ix_matter_facts_project_code", table_name="matter_facts")
    op.drop_index("ix_matter_parent", table_name="matter")
    op.drop_index(
        "ix_ledger_line_current_joint", table_name="ledger_line", sqlite_where=_JOINT, postgresql_where=_JOINT
    )
    op.drop_index(
        "ix_ledger_line_current_filed_on", table_name="ledger_line", sqlite_where=_CURRENT, postgresql_where=_CURRENT
    )
    op.create_index(
        op.f("ix_ledger_line_current_filed_on"),
        "ledger_line",
        ["filed_on"],
        unique=False,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.drop_index(
        "ix_ledger_line_current_declared_on", table_name="ledger_line", sqlite_where=_CURRENT, postgresql_where=_CURRENT
    )
    op.create_index(
        op.f("ix_ledger_line_current_declared_on"),
        "ledger_line",
        ["declared_on"],
        unique=False,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.drop_index(
        "ix_ledger_line_current_concluded_on",
        table_name="ledger_line",
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.create_index(
        op.f("ix_ledger_line_current_concluded_on"),
        "ledger_line",
        ["concluded_on"],
        unique=False,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.drop_column("ledger_line", "co_orgs")
    op.drop_column("ledger_line", "co_org_ids")
    op.drop_column("assessment", "review_revised_on")
    op.drop_column("assessment", "severe_event_after")
    op.drop_column("assessment", "event_people_after")
    op.drop_column("assessment", "severe_event")
    op.drop_column("assessment", "event_people")
    op.drop_column("assessment", "commissioned_on")
    op.drop_index(op.f("ix_risk_measure_assessment_id"), table_name="risk_measure")
    op.drop_table("risk_measure")
    op.drop_index(op.f("ix_risk_factor_assessment_id"), table_name="risk_factor")
    op.drop_table("risk_factor")
    op.drop_index(op.f("ix_matter_co_organiser_organisation_id"), table_name="matter_co_organiser")
    op.drop_index(op.f("ix_matter_co_organiser_facts_id"), table_name="matter_co_organiser")
    op.drop_table("matter_co_organiser")
    op.drop_index(op.f("ix_ledger_view_organisation_id"), table_name="ledger_view")
    op.drop_table("ledger_view")
    op.drop_index(op.f("ix_organisation_succession_successor_id"), table_name="organisation_succession")
    op.drop_table("organisation_succession")
    op.drop_table("method_version")
    op.drop_index("ix_job_kind", table_name="job")
    op.drop_table("job")
