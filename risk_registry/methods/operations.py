"""Writes of methods: a later version is added or ended; what is there is never changed (DOMAIN §8d 28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.audit.chain import canonical
from risk_registry.audit.operations import record
from risk_registry.core.actors import Actor
from risk_registry.core.personal_data import personal_data_problems
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.risk_factors import AREAS, LONGEST_NAME, factor_name_problems
from risk_registry.core.risk_method_content import content_of, method_of
from risk_registry.core.text import clean_text
from risk_registry.core.text_marks import N_
from risk_registry.methods.models import MethodVersion
from risk_registry.methods.queries import FACTORS, INDEX, digest_of, next_number, own_factors

_OWN = N_("自有风险因素")


def add_version(
    session: Session, actor: Actor, *, name: str, basis: str, content: Mapping[str, Any], valid_from: date
) -> MethodVersion:
    """A later version of the index method. Raises ``Refused`` with every fault of its content and texts."""
    problems = [*_text_faults("name", N_("版本名称"), name), *_text_faults("basis", N_("依据文件"), basis)]
    number = next_number(session, INDEX)
    try:
        kept = content_of(method_of(content, version=str(number), source=basis))
    except Refused as refused:
        raise Refused([*problems, *refused.problems]) from None
    if problems:
        raise Refused(problems)
    row = _added(session, INDEX, number, name=name, basis=basis, content=kept, valid_from=valid_from)
    record(session, actor, "add_method_version", row)
    return row


def end_version(session: Session, actor: Actor, row: MethodVersion, *, valid_to: date, reason: str) -> None:
    """The last day on which the version is offered. Rounds concluded by it keep it."""
    if row.valid_to is not None:
        raise Refused.one("", N_("这个版本已经停用。"))
    if valid_to < row.valid_from:
        message = N_("停用日期不能早于启用日期（%(day)s）")
        raise Refused.one("valid_to", message, day=row.valid_from.isoformat())
    if not reason.strip():
        raise Refused.one("reason", N_("请填写理由"))
    row.valid_to = valid_to
    record(session, actor, "end_method_version", row, reason=reason.strip())


def set_own_factors(
    session: Session, actor: Actor, factors: Mapping[str, Sequence[str]], *, valid_from: date
) -> MethodVersion:
    """The office's own risk factors by area, as a version of the list. Raises ``Refused`` with every faulty name."""
    problems: list[Problem] = []
    kept = {area.code: _names(area.code, area.zh, factors.get(area.code, ()), problems) for area in AREAS}
    if problems:
        raise Refused(problems)
    if {code: tuple(names) for code, names in kept.items()} == own_factors(session, valid_from):
        raise Refused.one("", N_("没有改动任何内容。"))
    number = next_number(session, FACTORS)
    row = _added(session, FACTORS, number, name=_OWN, basis="", content=kept, valid_from=valid_from)
    record(session, actor, "set_own_factors", row)
    return row


def _added(
    session: Session,
    method: str,
    number: int,
    *,
    name: str,
    basis: str,
    content: Mapping[str, Any],
    valid_from: date,
) -> MethodVersion:
    text = canonical(content)
    row = MethodVersion(
        method=method,
        version=number,
        name=name,
        basis=basis,
        content=text,
        digest=digest_of(text),
        valid_from=valid_from,
        valid_to=None,
    )
    session.add(row)
    return row


def _text_faults(field: str, label: str, text: str) -> Sequence[Problem]:
    if not text.strip():
        return (Problem(field, N_("请填写%(label)s"), {"label": label}),)
    return personal_data_problems(text, field=field, label=label)


def _names(code: str, label: str, names: Sequence[str], problems: list[Problem]) -> list[str]:
    """The names as they are kept: clean, short, each once, none the library has already."""
    shipped = {name for area in AREAS for name in area.factors}
    found: list[str] = []
    for name in names:
        try:
            text = clean_text(name, multiline=False, field=code, label=label)
        except Refused as refused:
            problems.extend(refused.problems)
            continue
        faults = list(factor_name_problems(text, field=code, label=label))
        params = {"label": label, "name": text[:LONGEST_NAME], "limit": LONGEST_NAME}
        if len(text) > LONGEST_NAME:
            faults.append(Problem(code, N_("%(label)s：“%(name)s…”超过%(limit)s个字，请删减"), params))
        if text in shipped or text in found:
            faults.append(Problem(code, N_("%(label)s：“%(name)s”已经有了，请删去"), params))
        problems += faults
        if text and not faults:
            found.append(text)
    return found
