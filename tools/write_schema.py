"""Write src/nacre/store/sqlite/schema.sql: what the migrations build in an empty SQLite database."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from nacre.store import migrate

TARGET = Path(__file__).parent.parent / "src" / "nacre" / "store" / "sqlite" / "schema.sql"
HEADER = "-- Generated from the migrations by tools/write_schema.py; a test compares them. Do not edit.\n"

STAMP = """PRAGMA application_id = {application_id};
INSERT INTO alembic_version (version_num) VALUES ('{revision}')"""


def schema_sql() -> str:
    """Return the statements that build what the migrations build, tables first, with the revision stamped."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "schema.db"
        migrate.upgrade(f"sqlite:///{path}")
        connection = sqlite3.connect(path)
        found = connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
            " ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, rowid"
        ).fetchall()
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        connection.close()
    statements = ["\n".join(line.rstrip() for line in sql.strip().splitlines()) for (sql,) in found]
    statements.append(STAMP.format(application_id=application_id, revision=migrate.head()))
    return HEADER + "".join(f"{statement};\n" for statement in statements)


def main() -> None:
    """Write the file."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(schema_sql(), encoding="utf-8")


if __name__ == "__main__":
    main()
