"""Column types and table options that the models share, with what differs by engine side by side."""

from __future__ import annotations

from typing import Annotated, Any

from sqlalchemy import BigInteger, Integer, LargeBinary, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, mapped_column

# STRICT tables know INTEGER, REAL, TEXT, BLOB and ANY only (https://www.sqlite.org/stricttables.html).
BIG = BigInteger().with_variant(Integer(), "sqlite")
PAYLOAD = Text().with_variant(postgresql.JSONB(), "postgresql")

STRICT: dict[str, Any] = {"sqlite_strict": True}
CLUSTERED: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}

RowId = Annotated[int, mapped_column(BIG, primary_key=True)]
Big = Annotated[int, mapped_column(BIG)]
Bytes = Annotated[bytes, mapped_column(LargeBinary)]


class Base(DeclarativeBase):
    """All tables of a store."""

    type_annotation_map = {int: Integer(), str: Text(), bytes: LargeBinary()}  # noqa: RUF012 - SQLAlchemy's own form
