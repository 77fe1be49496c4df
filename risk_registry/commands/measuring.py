"""``sample``: a large synthetic registry for measuring."""

from __future__ import annotations

import time

import click

from risk_registry.commands.operator import operator
from risk_registry.commands.setting_up import make_ready, require_empty
from risk_registry.db.clock import today
from risk_registry.upkeep.sample import fill


@click.command("sample", help="在空库中生成大量虚构数据，用于测速 (synthetic registry for measuring).")
@click.option("--assessments", required=True, type=click.IntRange(1, 5_000_000), help="评估件次 (assessments).")
@click.option("--seed", default=1, show_default=True, help="随机种子 (seed).")
@click.option("--versions", default=1, show_default=True, type=click.IntRange(1, 5), help="每行的版本数 (versions).")
def sample(assessments: int, seed: int, versions: int) -> None:
    """Into an empty registry only: nobody's records are mixed with invented ones."""
    owner = operator()
    make_ready(owner)
    with owner.reading() as session:
        require_empty(session)
    began = time.monotonic()
    fill(owner.sessions, assessments, seed=seed, versions=versions, until=today(owner.clock))
    click.echo(f"已生成 {assessments} 件次，用时 {time.monotonic() - began:.1f} 秒（generated）")
