"""Declared fields of an organisation (DOMAIN §8a, entities org and third_party)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from risk_registry.core.codes import check_region_code, check_uscc
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.values import Raw, Value, parse
from risk_registry.core.vocabulary import Term

BASIC = N_("机构信息")
THIRD_PARTY = N_("第三方机构备案信息")

#: What an organisation is in the registry. Its kind does not decide its rights; the roles of its accounts do.
ORGANISATION_KINDS = (
    Term("department", N_("部门、乡镇街道"), "department"),
    Term("filing_office", N_("备案机关"), "filing office"),
    Term("decision_body", N_("决策机关"), "decision body"),
    Term("implementer", N_("实施单位"), "implementer"),
    Term("third_party", N_("第三方机构"), "third-party assessor"),
)

#: State of a third party's own registration with its authority.
REGISTRATION_STATUSES = (
    Term("valid", N_("有效"), "valid"),
    Term("suspended", N_("暂停"), "suspended"),
    Term("struck_off", N_("已注销"), "struck off"),
)

FIELDS = (
    Field("code", N_("机构代码"), Kind.CODE, BASIC, required_at=Gate.DECLARE, length=32, guarded=False),
    Field("name", N_("机构名称"), Kind.TEXT, BASIC, required_at=Gate.DECLARE, length=128),
    Field("short", N_("机构简称"), Kind.TEXT, BASIC, length=16, help=N_("备案机关必填，用于备案编号，如“城”")),
    Field(
        "kind",
        N_("机构类型"),
        Kind.CHOICE,
        BASIC,
        required_at=Gate.DECLARE,
        length=16,
        dictionary="organisation_kind",
    ),
    Field("uscc", N_("统一社会信用代码"), Kind.CODE, BASIC, length=18, guarded=False),
    Field("region_code", N_("行政区划代码"), Kind.CODE, BASIC, length=12, guarded=False),
    Field("valid_from", N_("启用日期"), Kind.DATE, BASIC, required_at=Gate.DECLARE),
    Field("valid_to", N_("停用日期"), Kind.DATE, BASIC, help=N_("最后一个有效日")),
    Field("reg_authority", N_("第三方备案机关"), Kind.TEXT, THIRD_PARTY, length=128),
    Field("reg_no", N_("第三方备案号"), Kind.CODE, THIRD_PARTY, length=64),
    Field("reg_valid_to", N_("第三方备案有效期至"), Kind.DATE, THIRD_PARTY),
    Field("reg_status", N_("第三方备案状态"), Kind.CHOICE, THIRD_PARTY, length=16, dictionary="registration_status"),
)

BY_NAME = {field.name: field for field in FIELDS}


def _written(terms: tuple[Term, ...]) -> dict[str, str]:
    """Codes and Chinese words, both lead to the code."""
    return {written: term.code for term in terms for written in (term.code, term.zh)}


_CHOICES = {
    "organisation_kind": _written(ORGANISATION_KINDS),
    "registration_status": _written(REGISTRATION_STATUSES),
}
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]*")


def checked(values: Mapping[str, Raw], *, only: Collection[str] | None = None) -> dict[str, Value]:
    """Values of the declared fields, cleaned; empty ones are ``None``. A field left out of ``values`` counts as empty.

    ``only`` keeps to some fields. Raises ``Refused`` with one problem for each faulty field; ``ValueError`` for a name
    that is no field.
    """
    unknown = sorted(set(values) - set(BY_NAME))
    if unknown:
        raise ValueError(f"no such field: {', '.join(unknown)}")
    clean: dict[str, Value] = {}
    problems: list[Problem] = []
    for name in BY_NAME if only is None else only:
        try:
            clean[name] = _value(BY_NAME[name], values.get(name))
        except Refused as refused:
            problems += refused.problems
    if not problems:
        problems = _together(clean)
    if problems:
        raise Refused(problems)
    return clean


def _together(clean: Mapping[str, Value]) -> list[Problem]:
    """Rules over several fields; those whose fields are not all at hand hold."""
    problems = []
    start, end = clean.get("valid_from"), clean.get("valid_to")
    if isinstance(start, date) and isinstance(end, date) and end < start:
        problems.append(Problem("valid_to", N_("停用日期：不能早于启用日期")))
    kind = clean.get("kind")
    if kind == "filing_office" and not clean.get("short"):
        problems.append(Problem("short", N_("机构简称：备案机关的简称用于备案编号，请填写")))
    registered = [name for name in ("reg_authority", "reg_no", "reg_valid_to", "reg_status") if clean.get(name)]
    if kind is not None and kind != "third_party" and registered:
        problems.append(Problem(registered[0], N_("只有第三方机构填写第三方备案信息，请清空")))
    return problems


def _value(field: Field, raw: Raw) -> Value:
    value = parse(field, raw, choices=_CHOICES.get(field.dictionary), required=field.required_at is not None)
    return _code(field, value) if isinstance(value, str) else value


def _code(field: Field, text: str) -> str:
    if field.name == "uscc":
        return check_uscc(text)
    if field.name == "region_code":
        return check_region_code(text)
    if field.name == "code" and _CODE.fullmatch(text) is None:
        raise Refused.one("code", N_("机构代码：只能用字母、数字、点、横线和下划线"))
    return text
