"""The spine: organisations, accounts, matters, assessments, filings, events, ledger lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SEARCH = {
    "sqlite": ("CREATE VIRTUAL TABLE line_search USING fts5(tokens, tokenize = 'ascii')",),
    "postgresql": (
        "CREATE TABLE line_search (assessment_id BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL)",
        "CREATE INDEX ix_line_search_tokens ON line_search USING gin (tokens)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("notice", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("notice", sa.String(length=64), nullable=False),
        sa.CheckConstraint("year BETWEEN 1900 AND 2100", name=op.f("ck_calendar_year_year_sane")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "dictionary_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dictionary", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("label_en", sa.String(length=64), nullable=False),
        sa.Column("axis", sa.String(length=32), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary_entry")),
        sa.UniqueConstraint(
            "dictionary", "code", "valid_from", name=op.f("uq_dictionary_entry_dictionary_code_valid_from")
        ),
    )
    op.create_index("ix_dictionary_entry_dictionary", "dictionary_entry", ["dictionary", "position"], unique=False)
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor_kind", sa.String(length=8), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation", sa.String(length=128), nullable=False),
        sa.Column("roles", sa.String(length=256), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject", sa.String(length=256), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("line_digest", sa.String(length=64), nullable=True),
        sa.Column("algorithm", sa.String(length=16), nullable=False),
        sa.Column("previous", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=128), nullable=False),
        sa.CheckConstraint("actor <> '' AND action <> ''", name=op.f("ck_event_actor_and_action")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_event_seq_positive")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
    )
    op.create_index("ix_event_recorded_at", "event", ["recorded_at"], unique=False)
    op.create_index("ix_event_subject", "event", ["subject_kind", "subject_id", "seq"], unique=False)
    op.create_table(
        "export_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=32), nullable=False),
        sa.Column("lines", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_record")),
    )
    op.create_table(
        "ledger_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assessment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("matter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reg_no", sa.String(length=24), nullable=False),
        sa.Column("filing_number", sa.String(length=64), nullable=True),
        sa.Column("number_year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("kind_text", sa.String(length=64), nullable=True),
        sa.Column("field", sa.String(length=32), nullable=True),
        sa.Column("field_text", sa.String(length=64), nullable=True),
        sa.Column("decision_org_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision_org", sa.String(length=128), nullable=True),
        sa.Column("owner_org_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_org", sa.String(length=128), nullable=False),
        sa.Column("owner_org_code", sa.String(length=32), nullable=False),
        sa.Column("implement_org_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("implement_org", sa.String(length=128), nullable=True),
        sa.Column("third_party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("third_party", sa.String(length=128), nullable=True),
        sa.Column("filing_office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("filing_office", sa.String(length=128), nullable=True),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("invest_wan", sa.BigInteger(), nullable=True),
        sa.Column("households", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("people", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("procedure", sa.String(length=32), nullable=True),
        sa.Column("procedure_text", sa.String(length=64), nullable=True),
        sa.Column("mode", sa.String(length=32), nullable=True),
        sa.Column("mode_text", sa.String(length=64), nullable=True),
        sa.Column("notice_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("forms_valid", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("support", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("oppose", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("support_rate", sa.BigInteger(), nullable=True),
        sa.Column("meetings", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("hearings", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("visits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("level_before", sa.String(length=32), nullable=True),
        sa.Column("level_before_text", sa.String(length=64), nullable=True),
        sa.Column("level_after", sa.String(length=32), nullable=True),
        sa.Column("level_after_text", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("outcome_text", sa.String(length=64), nullable=True),
        sa.Column("decision_result", sa.String(length=32), nullable=True),
        sa.Column("decision_result_text", sa.String(length=64), nullable=True),
        sa.Column("decision_doc_no", sa.String(length=64), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("implementation", sa.String(length=32), nullable=True),
        sa.Column("implementation_text", sa.String(length=64), nullable=True),
        sa.Column("tracking", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("screened_on", sa.Date(), nullable=True),
        sa.Column("exempted_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("correcting_on", sa.Date(), nullable=True),
        sa.Column("declined_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("terminated_on", sa.Date(), nullable=True),
        sa.Column("voided_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("lapses", sa.String(length=176), nullable=True),
        sa.Column("declared_year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("concluded_year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("filed_year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "origin <> 'registry' OR filed_on IS NULL OR filing_number IS NOT NULL",
            name=op.f("ck_ledger_line_filed_has_number"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('filed', 'revoked') OR filed_on IS NOT NULL", name=op.f("ck_ledger_line_filed_has_date")
        ),
        sa.CheckConstraint(
            "filing_number IS NULL OR filed_on IS NOT NULL", name=op.f("ck_ledger_line_number_has_date")
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=op.f("ck_ledger_line_superseded_later")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_line")),
        sa.UniqueConstraint("assessment_id", "version", name=op.f("uq_ledger_line_assessment_id_version")),
    )
    op.create_index(
        "ix_ledger_line_current_concluded_on",
        "ledger_line",
        ["concluded_on"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_concluded_year",
        "ledger_line",
        ["concluded_year", "assessment_id", "owner_org_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_declared_on",
        "ledger_line",
        ["declared_on"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_declared_year",
        "ledger_line",
        ["declared_year", "assessment_id", "owner_org_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_field",
        "ledger_line",
        ["field", "assessment_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_filed_on",
        "ledger_line",
        ["filed_on"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_filed_year",
        "ledger_line",
        ["filed_year", "assessment_id", "owner_org_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_filing_office_id",
        "ledger_line",
        ["filing_office_id", "assessment_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_kind",
        "ledger_line",
        ["kind", "assessment_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_level_after",
        "ledger_line",
        ["level_after", "assessment_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_matter_id",
        "ledger_line",
        ["matter_id", "assessment_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_outcome",
        "ledger_line",
        ["outcome", "assessment_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_owner_org_id",
        "ledger_line",
        ["owner_org_id", "assessment_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_line_current_status",
        "ledger_line",
        ["status", "assessment_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index("ix_ledger_line_recorded_at", "ledger_line", ["recorded_at"], unique=False)
    op.create_index(
        "uq_ledger_line_current",
        "ledger_line",
        ["assessment_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "login_failure",
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_failed_at", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name_key", "address", name=op.f("pk_login_failure")),
    )
    op.create_index(op.f("ix_login_failure_last_failed_at"), "login_failure", ["last_failed_at"], unique=False)
    op.create_table(
        "matter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reg_no", sa.String(length=24), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["matter.id"], name=op.f("fk_matter_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("reg_no", name=op.f("uq_matter_reg_no")),
        sa.UniqueConstraint("region", "year", "seq", name=op.f("uq_matter_region_year_seq")),
    )
    op.create_table(
        "once_token",
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("result_url", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_once_token")),
    )
    op.create_index(op.f("ix_once_token_created_at"), "once_token", ["created_at"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("short", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reg_authority", sa.String(length=128), nullable=True),
        sa.Column("reg_no", sa.String(length=64), nullable=True),
        sa.Column("reg_valid_to", sa.Date(), nullable=True),
        sa.Column("reg_status", sa.String(length=16), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("code <> '' AND name <> ''", name=op.f("ck_organisation_code_and_name")),
        sa.CheckConstraint(
            "kind <> 'filing_office' OR short IS NOT NULL", name=op.f("ck_organisation_office_has_short")
        ),
        sa.CheckConstraint(
            "kind IN ('department', 'filing_office', 'decision_body', 'implementer', 'third_party')",
            name=op.f("ck_organisation_kind"),
        ),
        sa.CheckConstraint(
            "reg_status IS NULL OR reg_status IN ('valid', 'suspended', 'struck_off')",
            name=op.f("ck_organisation_reg_status"),
        ),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_organisation_not_own_parent")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_organisation_valid_order")),
        sa.ForeignKeyConstraint(["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    op.create_index(op.f("ix_organisation_parent_id"), "organisation", ["parent_id"], unique=False)
    op.create_table(
        "registration_counter",
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("region", "year", name=op.f("pk_registration_counter")),
    )
    op.create_table(
        "setting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sa.UniqueConstraint("key", name=op.f("uq_setting_key")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_changed_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_login_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "lane IN ('any', 'business', 'auditor', 'sysadmin', 'secadmin')", name=op.f("ck_account_lane")
        ),
        sa.CheckConstraint("name <> '' AND name_key <> '' AND display_name <> ''", name=op.f("ck_account_names")),
        sa.CheckConstraint("scope IN ('own', 'subtree', 'office', 'all')", name=op.f("ck_account_scope")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("id", "lane", name=op.f("uq_account_id_lane")),
        sa.UniqueConstraint("name_key", name=op.f("uq_account_name_key")),
    )
    op.create_index(op.f("ix_account_organisation_id"), "account", ["organisation_id"], unique=False)
    op.create_table(
        "matter_facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("matter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("field", sa.String(length=32), nullable=True),
        sa.Column("decision_level", sa.String(length=32), nullable=True),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("invest_wan", sa.BigInteger(), nullable=True),
        sa.Column("project_code", sa.String(length=24), nullable=True),
        sa.Column("land_ha", sa.BigInteger(), nullable=True),
        sa.Column("households", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("people", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("plan_start", sa.Date(), nullable=True),
        sa.Column("plan_end", sa.Date(), nullable=True),
        sa.Column("actual_start", sa.Date(), nullable=True),
        sa.Column("sensitivity", sa.String(length=32), nullable=True),
        sa.Column("owner_org_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_org_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("implement_org_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("duty_contact", sa.String(length=32), nullable=True),
        sa.Column("office_phone", sa.String(length=20), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.CheckConstraint("sensitivity IN ('open', 'internal')", name=op.f("ck_matter_facts_never_classified")),
        sa.CheckConstraint("households >= 0 AND people >= 0", name=op.f("ck_matter_facts_affected_not_negative")),
        sa.CheckConstraint("invest_wan >= 0", name=op.f("ck_matter_facts_invest_not_negative")),
        sa.CheckConstraint("land_ha >= 0", name=op.f("ck_matter_facts_land_not_negative")),
        sa.CheckConstraint("plan_end >= plan_start", name=op.f("ck_matter_facts_plan_in_order")),
        sa.ForeignKeyConstraint(["decision_org_id"], ["organisation.id"], name=op.f("fk_matter_facts_decision_org_id")),
        sa.ForeignKeyConstraint(
            ["implement_org_id"], ["organisation.id"], name=op.f("fk_matter_facts_implement_org_id")
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_matter_facts_matter_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_matter_facts_owner_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_facts")),
        sa.UniqueConstraint("matter_id", "seq", name=op.f("uq_matter_facts_matter_id_seq")),
    )
    op.create_index(op.f("ix_matter_facts_title_key"), "matter_facts", ["title_key"], unique=False)
    op.create_table(
        "number_counter",
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opening", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("opening >= 1 AND last >= opening - 1", name=op.f("ck_number_counter_counts_up")),
        sa.ForeignKeyConstraint(["office_id"], ["organisation.id"], name=op.f("fk_number_counter_office_id")),
        sa.PrimaryKeyConstraint("office_id", "year", name=op.f("pk_number_counter")),
    )
    op.create_table(
        "organisation_name",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("short", sa.String(length=16), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_organisation_name_valid_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_name_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_name")),
        sa.UniqueConstraint(
            "organisation_id", "valid_from", name=op.f("uq_organisation_name_organisation_id_valid_from")
        ),
    )
    op.create_index(
        "ix_organisation_name_open",
        "organisation_name",
        ["organisation_id"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_table(
        "organisation_tree",
        sa.Column("ancestor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("descendant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("depth", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "depth >= 0 AND (depth = 0) = (ancestor_id = descendant_id)", name=op.f("ck_organisation_tree_depth")
        ),
        sa.ForeignKeyConstraint(["ancestor_id"], ["organisation.id"], name=op.f("fk_organisation_tree_ancestor_id")),
        sa.ForeignKeyConstraint(
            ["descendant_id"], ["organisation.id"], name=op.f("fk_organisation_tree_descendant_id")
        ),
        sa.PrimaryKeyConstraint("ancestor_id", "descendant_id", name=op.f("pk_organisation_tree")),
    )
    op.create_index("ix_organisation_tree_descendant", "organisation_tree", ["descendant_id", "depth"], unique=False)
    op.create_table(
        "account_role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "lane = 'any' OR (lane = 'business' AND role IN ('submitter', 'department_head', 'filing_officer', 'filing_approver', 'statistician', 'leader')) OR lane = role",
            name=op.f("ck_account_role_one_lane"),
        ),
        sa.CheckConstraint(
            "role IN ('submitter', 'department_head', 'filing_officer', 'filing_approver', 'statistician', 'leader') OR role IN ('auditor', 'sysadmin', 'secadmin')",
            name=op.f("ck_account_role_role"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "lane"], ["account.id", "account.lane"], name=op.f("fk_account_role_account_id_lane")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_role")),
        sa.UniqueConstraint("account_id", "role", name=op.f("uq_account_role_account_id_role")),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("matter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("facts_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("trigger", sa.String(length=32), nullable=False),
        sa.Column("trigger_reason", sa.Text(), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("filing_office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("screened_on", sa.Date(), nullable=True),
        sa.Column("exempted_on", sa.Date(), nullable=True),
        sa.Column("terminated_on", sa.Date(), nullable=True),
        sa.Column("voided_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("screening", sa.String(length=32), nullable=True),
        sa.Column("screening_reason", sa.Text(), nullable=True),
        sa.Column("screening_reference", sa.String(length=200), nullable=True),
        sa.Column("procedure", sa.String(length=32), nullable=True),
        sa.Column("mode", sa.String(length=32), nullable=True),
        sa.Column("third_party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("method", sa.String(length=32), nullable=True),
        sa.Column("method_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("notice_from", sa.Date(), nullable=True),
        sa.Column("notice_to", sa.Date(), nullable=True),
        sa.Column("notice_channel", sa.String(length=200), nullable=True),
        sa.Column("legality", sa.String(length=32), nullable=True),
        sa.Column("legality_text", sa.Text(), nullable=True),
        sa.Column("rationality", sa.String(length=32), nullable=True),
        sa.Column("rationality_text", sa.Text(), nullable=True),
        sa.Column("feasibility", sa.String(length=32), nullable=True),
        sa.Column("feasibility_text", sa.Text(), nullable=True),
        sa.Column("controllability", sa.String(length=32), nullable=True),
        sa.Column("controllability_text", sa.Text(), nullable=True),
        sa.Column("main_risks", sa.Text(), nullable=True),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("level_before", sa.String(length=32), nullable=True),
        sa.Column("level_after", sa.String(length=32), nullable=True),
        sa.Column("level_reason", sa.Text(), nullable=True),
        sa.Column("emergency_plan", sa.Boolean(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("review_experts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("review_result", sa.String(length=32), nullable=True),
        sa.Column("review_opinion", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("conclusion_text", sa.Text(), nullable=True),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.String(length=32), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("report_no", sa.String(length=64), nullable=True),
        sa.Column("report_digest", sa.String(length=64), nullable=True),
        sa.Column("decision_result", sa.String(length=32), nullable=True),
        sa.Column("decision_doc_no", sa.String(length=64), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("implementation", sa.String(length=32), nullable=True),
        sa.Column("tracking", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "origin <> 'registry' OR ((concluded_on IS NULL) = (outcome IS NULL) AND (concluded_on IS NULL) = (level_before IS NULL) AND (concluded_on IS NULL) = (level_after IS NULL))",
            name=op.f("ck_assessment_conclusion_whole"),
        ),
        sa.CheckConstraint("origin IN ('registry', 'import')", name=op.f("ck_assessment_origin_known")),
        sa.CheckConstraint("seq = 1 OR trigger <> 'first'", name=op.f("ck_assessment_later_round_has_trigger")),
        sa.CheckConstraint(
            "status IN ('declared', 'returned', 'exempt', 'due', 'assessing', 'concluded', 'submitted', 'received', 'correcting', 'filed', 'declined', 'withdrawn', 'revoked', 'terminated', 'void')",
            name=op.f("ck_assessment_status_known"),
        ),
        sa.CheckConstraint("concluded_on >= started_on", name=op.f("ck_assessment_conclusion_after_start")),
        sa.CheckConstraint("notice_to >= notice_from", name=op.f("ck_assessment_notice_in_order")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_assessment_seq_positive")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_assessment_entered_by")),
        sa.ForeignKeyConstraint(["facts_id"], ["matter_facts.id"], name=op.f("fk_assessment_facts_id")),
        sa.ForeignKeyConstraint(["filing_office_id"], ["organisation.id"], name=op.f("fk_assessment_filing_office_id")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_assessment_matter_id")),
        sa.ForeignKeyConstraint(["third_party_id"], ["organisation.id"], name=op.f("fk_assessment_third_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("facts_id", name=op.f("uq_assessment_facts_id")),
        sa.UniqueConstraint("matter_id", "seq", name=op.f("uq_assessment_matter_id_seq")),
    )
    op.create_index("ix_assessment_filing_office_id", "assessment", ["filing_office_id"], unique=False)
    op.create_index(op.f("ix_assessment_matter_id"), "assessment", ["matter_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('matter', 'short', 'assessment', 'amendment')", name=op.f("ck_draft_kind_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("account_id", "kind", "subject_id", name=op.f("uq_draft_account_id_kind_subject_id")),
    )
    op.create_index(op.f("ix_draft_account_id"), "draft", ["account_id"], unique=False)
    op.create_table(
        "login_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('success', 'wrong', 'locked', 'disabled', 'logout')", name=op.f("ck_login_record_outcome")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_record_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_record")),
    )
    op.create_index("ix_login_record_account", "login_record", ["account_id", "id"], unique=False)
    op.create_index(op.f("ix_login_record_at"), "login_record", ["at"], unique=False)
    op.create_table(
        "login_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    op.create_index("ix_login_session_account", "login_session", ["account_id", "ended_at"], unique=False)
    op.create_table(
        "stashed_form",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_stashed_form_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_stashed_form")),
    )
    op.create_index(op.f("ix_stashed_form_account_id"), "stashed_form", ["account_id"], unique=False)
    op.create_table(
        "amendment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assessment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amended_on", sa.Date(), nullable=False),
        sa.Column("amended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amended_name", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("differences", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["amended_by"], ["account.id"], name=op.f("fk_amendment_amended_by")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_amendment_assessment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint("assessment_id", "seq", name=op.f("uq_amendment_assessment_id_seq")),
    )
    op.create_index(op.f("ix_amendment_assessment_id"), "amendment", ["assessment_id"], unique=False)
    op.create_table(
        "consultation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assessment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("sessions", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("participants", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("forms_issued", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("forms_valid", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("support", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("conditional", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("neutral", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("oppose", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opinions", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("adopted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("themes", sa.String(length=500), nullable=True),
        sa.CheckConstraint("adopted <= opinions", name=op.f("ck_consultation_adopted_within_opinions")),
        sa.CheckConstraint(
            "coalesce(sessions, 0) >= 0 AND coalesce(participants, 0) >= 0 AND coalesce(forms_issued, 0) >= 0 AND coalesce(forms_valid, 0) >= 0 AND coalesce(support, 0) >= 0 AND coalesce(conditional, 0) >= 0 AND coalesce(neutral, 0) >= 0 AND coalesce(oppose, 0) >= 0 AND coalesce(opinions, 0) >= 0 AND coalesce(adopted, 0) >= 0",
            name=op.f("ck_consultation_counts_not_negative"),
        ),
        sa.CheckConstraint(
            "coalesce(support, 0) + coalesce(conditional, 0) + coalesce(neutral, 0) + coalesce(oppose, 0) <= coalesce(forms_valid, 0)",
            name=op.f("ck_consultation_answers_within_valid_forms"),
        ),
        sa.CheckConstraint("forms_valid <= forms_issued", name=op.f("ck_consultation_valid_forms_within_issued")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_consultation_assessment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    op.create_index(op.f("ix_consultation_assessment_id"), "consultation", ["assessment_id"], unique=False)
    op.create_table(
        "filing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assessment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("submitted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("typed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("submitted_name", sa.String(length=128), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("backdated", sa.Boolean(), nullable=False),
        sa.Column("receipt_no", sa.String(length=64), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("received_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("declined_on", sa.Date(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("accepted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("accepted_name", sa.String(length=128), nullable=False),
        sa.Column("number_text", sa.String(length=64), nullable=True),
        sa.Column("number_year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("office_opinion", sa.Text(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.Column("revoke_doc_no", sa.String(length=64), nullable=True),
        sa.Column("upper_filed_on", sa.Date(), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "origin <> 'registry' OR filed_on IS NULL OR number_text IS NOT NULL",
            name=op.f("ck_filing_filed_has_number"),
        ),
        sa.CheckConstraint("origin IN ('registry', 'import')", name=op.f("ck_filing_origin_known")),
        sa.CheckConstraint("accepted_by <> submitted_by", name=op.f("ck_filing_accepted_by_another")),
        sa.CheckConstraint("accepted_by <> typed_by", name=op.f("ck_filing_accepted_by_no_typist")),
        sa.CheckConstraint(
            "filed_on >= received_on AND filed_on >= submitted_on", name=op.f("ck_filing_filed_in_order")
        ),
        sa.CheckConstraint("number_text IS NULL OR filed_on IS NOT NULL", name=op.f("ck_filing_number_has_date")),
        sa.CheckConstraint("received_on >= submitted_on", name=op.f("ck_filing_received_after_submitted")),
        sa.CheckConstraint("revoked_on >= filed_on", name=op.f("ck_filing_revoked_after_filed")),
        sa.CheckConstraint("revoked_on IS NULL OR filed_on IS NOT NULL", name=op.f("ck_filing_only_filed_is_revoked")),
        sa.ForeignKeyConstraint(["accepted_by"], ["account.id"], name=op.f("fk_filing_accepted_by")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_filing_assessment_id")),
        sa.ForeignKeyConstraint(["office_id"], ["organisation.id"], name=op.f("fk_filing_office_id")),
        sa.ForeignKeyConstraint(["received_by"], ["account.id"], name=op.f("fk_filing_received_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["account.id"], name=op.f("fk_filing_submitted_by")),
        sa.ForeignKeyConstraint(["typed_by"], ["account.id"], name=op.f("fk_filing_typed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("assessment_id", "attempt", name=op.f("uq_filing_assessment_id_attempt")),
        sa.UniqueConstraint("office_id", "number_text", name=op.f("uq_filing_office_id_number_text")),
        sa.UniqueConstraint(
            "office_id", "number_year", "number_seq", name=op.f("uq_filing_office_id_number_year_number_seq")
        ),
    )
    op.create_index(op.f("ix_filing_assessment_id"), "filing", ["assessment_id"], unique=False)
    op.create_index(
        "uq_filing_accepted",
        "filing",
        ["assessment_id"],
        unique=True,
        sqlite_where=sa.text("filed_on IS NOT NULL"),
        postgresql_where=sa.text("filed_on IS NOT NULL"),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint("answered_on >= issued_on", name=op.f("ck_correction_answered_after_issued")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_correction_filing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("filing_id", "seq", name=op.f("uq_correction_filing_id_seq")),
    )
    op.create_index(op.f("ix_correction_filing_id"), "correction", ["filing_id"], unique=False)
    for statement in _SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE line_search")
    op.drop_index(op.f("ix_correction_filing_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(
        "uq_filing_accepted",
        table_name="filing",
        sqlite_where=sa.text("filed_on IS NOT NULL"),
        postgresql_where=sa.text("filed_on IS NOT NULL"),
    )
    op.drop_index(op.f("ix_filing_assessment_id"), table_name="filing")
    op.drop_table("filing")
    op.drop_index(op.f("ix_consultation_assessment_id"), table_name="consultation")
    op.drop_table("consultation")
    op.drop_index(op.f("ix_amendment_assessment_id"), table_name="amendment")
    op.drop_table("amendment")
    op.drop_index(op.f("ix_stashed_form_account_id"), table_name="stashed_form")
    op.drop_table("stashed_form")
    op.drop_index("ix_login_session_account", table_name="login_session")
    op.drop_table("login_session")
    op.drop_index(op.f("ix_login_record_at"), table_name="login_record")
    op.drop_index("ix_login_record_account", table_name="login_record")
    op.drop_table("login_record")
    op.drop_index(op.f("ix_draft_account_id"), table_name="draft")
    op.drop_table("draft")
    op.drop_index(op.f("ix_assessment_matter_id"), table_name="assessment")
    op.drop_index("ix_assessment_filing_office_id", table_name="assessment")
    op.drop_table("assessment")
    op.drop_table("account_role")
    op.drop_index("ix_organisation_tree_descendant", table_name="organisation_tree")
    op.drop_table("organisation_tree")
    op.drop_index(
        "ix_organisation_name_open",
        table_name="organisation_name",
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.drop_table("organisation_name")
    op.drop_table("number_counter")
    op.drop_index(op.f("ix_matter_facts_title_key"), table_name="matter_facts")
    op.drop_table("matter_facts")
    op.drop_index(op.f("ix_account_organisation_id"), table_name="account")
    op.drop_table("account")
    op.drop_table("setting")
    op.drop_table("registration_counter")
    op.drop_index(op.f("ix_organisation_parent_id"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_index(op.f("ix_once_token_created_at"), table_name="once_token")
    op.drop_table("once_token")
    op.drop_table("matter")
    op.drop_index(op.f("ix_login_failure_last_failed_at"), table_name="login_failure")
    op.drop_table("login_failure")
    op.drop_index(
        "uq_ledger_line_current",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index("ix_ledger_line_recorded_at", table_name="ledger_line")
    op.drop_index(
        "ix_ledger_line_current_status",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_owner_org_id",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_outcome",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_matter_id",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_level_after",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_kind",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_filing_office_id",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_filed_year",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_filed_on",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_field",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_declared_year",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_declared_on",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_concluded_year",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_ledger_line_current_concluded_on",
        table_name="ledger_line",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_table("ledger_line")
    op.drop_table("export_record")
    op.drop_index("ix_event_subject", table_name="event")
    op.drop_index("ix_event_recorded_at", table_name="event")
    op.drop_table("event")
    op.drop_index("ix_dictionary_entry_dictionary", table_name="dictionary_entry")
    op.drop_table("dictionary_entry")
    op.drop_table("calendar_year")
    op.drop_table("calendar_day")
