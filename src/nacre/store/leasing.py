"""The rules of leases, the same for every store: their names, when one is to be had, and how it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nacre.errors import SourceLeased
from nacre.model.calendar import SECOND_US
from nacre.store.contract import LEASE_SECONDS_MAX, Tenant

NOBODY = Tenant()  # who takes no leases

Lease = tuple[str, int]  # the tenant's name, and when it expires, microseconds since 1970 UTC

_MAX_US = int(LEASE_SECONDS_MAX * SECOND_US)


def lease_names(source_ids: Iterable[int]) -> dict[str, int]:
    """Return the sources, each once, by the names of their leases."""
    return {lease_name(source_id): source_id for source_id in source_ids}


def lease_name(source_id: int) -> str:
    """Return the name under which a source is leased."""
    return f"source:{source_id}"


def lease_end(now: int, seconds: float) -> int:
    """Return when a lease taken now expires, unless it is renewed."""
    return now + min(int(seconds * SECOND_US), _MAX_US)


def is_live(expires_at: int, now: int) -> bool:
    """Tell whether a lease counts. One that ends too late was taken before the clock was set back: nobody may rely on
    it, and it could keep its source unread for years.
    """
    return now < expires_at <= now + _MAX_US


def kept_from(tenant: Tenant, leases: Mapping[str, Lease], *, now: int) -> dict[str, str]:
    """Return which of these leases the tenant cannot have, by name, and who holds each."""
    others = {
        name: owner for name, (owner, expires_at) in leases.items() if owner != tenant.name and is_live(expires_at, now)
    }
    gone = {owner for owner in set(others.values()) if tenant.is_gone(owner)}  # asked once each: it looks at processes
    return {name: owner for name, owner in others.items() if owner not in gone}


def refuse_leased(path: str, lease: Lease | None, *, tenant: str, now: int) -> None:
    """Raise SourceLeased when another tenant's lease of the source at `path` counts."""
    if lease is not None and lease[0] != tenant and is_live(lease[1], now):
        hint = (
            f"let it go on, or end it and run again; if it was killed, its lease ends within {LEASE_SECONDS_MAX:.0f} s"
        )
        raise SourceLeased(f"{path} is being read by {lease[0]}", hint=hint)
