"""办理经过: the events of a case as a reader follows them, newest first."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.assessments.fields import CONSULTATION_FIELDS
from risk_registry.assessments.models import Assessment
from risk_registry.audit.queries import events_about
from risk_registry.casefile.presentation import Wording, all_fields
from risk_registry.casefile.risk_history import KINDS as RISK_KINDS
from risk_registry.casefile.risk_history import RiskChanges
from risk_registry.core.fields import Field, Kind
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.core.workflow import BY_NAME
from risk_registry.matters.fields import PARENT, column_name
from risk_registry.matters.joint import PARTS
from risk_registry.web.i18n import stamp

ACTIONS = {
    "declare": N_("申报登记"),
    "change_declaration": N_("修改事项"),
    "accept": N_("予以备案"),
    "import": N_("导入台账"),
    "undo_import": N_("撤销导入"),
    "transfer_owner": N_("评估主体变更（机构改革）"),
    "transfer_office": N_("备案机关变更（机构改革）"),
    "reword": N_("按改后的名称更新台账用词"),
}

_RECORDED = {
    "status": Field("status", N_("办理状态"), Kind.CHOICE, "", dictionary="status"),
    "trigger": Field("trigger", N_("启动原因"), Kind.CHOICE, "", dictionary="trigger"),
    "trigger_reason": Field("trigger_reason", N_("启动说明"), Kind.LONG_TEXT, ""),
    "declared_on": Field("declared_on", N_("申报日期"), Kind.DATE, ""),
    "returned_on": Field("returned_on", N_("退回日期"), Kind.DATE, ""),
    "screened_on": Field("screened_on", N_("判定日期"), Kind.DATE, ""),
    "exempted_on": Field("exempted_on", N_("判定不需评估日期"), Kind.DATE, ""),
    "terminated_on": Field("terminated_on", N_("终止日期"), Kind.DATE, ""),
    "voided_on": Field("voided_on", N_("作废日期"), Kind.DATE, ""),
    "due_on": Field("due_on", N_("办理期限"), Kind.DATE, ""),
    "filing_office_id": Field("filing_office", N_("备案机关"), Kind.ORGANISATION, ""),
    "submitted_on": Field("submitted_on", N_("报送日期"), Kind.DATE, ""),
    "received_on": Field("received_on", N_("接收日期"), Kind.DATE, ""),
    "declined_on": Field("declined_on", N_("不予备案日期"), Kind.DATE, ""),
    "decline_reason": Field("decline_reason", N_("不予备案理由"), Kind.LONG_TEXT, ""),
    "withdrawn_on": Field("withdrawn_on", N_("撤回日期"), Kind.DATE, ""),
    "withdraw_reason": Field("withdraw_reason", N_("撤回理由"), Kind.LONG_TEXT, ""),
    "filed_on": Field("filed_on", N_("备案日期"), Kind.DATE, ""),
    "number_text": Field("number_text", N_("备案编号"), Kind.TEXT, ""),
    "office_opinion": Field("office_opinion", N_("备案意见"), Kind.LONG_TEXT, ""),
    "revoked_on": Field("revoked_on", N_("撤销日期"), Kind.DATE, ""),
    "revoke_reason": Field("revoke_reason", N_("撤销理由"), Kind.LONG_TEXT, ""),
    "revoke_doc_no": Field("revoke_doc_no", N_("撤销文号"), Kind.TEXT, ""),
    "upper_filed_on": Field("upper_filed_on", N_("上级备案日期"), Kind.DATE, ""),
    "issued_on": Field("issued_on", N_("补正通知日期"), Kind.DATE, ""),
    "items": Field("items", N_("需补正的事项"), Kind.LONG_TEXT, ""),
    "answered_on": Field("answered_on", N_("补正日期"), Kind.DATE, ""),
    "answer": Field("answer", N_("补正说明"), Kind.LONG_TEXT, ""),
    "amended_on": Field("amended_on", N_("变更日期"), Kind.DATE, ""),
}
_BY_COLUMN = {**_RECORDED, **{column_name(item): item for item in all_fields()}}
_HEARD = {item.name: item for item in CONSULTATION_FIELDS}
_KEY = re.compile(r"(?:(?P<kind>[a-z_]+)(?:\[(?P<mark>[^\]]*)\])?\.)?(?P<name>[a-z_0-9]+)")

#: What the line above already says, or what only the database needs.
_SILENT = frozenset({"status", "submitted_by", "accepted_by", "origin", "method_version"})
#: Reasons and answers that stand in the line of the event itself.
_SAID = frozenset({"decline_reason", "withdraw_reason", "revoke_reason", "items", "answer", "reason", "trigger_reason"})


@dataclass
class Entry:
    """One event as the timeline shows it."""

    when: str
    what: str
    who: str
    reason: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)


def timeline(session: Session, rounds: Sequence[Assessment], wording: Wording) -> list[Entry]:
    """What happened to these rounds, newest first."""
    seqs = {assessment.id: assessment.seq for assessment in rounds}
    entries = []
    for event in events_about(session, "assessment", list(seqs)):
        what = action_label(event.action)
        if len(seqs) > 1:
            what = gettext("第%(n)s轮 · %(what)s", n=seqs[event.subject_id], what=what)
        who = " · ".join(part for part in (event.actor, event.organisation) if part)
        entries.append(Entry(stamp(event.recorded_at), what, who, event.reason, changes(event.changes, wording)))
    return entries[::-1]


def action_label(action: str) -> str:
    """The words of a recorded action on a round."""
    if action in ACTIONS:
        return str(gettext(ACTIONS[action]))
    return str(gettext(BY_NAME[action].label)) if action in BY_NAME else action


def recorded(key: str, old: Any, new: Any, wording: Wording) -> tuple[str, str, str] | None:
    """(label, before, after) in words of one recorded column of a case; ``None`` for a column no field names."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    known = (_HEARD if match["kind"] == "consultation" else _BY_COLUMN).get(match["name"])
    if known is None:
        return None
    return gettext(known.label), shown(wording, known, old), shown(wording, known, new)


def changes(text: str, wording: Wording) -> list[tuple[str, str, str]]:
    """(label, before, after) of what an event changed, in words."""
    found = []
    risks = RiskChanges(wording)
    for key, (old, new) in json.loads(text).items():
        match = _KEY.fullmatch(key)
        if match is not None and match["kind"] in RISK_KINDS:
            risks.add(match["kind"], match["mark"], match["name"], (old, new))
            continue
        if match is None or match["name"] in _SILENT | _SAID:
            continue
        if match["kind"] == "co_organiser" or match["name"] == "parent_id":
            found.append(_beside(match, old, new, wording))
            continue
        known = (_HEARD if match["kind"] == "consultation" else _BY_COLUMN).get(match["name"])
        if known is None:
            continue
        label = gettext(known.label)
        if match["kind"] == "consultation":
            label = gettext("调查第%(n)s项 · %(label)s", n=match["mark"], label=label)
        found.append((label, shown(wording, known, old), shown(wording, known, new)))
    return found + risks.lines()


def _beside(match: re.Match[str], old: Any, new: Any, wording: Wording) -> tuple[str, str, str]:
    """A change of a further organisation, or of what the matter is a part of."""
    if match["name"] == "parent_id":
        return gettext(PARENT.label), wording.matter(old), wording.matter(new)
    if match["name"] == "part":
        label = gettext(N_("联合单位%(n)s · 参与方式"), n=match["mark"])
        return label, *(gettext(PARTS[code]) if code else "" for code in (old, new))
    return gettext(N_("联合单位%(n)s"), n=match["mark"]), wording.name(old), wording.name(new)


def shown(wording: Wording, known: Field, value: Any) -> str:
    """A recorded value in words; what can no longer be read is shown as it was recorded."""
    if known.kind is Kind.CHOICE and known.dictionary not in DICTIONARIES:
        return str(value or "")
    try:
        return wording.text(known, value)
    except (KeyError, ValueError, ArithmeticError):
        return str(value)


def differences(text: str, wording: Wording) -> list[tuple[str, str, str]]:
    """(label, before, after) of an amendment as it is kept: field names of the forms, not columns."""
    by_name = {item.name: item for item in all_fields()}
    return [
        (gettext(by_name[name].label), shown(wording, by_name[name], old), shown(wording, by_name[name], new))
        for name, (old, new) in json.loads(text).items()
        if name in by_name
    ]
