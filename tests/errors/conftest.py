"""A folder as a user has it, a store and logs in it, and a command that makes mistakes there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.errors.command import LOG, load, write_log

SESSIONS = 12


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a log, a store that holds it, an empty directory and a text; do not change it."""
    place = tmp_path_factory.mktemp("furnished")
    write_log(place / LOG, SESSIONS)
    (place / "empty").mkdir()
    (place / "notes.txt").write_text("Buy milk.\n", encoding="utf-8")
    load(place)
    return place


@pytest.fixture
def place(furnished: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder."""
    copy = tmp_path / "place"
    shutil.copytree(furnished, copy)
    return copy
