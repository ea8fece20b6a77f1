"""Alembic's entry: runs the steps on the connection that nacre.store.migrate lends, or prints them as SQL."""

from __future__ import annotations

from alembic import context

from nacre.store.schema import Base

connection = context.config.attributes.get("connection")

if connection is None:  # SQL for a person to read: no database is touched
    context.configure(
        dialect_name=context.config.get_main_option("nacre.dialect"),
        target_metadata=Base.metadata,
        literal_binds=True,
    )
else:
    # SQLite's DDL is transactional once the driver leaves BEGIN to us (see nacre.store.engine): a step and
    # its record in alembic_version commit together, or neither does.
    context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)

with context.begin_transaction():
    context.run_migrations()
