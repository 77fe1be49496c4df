"""``risk-registry org …``: the organisations of a registry from the command line."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from risk_registry.commands.operator import operator
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import today
from risk_registry.organisations.fields import ORGANISATION_KINDS
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.operations import create_organisation
from risk_registry.organisations.queries import by_code, listing

_KIND_WORDS = {term.code: term.zh for term in ORGANISATION_KINDS}


@click.group("org", help="机构：添加、查看 (organisations).")
def org() -> None:
    """Group of the commands about organisations."""


@org.command("add", help="添加部门、乡镇、决策机关、实施单位或第三方机构 (add an organisation).")
@click.argument("code")
@click.argument("name")
@click.option("--kind", default="department", type=click.Choice(list(_KIND_WORDS)), help="机构类型，缺省为部门 (kind).")
@click.option("--parent", default="office", help="上级机构代码，缺省为首个备案机关 (code of the one above).")
@click.option("--short", help="简称，备案机关必填 (short name).")
@click.option("--uscc", help="统一社会信用代码 (credit code).")
@click.option("--region", help="行政区划代码 (region code).")
def add(
    code: str, name: str, *, kind: str, parent: str, short: str | None, uscc: str | None, region: str | None
) -> None:
    """In use from the first day of this year on, as the first office is."""
    owner = operator()
    with owner.writing() as session:
        above = _above(session, parent)
        first = today(owner.clock).replace(month=1, day=1)
        made = create_organisation(
            session,
            owner.actor,
            values={
                **{"code": code, "name": name, "kind": kind, "short": short, "uscc": uscc, "region_code": region},
                "valid_from": max(first, above.valid_from),
            },
            parent=above,
        )
        done = f"{made.code}: {made.name}（{_KIND_WORDS[made.kind]}，上级 {above.name}）"
    click.echo(done)


def _above(session: Session, code: str) -> Organisation:
    found = by_code(session, code)
    if found is None:
        raise Refused.one("parent", N_("没有机构代码为“%(code)s”的机构，已有的用 org list 查看"), code=code)
    return found


@org.command("list", help="列出机构代码、名称、类型和上级 (list them).")
def show() -> None:
    """One line each, by code."""
    with operator().reading() as session:
        found = listing(session)
        codes = {item.id: item.code for item in found}
        for item in found:
            closed = f"\t停用于 {item.valid_to.isoformat()}" if item.valid_to else ""
            above = codes.get(item.parent_id or 0, "")
            click.echo(f"{item.code}\t{item.name}\t{_KIND_WORDS.get(item.kind, item.kind)}\t{above}{closed}")
