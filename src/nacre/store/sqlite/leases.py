"""The rows of leases: who reads which source, and until when."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from nacre.store.contract import Tenant
from nacre.store.leasing import Lease, kept_from, lease_end, lease_names
from nacre.store.sqlite.bulk import chunks, insert, marks


def take(
    connection: sqlite3.Connection, tenant: Tenant, source_ids: Sequence[int], *, now: int, seconds: float
) -> Mapping[int, str]:
    """Take or renew what is to be had, inside the caller's transaction; return who holds the rest."""
    names = lease_names(source_ids)
    leases: dict[str, Lease] = {}
    for portion in chunks(list(names)):
        sql = f"SELECT name, owner, expires_at FROM leases WHERE name IN ({marks(len(portion))})"
        leases.update((name, (owner, expires_at)) for name, owner, expires_at in connection.execute(sql, portion))
    kept = kept_from(tenant, leases, now=now)
    ends = lease_end(now, seconds)
    taken = [value for name in names if name not in kept for value in (name, tenant.name, ends)]
    replace = "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at"
    insert(connection, "INSERT INTO leases (name, owner, expires_at)", 3, taken, replace)
    return {names[name]: owner for name, owner in kept.items()}


def give_back(connection: sqlite3.Connection, tenant: Tenant, source_ids: Sequence[int]) -> None:
    """Delete the tenant's own leases of these sources."""
    for portion in chunks(list(lease_names(source_ids))):
        sql = f"DELETE FROM leases WHERE owner = ? AND name IN ({marks(len(portion))})"
        connection.execute(sql, (tenant.name, *portion))
