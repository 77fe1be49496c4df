"""``risk-registry user …``: accounts from the command line. The plain functions are what the commands do."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import click
from sqlalchemy.orm import Session

from risk_registry.accounts import operations, passwords, queries
from risk_registry.accounts.models import Account
from risk_registry.accounts.scope import SCOPES
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import ROLES
from risk_registry.organisations.queries import by_code


class Operator(Protocol):
    """What the command line hands to its commands as the context object."""

    @property
    def actor(self) -> Actor:
        """The local operator."""

    def writing(self) -> AbstractContextManager[Session]:
        """One writing unit of work, committed at its end."""


def add_user(
    session: Session,
    actor: Actor,
    *,
    name: str,
    roles: Sequence[str],
    organisation_code: str,
    password_hash: str,
    display_name: str = "",
    scope: str | None = None,
) -> Account:
    """Add an account whose first password must be changed. Raises ``Refused``."""
    organisation = by_code(session, organisation_code)
    if organisation is None:
        raise Refused.one(
            "org",
            N_("没有机构代码为“%(code)s”的机构，请先用 org add 添加，已有的用 org list 查看"),
            code=organisation_code,
        )
    return operations.create_account(
        session,
        actor,
        name=name,
        password_hash=password_hash,
        organisation=organisation,
        roles=roles,
        display_name=display_name,
        scope=scope,
    )


def find_user(session: Session, name: str) -> Account:
    """The account with this name. Raises ``Refused``."""
    account = queries.by_name(session, name)
    if account is None:
        raise Refused.one("name", N_("没有名为“%(name)s”的账号"), name=name)
    return account


def read_password(file: Path) -> str:
    """The first line of a file, without its end. Raises ``Refused`` when the file cannot be read as text."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise Refused.one("password_file", N_("密码文件“%(file)s”无法读取"), file=file) from None
    return lines[0] if lines else ""


def _operator() -> Operator:
    operator: Operator = click.get_current_context().obj
    return operator


@click.group("user", help="Accounts.")
def user() -> None:
    """Group of the account commands."""


@user.command("add", help="Add an account; its first password must be changed at sign-in.")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([term.code for term in ROLES]))
@click.option("--org", "organisation_code", required=True, help="Code of the organisation.")
@click.option("--password-file", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--display", "display_name", default="", help="What pages and papers call the person. Default: the name.")
@click.option("--scope", type=click.Choice([term.code for term in SCOPES]), help="Default: what fits the roles.")
def add(
    name: str,
    *,
    roles: tuple[str, ...],
    organisation_code: str,
    password_file: Path,
    display_name: str,
    scope: str | None,
) -> None:
    """Check and hash the password first, then write."""
    password = read_password(password_file)
    passwords.check_policy(password, names=[name], field="password_file")
    password_hash = passwords.make_hash(password)
    operator = _operator()
    with operator.writing() as session:
        account = add_user(
            session,
            operator.actor,
            name=name,
            roles=roles,
            organisation_code=organisation_code,
            password_hash=password_hash,
            display_name=display_name,
            scope=scope,
        )
        done = f"{account.name}: {' '.join(sorted(set(roles)))} ({account.scope})"
    click.echo(done)


@user.command("lock", help="Keep an account out; its sessions end at once.")
@click.argument("name")
def lock(name: str) -> None:
    """Lock."""
    operator = _operator()
    with operator.writing() as session:
        operations.lock_account(session, operator.actor, find_user(session, name))
    click.echo(f"{name}: locked")


@user.command("unlock", help="Let a locked account in again and forget its failed sign-ins.")
@click.argument("name")
def unlock(name: str) -> None:
    """Unlock."""
    operator = _operator()
    with operator.writing() as session:
        operations.unlock_account(session, operator.actor, find_user(session, name))
    click.echo(f"{name}: unlocked")


@user.command("reset", help="Set and print a one-time password; sessions end at once.")
@click.argument("name")
def reset(name: str) -> None:
    """Reset."""
    password = passwords.one_time_password()
    password_hash = passwords.make_hash(password)
    operator = _operator()
    with operator.writing() as session:
        operations.reset_password(session, operator.actor, find_user(session, name), password_hash=password_hash)
    click.echo(password)
