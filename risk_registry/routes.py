"""The one table of who may open what. Every endpoint has a line here; one without a line stops the start.

``PUBLIC`` everyone, ``SIGNED_IN`` every account, ``only(roles…, post=(roles…))`` accounts with one of the roles.
Whether a certain object may be seen is not decided here but where it is found (404 for what is not yours).
"""

from __future__ import annotations

from risk_registry.core.text_marks import N_
from risk_registry.web.access import PUBLIC, SIGNED_IN, Rule, only

#: Who reads business pages; the auditor only while administrators are not separated, which the views see to.
_READERS = (
    "submitter",
    "department_head",
    "filing_officer",
    "filing_approver",
    "statistician",
    "leader",
    "auditor",
)
_DOERS = ("submitter", "department_head", "filing_officer", "filing_approver")

_LOG_READERS = ("auditor", "sysadmin", "secadmin")
#: Who keeps accounts; which of the two does what is finer while they are separated.
_KEEPERS = ("sysadmin", "secadmin")

ACCESS: dict[str, Rule] = {
    "static": PUBLIC,
    "web.healthz": PUBLIC,
    "web.readyz": PUBLIC,
    "web.preferences": PUBLIC,
    "accounts.login": PUBLIC,
    "accounts.logout": SIGNED_IN,
    "accounts.password": SIGNED_IN,
    "accounts.stashed": SIGNED_IN,
    "accounts.sessions": SIGNED_IN,
    "home.desk": SIGNED_IN,
    "help.index": PUBLIC,
    "help.role": PUBLIC,
    "help.about": SIGNED_IN,
    "home.events": only(*_LOG_READERS, separated=("auditor",)),
    "home.logins": only(*_LOG_READERS, separated=("auditor", "secadmin")),
    "account_admin.index": only(*_KEEPERS),
    "account_admin.detail": only(*_KEEPERS),
    "account_admin.new": only("sysadmin"),
    "account_admin.edit": only("sysadmin"),
    "account_admin.lock": only(*_KEEPERS),
    "account_admin.unlock": only(*_KEEPERS),
    "account_admin.disable": only("sysadmin"),
    "account_admin.enable": only("sysadmin"),
    "account_admin.reset": only("sysadmin"),
    "account_admin.list": only("sysadmin"),
    "account_admin.confirm": only("sysadmin"),
    "account_admin.template": only("sysadmin"),
    "role_admin.index": only(*_LOG_READERS),
    "role_admin.account": only(*_KEEPERS, separated=("secadmin",)),
    "role_admin.separate": only(*_KEEPERS, separated=("secadmin",)),
    "session_admin.index": only(*_KEEPERS),
    "ledgers.ledger": only(*_READERS),
    "ledgers.export": only(*_READERS),
    "ledgers.columns": only(*_READERS),
    "ledgers.views": only(*_READERS),
    "ledgers.new_view": only(*_READERS),
    "ledgers.edit_view": only(*_READERS),
    "ledgers.delete_view": only(*_READERS),
    "ledgers.exports": only(*_READERS),
    "statistics.counts": only(*_READERS),
    "statistics.export": only(*_READERS),
    "dictionary.fields": SIGNED_IN,
    "numbers.first": only("sysadmin"),
    "first_steps.index": only(*_LOG_READERS, post=("sysadmin",)),
    "organisation_admin.index": only(*_LOG_READERS),
    "organisation_admin.detail": only(*_LOG_READERS),
    "organisation_admin.new": only("sysadmin"),
    "organisation_admin.edit": only("sysadmin"),
    "organisation_admin.rename": only("sysadmin"),
    "organisation_admin.move": only("sysadmin"),
    "organisation_admin.close": only("sysadmin"),
    "organisation_admin.merge": only("sysadmin"),
    "organisation_admin.split": only("sysadmin"),
    "settings_admin.index": only(*_LOG_READERS),
    "settings_admin.change": only("sysadmin"),
    "dictionary_admin.index": only(*_LOG_READERS),
    "dictionary_admin.book": only(*_LOG_READERS, post=("sysadmin",)),
    "dictionary_admin.add": only("sysadmin"),
    "dictionary_admin.relabel": only("sysadmin"),
    "dictionary_admin.end": only("sysadmin"),
    "methods.index": only("sysadmin"),
    "methods.show": SIGNED_IN,
    "methods.new": only("sysadmin"),
    "methods.end": only("sysadmin"),
    "methods.factors": only("sysadmin"),
    "calendar_admin.index": only(*_LOG_READERS),
    "calendar_admin.year": only(*_LOG_READERS),
    "calendar_admin.load": only("sysadmin"),
    "calendar_admin.remove": only("sysadmin"),
    "state.index": only(*_LOG_READERS),
    "state.check": only("sysadmin"),
    "state.verify": only("sysadmin", "auditor"),
    "backups.index": only(*_LOG_READERS),
    "backups.make": only("sysadmin"),
    "backups.examine": only("sysadmin"),
    "jobs.show": only(*_LOG_READERS),
    "matters.index": only(*_DOERS),
    "matters.new": only(*_DOERS),
    "matters.copy": only(*_DOERS),
    "matters.draft": only(*_DOERS),
    "matters.section": only(*_DOERS),
    "matters.check": only(*_DOERS),
    "matters.delete": only(*_DOERS),
    "matters.work": only(*_DOERS),
    "matters.edit": only(*_DOERS),
    "matters.begin": only(*_DOERS),
    "matters.receipt": only(*_READERS),
    "casefile.matter": only(*_READERS),
    "casefile.assessment": only(*_READERS),
    "papers.form": only(*_READERS),
    "papers.filing_receipt": only(*_READERS),
    "papers.received_receipt": only(*_READERS),
    "papers.index_sheet": only(*_READERS),
    "steps.take": only(*_DOERS),
    "steps.amendment": only(*_DOERS),
    "filings.index": only(*_READERS),
    "filings.review": only(*_READERS, post=("filing_approver",)),
    "filings.filed": only(*_READERS),
}

#: Official documents: in Chinese whatever language the reader chose.
PAPERS = frozenset(
    {"papers.form", "papers.filing_receipt", "papers.received_receipt", "papers.index_sheet", "ledgers.export"}
)

#: Unsafe endpoints that open their writing transaction themselves, after slow work that must not hold up others.
READS_FIRST = frozenset(
    {
        "web.preferences",
        "accounts.login",
        "accounts.password",
        "account_admin.new",
        "account_admin.reset",
        "account_admin.list",
        "account_admin.confirm",
    }
)

#: Where an account with a password somebody else chose may go; the first one is where it is sent.
FIRST_PASSWORD = ("accounts.password", "accounts.logout")

#: The menu: (title, ((label, endpoint), …)). An entry shows to those whom ACCESS lets in.
MENU: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (N_("工作台"), ((N_("工作台"), "home.desk"), (N_("我的登录"), "accounts.sessions"))),
    (
        N_("登记备案"),
        (
            (N_("事项登记"), "matters.index"),
            (N_("新增登记"), "matters.new"),
            (N_("备案办理"), "filings.index"),
        ),
    ),
    (N_("统计台账"), ((N_("备案台账"), "ledgers.ledger"), (N_("年度统计"), "statistics.counts"))),
    (
        N_("系统管理"),
        (
            (N_("账号"), "account_admin.index"),
            (N_("角色与权限"), "role_admin.index"),
            (N_("在线登录"), "session_admin.index"),
            (N_("操作日志"), "home.events"),
            (N_("登录日志"), "home.logins"),
            (N_("机构管理"), "organisation_admin.index"),
            (N_("系统设置"), "settings_admin.index"),
            (N_("备案编号"), "numbers.first"),
            (N_("业务字典"), "dictionary_admin.index"),
            (N_("评估方法"), "methods.index"),
            (N_("工作日历"), "calendar_admin.index"),
            (N_("启用准备"), "first_steps.index"),
            (N_("系统状态"), "state.index"),
            (N_("备份"), "backups.index"),
            (N_("数据字典"), "dictionary.fields"),
        ),
    ),
)
