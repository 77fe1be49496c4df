"""``init`` and ``demo``: a registry where there was none."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from risk_registry.accounts import passwords
from risk_registry.accounts.cli import read_password
from risk_registry.accounts.models import Account
from risk_registry.accounts.operations import create_account
from risk_registry.audit.models import Event
from risk_registry.calendar.operations import seed_calendar
from risk_registry.casefile.projection import attach
from risk_registry.commands.operator import Operator, operator
from risk_registry.config import ensure_secret
from risk_registry.core.actors import Actor
from risk_registry.core.codes import check_region_code
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import FixedClock, today
from risk_registry.db.work import make_sessions
from risk_registry.demo.county import load_county
from risk_registry.demo.people import PASSWORD, SIGN_IN
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.operations import create_organisation
from risk_registry.settings.operations import change_setting, seed_dictionaries


@click.command(
    "init",
    help="建库：首个备案机关和首批管理员；其他机构用 org add、账号用 user add 添加"
    " (new registry: first filing office, first administrators; add others with `org add` and `user add`).",
)
@click.option("--office", required=True, help="备案机关名称 (name of the filing office).")
@click.option("--short", required=True, help="备案编号用的简称，如“城” (short name in filing numbers).")
@click.option("--region", required=True, help="行政区划代码，如 500229 (region code).")
@click.option("--admin", required=True, help="系统管理员账号 (system administrator).")
@click.option("--security", help="安全管理员账号，缺省由系统管理员兼任 (security administrator).")
@click.option(
    "--password-file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="首次登录密码所在的文件，登录后须修改 (file with the first password).",
)
def init(office: str, short: str, region: str, admin: str, security: str | None, password_file: Path) -> None:
    """Check everything that can be checked before anything is made."""
    owner = operator()
    code = check_region_code(region, field="region")
    password = read_password(password_file)
    passwords.check_policy(password, names=[admin, security or "", office], field="password_file")
    hashed = passwords.make_hash(password)
    make_ready(owner)
    with owner.writing() as session:
        require_empty(session)
        seed_dictionaries(session, owner.actor)
        seed_calendar(session, owner.actor)
        change_setting(session, owner.actor, "region", code[:6])
        first = create_organisation(
            session,
            owner.actor,
            values={
                "code": "office",
                "name": office,
                "short": short,
                "kind": "filing_office",
                "region_code": code,
                "valid_from": today(owner.clock).replace(month=1, day=1),
            },
        )
        _administrators(session, owner.actor, first, admin=admin, security=security, password_hash=hashed)
    click.echo(f"已建库 {owner.config.data} （registry created）")
    click.echo("下一步：用 org add 添加各部门，用 user add 给部门和备案机关开账号，再 serve，各人首次登录修改密码")
    click.echo("（next: org add, user add for departments and office, serve; everybody changes the first password）")


def _administrators(
    session: Session, actor: Actor, office: Organisation, *, admin: str, security: str | None, password_hash: str
) -> None:
    wanted = [(admin, ["sysadmin"] if security else ["sysadmin", "secadmin"])]
    if security:
        wanted.append((security, ["secadmin"]))
    for name, roles in wanted:
        create_account(session, actor, name=name, password_hash=password_hash, organisation=office, roles=roles)


@click.command("demo", help="在空库中载入演示县，打印账号和密码 (load the demo county into an empty registry).")
def demo() -> None:
    """Enter two years of a fictional county through the operations of the pages."""
    owner = operator()
    make_ready(owner)
    with owner.reading() as session:
        require_empty(session)
    clock = FixedClock(owner.clock.now())
    sessions = make_sessions(owner.engine, clock, attach)
    load_county(sessions, clock, today=today(owner.clock), password_hash=passwords.make_hash(PASSWORD))
    click.echo("已载入演示县，以下账号只用于演示（demo county loaded; these accounts are for the demo only）：")
    for person in SIGN_IN:
        click.echo(f"  {person.name:<10} {person.password:<16} {person.organisation}  {'、'.join(person.roles)}")


def make_ready(owner: Operator) -> None:
    """A folder, a database with the present schema, a secret key."""
    owner.config.data.mkdir(parents=True, exist_ok=True)
    if not owner.config.secret_key:
        ensure_secret(owner.config.data)
        owner.forget_settings()
    owner.upgrade()


def require_empty(session: Session) -> None:
    """Raises ``Refused`` when the registry holds anything: a second beginning would bury the first."""
    for table in (Event, Organisation, Account):
        if session.scalar(select(func.count()).select_from(table)):
            raise Refused.one("data", N_("该登记库中已有数据，不能再次建库或载入演示县，请换用空的数据文件夹"))
