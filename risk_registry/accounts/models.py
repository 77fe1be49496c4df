"""Tables of accounts: account and roles, sign-in sessions, failures and log, forms kept over expiry."""

from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from risk_registry.audit.declared import Declared
from risk_registry.db import guards
from risk_registry.db.base import Base, Key, Stamp
from risk_registry.organisations.models import Organisation

_BUSINESS = "('submitter', 'department_head', 'filing_officer', 'filing_approver', 'statistician', 'leader')"
_ADMINISTRATORS = "('auditor', 'sysadmin', 'secadmin')"


class Account(Declared, Base):
    """One person's access. ``name`` is typed at sign-in and compared by ``name_key``; accounts are never deleted.

    ``lane`` is ``any`` while administrators are not separated; else the one kind of role the account may hold
    (三员分立, GB/T 22239-2019): the roles refer to it, so the database refuses a mixture.
    """

    __tablename__ = "account"
    __declared__: ClassVar[tuple[str, ...]] = (
        "name",
        "display_name",
        "organisation_id",
        "scope",
        "active",
        "locked",
        "must_change_password",
        "password_changed_at",
    )
    subject_kind: ClassVar[str] = "account"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    name_key: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(256))
    organisation_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"), index=True)
    scope: Mapped[str] = mapped_column(String(8))
    lane: Mapped[str] = mapped_column(String(8), default="any")
    active: Mapped[bool] = mapped_column(default=True)
    locked: Mapped[bool] = mapped_column(default=False)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    password_changed_at: Mapped[int] = mapped_column(Stamp)
    created_at: Mapped[int] = mapped_column(Stamp)
    last_login_at: Mapped[int | None] = mapped_column(Stamp)
    version: Mapped[int] = mapped_column()

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    role_rows: Mapped[list["AccountRole"]] = relationship(back_populates="account", lazy="selectin")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it once, at mapping)
    __table_args__ = (
        UniqueConstraint("id", "lane"),
        CheckConstraint("scope IN ('own', 'subtree', 'office', 'all')", name="scope"),
        CheckConstraint("lane IN ('any', 'business', 'auditor', 'sysadmin', 'secadmin')", name="lane"),
        CheckConstraint("name <> '' AND name_key <> '' AND display_name <> ''", name="names"),
    )

    @property
    def roles(self) -> frozenset[str]:
        """Codes of the roles held now."""
        return frozenset(row.role for row in self.role_rows)

    @property
    def organisation_name(self) -> str:
        """The present name of the organisation."""
        return self.organisation.name

    @property
    def usable(self) -> bool:
        """Whether the account may be signed in to at all."""
        return self.active and not self.locked

    @property
    def subject_text(self) -> str:
        """Display name and sign-in name."""
        return f"{self.display_name}（{self.name}）"


class AccountRole(Declared, Base):
    """One role of an account."""

    __tablename__ = "account_role"
    __declared__: ClassVar[tuple[str, ...]] = ("role",)
    subject_kind: ClassVar[str] = "role"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(Key)
    lane: Mapped[str] = mapped_column(String(8))
    role: Mapped[str] = mapped_column(String(16))

    account: Mapped[Account] = relationship(back_populates="role_rows")

    __table_args__ = (
        ForeignKeyConstraint(["account_id", "lane"], ["account.id", "account.lane"]),
        UniqueConstraint("account_id", "role"),
        CheckConstraint(f"role IN {_BUSINESS} OR role IN {_ADMINISTRATORS}", name="role"),
        CheckConstraint(f"lane = 'any' OR (lane = 'business' AND role IN {_BUSINESS}) OR lane = role", name="one_lane"),
    )

    @property
    def subject_mark(self) -> str:
        """Tells one role from another in the event."""
        return self.role

    def event_subject(self) -> Declared:
        """A role is a fact about its account."""
        return self.account


class LoginSession(Base):
    """One sign-in. The browser holds a random 256-bit token, the table only its SHA-256."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"))
    created_at: Mapped[int] = mapped_column(Stamp)
    last_seen_at: Mapped[int] = mapped_column(Stamp)
    ended_at: Mapped[int | None] = mapped_column(Stamp)
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(120))

    __table_args__ = (Index("ix_login_session_account", "account_id", "ended_at"),)


class LoginFailure(Base):
    """Failures in a row of one sign-in name from one address. The name need not exist; that is never told."""

    __tablename__ = "login_failure"

    name_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[int] = mapped_column(Stamp, index=True)
    locked_until: Mapped[int | None] = mapped_column(Stamp)


class LoginRecord(Base):
    """Sign-in log (GB/T 22239-2019, 安全审计): every try, with its outcome. Rows are only added."""

    __tablename__ = "login_record"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[int] = mapped_column(Stamp, index=True)
    name: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"))
    address: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(16))

    __table_args__ = (
        CheckConstraint("outcome IN ('success', 'wrong', 'locked', 'disabled', 'logout')", name="outcome"),
        Index("ix_login_record_account", "account_id", "id"),
    )


guards.append_only("login_record", key="id")


class StashedForm(Base):
    """A form posted after the session had ended; given back once, to the same account, within a day.

    ``body`` is JSON in ASCII (address and values), so that no byte of it can be refused by either engine.
    """

    __tablename__ = "stashed_form"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(Stamp)
