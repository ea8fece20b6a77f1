"""Rows by their natural keys: the look-up that every step of the reference writer begins with."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, TypeVar

from sqlalchemy import select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from nacre.store.schema import Base

Key = tuple[Hashable, ...]
Column = InstrumentedAttribute[Any]
Row = TypeVar("Row", bound=Base)

# Four columns a key at most, so 1,600 parameters: SQLite allows 32,766 (https://www.sqlite.org/limits.html).
KEYS_PER_QUERY = 400


def portions(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Cut the different ones of `keys` into lists that fit one query."""
    different = list(dict.fromkeys(keys))
    for start in range(0, len(different), KEYS_PER_QUERY):
        yield different[start : start + KEYS_PER_QUERY]


def rows_by_key(db: Session, of: type[Row], columns: tuple[Column, ...], keys: Iterable[Key]) -> dict[Key, Row]:
    """Return those rows of a table whose `columns` equal one of `keys`, by that key."""
    found: dict[Key, Row] = {}
    for portion in portions(keys):
        for row in db.scalars(select(of).where(tuple_(*columns).in_(portion))):
            found[tuple(getattr(row, column.key) for column in columns)] = row
    return found
