"""A store to read from, built once: tests that change a store copy it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reading import build_store

from nacre.store.reader import SqliteReader


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a small store; do not change it."""
    return build_store(tmp_path_factory.mktemp("store"))


@pytest.fixture
def reader(store: Path) -> Iterator[SqliteReader]:
    """Return a reader of the small store."""
    opened = SqliteReader(store)
    yield opened
    opened.close()
