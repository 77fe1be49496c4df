"""Accounts from a list in a workbook: every cell checked at once, then all of them added or none.

The list names an organisation by code, by its present name, or both. One-time passwords are made when the list is
confirmed; nothing here knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.accounts.fields import DISPLAY_NAME, NAME
from risk_registry.accounts.models import Account
from risk_registry.accounts.operations import create_account
from risk_registry.accounts.queries import name_key
from risk_registry.accounts.rules import is_separated, role_problems, scope_problems
from risk_registry.accounts.scope import SCOPES, default_scope
from risk_registry.core.actors import Actor
from risk_registry.core.columns import CellKind, Column
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text import comparison_key
from risk_registry.core.text_marks import N_
from risk_registry.core.values import Raw, parse
from risk_registry.core.vocabulary import ROLES, Term
from risk_registry.organisations.models import Organisation
from risk_registry.spreadsheets.intake import Header, Line, Table, find_header, shown

#: So many at once: hashing a password takes a third of a second, and a person reads the list through.
MOST = 100

COLUMNS = (
    Column("name", N_("账号"), CellKind.CODE, 14, ("登录名", "用户名")),
    Column("display_name", N_("姓名"), CellKind.TEXT, 14, ("显示名", "使用人")),
    Column("code", N_("机构代码"), CellKind.CODE, 14, ("单位代码",)),
    Column("organisation", N_("机构名称"), CellKind.TEXT, 30, ("单位", "单位名称", "所属机构")),
    Column("roles", N_("角色"), CellKind.TEXT, 24),
    Column("scope", N_("数据范围"), CellKind.TEXT, 16),
)
HEADINGS = {column.key: column.heading for column in COLUMNS}
_NEEDED = ("name",)
_KEYS = tuple(column.key for column in COLUMNS)

_SEPARATORS = re.compile(r"[、，,;；/\n]+")
_UNSTORED = re.compile("[\x00\ud800-\udfff]")
_MANY = N_("一次最多导入%(count)d个账号，名单里有%(found)d个，请分几次导入")
_NONE = N_("名单里没有要建立的账号：请在“账号”和“姓名”两列填写")
_FORMULA = N_("这一格是没有结果的公式，请改填文字")


@dataclass(frozen=True)
class Row:
    """One line of the list as it was written: its row in the file and its texts by column."""

    number: int
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, what stands there, and the problem with its cure."""

    row: int
    cell: str
    column: str
    value: str
    problem: Problem


@dataclass(frozen=True)
class Wanted:
    """A line that is right: the account to be made."""

    row: int
    name: str
    display_name: str
    organisation_id: int
    organisation: str
    roles: tuple[str, ...]
    scope: str


@dataclass(frozen=True)
class Checked:
    """The list, checked: the accounts to be made, or the faults; never both."""

    rows: tuple[Row, ...]
    wanted: tuple[Wanted, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass
class _Known:
    """What the database knows, read once for the whole list."""

    by_code: dict[str, Organisation]
    by_name: dict[str, list[Organisation]]
    names: set[str]
    separation: bool
    day: date
    seen: dict[str, int] = field(default_factory=dict)


def read_rows(tables: Sequence[Table]) -> tuple[Header, tuple[Row, ...], tuple[int, ...]]:
    """The header, the lines and the numbers of hidden lines of the first sheet that has the header.

    Lines with neither account nor name are left out: units nobody was filled in for. Raises ``Refused`` for a list
    without header or without accounts, or with too many.
    """
    table, header = _headed(tables)
    uncalculated = set(table.notes.uncalculated)
    rows = [_row(line, header, uncalculated) for line in table.lines if line.number > header.row]
    rows = [row for row in rows if row.texts["name"] or row.texts["display_name"]]
    require_size(rows)
    hidden = tuple(row.number for row in rows if row.number in table.notes.hidden_rows)
    return header, tuple(rows), hidden


def _headed(tables: Sequence[Table]) -> tuple[Table, Header]:
    first: Refused | None = None
    for table in tables:
        try:
            return table, find_header(table, COLUMNS, needed=_NEEDED)
        except Refused as refused:
            first = first or refused
    raise first or Refused.one("file", _NONE)


def require_size(rows: Sequence[Row]) -> None:
    """Raises ``Refused`` for an empty list or one that is too long."""
    if not rows:
        raise Refused.one("file", _NONE)
    if len(rows) > MOST:
        raise Refused.one("file", _MANY, count=MOST, found=len(rows))


def _row(line: Line, header: Header, uncalculated: set[str]) -> Row:
    texts = {}
    for key in _KEYS:
        text = _text(line.at(header.places.get(key)))
        texts[key] = "=" if not text and header.cell(key, line.number) in uncalculated else text
    return Row(line.number, texts)


def _text(value: Raw) -> str:
    """Account names and codes of digits come as numbers."""
    return shown(int(value)) if isinstance(value, float) and value.is_integer() else shown(value)


def check(session: Session, rows: Sequence[Row], *, day: date, header: Header | None = None) -> Checked:
    """Check every cell of every line; all faults at once."""
    known = _known(session, rows, day)
    faults: list[Fault] = []
    wanted = []
    for row in rows:
        problems: list[Problem] = []
        found = _wanted(row, known, problems)
        for problem in problems:
            column = problem.field if problem.field in HEADINGS else "name"
            cell = header.cell(column, row.number) if header is not None else str(row.number)
            faults.append(Fault(row.number, cell, HEADINGS[column], row.texts[column], problem))
        if found is not None and not problems:
            wanted.append(found)
    return Checked(tuple(rows), () if faults else tuple(wanted), tuple(faults))


def _known(session: Session, rows: Sequence[Row], day: date) -> _Known:
    codes = _askable(row.texts["code"] for row in rows)
    names = _askable(row.texts["organisation"] for row in rows)
    query = select(Organisation).where(Organisation.code.in_(codes) | Organisation.name.in_(names))
    organisations = session.scalars(query).all()
    by_name: dict[str, list[Organisation]] = {}
    for item in organisations:
        by_name.setdefault(item.name, []).append(item)
    keys = _askable(name_key(row.texts["name"]) for row in rows)
    taken = set(session.scalars(select(Account.name_key).where(Account.name_key.in_(keys))))
    return _Known({item.code: item for item in organisations}, by_name, taken, is_separated(session), day)


def _askable(texts: Iterable[str]) -> set[str]:
    """The texts a database can be asked for: none with characters that it does not store, which match nothing."""
    return {text for text in texts if _UNSTORED.search(text) is None}


def _wanted(row: Row, known: _Known, problems: list[Problem]) -> Wanted | None:
    texts = row.texts
    problems += [Problem(key, _FORMULA) for key in _KEYS if texts[key] == "="]
    name = _name(row, known, problems)
    display_name = _parsed(DISPLAY_NAME, texts["display_name"], problems)
    organisation = _organisation(texts["code"], texts["organisation"], known, problems)
    roles = _roles(texts["roles"], known, problems)
    scope = _scope(texts["scope"], known, problems)
    if organisation is None:
        return None
    chosen = scope or default_scope(roles, organisation.kind)
    problems += scope_problems(chosen, organisation)
    return Wanted(row.number, name, display_name, organisation.id, organisation.name, roles, chosen)


def _parsed(declared: Any, text: str, problems: list[Problem]) -> str:
    if text == "=":
        return ""
    try:
        return str(parse(declared, text, required=True))
    except Refused as refused:
        problems += refused.problems
        return ""


def _name(row: Row, known: _Known, problems: list[Problem]) -> str:
    name = _parsed(NAME, row.texts["name"], problems)
    key = name_key(name)
    if not key:
        return ""
    if key in known.seen:
        problems.append(
            Problem("name", N_("与第%(row)s行的账号重复（不区分大小写和全半角），请换一个"), {"row": known.seen[key]})
        )
    elif key in known.names:
        problems.append(Problem("name", N_("账号：“%(name)s”已存在（不区分大小写和全半角），请换一个"), {"name": name}))
    known.seen.setdefault(key, row.number)
    return name


def _organisation(code: str, name: str, known: _Known, problems: list[Problem]) -> Organisation | None:
    if "=" in (code, name):
        return None
    if not code and not name:
        problems.append(Problem("code", N_("请填写机构代码或机构名称")))
        return None
    if code:
        found = known.by_code.get(code)
        if found is None:
            problems.append(Problem("code", N_("没有这个机构代码，请先在“机构”中添加，或改正代码")))
            return None
        if name and comparison_key(name) != comparison_key(found.name):
            problems.append(
                Problem(
                    "organisation",
                    N_("与机构代码不符：该代码是“%(name)s”，请改正其中一个"),
                    {"name": found.name},
                )
            )
    else:
        named = known.by_name.get(name, [])
        if len(named) != 1:
            text = (
                N_("有几个机构叫这个名称，请填写机构代码") if named else N_("没有这个名称的机构，请改正或填写机构代码")
            )
            problems.append(Problem("organisation", text))
            return None
        found = named[0]
    if found.valid_to is not None and found.valid_to < known.day:
        problems.append(Problem("code", N_("该机构已停用，请改填承接其工作的机构")))
    return found


def _roles(text: str, known: _Known, problems: list[Problem]) -> tuple[str, ...]:
    if text == "=":
        return ()
    if known.separation:
        if text:
            problems.append(Problem("roles", N_("三员分立已启用，角色由安全管理员授予，请清空这一格")))
        return ()
    roles = []
    for word in filter(None, (part.strip() for part in _SEPARATORS.split(text))):
        code = _code(word, ROLES)
        if code is None:
            problems.append(
                Problem(
                    "roles",
                    N_("没有“%(word)s”这个角色，可填：%(known)s（几个之间用顿号）"),
                    {"word": word, "known": "、".join(term.zh for term in ROLES)},
                )
            )
            return ()
        roles.append(code)
    problems += role_problems(roles, separation=False)
    return tuple(term.code for term in ROLES if term.code in roles)


def _scope(text: str, known: _Known, problems: list[Problem]) -> str | None:
    if not text or text == "=":
        return None
    if known.separation:
        problems.append(Problem("scope", N_("三员分立已启用，数据范围由安全管理员授予，请清空这一格")))
        return None
    code = _code(text, SCOPES)
    if code is None:
        choices = "、".join(term.zh for term in SCOPES)
        problems.append(Problem("scope", N_("没有这个数据范围，可填：%(known)s，或留空"), {"known": choices}))
    return code


def _code(word: str, terms: Iterable[Term]) -> str | None:
    """The code of a word, itself given as the Chinese word, the English one or the code."""
    key = comparison_key(word)
    for term in terms:
        if key in (comparison_key(term.zh), comparison_key(term.en), term.code):
            return term.code
    return None


def add_accounts(session: Session, actor: Actor, wanted: Sequence[Wanted], hashes: Sequence[str]) -> list[Account]:
    """Add every account of a checked list with its one-time password's hash. Raises ``Refused`` for all or none."""
    separation = is_separated(session)
    made = []
    for item, password_hash in zip(wanted, hashes, strict=True):
        account = create_account(
            session,
            actor,
            name=item.name,
            password_hash=password_hash,
            organisation=session.get_one(Organisation, item.organisation_id),
            roles=item.roles,
            display_name=item.display_name,
            scope=None if separation else item.scope,
        )
        made.append(account)
    return made
