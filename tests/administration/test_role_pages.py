"""Roles, the separation of administrators and sign-ins through a browser."""

from __future__ import annotations

import pytest

from risk_registry.accounts import separation
from risk_registry.accounts.operations import set_roles
from risk_registry.accounts.rules import is_separated
from risk_registry.core.vocabulary import ROLES
from tests.case_site import Site
from tests.registry import OPERATOR, account


def number(site: Site, name: str) -> int:
    with site.registry.reading() as session:
        return account(session, name).id


def separate(site: Site) -> None:
    with site.registry.writing() as session:
        separation.turn_on(session, OPERATOR)


def test_roles_in_plain_words(site: Site) -> None:
    page = site.person("auditor").get("/admin/roles").text
    for term in ROLES:
        assert term.zh in page
    assert "新增登记" in page
    assert "三员分立未启用" in page


def test_roles_are_set_with_their_scope(site: Site) -> None:
    keeper, place = site.person("sysadmin"), f"/admin/accounts/{number(site, 'clerk')}/roles"
    stale = keeper.form(place, holding="scope")
    assert stale["role_submitter"] == "1"
    answer = keeper.send(place, holding="scope", role_leader="1", scope="subtree", reason="兼任")
    assert answer.status_code == 303
    with site.registry.reading() as session:
        clerk = account(session, "clerk")
        assert (clerk.roles, clerk.scope) == (frozenset({"submitter", "leader"}), "subtree")
    assert (
        keeper.client.post(place, data={**stale, "token": keeper.form(place, holding="scope")["token"]}).status_code
        == 409
    )
    none = {name: text for name, text in keeper.form(place, holding="scope").items() if not name.startswith("role_")}
    page = keeper.client.post(place, data=none)
    assert page.status_code == 422
    assert "角色：请至少选择一项" in page.text
    page = keeper.send(place, holding="scope", scope="office")
    assert page.status_code == 422
    assert "只适用于备案机关" in page.text


def test_separation_names_what_stands_in_the_way(site: Site) -> None:
    with site.registry.writing() as session:
        set_roles(session, OPERATOR, account(session, "secadmin"), roles=["secadmin", "auditor"])
        set_roles(session, OPERATOR, account(session, "auditor"), roles=["leader"])
    keeper = site.person("sysadmin")
    page = keeper.get("/admin/roles/separation").text
    assert f"/admin/accounts/{number(site, 'secadmin')}/roles" in page
    answer = keeper.send("/admin/roles/separation", holding="turn")
    assert answer.status_code == 422
    assert "账号“secadmin”同时有审计管理员、安全管理员" in answer.text
    with site.registry.writing() as session:
        assert not is_separated(session)
        set_roles(session, OPERATOR, account(session, "secadmin"), roles=["secadmin"])
    assert "还没有可用的审计管理员账号" in keeper.send("/admin/roles/separation", holding="turn").text
    with site.registry.writing() as session:
        set_roles(session, OPERATOR, account(session, "auditor"), roles=["auditor"])
    assert keeper.send("/admin/roles/separation", holding="turn").status_code == 303
    with site.registry.reading() as session:
        assert is_separated(session)


def test_only_the_security_administrator_ends_the_separation(site: Site) -> None:
    separate(site)
    assert site.person("sysadmin").get("/admin/roles/separation").status_code == 403
    guard = site.person("secadmin")
    assert guard.send("/admin/roles/separation", holding="turn").status_code == 422
    assert guard.send("/admin/roles/separation", holding="turn", reason="人员不足").status_code == 303
    with site.registry.reading() as session:
        assert not is_separated(session)


def test_a_switch_turned_meanwhile_is_not_turned_back(site: Site) -> None:
    keeper = site.person("secadmin")
    form = keeper.form("/admin/roles/separation", holding="turn")
    separate(site)
    page = keeper.client.post("/admin/roles/separation", data={**form, "reason": "x"})
    assert page.status_code == 422
    with site.registry.reading() as session:
        assert is_separated(session)


#: Page, and who of the three opens it while they are separated.
_PAGES = (
    ("/ledger", ""),
    ("/counts", ""),
    ("/filings", ""),
    ("/admin/events", "auditor"),
    ("/admin/logins", "auditor secadmin"),
    ("/admin/accounts", "sysadmin secadmin"),
    ("/admin/accounts/new", "sysadmin"),
    ("/admin/sessions", "sysadmin secadmin"),
    ("/admin/roles", "sysadmin secadmin auditor"),
    ("/admin/roles/separation", "secadmin"),
    ("/admin/numbers", "sysadmin"),
)


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
def test_what_each_of_the_three_opens(site: Site, role: str) -> None:
    separate(site)
    person = site.person(role)
    for path, roles in _PAGES:
        expected = 200 if role in roles.split() else 403
        assert person.get(path).status_code == expected, (role, path)
    menu = person.get("/").text
    assert ("/admin/events" in menu) == (role == "auditor")
    assert 'href="/ledger' not in menu
    assert site.person("clerk").get("/ledger").status_code == 200


def test_without_separation_the_three_read_the_log(site: Site) -> None:
    for role in ("sysadmin", "secadmin", "auditor"):
        assert site.person(role).get("/admin/events").status_code == 200
    assert site.person("auditor").get("/ledger").status_code == 200


def test_sign_ins_are_seen_and_ended(site: Site) -> None:
    guard, clerk, teacher = site.person("secadmin"), site.person("clerk"), site.person("teacher")
    assert clerk.get("/").status_code == teacher.get("/").status_code == 200
    page = guard.get("/admin/sessions").text
    assert "您正在使用" in page
    marks = [part.split('"')[0] for part in page.split('name="end" value="')[1:]]
    mine = next(mark for mark in marks if mark.startswith(f"{number(site, 'clerk')}."))
    assert guard.send("/admin/sessions", holding="token", end=mine).status_code == 303
    assert clerk.get("/").status_code == 302
    assert teacher.get("/").status_code == 200
    everything = guard.send("/admin/sessions", holding="end", end=str(number(site, "teacher")), back="1")
    assert everything.location == f"/admin/accounts/{number(site, 'teacher')}"
    assert teacher.get("/").status_code == 302
    for wrong in ("", "x", "1.x", "9" * 30):
        assert guard.send("/admin/sessions", holding="token", end=wrong).status_code == 422
    assert guard.send("/admin/sessions", holding="token", end="999999").status_code == 404
    assert guard.send("/admin/sessions", holding="token", end=mine).status_code == 422, "it is over already"
    assert "没有符合条件的登录" in guard.get("/admin/sessions?text=没有").text


def test_ones_own_sign_ins(site: Site) -> None:
    here = site.person("clerk")
    site.people.clear()
    there = site.person("clerk")
    page = here.get("/sessions").text
    assert "结束其他全部登录" in page
    assert here.send("/sessions", holding="end", end="others").status_code == 303
    assert there.get("/").status_code == 302
    assert "没有其他登录" in here.get("/sessions").text
    assert here.send("/sessions", holding="token", end="nonsense").status_code == 422
    stranger = site.person("teacher")
    answer = stranger.send("/sessions", holding="token", end="1")
    assert answer.status_code == 422, "another person's sign-in is none of his: nothing happens"
    assert "这个登录已经结束" in answer.text
    assert here.get("/").status_code == 200
