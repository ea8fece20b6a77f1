"""The reference writer's leases: who reads which source, and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from nacre.store.contract import Tenant
from nacre.store.leasing import kept_from, lease_end, lease_name, lease_names, refuse_leased
from nacre.store.orm_rows import rows_by_key
from nacre.store.schema import Lease, SourceRow


def take(db: Session, tenant: Tenant, source_ids: Sequence[int], *, now: int, seconds: float) -> Mapping[int, str]:
    """Take or renew what is to be had, inside the caller's transaction; return who holds the rest."""
    names = lease_names(source_ids)
    rows = _rows(db, names)
    kept = kept_from(tenant, {name: (row.owner, row.expires_at) for name, row in rows.items()}, now=now)
    for name in names.keys() - kept.keys():
        row = rows.get(name) or Lease(name=name)
        row.owner, row.expires_at = tenant.name, lease_end(now, seconds)
        db.add(row)
    db.flush()
    return {names[name]: owner for name, owner in kept.items()}


def give_back(db: Session, tenant: Tenant, source_ids: Sequence[int]) -> None:
    """Delete the tenant's own leases of these sources."""
    for row in _rows(db, lease_names(source_ids)).values():
        if row.owner == tenant.name:
            db.delete(row)
    db.flush()


def refuse(db: Session, source: SourceRow, tenant: Tenant, *, now: int) -> None:
    """Raise SourceLeased when another tenant's lease of the source counts."""
    row = db.get(Lease, lease_name(source.id))
    lease = (row.owner, row.expires_at) if row is not None else None
    refuse_leased(source.path, lease, tenant=tenant.name, now=now)


def _rows(db: Session, names: Mapping[str, int]) -> dict[str, Lease]:
    return {row.name: row for row in rows_by_key(db, Lease, (Lease.name,), [(name,) for name in names]).values()}
