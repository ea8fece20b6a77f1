"""The stores that every test of the contract runs against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.writers import ON_DISK, WRITERS, AnyStore, Feeder, open_store


@pytest.fixture(params=WRITERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyStore]:
    """Return an empty store, one kind after the other."""
    store = open_store(request.param, tmp_path / "store.db")
    yield store
    store.close()


@pytest.fixture(params=ON_DISK)
def disk_writer(request: pytest.FixtureRequest) -> str:
    """Return the name of a writer whose store is a file."""
    return str(request.param)


@pytest.fixture
def feeder(store: AnyStore) -> Feeder:
    """Return a feeder of the store."""
    return Feeder(store)
