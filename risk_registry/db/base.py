"""Declarative base of every table, with the naming convention that lets a broken constraint name its field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Dialect, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

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
    #: Whole numbers and keys are 64 bits everywhere, so that a key and what refers to it are of one type.
    type_annotation_map: ClassVar[dict[Any, Any]] = {int: Key}


class Scaled(TypeDecorator[Decimal]):
    """An exact decimal kept as a whole number of its last place, alike on both engines (SQLite knows only floats)."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """To the whole number; a value with more places is a fault of the caller and raises ``ValueError``."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Back to the decimal with its places."""
        return None if value is None else Decimal(value).scaleb(-self.places)
