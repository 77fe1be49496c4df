"""Declarative base of every table, with the naming convention that lets a broken constraint name its field."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

#: Microseconds since the epoch, UTC. An integer, so that both engines order and compare it alike.
Stamp = BigInteger()

#: A growing key: 64 bits on PostgreSQL, the rowid on SQLite (which only aliases INTEGER, never BIGINT).
Key = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of every mapped class."""

    metadata = MetaData(naming_convention=NAMING)
