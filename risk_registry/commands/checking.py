"""``check``: what this installation runs with, and what an operator should know about it."""

from __future__ import annotations

import json

import click
from sqlalchemy.orm import Session

from risk_registry.commands.operator import operator
from risk_registry.upkeep.state import state_of, warnings_of


@click.command("check", help="显示生效的设置及来源、数据库状态和提醒 (effective settings, where from, warnings).")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象 (one JSON object).")
def check(as_json: bool) -> None:
    """Change nothing; a warning is no failure."""
    owner = operator()
    now = owner.clock.now()
    rows = [{"name": name, "value": value, "origin": origin} for name, value, origin in owner.config.listing()]
    if owner.has_database():
        with Session(owner.engine) as session:
            state = state_of(owner.config, session, now)
    else:
        state = state_of(owner.config, None, now)
    warnings = [str(warning) for warning in warnings_of(owner.config, state, now)]
    if as_json:
        click.echo(json.dumps({"settings": rows, "state": state, "warnings": warnings}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['name']:<22}{row['value']}  [{row['origin']}]")
    click.echo()
    for name, value in state.items():
        click.echo(f"{name:<22}{value}")
    for warning in warnings:
        click.echo(f"提醒 (warning): {warning}")
