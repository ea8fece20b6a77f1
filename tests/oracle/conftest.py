"""Stores that are loaded once, beside an oracle that read the same logs: do not change them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.oracle.comparing import Loaded, load, load_folder
from tests.oracle.small_logs import write_logs


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Return the logs that the tests write themselves, loaded."""
    folder = tmp_path_factory.mktemp("small")
    return load(folder / "nacre.db", *write_logs(folder))


@pytest.fixture(scope="session")
def real(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Return the logs of sensors on the Internet, loaded."""
    return load_folder(tmp_path_factory.mktemp("real") / "nacre.db", corpus / "logs")


@pytest.fixture(scope="session")
def live(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Return the logs of sensors that were attacked on purpose, loaded."""
    return load_folder(tmp_path_factory.mktemp("live") / "nacre.db", corpus / "live")
