"""Passwords: how they are kept, which are refused (OWASP ASVS 5.0 V6.2: length, common ones, no composition rules)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from werkzeug.security import check_password_hash, generate_password_hash

from risk_registry.accounts.common_passwords import COMMON
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text import comparison_key
from risk_registry.core.text_marks import N_

#: OWASP's minimum for scrypt; Werkzeug's own default has p 1.
METHOD = "scrypt:32768:8:3"

# Of a random password nobody knows: what a sign-in name that does not exist is compared with, at the same cost.
_NOBODY = (
    METHOD + "$JNeQUgx9mqFOP0C2$"
    "67c3a27edf60050e4225b804e4be68ea2f3c17c078b0e1a9f1dd7f1f647658cb"
    "3d74c1c60177ec273740edf9e2afdff5ee8007ff211a0f4fe026f515ae0cc10c"
)

SHORTEST, LONGEST = 8, 128

HINT = N_("至少8个字，建议15个字以上；可以是一句话，不要求大小写或符号")

# Without signs that are mistaken for one another on paper.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn")


def make_hash(password: str) -> str:
    """The hash to keep, with its method and salt. Takes about a third of a second: never inside a transaction."""
    return generate_password_hash(password, METHOD)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` belongs to the hash. ``None`` (no such account) costs the same work and never matches."""
    if password_hash is None:
        check_password_hash(_NOBODY, password[:LONGEST])
        return False
    return check_password_hash(password_hash, password[:LONGEST]) and len(password) <= LONGEST


def check_policy(password: str, *, names: Iterable[str] = (), field: str = "new_password") -> None:
    """Refuse a password that is too short, too long, common, or one of ``names`` (account, person, office).

    Raises ``Refused`` on ``field``.
    """
    if len(password) < SHORTEST:
        raise Refused.one(field, N_("新密码：至少%(count)d个字，建议15个字以上"), count=SHORTEST)
    if len(password) > LONGEST:
        raise Refused.one(field, N_("新密码：最多%(count)d个字"), count=LONGEST)
    key = comparison_key(password)
    if key in {comparison_key(name) for name in names if name}:
        raise Refused((Problem(field, N_("新密码：不能与账号、姓名或单位名称相同")),))
    if key in COMMON or _is_run(key):
        raise Refused((Problem(field, N_("新密码：太常见，容易被猜到，请换一个")),))


def _is_run(key: str) -> bool:
    """One or two characters again and again, or a stretch of a keyboard row, forwards, backwards, repeated."""
    if len(set(key)) <= 2:
        return True
    for size in range(3, len(key) // 2 + 1):
        if key == (key[:size] * (len(key) // size + 1))[: len(key)] and size < 5:
            return True
    return any(key in row * 2 or key in (row * 2)[::-1] for row in _ROWS)


def one_time_password() -> str:
    """A random first password that can be read out and typed: 79 bits in four groups."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))
