"""One-time tokens: however often one form is posted, it does one thing and every answer leads to the same result.

The token is random, bound to its account and its day by a signature, and becomes a row inside the very transaction of
the act: if the act is undone, so is the row. A token counts for ``LIFE`` and its row is kept for longer, so that no
form can be carried out a second time when its row is gone.
"""

from __future__ import annotations

import hashlib
import secrets

from flask import current_app
from itsdangerous import BadSignature, Signer
from sqlalchemy import BigInteger, String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.base import Base
from risk_registry.db.clock import Clock, to_stamp
from risk_registry.db.engine import is_writing

_DAY = 24 * 60 * 60 * 1_000_000
#: So long after it was made (µs) a form may still be sent; after that it is offered once more with a new token.
LIFE = 7 * _DAY
#: So long (µs) the row of a used token is kept; more than ``LIFE``, with room for clocks that differ.
KEPT = 9 * _DAY

_STALE = N_("这份表单缺少提交标记、打开已超过7天或不属于当前账号。您填写的内容已保留，请核对后再次提交。")


class OnceToken(Base):
    """A form that has been carried out, and the page its result is on."""

    __tablename__ = "once_token"

    token: Mapped[str] = mapped_column(String(22), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger)
    result_url: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[int] = mapped_column(BigInteger, index=True)


class TokenRefused(Refused):
    """The token is missing, made up, or another account's."""


def issue(account_id: int) -> str:
    """A new token for ``account_id`` (0: nobody is signed in)."""
    nonce = secrets.token_urlsafe(16)
    return _signer().sign(f"{nonce}.{account_id}.{_now()}").decode("ascii")


def is_genuine(token: str, account_id: int) -> bool:
    """Whether ``token`` was issued by this site to ``account_id``."""
    return _nonce(token, account_id) is not None


def redeem(session: Session, token: str, account_id: int) -> str | None:
    """Use ``token`` up: ``None`` for the first time, else the page of the earlier result.

    Waits for a twin request still at work. Raises ``TokenRefused`` for a missing or foreign token, ``RuntimeError``
    outside a writing transaction.
    """
    nonce = _nonce(token, account_id)
    if nonce is None:
        raise TokenRefused.one("", _STALE)
    if not is_writing(session):
        raise RuntimeError("a token is redeemed inside the transaction of its act")
    clock: Clock = session.info["clock"]
    row = {"token": nonce, "account_id": account_id, "result_url": "", "created_at": to_stamp(clock.now())}
    if session.get_bind().dialect.name == "sqlite":
        inserted = session.execute(
            sqlite.insert(OnceToken).values(row).on_conflict_do_nothing().returning(OnceToken.token)
        ).first()
    else:
        inserted = session.execute(
            postgresql.insert(OnceToken).values(row).on_conflict_do_nothing().returning(OnceToken.token)
        ).first()
    if inserted is not None:
        return None
    return session.execute(select(OnceToken.result_url).where(OnceToken.token == nonce)).scalar_one()


def earlier_result(session: Session, token: str, account_id: int) -> str | None:
    """Where the result of a form carried out before is; ``None`` for a new one. Reads only."""
    nonce = _nonce(token, account_id)
    return session.scalar(select(OnceToken.result_url).where(OnceToken.token == nonce)) if nonce else None


def purge(session: Session, *, now: int, most: int) -> None:
    """Drop up to ``most`` rows of tokens that no form can be sent with any more."""
    old = select(OnceToken.token).where(OnceToken.created_at < now - KEPT).order_by(OnceToken.created_at).limit(most)
    session.execute(delete(OnceToken).where(OnceToken.token.in_(old)).execution_options(synchronize_session=False))


def settle(session: Session, token: str, result_url: str) -> None:
    """Note where the result is, before the commit. Raises ``ValueError`` for an address the table cannot hold."""
    if not 0 < len(result_url) <= 500:
        raise ValueError("the address of a result has 1 to 500 characters")
    nonce = token.split(".", 1)[0]
    session.execute(update(OnceToken).where(OnceToken.token == nonce).values(result_url=result_url))


def _nonce(token: str, account_id: int) -> str | None:
    if not token or len(token) > 200 or not token.isascii():
        return None
    try:
        nonce, owner, made = _signer().unsign(token).decode("ascii").split(".")
    except (BadSignature, ValueError):
        return None
    return nonce if owner == str(account_id) and _now() - int(made) < LIFE else None


def _now() -> int:
    clock: Clock = current_app.extensions["clock"]
    return to_stamp(clock.now())


def _signer() -> Signer:
    key = current_app.secret_key
    assert key is not None
    return Signer(key, salt="once-token", key_derivation="hmac", digest_method=hashlib.sha256)
