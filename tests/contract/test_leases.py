"""Leases: one tenant at a time reads a source, the same for every writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.contract.batches import build, line
from tests.contract.writers import START, WRITERS, AnyStore, identity, open_beside, open_store

from nacre.errors import SourceLeased
from nacre.model.calendar import DAY_US, SECOND_US
from nacre.store.contract import LEASE_SECONDS_MAX, Tenant
from nacre.store.snapshot import snapshot

LINES = [line("command", 20_000 * DAY_US + n, "a1", input="id") for n in range(3)]


@dataclass
class House:
    """A store with two tenants, a clock that is set by hand, and who has gone."""

    now: int = 1_700_000_000 * SECOND_US
    gone: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    stores: list[AnyStore] = field(default_factory=list)

    def clock(self) -> int:
        """Return the time that was set."""
        return self.now

    def is_gone(self, name: str) -> bool:
        """Tell whether a tenant has gone, and note that it was asked."""
        self.asked.append(name)
        return name in self.gone

    def wait(self, seconds: float) -> None:
        """Set the clock forward, or back."""
        self.now += round(seconds * SECOND_US)

    @property
    def one(self) -> AnyStore:
        """Return the first tenant's store."""
        return self.stores[0]

    @property
    def two(self) -> AnyStore:
        """Return the second tenant's store."""
        return self.stores[1]

    def sources(self, count: int) -> list[int]:
        """Add sources and return their ids."""
        return [self.one.add_source(identity(f"log{n}")).source_id for n in range(count)]

    def append(self, store: AnyStore, source_id: int, lines: Sequence[bytes] = LINES) -> int:
        """Append lines to a source of which nothing was read; return how many were stored."""
        return store.append(store.start_run(START), source_id, build(lines)).stored


@pytest.fixture(params=WRITERS)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """Return an empty store with two tenants, one kind after the other."""
    house = House()
    one, two = Tenant("one", house.is_gone), Tenant("two", house.is_gone)
    house.stores.append(open_store(request.param, tmp_path / "store.db", clock=house.clock, tenant=one))
    house.stores.append(open_beside(house.one, two, clock=house.clock))
    yield house
    for store in house.stores:
        store.close()


def test_one_tenant_at_a_time(house: House) -> None:
    """A lease that nobody holds is to be had; another tenant is told who holds it."""
    (log,) = house.sources(1)

    assert {} == house.one.lease([log], seconds=10)
    assert {log: "one"} == house.two.lease([log], seconds=10)


def test_what_is_to_be_had_is_taken(house: House) -> None:
    """Of several leases those that are free are taken, though others are not; a source may be named twice."""
    log, copy = house.sources(2)
    house.one.lease([log], seconds=10)

    assert {log: "one"} == house.two.lease([copy, log, copy], seconds=10)
    assert {copy: "two"} == house.one.lease([log, copy], seconds=10)


def test_no_leases_at_all(house: House) -> None:
    """Nothing can be leased and given back."""
    house.one.release([])

    assert {} == house.one.lease([], seconds=10)


def test_many_at_once(house: House) -> None:
    """More leases than fit a query are taken, refused and given back together."""
    logs = house.sources(901)

    assert {} == house.one.lease(logs, seconds=10)
    assert dict.fromkeys(logs, "one") == house.two.lease(logs, seconds=10)
    house.one.release(logs)
    assert {} == house.two.lease(logs, seconds=10)


def test_lease_expires(house: House) -> None:
    """A lease that is not renewed ends after its seconds, and not a microsecond before."""
    (log,) = house.sources(1)
    house.one.lease([log], seconds=10)
    house.now += 10 * SECOND_US - 1

    assert {log: "one"} == house.two.lease([log], seconds=10)
    house.now += 1
    assert {} == house.two.lease([log], seconds=10)
    assert {log: "two"} == house.one.lease([log], seconds=10)


def test_renewal_counts_from_now(house: House) -> None:
    """A lease that is renewed ends its seconds after the renewal."""
    (log,) = house.sources(1)
    house.one.lease([log], seconds=10)
    house.wait(8)

    assert {} == house.one.lease([log], seconds=10)
    house.wait(9)
    assert {log: "one"} == house.two.lease([log], seconds=10)
    house.wait(1)
    assert {} == house.two.lease([log], seconds=10)


def test_no_lease_is_longer_than_the_limit(house: House) -> None:
    """Who asks for an hour gets LEASE_SECONDS_MAX."""
    (log,) = house.sources(1)
    house.one.lease([log], seconds=3600)
    house.wait(LEASE_SECONDS_MAX - 1)

    assert {log: "one"} == house.two.lease([log], seconds=10)
    house.wait(1)
    assert {} == house.two.lease([log], seconds=10)


def test_clock_set_back(house: House) -> None:
    """A lease counts while it ends within LEASE_SECONDS_MAX from now; a clock that was set back further frees it."""
    (log,) = house.sources(1)
    house.one.lease([log], seconds=10)
    house.wait(10 - LEASE_SECONDS_MAX)

    assert {log: "one"} == house.two.lease([log], seconds=10)
    house.now -= 1
    assert {} == house.two.lease([log], seconds=10)


def test_tenant_that_is_gone(house: House) -> None:
    """Leases of a tenant that is gone are to be had at once; it is asked for once, not once a lease."""
    logs = house.sources(3)
    house.one.lease(logs, seconds=10)
    house.gone.add("one")

    assert {} == house.two.lease(logs, seconds=10)
    assert ["one"] == house.asked
    assert dict.fromkeys(logs, "two") == house.one.lease(logs, seconds=10)


def test_nobody_is_asked_for_without_need(house: House) -> None:
    """Whether a tenant is gone is not asked for one's own leases, expired ones and free ones."""
    log, copy, late = house.sources(3)
    house.one.lease([log], seconds=1)
    house.two.lease([copy], seconds=10)
    house.wait(1)

    assert {} == house.two.lease([log, copy, late], seconds=10)
    assert [] == house.asked


def test_release_gives_back_ones_own(house: House) -> None:
    """A lease that was given back is free; those of others and none are left alone."""
    log, copy, late = house.sources(3)
    house.one.lease([log], seconds=10)
    house.two.lease([copy], seconds=10)
    house.one.release([log, copy, late])

    assert {copy: "two"} == house.one.lease([copy], seconds=10)
    assert {} == house.two.lease([log], seconds=10)


def test_tenants_of_one_name_are_one(house: House) -> None:
    """Two stores whose tenants have one name share their leases."""
    (log,) = house.sources(1)
    house.stores.append(open_beside(house.one, Tenant("one"), clock=house.clock))
    house.one.lease([log], seconds=10)

    assert {} == house.stores[2].lease([log], seconds=10)
    assert 3 == house.append(house.stores[2], log)
    house.stores[2].release([log])
    assert {} == house.two.lease([log], seconds=10)


def test_append_to_a_leased_source(house: House) -> None:
    """Nobody but the tenant appends to a source that is leased, and a refusal changes nothing."""
    (log,) = house.sources(1)
    house.one.lease([log], seconds=10)
    before = snapshot(house.one), house.one.sources()
    with pytest.raises(SourceLeased) as caught:
        house.append(house.two, log)

    assert before == (snapshot(house.one), house.one.sources())
    assert "/var/log/log0 is being read by one" == caught.value.message
    assert "end it and run again" in caught.value.hint
    assert 3 == house.append(house.one, log)


def test_append_after_a_refusal(house: House) -> None:
    """Who was refused appends as soon as the lease was given back."""
    (log,) = house.sources(1)
    house.one.lease([log], seconds=10)
    with pytest.raises(SourceLeased):
        house.append(house.two, log)
    house.one.release([log])

    assert 3 == house.append(house.two, log)


def test_append_of_who_takes_no_leases(house: House) -> None:
    """A store without a tenant appends to what nobody leases, and to nothing else."""
    log, copy = house.sources(2)
    house.one.lease([log], seconds=10)
    house.stores.append(open_beside(house.one, Tenant(), clock=house.clock))
    with pytest.raises(SourceLeased):
        house.append(house.stores[2], log)

    assert 3 == house.append(house.stores[2], copy)


@pytest.mark.parametrize("seconds", [10, 10 - LEASE_SECONDS_MAX - 1], ids=["expired", "clock set back"])
def test_append_past_a_dead_lease(house: House, seconds: float) -> None:
    """A lease that expired, or ends too late to be true, stops nobody."""
    (log,) = house.sources(1)
    house.one.lease([log], seconds=10)
    house.wait(seconds)

    assert 3 == house.append(house.two, log)


def test_append_asks_for_nobody(house: House) -> None:
    """The lease of a tenant that is gone stops an append: who wants the source must lease it."""
    (log,) = house.sources(1)
    house.one.lease([log], seconds=10)
    house.gone.add("one")
    with pytest.raises(SourceLeased):
        house.append(house.two, log)

    assert [] == house.asked
    assert {} == house.two.lease([log], seconds=10)
    assert 3 == house.append(house.two, log)


def test_append_does_not_renew(house: House) -> None:
    """An append leaves the end of the lease where it was."""
    (log,) = house.sources(1)
    house.one.lease([log], seconds=10)
    house.wait(8)
    house.append(house.one, log)
    house.wait(2)

    assert {} == house.two.lease([log], seconds=10)


def test_lease_is_looked_at_first(house: House) -> None:
    """Who is at the wrong place of a source that another one reads hears of the reader, not of the place."""
    (log,) = house.sources(1)
    house.append(house.one, log)
    house.one.lease([log], seconds=10)
    with pytest.raises(SourceLeased):
        house.append(house.two, log)

    assert [build(LINES).end] == [it.checkpoint.offset for it in house.one.sources()]
