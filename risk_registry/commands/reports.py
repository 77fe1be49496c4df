"""``export`` and ``counts``: the ledger and the annual figures, asked in the words of the pages."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import click
from sqlalchemy.orm import Session

from risk_registry.audit.queries import head_code, last_stamp
from risk_registry.commands.operator import Operator, operator
from risk_registry.core.counting import MEASURES
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import from_stamp, to_stamp, today
from risk_registry.ledgers import export as ledger_export
from risk_registry.ledgers.asking import BASES, Asked, ask
from risk_registry.ledgers.choices import read_choices
from risk_registry.organisations.registry_office import office_names
from risk_registry.settings.queries import settings
from risk_registry.statistics.joint import partners
from risk_registry.statistics.queries import Counts
from risk_registry.statistics.queries import counts as count_lines
from risk_registry.statistics.workbook import CountsBook

_Command = TypeVar("_Command", bound=Callable[..., object])
_KINDS = {".xlsx": "xlsx", ".csv": "csv", ".jsonl": "jsonl"}


def _question(command: _Command) -> _Command:
    """The options that both commands ask their question with."""
    for option in reversed(
        (
            click.option("--year", help="年度，缺省为今年 (year)."),
            click.option("--from", "from_", help="起始日期 (first day)."),
            click.option("--to", help="截止日期 (last day)."),
            click.option("--as-of", "as_of", help="截至日期 (as of)."),
            click.option("--known-at", "known_at", help="台账数据时间，北京时间 (known at)."),
            click.option("--org", help="评估主体的机构代码 (organisation code)."),
            click.option("--scope", "account", help="按该账号的数据范围 (data scope of an account)."),
        )
    ):
        command = option(command)
    return command


def _asked(owner: Operator, session: Session, account: str | None, **words: str | None) -> Asked:
    """The question in the data scope of the operator or of the account named."""
    day, scope = today(owner.clock), owner.scope(session, account)
    organisations = read_choices(session, scope, day).organisations
    return ask(
        scope,
        settings(session),
        day,
        last_stamp(session),
        organisations=organisations,
        offices=office_names(session),
        **words,
    )


@click.command("export", help="导出台账为 .xlsx、.csv 或 .jsonl，导出有记录 (export the ledger; recorded).")
@_question
@click.option("--basis", type=click.Choice(list(BASES)), help="统计口径，缺省按评估完成时间 (basis).")
@click.option("--status", help="办理状态代码，可用逗号隔开多个 (status codes).")
@click.option("--print", "printed", is_flag=True, help="A4 打印版 14 列 (the 14 print columns).")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="目标文件 (target file)."
)
def export(account: str | None, printed: bool, output: Path, **words: str | None) -> None:
    """Record the start, write from one snapshot, record what it came to."""
    kind = _KINDS.get(output.suffix.lower())
    if kind is None:
        raise click.BadParameter("文件名应以 .xlsx、.csv 或 .jsonl 结尾", param_hint="-o")
    owner = operator()
    with owner.writing() as session:
        asked = _asked(owner, session, account, **words)
        opened = ledger_export.begin(
            session,
            owner.actor_as(session, account),
            asked,
            kind=cast(ledger_export.FileKind, kind),
            layout="print" if printed else "full",
        )
    output.absolute().parent.mkdir(parents=True, exist_ok=True)
    try:
        with owner.reading() as session:
            written = ledger_export.write(session, opened, output)
    except OSError as error:
        raise Refused.one("output", N_("无法写入“%(file)s”：%(error)s"), file=output, error=error.strerror) from None
    with owner.writing() as session:
        ledger_export.finish(session, opened, written)
    click.echo(f"已导出 {written.rows} 件次到 {output} （exported），校验码 {opened.head}")


@click.command("counts", help="年度统计：一句话和各项数字 (annual counts: the sentence and the figures).")
@_question
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象 (one JSON object).")
@click.option("--text", "as_text", is_flag=True, help="输出文字（缺省） (text, the default).")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="写入 .xlsx (workbook).")
def counts(account: str | None, as_json: bool, as_text: bool, output: Path | None, **words: str | None) -> None:
    """One snapshot answers everything."""
    if as_json and as_text:
        raise click.UsageError("--json 和 --text 只能选一个")
    if output is not None and output.suffix.lower() != ".xlsx":
        raise click.BadParameter("文件名应以 .xlsx 结尾", param_hint="-o")
    owner = operator()
    with owner.reading() as session:
        asked = _asked(owner, session, account, **words)
        found = count_lines(session, asked.query)
        book = CountsBook(
            counts=found,
            asked=asked,
            order=read_choices(session, asked.query.scope, asked.question.as_of).order(),
            unit=asked.office,
            head=head_code(session),
            made=from_stamp(to_stamp(owner.clock.now())),
            partners=partners(session, asked.query),
        )
    if output is not None:
        output.absolute().parent.mkdir(parents=True, exist_ok=True)
        _write_counts(output, book)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
    elif as_text or output is None:
        _say(found, asked)
    else:
        click.echo(f"已写入 {output} （written）")


def _say(found: Counts, asked: Asked) -> None:
    click.echo(found.sentence_text)
    known = from_stamp(found.known_at).strftime("%Y-%m-%d %H:%M:%S") if found.known_at else "—"
    click.echo(f"{asked.title_period}　截至 {found.question.as_of.isoformat()}　台账数据时间 {known}")
    for measure in MEASURES:
        click.echo(f"  {_padded(measure.label, 36)}{found.measures[measure.id]:>8}")


def _padded(text: str, width: int) -> str:
    """Text filled up to a width in columns of a terminal, where a Chinese character takes two."""
    shown = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(width - shown, 1)


def _write_counts(output: Path, book: CountsBook) -> None:
    try:
        book.write(output)
    except OSError as error:
        raise Refused.one("output", N_("无法写入“%(file)s”：%(error)s"), file=output, error=error.strerror) from None
