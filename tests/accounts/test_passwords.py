"""Which passwords are refused, and what an unknown name costs."""

from __future__ import annotations

import pytest

from risk_registry.accounts import passwords
from risk_registry.accounts.common_passwords import COMMON
from risk_registry.core.problems import Refused
from risk_registry.core.text import comparison_key

GOOD = "浇花要在清晨或者傍晚"


@pytest.mark.parametrize(
    "password",
    [
        "short7!",
        "x" * 129,
        "12345678",
        "Password123",
        "ＰＡＳＳＷＯＲＤ",
        "woaini1314",
        "XinFangBan",
        "aaaaaaaaaaaa",
        "abababababab",
        "abcdefghij",
        "9876543210",
        "lkjhgfdsa",
        "abc1abc1abc1",
        "示例县信访办公室",
        "Zhang Gong Yuan",
    ],
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(Refused) as refused:
        passwords.check_policy(password, names=("zhanggongyuan", "示例县信访办公室", ""))
    assert [problem.field for problem in refused.value.problems] == ["new_password"]


@pytest.mark.parametrize("password", [GOOD, "tall blue horse", "k7#Qz!pw", "hunde futter", "a" * 100 + "bcd" * 9])
def test_others_pass_whatever_their_characters(password: str) -> None:
    passwords.check_policy(password, names=("clerk", "张工"))


def test_the_list_holds_what_it_is_compared_with() -> None:
    assert len(COMMON) > 400
    assert {word for word in COMMON if comparison_key(word) != word or len(word) < passwords.SHORTEST} == set()


def test_hash_names_its_method_and_an_unknown_name_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = passwords.make_hash(GOOD)
    assert kept.startswith("scrypt:32768:8:3$")
    assert passwords.matches(kept, GOOD)
    assert not passwords.matches(kept, GOOD + "。")
    work: list[str] = []

    def says_yes(password_hash: str, _password: str) -> bool:
        work.append(password_hash)
        return True

    monkeypatch.setattr(passwords, "check_password_hash", says_yes)
    assert passwords.matches(None, GOOD) is False
    assert [pwhash.rpartition("$")[0].partition("$")[0] for pwhash in work] == ["scrypt:32768:8:3"]


def test_one_time_passwords_differ_and_pass() -> None:
    some = {passwords.one_time_password() for _ in range(50)}
    assert len(some) == 50
    for password in some:
        passwords.check_policy(password)
