"""Multi-row statements: fifty rows a statement cost half of what fifty statements cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

# Measured: from 50 rows on, more rows a statement give nothing. SQLite allows 32,766 parameters since 3.32.
ROWS_PER_STATEMENT = 50
KEYS_PER_QUERY = 400


@lru_cache(maxsize=1024)
def _statement(head: str, width: int, rows: int, tail: str, shared: int) -> str:
    # A plain mark has the number after the greatest so far (https://www.sqlite.org/lang_expr.html#varparam).
    row = "(" + ",".join([*(f"?{number + 1}" for number in range(shared)), *"?" * width]) + ")"
    return f"{head} VALUES {','.join([row] * rows)} {tail}"


def insert(
    connection: sqlite3.Connection,
    head: str,
    width: int,
    flat: Sequence[Any],
    tail: str = "",
    *,
    shared: Sequence[Any] = (),
) -> int:
    """Run `head VALUES (…),(…) tail` over rows laid out flat; return how many rows went in or changed.

    `shared` are the values that all rows have in their first columns; each is bound once a statement.
    """
    rows = len(flat) // width
    whole = rows - rows % ROWS_PER_STATEMENT
    changed = 0
    if whole:
        sql = _statement(head, width, ROWS_PER_STATEMENT, tail, len(shared))
        step = ROWS_PER_STATEMENT * width
        for start in range(0, whole * width, step):
            changed += connection.execute(sql, (*shared, *flat[start : start + step])).rowcount
    if whole < rows:
        sql = _statement(head, width, rows - whole, tail, len(shared))
        changed += connection.execute(sql, (*shared, *flat[whole * width :])).rowcount
    return changed


def chunks(keys: Sequence[Any], size: int = KEYS_PER_QUERY) -> Iterable[Sequence[Any]]:
    """Cut a sequence into portions that fit one query."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def marks(count: int) -> str:
    """Return `count` parameter marks, separated by commas."""
    return ",".join("?" * count)
